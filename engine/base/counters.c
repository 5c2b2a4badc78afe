/* SPDX-License-Identifier: Apache-2.0 */
#include <base/counters.h>

#include <base/drop.h>

_Static_assert(SL_DROP_N <= SL_DROP_MAX, "drop counters outgrew their room");

struct sl_counter_block sl_counter_blocks[SL_WORKERS_MAX + 1];

static const struct {
	const char *name, *help;
} counters[] =
    {
#define X(id, name, help) {name, help},
	SL_COUNTERS(X)
#undef X
},
  drops[] = {
#define X(id, name, help) {name, help},
      SL_DROP_REASONS(X)
#undef X
};

uint64_t
sl_counter_sum(unsigned counter)
{
	uint64_t sum = 0;

	SL_ASSERT(counter < SL_COUNTER_N);
	for (unsigned i = 0; i <= SL_WORKERS_MAX; i++)
		sum += sl_load_relaxed(&sl_counter_blocks[i].n[counter]);
	return sum;
}

const char *
sl_counter_name(enum sl_counter counter)
{
	SL_ASSERT(counter < SL_COUNTER_DROPS);
	return counters[counter].name;
}

const char *
sl_counter_help(enum sl_counter counter)
{
	SL_ASSERT(counter < SL_COUNTER_DROPS);
	return counters[counter].help;
}

_Thread_local uint8_t sl_drop_last;

const char *
sl_drop_name(enum sl_drop_reason reason)
{
	SL_ASSERT(reason < SL_DROP_N);
	return drops[reason].name;
}

const char *
sl_drop_help(enum sl_drop_reason reason)
{
	SL_ASSERT(reason < SL_DROP_N);
	return drops[reason].help;
}
