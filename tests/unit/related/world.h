/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small router for tests of expectations: trackers that read ids, a table, one
 * worker's helpers, and the first and later packets' way through tracking and
 * translation.  Its own address is 203.0.113.1/24 (2001:db8:ffff::1/64).
 */
#ifndef TESTS_UNIT_RELATED_WORLD_H
#define TESTS_UNIT_RELATED_WORLD_H

#include "../nat/packets.h"

#include <base/rcu.h>
#include <base/role.h>
#include <conn/expect.h>
#include <mirror/static.h>
#include <nat/expected.h>
#include <nat/hold.h>
#include <nat/portmap.h>
#include <related/related.h>
#include <related/tie.h>

#define S SL_NS_PER_SEC

static struct sl_table *table;
static struct sl_track track;
static struct sl_related rel;
static struct sl_helper *helper, *other;

static enum sl_key
key_ports(const struct sl_pkt_view *view, struct sl_tuple *t, uint8_t *reason)
{
	(void)reason;
	t->src_id = sl_raw_be16(view->l4.data);
	t->dst_id = sl_raw_be16(view->l4.data + 2);
	return SL_KEY_TUPLE;
}

/* The receiver's id in the first two bytes. */
static enum sl_key
key_receiver(
    const struct sl_pkt_view *view, struct sl_tuple *t, uint8_t *reason)
{
	(void)reason;
	t->dst_id = sl_raw_be16(view->l4.data);
	return SL_KEY_TUPLE;
}

static enum sl_track_result
open_any(const struct sl_track_ctx *ctx, const struct sl_pkt_view *view,
    void *priv, struct sl_track_out *out)
{
	(void)ctx, (void)view, (void)priv, (void)out;
	return SL_TRACK_VALID;
}

static enum sl_track_result
update_any(const struct sl_track_ctx *ctx, const struct sl_pkt_view *view,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	(void)ctx, (void)view, (void)dir, (void)priv, (void)out;
	return SL_TRACK_VALID;
}

static const struct sl_timeout world_timeouts[] = {
    {"udp-timeout", 600000, "test"}, {0}};

#define WORLD_TRACKER(proto, key_, ...)                                        \
	{                                                                      \
		.size = sizeof(struct sl_tracker_ops), .l4proto = (proto),     \
		.families = 3, .name = #proto, .layout = {__VA_ARGS__},        \
		.timeouts = world_timeouts, .key = (key_), .open = open_any,   \
		.update = update_any,                                          \
	}

static const struct sl_tracker_ops world_trackers[] = {
    WORLD_TRACKER(
	IPPROTO_TCP, key_ports, 0, 2, 16, SL_CSUM_PSEUDO, 13, 7, 20, 0),
    WORLD_TRACKER(IPPROTO_UDP, key_ports, 0, 2, 6,
	SL_CSUM_PSEUDO | SL_CSUM_ZERO_MEANS_NONE, 0, 0, 8, 0),
    WORLD_TRACKER(IPPROTO_GRE, key_receiver, SL_NONE, 0, SL_NONE, 0, 0, 0, 2,
	SL_L4_RECEIVER_ID),
    WORLD_TRACKER(50, key_ports, SL_NONE, SL_NONE, SL_NONE, 0, 0, 0, 0, 0),
};

static enum sl_help
world_data(const struct sl_call *call)
{
	(void)call;
	return SL_HELP_PASS;
}

static const struct sl_expect_class world_classes[] = {
    {"few", 2, 10000}, {"many", 100000, 60000}, {NULL}};
static const struct sl_port_match world_ports[] = {{IPPROTO_TCP, 0, 21}, {0}};
static const struct sl_helper_ops world_ops = {.size = sizeof(world_ops),
    .name = "ftp",
    .ports = world_ports,
    .classes = world_classes,
    .families = 3,
    .data = world_data};
static const struct sl_helper_ops world_other = {.size = sizeof(world_ops),
    .name = "other",
    .families = 3,
    .data = world_data};

static inline void
world_address(struct sl_port *port, const char *text, uint8_t prefix_len)
{
	struct sl_ifaddr a = {.prefix_len = prefix_len};
	struct sl_err err = {0};

	assert_true(sl_addr_parse(text, &a.family, &a.addr));
	a.ifindex = port->number + 1u;
	assert_int_equal(sl_static_backend.addr(true, &a, &err), 0);
}

static inline void
world_mirror(void)
{
	struct sl_err err = {0};
	struct sl_port *port;

	assert_int_equal(sl_mirror_init(&err), 0);
	port = sl_port_add("wan", "wan", &err);
	assert_non_null(port);
	assert_int_equal(sl_static_add_port(port, 1500), 0);
	world_address(port, "203.0.113.1", 24);
	world_address(port, "2001:db8:ffff::1", 64);
}

static inline struct sl_helper *
world_helper(const struct sl_helper_ops *ops)
{
	struct sl_err err = {0};
	struct sl_helper *h = sl_helpers_new(ops, NULL, &err);

	assert_non_null(h);
	assert_int_equal(sl_helpers_publish(h, &err), 0);
	return h;
}

static inline int
world_start(void **state)
{
	static const struct sl_related_way way;
	struct sl_err err = {0};

	(void)state;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_hash_init();
	sl_clock_use_virtual();
	sl_rcu_register();
	sl_rcu_online();
	for (unsigned i = 0; i < SL_COUNT_OF(world_trackers); i++)
		assert_true(
		    sl_trackers_add(&world_trackers[i], NULL, &err) >= 0);
	assert_int_equal(sl_track_settings_init(&err), 0);
	assert_int_equal(sl_track_settings_set_enabled(SL_TRACK_ON, &err), 0);
	sl_hold_init();
	world_mirror();
	assert_int_equal(sl_expect_init(), 0);
	assert_int_equal(sl_tie_init(), 0);
	table = sl_table_new(1, 300000, &err);
	assert_non_null(table);
	track = (struct sl_track){
	    .table = table, .shard = sl_table_shard(table, 0)};
	assert_int_equal(sl_related_init(&rel, &track, &way, &err), 0);
	helper = world_helper(&world_ops);
	other = world_helper(&world_other);
	return 0;
}

static inline int
world_end(void **state)
{
	struct sl_err err = {0};

	(void)state;
	sl_related_fini(&rel);
	sl_tie_fini();
	assert_int_equal(sl_expect_count(), 0);
	assert_false(sl_helpers_is_used(helper)); // no expectation left
	assert_int_equal(sl_helpers_withdraw(helper, &err), 0);
	assert_int_equal(sl_helpers_withdraw(other, &err), 0);
	sl_rcu_offline();
	sl_rcu_drain();
	sl_helpers_free(helper);
	sl_helpers_free(other);
	sl_table_free(table);
	sl_hold_fini();
	sl_expect_fini();
	sl_track_settings_fini();
	sl_trackers_clear();
	sl_mirror_fini();
	sl_ports_clear();
	sl_rcu_drain();
	sl_rcu_unregister();
	return 0;
}

/* A control connection; empty reply addresses: as nobody translates it. */
struct master {
	const char *src, *dst;		   /* as the first packet arrives */
	const char *reply_src, *reply_dst; /* as replies do; NULL: dst, src */
	uint16_t port;			   /* of the client; 0: 1024 */
	uint32_t bits;
};

static inline struct sl_help_session *
world_session(const struct master *m)
{
	struct sl_tuple orig = {.l4proto = IPPROTO_TCP}, reply;
	enum sl_drop_reason reason;
	struct sl_conn *c;

	orig.family = test_addr(m->src, &orig.src);
	test_addr(m->dst, &orig.dst);
	orig.src_id = htons(m->port ? m->port : 1024);
	orig.dst_id = htons(21);
	c = sl_shard_alloc(track.shard, &orig, sl_now_ns(), &reason);
	assert_non_null(c);
	c->tracker = sl_trackers_find(orig.family, IPPROTO_TCP);
	sl_conn_tuple(c, SL_REPLY, &reply);
	if (m->reply_src)
		test_addr(m->reply_src, &reply.src);
	if (m->reply_dst)
		test_addr(m->reply_dst, &reply.dst);
	sl_conn_set_tuple(c, SL_REPLY, &reply);
	sl_conn_set_bits_owned(c, m->bits);
	sl_store_relaxed(&c->mark, 77);
	sl_store_relaxed(&c->deadline_ns, UINT64_MAX / 2);
	assert_int_equal(sl_shard_insert(track.shard, c, sl_now_ns()), 0);
	return sl_help_session_begin(&rel, c, helper);
}

/* Ends a control connection, and its session with it. */
static inline void
world_close(struct sl_help_session *s)
{
	sl_shard_remove(track.shard, s->conn, SL_COUNTER_CONN_REMOVED);
}

static inline void
world_tick(uint64_t ns)
{
	sl_clock_set(sl_now_ns() + ns);
	sl_related_tick(&rel, sl_now_ns());
}

static inline struct sl_expect
wish_of(uint8_t proto, uint8_t opener, const char *at, uint16_t id)
{
	struct sl_expect e = {
	    .size = sizeof(e),
	    .class_no = 1,
	    .l4proto = proto,
	    .opener = opener,
	    .at.id = htons(id),
	};

	test_addr(at, &e.at.addr);
	return e;
}

/* A wish that is granted, with what else was wished before. */
static inline struct sl_endpoint
granted(struct sl_help_session *s, const struct sl_expect *e)
{
	struct sl_endpoint seen;

	assert_int_equal(sl_expecting_add(&rel, s, e, &seen), 0);
	sl_expecting_commit(&rel, s);
	return seen;
}

/* The way of a packet, first or later; SL_DROP: as the path does, it is forgotten. */
static inline enum sl_verdict
travel(struct sl_pkt *pkt)
{
	enum sl_verdict v;

	pkt->flags &= (uint16_t)~SL_PKT_NEW_CONN;
	sl_track_classify(&track, pkt);
	v = sl_track_packet(&track, pkt);
	for (int side = SL_NAT_DST; v == SL_GO && side >= SL_NAT_SRC; side--) {
		if (!(pkt->flags & SL_PKT_NEW_CONN))
			v = SL_GO;
		else if (sl_expected_decides(pkt, side))
			v = sl_expected_setup(&track, pkt, side);
		else if (side == SL_NAT_SRC)
			v = sl_nat_setup_none(&track, pkt);
		if (v == SL_GO)
			v = sl_nat_apply(pkt, side);
	}
	if (v == SL_GO)
		v = sl_related_leave(&rel, pkt);
	if (v == SL_GO)
		v = sl_track_confirm(&track, pkt);
	if (v == SL_DROP)
		sl_track_abandon(&track, pkt);
	return v;
}

/* The packet's tuple as it stands in its bytes. */
static inline const char *
written(const struct sl_pkt *pkt, char text[SL_TUPLE_TEXT])
{
	const struct sl_tracker_ops *ops =
	    sl_trackers_ops(sl_trackers_find(pkt->family, pkt->l4proto));
	struct sl_tuple t = {.family = pkt->family, .l4proto = pkt->l4proto};
	struct sl_pkt_view view;
	uint8_t reason;

	sl_pkt_addrs(pkt, &t.src, &t.dst);
	sl_pkt_view(pkt, &view);
	ops->key(&view, &t, &reason);
	return sl_tuple_print(&t, text);
}

/* Builds a packet with ports, or with the receiver's id 'dport'. */
static inline struct sl_pkt *
packet(struct test_pkt *t, uint8_t proto, const char *src, uint16_t sport,
    const char *dst, uint16_t dport)
{
	const struct recipe r = {.src = src,
	    .dst = dst,
	    .proto = proto,
	    .sport = sport,
	    .dport = dport,
	    .payload = 12};
	struct sl_pkt *pkt = build(t, &r);

	if (proto == IPPROTO_GRE)
		put16(sl_pkt_l4(pkt), dport);
	return pkt;
}

static inline void
leaves_as(const struct sl_pkt *pkt, const char *want, const char *what)
{
	char text[SL_TUPLE_TEXT];

	if (strcmp(written(pkt, text), want) != 0)
		fail_msg("%s: %s, not %s", what, text, want);
	assert_true(checksums_are_right(pkt));
}

static inline bool
world_forget(void *arg, const struct sl_conn *c)
{
	(void)arg;
	sl_shard_remove(track.shard, (struct sl_conn *)(uintptr_t)c,
	    SL_COUNTER_CONN_REMOVED);
	return true;
}

/* Every connection ends, also those of a test that failed. */
static inline int
world_clear(void **state)
{
	struct sl_walk walk = {0};

	(void)state;
	while (
	    sl_walk_shard_slice(track.shard, &walk, 1024, world_forget, NULL))
		;
	sl_related_tick(&rel, sl_now_ns());
	return 0;
}

#define TEST(f) cmocka_unit_test_teardown(f, world_clear)
#define RUN_WORLD(tests)                                                       \
	cmocka_run_group_tests_name(__FILE__, tests, world_start, world_end)

#endif
