/* SPDX-License-Identifier: Apache-2.0 */
/* What does not fit the next link, and what came in pieces. */
#include "fixture.h"

#define LAN4 "192.168.1.7"
#define LAN6 "2001:db8:1::7"
#define NET4 "203.0.113.9"
#define NET6 "2001:db8:9::9"
#define MTU  1280
#define DF   0x4000

static int
narrow_router(void **state)
{
	router1(state);
	add_route("203.0.113.0", 24, SL_ROUTE_UNICAST, GATEWAY4, MTU);
	add_route("2001:db8:9::", 48, SL_ROUTE_UNICAST, GATEWAY6, MTU);
	return 0;
}

/* Payload sizes around the MTU; header lengths are the family's and UDP's 8. */
static void
size_decides(void **state)
{
	static const struct {
		struct recipe recipe;
		const char *back;   /* error to the sender, or NULL */
		const char *out[4]; /* what leaves */
	} rows[] = {
	    {{.src = LAN4,
		 .dst = NET4,
		 .proto = IPPROTO_UDP,
		 .payload = MTU - 28,
		 .frag = DF},
		NULL, {"udp 192.168.1.7:1024->203.0.113.9:80 ttl=63"}},
	    {{.src = LAN4,
		 .dst = NET4,
		 .proto = IPPROTO_UDP,
		 .payload = MTU - 27,
		 .frag = DF},
		"icmp 192.168.1.1->192.168.1.7 3/4 1280 about "
		"192.168.1.7:1024->203.0.113.9:80",
		{NULL}},
	    {{.src = LAN4,
		 .dst = NET4,
		 .proto = IPPROTO_UDP,
		 .payload = MTU - 27},
		NULL,
		{"fragment 0+1256 192.168.1.7->203.0.113.9",
		    "fragment 1256+5 192.168.1.7->203.0.113.9"}},
	    {{.src = LAN4, .dst = NET4, .proto = IPPROTO_UDP, .payload = 3000},
		NULL,
		{"fragment 0+1256 192.168.1.7->203.0.113.9",
		    "fragment 1256+1256 192.168.1.7->203.0.113.9",
		    "fragment 2512+496 192.168.1.7->203.0.113.9"}},
	    {{.src = LAN6,
		 .dst = NET6,
		 .proto = IPPROTO_UDP,
		 .payload = MTU - 48},
		NULL, {"udp 2001:db8:1::7:1024->2001:db8:9::9:80 ttl=63"}},
	    {{.src = LAN6,
		 .dst = NET6,
		 .proto = IPPROTO_UDP,
		 .payload = MTU - 47},
		"icmp 2001:db8:1::1->2001:db8:1::7 2/0 1280 about "
		"2001:db8:1::7:1024->2001:db8:9::9:80",
		{NULL}},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		drops(SL_DROP_TOO_BIG);
		arrive(LAN, &rows[i].recipe);
		if (rows[i].back)
			expect(LAN, rows[i].back);
		for (unsigned n = 0; n < 4 && rows[i].out[n]; n++)
			expect(WAN, rows[i].out[n]);
		expect_nothing();
		assert_int_equal(drops(SL_DROP_TOO_BIG), rows[i].back ? 1 : 0);
	}
}

/* GSO frames: it is the segment that must fit. */
static void
segments_must_fit(void **state)
{
	static const struct {
		uint8_t proto, gso_type;
		uint16_t size, frag;
		bool error;
		uint16_t size_after;
	} rows[] = {
	    {IPPROTO_TCP, SL_GSO_TCP4, MTU - 40, DF, false, MTU - 40},
	    {IPPROTO_TCP, SL_GSO_TCP4, MTU - 39, DF, true, 0},
	    {IPPROTO_TCP, SL_GSO_TCP4, 1460, 0, false, MTU - 40},
	    {IPPROTO_UDP, SL_GSO_UDP, MTU - 28, 0, false, MTU - 28},
	    /* datagrams may not be cut into others */
	    {IPPROTO_UDP, SL_GSO_UDP, MTU - 27, 0, true, 0},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct recipe r = {.src = LAN4,
		    .dst = NET4,
		    .proto = rows[i].proto,
		    .payload = 5000,
		    .tcp_flags = 2,
		    .frag = rows[i].frag,
		    .sport = (uint16_t)(2000 + i)};
		struct sl_offload gso = {.flags = SL_OFFLOAD_VALID,
		    .gso_type = rows[i].gso_type,
		    .gso_size = rows[i].size};
		uint8_t frame[FRAME_ROOM];
		uint32_t len = make_frame(frame, LAN, &r);
		const struct sl_mem_frame *f;

		assert_true(
		    sl_mem_inject(sides[LAN][WIRE].dev, 0, frame, len, &gso));
		run();
		f = next_frame(rows[i].error ? LAN : WAN, WIRE, 0);
		assert_non_null(f);
		if (rows[i].error)
			assert_non_null(
			    strstr(describe(f), "192.168.1.7 3/4 1280 about"));
		else
			assert_int_equal(
			    f->offload.gso_size, rows[i].size_after);
		expect_nothing();
	}
}

/* A fragment of the IPv4 or IPv6 datagram 'whole': 'len' bytes from 'off'. */
static void
arrive_fragment(const uint8_t *whole, uint32_t whole_len, uint32_t id,
    uint32_t off, uint32_t len, uint16_t worker)
{
	uint8_t f[FRAME_ROOM], *ip = f + SL_ETH_LEN;
	bool six = whole[12] == 0x86;
	uint32_t header = SL_ETH_LEN + (six ? 40 : 20), at = header;
	bool more = header + off + len < whole_len;
	sl_be16 csum;

	memcpy(f, whole, header);
	if (six) {
		uint8_t frag[8] = {ip[6]};

		put16(frag + 2, (uint16_t)(off | more));
		put16(frag + 4, (uint16_t)(id >> 16));
		put16(frag + 6, (uint16_t)id);
		memcpy(f + at, frag, sizeof(frag));
		at += sizeof(frag);
		ip[6] = IPPROTO_FRAGMENT;
		put16(ip + 4, (uint16_t)(8 + len));
	} else {
		put16(ip + 2, (uint16_t)(20 + len));
		put16(ip + 4, (uint16_t)id);
		put16(ip + 6, (uint16_t)(off / 8 | (more ? 0x2000 : 0)));
		memset(ip + 10, 0, 2);
		csum = sl_csum_finish(sl_csum_add(0, ip, 20));
		memcpy(ip + 10, &csum, 2);
	}
	memcpy(f + at, whole + header + off, len);
	assert_true(
	    sl_mem_inject(sides[LAN][WIRE].dev, worker, f, at + len, NULL));
}

/* All fragments of a datagram with 'payload' bytes of UDP, 'step' bytes each,
 * the last ones first. */
static void
arrive_in_pieces(
    const struct recipe *r, uint32_t id, uint32_t step, uint16_t worker)
{
	uint8_t whole[FRAME_ROOM];
	uint32_t len = make_frame(whole, LAN, r);
	uint32_t header = SL_ETH_LEN + (whole[12] == 0x86 ? 40 : 20);
	uint32_t body = len - header;

	for (uint32_t off = (body - 1) / step * step;; off -= step) {
		arrive_fragment(
		    whole, len, id, off, SL_MIN(step, body - off), worker);
		if (!off)
			break;
	}
}

/* Puts what left by 'port' together again: it is the datagram of the recipe, its
 * fragments have that id and are no larger than those that came. */
static void
expect_datagram(
    uint16_t worker, const struct recipe *r, uint32_t id, uint32_t largest)
{
	struct sl_defrag *d = sl_defrag_new(NULL);
	const struct sl_mem_frame *f;
	struct sl_pkt pkt = {0};
	uint8_t want[FRAME_ROOM];
	uint32_t max, len = make_frame(want, LAN, r);
	enum sl_verdict v = SL_TAKEN;

	assert_non_null(d);
	while (v == SL_TAKEN && (f = next_frame(WAN, WIRE, worker))) {
		pkt = (struct sl_pkt){.data = f->data,
		    .len = f->len,
		    .room = f->room,
		    .now_ns = sl_now_ns()};
		assert_int_equal(sl_parse_frame(&pkt), SL_GO);
		assert_true(pkt.l3_len <= largest);
		if (pkt.flags & SL_PKT_FRAGMENT)
			assert_int_equal(pkt.family == SL_IPV6
					     ? ntohl(pkt.frag_id)
					     : sl_get_be16(sl_pkt_l3(&pkt) + 4),
			    id);
		v = sl_defrag_add(d, &pkt, &max);
	}
	assert_int_equal(v, SL_GO);
	assert_int_equal(pkt.len, len);
	assert_true(checksums_are_right(&pkt));
	assert_memory_equal(sl_pkt_l4(&pkt), want + pkt.l4_off, pkt.l4_len);
	sl_defrag_free(d);
}

static const struct recipe pieces4 = {
    .src = LAN4, .dst = NET4, .proto = IPPROTO_UDP, .payload = 3000};
static const struct recipe pieces6 = {
    .src = LAN6, .dst = NET6, .proto = IPPROTO_UDP, .payload = 3000};

static void
datagrams_leave_as_they_came(void **state)
{
	uint64_t whole = sl_counter_sum(SL_COUNTER_REASM_OK);

	(void)state;
	arrive_in_pieces(&pieces4, 0x4321, 1000, 0);
	arrive_in_pieces(&pieces6, 0x87654321, 1000, 0);
	run();
	assert_int_equal(sl_counter_sum(SL_COUNTER_REASM_OK) - whole, 2);
	expect_datagram(0, &pieces4, 0x4321, 1020);
	expect_datagram(0, &pieces6, 0x87654321, 1048);
	expect_nothing();
	assert_int_equal(sl_table_total(engine->table), 2);
}

/* Two datagrams made whole in one batch; the second has a last piece so small
 * that it leaves whole, by reference, from the reassembler's memory. */
static void
reassembled_bytes_live_until_they_are_sent(void **state)
{
	struct recipe small6 = {
	    .src = LAN6, .dst = NET6, .proto = IPPROTO_UDP, .payload = 1000};
	struct recipe host = {.src = LAN4,
	    .dst = "192.168.1.1",
	    .proto = IPPROTO_UDP,
	    .payload = 1500,
	    .sport = 1};

	(void)state;
	for (uint16_t i = 0; i < 4; i++) {
		small6.sport = (uint16_t)(5000 + i);
		arrive_in_pieces(&small6, i, 1000, 0); /* and 8 bytes more */
		host.sport = (uint16_t)(5000 + i);
		arrive_in_pieces(&host, i, 1000, 0);
	}
	run();
	for (uint16_t i = 0; i < 4; i++) {
		char want[TEXT_MAX];

		small6.sport = (uint16_t)(5000 + i);
		expect_datagram(0, &small6, i, 1048);
		snprintf(want, sizeof(want),
		    "udp 192.168.1.7:%u->192.168.1.1:80 ttl=64", 5000 + i);
		expect_at(LAN, HOST, 0, want);
	}
	expect_nothing();
}

static void
incomplete_datagrams_expire(void **state)
{
	uint8_t whole[FRAME_ROOM];
	uint32_t len = make_frame(whole, LAN, &pieces4);

	(void)state;
	drops(SL_DROP_FRAG_TIMEOUT);
	arrive_fragment(whole, len, 7, 0, 1000, 0);
	run();
	wait_ms(31000);
	arrive_fragment(whole, len, 7, 1000, 2008, 0); /* too late */
	run();
	expect_nothing();
	assert_int_equal(drops(SL_DROP_FRAG_TIMEOUT), 1);
}

/* Fragments steer by address, the datagram by its ports: it changes hands and
 * leaves with the id, and the sizes, that its sender gave it. */
static void
datagrams_are_handed_to_their_owner(void **state)
{
	struct recipe r[2] = {pieces4, pieces6};
	uint64_t sent = sl_counter_sum(SL_COUNTER_HANDOFF_SENT);
	uint16_t owner[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sl_tuple t = {.l4proto = IPPROTO_UDP,
		    .src_id = htons(1024),
		    .dst_id = htons(80)};

		owner[i] = sl_tuple_owner(&t, 2);
		arrive_in_pieces(
		    &r[i], 0x1111u * (uint32_t)(i + 1), 1000, !owner[i]);
	}
	run();
	for (int i = 0; i < 2; i++)
		expect_datagram(
		    owner[i], &r[i], 0x1111u * (uint32_t)(i + 1), 1048);
	expect_nothing();
	assert_int_equal(sl_counter_sum(SL_COUNTER_HANDOFF_SENT) - sent, 2);
}

int
main(void)
{
#define NARROW(test)                                                           \
	cmocka_unit_test_setup_teardown(test, narrow_router, close_router)
	static const struct CMUnitTest tests[] = {
	    NARROW(size_decides),
	    NARROW(segments_must_fit),
	    NARROW(datagrams_leave_as_they_came),
	    ROUTER(reassembled_bytes_live_until_they_are_sent),
	    ROUTER(incomplete_datagrams_expire),
	    ROUTER2(datagrams_are_handed_to_their_owner),
	};

	return run_group(tests, SL_COUNT_OF(tests));
}
