/* SPDX-License-Identifier: Apache-2.0 */
/* Address lists against a plain reference, at size, and in time. */
#include "build.h"

#include <rule/addrlist.h>
#include <rule/list_post.h>

#include <time.h>

static struct sl_addr
addr(const char *text)
{
	struct sl_addr a;
	uint8_t family;

	assert_true(sl_addr_parse(text, &family, &a));
	return a;
}

static struct sl_addrlist_entry *
add(struct sl_addrlist *l, const char *min, const char *max, uint64_t deadline)
{
	struct sl_addr a = addr(min), b = addr(max);
	struct sl_addrlist_entry *e =
	    sl_addrlist_add(l, &a, &b, deadline, NULL);

	assert_non_null(e);
	return e;
}

static bool
has(const struct sl_addrlist *l, const char *text)
{
	struct sl_addr a = addr(text);

	return sl_addrlist_has_rcu(l, &a, sl_now_ns());
}

static void
edges_of_ranges(void **state)
{
	static const struct {
		const char *min, *max;
		const char *in[4], *out[4];
	} rows[] = {
	    {"10.0.0.1", "10.0.0.1", {"10.0.0.1"}, {"10.0.0.0", "10.0.0.2"}},
	    {"0.0.0.0", "255.255.255.255",
		{"0.0.0.0", "255.255.255.255", "10.1.2.3"}, {NULL}},
	    {"10.0.0.3", "10.0.1.200",
		{"10.0.0.3", "10.0.0.255", "10.0.1.0", "10.0.1.200"},
		{"10.0.0.2", "10.0.1.201"}},
	    {"255.255.255.254", "255.255.255.255", {"255.255.255.255"},
		{"255.255.255.253"}},
	    {"0.0.0.0", "0.0.0.2", {"0.0.0.0", "0.0.0.2"}, {"0.0.0.3"}},
	    {"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
		{"2001:db8::1", "2001:db8:ffff::"},
		{"2001:db7:ffff::", "2001:db9::"}},
	    {"fe80::1", "fe80::1", {"fe80::1"}, {"fe80::2"}},
	    {"::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", {"::1", "ffff::"},
		{NULL}},
	    {"2001:db8::ffff", "2001:db8::1:0", {"2001:db8::1:0"},
		{"2001:db8::fffe", "2001:db8::1:1"}},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		uint8_t family = strchr(rows[i].min, ':') ? SL_IPV6 : SL_IPV4;
		struct sl_addrlist *l = sl_addrlist_get(family, "edges");
		struct sl_addrlist_entry *e =
		    add(l, rows[i].min, rows[i].max, SL_ADDRLIST_FOREVER);

		for (unsigned j = 0; j < 4 && rows[i].in[j]; j++)
			assert_true(has(l, rows[i].in[j]));
		for (unsigned j = 0; j < 4 && rows[i].out[j]; j++)
			assert_false(has(l, rows[i].out[j]));
		sl_addrlist_remove(e);
		for (unsigned j = 0; j < 4 && rows[i].in[j]; j++)
			assert_false(has(l, rows[i].in[j]));
		sl_addrlist_put(l);
	}
}

/* The same prefix through several entries, in any order of leaving. */
static void
entries_count_for_themselves(void **state)
{
	struct sl_addrlist *l = sl_addrlist_get(SL_IPV4, "overlap");
	uint64_t now = sl_now_ns();
	struct sl_addrlist_entry *net, *range, *timed;

	(void)state;
	net = add(l, "10.0.0.0", "10.0.0.255", SL_ADDRLIST_FOREVER);
	range = add(l, "10.0.0.0", "10.0.1.127", SL_ADDRLIST_FOREVER);
	timed = add(l, "10.0.0.0", "10.0.0.255", now + 5 * SL_NS_PER_SEC);
	sl_addrlist_remove(net);
	assert_true(has(l, "10.0.0.9"));
	assert_true(has(l, "10.0.1.127"));
	sl_addrlist_remove(range);
	assert_true(has(l, "10.0.0.9"));
	assert_false(has(l, "10.0.1.127"));
	sl_clock_set(now + 5 * SL_NS_PER_SEC);
	assert_false(has(l, "10.0.0.9"));
	assert_ptr_equal(sl_addrlist_expired(sl_now_ns()), timed);
	sl_addrlist_remove(timed);
	assert_null(sl_addrlist_expired(UINT64_MAX));
	sl_addrlist_put(l);
}

static void
deadlines_pass_in_order(void **state)
{
	struct sl_addrlist *l = sl_addrlist_get(SL_IPV4, "timed");
	uint64_t start = sl_now_ns(), last = 0, seen = 0;
	struct sl_addrlist_entry *e, *kept = NULL;
	uint32_t x = 12345;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		struct sl_addr a = {.u.w = {htonl(0x0a000000 + i)}};

		x = x * 1103515245 + 12345;
		e = sl_addrlist_add(
		    l, &a, &a, start + (1 + x % 1000) * SL_NS_PER_MS, NULL);
		if (i == 500)
			kept = e;
	}
	/* A refresh moves it behind all others. */
	sl_addrlist_set_deadline(kept, start + 10 * SL_NS_PER_SEC);
	assert_null(sl_addrlist_expired(start));
	while ((e = sl_addrlist_expired(start + SL_NS_PER_SEC))) {
		assert_true(sl_addrlist_deadline(e) >= last);
		last = sl_addrlist_deadline(e);
		sl_addrlist_remove(e);
		seen++;
	}
	assert_int_equal(seen, 999);
	sl_clock_set(start + 9 * SL_NS_PER_SEC);
	assert_true(has(l, "10.0.1.244"));
	assert_false(has(l, "10.0.1.245"));
	assert_ptr_equal(sl_addrlist_expired(UINT64_MAX), kept);
	sl_addrlist_remove(kept);
	sl_addrlist_put(l);
}

static uint64_t
cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * SL_NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* 60,000 prefixes of many lengths: loaded well within a second, and every
 * lookup agrees with what was put in. */
static void
sixty_thousand_prefixes(void **state)
{
	enum { N = 60000 };
	struct sl_addrlist *l = sl_addrlist_get(SL_IPV4, "threats");
	struct sl_addrlist_entry **e = calloc(N, sizeof(*e));
	uint64_t start = cpu_ns(), spent, x = 88172645463325252ull;
	uint32_t *first = calloc(N, sizeof(*first));

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		unsigned len = 16 + i % 17;
		uint32_t mask = ~0u << (32 - len);
		struct sl_addr a, b;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memset(&a, 0, sizeof(a));
		b = a;
		first[i] = (uint32_t)x & mask & 0x7fffffff; /* half is free */
		a.u.w[0] = htonl(first[i]);
		b.u.w[0] = htonl(first[i] | ~mask);
		e[i] = sl_addrlist_add(l, &a, &b, SL_ADDRLIST_FOREVER, NULL);
		assert_non_null(e[i]);
		if (i % 1000 == 0) { /* let old tables go */
			sl_rcu_quiescent();
		}
	}
	spent = cpu_ns() - start;
	print_message("60,000 prefixes in %llu ms\n",
	    (unsigned long long)(spent / SL_NS_PER_MS));
	assert_true(spent < SL_NS_PER_SEC * 5); /* sanitizers, busy machines */
	for (unsigned i = 0; i < N; i++) {
		struct sl_addr a = {.u.w = {htonl(first[i])}};

		assert_true(sl_addrlist_has_rcu(l, &a, sl_now_ns()));
		a.u.w[0] |= htonl(0x80000000);
		assert_false(sl_addrlist_has_rcu(l, &a, sl_now_ns()));
	}
	for (unsigned i = 0; i < N; i++)
		sl_addrlist_remove(e[i]);
	for (unsigned i = 0; i < N; i++) {
		struct sl_addr a = {.u.w = {htonl(first[i])}};

		assert_false(sl_addrlist_has_rcu(l, &a, sl_now_ns()));
	}
	sl_addrlist_put(l);
	free(first);
	free(e);
}

/* As many lists as one likes: each is found in constant time. */
static void
many_lists(void **state)
{
	enum { N = 200000 };
	struct sl_addrlist **l = calloc(N, sizeof(struct sl_addrlist *));
	uint64_t start = cpu_ns(), spent;
	char name[16];

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "l%u", i);
		l[i] = sl_addrlist_get(SL_IPV4, name);
		assert_non_null(l[i]);
	}
	for (unsigned i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "l%u", i);
		assert_ptr_equal(sl_addrlist_get(SL_IPV4, name), l[i]);
		sl_addrlist_put(l[i]);
	}
	for (unsigned i = 0; i < N; i++) {
		sl_addrlist_put(l[i]);
		if (i % 1000 == 0)
			sl_rcu_quiescent();
	}
	spent = cpu_ns() - start;
	print_message("200,000 lists in %llu ms\n",
	    (unsigned long long)(spent / SL_NS_PER_MS));
	assert_true(spent < SL_NS_PER_SEC * 5); /* sanitizers, busy machines */
	free(l);
}

/* An entry with a deadline may become one for good. */
static void
a_deadline_may_go(void **state)
{
	struct sl_addrlist *l = sl_addrlist_get(SL_IPV4, "kept");
	struct sl_addrlist_entry *e =
	    add(l, "10.0.0.1", "10.0.0.1", sl_now_ns() + SL_NS_PER_SEC);
	struct sl_addr a = addr("10.0.0.1");
	uint64_t until;

	(void)state;
	sl_addrlist_set_deadline(e, SL_ADDRLIST_FOREVER);
	assert_int_equal(sl_addrlist_deadline(e), SL_ADDRLIST_FOREVER);
	assert_null(sl_addrlist_expired(UINT64_MAX));
	assert_true(sl_addrlist_until_rcu(l, &a, sl_now_ns(), &until));
	assert_int_equal(until, SL_ADDRLIST_FOREVER);
	sl_addrlist_remove(e);
	sl_addrlist_put(l);
}

/* A rule posts an address once, and again only when its time runs out. */
static void
posts_from_the_packet_path(void **state)
{
	static const struct recipe r = {
	    .src = "192.0.2.7", .dst = "198.51.100.1", .proto = IPPROTO_TCP};
	struct sl_addrlist *l = sl_addrlist_get(SL_IPV4, "knock");
	struct sl_addrlist_entry *e;
	struct sl_rule_spec *s;
	struct sl_list_post post;
	struct sl_specs specs;
	struct test_pkt t;
	unsigned n = 0;
	uint64_t lost;

	(void)state;
	sl_specs_init(&specs);
	s = add_rule(
	    &specs, SL_TABLE_FILTER, SL_IPV4, "input", SL_ACTION_ADD_SRC);
	s->list = "knock";
	s->list_timeout_ns = 60 * SL_NS_PER_SEC;
	publish(&specs);
	sl_specs_fini(&specs);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r)),
	    SL_RULE_ACCEPT);
	assert_true(sl_list_post_next(&post));
	assert_string_equal(post.list, "knock");
	assert_int_equal(post.family, SL_IPV4);
	assert_int_equal(post.deadline_ns, sl_now_ns() + 60 * SL_NS_PER_SEC);
	e = sl_addrlist_add(l, &post.addr, &post.addr, post.deadline_ns, NULL);
	verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r));
	assert_false(sl_list_post_next(&post));
	sl_clock_set(sl_now_ns() + 30 * SL_NS_PER_SEC);
	verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r));
	assert_true(sl_list_post_next(&post));
	sl_addrlist_remove(e);

	/* A full ring loses posts, counted. */
	lost = sl_counter_sum(SL_COUNTER_LIST_LOST);
	for (unsigned i = 0; i < 2000; i++)
		verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r));
	while (sl_list_post_next(&post))
		n++;
	assert_int_equal(n, SL_LIST_POSTS);
	assert_int_equal(sl_counter_sum(SL_COUNTER_LIST_LOST) - lost, 2000 - n);
	sl_addrlist_put(l);
}

/* Nobody waits for a worker that never stops posting. */
static void
posts_of_all_workers_in_turn(void **state)
{
	static const struct recipe r = {.src = "192.0.2.7"};
	struct sl_list_post post;
	struct sl_rule_spec *s;
	struct sl_specs specs;
	struct test_pkt t;
	unsigned of[3] = {0};

	(void)state;
	sl_specs_init(&specs);
	for (unsigned i = 0; i < 3; i++) {
		static const char *const chains[] = {
		    "input", "forward", "output"};
		static const char *const lists[] = {"a", "b", "c"};

		s = add_rule(&specs, SL_TABLE_FILTER, SL_IPV4, chains[i],
		    SL_ACTION_ADD_SRC);
		s->list = lists[i];
	}
	publish(&specs);
	sl_specs_fini(&specs);
	for (unsigned i = 0; i < 300; i++) {
		sl_role_enter(sl_role_bits, (uint16_t)(i % 3), "test");
		verdict_of(
		    SL_TABLE_FILTER, SL_HOOK_INPUT + i % 3, build(&t, &r));
	}
	sl_role_enter(sl_role_bits, 0, "test");
	for (unsigned i = 0; i < 150; i++) {
		assert_true(sl_list_post_next(&post));
		of[post.list[0] - 'a']++;
	}
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(of[i], 50);
	while (sl_list_post_next(&post))
		;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(edges_of_ranges),
	    cmocka_unit_test(entries_count_for_themselves),
	    cmocka_unit_test(deadlines_pass_in_order),
	    cmocka_unit_test(sixty_thousand_prefixes),
	    cmocka_unit_test(many_lists),
	    cmocka_unit_test(a_deadline_may_go),
	    cmocka_unit_test(posts_from_the_packet_path),
	    cmocka_unit_test(posts_of_all_workers_in_turn),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
