/* SPDX-License-Identifier: Apache-2.0 */
/* How often we tell a sender that something is wrong. */
#include "fixture.h"

#define NET4 "203.0.113.9"

/* Errors that 'src' gets for 'n' packets, one every 'every_us'. */
static uint32_t
answers(const char *src, const char *dst, uint32_t n, uint64_t every_us)
{
	uint32_t got = 0;

	for (uint32_t i = 0; i < n; i++) {
		sl_clock_set(sl_now_ns() + every_us * 1000);
		arrive(LAN, &(struct recipe){.src = src,
				.dst = dst,
				.proto = IPPROTO_UDP,
				.ttl = 1});
		while (next_frame(LAN, WIRE, 0))
			got++;
	}
	return got;
}

static void
set_spacing(uint32_t ms)
{
	sl_store_relaxed(&engine->ip.icmp_rate_ms, ms);
}

static void
one_target_is_spaced(void **state)
{
	static const struct {
		uint32_t spacing_ms, packets;
		uint64_t every_us;
		uint32_t min, max;
	} rows[] = {
	    /* at once: the burst */
	    {10, 50, 0, SL_REPLY_BURST, SL_REPLY_BURST},
	    /* as often as allowed: all */
	    {10, 50, 10000, 50, 50},
	    /* more often: one every 10 ms, whatever the rhythm */
	    {10, 1000, 500, SL_REPLY_BURST + 49, SL_REPLY_BURST + 51},
	    {10, 1000, 999, SL_REPLY_BURST + 98, SL_REPLY_BURST + 101},
	    {1000, 30, 100000, SL_REPLY_BURST + 2, SL_REPLY_BURST + 3},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		uint32_t got;

		wait_ms(100000); /* all credit earned again */
		set_spacing(rows[i].spacing_ms);
		got = answers(
		    "192.168.1.7", NET4, rows[i].packets, rows[i].every_us);
		assert_in_range(got, rows[i].min, rows[i].max);
	}
}

static void
targets_do_not_share(void **state)
{
	(void)state;
	set_spacing(1000);
	assert_int_equal(answers("192.168.1.7", NET4, 20, 0), SL_REPLY_BURST);
	assert_int_equal(answers("192.168.1.8", NET4, 20, 0), SL_REPLY_BURST);
	assert_int_equal(
	    answers("2001:db8:1::7", "2001:db8:9::9", 20, 0), SL_REPLY_BURST);
	assert_int_equal(answers("192.168.1.7", NET4, 5, 0), 0);
}

/* icmp-rate-mask says which ICMP types are spaced; IPv6 always is. */
static void
the_mask_chooses_types(void **state)
{
	(void)state;
	set_spacing(1000);
	sl_store_relaxed(&engine->ip.icmp_rate_mask, 1u << 3);
	assert_int_equal(answers("192.168.1.7", NET4, 20, 0), 20);
	assert_int_equal(
	    answers("2001:db8:1::7", "2001:db8:9::9", 20, 0), SL_REPLY_BURST);
}

/* A storm of senders is bounded too. */
static void
all_targets_together_are_bounded(void **state)
{
	uint64_t limited;
	uint32_t got = 0;

	(void)state;
	set_spacing(0);
	wait_ms(1000);
	drops(SL_DROP_REPLY_LIMIT);
	for (int i = 0; i < 300; i++) {
		char src[SL_ADDR_TEXT];

		snprintf(src, sizeof(src), "192.168.1.%d", 2 + i % 250);
		got += answers(src, NET4, 1, 0);
	}
	limited = drops(SL_DROP_REPLY_LIMIT);
	assert_in_range(got, 40, 60);
	assert_int_equal(got + limited, 300);
	got = answers("192.168.1.7", NET4, 1000, 1000); /* 1000 a second */
	assert_in_range(got, 990, 1000);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    ROUTER(one_target_is_spaced),
	    ROUTER(targets_do_not_share),
	    ROUTER(the_mask_chooses_types),
	    ROUTER(all_targets_together_are_bounded),
	};

	return run_group(tests, SL_COUNT_OF(tests));
}
