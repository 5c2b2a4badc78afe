/* SPDX-License-Identifier: Apache-2.0 */
/* What helpers may expect and where it leads: every translation of the master,
 * either opener; policy; free ids; transactions, limits, time. */
#include "world.h"

#include <errno.h>

/* Where an expected connection goes.  The master of each row: */
#define PLAIN                                                                  \
	{                                                                      \
		.src = "10.0.0.2", .dst = "198.51.100.1"                       \
	}
#define HIDDEN                                                                 \
	{                                                                      \
		.src = "10.0.0.2", .dst = "198.51.100.1",                      \
		.reply_dst = "203.0.113.1",                                    \
		.bits = SL_CONN_SRCNAT | SL_CONN_MASQUERADE                    \
	}
#define SERVED                                                                 \
	{                                                                      \
		.src = "198.51.100.9", .dst = "203.0.113.1",                   \
		.reply_src = "10.0.0.5", .bits = SL_CONN_DSTNAT                \
	}
#define HAIRPIN                                                                \
	{                                                                      \
		.src = "10.0.0.2", .dst = "203.0.113.1",                       \
		.reply_src = "10.0.0.5", .reply_dst = "10.0.0.1",              \
		.bits = SL_CONN_SRCNAT | SL_CONN_DSTNAT                        \
	}
#define HIDDEN6                                                                \
	{                                                                      \
		.src = "2001:db8:1::2", .dst = "2001:db8:2::1",                \
		.reply_dst = "2001:db8:ffff::1", .bits = SL_CONN_SRCNAT        \
	}
#define SERVED6                                                                \
	{                                                                      \
		.src = "2001:db8:2::9", .dst = "2001:db8:ffff::1",             \
		.reply_src = "2001:db8:1::5", .bits = SL_CONN_DSTNAT           \
	}

#define NAT_BITS (SL_CONN_SRCNAT | SL_CONN_DSTNAT | SL_CONN_MASQUERADE)

static const struct way {
	const char *what;
	struct master master;
	uint8_t opener;
	const char *at;	    /* :5000 */
	const char *opens;  /* the opener's address, :4000 */
	const char *seen;   /* :5000 */
	const char *leaves; /* the first packet */
	uint32_t bits;
	uint8_t proto; /* 0: TCP */
} ways[] = {
    {"plain, passive", PLAIN, SL_ORIG, "198.51.100.1", "10.0.0.2",
	"198.51.100.1", "tcp 10.0.0.2:4000->198.51.100.1:5000", 0, 0},
    {"plain, active", PLAIN, SL_REPLY, "10.0.0.2", "198.51.100.1", "10.0.0.2",
	"tcp 198.51.100.1:4000->10.0.0.2:5000", 0, 0},
    {"srcnat, passive", HIDDEN, SL_ORIG, "198.51.100.1", "10.0.0.2",
	"198.51.100.1", "tcp 203.0.113.1:4000->198.51.100.1:5000",
	SL_CONN_SRCNAT | SL_CONN_MASQUERADE, 0},
    {"srcnat, active", HIDDEN, SL_REPLY, "10.0.0.2", "198.51.100.1",
	"203.0.113.1", "tcp 198.51.100.1:4000->10.0.0.2:5000", SL_CONN_DSTNAT,
	0},
    {"srcnat, active, udp", HIDDEN, SL_REPLY, "10.0.0.2", "198.51.100.1",
	"203.0.113.1", "udp 198.51.100.1:4000->10.0.0.2:5000", SL_CONN_DSTNAT,
	IPPROTO_UDP},
    {"dstnat, passive", SERVED, SL_ORIG, "10.0.0.5", "198.51.100.9",
	"203.0.113.1", "tcp 198.51.100.9:4000->10.0.0.5:5000", SL_CONN_DSTNAT,
	0},
    {"dstnat, active", SERVED, SL_REPLY, "198.51.100.9", "10.0.0.5",
	"198.51.100.9", "tcp 203.0.113.1:4000->198.51.100.9:5000",
	SL_CONN_SRCNAT, 0},
    {"both, passive", HAIRPIN, SL_ORIG, "10.0.0.5", "10.0.0.2", "203.0.113.1",
	"tcp 10.0.0.1:4000->10.0.0.5:5000", SL_CONN_SRCNAT | SL_CONN_DSTNAT, 0},
    {"both, active", HAIRPIN, SL_REPLY, "10.0.0.2", "10.0.0.5", "10.0.0.1",
	"tcp 203.0.113.1:4000->10.0.0.2:5000", SL_CONN_SRCNAT | SL_CONN_DSTNAT,
	0},
    {"IPv6 srcnat, passive", HIDDEN6, SL_ORIG, "2001:db8:2::1", "2001:db8:1::2",
	"2001:db8:2::1", "tcp [2001:db8:ffff::1]:4000->[2001:db8:2::1]:5000",
	SL_CONN_SRCNAT, 0},
    {"IPv6 srcnat, active", HIDDEN6, SL_REPLY, "2001:db8:1::2", "2001:db8:2::1",
	"2001:db8:ffff::1", "tcp [2001:db8:2::1]:4000->[2001:db8:1::2]:5000",
	SL_CONN_DSTNAT, 0},
    {"IPv6 dstnat, passive", SERVED6, SL_ORIG, "2001:db8:1::5", "2001:db8:2::9",
	"2001:db8:ffff::1", "tcp [2001:db8:2::9]:4000->[2001:db8:1::5]:5000",
	SL_CONN_DSTNAT, 0},
    {"IPv6 dstnat, active", SERVED6, SL_REPLY, "2001:db8:2::9", "2001:db8:1::5",
	"2001:db8:2::9", "tcp [2001:db8:ffff::1]:4000->[2001:db8:2::9]:5000",
	SL_CONN_SRCNAT, 0},
};

/* The answer to a packet that left, which undoes all of it. */
static void
answer(const struct sl_pkt *left, const char *want, const char *what)
{
	struct sl_addr src, dst;
	char from[SL_ADDR_TEXT], to[SL_ADDR_TEXT];
	struct test_pkt t;
	struct sl_pkt *pkt;

	sl_pkt_addrs(left, &src, &dst);
	pkt = packet(&t, left->l4proto, sl_addr_print(left->family, &dst, from),
	    sl_get_be16(sl_pkt_l4(left) + 2),
	    sl_addr_print(left->family, &src, to),
	    sl_get_be16(sl_pkt_l4(left)));
	assert_int_equal(travel(pkt), SL_GO);
	assert_int_equal(pkt->state, SL_STATE_ESTABLISHED);
	leaves_as(pkt, want, what);
}

static void
follow(const struct way *w)
{
	struct sl_help_session *s = world_session(&w->master);
	uint8_t proto = w->proto ? w->proto : IPPROTO_TCP;
	struct sl_expect e = wish_of(proto, w->opener, w->at, 5000);
	struct sl_endpoint seen = granted(s, &e);
	char text[SL_TUPLE_TEXT];
	struct sl_tuple back;
	struct test_pkt t;
	struct sl_pkt *pkt;

	sl_addr_print(s->conn->family, &seen.addr, text);
	if (strcmp(text, w->seen) != 0 || seen.id != htons(5000))
		fail_msg("%s: seen as %s:%u", w->what, text, ntohs(seen.id));
	pkt = packet(&t, proto, w->opens, 4000, w->seen, 5000);
	assert_int_equal(travel(pkt), SL_GO);
	leaves_as(pkt, w->leaves, w->what);
	assert_int_equal(pkt->state, SL_STATE_RELATED);
	if ((sl_conn_bits(pkt->conn) & NAT_BITS) != w->bits)
		fail_msg("%s: bits %x", w->what, sl_conn_bits(pkt->conn));
	assert_true(sl_conn_has(pkt->conn, SL_CONN_EXPECTED));
	assert_int_equal(
	    sl_conn_bits(pkt->conn) >> SL_CONN_HELPER_SHIFT, helper->number);
	assert_int_equal(sl_load_relaxed(&pkt->conn->mark), 77);
	sl_tuple_invert(&pkt->tuple, &back);
	sl_tuple_print(&back, text);
	answer(pkt, text, w->what);
	/* It has come: nobody else is let in. */
	pkt = packet(&t, proto, w->opens, 4001, w->seen, 5000);
	assert_int_equal(travel(pkt), SL_GO);
	assert_int_equal(pkt->state, SL_STATE_NEW);
	world_close(s);
	world_clear(NULL);
}

static void
follows_the_master(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(ways); i++)
		follow(&ways[i]);
}

static void
attaches_what_is_named(void **state)
{
	static const struct master hidden = HIDDEN;
	struct sl_help_session *s = world_session(&hidden), *child;
	struct sl_expect e = wish_of(IPPROTO_UDP, SL_REPLY, "10.0.0.2", 5100);
	struct test_pkt t;
	struct sl_pkt *pkt;

	(void)state;
	e.helper = "other";
	granted(s, &e);
	pkt =
	    packet(&t, IPPROTO_UDP, "198.51.100.1", 4000, "203.0.113.1", 5100);
	assert_int_equal(travel(pkt), SL_GO);
	child = sl_help_session_find(&rel, pkt->conn);
	assert_non_null(child);
	assert_ptr_equal(child->helper, other);
	world_close(child);
	world_close(s);
}

/* Policy; -EACCES or -EINVAL and a counter, or granted (0). */
static const struct policy {
	const char *what;
	struct master master;
	struct sl_expect e; /* address apart */
	const char *at;
	uint16_t id;
	int rc;
	unsigned counter;
} policies[] = {
    {"its own", HIDDEN, {.opener = SL_REPLY}, "10.0.0.2", 1024, 0,
	SL_COUNTER_EXPECT_NEW},
    {"another inside", HIDDEN, {.opener = SL_REPLY}, "10.0.0.3", 5000, -EACCES,
	SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"another, loose", HIDDEN,
	{.opener = SL_REPLY, .flags = SL_EXPECT_THIRD_PARTY}, "10.0.0.3", 5000,
	0, SL_COUNTER_EXPECT_NEW},
    {"the opener's", HIDDEN, {.opener = SL_REPLY}, "198.51.100.1", 5000,
	-EACCES, SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"the public one", HIDDEN, {.opener = SL_REPLY}, "203.0.113.1", 5000,
	-EACCES, SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"the router, loose", HIDDEN,
	{.opener = SL_REPLY, .flags = SL_EXPECT_THIRD_PARTY}, "203.0.113.1",
	5000, -EACCES, SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"the router itself speaks", {.src = "203.0.113.1", .dst = "198.51.100.1"},
	{.opener = SL_REPLY}, "203.0.113.1", 5000, 0, SL_COUNTER_EXPECT_NEW},
    {"loopback, loose", HIDDEN,
	{.opener = SL_REPLY, .flags = SL_EXPECT_THIRD_PARTY}, "127.0.0.1", 5000,
	-EACCES, SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"unspecified, loose", HIDDEN,
	{.opener = SL_REPLY, .flags = SL_EXPECT_THIRD_PARTY}, "0.0.0.0", 5000,
	-EACCES, SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"multicast, loose", HIDDEN,
	{.opener = SL_REPLY, .flags = SL_EXPECT_THIRD_PARTY}, "224.0.0.1", 5000,
	-EACCES, SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"just not multicast, loose", HIDDEN,
	{.opener = SL_REPLY, .flags = SL_EXPECT_THIRD_PARTY}, "223.255.255.254",
	5000, 0, SL_COUNTER_EXPECT_NEW},
    {"subnet broadcast, loose", HIDDEN,
	{.opener = SL_REPLY, .flags = SL_EXPECT_THIRD_PARTY}, "203.0.113.255",
	5000, -EACCES, SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"broadcast, loose", HIDDEN,
	{.opener = SL_REPLY, .flags = SL_EXPECT_THIRD_PARTY}, "255.255.255.255",
	5000, -EACCES, SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"IPv6 loopback, loose", HIDDEN6,
	{.opener = SL_REPLY, .flags = SL_EXPECT_THIRD_PARTY}, "::1", 5000,
	-EACCES, SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"IPv4 in disguise, loose", HIDDEN6,
	{.opener = SL_REPLY, .flags = SL_EXPECT_THIRD_PARTY}, "::ffff:10.0.0.3",
	5000, -EACCES, SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"IPv6 multicast, loose", HIDDEN6,
	{.opener = SL_REPLY, .flags = SL_EXPECT_THIRD_PARTY}, "ff02::1", 5000,
	-EACCES, SL_COUNTER_EXPECT_BAD_ADDRESS},
    {"privileged", HIDDEN, {.opener = SL_REPLY}, "10.0.0.2", 1023, -EACCES,
	SL_COUNTER_EXPECT_BAD_PORT},
    {"privileged, allowed", HIDDEN,
	{.opener = SL_REPLY, .flags = SL_EXPECT_PRIVILEGED}, "10.0.0.2", 1023,
	0, SL_COUNTER_EXPECT_NEW},
    {"port 0, allowed or not", HIDDEN,
	{.opener = SL_REPLY, .flags = SL_EXPECT_PRIVILEGED}, "10.0.0.2", 0,
	-EACCES, SL_COUNTER_EXPECT_BAD_PORT},
    {"an IPv6 address on IPv4", HIDDEN, {.opener = SL_REPLY}, "2001:db8:1::2",
	5000, -EINVAL, SL_COUNTER_EXPECT_BAD_FORM},
    {"no such class", HIDDEN, {.opener = SL_REPLY, .class_no = 2}, "10.0.0.2",
	5000, -EINVAL, SL_COUNTER_EXPECT_BAD_FORM},
    {"no such flag", HIDDEN, {.opener = SL_REPLY, .flags = 0x40}, "10.0.0.2",
	5000, -EINVAL, SL_COUNTER_EXPECT_BAD_FORM},
    {"no such side", HIDDEN, {.opener = 2}, "10.0.0.2", 5000, -EINVAL,
	SL_COUNTER_EXPECT_BAD_FORM},
    {"no tracker", HIDDEN, {.opener = SL_REPLY, .l4proto = 99}, "10.0.0.2",
	5000, -EINVAL, SL_COUNTER_EXPECT_BAD_FORM},
    {"no ids", HIDDEN, {.opener = SL_REPLY, .l4proto = 50}, "10.0.0.2", 5000,
	-EINVAL, SL_COUNTER_EXPECT_BAD_FORM},
    {"a row just to the end", HIDDEN, {.opener = SL_REPLY, .ids = 2},
	"10.0.0.2", 65534, 0, SL_COUNTER_EXPECT_NEW},
    {"a row past the end", HIDDEN, {.opener = SL_REPLY, .ids = 2}, "10.0.0.2",
	65535, -EINVAL, SL_COUNTER_EXPECT_BAD_FORM},
    {"too long a row", HIDDEN, {.opener = SL_REPLY, .ids = 17}, "10.0.0.2",
	5000, -EINVAL, SL_COUNTER_EXPECT_BAD_FORM},
    {"too long a prefix", HIDDEN,
	{.opener = SL_REPLY, .flags = SL_EXPECT_FROM, .from_prefix = 33},
	"10.0.0.2", 5000, -EINVAL, SL_COUNTER_EXPECT_BAD_FORM},
    {"a call id without pair", HIDDEN,
	{.opener = SL_REPLY, .l4proto = IPPROTO_GRE}, "10.0.0.2", 5000, -EINVAL,
	SL_COUNTER_EXPECT_BAD_FORM},
    {"call id 0", HIDDEN,
	{.opener = SL_REPLY, .l4proto = IPPROTO_GRE, .pair = 1}, "10.0.0.2", 0,
	0, SL_COUNTER_EXPECT_NEW},
};

static void
only_what_policy_allows(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(policies); i++) {
		const struct policy *p = &policies[i];
		struct sl_help_session *s = world_session(&p->master);
		struct sl_endpoint seen = {.id = 0xabcd};
		struct sl_expect e = p->e;
		uint64_t before = sl_counter_sum(p->counter);
		int rc;

		e.size = sizeof(e);
		e.l4proto = e.l4proto ? e.l4proto : IPPROTO_TCP;
		test_addr(p->at, &e.at.addr);
		e.at.id = htons(p->id);
		rc = sl_expecting_add(&rel, s, &e, &seen);
		sl_expecting_commit(&rel, s);
		if (rc != p->rc || sl_counter_sum(p->counter) == before)
			fail_msg("%s: %d", p->what, rc);
		if (rc)
			assert_int_equal(seen.id, 0xabcd);
		world_close(s);
		assert_int_equal(sl_expect_count(), 0);
	}
}

/* A struct of an older ABI is shorter than any there was. */
static void
short_wish_is_nonsense(void **state)
{
	static const struct master plain = PLAIN;
	struct sl_help_session *s = world_session(&plain);
	struct sl_expect e = wish_of(IPPROTO_TCP, SL_REPLY, "10.0.0.2", 5000);
	struct sl_endpoint seen;

	(void)state;
	e.size--;
	assert_int_equal(sl_expecting_add(&rel, s, &e, &seen), -EINVAL);
	world_close(s);
}

/* Two clients, one port, one server: the second is given another. */
static void
a_clash_moves_the_id(void **state)
{
	static const struct master first = HIDDEN,
				   second = {.src = "10.0.0.3",
				       .dst = "198.51.100.1",
				       .reply_dst = "203.0.113.1",
				       .port = 1025},
				   far = {.src = "10.0.0.3",
				       .dst = "198.51.100.2",
				       .reply_dst = "203.0.113.1",
				       .port = 1026};
	struct sl_help_session *a = world_session(&first),
			       *b = world_session(&second),
			       *c = world_session(&far);
	struct sl_expect e = wish_of(IPPROTO_TCP, SL_REPLY, "10.0.0.2", 5000);
	struct sl_endpoint seen;

	(void)state;
	assert_int_equal(granted(a, &e).id, htons(5000));
	test_addr("10.0.0.3", &e.at.addr);
	seen = granted(b, &e);
	assert_int_not_equal(seen.id, htons(5000));
	assert_true(ntohs(seen.id) >= 1024);
	/* From another server it cannot be mistaken. */
	assert_int_equal(granted(c, &e).id, htons(5000));
	world_close(a);
	world_close(b);
	world_close(c);
}

/* RTP and RTCP move together, to an even id; and alone to any. */
static void
rows_move_together(void **state)
{
	static const struct master first = HIDDEN,
				   second = {.src = "10.0.0.3",
				       .dst = "198.51.100.1",
				       .reply_dst = "203.0.113.1",
				       .port = 1025};
	struct sl_help_session *a = world_session(&first),
			       *b = world_session(&second);
	struct sl_expect e = wish_of(IPPROTO_UDP, SL_REPLY, "10.0.0.2", 5001);
	char want[SL_TUPLE_TEXT];
	struct sl_endpoint seen;
	struct test_pkt t;
	struct sl_pkt *pkt;

	(void)state;
	granted(a, &e); // in the way of the second of the row
	e = wish_of(IPPROTO_UDP, SL_REPLY, "10.0.0.3", 5000);
	e.ids = 2;
	e.flags = SL_EXPECT_EVEN;
	for (int i = 0; i < 20; i++) {
		e.at.id = htons((uint16_t)5000);
		seen = granted(b, &e);
		assert_int_not_equal(seen.id, htons(5000));
		assert_int_equal(ntohs(seen.id) % 2, 0);
	}
	for (unsigned i = 0; i < 2; i++) {
		pkt = packet(&t, IPPROTO_UDP, "198.51.100.1", 7, "203.0.113.1",
		    (uint16_t)(ntohs(seen.id) + i));
		assert_int_equal(travel(pkt), SL_GO);
		snprintf(want, sizeof(want), "udp 198.51.100.1:7->10.0.0.3:%u",
		    5000 + i);
		leaves_as(pkt, want, "row");
	}
	world_close(a);
	world_close(b);
}

/* Ids of a class, all taken but one; then that one, too. */
static void
finds_the_last_id(void **state)
{
	static const struct master masters[] = {
	    HIDDEN, {.src = "10.0.0.3",
			.dst = "198.51.100.1",
			.reply_dst = "203.0.113.1",
			.port = 1025}};
	struct sl_help_session *a = world_session(&masters[0]),
			       *b = world_session(&masters[1]);
	struct sl_expect e = wish_of(IPPROTO_TCP, SL_REPLY, "10.0.0.2", 512);
	struct sl_endpoint seen;

	(void)state;
	e.flags = SL_EXPECT_PRIVILEGED;
	for (uint16_t id = 512; id < 1023; id++) {
		e.at.id = htons(id);
		granted(a, &e);
	}
	test_addr("10.0.0.3", &e.at.addr);
	e.at.id = htons(700);
	assert_int_equal(granted(b, &e).id, htons(1023));
	e.at.id = htons(701);
	assert_int_equal(sl_expecting_add(&rel, b, &e, &seen), -EADDRINUSE);
	world_close(a);
	assert_int_equal(granted(b, &e).id, htons(701));
	world_close(b);
}

/* Sources that are translated keep off an id that is expected. */
static void
nobody_is_given_an_expected_id(void **state)
{
	static const struct master hidden = HIDDEN;
	struct sl_help_session *s = world_session(&hidden);
	struct sl_expect e = wish_of(IPPROTO_UDP, SL_REPLY, "10.0.0.2", 5200);
	struct sl_tuple reply = {.family = SL_IPV4, .l4proto = IPPROTO_UDP};
	struct sl_portmap p = {
	    .table = table, .now_ns = sl_now_ns(), .reply = &reply};

	(void)state;
	granted(s, &e);
	test_addr("198.51.100.77", &reply.src);
	test_addr("203.0.113.1", &reply.dst);
	reply.src_id = htons(53);
	for (int i = 0; i < 2; i++) {
		reply.dst_id = htons(5200);
		assert_int_equal(sl_portmap_claim(&p, 5199, 5201), 0);
		assert_int_equal(reply.dst_id == htons(5200), i);
		sl_portmap_release(&reply);
		if (i == 0)
			world_close(s);
	}
}

static void
rolled_back_was_never_there(void **state)
{
	static const struct master plain = PLAIN;
	struct sl_help_session *s = world_session(&plain);
	struct sl_expect e = wish_of(IPPROTO_TCP, SL_REPLY, "10.0.0.2", 5000);
	struct sl_endpoint seen;
	struct test_pkt t;
	struct sl_pkt *pkt;

	(void)state;
	assert_int_equal(sl_expecting_add(&rel, s, &e, &seen), 0);
	pkt = packet(&t, IPPROTO_TCP, "198.51.100.1", 20, "10.0.0.2", 5000);
	sl_track_classify(&track, pkt);
	assert_int_equal(sl_track_packet(&track, pkt), SL_GO);
	assert_int_equal(pkt->state, SL_STATE_NEW); // fresh lets nobody in
	sl_track_abandon(&track, pkt);
	sl_expecting_rollback(&rel, s);
	assert_int_equal(sl_expect_count(), 0);
	world_close(s);
}

/* Class 0 has room for two. */
static void
a_class_is_limited(void **state)
{
	static const struct master hidden = HIDDEN;
	struct sl_help_session *s = world_session(&hidden);
	struct sl_expect e = wish_of(IPPROTO_TCP, SL_REPLY, "10.0.0.2", 5000);
	struct sl_endpoint seen;
	struct test_pkt t;
	struct sl_pkt *pkt;

	(void)state;
	e.class_no = 0;
	granted(s, &e);
	e.at.id = htons(5001);
	e.ids = 2;
	assert_int_equal(sl_expecting_add(&rel, s, &e, &seen), -ENOBUFS);
	e.ids = 0;
	granted(s, &e);
	granted(s, &e); // the same again is not one more
	assert_int_equal(sl_expect_count(), 2);
	e.at.id = htons(5002);
	assert_int_equal(sl_expecting_add(&rel, s, &e, &seen), -ENOBUFS);
	/* One that came makes room at once. */
	pkt = packet(&t, IPPROTO_TCP, "198.51.100.1", 20, "203.0.113.1", 5001);
	assert_int_equal(travel(pkt), SL_GO);
	granted(s, &e);
	/* So does time, and nothing that is left stays for ever. */
	sl_clock_set(sl_now_ns() + 10 * S);
	e.at.id = htons(5003);
	granted(s, &e);
	assert_int_equal(sl_expect_count(), 1);
	world_tick(10 * S);
	assert_int_equal(sl_expect_count(), 0);
	world_close(s);
}

static void
asked_again_it_lasts_longer(void **state)
{
	static const struct master hidden = HIDDEN;
	struct sl_help_session *s = world_session(&hidden);
	struct sl_expect e = wish_of(IPPROTO_TCP, SL_REPLY, "10.0.0.2", 5000);

	(void)state;
	e.timeout_ms = 5000;
	granted(s, &e);
	world_tick(4 * S);
	assert_int_equal(granted(s, &e).id, htons(5000));
	world_tick(4 * S);
	assert_int_equal(sl_expect_count(), 1);
	world_tick(1 * S);
	assert_int_equal(sl_expect_count(), 0);
	world_close(s);
}

/* A first packet that a rule drops is repeated. */
static void
dropped_may_come_again(void **state)
{
	static const struct master hidden = HIDDEN;
	struct sl_help_session *s = world_session(&hidden);
	struct sl_expect e = wish_of(IPPROTO_TCP, SL_REPLY, "10.0.0.2", 5000);
	struct test_pkt t;
	struct sl_pkt *pkt;

	(void)state;
	granted(s, &e);
	for (int i = 0; i < 2; i++) {
		pkt = packet(
		    &t, IPPROTO_TCP, "198.51.100.1", 20, "203.0.113.1", 5000);
		sl_track_classify(&track, pkt);
		assert_int_equal(sl_track_packet(&track, pkt), SL_GO);
		assert_int_equal(pkt->state, SL_STATE_RELATED);
		sl_track_abandon(&track, pkt);
	}
	world_close(s);
}

/* Many wait: a tick looks at some, all are gone in time. */
static void
late_ones_go_in_slices(void **state)
{
	static const struct master hidden = HIDDEN;
	struct sl_help_session *s = world_session(&hidden);
	struct sl_expect e = wish_of(IPPROTO_TCP, SL_REPLY, "10.0.0.2", 5000);

	(void)state;
	for (unsigned i = 0; i < 3 * SL_EXPECTING_SLICE; i++) {
		e.at.id = htons((uint16_t)(5000 + i));
		granted(s, &e);
	}
	world_tick(60 * S);
	assert_int_equal(sl_expect_count(), 2 * SL_EXPECTING_SLICE);
	world_tick(SL_NS_PER_MS / 2);
	assert_int_equal(sl_expect_count(), 2 * SL_EXPECTING_SLICE);
	world_tick(SL_NS_PER_MS);
	world_tick(SL_NS_PER_MS);
	assert_int_equal(sl_expect_count(), 0);
	world_close(s);
}

/* Whoever has them: each master's class would have room. */
static void
all_have_a_limit(void **state)
{
	static const struct master hidden = HIDDEN;
	struct sl_help_session *s = world_session(&hidden);
	struct sl_expect_master *m = sl_expect_master_new();
	struct sl_expectation **many = calloc(SL_EXPECT_MAX, sizeof(*many));
	struct sl_expect e = wish_of(IPPROTO_TCP, SL_REPLY, "10.0.0.2", 5000);
	struct sl_endpoint seen;

	(void)state;
	assert_true(m && many);
	e.ids = 2;
	for (uint32_t i = 0; i < SL_EXPECT_MAX - 1; i++) {
		many[i] = sl_expect_new(m);
		assert_non_null(many[i]);
		many[i]->want.dst.u.w[0] = i;
		many[i]->to.addr.u.w[0] = i;
		assert_int_equal(sl_expect_list(many[i]), 0);
		if (i % 64 == 0)
			sl_rcu_quiescent();
	}
	/* The second of the row has no room: the first goes as well. */
	assert_int_equal(sl_expecting_add(&rel, s, &e, &seen), -ENOBUFS);
	assert_int_equal(sl_expect_count(), SL_EXPECT_MAX - 1);
	for (uint32_t i = 0; i < SL_EXPECT_MAX - 1; i++) {
		sl_expect_close(many[i]);
		sl_expect_put(many[i]);
	}
	sl_expect_master_put(m);
	free(many);
	assert_int_equal(granted(s, &e).id, htons(5000));
	world_close(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(follows_the_master),
	    TEST(attaches_what_is_named),
	    TEST(only_what_policy_allows),
	    TEST(short_wish_is_nonsense),
	    TEST(a_clash_moves_the_id),
	    TEST(rows_move_together),
	    TEST(finds_the_last_id),
	    TEST(nobody_is_given_an_expected_id),
	    TEST(rolled_back_was_never_there),
	    TEST(a_class_is_limited),
	    TEST(asked_again_it_lasts_longer),
	    TEST(dropped_may_come_again),
	    TEST(late_ones_go_in_slices),
	    TEST(all_have_a_limit),
	};

	return RUN_WORLD(tests);
}
