/* SPDX-License-Identifier: Apache-2.0 */
/* psd: sequences of ports and times, and which of their packets are a scan. */
#include "build.h"

#include <conn/conn.h>
#include <rule/scan.h>

#include <stdlib.h>

#define S SL_NS_PER_SEC

static void
begin(uint32_t weight, uint64_t delay_ns, uint32_t low, uint32_t high)
{
	struct sl_specs specs;
	struct sl_match *m;

	sl_specs_init(&specs);
	m = sl_spec_match(add_rule(&specs, SL_TABLE_FILTER, SL_IPV4, "forward",
			      SL_ACTION_DROP),
	    SL_MATCH_PSD);
	m->scan.weight = weight;
	m->scan.delay_ns = delay_ns;
	m->scan.low = low;
	m->scan.high = high;
	publish(&specs);
	sl_specs_fini(&specs);
}

static bool
hits(struct sl_pkt *pkt)
{
	return verdict_of(SL_TABLE_FILTER, SL_HOOK_FORWARD, pkt) ==
	       SL_RULE_DROP;
}

/* "PORT" or "uPORT" (UDP), "PORT!" (with ACK), "+MS": time passes. */
static char
one_step(const char *word, uint64_t *now_ns)
{
	struct recipe recipe = {.tcp_flags = 2, .src = "192.0.2.9"};
	struct test_pkt t;
	struct sl_pkt *pkt;

	if (*word == '+') {
		*now_ns += strtoull(word + 1, NULL, 10) * SL_NS_PER_MS;
		return '\0';
	}
	if (*word == 'u')
		recipe.proto = IPPROTO_UDP;
	if (strchr(word, '!'))
		recipe.tcp_flags |= 0x10;
	recipe.dport = (uint16_t)strtoul(word + (*word == 'u'), NULL, 10);
	pkt = build(&t, &recipe);
	pkt->now_ns = *now_ns;
	return hits(pkt) ? 'x' : '.';
}

static void
sequences(void **state)
{
	static const struct {
		uint32_t weight, low, high;
		const char *words, *want;
	} rows[] = {
	    /* seven low ports of three weigh 21 */
	    {21, 3, 1, "1 2 3 4 5 6 7 8 9", "......xxx"},
	    {21, 3, 1, "1 2 3 4 5 6 1023", "......x"},
	    {21, 3, 1, "1 2 3 4 5 6 1024 1025 1026", "........x"},
	    /* only different ones count; TCP's and UDP's differ */
	    {21, 3, 1, "1 1 1 1 1 1 1 1 1", "........."},
	    {21, 3, 1, "1 2 3 4 5 6 6 6 1 7 7 1", ".........xx."},
	    {21, 3, 1, "1 2 3 u1 u2 u3 u4", "......x"},
	    /* each within three seconds of the one before */
	    {21, 3, 1, "1 +3000 2 +3000 3 +3000 4 +3000 5 +3000 6 +3000 7",
		"......x"},
	    {21, 3, 1, "1 2 3 4 5 6 +3001 7 8", "........"},
	    /* a port known already does not keep the sequence alive */
	    {21, 3, 1, "1 2 3 4 5 6 +2000 6 +2000 7", "........"},
	    {21, 3, 1, "1 2 3 4 5 6 7 +3000 8 +3001 9", "......xx."},
	    /* answers are no scan */
	    {21, 3, 1, "1! 2! 3! 4! 5! 6! 7! 8!", "........"},
	    {40, 2, 1, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
		"...................x"},
	    {1, 0, 1, "80 81 2000", "..x"},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		char got[64] = "", words[256], *save, *word;
		uint64_t now_ns = 100 * S;
		size_t n = 0;

		begin(rows[i].weight, 3 * S, rows[i].low, rows[i].high);
		strcpy(words, rows[i].words);
		for (word = strtok_r(words, " ", &save); word;
		     word = strtok_r(NULL, " ", &save)) {
			char c = one_step(word, &now_ns);

			if (c)
				got[n++] = c;
		}
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].words, got);
		sl_ruleset_clear();
	}
}

/* The packet with which a server answers many clients' ports. */
static void
replies_are_no_scan(void **state)
{
	struct sl_conn conn = {.family = SL_IPV4, .l4proto = IPPROTO_UDP};
	unsigned n[2] = {0, 0};

	(void)state;
	for (unsigned reply = 0; reply < 2; reply++) {
		begin(21, 3 * S, 3, 1);
		for (uint16_t port = 2000; port < 2030; port++) {
			struct recipe recipe = {
			    .proto = IPPROTO_UDP, .dport = port};
			struct test_pkt t;
			struct sl_pkt *pkt = build(&t, &recipe);

			pkt->conn = &conn;
			pkt->dir = reply ? SL_REPLY : SL_ORIG;
			n[reply] += hits(pkt);
		}
		sl_ruleset_clear();
	}
	assert_int_equal(n[0], 10);
	assert_int_equal(n[1], 0);
}

/* More senders than there is room for: who has a score is not forgotten for those
 * who have none. */
static void
forged_senders(void **state)
{
	static const struct recipe recipe = {.tcp_flags = 2, .dport = 4000};
	uint64_t now_ns = 100 * S;
	struct test_pkt t;
	struct sl_pkt *pkt = build(&t, &recipe);

	(void)state;
	begin(21, 3 * S, 3, 1);
	for (char port[] = "1"; *port < '7'; ++*port)
		assert_int_equal(one_step(port, &now_ns), '.');
	pkt->now_ns = now_ns;
	for (uint32_t i = 0; i < 500000; i++) {
		sl_be32 src = htonl(0x0a000000 + i);

		memcpy(sl_pkt_l3(pkt) + 12, &src, sizeof(src));
		assert_false(hits(pkt));
	}
	assert_int_equal(one_step("7", &now_ns), 'x');
	sl_ruleset_clear();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sequences),
	    cmocka_unit_test(replies_are_no_scan),
	    cmocka_unit_test(forged_senders),
	};

	return cmocka_run_group_tests(tests, test_setup, test_teardown);
}
