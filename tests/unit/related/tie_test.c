/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that end with their master, or with their pair; call ids that both
 * ends choose alike, and phones whose media have two directions. */
#include "world.h"

#include <errno.h>

static const struct master clients[2] = {{.src = "10.0.0.2",
					     .dst = "198.51.100.1",
					     .reply_dst = "203.0.113.1",
					     .bits = SL_CONN_SRCNAT},
    {.src = "10.0.0.3",
	.dst = "198.51.100.1",
	.reply_dst = "203.0.113.1",
	.port = 1025,
	.bits = SL_CONN_SRCNAT}};

/* Both calls of a tunnel; the id that the server is told. */
static uint16_t
expect_tunnel(struct sl_help_session *s, const char *client, uint16_t call,
    uint16_t servers, uint8_t flags)
{
	struct sl_expect e = wish_of(IPPROTO_GRE, SL_REPLY, client, call);
	struct sl_endpoint seen;

	e.pair = call;
	e.flags = flags;
	seen = granted(s, &e);
	e = wish_of(IPPROTO_GRE, SL_ORIG, "198.51.100.1", servers);
	e.pair = call;
	e.flags = flags;
	assert_int_equal(granted(s, &e).id, htons(servers));
	return ntohs(seen.id);
}

static struct sl_conn *
send_gre(const char *src, const char *dst, uint16_t id, const char *leaves)
{
	struct test_pkt t;
	struct sl_pkt *pkt = packet(&t, IPPROTO_GRE, src, 0, dst, id);

	assert_int_equal(travel(pkt), SL_GO);
	leaves_as(pkt, leaves, "gre");
	return pkt->conn;
}

/* Two clients behind one address have the same call id with one server. */
static void
equal_calls_stay_apart(void **state)
{
	struct sl_help_session *a = world_session(&clients[0]),
			       *b = world_session(&clients[1]);
	uint16_t seen_a = expect_tunnel(a, "10.0.0.2", 7, 100, 0);
	struct sl_conn *first, *second;
	uint16_t seen_b;

	(void)state;
	assert_int_equal(seen_a, 7);
	/* One tunnel is up before the other is agreed on. */
	first = send_gre("10.0.0.2", "198.51.100.1", 100,
	    "gre 203.0.113.1->198.51.100.1:100");
	seen_b = expect_tunnel(b, "10.0.0.3", 7, 101, 0);
	assert_int_not_equal(seen_b, 7);
	second = send_gre("198.51.100.1", "203.0.113.1", seen_b,
	    "gre 198.51.100.1->10.0.0.3:7");
	assert_ptr_not_equal(first, second);
	assert_int_equal(sl_expect_count(), 0);
	/* And the other way of each. */
	assert_ptr_equal(send_gre("198.51.100.1", "203.0.113.1", 7,
			     "gre 198.51.100.1->10.0.0.2:7"),
	    first);
	assert_ptr_equal(send_gre("10.0.0.3", "198.51.100.1", 101,
			     "gre 203.0.113.1->198.51.100.1:101"),
	    second);
	assert_true(sl_conn_has(first, SL_CONN_SRCNAT));
	assert_false(sl_conn_has(first, SL_CONN_DSTNAT));
	assert_true(sl_conn_has(second, SL_CONN_DSTNAT));
}

/* Half a tunnel is none: nobody has said where the answers go. */
static void
half_a_tunnel_is_new(void **state)
{
	struct sl_help_session *s = world_session(&clients[0]);
	struct sl_expect e = wish_of(IPPROTO_GRE, SL_REPLY, "10.0.0.2", 7);
	struct test_pkt t;
	struct sl_pkt *pkt;

	(void)state;
	e.pair = 7;
	granted(s, &e);
	pkt = packet(&t, IPPROTO_GRE, "198.51.100.1", 0, "203.0.113.1", 7);
	assert_int_equal(travel(pkt), SL_GO);
	assert_int_equal(pkt->state, SL_STATE_NEW);
}

static bool
is_alive(const struct sl_conn *c)
{
	return !sl_conn_has(c, SL_CONN_DYING);
}

/* Who ends what: of two tied tunnels and one that is not. */
static const struct ending {
	const char *what;
	uint16_t withdrawn; /* 0: the master ends */
	bool alive[3];
} endings[] = {
    {"one call is cleared", 7, {false, true, true}},
    {"a call that there is not", 9, {true, true, true}},
    {"the call that is not tied", 3, {true, true, true}},
    {"the master ends", 0, {false, false, true}},
};

static void
tied_end_with_their_reason(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(endings); i++) {
		struct sl_help_session *s = world_session(&clients[0]);
		struct sl_conn *c[3];
		char text[SL_TUPLE_TEXT];
		static const uint16_t calls[3] = {7, 8, 3};

		for (unsigned n = 0; n < 3; n++) {
			uint16_t far = (uint16_t)(100 + calls[n]);

			expect_tunnel(s, "10.0.0.2", calls[n], far,
			    calls[n] == 3 ? 0 : SL_EXPECT_TIED);
			snprintf(text, sizeof(text),
			    "gre 203.0.113.1->198.51.100.1:%u", far);
			c[n] = send_gre("10.0.0.2", "198.51.100.1", far, text);
		}
		if (endings[i].withdrawn)
			sl_expecting_withdraw(&rel, s, endings[i].withdrawn);
		else
			world_close(s);
		sl_related_tick(&rel, sl_now_ns());
		for (unsigned n = 0; n < 3; n++)
			if (is_alive(c[n]) != endings[i].alive[n])
				fail_msg("%s: %u", endings[i].what, n);
		world_clear(NULL);
	}
}

/* What has not come yet is withdrawn as well. */
static void
withdrawn_does_not_come(void **state)
{
	struct sl_help_session *s = world_session(&clients[0]);

	(void)state;
	expect_tunnel(s, "10.0.0.2", 7, 100, 0);
	expect_tunnel(s, "10.0.0.2", 8, 101, 0);
	sl_expecting_withdraw(&rel, s, 7);
	assert_int_equal(sl_expect_count(), 2);
	sl_expecting_withdraw(&rel, s, 0); // no pair at all
	assert_int_equal(sl_expect_count(), 2);
}

/* The master ends between the child's first packet's arrival and its leaving. */
static void
too_late_is_dropped(void **state)
{
	struct sl_help_session *s = world_session(&clients[0]);
	struct sl_expect e = wish_of(IPPROTO_UDP, SL_REPLY, "10.0.0.2", 5000);
	uint64_t alive = sl_table_total(table);
	struct test_pkt t;
	struct sl_pkt *pkt;

	(void)state;
	e.flags = SL_EXPECT_TIED;
	granted(s, &e);
	pkt = packet(&t, IPPROTO_UDP, "198.51.100.1", 9, "203.0.113.1", 5000);
	sl_track_classify(&track, pkt);
	assert_int_equal(sl_track_packet(&track, pkt), SL_GO);
	assert_int_equal(pkt->state, SL_STATE_RELATED);
	world_close(s);
	assert_int_equal(sl_related_leave(&rel, pkt), SL_DROP);
	sl_track_abandon(&track, pkt);
	assert_int_equal(sl_table_total(table), alive - 1);
}

/* A tied child that ends first, told or not, leaves nothing. */
static void
child_may_end_first(void **state)
{
	(void)state;
	for (int told = 0; told < 2; told++) {
		struct sl_help_session *s = world_session(&clients[0]);
		struct sl_conn *c;

		expect_tunnel(s, "10.0.0.2", 7, 100, SL_EXPECT_TIED);
		c = send_gre("10.0.0.2", "198.51.100.1", 100,
		    "gre 203.0.113.1->198.51.100.1:100");
		if (told)
			sl_expecting_withdraw(&rel, s, 7);
		sl_shard_remove(track.shard, c, SL_COUNTER_CONN_EXPIRED);
		sl_related_tick(&rel, sl_now_ns());
		world_close(s);
		sl_related_tick(&rel, sl_now_ns());
	}
}

/* A phone's media: whoever begins, the same ends on both sides; and the phone's
 * other ports are its own business. */
static const struct medium {
	const char *what, *src, *dst;
	uint16_t sport, dport;
	const char *leaves, *answered;
} media[] = {
    {"the phone begins", "10.0.0.2", "198.51.100.1", 7000, 9000,
	"udp 203.0.113.1:7000->198.51.100.1:9000",
	"udp 198.51.100.1:9000->10.0.0.2:7000"},
    {"the remote begins", "198.51.100.1", "203.0.113.1", 9000, 7000,
	"udp 198.51.100.1:9000->10.0.0.2:7000",
	"udp 203.0.113.1:7000->198.51.100.1:9000"},
};

static void
media_go_both_ways(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(media); i++) {
		const struct medium *m = &media[i];
		struct sl_help_session *s = world_session(&clients[0]);
		struct sl_expect in =
		    wish_of(IPPROTO_UDP, SL_REPLY, "10.0.0.2", 7000);
		struct sl_expect out =
		    wish_of(IPPROTO_UDP, SL_ORIG, "198.51.100.1", 9000);
		bool inside = i == 0;
		struct test_pkt t;
		struct sl_pkt *pkt;

		granted(s, &in);
		granted(s, &out);
		pkt =
		    packet(&t, IPPROTO_UDP, m->src, m->sport, m->dst, m->dport);
		assert_int_equal(travel(pkt), SL_GO);
		leaves_as(pkt, m->leaves, m->what);
		assert_int_equal(sl_expect_count(), 0);
		pkt = packet(&t, IPPROTO_UDP,
		    inside ? "198.51.100.1" : "10.0.0.2", inside ? 9000 : 7000,
		    inside ? "203.0.113.1" : "198.51.100.1",
		    inside ? 7000 : 9000);
		assert_int_equal(travel(pkt), SL_GO);
		leaves_as(pkt, m->answered, m->what);
		assert_int_equal(pkt->state, SL_STATE_ESTABLISHED);
		world_clear(NULL);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    TEST(equal_calls_stay_apart),
	    TEST(half_a_tunnel_is_new),
	    TEST(tied_end_with_their_reason),
	    TEST(withdrawn_does_not_come),
	    TEST(too_late_is_dropped),
	    TEST(child_may_end_first),
	    TEST(media_go_both_ways),
	};

	return RUN_WORLD(tests);
}
