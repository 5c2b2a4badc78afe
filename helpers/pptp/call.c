/* SPDX-License-Identifier: Apache-2.0 */
#include "call.h"

struct call *
call_by_real(struct calls *c, enum sl_dir side, sl_be16 id)
{
	for (struct call *p = c->at; p < c->at + CALLS_MAX; p++)
		if (p->state != CALL_FREE && p->has[side] &&
		    p->real[side] == id)
			return p;
	return NULL;
}

struct call *
call_by_seen(struct calls *c, enum sl_dir side, sl_be16 id)
{
	for (struct call *p = c->at; p < c->at + CALLS_MAX; p++)
		if (p->state != CALL_FREE && p->has[side] &&
		    p->seen[side] == id)
			return p;
	return NULL;
}

static struct call *
find_unused(struct calls *c)
{
	struct call *cleared = NULL;

	for (struct call *p = c->at; p < c->at + CALLS_MAX; p++) {
		if (p->state == CALL_FREE)
			return p;
		if (p->state == CALL_CLEARED)
			cleared = p;
	}
	return cleared;
}

static bool
is_pair_used(const struct calls *c, uint16_t pair)
{
	for (const struct call *p = c->at; p < c->at + CALLS_MAX; p++)
		if (p->state != CALL_FREE && p->pair == pair)
			return true;
	return false;
}

struct call *
call_new(struct calls *c)
{
	struct call *call = find_unused(c);

	if (!call)
		return NULL;
	do
		c->last_pair++;
	while (c->last_pair == 0 || is_pair_used(c, c->last_pair));
	*call = (struct call){.pair = c->last_pair, .state = CALL_ASKED};
	return call;
}

void
call_set_id(struct call *call, enum sl_dir side, sl_be16 real, sl_be16 seen)
{
	call->real[side] = real;
	call->seen[side] = seen;
	call->has[side] = 1;
}
