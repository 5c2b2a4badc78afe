/* SPDX-License-Identifier: Apache-2.0 */
#include <nat/pool.h>

#include <base/spin.h>

/* At most half of the index is in use. */
#define INDEX (2 * SL_POOL_MAX)

struct pool {
	/* SL_CONST */
	struct sl_addr addr;
	uint8_t family, l4proto;
	/* SL_STATS: any worker adds */
	SL_ATOMIC(uint64_t) refused;
};

/* SL_SHARED: stored with the lock held */
static struct sl_spin lock;
static SL_ATOMIC(uint32_t) count;
static SL_ATOMIC(struct pool *) pools[SL_POOL_MAX]; /* by number; 0: unused */
static SL_ATOMIC(uint16_t) numbers[INDEX];

static bool
is_of(const struct pool *p, const struct sl_tuple *t)
{
	return p->l4proto == t->l4proto && p->family == t->family &&
	       memcmp(&p->addr, &t->dst, sizeof(p->addr)) == 0;
}

static uint32_t
home_of(const struct sl_tuple *t)
{
	const uint64_t words[3] = {t->dst.u.q[0], t->dst.u.q[1],
	    (uint64_t)t->family << 8 | t->l4proto};

	return (uint32_t)sl_hash_words(words, 3) & (INDEX - 1);
}

/* The pool's number, or 0 and *slot is where it would stand. */
static uint16_t
find(const struct sl_tuple *t, uint32_t *slot)
{
	uint32_t i = home_of(t);
	uint16_t number;

	for (;; i = (i + 1) & (INDEX - 1)) {
		/* pairs with the release in make() */
		number = sl_load_acquire(&numbers[i]);
		if (!number || is_of(sl_load_relaxed(&pools[number]), t))
			break;
	}
	*slot = i;
	return number;
}

static uint16_t
make(const struct sl_tuple *t, uint32_t slot)
{
	uint32_t number = sl_load_relaxed(&count) + 1;
	struct pool *p;

	if (number >= SL_POOL_MAX || !(p = malloc(sizeof(*p))))
		return 0;
	p->addr = t->dst;
	p->family = t->family;
	p->l4proto = t->l4proto;
	atomic_init(&p->refused, 0);
	sl_store_relaxed(&pools[number], p);
	/* pairs with the acquire in sl_pool_at() */
	sl_store_release(&count, number);
	/* pairs with the acquire in find() */
	sl_store_release(&numbers[slot], (uint16_t)number);
	return (uint16_t)number;
}

uint16_t
sl_pool_find(const struct sl_tuple *reply)
{
	uint32_t slot;

	return find(reply, &slot);
}

uint16_t
sl_pool_get(const struct sl_tuple *reply)
{
	uint32_t slot;
	uint16_t number = find(reply, &slot);

	if (number)
		return number;
	sl_spin_lock(&lock);
	number = find(reply, &slot);
	if (!number)
		number = make(reply, slot);
	sl_spin_unlock(&lock);
	return number;
}

void
sl_pool_refuse(uint16_t pool)
{
	if (pool)
		sl_add_relaxed(&sl_load_relaxed(&pools[pool])->refused, 1);
}

bool
sl_pool_at(uint32_t number, struct sl_pool *out)
{
	struct pool *p;

	/* pairs with the release in make() */
	if (number == 0 || number > sl_load_acquire(&count))
		return false;
	p = sl_load_relaxed(&pools[number]);
	*out = (struct sl_pool){
	    .family = p->family,
	    .l4proto = p->l4proto,
	    .addr = p->addr,
	    .refused = sl_load_relaxed(&p->refused),
	};
	return true;
}

void
sl_pool_clear(void)
{
	for (uint32_t i = 0; i < INDEX; i++)
		sl_store_relaxed(&numbers[i], 0);
	for (uint32_t i = 1; i <= sl_load_relaxed(&count); i++) {
		free(sl_load_relaxed(&pools[i]));
		sl_store_relaxed(&pools[i], NULL);
	}
	sl_store_relaxed(&count, 0);
}
