/* SPDX-License-Identifier: Apache-2.0 */
#include <nat/ein.h>

#include <base/counters.h>
#include <base/hash.h>
#include <base/random.h>
#include <base/rcu.h>

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <urcu/rculfhash.h>

#define BUCKETS_MIN 1024
#define PORTS	    65536u
#define WORDS	    (PORTS / 64)
#define SLOTS	    (SL_EIN_PUBLICS * 2) /* half empty: few steps */

/* Looks at a mapping that somebody else is just making or ending. */
#define TRIES 4

#define SMALL_WORDS 16 /* 1,024 ports: some microseconds */
#define SWEEP_WORDS 128
#define SWEEP_NS    SL_NS_PER_MS

/* A mapping's 'use': generation << 32 | connections. */
#define GENERATION (1ull << 32)
#define DEAD	   UINT64_MAX

#define EVEN_PORTS 0x5555555555555555ull

struct mapping {
	struct cds_lfht_node node; /* in inside_table */
	struct sl_rcu_head rcu;
	/* SL_CONST */
	struct sl_ein_end inside;
	struct outside *outside;
	uint8_t family;
	uint16_t port; /* of 'outside', host order */
	/* SL_SHARED: any worker */
	SL_ATOMIC(uint64_t) use;
	SL_ATOMIC(uint64_t) idle_until_ns; /* when nobody uses it */
};

/* A public address; stays until sl_ein_clear(). */
struct outside {
	/* SL_CONST */
	uint8_t family;
	struct sl_addr addr;
	/* SL_SHARED: any worker */
	SL_ATOMIC(uint64_t) taken[WORDS];
	SL_ATOMIC(struct mapping *) at[PORTS]; /* pages come as ports do */
};

/* SL_SHARED: control makes the table, workers fill both. */
static SL_RCU_PTR(struct cds_lfht) inside_table;
static SL_ATOMIC(struct outside *) outsides[SLOTS];
static SL_ATOMIC(uint32_t) n_mappings, n_outsides;

int
sl_ein_want(struct sl_err *err)
{
	struct cds_lfht *table;

	if (sl_rcu_own(&inside_table))
		return 0;
	table = cds_lfht_new_flavor(BUCKETS_MIN, BUCKETS_MIN, 0,
	    CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING, &urcu_qsbr_flavor,
	    NULL);
	if (!table)
		return sl_err_set(err, -ENOMEM, "out of memory");
	sl_rcu_publish(&inside_table, table);
	return 0;
}

/* Public addresses. */

static uint32_t
slot_of(uint8_t family, const struct sl_addr *addr)
{
	uint64_t w[3] = {addr->u.q[0], addr->u.q[1], family};

	return (uint32_t)sl_hash_words(w, 3) % SLOTS;
}

static bool
is_at(const struct outside *o, uint8_t family, const struct sl_addr *addr)
{
	return o->family == family &&
	       memcmp(&o->addr, addr, sizeof(*addr)) == 0;
}

/* NULL: it has no mappings. */
static struct outside *
find_outside(uint8_t family, const struct sl_addr *addr)
{
	struct outside *o;
	uint32_t i = slot_of(family, addr);

	/* pairs with the exchange in make_outside() */
	while ((o = sl_load_acquire(&outsides[i])) && !is_at(o, family, addr))
		i = (i + 1) % SLOTS;
	return o;
}

static struct outside *
new_outside(uint8_t family, const struct sl_addr *addr)
{
	struct outside *o;

	if (sl_add_relaxed(&n_outsides, 1) < SL_EIN_PUBLICS &&
	    (o = calloc(1, sizeof(*o)))) {
		o->family = family;
		o->addr = *addr;
		return o;
	}
	sl_add_relaxed(&n_outsides, -1u);
	return NULL;
}

/* Slots are filled once and in order of probing, so whoever wants the same
 * address meets the one that was first. */
static struct outside *
make_outside(uint8_t family, const struct sl_addr *addr)
{
	struct outside *fresh = new_outside(family, addr), *o = NULL;
	uint32_t i = slot_of(family, addr);

	if (!fresh)
		return NULL;
	while (!sl_cas_acq_rel(&outsides[i], &o, fresh)) {
		if (is_at(o, family, addr)) {
			free(fresh);
			sl_add_relaxed(&n_outsides, -1u);
			return o;
		}
		i = (i + 1) % SLOTS;
		o = NULL;
	}
	return fresh;
}

/* Ports. */

/* Those of word 'i' that lie in lo..hi and in 'pattern'. */
static uint64_t
word_mask(uint32_t i, uint16_t lo, uint16_t hi, uint64_t pattern)
{
	uint64_t mask = pattern;

	if (i == lo / 64u)
		mask &= ~0ull << (lo % 64);
	if (i == hi / 64u)
		mask &= ~0ull >> (63 - hi % 64);
	return mask;
}

static bool
claim(struct outside *o, uint16_t port)
{
	uint64_t bit = 1ull << (port % 64);
	uint64_t old = sl_load_relaxed(&o->taken[port / 64]);

	do {
		if (old & bit)
			return false;
		/* pairs with unclaim(): its 'at' is forgotten */
	} while (!sl_cas_acq_rel(&o->taken[port / 64], &old, old | bit));
	return true;
}

static void
unclaim(struct outside *o, uint16_t port)
{
	sl_store_relaxed(&o->at[port], NULL);
	/* pairs with claim() */
	sl_and_release(&o->taken[port / 64], ~(1ull << (port % 64)));
}

/* One of the set bits, no telling which. */
static unsigned
some_bit(uint64_t set)
{
	unsigned turn = sl_random_below(64);
	uint64_t turned = set >> turn | set << (-turn & 63);

	return (turn + (unsigned)__builtin_ctzll(turned)) % 64;
}

/* Claims a port of lo..hi in 'pattern', from an unpredictable word on. */
static bool
claim_some(struct outside *o, const struct sl_ein_wish *wish, uint64_t pattern,
    uint16_t *port)
{
	uint32_t first = wish->lo / 64u, n = wish->hi / 64u - first + 1;
	uint32_t start = sl_random_below(n);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = first + (start + i) % n;
		uint64_t mask = word_mask(at, wish->lo, wish->hi, pattern);
		uint64_t open;

		if (wish->avoid)
			mask &= ~wish->avoid[at];

		while ((open = ~sl_load_relaxed(&o->taken[at]) & mask)) {
			*port = (uint16_t)(at * 64 + some_bit(open));
			if (claim(o, *port))
				return true;
		}
	}
	return false;
}

static bool
claim_port(struct outside *o, const struct sl_ein_wish *wish, uint16_t *port)
{
	uint16_t id = ntohs(wish->inside.id);
	uint64_t like = id & 1 ? ~EVEN_PORTS : EVEN_PORTS;

	*port = id;
	if (wish->keep && id >= wish->lo && id <= wish->hi &&
	    !(wish->avoid && (wish->avoid[id / 64] >> (id % 64) & 1)) &&
	    claim(o, id))
		return true;
	if (wish->parity && claim_some(o, wish, like, port))
		return true;
	return claim_some(o, wish, ~0ull, port);
}

/* Mappings. */

static uint64_t
hash_inside(const struct sl_ein_end *in, const struct outside *o)
{
	uint64_t w[6] = {in->addr.u.q[0], in->addr.u.q[1], o->addr.u.q[0],
	    o->addr.u.q[1], in->id, o->family};

	return sl_hash_words(w, 6);
}

static int
is_same(struct cds_lfht_node *node, const void *key)
{
	struct mapping *a = sl_container_of(node, struct mapping, node);
	const struct mapping *b = key;

	/* All of it; pairs with new_mapping(). */
	(void)sl_load_acquire(&a->use);
	return a->outside == b->outside && a->inside.id == b->inside.id &&
	       memcmp(&a->inside.addr, &b->inside.addr,
		   sizeof(a->inside.addr)) == 0;
}

static bool
is_idle(struct mapping *m, uint64_t use, uint64_t now_ns)
{
	return (uint32_t)use == 0 &&
	       sl_load_relaxed(&m->idle_until_ns) <= now_ns;
}

/* False: it is over. */
static bool
hold(struct mapping *m, uint64_t now_ns)
{
	/* pairs with the release in let_go() */
	uint64_t use = sl_load_acquire(&m->use);

	do {
		if (use == DEAD || is_idle(m, use, now_ns))
			return false;
	} while (!sl_cas_acq_rel(&m->use, &use, use + GENERATION + 1));
	return true;
}

static void
let_go(struct mapping *m, uint64_t now_ns, uint64_t idle_ns)
{
	sl_store_relaxed(&m->idle_until_ns, now_ns + idle_ns);
	sl_sub_release(&m->use, 1); /* pairs with hold() and bury() */
}

static void
reclaim(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct mapping, rcu));
}

/* Ends a mapping that was idle too long; the generation tells whether somebody
 * took it up since we looked. */
static void
bury(struct mapping *m, uint64_t now_ns)
{
	/* pairs with the release in let_go() */
	uint64_t use = sl_load_acquire(&m->use);

	if (use == DEAD || !is_idle(m, use, now_ns) ||
	    !sl_cas_acq_rel(&m->use, &use, DEAD))
		return;
	cds_lfht_del(sl_rcu_read(&inside_table), &m->node);
	unclaim(m->outside, m->port);
	sl_add_relaxed(&n_mappings, -1u);
	sl_count(SL_COUNTER_MAPPING_EXPIRED, 1);
	sl_retire(&m->rcu, reclaim);
}

/* Ends what is over among the 64 ports of a word. */
static void
sweep_word(struct outside *o, uint32_t word, uint64_t now_ns)
{
	uint64_t set = sl_load_relaxed(&o->taken[word]);

	for (; set; set &= set - 1) {
		uint32_t port = word * 64 + (unsigned)__builtin_ctzll(set);
		/* pairs with the release in sl_ein_map() */
		struct mapping *m = sl_load_acquire(&o->at[port]);

		if (m)
			bury(m, now_ns);
	}
}

/* A port for the wish.  A small range that is full is looked through first for what
 * is over; a large one is left to the sweep. */
static bool
find_room(struct outside *o, const struct sl_ein_wish *wish, uint64_t now_ns,
    uint16_t *port)
{
	uint32_t first = wish->lo / 64u, last = wish->hi / 64u;

	if (claim_port(o, wish, port))
		return true;
	if (last - first > SMALL_WORDS)
		return false;
	for (uint32_t i = first; i <= last; i++)
		sweep_word(o, i, now_ns);
	return claim_port(o, wish, port);
}

static struct mapping *
find_inside(struct cds_lfht *table, const struct mapping *key)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	cds_lfht_lookup(table, hash_inside(&key->inside, key->outside), is_same,
	    key, &iter);
	node = cds_lfht_iter_get_node(&iter);
	return node ? sl_container_of(node, struct mapping, node) : NULL;
}

/* A mapping with a port of its own and one connection, seen by nobody. */
static struct mapping *
new_mapping(
    const struct mapping *key, const struct sl_ein_wish *wish, uint64_t now_ns)
{
	struct mapping *m;

	if (sl_add_relaxed(&n_mappings, 1) < SL_EIN_MAX &&
	    (m = malloc(sizeof(*m)))) {
		*m = *key;
		atomic_init(&m->idle_until_ns, 0);
		cds_lfht_node_init(&m->node);
		if (find_room(m->outside, wish, now_ns, &m->port)) {
			/* pairs with is_same() */
			sl_store_release(&m->use, GENERATION + 1);
			return m;
		}
		free(m);
	}
	sl_add_relaxed(&n_mappings, -1u);
	return NULL;
}

static struct mapping *
make_mapping(struct cds_lfht *table, const struct mapping *key,
    const struct sl_ein_wish *wish, uint64_t now_ns)
{
	struct mapping *m = new_mapping(key, wish, now_ns);

	if (!m)
		return NULL;
	if (cds_lfht_add_unique(table, hash_inside(&m->inside, m->outside),
		is_same, key, &m->node) == &m->node) {
		sl_count(SL_COUNTER_MAPPING_NEW, 1);
		return m;
	}
	unclaim(m->outside, m->port);
	free(m); /* nobody has seen it */
	sl_add_relaxed(&n_mappings, -1u);
	return NULL;
}

bool
sl_ein_map(const struct sl_ein_wish *wish, uint64_t now_ns, sl_be16 *id)
{
	struct cds_lfht *table = sl_rcu_read(&inside_table);
	struct mapping key = {.family = wish->family, .inside = wish->inside};
	struct mapping *m;

	if (!table)
		return false;
	key.outside = find_outside(wish->family, &wish->address);
	if (!key.outside)
		key.outside = make_outside(wish->family, &wish->address);
	for (unsigned i = 0; key.outside && i < TRIES; i++) {
		bool had = (m = find_inside(table, &key)) != NULL;

		if (!had)
			m = make_mapping(table, &key, wish, now_ns);
		if (m && (!had || hold(m, now_ns))) {
			/* Its maker may not have come to this yet; both hold
			 * it.  Pairs with find_port(). */
			sl_store_release(&m->outside->at[m->port], m);
			*id = htons(m->port);
			return true;
		}
		if (m)
			bury(m, now_ns);
	}
	return false;
}

/* Of whom a public end is.  NULL: nobody's. */
static struct mapping *
find_port(uint8_t family, const struct sl_ein_end *end)
{
	struct outside *o = find_outside(family, &end->addr);

	/* pairs with the release in sl_ein_map() */
	return o ? sl_load_acquire(&o->at[ntohs(end->id)]) : NULL;
}

bool
sl_ein_take(uint8_t family, const struct sl_ein_end *outside, uint64_t now_ns,
    struct sl_ein_end *inside)
{
	struct mapping *m = find_port(family, outside);

	if (!m || !hold(m, now_ns))
		return false;
	*inside = m->inside;
	return true;
}

bool
sl_ein_has(uint8_t family, const struct sl_ein_end *outside, uint64_t now_ns)
{
	struct mapping *m = find_port(family, outside);
	uint64_t use = m ? sl_load_acquire(&m->use) : DEAD;

	return use != DEAD && !is_idle(m, use, now_ns);
}

/* clang-format off */
SL_ATOMIC(uint64_t) *
sl_ein_ports(uint8_t family, const struct sl_addr *address)
/* clang-format on */
{
	struct outside *o = find_outside(family, address);

	return o ? o->taken : NULL;
}

void
sl_ein_put(uint8_t family, const struct sl_ein_end *outside, uint64_t now_ns,
    uint64_t idle_ns)
{
	struct mapping *m = find_port(family, outside);

	if (m)
		let_go(m, now_ns, idle_ns);
}

uint32_t
sl_ein_count(void)
{
	return sl_load_relaxed(&n_mappings);
}

/* Sweep. */

void
sl_ein_sweep(struct sl_ein_sweep *s, uint64_t now_ns)
{
	struct outside *o;

	if (!sl_ein_count() || now_ns < s->next_ns)
		return;
	s->next_ns = now_ns + SWEEP_NS;
	/* pairs with the exchange in make_outside() */
	for (uint32_t i = 0; i < SLOTS; i++) {
		if ((o = sl_load_acquire(&outsides[s->slot])))
			break;
		s->slot = (s->slot + 1) % SLOTS;
	}
	for (uint32_t i = 0; o && i < SWEEP_WORDS; i++)
		sweep_word(o, s->word++, now_ns);
	if (s->word < WORDS)
		return;
	s->word = 0;
	s->slot = (s->slot + 1) % SLOTS;
}

void
sl_ein_clear(void)
{
	struct cds_lfht *table = sl_rcu_swap(&inside_table, NULL);
	struct cds_lfht_iter iter;
	struct mapping *m;

	if (!table)
		return;
	sl_rcu_online();
	cds_lfht_for_each_entry(table, &iter, m, node)
	{
		cds_lfht_del(table, &m->node);
		sl_retire(&m->rcu, reclaim);
	}
	sl_rcu_offline();
	cds_lfht_destroy(table, NULL);
	for (uint32_t i = 0; i < SLOTS; i++)
		free(sl_exchange_acq_rel(&outsides[i], NULL));
	sl_store_relaxed(&n_mappings, 0);
	sl_store_relaxed(&n_outsides, 0);
}
