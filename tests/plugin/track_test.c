/* SPDX-License-Identifier: Apache-2.0 */
/* track/ with the real trackers: packets in, states out. */
#include "harness.h"

#include "frames.h"

#include <base/rcu.h>
#include <base/role.h>
#include <plugin/loader.h>
#include <track/track.h>

#include <netinet/in.h>

#define FIN  1
#define SYN  2
#define RST  4
#define ACK  16
#define SEC  SL_NS_PER_SEC
#define ECHO 8

static struct sl_track track;

static int
start(void **state)
{
	struct sl_err err = {0};

	(void)state;
	assert_int_equal(harness_load(state), 0);
	sl_rcu_online();
	assert_int_equal(sl_track_settings_set_enabled(SL_TRACK_ON, &err), 0);
	track.table = sl_table_new(1, 100, &err);
	assert_non_null(track.table);
	track.shard = sl_table_shard(track.table, 0);
	return 0;
}

static int
stop(void **state)
{
	sl_rcu_offline();
	sl_table_free(track.table);
	return harness_unload(state);
}

/* Classifies and judges; a new connection is confirmed. */
static uint8_t
pass(struct frame *f)
{
	sl_track_classify(&track, &f->pkt);
	assert_int_equal(sl_track_owner(&track, &f->pkt), 0);
	assert_int_equal(sl_track_packet(&track, &f->pkt), SL_GO);
	assert_int_equal(sl_track_confirm(&track, &f->pkt), SL_GO);
	return f->pkt.state;
}

static uint8_t
pass_recipe(const struct recipe *r, uint64_t now_ns)
{
	struct frame f;

	assert_true(make_frame(&f, r, now_ns));
	return pass(&f);
}

static uint64_t
refused(const char *tracker, const char *reason)
{
	const char *t, *r;
	uint64_t packets;

	for (unsigned n = 0; sl_trackers_reason_at(n, &t, &r, &packets); n++)
		if (strcmp(t, tracker) == 0 && strcmp(r, reason) == 0)
			return packets;
	fail_msg("no reason %s of %s", reason, tracker);
	return 0;
}

static void
states_of_packets(void **state)
{
	/* clang-format off */
	static const struct {
		struct recipe r;
		uint8_t want;
	} rows[] = {
	/* UDP: new until the answer */
	{{.from = 1, .to = 2, .proto = IPPROTO_UDP, .sport = 1, .dport = 53},
		SL_STATE_NEW},
	{{.from = 1, .to = 2, .proto = IPPROTO_UDP, .sport = 1, .dport = 53},
		SL_STATE_NEW},
	{{.from = 2, .to = 1, .proto = IPPROTO_UDP, .sport = 53, .dport = 1},
		SL_STATE_ESTABLISHED},
	{{.from = 1, .to = 2, .proto = IPPROTO_UDP, .sport = 1, .dport = 53},
		SL_STATE_ESTABLISHED},
	/* TCP */
	{{.from = 1, .to = 2, .proto = IPPROTO_TCP, .sport = 1, .dport = 80,
		.flags = SYN, .seq = 100}, SL_STATE_NEW},
	{{.from = 1, .to = 2, .proto = IPPROTO_TCP, .sport = 1, .dport = 80,
		.flags = SYN, .seq = 100}, SL_STATE_NEW},
	{{.from = 2, .to = 1, .proto = IPPROTO_TCP, .sport = 80, .dport = 1,
		.flags = SYN | ACK, .seq = 500, .ack = 101},
		SL_STATE_ESTABLISHED},
	{{.from = 1, .to = 2, .proto = IPPROTO_TCP, .sport = 1, .dport = 80,
		.flags = ACK, .seq = 101, .ack = 501}, SL_STATE_ESTABLISHED},
	{{.from = 2, .to = 1, .proto = IPPROTO_TCP, .sport = 80, .dport = 1,
		.flags = RST, .seq = 502}, SL_STATE_INVALID},
	{{.from = 2, .to = 1, .proto = IPPROTO_TCP, .sport = 80, .dport = 1,
		.flags = RST, .seq = 501}, SL_STATE_ESTABLISHED},
	/* the tuple again after the reset: a new connection */
	{{.from = 1, .to = 2, .proto = IPPROTO_TCP, .sport = 1, .dport = 80,
		.flags = SYN, .seq = 900}, SL_STATE_NEW},
	{{.from = 2, .to = 1, .proto = IPPROTO_TCP, .sport = 80, .dport = 1,
		.flags = SYN | ACK, .seq = 700, .ack = 901},
		SL_STATE_ESTABLISHED},
	{{.from = 3, .to = 2, .proto = IPPROTO_TCP, .sport = 1, .dport = 80,
		.flags = FIN | ACK, .seq = 1}, SL_STATE_INVALID},
	/* ICMP queries, both families */
	{{.from = 1, .to = 2, .proto = IPPROTO_ICMP, .sport = 7, .dport = ECHO},
		SL_STATE_NEW},
	{{.from = 2, .to = 1, .proto = IPPROTO_ICMP, .sport = 7, .dport = 0},
		SL_STATE_ESTABLISHED},
	{{.from = 2, .to = 1, .proto = IPPROTO_ICMP, .sport = 8, .dport = 0},
		SL_STATE_INVALID},
	{{.six = true, .from = 1, .to = 2, .proto = IPPROTO_ICMPV6, .sport = 7,
		.dport = 128}, SL_STATE_NEW},
	{{.six = true, .from = 2, .to = 1, .proto = IPPROTO_ICMPV6, .sport = 7,
		.dport = 129}, SL_STATE_ESTABLISHED},
	{{.six = true, .from = 2, .to = 1, .proto = IPPROTO_ICMPV6,
		.dport = 135, .payload = 16}, SL_STATE_UNTRACKED},
	/* anything else, by address */
	{{.from = 1, .to = 2, .proto = 89}, SL_STATE_NEW},
	{{.from = 2, .to = 1, .proto = 89}, SL_STATE_ESTABLISHED},
	{{.six = true, .from = 1, .to = 2, .proto = 89}, SL_STATE_NEW},
	/* what is not whole or not right */
	{{.from = 1, .to = 2, .proto = IPPROTO_UDP, .sport = 9, .dport = 9,
		.bad_csum = true}, SL_STATE_INVALID},
	{{.six = true, .from = 1, .to = 2, .proto = IPPROTO_TCP, .sport = 9,
		.dport = 9, .flags = SYN, .bad_csum = true}, SL_STATE_INVALID},
	{{.from = 1, .to = 2, .proto = IPPROTO_UDP, .sport = 9, .dport = 9,
		.payload = 8, .frag = 0x2000}, SL_STATE_INVALID},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		uint8_t got = pass_recipe(&rows[i].r, SEC);

		if (got != rows[i].want)
			fail_msg(
			    "row %zu: want %u, got %u", i, rows[i].want, got);
	}
	assert_int_equal(sl_table_total(track.table), 6);
	assert_int_equal(refused("ip", "bad-checksum"), 2);
	assert_int_equal(refused("ip", "not-reassembled"), 1);
	assert_int_equal(refused("tcp", "rst-not-exact"), 1);
	assert_int_equal(refused("tcp", "no-connection"), 1);
	assert_int_equal(refused("icmp", "reply-without-request"), 1);
}

static const struct recipe question = {
    .from = 1, .to = 2, .proto = IPPROTO_UDP, .sport = 1000, .dport = 53};
static const struct recipe answer = {
    .from = 2, .to = 1, .proto = IPPROTO_UDP, .sport = 53, .dport = 1000};

static void
a_dropped_packet_leaves_no_trace(void **state)
{
	struct frame f;

	(void)state;
	assert_true(make_frame(&f, &question, SEC));
	sl_track_classify(&track, &f.pkt);
	assert_int_equal(sl_track_packet(&track, &f.pkt), SL_GO);
	assert_true(f.pkt.flags & SL_PKT_NEW_CONN);
	assert_non_null(f.pkt.conn);
	sl_track_abandon(&track, &f.pkt);
	assert_null(f.pkt.conn);
	assert_int_equal(sl_table_total(track.table), 0);
	sl_track_abandon(&track, &f.pkt);
	assert_int_equal(pass_recipe(&answer, SEC), SL_STATE_NEW);
}

static void
bits_counters_and_deadlines(void **state)
{
	struct frame f;
	struct sl_conn *c;

	(void)state;
	assert_true(make_frame(&f, &question, SEC));
	pass(&f);
	c = f.pkt.conn;
	assert_int_equal(sl_conn_bits(c), SL_CONN_CONFIRMED);
	assert_int_equal(sl_load_relaxed(&c->deadline_ns), 11 * SEC);

	assert_true(make_frame(&f, &answer, 2 * SEC));
	pass(&f);
	assert_ptr_equal(f.pkt.conn, c);
	assert_int_equal(f.pkt.dir, SL_REPLY);
	assert_true(sl_conn_has(c, SL_CONN_SEEN_REPLY));
	assert_true(sl_conn_has(c, SL_CONN_FAST_OK));
	assert_false(sl_conn_has(c, SL_CONN_ASSURED));
	assert_int_equal(sl_load_relaxed(&c->deadline_ns), 182 * SEC);

	assert_int_equal(pass_recipe(&question, 3 * SEC), SL_STATE_ESTABLISHED);
	assert_true(sl_conn_has(c, SL_CONN_ASSURED));
	assert_int_equal(sl_load_relaxed(&c->dirs[SL_ORIG].packets), 2);
	assert_int_equal(sl_load_relaxed(&c->dirs[SL_ORIG].bytes), 2 * 28);
	assert_int_equal(sl_load_relaxed(&c->dirs[SL_REPLY].packets), 1);

	/* past its deadline it is not found any more */
	assert_int_equal(pass_recipe(&answer, 183 * SEC), SL_STATE_NEW);
}

static void
a_repeated_syn_does_not_prolong_the_wait(void **state)
{
	static const struct recipe syn = {.from = 1,
	    .to = 2,
	    .proto = IPPROTO_TCP,
	    .sport = 1,
	    .dport = 80,
	    .flags = SYN,
	    .seq = 100};
	struct frame f;

	(void)state;
	assert_true(make_frame(&f, &syn, SEC));
	pass(&f);
	assert_true(make_frame(&f, &syn, 4 * SEC));
	assert_int_equal(pass(&f), SL_STATE_NEW);
	assert_int_equal(sl_load_relaxed(&f.pkt.conn->deadline_ns), 6 * SEC);
}

/* Two packets of one new connection in a batch: both are classified before
 * the first of them opens it. */
static void
a_batch_may_open_a_connection_twice(void **state)
{
	struct frame a, b;

	(void)state;
	assert_true(make_frame(&a, &question, SEC));
	assert_true(make_frame(&b, &question, SEC));
	assert_true(sl_track_key(&a.pkt));
	assert_true(sl_track_key(&b.pkt));
	sl_track_classify_keyed(&track, &a.pkt);
	sl_track_classify_keyed(&track, &b.pkt);
	assert_int_equal(sl_track_packet(&track, &a.pkt), SL_GO);
	assert_int_equal(sl_track_confirm(&track, &a.pkt), SL_GO);
	assert_int_equal(sl_track_packet(&track, &b.pkt), SL_GO);
	assert_ptr_equal(a.pkt.conn, b.pkt.conn);
	assert_false(b.pkt.flags & SL_PKT_NEW_CONN);
	assert_int_equal(sl_table_total(track.table), 1);
}

static void
a_batch_may_end_a_connection(void **state)
{
	struct frame a, b;

	(void)state;
	assert_int_equal(pass_recipe(&question, SEC), SL_STATE_NEW);
	assert_true(make_frame(&a, &question, SEC));
	assert_true(make_frame(&b, &answer, SEC));
	sl_track_classify(&track, &a.pkt);
	sl_track_classify(&track, &b.pkt);
	sl_shard_remove(track.shard, a.pkt.conn, SL_COUNTER_CONN_REMOVED);
	assert_int_equal(sl_track_packet(&track, &b.pkt), SL_GO);
	assert_int_equal(b.pkt.state, SL_STATE_NEW);
	assert_int_equal(sl_track_confirm(&track, &b.pkt), SL_GO);
	assert_int_equal(sl_track_packet(&track, &a.pkt), SL_GO);
	assert_ptr_equal(a.pkt.conn, b.pkt.conn);
	assert_int_equal(a.pkt.state, SL_STATE_ESTABLISHED);
}

static void
a_clash_drops_the_later_one(void **state)
{
	struct frame a, b;

	(void)state;
	assert_true(make_frame(&a, &question, SEC));
	assert_true(make_frame(&b, &question, SEC));
	sl_track_classify(&track, &a.pkt);
	sl_track_classify(&track, &b.pkt);
	assert_int_equal(sl_track_packet(&track, &a.pkt), SL_GO);
	assert_int_equal(sl_track_packet(&track, &b.pkt), SL_GO);
	assert_int_equal(sl_track_confirm(&track, &a.pkt), SL_GO);
	assert_int_equal(sl_track_confirm(&track, &b.pkt), SL_DROP);
	assert_null(b.pkt.conn);
	assert_int_equal(sl_table_total(track.table), 1);
}

static void
tracking_can_be_off(void **state)
{
	static const struct recipe six = {.six = true,
	    .from = 1,
	    .to = 2,
	    .proto = IPPROTO_UDP,
	    .sport = 1000,
	    .dport = 53};
	struct sl_err err = {0};
	struct frame f;

	(void)state;
	sl_track_settings_set_enabled(SL_TRACK_OFF, &err);
	assert_int_equal(pass_recipe(&question, SEC), SL_STATE_UNTRACKED);
	sl_track_settings_set_enabled(SL_TRACK_AUTO, &err);
	assert_int_equal(pass_recipe(&question, SEC), SL_STATE_UNTRACKED);
	sl_track_settings_set_have_rules(SL_IPV4, true, &err);
	assert_int_equal(pass_recipe(&question, SEC), SL_STATE_NEW);
	assert_int_equal(pass_recipe(&six, SEC), SL_STATE_UNTRACKED);
	sl_track_settings_set_have_rules(SL_IPV6, true, &err);
	assert_int_equal(pass_recipe(&six, SEC), SL_STATE_NEW);

	assert_true(make_frame(&f, &question, SEC));
	f.pkt.flags |= SL_PKT_NOTRACK;
	assert_int_equal(pass(&f), SL_STATE_UNTRACKED);
	assert_null(f.pkt.conn);
	assert_int_equal(ntohs(f.pkt.tuple.dst_id), 53); /* rules match it */
}

static void
settings_reach_the_trackers(void **state)
{
	static const struct recipe middle = {.from = 1,
	    .to = 2,
	    .proto = IPPROTO_TCP,
	    .sport = 1,
	    .dport = 80,
	    .flags = ACK,
	    .seq = 100,
	    .ack = 100};
	struct sl_err err = {0};
	struct frame f;

	(void)state;
	sl_track_settings_set_loose(false, &err);
	assert_int_equal(pass_recipe(&middle, SEC), SL_STATE_INVALID);
	sl_track_settings_set_loose(true, &err);
	assert_int_equal(pass_recipe(&middle, SEC), SL_STATE_NEW);

	sl_track_settings_set_timeout("udp-timeout", 1500, &err);
	assert_true(make_frame(&f, &question, SEC));
	pass(&f);
	assert_int_equal(sl_load_relaxed(&f.pkt.conn->deadline_ns),
	    SEC + 1500 * SL_NS_PER_MS);
}

static void
a_vouched_checksum_is_not_verified(void **state)
{
	struct recipe r = question;
	struct frame f;
	uint64_t before = sl_counter_sum(SL_COUNTER_CSUM_CHECKED);

	(void)state;
	r.bad_csum = true;
	assert_true(make_frame(&f, &r, SEC));
	f.pkt.offload.flags = SL_OFFLOAD_VALID;
	assert_int_equal(pass(&f), SL_STATE_NEW);
	assert_int_equal(sl_counter_sum(SL_COUNTER_CSUM_CHECKED), before);
	assert_int_equal(pass_recipe(&r, SEC), SL_STATE_INVALID);
	assert_int_equal(sl_counter_sum(SL_COUNTER_CSUM_CHECKED), before + 1);
}

/* A helper's connection is related until it was answered. */
static void
expected_connections_are_related(void **state)
{
	struct frame f;

	(void)state;
	assert_true(make_frame(&f, &question, SEC));
	pass(&f);
	sl_conn_set_bits_owned(f.pkt.conn, SL_CONN_EXPECTED);
	assert_int_equal(pass_recipe(&question, SEC), SL_STATE_RELATED);
	assert_int_equal(pass_recipe(&answer, SEC), SL_STATE_ESTABLISHED);
	assert_int_equal(pass_recipe(&question, SEC), SL_STATE_ESTABLISHED);
}

static void
a_full_table_keeps_the_assured(void **state)
{
	struct recipe r = question, back = answer;
	struct frame f;

	(void)state;
	sl_table_set_max(track.table, 4);
	for (unsigned i = 0; i < 4; i++) {
		r.sport = back.dport = (uint16_t)(2000 + i);
		pass_recipe(&r, SEC);
		pass_recipe(&back, SEC);
		pass_recipe(&r, SEC);
	}
	r.sport = 3000;
	assert_true(make_frame(&f, &r, SEC));
	sl_track_classify(&track, &f.pkt);
	assert_int_equal(sl_track_packet(&track, &f.pkt), SL_DROP);
	assert_int_equal(sl_table_total(track.table), 4);
	sl_table_set_max(track.table, 100);
}

/*
 * A translated connection: its reply tuple is not the inverse of the original.
 * Packets and errors are met in the tuples that each side sees.
 */
static void
translated_connections_are_met_on_both_sides(void **state)
{
	static const struct recipe back = {.from = 2,
	    .to = 99,
	    .proto = IPPROTO_UDP,
	    .sport = 53,
	    .dport = 4000};
	static const struct recipe sent = {.from = 99,
	    .to = 2,
	    .proto = IPPROTO_UDP,
	    .sport = 4000,
	    .dport = 53};
	struct recipe error = {
	    .from = 50, .to = 99, .proto = IPPROTO_ICMP, .dport = 3};
	struct frame f, quoted;
	struct sl_tuple reply;
	struct sl_conn *c;

	(void)state;
	assert_true(make_frame(&f, &question, SEC));
	sl_track_classify(&track, &f.pkt);
	assert_int_equal(sl_track_packet(&track, &f.pkt), SL_GO);
	c = f.pkt.conn;
	sl_conn_tuple(c, SL_REPLY, &reply);
	reply.dst = host_addr(false, 99);
	reply.dst_id = htons(4000);
	sl_conn_set_tuple(c, SL_REPLY, &reply);
	assert_int_equal(sl_track_confirm(&track, &f.pkt), SL_GO);

	assert_true(make_frame(&quoted, &sent, SEC));
	error.quote = quoted.bytes + SL_ETH_LEN;
	error.quote_len = 28;
	assert_true(make_frame(&f, &error, SEC));
	assert_int_equal(pass(&f), SL_STATE_RELATED);
	assert_ptr_equal(f.pkt.conn, c);
	assert_int_equal(f.pkt.dir, SL_REPLY);

	assert_true(make_frame(&f, &back, SEC));
	assert_int_equal(pass(&f), SL_STATE_ESTABLISHED);
	assert_ptr_equal(f.pkt.conn, c);
	assert_int_equal(f.pkt.dir, SL_REPLY);
}

/* wrong.c answers update() with a timeout that it does not have. */
static void
a_tracker_that_fails_is_harmless(void **state)
{
	struct recipe r = {.from = 1, .to = 2, .proto = 253};
	struct sl_err err = {0};
	uint64_t before = refused("ip", "tracker-failed");
	struct frame f;

	(void)state;
	sl_rcu_offline();
	sl_plugins_unload();
	assert_int_equal(sl_plugins_load(WRONG_DIR "/none", &err), 0);
	sl_rcu_online();
	sl_track_settings_set_enabled(SL_TRACK_ON, &err);
	assert_int_equal(pass_recipe(&r, SEC), SL_STATE_NEW);
	assert_true(make_frame(&f, &r, SEC));
	assert_int_equal(pass(&f), SL_STATE_INVALID);
	assert_int_equal(refused("ip", "tracker-failed"), before + 1);
	assert_int_equal(sl_table_total(track.table), 1);
	assert_int_equal(pass_recipe(&question, SEC), SL_STATE_INVALID);
	assert_int_equal(refused("ip", "no-tracker"), 1);
}

/* An ICMP error is handed to the owner of the connection it is about. */
static void
errors_go_to_the_owner(void **state)
{
	struct recipe r = question, error = {.from = 50,
					.to = 1,
					.proto = IPPROTO_ICMP,
					.dport = 3};
	struct sl_table *two;
	struct sl_track at[2];
	struct sl_err err = {0};
	struct frame f, g;
	uint16_t owner;
	unsigned seen = 0;

	(void)state;
	two = sl_table_new(2, 100, &err);
	assert_non_null(two);
	for (uint16_t w = 0; w < 2; w++)
		at[w] = (struct sl_track){two, sl_table_shard(two, w), w};
	for (r.sport = 5000; r.sport < 5016; r.sport++) {
		assert_true(make_frame(&f, &r, SEC));
		sl_track_classify(&at[0], &f.pkt);
		owner = sl_track_owner(&at[0], &f.pkt);
		seen |= 1u << owner;
		sl_track_classify(&at[owner], &f.pkt);
		assert_int_equal(sl_track_packet(&at[owner], &f.pkt), SL_GO);
		assert_int_equal(sl_track_confirm(&at[owner], &f.pkt), SL_GO);
		error.quote = f.bytes + SL_ETH_LEN;
		error.quote_len = 28;
		assert_true(make_frame(&g, &error, SEC));
		sl_track_classify(&at[!owner], &g.pkt);
		assert_ptr_equal(g.pkt.conn, f.pkt.conn);
		assert_int_equal(sl_track_owner(&at[!owner], &g.pkt), owner);
	}
	assert_int_equal(seen, 3);
	sl_rcu_offline();
	sl_table_free(two);
	sl_rcu_online();
}

#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(states_of_packets),
	    T(a_dropped_packet_leaves_no_trace),
	    T(bits_counters_and_deadlines),
	    T(a_repeated_syn_does_not_prolong_the_wait),
	    T(a_batch_may_open_a_connection_twice),
	    T(a_batch_may_end_a_connection),
	    T(a_clash_drops_the_later_one),
	    T(tracking_can_be_off),
	    T(settings_reach_the_trackers),
	    T(a_vouched_checksum_is_not_verified),
	    T(expected_connections_are_related),
	    T(a_full_table_keeps_the_assured),
	    T(translated_connections_are_met_on_both_sides),
	    T(a_tracker_that_fails_is_harmless),
	    T(errors_go_to_the_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
