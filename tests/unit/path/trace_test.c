/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's half of /tool trace: what is followed, and what it costs. */
#include "fixture.h"

#include <errno.h>
#include <rule/trace.h>

#define CLIENT	"192.168.1.7"
#define CLIENT6 "2001:db8:1::7"
#define SERVER	"203.0.113.9"
#define SERVER6 "2001:db8:9::9"

static struct sl_trace_filter
any_packet(void)
{
	return (struct sl_trace_filter){.in_port = SL_PORT_NONE};
}

static void
start(const struct sl_trace_filter *f)
{
	struct sl_err err = {0};

	assert_int_equal(sl_trace_start(f, engine->workers, &err), 0);
}

/* One letter a step, workers apart by a blank; the last event in '*e'. */
static const char *
steps(struct sl_trace_event *e)
{
	static const char letters[] = {[SL_TRACE_PACKET] = 'P',
	    [SL_TRACE_STATE] = 'S',
	    [SL_TRACE_RULE] = 'R',
	    [SL_TRACE_NAT] = 'N',
	    [SL_TRACE_HANDED] = 'H',
	    [SL_TRACE_END] = 'E'};
	static char text[64];
	size_t n = 0;
	int worker = -1;

	while (n < sizeof(text) - 2 && sl_trace_next(e)) {
		if (worker >= 0 && worker != e->worker)
			text[n++] = ' ';
		worker = e->worker;
		text[n++] = letters[e->step];
	}
	text[n] = '\0';
	return text;
}

static void
set_addrs(struct sl_addr *min, struct sl_addr *max, const char *a,
    const char *b, uint8_t *family)
{
	assert_true(sl_addr_parse(a, family, min));
	assert_true(sl_addr_parse(b, family, max));
}

/* Each field of a filter, on a packet that matches and one that just misses. */
static void
filters_choose(void **state)
{
	static const struct {
		const char *what;
		uint8_t family, protocol;
		const char *src[2], *dst[2];
		uint16_t src_port[2], dst_port[2];
		int in_port;
		struct recipe hit, miss;
	} rows[] = {
	    {"family", 6, 0, {0}, {0}, {0}, {0}, -1,
		{.src = CLIENT6, .dst = SERVER6},
		{.src = CLIENT, .dst = SERVER}},
	    {"protocol", 0, IPPROTO_UDP, {0}, {0}, {0}, {0}, -1,
		{.src = CLIENT, .dst = SERVER, .proto = IPPROTO_UDP},
		{.src = CLIENT, .dst = SERVER, .proto = IPPROTO_TCP}},
	    {"source", 4, 0, {"192.168.1.7", "192.168.1.9"}, {0}, {0}, {0}, -1,
		{.src = "192.168.1.9", .dst = SERVER},
		{.src = "192.168.1.10", .dst = SERVER}},
	    {"destination", 6, 0, {0}, {"2001:db8:9::", "2001:db8:9::ff"}, {0},
		{0}, -1, {.src = CLIENT6, .dst = SERVER6},
		{.src = CLIENT6, .dst = "2001:db8:9::100"}},
	    {"source port", 0, 0, {0}, {0}, {1000, 1002}, {0}, -1,
		{.src = CLIENT, .dst = SERVER, .sport = 1002},
		{.src = CLIENT, .dst = SERVER, .sport = 1003}},
	    {"destination port", 0, 0, {0}, {0}, {0}, {80, 80}, -1,
		{.src = CLIENT, .dst = SERVER, .dport = 80},
		{.src = CLIENT, .dst = SERVER, .dport = 81}},
	    {"no ports", 0, 0, {0}, {0}, {0}, {1, 65535}, -1,
		{.src = CLIENT, .dst = SERVER, .dport = 80},
		{.src = CLIENT,
		    .dst = SERVER,
		    .proto = IPPROTO_ICMP,
		    .sport = 8}},
	    {"port it came in by", 0, 0, {0}, {0}, {0}, {0}, LAN,
		{.src = CLIENT, .dst = SERVER}, {0}},
	    {"another port", 0, 0, {0}, {0}, {0}, {0}, WAN, {0},
		{.src = CLIENT, .dst = SERVER}},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_trace_filter f = any_packet();
		struct sl_trace_event e;

		f.family = rows[i].family;
		f.protocol = rows[i].protocol;
		f.has_protocol = f.protocol != 0;
		if ((f.has_src = rows[i].src[0] != NULL))
			set_addrs(&f.src_min, &f.src_max, rows[i].src[0],
			    rows[i].src[1], &f.family);
		if ((f.has_dst = rows[i].dst[0] != NULL))
			set_addrs(&f.dst_min, &f.dst_max, rows[i].dst[0],
			    rows[i].dst[1], &f.family);
		f.has_src_port = rows[i].src_port[1] != 0;
		f.src_port = (struct sl_id_span){
		    rows[i].src_port[0], rows[i].src_port[1]};
		f.has_dst_port = rows[i].dst_port[1] != 0;
		f.dst_port = (struct sl_id_span){
		    rows[i].dst_port[0], rows[i].dst_port[1]};
		if (rows[i].in_port >= 0)
			f.in_port = (uint16_t)rows[i].in_port;
		start(&f);
		if (rows[i].miss.src)
			arrive(LAN, &rows[i].miss);
		if (sl_trace_next(&e))
			fail_msg("%s: followed", rows[i].what);
		if (rows[i].hit.src) {
			arrive(LAN, &rows[i].hit);
			if (!sl_trace_next(&e))
				fail_msg("%s: not followed", rows[i].what);
		}
		sl_trace_stop();
	}
}

/* A packet that another worker owns is followed there. */
static void
goes_along_to_the_owner(void **state)
{
	struct sl_trace_filter f = any_packet();
	struct sl_trace_event e;
	bool handed = false;

	(void)state;
	start(&f);
	for (uint16_t port = 1; port < 40; port++) {
		const char *text;

		arrive(LAN, &(struct recipe){.src = CLIENT,
				.dst = SERVER,
				.proto = IPPROTO_UDP,
				.sport = port});
		text = steps(&e);
		handed |= strchr(text, 'H') != NULL;
		if (strcmp(text, "PSE") != 0 && strcmp(text, "PH PSE") != 0 &&
		    strcmp(text, "PSE PH") != 0)
			fail_msg("steps: %s", text);
	}
	assert_true(handed);
	sl_trace_stop();
}

/* A full ring loses steps, says how many, and works again. */
static void
a_full_ring_counts(void **state)
{
	struct sl_trace_filter f = any_packet();
	struct sl_trace_event e;
	uint64_t seen = 0;

	(void)state;
	start(&f);
	for (int i = 0; i < SL_TRACE_RING; i++)
		arrive(LAN,
		    &(struct recipe){.src = CLIENT, .dst = SERVER, .ttl = 1});
	while (sl_trace_next(&e))
		seen++;
	assert_int_equal(seen, SL_TRACE_RING - 1);
	assert_int_equal(sl_trace_lost(), 3 * SL_TRACE_RING - seen);
	arrive(LAN, &(struct recipe){.src = CLIENT, .dst = SERVER, .ttl = 1});
	assert_string_equal(steps(&e), "PSE");
	assert_int_equal(e.end, SL_TRACE_DROPPED);
	assert_int_equal(e.reason, SL_DROP_TTL);
	sl_trace_stop();
}

static void
one_at_a_time(void **state)
{
	struct sl_trace_filter f = any_packet();
	struct sl_err err = {0};
	struct sl_trace_event e;

	(void)state;
	start(&f);
	assert_int_equal(sl_trace_start(&f, 1, &err), -EBUSY);
	sl_trace_stop();
	sl_trace_stop();
	assert_false(sl_trace_next(&e));
	assert_int_equal(sl_trace_lost(), 0);
	arrive(LAN, &(struct recipe){.src = CLIENT, .dst = SERVER});
	start(&f);
	assert_false(sl_trace_next(&e)); /* what passed before is not told */
	sl_trace_stop();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    ROUTER(filters_choose),
	    ROUTER2(goes_along_to_the_owner),
	    ROUTER(a_full_ring_counts),
	    ROUTER(one_at_a_time),
	};

	return run_group(tests, SL_COUNT_OF(tests));
}
