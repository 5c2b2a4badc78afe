/* SPDX-License-Identifier: Apache-2.0 */
/* Expectations: who is let in and who just is not, that one is taken once, mates,
 * keys that others keep off, and the limit in all. */
#include "fixture.h"

#include <conn/expect.h>

#include <stdio.h>

static struct sl_expect_master *master;

static int
setup(void **state)
{
	start_world(state);
	assert_int_equal(sl_expect_init(), 0);
	master = sl_expect_master_new();
	assert_non_null(master);
	return 0;
}

static int
teardown(void **state)
{
	sl_expect_master_put(master);
	assert_int_equal(sl_expect_count(), 0);
	sl_rcu_offline();
	sl_rcu_drain();
	sl_rcu_online();
	sl_expect_fini();
	return end_world(state);
}

static struct sl_addr
addr_of(const char *text, uint8_t *family)
{
	struct sl_addr a = {0};

	assert_true(sl_addr_parse(text, family, &a));
	return a;
}

/* What an expectation of these tests is made of. */
struct made {
	const char *from, *dst, *to; /* to NULL: dst */
	uint16_t id, to_id;	     /* to_id 0: id */
	uint8_t proto, prefix, flags, opener;
	uint16_t pair;
	bool receiver_id;
};

static struct sl_expectation *
make(const struct made *m)
{
	struct sl_expectation *e = sl_expect_new(master);
	uint8_t family;

	assert_non_null(e);
	e->from = addr_of(m->from, &family);
	e->from_prefix = m->prefix;
	e->want = (struct sl_tuple){
	    .dst = addr_of(m->dst, &family),
	    .dst_id = htons(m->id),
	    .l4proto = m->proto,
	    .family = family,
	};
	e->to.addr = addr_of(m->to ? m->to : m->dst, &family);
	e->to.id = htons(m->to_id ? m->to_id : m->id);
	e->flags = m->flags;
	e->opener = m->opener;
	e->pair = m->pair;
	e->receiver_id = m->receiver_id;
	sl_store_relaxed(&e->deadline_ns, sl_now_ns() + 10 * S);
	assert_int_equal(sl_expect_list(e), 0);
	return e;
}

static struct sl_expectation *
open_of(const struct made *m)
{
	struct sl_expectation *e = make(m);

	sl_expect_open(e);
	return e;
}

static void
end(struct sl_expectation *e)
{
	sl_expect_close(e);
	assert_true(sl_expect_is_over(e));
	sl_expect_put(e);
}

static struct sl_tuple
packet(const char *src, uint16_t sport, const char *dst, uint16_t dport,
    uint8_t proto)
{
	struct sl_tuple t = {.l4proto = proto};

	t.src = addr_of(src, &t.family);
	t.dst = addr_of(dst, &t.family);
	t.src_id = htons(sport);
	t.dst_id = htons(dport);
	return t;
}

static const struct made ftp = {.from = "192.0.2.9",
    .prefix = 32,
    .dst = "203.0.113.1",
    .id = 5000,
    .to = "10.0.0.2",
    .proto = IPPROTO_TCP};

static const struct match {
	const char *what, *src, *dst;
	uint16_t dport;
	uint8_t proto, prefix;
	const char *from;
	bool wanted;
} matches[] = {
    {"as said", "192.0.2.9", "203.0.113.1", 5000, IPPROTO_TCP, 32, "192.0.2.9",
	true},
    {"other source", "192.0.2.8", "203.0.113.1", 5000, IPPROTO_TCP, 32,
	"192.0.2.9", false},
    {"neighbour within the prefix", "192.0.2.8", "203.0.113.1", 5000,
	IPPROTO_TCP, 31, "192.0.2.9", true},
    {"just outside the prefix", "192.0.2.10", "203.0.113.1", 5000, IPPROTO_TCP,
	31, "192.0.2.9", false},
    {"anybody", "8.8.8.8", "203.0.113.1", 5000, IPPROTO_TCP, 0, "0.0.0.0",
	true},
    {"other port", "192.0.2.9", "203.0.113.1", 5001, IPPROTO_TCP, 32,
	"192.0.2.9", false},
    {"other destination", "192.0.2.9", "203.0.113.2", 5000, IPPROTO_TCP, 32,
	"192.0.2.9", false},
    {"other protocol", "192.0.2.9", "203.0.113.1", 5000, IPPROTO_UDP, 32,
	"192.0.2.9", false},
};

static void
lets_in_whom_it_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(matches); i++) {
		const struct match *m = &matches[i];
		struct sl_tuple t =
		    packet(m->src, 20, m->dst, m->dport, m->proto);
		struct made made = ftp;
		struct sl_expectation *e;
		struct sl_taken taken;
		enum sl_taking got;

		made.from = m->from;
		made.prefix = m->prefix;
		e = open_of(&made);
		got = sl_expect_take_rcu(&t, sl_now_ns(), &taken);
		if (got != (m->wanted ? SL_TAKING_DONE : SL_TAKING_NONE) ||
		    taken.by != (m->wanted ? e : NULL))
			fail_msg("%s", m->what);
		end(e);
	}
}

static void
prefix_of_ipv6(void **state)
{
	static const struct made six = {.from = "2001:db8::80",
	    .prefix = 121,
	    .dst = "2001:db8:1::1",
	    .id = 5000,
	    .proto = IPPROTO_TCP};
	struct sl_tuple in =
	    packet("2001:db8::ff", 9, "2001:db8:1::1", 5000, IPPROTO_TCP);
	struct sl_tuple out =
	    packet("2001:db8::7f", 9, "2001:db8:1::1", 5000, IPPROTO_TCP);
	struct sl_expectation *e = open_of(&six);
	struct sl_taken taken;

	(void)state;
	assert_int_equal(
	    sl_expect_take_rcu(&out, sl_now_ns(), &taken), SL_TAKING_NONE);
	assert_int_equal(
	    sl_expect_take_rcu(&in, sl_now_ns(), &taken), SL_TAKING_DONE);
	end(e);
}

static enum sl_taking
take_ftp(struct sl_taken *taken)
{
	struct sl_tuple t =
	    packet("192.0.2.9", 20, "203.0.113.1", 5000, IPPROTO_TCP);

	return sl_expect_take_rcu(&t, sl_now_ns(), taken);
}

static void
is_taken_once(void **state)
{
	struct sl_expectation *e = make(&ftp);
	struct sl_tuple reply =
	    packet("192.0.2.77", 1, "203.0.113.1", 5000, IPPROTO_TCP);
	struct sl_taken taken, other;

	(void)state;
	assert_int_equal(take_ftp(&taken), SL_TAKING_NONE); // not open yet
	assert_true(sl_expect_is_wanted_rcu(&reply)); // but its key is taken
	sl_expect_open(e);
	assert_int_equal(take_ftp(&taken), SL_TAKING_DONE);
	assert_int_equal(take_ftp(&other), SL_TAKING_NONE);
	sl_expect_give_back(&taken);
	assert_int_equal(take_ftp(&taken), SL_TAKING_DONE);
	assert_int_equal(sl_load_relaxed(&master->listed[0]), 1);
	sl_expect_settle(&taken);
	assert_int_equal(sl_load_relaxed(&master->listed[0]), 0);
	assert_true(sl_expect_is_over(e));
	assert_false(sl_expect_is_wanted_rcu(&reply));
	assert_int_equal(take_ftp(&other), SL_TAKING_NONE);
	end(e);
}

static void
late_comes_to_nothing(void **state)
{
	struct sl_expectation *e = open_of(&ftp);
	struct sl_taken taken;

	(void)state;
	sl_clock_set(sl_now_ns() + 10 * S);
	assert_int_equal(take_ftp(&taken), SL_TAKING_NONE);
	end(e);
}

static void
kept_lets_in_many(void **state)
{
	struct made made = ftp;
	struct sl_expectation *e;
	struct sl_taken taken;

	(void)state;
	made.flags = SL_EXPECT_KEEP;
	e = open_of(&made);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(take_ftp(&taken), SL_TAKING_DONE);
		if (i == 1)
			sl_expect_give_back(&taken);
		else
			sl_expect_settle(&taken);
		assert_false(sl_expect_is_over(e));
	}
	end(e);
}

/* The master ends while the first packet is on its way. */
static void
closed_is_not_given_back(void **state)
{
	struct sl_expectation *e = open_of(&ftp);
	struct sl_taken taken;

	(void)state;
	assert_int_equal(take_ftp(&taken), SL_TAKING_DONE);
	sl_expect_close(e);
	sl_expect_give_back(&taken);
	assert_true(sl_expect_is_over(e));
	assert_int_equal(take_ftp(&taken), SL_TAKING_NONE);
	sl_expect_put(e);
}

/* The same destination twice: the source tells which. */
static void
sources_tell_equal_keys_apart(void **state)
{
	struct made made = ftp;
	struct sl_expectation *a, *b;
	struct sl_tuple t =
	    packet("192.0.2.10", 20, "203.0.113.1", 5000, IPPROTO_TCP);
	struct sl_taken taken;

	(void)state;
	a = open_of(&made);
	made.from = "192.0.2.10";
	b = open_of(&made);
	assert_int_equal(take_ftp(&taken), SL_TAKING_DONE);
	assert_ptr_equal(taken.by, a);
	assert_int_equal(
	    sl_expect_take_rcu(&t, sl_now_ns(), &taken), SL_TAKING_DONE);
	assert_ptr_equal(taken.by, b);
	end(a);
	end(b);
}

static const struct rivalry {
	const char *what, *from;
	uint8_t prefix;
	uint16_t id, to_id;
	bool rivals;
} rivalries[] = {
    {"the same sources", "192.0.2.9", 32, 5000, 1, true},
    {"led to the same end", "192.0.2.9", 32, 5000, 5000, false},
    {"their net", "192.0.2.0", 24, 5000, 1, true},
    {"another net", "192.0.3.0", 24, 5000, 1, false},
    {"a neighbour", "192.0.2.8", 32, 5000, 1, false},
    {"another id", "192.0.2.9", 32, 5001, 1, false},
};

static void
rivals_share_sources(void **state)
{
	struct sl_expectation *a = make(&ftp);

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rivalries); i++) {
		const struct rivalry *r = &rivalries[i];
		struct sl_expectation *e = sl_expect_new(master);
		uint8_t family;

		assert_non_null(e);
		e->want = a->want;
		e->want.dst_id = htons(r->id);
		e->to = a->to;
		e->to.id = htons(r->to_id);
		e->from = addr_of(r->from, &family);
		e->from_prefix = r->prefix;
		if (sl_expect_rival_rcu(e) != (r->rivals ? a : NULL))
			fail_msg("%s", r->what);
		sl_expect_put(e);
	}
	end(a);
}

/* The phone's end, expected from the remote's, and the other way. */
static const struct made inwards = {.from = "192.0.2.9",
    .prefix = 32,
    .dst = "203.0.113.1",
    .id = 4000,
    .to = "10.0.0.2",
    .to_id = 7000,
    .opener = SL_REPLY,
    .proto = IPPROTO_UDP};
static const struct made outwards = {.from = "10.0.0.2",
    .prefix = 32,
    .dst = "192.0.2.9",
    .id = 9000,
    .opener = SL_ORIG,
    .proto = IPPROTO_UDP};

static const struct mating {
	const char *what, *src, *dst;
	uint16_t sport, dport;
	uint16_t pairs[2]; /* of inwards, outwards */
	uint8_t openers[2];
	bool by_outwards, mated;
} matings[] = {
    {"symmetric, from inside", "10.0.0.2", "192.0.2.9", 7000, 9000, {0, 0},
	{SL_REPLY, SL_ORIG}, true, true},
    {"symmetric, from outside", "192.0.2.9", "203.0.113.1", 9000, 4000, {0, 0},
	{SL_REPLY, SL_ORIG}, false, true},
    {"another port of the phone", "10.0.0.2", "192.0.2.9", 7002, 9000, {0, 0},
	{SL_REPLY, SL_ORIG}, true, false},
    {"another port of the remote", "192.0.2.9", "203.0.113.1", 9001, 4000,
	{0, 0}, {SL_REPLY, SL_ORIG}, false, false},
    {"same opener", "10.0.0.2", "192.0.2.9", 7000, 9000, {0, 0},
	{SL_ORIG, SL_ORIG}, true, false},
    /* With ports, a pair says nothing of mates. */
    {"one pair, another port", "10.0.0.2", "192.0.2.9", 1, 9000, {6, 6},
	{SL_REPLY, SL_ORIG}, true, false},
    {"another pair", "10.0.0.2", "192.0.2.9", 7000, 9000, {6, 7},
	{SL_REPLY, SL_ORIG}, true, true},
    {"pair and none", "10.0.0.2", "192.0.2.9", 7000, 9000, {0, 7},
	{SL_REPLY, SL_ORIG}, true, true},
    {"pair of one opener", "10.0.0.2", "192.0.2.9", 7000, 9000, {6, 6},
	{SL_ORIG, SL_ORIG}, true, false},
};

static void
mates_are_taken_together(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(matings); i++) {
		const struct mating *m = &matings[i];
		struct made in = inwards, out = outwards;
		struct sl_expectation *a, *b;
		struct sl_tuple t =
		    packet(m->src, m->sport, m->dst, m->dport, IPPROTO_UDP);
		struct sl_taken taken;

		in.pair = m->pairs[0];
		out.pair = m->pairs[1];
		in.opener = m->openers[0];
		out.opener = m->openers[1];
		a = open_of(&in);
		b = open_of(&out);
		assert_int_equal(sl_expect_take_rcu(&t, sl_now_ns(), &taken),
		    SL_TAKING_DONE);
		if (taken.by != (m->by_outwards ? b : a) ||
		    taken.mate != (!m->mated	       ? NULL
				      : m->by_outwards ? a
						       : b))
			fail_msg("%s", m->what);
		sl_expect_settle(&taken);
		assert_int_equal(sl_expect_count(), m->mated ? 0 : 1);
		end(a);
		end(b);
	}
}

/* Another connection's expectations are no mates. */
static void
mates_have_one_master(void **state)
{
	struct sl_expect_master *first = master;
	struct sl_tuple t =
	    packet("10.0.0.2", 7000, "192.0.2.9", 9000, IPPROTO_UDP);
	struct sl_expectation *a, *b;
	struct sl_taken taken;

	(void)state;
	a = open_of(&inwards);
	master = sl_expect_master_new();
	assert_non_null(master);
	b = open_of(&outwards);
	assert_int_equal(
	    sl_expect_take_rcu(&t, sl_now_ns(), &taken), SL_TAKING_DONE);
	assert_ptr_equal(taken.by, b);
	assert_null(taken.mate);
	end(a);
	end(b);
	sl_expect_master_put(master);
	master = first;
}

/* With ids of receivers only, half of a connection is none. */
static void
receiver_ids_need_both(void **state)
{
	struct sl_tuple t = packet("10.0.0.2", 0, "192.0.2.9", 9000, 47);
	struct made in = inwards, out = outwards;
	struct sl_expectation *a, *b;
	struct sl_taken taken;

	(void)state;
	in.proto = out.proto = 47;
	in.pair = out.pair = 3;
	in.receiver_id = out.receiver_id = true;
	b = open_of(&out);
	assert_int_equal(
	    sl_expect_take_rcu(&t, sl_now_ns(), &taken), SL_TAKING_NONE);
	a = open_of(&in);
	assert_int_equal(
	    sl_expect_take_rcu(&t, sl_now_ns(), &taken), SL_TAKING_DONE);
	assert_ptr_equal(taken.mate, a);
	end(a);
	end(b);
}

static void
there_are_not_more_than_the_limit(void **state)
{
	struct sl_expectation **many = calloc(SL_EXPECT_MAX, sizeof(*many));
	struct sl_expectation *one = sl_expect_new(master);
	struct made made = ftp;
	char dst[32];

	(void)state;
	assert_non_null(many);
	made.dst = made.to = dst;
	for (uint32_t i = 0; i < SL_EXPECT_MAX; i++) {
		snprintf(dst, sizeof(dst), "10.1.%u.%u", i >> 8, i & 255);
		many[i] = make(&made);
		if (i % 64 == 0)
			sl_rcu_quiescent(); // the tables may grow
	}
	assert_int_equal(sl_expect_list(one), -ENOBUFS);
	sl_expect_put(one);
	assert_int_equal(sl_load_relaxed(&master->listed[0]), SL_EXPECT_MAX);
	for (uint32_t i = 0; i < SL_EXPECT_MAX; i++)
		end(many[i]);
	free(many);
	end(open_of(&ftp));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lets_in_whom_it_names),
	    cmocka_unit_test(prefix_of_ipv6),
	    cmocka_unit_test(is_taken_once),
	    cmocka_unit_test(late_comes_to_nothing),
	    cmocka_unit_test(kept_lets_in_many),
	    cmocka_unit_test(closed_is_not_given_back),
	    cmocka_unit_test(sources_tell_equal_keys_apart),
	    cmocka_unit_test(rivals_share_sources),
	    cmocka_unit_test(mates_are_taken_together),
	    cmocka_unit_test(mates_have_one_master),
	    cmocka_unit_test(receiver_ids_need_both),
	    cmocka_unit_test(there_are_not_more_than_the_limit),
	};

	return cmocka_run_group_tests_name("expect", tests, setup, teardown);
}
