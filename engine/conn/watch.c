/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/watch.h>

/* SL_CONST once workers run; by bit, the lowest of SL_CONN_WATCHED first. */
static sl_conn_gone_fn watchers[SL_CONN_WATCHERS];

void
sl_conn_watch(uint32_t bit, sl_conn_gone_fn gone)
{
	SL_ASSERT(bit & SL_CONN_WATCHED);
	watchers[__builtin_ctz(bit / SL_CONN_WATCHED_FIRST)] = gone;
}

void
sl_conn_tell_gone(struct sl_conn *c)
{
	uint32_t bits =
	    (sl_conn_bits(c) & SL_CONN_WATCHED) / SL_CONN_WATCHED_FIRST;

	for (; bits; bits &= bits - 1) {
		sl_conn_gone_fn gone = watchers[__builtin_ctz(bits)];

		if (gone)
			gone(c);
	}
}
