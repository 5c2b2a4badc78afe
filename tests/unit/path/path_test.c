/* SPDX-License-Identifier: Apache-2.0 */
/* Ways through the router, one packet at a time. */
#include "fixture.h"

#define LAN4 "192.168.1.7"
#define LAN6 "2001:db8:1::7"
#define NET4 "203.0.113.9"
#define NET6 "2001:db8:9::9"

/* What arrives by a port, what leaves by which, or why nothing does. */
struct way {
	unsigned in;
	struct recipe recipe;
	unsigned out;
	const char *want;	    /* NULL: nothing leaves */
	enum sl_drop_reason reason; /* counted if nothing leaves, or an error */
	bool error;		    /* what leaves is an ICMP error */
};

static void
try_ways(const struct way *ways, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct way *w = &ways[i];
		bool dropped = !w->want || w->error;

		drops(w->reason);
		arrive(w->in, &w->recipe);
		if (w->want)
			expect(w->out, w->want);
		expect_nothing();
		if (dropped && drops(w->reason) != 1)
			fail_msg("row %u was not dropped as %s", i,
			    sl_drop_name(w->reason));
	}
}

static void
packets_are_routed(void **state)
{
	static const struct way ways[] = {
	    {LAN, {.src = LAN4, .dst = NET4, .proto = IPPROTO_UDP}, WAN,
		"udp 192.168.1.7:1024->203.0.113.9:80 ttl=63"},
	    {WAN,
		{.src = NET4,
		    .dst = LAN4,
		    .proto = IPPROTO_UDP,
		    .sport = 80,
		    .dport = 1024,
		    .ttl = 9},
		LAN, "udp 203.0.113.9:80->192.168.1.7:1024 ttl=8"},
	    {LAN, {.src = LAN6, .dst = NET6, .proto = IPPROTO_UDP}, WAN,
		"udp 2001:db8:1::7:1024->2001:db8:9::9:80 ttl=63"},
	    {LAN,
		{.src = LAN4,
		    .dst = NET4,
		    .proto = IPPROTO_ICMP,
		    .sport = 8,
		    .id = 5},
		WAN, "icmp 192.168.1.7->203.0.113.9 8/0"},
	    {WAN, {.src = NET4, .dst = LAN4, .proto = IPPROTO_ICMP, .id = 5},
		LAN, "icmp 203.0.113.9->192.168.1.7 0/0"},
	    {LAN, {.src = LAN4, .dst = NET4, .tcp_flags = 2}, WAN,
		"tcp 192.168.1.7:1024->203.0.113.9:80 ttl=63"},
	};

	(void)state;
	try_ways(ways, SL_COUNT_OF(ways));
	assert_int_equal(sl_table_total(engine->table), 4);
}

static void
frames_leave_with_the_right_macs(void **state)
{
	static const struct {
		struct recipe recipe;
		uint8_t dst[6]; /* made from the next hop's address */
	} rows[] = {
	    {{.src = LAN4, .dst = NET4}, {2, 0, 198, 51, 100, 254}},
	    {{.src = LAN4, .dst = "198.51.100.9"}, {2, 0, 198, 51, 100, 9}},
	    {{.src = LAN6, .dst = NET6}, {2, 0, 0, 0, 0, 0xfe}},
	};
	static const uint8_t wan_mac[6] = {0x02, 0x53, 0x4c, 0, 0, WAN};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct recipe r = rows[i].recipe;
		const struct sl_mem_frame *f;

		r.tcp_flags = 2;
		arrive(LAN, &r);
		f = next_frame(WAN, WIRE, 0);
		assert_non_null(f);
		assert_memory_equal(f->data, rows[i].dst, 6);
		assert_memory_equal(f->data + 6, wan_mac, 6);
	}
}

static void
what_cannot_be_routed_is_answered_or_dropped(void **state)
{
	static const struct way ways[] = {
	    {LAN, {.src = LAN4, .dst = NET4, .proto = IPPROTO_UDP, .ttl = 1},
		LAN,
		"icmp 192.168.1.1->192.168.1.7 11/0 about "
		"192.168.1.7:1024->203.0.113.9:80",
		SL_DROP_TTL, true},
	    {LAN, {.src = LAN6, .dst = NET6, .proto = IPPROTO_UDP, .ttl = 1},
		LAN,
		"icmp 2001:db8:1::1->2001:db8:1::7 3/0 about "
		"2001:db8:1::7:1024->2001:db8:9::9:80",
		SL_DROP_TTL, true},
	    {LAN, {.src = LAN4, .dst = "10.1.0.1", .proto = IPPROTO_UDP}, 0,
		NULL, SL_DROP_BLACKHOLE},
	    {LAN, {.src = LAN4, .dst = "10.2.0.1", .proto = IPPROTO_UDP}, LAN,
		"icmp 192.168.1.1->192.168.1.7 3/1 about "
		"192.168.1.7:1024->10.2.0.1:80",
		SL_DROP_NO_ROUTE, true},
	    {LAN, {.src = LAN4, .dst = "10.3.0.1", .proto = IPPROTO_UDP}, LAN,
		"icmp 192.168.1.1->192.168.1.7 3/13 about "
		"192.168.1.7:1024->10.3.0.1:80",
		SL_DROP_NO_ROUTE, true},
	    {LAN, {.src = LAN6, .dst = "fe80::9", .proto = IPPROTO_UDP}, LAN,
		NULL, SL_DROP_LINK_SCOPE},
	    {LAN, {.src = "fe80::7", .dst = NET6, .proto = IPPROTO_UDP}, LAN,
		NULL, SL_DROP_LINK_SCOPE},
	    /* an error is never answered with an error */
	    {LAN,
		{.src = LAN4,
		    .dst = NET4,
		    .proto = IPPROTO_ICMP,
		    .sport = 3,
		    .ttl = 1},
		0, NULL, SL_DROP_TTL},
	    {LAN, {.src = LAN4, .dst = "127.0.0.1"}, 0, NULL,
		SL_DROP_IP_ADDRESS},
	};

	(void)state;
	add_route("10.1.0.0", 16, SL_ROUTE_BLACKHOLE, NULL, 0);
	add_route("10.2.0.0", 16, SL_ROUTE_UNREACHABLE, NULL, 0);
	add_route("10.3.0.0", 16, SL_ROUTE_PROHIBIT, NULL, 0);
	try_ways(ways, SL_COUNT_OF(ways));
	/* dropped packets leave no connection behind */
	assert_int_equal(sl_table_total(engine->table), 0);
	sl_store_relaxed(&engine->ip.forward4, false);
	arrive(LAN, &(struct recipe){.src = LAN4, .dst = NET4});
	expect_nothing();
	assert_int_equal(drops(SL_DROP_FORWARD_OFF), 1);
}

static void
only_frames_for_us_are_taken(void **state)
{
	static const struct {
		uint8_t mac[6];
		enum sl_drop_reason reason;
	} rows[] = {
	    {{2, 0, 0, 0, 0, 0x99}, SL_DROP_NOT_FOR_US},
	    /* an IP packet to one host has no business in a broadcast */
	    {{255, 255, 255, 255, 255, 255}, SL_DROP_NOT_FOR_US},
	};
	static const struct recipe r = {.src = LAN4, .dst = NET4};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		uint8_t frame[FRAME_ROOM];
		uint32_t len = make_frame(frame, LAN, &r);

		drops(rows[i].reason);
		memcpy(frame, rows[i].mac, 6);
		sl_mem_inject(sides[LAN][WIRE].dev, 0, frame, len, NULL);
		run();
		expect_nothing();
		assert_int_equal(drops(rows[i].reason), 1);
	}
}

static void
what_is_for_us_goes_to_the_host(void **state)
{
	static const uint8_t arp[60] = {255, 255, 255, 255, 255, 255, 2, 0, 0,
	    0, 0, 0xaa, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1};
	static const struct {
		const char *src, *dst;
		const char *want;
	} rows[] = {
	    {LAN4, "192.168.1.1",
		"udp 192.168.1.7:1024->192.168.1.1:80 ttl=64"},
	    {LAN4, "198.51.100.1",
		"udp 192.168.1.7:1024->198.51.100.1:80 ttl=64"},
	    {LAN4, "192.168.1.255",
		"udp 192.168.1.7:1024->192.168.1.255:80 ttl=64"},
	    {LAN4, "224.0.0.251",
		"udp 192.168.1.7:1024->224.0.0.251:80 ttl=64"},
	    {"0.0.0.0", "255.255.255.255",
		"udp 0.0.0.0:1024->255.255.255.255:80 ttl=64"},
	    {LAN6, "2001:db8:1::1",
		"udp 2001:db8:1::7:1024->2001:db8:1::1:80 ttl=64"},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		arrive(LAN, &(struct recipe){.src = rows[i].src,
				.dst = rows[i].dst,
				.proto = IPPROTO_UDP});
		expect_at(LAN, HOST, 0, rows[i].want);
		expect_nothing();
	}
	assert_true(
	    sl_mem_inject(sides[LAN][WIRE].dev, 0, arp, sizeof(arp), NULL));
	assert_true(
	    sl_mem_inject(sides[WAN][HOST].dev, 0, arp, sizeof(arp), NULL));
	run();
	expect_at(LAN, HOST, 0, "arp");
	expect(WAN, "arp");
	expect_nothing();
}

/* The kernel's own packets leave as it addressed them, TTL and MAC too. */
static void
what_the_host_sends_leaves_and_is_answered(void **state)
{
	static const struct recipe query = {.src = "198.51.100.1",
	    .dst = NET4,
	    .proto = IPPROTO_UDP,
	    .dport = 53};
	static const struct recipe answer = {.src = NET4,
	    .dst = "198.51.100.1",
	    .proto = IPPROTO_UDP,
	    .sport = 53,
	    .dport = 1024};

	(void)state;
	arrive_at(WAN, HOST, 0, &query);
	run();
	expect(WAN, "udp 198.51.100.1:1024->203.0.113.9:53 ttl=64");
	arrive(WAN, &answer);
	expect_at(WAN, HOST, 0, "udp 203.0.113.9:53->198.51.100.1:1024 ttl=64");
	expect_nothing();
	assert_int_equal(sl_table_total(engine->table), 1);
}

static void
add_filter(
    uint8_t family, const char *chain, enum sl_action action, uint8_t reject)
{
	struct sl_specs specs;
	struct sl_rule_spec *s;

	sl_specs_init(&specs);
	s = add_rule(&specs, SL_TABLE_FILTER, family, chain, action);
	s->reject = reject;
	publish(&specs);
	sl_specs_fini(&specs);
}

static void
rejected_packets_are_told(void **state)
{
	static const struct {
		const char *src, *dst, *chain;
		uint8_t proto, reject;
		const char *want; /* NULL: silence */
	} rows[] = {
	    {LAN4, NET4, "forward", IPPROTO_UDP, SL_REJECT_PORT_UNREACHABLE,
		"icmp 192.168.1.1->192.168.1.7 3/3 about "
		"192.168.1.7:1024->203.0.113.9:80"},
	    {LAN4, "192.168.1.1", "input", IPPROTO_TCP,
		SL_REJECT_ADMIN_PROHIBITED,
		"icmp 192.168.1.1->192.168.1.7 3/13 about "
		"192.168.1.7:1024->192.168.1.1:80"},
	    {LAN4, NET4, "forward", IPPROTO_TCP, SL_REJECT_TCP_RESET,
		"tcp 203.0.113.9:80->192.168.1.7:1024 ttl=64"},
	    {LAN4, NET4, "forward", IPPROTO_UDP, SL_REJECT_TCP_RESET, NULL},
	    {LAN6, NET6, "forward", IPPROTO_UDP, SL_REJECT_NO_ROUTE6,
		"icmp 2001:db8:1::1->2001:db8:1::7 1/0 about "
		"2001:db8:1::7:1024->2001:db8:9::9:80"},
	    /* addressed to all of a subnet: nobody answers */
	    {LAN4, "192.168.1.255", "input", IPPROTO_UDP,
		SL_REJECT_PORT_UNREACHABLE, NULL},
	    {LAN4, "192.168.1.255", "input", IPPROTO_TCP, SL_REJECT_TCP_RESET,
		NULL},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		add_filter(strchr(rows[i].src, ':') ? SL_IPV6 : SL_IPV4,
		    rows[i].chain, SL_ACTION_REJECT, rows[i].reject);
		drops(SL_DROP_FILTER);
		arrive(LAN, &(struct recipe){.src = rows[i].src,
				.dst = rows[i].dst,
				.proto = rows[i].proto,
				.tcp_flags = 2});
		if (rows[i].want)
			expect(LAN, rows[i].want);
		expect_nothing();
		assert_int_equal(drops(SL_DROP_FILTER), 1);
		assert_int_equal(sl_table_total(engine->table), 0);
	}
}

static void
a_batch_sees_its_own_connections(void **state)
{
	static const struct recipe query = {
	    .src = LAN4, .dst = NET4, .proto = IPPROTO_UDP};

	(void)state;
	for (int i = 0; i < 3; i++)
		arrive_at(LAN, WIRE, 0, &query);
	run();
	for (int i = 0; i < 3; i++)
		expect(WAN, "udp 192.168.1.7:1024->203.0.113.9:80 ttl=63");
	assert_int_equal(sl_table_total(engine->table), 1);
}

/* A frame of several packets is forwarded whole, with its metadata. */
static void
large_frames_are_forwarded_whole(void **state)
{
	struct recipe r = {.src = LAN4,
	    .dst = NET4,
	    .payload = 5000,
	    .tcp_flags = 2,
	    .frag = 0x4000};
	struct sl_offload gso = {.flags = SL_OFFLOAD_VALID,
	    .gso_type = SL_GSO_TCP4,
	    .gso_size = 1400};
	uint8_t frame[FRAME_ROOM];
	const struct sl_mem_frame *f;
	uint32_t len = make_frame(frame, LAN, &r);

	(void)state;
	assert_true(sl_mem_inject(sides[LAN][WIRE].dev, 0, frame, len, &gso));
	run();
	f = next_frame(WAN, WIRE, 0);
	assert_non_null(f);
	assert_int_equal(f->len, len);
	assert_int_equal(f->offload.gso_size, 1400);
	assert_int_equal(f->offload.gso_type, SL_GSO_TCP4);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    ROUTER(packets_are_routed),
	    ROUTER(frames_leave_with_the_right_macs),
	    ROUTER(what_cannot_be_routed_is_answered_or_dropped),
	    ROUTER(only_frames_for_us_are_taken),
	    ROUTER(what_is_for_us_goes_to_the_host),
	    ROUTER(what_the_host_sends_leaves_and_is_answered),
	    ROUTER(rejected_packets_are_told),
	    ROUTER(a_batch_sees_its_own_connections),
	    ROUTER(large_frames_are_forwarded_whole),
	};

	return run_group(tests, SL_COUNT_OF(tests));
}
