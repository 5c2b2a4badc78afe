/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/addrlist.h>

#include <base/addr.h>
#include <base/hash.h>
#include <rule/deadlines.h>

#include <endian.h>
#include <errno.h>
#include <string.h>

#define FIRST_SLOTS 16

typedef unsigned __int128 u128;

/* What readers see. */
struct slot {
	SL_ATOMIC(uint64_t) tag; /* 0: never used; else see tag_of() */
	struct sl_addr addr;
	SL_ATOMIC(uint64_t) deadline; /* 0: removed */
};
_Static_assert(sizeof(struct slot) == 32, "two slots a cache line");

struct table {
	/* SL_CONST */
	struct sl_rcu_head rcu;
	uint32_t mask; /* slots - 1 */
	/* SL_SHARED: control writes; lengths present, release */
	SL_ATOMIC(uint64_t) lens[3];
	/* control only */
	uint32_t used; /* slots with a tag */
	struct slot slots[];
};

/* One prefix of one entry.  Control only. */
struct claim {
	struct claim *next; /* of the same slot */
	struct sl_addrlist_entry *entry;
	struct sl_addr addr;
	uint8_t len;
};

struct sl_addrlist {
	/* SL_CONST */
	struct sl_rcu_head rcu;
	uint8_t family;
	/* SL_SHARED */
	SL_RCU_PTR(struct table) table;
	/* control only */
	struct sl_addrlist *next; /* of all lists */
	uint32_t refs;
	uint32_t n_len[129]; /* live prefixes of each length */
	uint32_t n_prefixes;
	struct claim **claims; /* first claim of each slot, beside the table */
	char name[];
};

struct sl_addrlist_entry {
	struct sl_deadline timer; /* armed unless forever */
	struct sl_addrlist *list;
	void *owner;
	uint64_t deadline;
	uint32_t n_claims;
	struct claim claims[];
};

/* Lists are found by the hash of their name; control only. */
static struct {
	struct sl_addrlist **buckets;
	uint32_t n_buckets, n; /* a power of two, or 0 */
} names;
static struct sl_deadlines deadlines;

static uint64_t
hash_key(uint8_t family, const struct sl_addr *addr, unsigned len)
{
	uint64_t w[3];

	if (family == SL_IPV4) {
		w[0] = (uint64_t)addr->u.w[0] << 32 | len;
		return sl_hash_words(w, 1);
	}
	w[0] = addr->u.q[0];
	w[1] = addr->u.q[1];
	w[2] = len;
	return sl_hash_words(w, 3);
}

/* The first 'len' bits of an address, the rest zero. */
static void
mask_addr(uint8_t family, const struct sl_addr *addr, unsigned len,
    struct sl_addr *out)
{
	uint64_t hi = ~0ull, lo = ~0ull;

	memset(out, 0, sizeof(*out));
	if (family == SL_IPV4) {
		out->u.w[0] = len ? addr->u.w[0] & htonl(~0u << (32 - len)) : 0;
		return;
	}
	if (len < 64)
		hi = len ? ~0ull << (64 - len) : 0;
	if (len < 128)
		lo = len > 64 ? ~0ull << (128 - len) : 0;
	out->u.q[0] = addr->u.q[0] & htobe64(hi);
	out->u.q[1] = addr->u.q[1] & htobe64(lo);
}

/* Tables. */

static struct table *
table_new(uint32_t slots)
{
	struct table *t = calloc(1, sizeof(*t) + slots * sizeof(struct slot));

	if (t)
		t->mask = slots - 1;
	return t;
}

static void
table_reclaim(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct table, rcu));
}

static uint64_t
tag_of(unsigned len)
{
	return len + 1u;
}

/* The slot of a key (*found), or the free one where it belongs.  There always
 * is one: half of the slots are free.  A reader must go by *found: the free slot
 * may be another key's by the time it looks again. */
static struct slot *
table_probe(struct table *t, uint8_t family, const struct sl_addr *addr,
    unsigned len, bool *found)
{
	uint32_t i = (uint32_t)hash_key(family, addr, len) & t->mask;

	for (;; i = (i + 1) & t->mask) {
		struct slot *s = &t->slots[i];
		/* pairs with table_insert() */
		uint64_t tag = sl_load_acquire(&s->tag);

		*found = tag == tag_of(len) &&
			 memcmp(&s->addr, addr, sizeof(*addr)) == 0;
		if (!tag || *found)
			return s;
	}
}

/* The same for control, the only one who fills slots. */
static struct slot *
table_find(
    struct table *t, uint8_t family, const struct sl_addr *addr, unsigned len)
{
	bool found;

	return table_probe(t, family, addr, len, &found);
}

static void
lens_set(struct table *t, unsigned len)
{
	SL_ATOMIC(uint64_t) *w = &t->lens[len / 64];

	/* The slot is there before a reader looks for its length; pairs with
	 * the acquire in the lookup. */
	sl_store_release(w, sl_load_relaxed(w) | 1ull << (len % 64));
}

static void
lens_clear(struct table *t, unsigned len)
{
	SL_ATOMIC(uint64_t) *w = &t->lens[len / 64];

	sl_store_relaxed(w, sl_load_relaxed(w) & ~(1ull << (len % 64)));
}

/* Makes the key live until 'deadline'; the slot may be new or removed. */
static struct slot *
table_insert(struct table *t, uint8_t family, const struct sl_addr *addr,
    unsigned len, uint64_t deadline)
{
	struct slot *s = table_find(t, family, addr, len);

	sl_store_relaxed(&s->deadline, deadline);
	if (!sl_load_relaxed(&s->tag)) {
		s->addr = *addr;
		t->used++;
		/* key before tag; pairs with table_probe() */
		sl_store_release(&s->tag, tag_of(len));
	}
	lens_set(t, len);
	return s;
}

/* Room for 'more' keys: at most half of the slots in use, counted anew
 * without the removed ones. */
static int
make_room(struct sl_addrlist *list, uint32_t more)
{
	struct table *old = sl_rcu_own(&list->table), *t;
	uint32_t slots = FIRST_SLOTS;
	struct claim **claims;

	if (old && old->used + more <= (old->mask + 1) / 2)
		return 0;
	/* Twice what is needed now, so that the next grow is far away. */
	while (slots < (list->n_prefixes + more) * 4)
		slots *= 2;
	t = table_new(slots);
	claims = calloc(slots, sizeof(struct claim *));
	if (!t || !claims) {
		free(t);
		free(claims);
		return -ENOMEM;
	}
	for (uint32_t i = 0; old && i <= old->mask; i++) {
		struct slot *s = &old->slots[i], *to;

		if (!list->claims[i])
			continue;
		to = table_insert(t, list->family, &s->addr,
		    list->claims[i]->len, sl_load_relaxed(&s->deadline));
		claims[to - t->slots] = list->claims[i];
	}
	sl_rcu_publish(&list->table, t);
	free(list->claims);
	list->claims = claims;
	if (old)
		sl_retire(&old->rcu, table_reclaim);
	return 0;
}

/* Lists. */

static struct sl_addrlist **
name_bucket(uint8_t family, const char *name)
{
	uint32_t h = family;

	while (*name)
		h = h * 31 + (uint8_t)*name++;
	return &names.buckets[h & (names.n_buckets - 1)];
}

static struct sl_addrlist *
find_name(uint8_t family, const char *name)
{
	struct sl_addrlist *l;

	l = names.n_buckets ? *name_bucket(family, name) : NULL;
	while (l && (l->family != family || strcmp(l->name, name) != 0))
		l = l->next;
	return l;
}

static void
link_name(struct sl_addrlist *l)
{
	struct sl_addrlist **bucket = name_bucket(l->family, l->name);

	l->next = *bucket;
	*bucket = l;
}

/* A bucket for each list; fuller ones when there is no memory for more. */
static bool
grow_names(void)
{
	struct sl_addrlist **old = names.buckets, *l, *next;
	uint32_t n_old = names.n_buckets, n = n_old ? n_old * 2 : 64;
	struct sl_addrlist **bigger;

	if (names.n < n_old)
		return true;
	bigger = calloc(n, sizeof(struct sl_addrlist *));
	if (!bigger)
		return n_old > 0;
	names.buckets = bigger;
	names.n_buckets = n;
	for (uint32_t i = 0; i < n_old; i++) {
		for (l = old[i]; l; l = next) {
			next = l->next;
			link_name(l);
		}
	}
	free(old);
	return true;
}

struct sl_addrlist *
sl_addrlist_get(uint8_t family, const char *name)
{
	struct sl_addrlist *l = find_name(family, name);
	size_t size = strlen(name) + 1;

	if (l) {
		l->refs++;
		return l;
	}
	l = grow_names() ? calloc(1, sizeof(*l) + size) : NULL;
	if (!l)
		return NULL;
	l->family = family;
	l->refs = 1;
	memcpy(l->name, name, size);
	sl_rcu_init(&l->table, NULL);
	link_name(l);
	names.n++;
	return l;
}

static void
list_reclaim(struct sl_rcu_head *head)
{
	struct sl_addrlist *l = sl_container_of(head, struct sl_addrlist, rcu);

	free(sl_rcu_own(&l->table));
	free(l->claims);
	free(l);
}

void
sl_addrlist_put(struct sl_addrlist *l)
{
	struct sl_addrlist **at;

	if (!l || --l->refs > 0)
		return;
	at = name_bucket(l->family, l->name);
	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	if (--names.n == 0) { /* nothing is left behind at exit */
		free(names.buckets);
		names.buckets = NULL;
		names.n_buckets = 0;
	}
	sl_retire(&l->rcu, list_reclaim);
}

const char *
sl_addrlist_name(const struct sl_addrlist *l)
{
	return l->name;
}

uint8_t
sl_addrlist_family(const struct sl_addrlist *l)
{
	return l->family;
}

/* Entries. */

/* Calls for each of the prefixes that min..max is made of, at most two per
 * length; returns how many. */
static uint32_t
each_prefix(uint8_t family, const struct sl_addr *min,
    const struct sl_addr *max, struct claim *claims)
{
	unsigned width = family == SL_IPV4 ? 32 : 128;
	u128 at = sl_addr_number(family, min),
	     last = sl_addr_number(family, max);
	uint32_t n = 0;

	for (;;) {
		unsigned bits = 0;
		u128 end = at; /* last address of the prefix so far */

		/* The largest aligned block that starts here and fits. */
		while (bits < width && !(at >> bits & 1) &&
		       (end | (u128)1 << bits) <= last) {
			end |= (u128)1 << bits;
			bits++;
		}
		if (claims) {
			sl_addr_set_number(family, at, &claims[n].addr);
			claims[n].len = (uint8_t)(width - bits);
		}
		n++;
		if (end >= last)
			return n;
		at = end + 1;
	}
}

/* The slot's deadline is the latest of its claims; none: removed. */
static void
settle(struct sl_addrlist *list, struct slot *s, unsigned len)
{
	struct table *t = sl_rcu_own(&list->table);
	const struct claim *first = list->claims[s - t->slots];
	uint64_t was = sl_load_relaxed(&s->deadline), deadline = 0;

	for (const struct claim *c = first; c; c = c->next)
		deadline = SL_MAX(deadline, c->entry->deadline);
	sl_store_relaxed(&s->deadline, deadline);
	if (!was && first) {
		list->n_prefixes++;
		list->n_len[len]++;
	} else if (!first) {
		list->n_prefixes--;
		if (--list->n_len[len] == 0)
			lens_clear(t, len);
	}
}

static void
claim_slot(struct sl_addrlist *list, struct claim *c)
{
	struct table *t = sl_rcu_own(&list->table);
	struct slot *s = table_find(t, list->family, &c->addr, c->len);
	uint64_t was =
	    sl_load_relaxed(&s->tag) ? sl_load_relaxed(&s->deadline) : 0;
	struct claim **first;

	s = table_insert(t, list->family, &c->addr, c->len, was);
	first = &list->claims[s - t->slots];
	c->next = *first;
	*first = c;
	settle(list, s, c->len);
}

static void
unclaim_slot(struct sl_addrlist *list, struct claim *c)
{
	struct table *t = sl_rcu_own(&list->table);
	struct slot *s = table_find(t, list->family, &c->addr, c->len);
	struct claim **at = &list->claims[s - t->slots];

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	settle(list, s, c->len);
}

struct sl_addrlist_entry *
sl_addrlist_add(struct sl_addrlist *list, const struct sl_addr *min,
    const struct sl_addr *max, uint64_t deadline_ns, struct sl_err *err)
{
	uint32_t n = each_prefix(list->family, min, max, NULL);
	struct sl_addrlist_entry *e;

	deadline_ns = SL_MAX(deadline_ns, (uint64_t)1); /* 0 means removed */
	e = calloc(1, sizeof(*e) + n * sizeof(struct claim));
	if (!e || make_room(list, n) ||
	    (deadline_ns != SL_ADDRLIST_FOREVER &&
		sl_deadlines_add(&deadlines, &e->timer, deadline_ns))) {
		free(e);
		sl_err_sys(err, -ENOMEM, "address list %s", list->name);
		return NULL;
	}
	each_prefix(list->family, min, max, e->claims);
	e->list = list;
	e->deadline = deadline_ns;
	e->n_claims = n;
	list->refs++;
	for (uint32_t i = 0; i < n; i++) {
		e->claims[i].entry = e;
		claim_slot(list, &e->claims[i]);
	}
	return e;
}

void
sl_addrlist_set_deadline(struct sl_addrlist_entry *e, uint64_t deadline_ns)
{
	struct sl_addrlist *list = e->list;

	/* An entry without a timer stays so: it is configuration. */
	if (e->deadline == SL_ADDRLIST_FOREVER)
		return;
	e->deadline = SL_MAX(deadline_ns, (uint64_t)1);
	if (e->deadline == SL_ADDRLIST_FOREVER)
		sl_deadlines_remove(&deadlines, &e->timer);
	else
		sl_deadlines_move(&deadlines, &e->timer, e->deadline);
	for (uint32_t i = 0; i < e->n_claims; i++) {
		const struct claim *c = &e->claims[i];

		settle(list,
		    table_find(sl_rcu_own(&list->table), list->family, &c->addr,
			c->len),
		    c->len);
	}
}

uint64_t
sl_addrlist_deadline(const struct sl_addrlist_entry *e)
{
	return e->deadline;
}

void
sl_addrlist_remove(struct sl_addrlist_entry *e)
{
	if (e->deadline != SL_ADDRLIST_FOREVER)
		sl_deadlines_remove(&deadlines, &e->timer);
	for (uint32_t i = 0; i < e->n_claims; i++)
		unclaim_slot(e->list, &e->claims[i]);
	sl_addrlist_put(e->list);
	free(e);
}

void
sl_addrlist_set_owner(struct sl_addrlist_entry *e, void *owner)
{
	e->owner = owner;
}

void *
sl_addrlist_owner(const struct sl_addrlist_entry *e)
{
	return e->owner;
}

struct sl_addrlist_entry *
sl_addrlist_expired(uint64_t now_ns)
{
	struct sl_deadline *d = sl_deadlines_first(&deadlines);

	if (!d || d->at_ns > now_ns)
		return NULL;
	return sl_container_of(d, struct sl_addrlist_entry, timer);
}

/* Lookup. */

bool
sl_addrlist_until_rcu(const struct sl_addrlist *l, const struct sl_addr *addr,
    uint64_t now_ns, uint64_t *deadline_ns)
{
	struct table *t = sl_rcu_read(&l->table);
	uint64_t latest = 0;

	for (unsigned w = 0; t && w < SL_COUNT_OF(t->lens); w++) {
		/* pairs with lens_set() */
		uint64_t lens = sl_load_acquire(&t->lens[w]);

		for (; lens; lens &= lens - 1) {
			unsigned len = w * 64 + (unsigned)__builtin_ctzll(lens);
			struct sl_addr key;
			struct slot *s;
			bool found;

			mask_addr(l->family, addr, len, &key);
			s = table_probe(t, l->family, &key, len, &found);
			if (found)
				latest = SL_MAX(
				    latest, sl_load_relaxed(&s->deadline));
		}
	}
	*deadline_ns = latest;
	return latest > now_ns;
}

bool
sl_addrlist_has_rcu(
    const struct sl_addrlist *l, const struct sl_addr *addr, uint64_t now_ns)
{
	uint64_t latest;

	return sl_addrlist_until_rcu(l, addr, now_ns, &latest);
}
