/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/connlimit.h>

#include <base/counters.h>
#include <conn/pages.h>
#include <conn/slab.h>
#include <conn/watch.h>
#include <rule/connblock.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct connlimit {
	struct sl_memo memo;
	uint64_t number; /* slot << 32 | generation; SL_CONST */
};

/* SL_SHARED: a slot's generation, odd while a rule has it. */
static SL_ATOMIC(uint32_t) generations[SL_CONNLIMIT_RULES];
static uint32_t next_slot; /* control only */

/* One connection in one block. */
struct entry {
	struct entry *next; /* of the same connection */
	struct sl_connblock *block;
};

#define CHUNK	      (64u << 10)
#define CHUNK_ENTRIES ((CHUNK - sizeof(struct chunk)) / sizeof(struct entry))

struct chunk {
	struct chunk *next;
	struct entry entries[];
};

/* Heads of lists, by a connection's ref: as slabs have their slots. */
#define PAGE_REFS (2 * SL_SLAB_CHUNK)
#define PAGES	  SL_SLAB_DIRECTORY

/* SL_OWNED: a worker's. */
struct ledger {
	SL_ALIGNED(SL_CACHE_LINE) struct entry ***pages;
	struct entry *free;
	struct chunk *chunks;
	uint32_t n_new; /* never used entries of the first chunk */
};

static struct ledger *ledgers; /* SL_CONST while workers run */
static uint16_t n_ledgers;

/* Numbers. */

static void
reclaim(struct sl_rcu_head *head)
{
	struct connlimit *l = sl_container_of(head, struct connlimit, memo.rcu);

	/* pairs with the acquire in sl_connlimit_make() */
	sl_store_release(
	    &generations[l->number >> 32], (uint32_t)l->number + 1);
	free(l);
}

struct sl_memo *
sl_connlimit_make(const uint64_t params[SL_MEMO_PARAMS])
{
	struct connlimit *l;

	(void)params;
	for (uint32_t i = 0; i < SL_CONNLIMIT_RULES; i++) {
		uint32_t slot = next_slot++ % SL_CONNLIMIT_RULES;
		uint32_t was = sl_load_acquire(&generations[slot]);

		if (was & 1)
			continue;
		l = calloc(1, sizeof(*l));
		if (!l)
			return NULL;
		l->memo.reclaim = reclaim;
		l->number = (uint64_t)slot << 32 | (was + 1);
		sl_store_relaxed(&generations[slot], was + 1);
		return &l->memo;
	}
	return NULL;
}

/* Is the rule no more that had this number? */
static bool
is_past(uint64_t number)
{
	return sl_load_relaxed(&generations[number >> 32]) != (uint32_t)number;
}

/* Ledgers. */

static void
free_ledger(struct ledger *l)
{
	for (unsigned i = 0; l->pages && i < PAGES; i++)
		sl_pages_free(l->pages[i], PAGE_REFS * sizeof(**l->pages));
	sl_pages_free(l->pages, PAGES * sizeof(*l->pages));
	for (struct chunk *c = l->chunks, *next; c; c = next) {
		next = c->next;
		sl_pages_free(c, CHUNK);
	}
}

/* The head of a connection's list; NULL: there is none yet, and no memory for one
 * if it was to be made. */
static struct entry **
head_of(struct ledger *l, uint32_t ref, bool make)
{
	struct entry ***page = &l->pages[ref / PAGE_REFS];

	if (!*page && make)
		*page =
		    sl_pages_new(PAGE_REFS * sizeof(**page), SL_PAGES_SMALL);
	return *page ? &(*page)[ref % PAGE_REFS] : NULL;
}

static struct entry *
take_entry(struct ledger *l)
{
	struct entry *e = l->free;
	struct chunk *c;

	if (e) {
		l->free = e->next;
		return e;
	}
	if (!l->n_new) {
		c = sl_pages_new(CHUNK, SL_PAGES_SMALL);
		if (!c)
			return NULL;
		c->next = l->chunks;
		l->chunks = c;
		l->n_new = CHUNK_ENTRIES;
	}
	return &l->chunks->entries[--l->n_new];
}

static void
give_entry(struct ledger *l, struct entry **at)
{
	struct entry *e = *at;

	*at = e->next;
	sl_connblock_remove(e->block);
	e->next = l->free;
	l->free = e;
}

static void
forget_conn(struct sl_conn *c)
{
	struct ledger *l = &ledgers[c->owner];
	struct entry **head = head_of(l, c->ref, false);

	while (head && *head)
		give_entry(l, head);
}

int
sl_connlimit_init(uint16_t workers)
{
	SL_ASSERT(!ledgers);
	if (sl_connblock_init())
		return -ENOMEM;
	ledgers = aligned_alloc(SL_CACHE_LINE, workers * sizeof(*ledgers));
	if (!ledgers) {
		sl_connlimit_fini();
		return -ENOMEM;
	}
	memset(ledgers, 0, workers * sizeof(*ledgers));
	n_ledgers = workers;
	for (uint16_t i = 0; i < workers; i++) {
		ledgers[i].pages = sl_pages_new(
		    PAGES * sizeof(*ledgers->pages), SL_PAGES_SMALL);
		if (!ledgers[i].pages) {
			sl_connlimit_fini();
			return -ENOMEM;
		}
	}
	sl_conn_watch(SL_CONN_COUNTED, forget_conn);
	return 0;
}

void
sl_connlimit_fini(void)
{
	sl_conn_watch(SL_CONN_COUNTED, NULL);
	for (uint16_t i = 0; ledgers && i < n_ledgers; i++)
		free_ledger(&ledgers[i]);
	free(ledgers);
	ledgers = NULL;
	n_ledgers = 0;
	sl_connblock_fini();
}

/* Counting. */

static void
source_net(const struct sl_conn *c, uint8_t prefix_len, struct sl_addr *net)
{
	unsigned size = c->family == SL_IPV6 ? 16 : 4;
	struct sl_tuple t;

	sl_conn_tuple(c, SL_ORIG, &t);
	*net = t.src;
	for (unsigned i = 0; i < size; i++) {
		unsigned bits = prefix_len > i * 8 ? prefix_len - i * 8 : 0;

		net->u.b[i] &= (uint8_t)(0xff00 >> SL_MIN(bits, 8u));
	}
}

/* The block that the limit counts the connection in.  On the way entries of limits
 * that are no more go. */
static struct sl_connblock *
find_block(struct ledger *l, struct entry **at, uint64_t number)
{
	while (*at) {
		uint64_t limit = (*at)->block->limit;

		if (limit == number)
			return (*at)->block;
		if (sl_unlikely(is_past(limit)))
			give_entry(l, at);
		else
			at = &(*at)->next;
	}
	return NULL;
}

static uint32_t
add_conn(struct ledger *l, struct entry **head, uint64_t number,
    struct sl_conn *c, uint8_t prefix_len)
{
	struct entry *e = head ? take_entry(l) : NULL;
	struct sl_addr net;
	uint32_t count;

	if (!e)
		return UINT32_MAX;
	source_net(c, prefix_len, &net);
	e->block = sl_connblock_add(number, &net, &count);
	if (!e->block) {
		e->next = l->free;
		l->free = e;
		return UINT32_MAX;
	}
	e->next = *head;
	*head = e;
	sl_conn_set_bits_owned(c, SL_CONN_COUNTED);
	return count;
}

uint32_t
sl_connlimit_count(
    const struct sl_memo *memo, struct sl_conn *c, uint8_t prefix_len)
{
	uint64_t number = sl_container_of(memo, struct connlimit, memo)->number;
	struct ledger *l = &ledgers[c->owner];
	struct entry **head;
	struct sl_connblock *block;
	uint32_t count;

	SL_ASSERT(c->owner == sl_role_worker && c->owner < n_ledgers);
	/* Its end was told already: what is added now would stay for ever. */
	if (sl_conn_has(c, SL_CONN_DYING))
		return 0;
	head = head_of(l, c->ref, true);
	block = head ? find_block(l, head, number) : NULL;
	if (block)
		return sl_connblock_count(block);
	count = add_conn(l, head, number, c, prefix_len);
	if (count == UINT32_MAX)
		sl_count(SL_COUNTER_LIMIT_REFUSED, 1);
	return count;
}
