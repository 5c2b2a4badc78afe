/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/memo.h>

#include <string.h>

void
sl_memo_put(struct sl_memo *memo)
{
	if (memo && --memo->refs == 0)
		sl_retire(&memo->rcu, memo->reclaim);
}

void
sl_memo_drop(struct sl_memo **place)
{
	sl_memo_put(*place);
	*place = NULL;
}

struct sl_memo *
sl_memo_want(struct sl_memo **place, const uint64_t params[SL_MEMO_PARAMS],
    sl_memo_make_fn make)
{
	struct sl_memo *memo = *place;

	if (!memo || memcmp(memo->params, params, sizeof(memo->params)) != 0) {
		sl_memo_drop(place);
		memo = make(params);
		if (!memo)
			return NULL;
		memcpy(memo->params, params, sizeof(memo->params));
		memo->refs = 1; /* the place's */
		*place = memo;
	}
	memo->refs++;
	return memo;
}
