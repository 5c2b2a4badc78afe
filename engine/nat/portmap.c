/* SPDX-License-Identifier: Apache-2.0 */
#include <nat/portmap.h>

#include <base/random.h>

/* A full cycle over 0..n-1 in an order nobody can foretell. */
struct cycle {
	uint32_t n, at, step;
};

static uint32_t
gcd(uint32_t a, uint32_t b)
{
	while (b) {
		uint32_t r = a % b;

		a = b;
		b = r;
	}
	return a;
}

static struct cycle
cycle_start(uint32_t n)
{
	struct cycle c = {.n = n, .at = sl_random_below(n), .step = 1};

	if (n > 2)
		c.step = 1 + sl_random_below(n - 1);
	while (gcd(c.step, n) != 1) /* a few steps: coprimes are dense */
		c.step = c.step % n + 1;
	return c;
}

static uint32_t
cycle_next(struct cycle *c)
{
	uint32_t at = c->at;

	c->at = (at + c->step) % c->n;
	return at;
}

static bool
is_free(const struct sl_portmap *p)
{
	return sl_table_reply_is_free_rcu(p->table, p->reply, p->now_ns);
}

/* Candidates looked at together: their memory is on its way at once. */
#define AHEAD_MAX 16u

struct search {
	const struct sl_portmap *map;
	struct cycle cycle;
	uint32_t steps; /* candidates left to draw */
	uint16_t lo;
	bool mine; /* those that steer to this worker, or those that do not */
	uint16_t n_ids;
	sl_be16 ids[AHEAD_MAX];
	uint64_t hashes[AHEAD_MAX];
	struct sl_shard *shards[AHEAD_MAX];
};

static void
draw(struct search *s, uint32_t want)
{
	const struct sl_portmap *p = s->map;
	uint16_t owner;

	for (s->n_ids = 0; s->n_ids < want && s->steps > 0; s->steps--) {
		*p->id = htons((uint16_t)(s->lo + cycle_next(&s->cycle)));
		owner = sl_tuple_owner(p->reply, sl_table_workers(p->table));
		if ((owner == p->worker) != s->mine)
			continue;
		s->ids[s->n_ids] = *p->id;
		s->hashes[s->n_ids] = sl_tuple_hash(p->reply);
		s->shards[s->n_ids] = sl_table_shard(p->table, owner);
		sl_shard_prefetch_index(
		    s->shards[s->n_ids], s->hashes[s->n_ids]);
		s->n_ids++;
	}
	for (uint32_t i = 0; i < s->n_ids; i++)
		sl_shard_prefetch_conn(s->shards[i], s->hashes[i]);
}

/* One pass over the candidates that do, or do not, steer to this worker.  The
 * first few are looked at alone: most often one of them is free. */
static bool
search(const struct sl_portmap *p, uint16_t lo, uint32_t n, bool mine)
{
	bool exact = n <= SL_PORTMAP_EXACT;
	uint32_t probes = exact ? n : SL_PORTMAP_PROBES, ahead = 1;
	struct search s;

	s.map = p;
	s.cycle = cycle_start(n);
	s.lo = lo;
	s.mine = mine;
	/* Candidates of others cost only arithmetic; bound that as well. */
	s.steps =
	    exact ? n : SL_MIN(n, probes * 4 * sl_table_workers(p->table));
	for (; probes > 0; probes -= s.n_ids) {
		draw(&s, SL_MIN(ahead, probes));
		if (!s.n_ids)
			return false;
		for (uint32_t i = 0; i < s.n_ids; i++) {
			*p->id = s.ids[i];
			if (is_free(p))
				return true;
		}
		ahead = SL_MIN(ahead * 2, AHEAD_MAX);
	}
	return false;
}

void
sl_portmap_class(uint16_t id, uint16_t *lo, uint16_t *hi)
{
	if (id < 512) {
		*lo = 1;
		*hi = 511;
	} else if (id < 1024) {
		*lo = 512;
		*hi = 1023;
	} else {
		*lo = 1024;
		*hi = 65535;
	}
}

bool
sl_portmap_choose(const struct sl_portmap *p, uint16_t lo, uint16_t hi)
{
	uint32_t n = (uint32_t)hi - lo + 1;
	uint16_t id = ntohs(*p->id);

	if (id >= lo && id <= hi && is_free(p))
		return true;
	if (n == 1) {
		*p->id = htons(lo);
		return id != lo && is_free(p);
	}
	return search(p, lo, n, true) ||
	       (sl_table_workers(p->table) > 1 && search(p, lo, n, false));
}
