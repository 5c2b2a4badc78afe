/* SPDX-License-Identifier: Apache-2.0 */
#include <nat/claim.h>

#include <nat/portset.h>

#include <base/random.h>
#include <base/spin.h>

#include <errno.h>

#define STRIPES	  1024u /* 64 KiB; a million endpoints are a thousand each */
#define SLOTS_MIN 8u
#define STEP	  8u /* slots of the old table that an operation moves */

/* An entry's endpoint when there is none. */
#define NOBODY 0u
#define MOVED  1u /* in the old table: probes go on */

struct entry {
	uint64_t endpoint;
	struct sl_portset ports;
};

struct slots {
	struct entry *at;
	uint32_t n; /* a power of two; 0: none yet */
};

struct stripe {
	SL_ALIGNED(SL_CACHE_LINE) struct sl_spin lock;
	/* SL_SHARED: under the lock */
	uint32_t used; /* entries in both */
	uint32_t next; /* of 'old' to move */
	struct slots now;
	struct slots old; /* while it is being moved; else none */
};

static struct stripe stripes[STRIPES];

_Static_assert(sizeof(struct entry) == 16, "memory budget, README");
_Static_assert(sizeof(struct stripe) == SL_CACHE_LINE, "one line a stripe");

uint64_t
sl_claim_endpoint(const struct sl_tuple *reply)
{
	struct sl_tuple t = *reply;
	uint64_t hash;

	t.dst_id = 0;
	hash = sl_tuple_hash(&t);
	return hash > MOVED ? hash : hash + MOVED + 1;
}

static struct stripe *
stripe_of(uint64_t endpoint)
{
	return &stripes[endpoint / (UINT64_MAX / STRIPES + 1)];
}

/* A stripe's table; all of it under the lock. */

static uint32_t
home_of(const struct slots *s, uint64_t endpoint)
{
	return (uint32_t)endpoint & (s->n - 1);
}

static struct entry *
probe(const struct slots *s, uint64_t endpoint)
{
	if (!s->n)
		return NULL;
	for (uint32_t i = home_of(s, endpoint);; i = (i + 1) & (s->n - 1)) {
		if (s->at[i].endpoint == endpoint)
			return &s->at[i];
		if (s->at[i].endpoint == NOBODY)
			return NULL;
	}
}

/* There is room, and no such endpoint. */
static struct entry *
place(struct slots *s, struct entry entry)
{
	uint32_t i = home_of(s, entry.endpoint);

	while (s->at[i].endpoint != NOBODY)
		i = (i + 1) & (s->n - 1);
	s->at[i] = entry;
	return &s->at[i];
}

/* Takes an entry out and closes the gap. */
static void
erase(struct slots *s, struct entry *gone)
{
	uint32_t mask = s->n - 1, hole = (uint32_t)(gone - s->at);

	for (uint32_t i = (hole + 1) & mask; s->at[i].endpoint != NOBODY;
	     i = (i + 1) & mask) {
		uint32_t home = home_of(s, s->at[i].endpoint);

		/* May it stand in the hole: is its home not after it? */
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		s->at[hole] = s->at[i];
		hole = i;
	}
	s->at[hole] = (struct entry){0};
}

static struct entry *
move(struct stripe *s, struct entry *from)
{
	struct entry *to = place(&s->now, *from);

	*from = (struct entry){.endpoint = MOVED};
	return to;
}

/* A few more of the old table's entries. */
static void
move_some(struct stripe *s)
{
	if (!s->old.n)
		return;
	for (uint32_t i = 0; i < STEP; i++, s->next++)
		if (s->old.at[s->next].endpoint > MOVED)
			move(s, &s->old.at[s->next]);
	if (s->next < s->old.n)
		return;
	free(s->old.at);
	s->old = (struct slots){0};
}

/* A table of another size from now on; false: no memory, all stays. */
static bool
resize(struct stripe *s, uint32_t n)
{
	struct entry *at = calloc(n, sizeof(*at));

	if (!at)
		return false;
	s->old = s->now;
	s->now = (struct slots){at, n};
	s->next = 0;
	return true;
}

static struct entry *
find(struct stripe *s, uint64_t endpoint)
{
	struct entry *e = probe(&s->now, endpoint);

	if (e || !s->old.n)
		return e;
	e = probe(&s->old, endpoint);
	return e ? move(s, e) : NULL;
}

/*
 * A table is grown at three quarters full and shrunk at an eighth, so the next
 * one is between a quarter and three eighths full when it has got all entries
 * and at most half full by the end of its move: moves do not overlap, unless
 * memory was refused before.
 */
static int
insert(struct stripe *s, struct entry entry)
{
	if (!s->old.n && (s->used + 1) * 4 > s->now.n * 3 &&
	    !resize(s, SL_MAX(s->now.n * 2, SLOTS_MIN)) &&
	    s->used + 1 >= s->now.n)
		return -ENOMEM;
	while (s->old.n && (s->used + 1) * 4 > s->now.n * 3)
		move_some(s);
	place(&s->now, entry);
	s->used++;
	return 0;
}

static void
drop(struct stripe *s, struct entry *e)
{
	erase(&s->now, e);
	s->used--;
	if (!s->old.n && s->now.n > SLOTS_MIN && s->used * 8 < s->now.n)
		(void)resize(s, s->now.n / 2);
}

static struct stripe *
enter(uint64_t endpoint)
{
	struct stripe *s = stripe_of(endpoint);

	sl_spin_lock(&s->lock);
	move_some(s);
	return s;
}

static void
leave(struct stripe *s)
{
	sl_spin_unlock(&s->lock);
}

/* Choice. */

struct search {
	const struct sl_claim *claim;
	const struct sl_portset *taken;
	uint32_t tries; /* left */
	bool mine;	/* only those that steer here */
	uint16_t port;	/* found */
};

enum step { FOUND, NEXT, ENOUGH };

static enum step
try_port(struct search *s, uint16_t port)
{
	const struct sl_claim *c = s->claim;

	if (s->tries == 0)
		return ENOUGH;
	s->tries--;
	if ((s->mine && !c->is_mine(c->arg, port)) || !c->is_free(c->arg, port))
		return NEXT;
	s->port = port;
	return FOUND;
}

/* The ports of from..to in a word, a bit each. */
static uint64_t
range_bits(uint32_t word, uint32_t from, uint32_t to)
{
	uint64_t bits = ~0ull;

	if (from > word * 64)
		bits &= ~0ull << (from - word * 64);
	if (to < word * 64 + 63)
		bits &= ~0ull >> (word * 64 + 63 - to);
	return bits;
}

/* The ports of a word that may be chosen. */
static uint64_t
open_ports(const struct search *s, uint32_t word)
{
	const struct sl_claim *c = s->claim;
	uint64_t shut = sl_portset_word(s->taken, word);

	if (c->avoid)
		shut |= c->avoid[word];
	if (c->others)
		shut |= sl_load_relaxed(&c->others[word]);
	return ~shut;
}

/* Ports of from..to in order, those in use left out by whole words. */
static enum step
scan(struct search *s, uint32_t from, uint32_t to)
{
	uint32_t w = sl_portset_skip(s->taken, from / 64);

	for (; w <= to / 64; w = sl_portset_skip(s->taken, w + 1)) {
		uint64_t open = range_bits(w, from, to) & open_ports(s, w);

		for (; open; open &= open - 1) {
			uint32_t bit = (uint32_t)__builtin_ctzll(open);
			enum step step = try_port(s, (uint16_t)(w * 64 + bit));

			if (step != NEXT)
				return step;
		}
	}
	return NEXT;
}

static bool
choose(struct search *s, uint16_t lo, uint16_t hi)
{
	uint32_t start = lo + sl_random_below((uint32_t)hi - lo + 1);
	const struct sl_claim *c = s->claim;
	enum step step;

	s->mine = c->workers > 1;
	s->tries = s->mine
		       ? SL_MIN(SL_CLAIM_TRIES * c->workers, SL_CLAIM_TRIES_MAX)
		       : SL_CLAIM_FOREIGN;
	for (;;) {
		step = scan(s, start, hi);
		if (step == NEXT && start > lo)
			step = scan(s, lo, start - 1);
		if (step == FOUND || !s->mine)
			return step == FOUND;
		s->mine = false;
		s->tries = SL_CLAIM_FOREIGN;
	}
}

static int
add(struct stripe *s, struct entry *e, const struct sl_claim *c, uint16_t port)
{
	if (e)
		return sl_portset_add(&e->ports, port);
	return insert(
	    s, (struct entry){c->endpoint, sl_portset_one(port, c->pool)});
}

int
sl_claim_one(const struct sl_claim *c, uint16_t port)
{
	struct stripe *s = enter(c->endpoint);
	struct entry *e = find(s, c->endpoint);
	int rc = -EADDRINUSE;

	if (!(e && sl_portset_has(&e->ports, port)) &&
	    (!c->is_free || c->is_free(c->arg, port)))
		rc = add(s, e, c, port);
	leave(s);
	return rc;
}

int
sl_claim_any(const struct sl_claim *c, uint16_t lo, uint16_t hi, uint16_t *port)
{
	static const struct sl_portset none;
	struct stripe *s = enter(c->endpoint);
	struct entry *e = find(s, c->endpoint);
	struct search search = {.claim = c, .taken = e ? &e->ports : &none};
	int rc = -EADDRINUSE;

	if (choose(&search, lo, hi)) {
		rc = add(s, e, c, search.port);
		*port = search.port;
	}
	leave(s);
	return rc;
}

void
sl_claim_release(uint64_t endpoint, uint16_t port)
{
	struct stripe *s = enter(endpoint);
	struct entry *e = find(s, endpoint);

	SL_ASSERT(e && sl_portset_has(&e->ports, port));
	sl_portset_remove(&e->ports, port);
	if (!e->ports.v)
		drop(s, e);
	leave(s);
}

/* Seen from outside. */

static void
tally_slots(const struct slots *s, struct sl_claim_tally *tallies, uint32_t n)
{
	for (uint32_t i = 0; i < s->n; i++) {
		const struct entry *e = &s->at[i];
		uint32_t pool, ports;

		if (e->endpoint <= MOVED)
			continue;
		pool = sl_portset_tag(&e->ports);
		if (pool >= n)
			continue;
		ports = sl_portset_count(&e->ports);
		tallies[pool].ports += ports;
		tallies[pool].endpoints++;
		tallies[pool].busiest = SL_MAX(tallies[pool].busiest, ports);
	}
}

void
sl_claim_tally(struct sl_claim_tally *tallies, uint32_t n)
{
	for (uint32_t i = 0; i < STRIPES; i++) {
		struct stripe *s = &stripes[i];

		sl_spin_lock(&s->lock);
		tally_slots(&s->now, tallies, n);
		tally_slots(&s->old, tallies, n);
		sl_spin_unlock(&s->lock);
	}
}

static void
clear_slots(struct slots *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (s->at[i].endpoint > MOVED)
			sl_portset_clear(&s->at[i].ports);
	free(s->at);
	*s = (struct slots){0};
}

void
sl_claim_clear(void)
{
	for (uint32_t i = 0; i < STRIPES; i++) {
		clear_slots(&stripes[i].now);
		clear_slots(&stripes[i].old);
		stripes[i].used = 0;
	}
}
