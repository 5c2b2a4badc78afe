/* SPDX-License-Identifier: Apache-2.0 */
#include <related/public_end.h>

#include <base/random.h>
#include <nat/ein.h>
#include <nat/portmap.h>
#include <related/expecting.h>

/* With the receiver's id alone, the whole tuple is known. */
static bool
is_connected(const struct sl_public_end *p)
{
	const struct sl_expectation *e = p->like;
	struct sl_tuple t = e->want;
	enum sl_dir dir;

	if (!e->receiver_id)
		return false;
	t.src = e->from;
	return sl_table_lookup_rcu(p->table,
		   sl_tuple_owner(&t, sl_table_workers(p->table)), &t,
		   sl_tuple_hash(&t), sl_now_ns(), &dir) != NULL;
}

bool
sl_public_end_is_free_rcu(const struct sl_public_end *p, uint16_t id)
{
	struct sl_expectation *e = p->like;
	sl_be16 to = e->to.id;
	bool free = true;

	for (unsigned i = 0; i < p->ids && free; i++) {
		e->want.dst_id = htons((uint16_t)(id + i));
		e->to.id = htons((uint16_t)(ntohs(to) + i));
		free = !sl_expect_rival_rcu(e) && !is_connected(p);
	}
	e->to.id = to;
	return free;
}

static bool
is_set(const uint64_t *bits, uint16_t id)
{
	return bits && (bits[id / 64] >> (id % 64) & 1);
}

/* The router's own programs, and mappings, are at that address. */
static bool
is_served(const struct sl_public_end *p, uint16_t id)
{
	const struct sl_expectation *e = p->like;
	struct sl_ein_end end = {.addr = e->want.dst};
	const uint64_t *served;

	if (e->receiver_id)
		return false;
	served = sl_portmap_served_rcu(&e->want);
	for (unsigned i = 0; i < p->ids; i++, id++) {
		end.id = htons(id);
		if (is_set(served, id) ||
		    (e->want.l4proto == IPPROTO_UDP && sl_ein_count() &&
			sl_ein_has(e->want.family, &end, sl_now_ns())))
			return true;
	}
	return false;
}

static bool
is_choice(const struct sl_public_end *p, uint16_t id)
{
	return !is_served(p, id) && sl_public_end_is_free_rcu(p, id);
}

bool
sl_public_end_choose_rcu(const struct sl_public_end *p, sl_be16 *id)
{
	uint16_t wished = ntohs(p->like->want.dst_id), lo, hi;
	uint32_t n, step = p->even ? 2 : 1, at;

	if (is_choice(p, wished))
		return true;
	if (p->like->receiver_id)
		lo = 1, hi = UINT16_MAX;
	else
		sl_portmap_class(wished, &lo, &hi);
	n = (hi - lo + 2 - p->ids) / step; // rows to choose from
	at = sl_random_below(n);
	for (uint32_t i = 0; i < SL_MIN(n, SL_EXPECTING_TRIES); i++) {
		uint16_t try = (uint16_t)(lo + at * step);

		try = (uint16_t)(p->even ? (try + 1) & ~1 : try);
		if ((uint32_t)try + p->ids - 1 <= hi && is_choice(p, try)) {
			*id = htons(try);
			return true;
		}
		at = at + 1 == n ? 0 : at + 1;
	}
	return false;
}
