/* SPDX-License-Identifier: Apache-2.0 */
/* Which ports are served, asked of a running kernel in a namespace of its own. */
#include <mirror/sockdiag.h>

#include "../io/netns.h"

#include <base/clock.h>
#include <base/rcu.h>
#include <conn/tuple.h>

#include <unistd.h>

static int
setup(void **state)
{
	enter_netns(state);
	sl_rcu_register();
	sl_rcu_online();
	if (has_netns)
		sh("ip link set lo up");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_sockdiag_close();
	sl_sockets_fini();
	sl_rcu_offline();
	sl_rcu_drain();
	sl_rcu_unregister();
	return 0;
}

/* A socket bound there; TCP listens. */
static int
serve(uint8_t l4proto, const char *addr, uint16_t port, bool v6_only)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	bool is_six = strchr(addr, ':') != NULL;
	int type = l4proto == IPPROTO_TCP ? SOCK_STREAM : SOCK_DGRAM, on = 1;
	int fd = socket(is_six ? AF_INET6 : AF_INET, type, 0), off = 0;

	six.sin6_port = four.sin_port = htons(port);
	inet_pton(AF_INET6, addr, &six.sin6_addr);
	inet_pton(AF_INET, addr, &four.sin_addr);
	if (is_six)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, v6_only ? &on : &off,
		    sizeof(on));
	assert_int_equal(is_six
			     ? bind(fd, (struct sockaddr *)&six, sizeof(six))
			     : bind(fd, (struct sockaddr *)&four, sizeof(four)),
	    0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static bool
is_bound(uint8_t l4proto, const char *text, uint16_t port)
{
	struct sl_addr addr;
	const uint64_t *bits;
	uint8_t family;

	assert_true(sl_addr_parse(text, &family, &addr));
	bits = sl_sockets_bound_rcu(family, l4proto, &addr);
	return bits && (bits[port / 64] >> (port % 64) & 1);
}

static void
as_bound(void **state)
{
	static const struct {
		uint8_t l4proto;
		const char *bound;
		bool v6_only;
		/* Is it served at these? */
		bool any4, lo4, any6, lo6;
	} rows[] = {
	    {IPPROTO_TCP, "0.0.0.0", false, true, true, false, false},
	    {IPPROTO_UDP, "0.0.0.0", false, true, true, false, false},
	    {IPPROTO_TCP, "127.0.0.1", false, false, true, false, false},
	    {IPPROTO_UDP, "127.0.0.1", false, false, true, false, false},
	    {IPPROTO_TCP, "::", false, true, true, true, true},
	    {IPPROTO_UDP, "::", false, true, true, true, true},
	    {IPPROTO_TCP, "::", true, false, false, true, true},
	    {IPPROTO_UDP, "::", true, false, false, true, true},
	    {IPPROTO_TCP, "::1", false, false, false, false, true},
	    {IPPROTO_UDP, "::ffff:127.0.0.1", false, false, true, false, false},
	};
	int fds[SL_COUNT_OF(rows)];
	struct sl_err err = {0};

	(void)state;
	if (!has_netns)
		skip();
	for (uint16_t i = 0; i < SL_COUNT_OF(rows); i++)
		fds[i] = serve(rows[i].l4proto, rows[i].bound,
		    (uint16_t)(4000 + i), rows[i].v6_only);
	if (sl_sockdiag_refresh(&err))
		fail_msg("%s", err.text);
	for (uint16_t i = 0; i < SL_COUNT_OF(rows); i++) {
		uint16_t p = (uint16_t)(4000 + i);
		uint8_t proto = rows[i].l4proto,
			other = IPPROTO_TCP + IPPROTO_UDP - proto;

		print_message("%s\n", rows[i].bound);
		assert_int_equal(
		    is_bound(proto, "198.51.100.1", p), rows[i].any4);
		assert_int_equal(is_bound(proto, "127.0.0.1", p), rows[i].lo4);
		assert_int_equal(
		    is_bound(proto, "2001:db8::1", p), rows[i].any6);
		assert_int_equal(is_bound(proto, "::1", p), rows[i].lo6);
		assert_false(is_bound(other, "127.0.0.1", p));
	}
	for (uint16_t i = 0; i < SL_COUNT_OF(rows); i++)
		close(fds[i]);
	assert_int_equal(sl_sockdiag_refresh(&err), 0);
	for (uint16_t i = 0; i < SL_COUNT_OF(rows); i++)
		assert_false(is_bound(
		    rows[i].l4proto, "127.0.0.1", (uint16_t)(4000 + i)));
}

/* A connected socket is in the connection table, not here. */
static void
peers_are_not_services(void **state)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons(9),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sl_err err = {0};
	int fd;

	(void)state;
	if (!has_netns)
		skip();
	fd = serve(IPPROTO_UDP, "127.0.0.1", 5000, false);
	assert_int_equal(sl_sockdiag_refresh(&err), 0);
	assert_true(is_bound(IPPROTO_UDP, "127.0.0.1", 5000));
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(sl_sockdiag_refresh(&err), 0);
	assert_false(is_bound(IPPROTO_UDP, "127.0.0.1", 5000));
	close(fd);
}

/* Once a second, not more often. */
static void
asked_every_second(void **state)
{
	struct sl_err err = {0};
	int fd;

	(void)state;
	if (!has_netns)
		skip();
	assert_int_equal(sl_sockdiag_look(5 * SL_NS_PER_SEC, &err), 0);
	fd = serve(IPPROTO_TCP, "0.0.0.0", 6000, false);
	assert_int_equal(sl_sockdiag_look(6 * SL_NS_PER_SEC - 1, &err), 0);
	assert_false(is_bound(IPPROTO_TCP, "198.51.100.1", 6000));
	assert_int_equal(sl_sockdiag_look(6 * SL_NS_PER_SEC, &err), 0);
	assert_true(is_bound(IPPROTO_TCP, "198.51.100.1", 6000));
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_bound),
	    cmocka_unit_test(peers_are_not_services),
	    cmocka_unit_test(asked_every_second),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
