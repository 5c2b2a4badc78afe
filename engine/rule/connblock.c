/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/connblock.h>

#include <base/hash.h>
#include <base/spin.h>
#include <conn/pages.h>

#include <errno.h>
#include <string.h>

#define STRIPES 256
#define BUCKETS 1024 /* of a stripe */
#define CHUNK	(64u << 10)

struct chunk {
	struct chunk *next;
	struct sl_connblock blocks[];
};

#define CHUNK_BLOCKS                                                           \
	((CHUNK - sizeof(struct chunk)) / sizeof(struct sl_connblock))

struct stripe {
	SL_ALIGNED(SL_CACHE_LINE) struct sl_spin lock;
	/* under the lock */
	struct sl_connblock *free;
	struct chunk *chunks;
	uint32_t n_new;	 /* never used blocks of the first chunk */
	uint64_t n_used; /* that have connections */
	struct sl_connblock *buckets[BUCKETS];
};

static struct stripe *stripes;

int
sl_connblock_init(void)
{
	SL_ASSERT(!stripes);
	stripes = sl_pages_new(STRIPES * sizeof(*stripes), SL_PAGES_SMALL);
	return stripes ? 0 : -ENOMEM;
}

void
sl_connblock_fini(void)
{
	for (unsigned i = 0; stripes && i < STRIPES; i++) {
		for (struct chunk *c = stripes[i].chunks, *next; c; c = next) {
			next = c->next;
			sl_pages_free(c, CHUNK);
		}
	}
	sl_pages_free(stripes, STRIPES * sizeof(*stripes));
	stripes = NULL;
}

static struct stripe *
find_stripe(
    uint64_t limit, const struct sl_addr *net, struct sl_connblock ***bucket)
{
	uint64_t words[3] = {limit, net->u.q[0], net->u.q[1]};
	uint64_t h = sl_hash_words(words, 3);
	struct stripe *s = &stripes[h % STRIPES];

	*bucket = &s->buckets[h / STRIPES % BUCKETS];
	return s;
}

/* A block that is nobody's; the lock is held. */
static struct sl_connblock *
take_locked(struct stripe *s)
{
	struct sl_connblock *b = s->free;
	struct chunk *c;

	if (b) {
		s->free = b->next;
		return b;
	}
	if (!s->n_new) {
		c = sl_pages_new(CHUNK, SL_PAGES_SMALL);
		if (!c)
			return NULL;
		c->next = s->chunks;
		s->chunks = c;
		s->n_new = CHUNK_BLOCKS;
	}
	return &s->chunks->blocks[--s->n_new];
}

static struct sl_connblock *
find_locked(struct sl_connblock *b, uint64_t limit, const struct sl_addr *net)
{
	while (b &&
	       (b->limit != limit || memcmp(&b->net, net, sizeof(b->net)) != 0))
		b = b->next;
	return b;
}

struct sl_connblock *
sl_connblock_add(uint64_t limit, const struct sl_addr *net, uint32_t *count)
{
	struct sl_connblock **bucket, *b;
	struct stripe *s = find_stripe(limit, net, &bucket);

	sl_spin_lock(&s->lock);
	b = find_locked(*bucket, limit, net);
	if (!b && (b = take_locked(s))) {
		b->net = *net;
		b->limit = limit;
		sl_store_relaxed(&b->count, 0);
		b->next = *bucket;
		*bucket = b;
		s->n_used++;
	}
	if (b) {
		*count = sl_load_relaxed(&b->count) + 1;
		sl_store_relaxed(&b->count, *count);
	}
	sl_spin_unlock(&s->lock);
	return b;
}

void
sl_connblock_remove(struct sl_connblock *b)
{
	struct sl_connblock **at;
	struct stripe *s = find_stripe(b->limit, &b->net, &at);
	uint32_t left;

	sl_spin_lock(&s->lock);
	left = sl_load_relaxed(&b->count) - 1;
	sl_store_relaxed(&b->count, left);
	if (!left) {
		while (*at != b)
			at = &(*at)->next;
		*at = b->next;
		b->next = s->free;
		s->free = b;
		s->n_used--;
	}
	sl_spin_unlock(&s->lock);
}

uint64_t
sl_connblock_total(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < STRIPES; i++) {
		sl_spin_lock(&stripes[i].lock);
		n += stripes[i].n_used;
		sl_spin_unlock(&stripes[i].lock);
	}
	return n;
}
