/* SPDX-License-Identifier: Apache-2.0 */
/* Which line goes where, and what a syslog server gets to read. */
#include <base/log_route.h>

#include <base/clock.h>
#include <base/counters.h>

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void
topics_fit(void **state)
{
	static const struct {
		const char *topics;
		bool fits; /* of "firewall,info" */
	} rows[] = {
	    {"", true},
	    {"info", true},
	    {"firewall", true},
	    {"firewall,info", true},
	    {"info,!dns", true},
	    {"warning", false},
	    {"!firewall", false},
	    {"info,!firewall", false},
	    {"firewall,warning", false},
	    {"fire", false},
	    {"firewalls", false},
	    {"!", true},
	    {"!fire", true},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++)
		if (sl_log_topics_fit(rows[i].topics, "firewall",
			SL_LOG_INFO) != rows[i].fits)
			fail_msg("\"%s\"", rows[i].topics);
}

static void
datagrams(void **state)
{
	static const struct sl_log_line line = {
	    .wall_s = 1700000000 /* 2023-11-14 22:13:20 UTC */,
	    .level = SL_LOG_INFO,
	    .topic = "firewall",
	    .text = "forward: in:lan out:wan"};
	struct {
		struct sl_log_route route;
		const char *text;
	} rows[] = {
	    {{SL_LOG_REMOTE, .facility = 3, .severity = -1},
		"<30>firewall,info forward: in:lan out:wan"},
	    {{SL_LOG_REMOTE, .facility = 16, .severity = 2, .prefix = "fw"},
		"<130>firewall,info fw: forward: in:lan out:wan"},
	    {{SL_LOG_REMOTE, .facility = 3, .severity = -1, .with_header = true,
		 .host = "gate"},
		"<30>Nov 14 22:13:20 gate firewall,info forward: in:lan "
		"out:wan"},
	};
	char buf[600], small[20];

	(void)state;
	setenv("TZ", "UTC", 1);
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		size_t n = sl_log_syslog_print(
		    &rows[i].route, &line, buf, sizeof(buf));

		assert_string_equal(buf, rows[i].text);
		assert_int_equal(n, strlen(buf));
	}
	assert_int_equal(
	    sl_log_syslog_print(&rows[0].route, &line, small, sizeof(small)),
	    sizeof(small) - 1);
}

/* A server on loopback gets what its rule says, the history what its says. */
static void
lines_go_their_ways(void **state)
{
	struct sl_log_route routes[2] = {
	    {.target = SL_LOG_REMOTE,
		.topics = "firewall",
		.facility = 3,
		.severity = -1},
	    {.target = SL_LOG_MEMORY, .topics = "info,!firewall"},
	};
	struct sockaddr_in *to = (struct sockaddr_in *)(void *)&routes[0].to;
	int server = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	struct sl_log_line line;
	struct sl_err err = {0};
	char buf[600];
	uint64_t last = 0;
	ssize_t n;

	(void)state;
	to->sin_family = AF_INET;
	to->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	routes[0].to_len = sizeof(*to);
	assert_int_equal(bind(server, (struct sockaddr *)to, sizeof(*to)), 0);
	assert_int_equal(
	    getsockname(server, (struct sockaddr *)to, &routes[0].to_len), 0);
	sl_role_enter(SL_ROLE_CONTROL, 0, "control");
	assert_int_equal(sl_log_set_routes(routes, 2, &err), 0);
	while (sl_log_next(last, &line))
		last = line.seq;
	sl_log(SL_LOG_INFO, "firewall", "to the server");
	sl_log(SL_LOG_INFO, "system", "to the history");
	sl_log(SL_LOG_WARNING, "system", "nowhere");
	n = recv(server, buf, sizeof(buf) - 1, 0);
	assert_true(n > 0);
	buf[n] = '\0';
	assert_string_equal(buf, "<30>firewall,info to the server");
	assert_true(recv(server, buf, sizeof(buf), 0) < 0);
	assert_true(sl_log_next(last, &line));
	assert_string_equal(line.text, "to the history");
	assert_false(sl_log_next(line.seq, &line));
	assert_int_equal(sl_log_set_routes(NULL, 0, &err), 0);
	sl_log(SL_LOG_WARNING, "system", "kept again");
	assert_true(sl_log_next(line.seq, &line));
	close(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(topics_fit),
	    cmocka_unit_test(datagrams),
	    cmocka_unit_test(lines_go_their_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
