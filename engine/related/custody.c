/* SPDX-License-Identifier: Apache-2.0 */
#include <related/custody.h>

#include <string.h>

static void
drop_if_empty(struct sl_custody *c, struct sl_store *store)
{
	if (c->len)
		return;
	sl_store_give(store, c->bytes, c->room);
	*c = (struct sl_custody){0};
}

static bool
grow(struct sl_custody *c, struct sl_store *store, uint32_t len)
{
	uint32_t room;
	uint8_t *bytes = sl_store_take(store, len, &room);

	if (!bytes)
		return false;
	if (c->len)
		memcpy(bytes, c->bytes, c->len);
	sl_store_give(store, c->bytes, c->room);
	c->bytes = bytes;
	c->room = room;
	return true;
}

bool
sl_custody_put(struct sl_custody *c, struct sl_store *store, uint32_t seq,
    const uint8_t *bytes, uint32_t n)
{
	if (n == 0)
		return true;
	if (n > SL_CUSTODY_MAX - c->len)
		return false;
	if (c->len + n > c->room && !grow(c, store, c->len + n))
		return false;
	if (!c->len)
		c->seq = seq;
	SL_ASSERT(seq == sl_custody_end(c));
	memcpy(c->bytes + c->len, bytes, n);
	c->len += n;
	return true;
}

void
sl_custody_trim(struct sl_custody *c, struct sl_store *store, uint32_t seq)
{
	uint32_t n = seq - c->seq;

	if (!c->len || (int32_t)n <= 0)
		return;
	n = SL_MIN(n, c->len);
	memmove(c->bytes, c->bytes + n, c->len - n);
	c->seq += n;
	c->len -= n;
	drop_if_empty(c, store);
}

void
sl_custody_cut(struct sl_custody *c, struct sl_store *store, uint32_t seq)
{
	uint32_t n = seq - c->seq;

	if (!c->len || (int32_t)(seq - sl_custody_end(c)) >= 0)
		return;
	c->len = (int32_t)n > 0 ? n : 0;
	drop_if_empty(c, store);
}
