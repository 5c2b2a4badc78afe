/* SPDX-License-Identifier: Apache-2.0 */
/* Workers look into payloads while control changes what is looked for: what every
 * version holds for always holds, and nothing is read after its time. */
#include "build.h"

#include "hello.h"

#include <conn/table.h>
#include <rule/inspect.h>
#include <rule/l7.h>

#include <pthread.h>

#define WORKERS 3
#define ROUNDS	20

static struct sl_table *table;
static SL_ATOMIC(uint32_t) wrong, rounds;

static struct sl_span
span(const char *text)
{
	return (struct sl_span){(const void *)text, (uint32_t)strlen(text)};
}

/* "forward" drops a name whose expression changes every round but always matches
 * "get x", "input" a content that is always there among others that are not,
 * "output" a server name. */
static void
publish_rules(unsigned round)
{
	static const char *const forms[] = {
	    "^get x", "^(get|put) [w-z]", "get +x"};
	struct sl_specs specs;
	struct sl_match *m;
	char other[32];

	sl_specs_init(&specs);
	m = sl_spec_match(add_rule(&specs, SL_TABLE_FILTER, SL_IPV4, "forward",
			      SL_ACTION_DROP),
	    SL_MATCH_LAYER7);
	m->l7_spec.number = (uint16_t)sl_l7_number("web");
	m->l7_spec.regex = span(forms[round % 3]);
	for (unsigned i = 0; i < 1 + round % 4; i++) {
		snprintf(other, sizeof(other), i ? "other %u" : "GET x", i);
		m = sl_spec_match(add_rule(&specs, SL_TABLE_FILTER, SL_IPV4,
				      "input", SL_ACTION_DROP),
		    SL_MATCH_CONTENT);
		m->bytes =
		    sl_specs_bytes(&specs, other, (uint32_t)strlen(other));
	}
	sl_spec_match(add_rule(&specs, SL_TABLE_FILTER, SL_IPV4, "output",
			  SL_ACTION_DROP),
	    SL_MATCH_TLS_HOST)
	    ->glob = sl_specs_text(&specs, "*.example");
	publish(&specs);
	sl_specs_fini(&specs);
}

static struct sl_conn *
open_conn(uint16_t id, uint32_t number)
{
	struct sl_tuple t = {.family = SL_IPV4, .l4proto = IPPROTO_TCP};
	enum sl_drop_reason reason;

	t.src.u.w[0] = htonl(0x0a000000u + number);
	t.src_id = htons(1);
	return sl_shard_alloc(
	    sl_table_shard(table, id), &t, sl_now_ns(), &reason);
}

static bool
drops(enum sl_hook hook, struct sl_conn *c, const void *data, uint32_t len)
{
	struct test_pkt t;
	struct sl_pkt *pkt = build(
	    &t, &(struct recipe){.tcp_flags = 0x18, .payload = (uint16_t)len});

	memcpy(sl_pkt_l4(pkt) + 20, data, len);
	pkt->conn = c;
	sl_conn_account_owned(c, SL_ORIG, pkt->l3_len, pkt->now_ns);
	return verdict_of(SL_TABLE_FILTER, hook, pkt) == SL_RULE_DROP;
}

static bool
one_connection(uint16_t id, uint32_t number)
{
	struct sl_conn *c = open_conn(id, number);
	uint8_t bytes[HELLO_ROOM];
	uint32_t n = hello_make(bytes, "www.example");
	bool right;

	right = c && !drops(SL_HOOK_FORWARD, c, "GE", 2);
	sl_rcu_quiescent(); /* the expression may change in the middle */
	right = right && drops(SL_HOOK_FORWARD, c, "T x", 3) &&
		drops(SL_HOOK_FORWARD, c, "", 0) &&
		drops(SL_HOOK_INPUT, c, "..GET x..", 9) &&
		!drops(SL_HOOK_INPUT, c, "..GET y..", 9) &&
		drops(SL_HOOK_OUTPUT, c, bytes, n);
	if (c)
		sl_shard_free_fresh(sl_table_shard(table, id), c);
	return right;
}

static void *
worker(void *arg)
{
	uint16_t id = (uint16_t)(uintptr_t)arg;

	sl_role_enter(SL_ROLE_WORKER, id, "worker");
	sl_rcu_register();
	sl_rcu_online();
	sl_clock_tick();
	for (uint32_t i = 0; sl_load_relaxed(&rounds) < ROUNDS; i++) {
		if (!one_connection(id, i))
			sl_add_relaxed(&wrong, 1);
		sl_rcu_quiescent();
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	return NULL;
}

static void
expressions_change_under_way(void **state)
{
	pthread_t threads[WORKERS];

	(void)state;
	table = sl_table_new(WORKERS, WORKERS * 1024, NULL);
	assert_non_null(table);
	sl_inspect_init();
	publish_rules(0);
	for (uintptr_t i = 0; i < WORKERS; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, worker, (void *)i), 0);
	for (unsigned round = 1; round <= ROUNDS; round++) {
		publish_rules(round);
		sl_add_relaxed(&rounds, 1);
		sl_rcu_quiescent();
	}
	sl_rcu_offline();
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	sl_rcu_online();
	assert_int_equal(sl_load_relaxed(&wrong), 0);
	sl_table_free(table);
	sl_inspect_fini();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(expressions_change_under_way),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
