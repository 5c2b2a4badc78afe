/* SPDX-License-Identifier: Apache-2.0 */
/* Workers walk rules while control compiles, moves entries and reclaims: nothing
 * is lost, nothing counted twice, nothing read after its time. */
#include "build.h"

#include <rule/addrlist.h>
#include <rule/list_post.h>

#include <pthread.h>

#define WORKERS 3
#define PACKETS 20000u
#define BURST	(WORKERS * PACKETS / 2)

/* Rule 1 counts everything, rule 2 takes BURST packets in all, rule 3 looks into
 * a list that always has 10.0.0.1 and never 10.0.0.2. */
static struct sl_live *lives[3];
static SL_ATOMIC(uint32_t) limited, wrong, running;

static void
publish_rules(unsigned round)
{
	struct sl_err err = {0};
	struct sl_specs specs;
	struct sl_rule_spec *s[3];

	sl_specs_init(&specs);
	for (unsigned i = 0; i < round % 3; i++) /* the rules move */
		sl_spec_match(add_rule(&specs, SL_TABLE_FILTER, SL_IPV4,
				  "forward", SL_ACTION_DROP),
		    SL_MATCH_NEVER);
	/* Others', enough of them for the chain to be classified. */
	for (unsigned i = 0; i < 20 + round % 7; i++) {
		struct sl_rule_spec *other = add_rule(&specs, SL_TABLE_FILTER,
		    SL_IPV4, "forward", SL_ACTION_DROP);

		set_range(sl_spec_match(other, SL_MATCH_SRC_ADDR), "10.0.0.9",
		    i % 2 ? "10.0.0.9" : "10.0.0.12");
	}
	for (unsigned i = 0; i < 3; i++) {
		s[i] = sl_specs_add(&specs, SL_TABLE_FILTER, SL_IPV4,
		    i == 1 ? "input" : "forward");
		s[i]->live = sl_live_get(lives[i]);
	}
	s[0]->action = SL_ACTION_PASSTHROUGH;
	s[1]->action = SL_ACTION_DROP;
	sl_match_set_limit(sl_spec_match(s[1], SL_MATCH_LIMIT), 1,
	    100 * SL_NS_PER_SEC, BURST, false);
	s[2]->action = SL_ACTION_DROP;
	sl_spec_match(s[2], SL_MATCH_SRC_LIST)->list.name = "busy";
	assert_int_equal(sl_ruleset_publish(&specs, &err), 0);
	for (struct sl_rule_spec *r = specs.first; r; r = r->next)
		sl_live_put(r->live);
	sl_specs_fini(&specs);
}

static void *
worker(void *arg)
{
	static const struct recipe in = {.src = "10.0.0.1"},
				   out = {.src = "10.0.0.2"};
	uint16_t id = (uint16_t)(uintptr_t)arg;
	struct test_pkt a, b;

	sl_role_enter(SL_ROLE_WORKER, id, "worker");
	sl_rcu_register();
	sl_rcu_online();
	sl_clock_tick();
	build(&a, &in);
	build(&b, &out);
	for (unsigned i = 0; i < PACKETS; i++) {
		if (verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, &a.pkt) !=
			SL_RULE_DROP ||
		    verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, &b.pkt) !=
			SL_RULE_ACCEPT)
			sl_add_relaxed(&wrong, 1);
		if (verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, &a.pkt) ==
		    SL_RULE_DROP)
			sl_add_relaxed(&limited, 1);
		if (i % 32 == 0)
			sl_rcu_quiescent();
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	sl_sub_release(&running, 1); /* pairs with the acquire below */
	return NULL;
}

/* Comes and goes beside 10.0.0.1, growing the table again and again. */
static void
churn(struct sl_addrlist *list, unsigned round)
{
	struct sl_addrlist_entry *e[64];

	for (unsigned i = 0; i < 64; i++) {
		struct sl_addr a = {
		    .u.w = {htonl(0x0b000000 + i * 7 + round * 65536)}};

		e[i] = sl_addrlist_add(list, &a, &a, SL_ADDRLIST_FOREVER, NULL);
		assert_non_null(e[i]);
	}
	for (unsigned i = 0; i < 64; i++)
		sl_addrlist_remove(e[i]);
}

static void
workers_and_control(void **state)
{
	struct sl_addrlist *list = sl_addrlist_get(SL_IPV4, "busy");
	struct sl_addr one = {.u.w = {htonl(0x0a000001)}};
	struct sl_addrlist_entry *e;
	pthread_t threads[WORKERS];
	uint64_t packets, bytes;
	unsigned round = 0;

	(void)state;
	e = sl_addrlist_add(list, &one, &one, SL_ADDRLIST_FOREVER, NULL);
	for (unsigned i = 0; i < 3; i++)
		lives[i] = sl_live_new();
	publish_rules(0);
	sl_store_relaxed(&running, WORKERS);
	for (uintptr_t i = 0; i < WORKERS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, worker, (void *)i), 0);
	while (sl_load_acquire(&running) > 0) { /* pairs with worker() */
		publish_rules(++round);
		churn(list, round);
		sl_rcu_quiescent();
	}
	sl_rcu_offline();
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	sl_rcu_online();
	print_message("%u rulesets\n", round);
	assert_int_equal(sl_load_relaxed(&wrong), 0);
	assert_int_equal(sl_load_relaxed(&limited), BURST);
	sl_live_read(lives[0], &packets, &bytes);
	assert_int_equal(packets, 2ull * WORKERS * PACKETS);
	assert_int_equal(bytes, 2ull * WORKERS * PACKETS * 40);
	sl_live_read(lives[1], &packets, &bytes);
	assert_int_equal(packets, BURST);
	sl_live_read(lives[2], &packets, &bytes);
	assert_int_equal(packets, 1ull * WORKERS * PACKETS);
	for (unsigned i = 0; i < 3; i++)
		sl_live_put(lives[i]);
	sl_addrlist_remove(e);
	sl_addrlist_put(list);
}

/* Addresses on their way from workers to control, and a list whose one address
 * never leaves it while everything around it moves. */

#define TIMEOUT_NS (60 * SL_NS_PER_SEC)
#define POSTS	   20000u

static const char *const post_lists[] = {"list-a", "list-b", "list-c"};
static struct sl_addrlist *kept;

static void
publish_posting_rules(void)
{
	static const char *const chains[] = {"input", "forward", "output"};
	struct sl_specs specs;

	sl_specs_init(&specs);
	for (unsigned i = 0; i < SL_COUNT_OF(chains); i++) {
		struct sl_rule_spec *s = add_rule(&specs, SL_TABLE_FILTER,
		    SL_IPV4, chains[i], SL_ACTION_ADD_SRC);

		s->list = post_lists[i];
		s->list_timeout_ns = TIMEOUT_NS;
	}
	publish(&specs);
	sl_specs_fini(&specs);
}

static void *
poster(void *arg)
{
	static const struct recipe r = {.src = "10.0.0.1"};
	struct sl_addr one = {.u.w = {htonl(0x0a000001)}};
	uint16_t id = (uint16_t)(uintptr_t)arg;
	struct test_pkt t;
	uint64_t until;

	sl_role_enter(SL_ROLE_WORKER, id, "worker");
	sl_rcu_register();
	sl_rcu_online();
	sl_clock_tick();
	build(&t, &r);
	for (uint32_t i = 0; i < POSTS; i++) {
		/* 10.WORKER.LIST.x */
		sl_be32 src = htonl(
		    0x0a000000 + ((uint32_t)id << 16) + (i % 3 << 8) + i % 251);

		memcpy(sl_pkt_l3(&t.pkt) + 12, &src, sizeof(src));
		verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT + i % 3, &t.pkt);
		if (!sl_addrlist_until_rcu(kept, &one, t.pkt.now_ns, &until) ||
		    until < t.pkt.now_ns + TIMEOUT_NS)
			sl_add_relaxed(&wrong, 1);
		if (i % 32 == 0)
			sl_rcu_quiescent();
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	sl_sub_release(&running, 1); /* pairs with the acquire below */
	return NULL;
}

/* How many posts there were, up to 'max'; what each says must be of one piece. */
static uint64_t
take_posts(uint64_t now_ns, uint64_t max)
{
	struct sl_list_post post;
	uint64_t n = 0;

	while (n < max && sl_list_post_next(&post)) {
		if (post.family != SL_IPV4 || post.addr.u.b[0] != 10 ||
		    post.addr.u.b[1] >= WORKERS || post.addr.u.b[2] > 2 ||
		    strcmp(post.list, post_lists[post.addr.u.b[2]]) != 0 ||
		    post.deadline_ns != now_ns + TIMEOUT_NS)
			sl_add_relaxed(&wrong, 1);
		n++;
	}
	return n;
}

/* Ranges over 10.0.0.1 come and go, and its own entry's deadline moves. */
static void
move_around(struct sl_addrlist_entry *e, uint64_t now_ns, unsigned round)
{
	struct sl_addr min = {.u.w = {htonl(0x0a000000 - round % 7)}};
	struct sl_addr max = {.u.w = {htonl(0x0a000001 + round % 5)}};
	struct sl_addr one = {.u.w = {htonl(0x0a000001)}};
	struct sl_addrlist_entry *over, *same;

	over = sl_addrlist_add(
	    kept, &min, &max, now_ns + round % 3 * SL_NS_PER_SEC, NULL);
	same = sl_addrlist_add(kept, &one, &one, now_ns + SL_NS_PER_SEC, NULL);
	assert_true(over && same);
	churn(kept, round);
	for (unsigned i = 0; i < 500; i++)
		sl_addrlist_set_deadline(e, now_ns + (1 + i % 9) * TIMEOUT_NS);
	sl_addrlist_remove(over);
	sl_addrlist_remove(same);
}

static void
posts_and_deadlines(void **state)
{
	uint64_t lost = sl_counter_sum(SL_COUNTER_LIST_LOST), now, taken = 0;
	struct sl_addr one = {.u.w = {htonl(0x0a000001)}};
	struct sl_addrlist_entry *e;
	pthread_t threads[WORKERS];
	unsigned round = 0;

	(void)state;
	now = sl_clock_tick();
	kept = sl_addrlist_get(SL_IPV4, "kept");
	e = sl_addrlist_add(kept, &one, &one, now + TIMEOUT_NS, NULL);
	assert_non_null(e);
	publish_posting_rules();
	sl_store_relaxed(&running, WORKERS);
	for (uintptr_t i = 0; i < WORKERS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, poster, (void *)i), 0);
	while (sl_load_acquire(&running) > 0) { /* pairs with poster() */
		taken += take_posts(now, 500);
		move_around(e, now, round++);
		sl_rcu_quiescent();
	}
	sl_rcu_offline();
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	sl_rcu_online();
	taken += take_posts(now, UINT64_MAX);
	lost = sl_counter_sum(SL_COUNTER_LIST_LOST) - lost;
	print_message("%u rounds, %llu posts taken, %llu lost\n", round,
	    (unsigned long long)taken, (unsigned long long)lost);
	assert_int_equal(sl_load_relaxed(&wrong), 0);
	assert_int_equal(taken + lost, 1ull * WORKERS * POSTS);
	assert_in_range(taken, WORKERS * SL_LIST_POSTS, UINT64_MAX);
	sl_addrlist_remove(e);
	sl_addrlist_put(kept);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(workers_and_control),
	    cmocka_unit_test(posts_and_deadlines),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
