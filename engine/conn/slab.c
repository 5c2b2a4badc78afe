/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/slab.h>

#include <conn/pages.h>

#include <errno.h>

#define GENERATION_ONE (1ull << SL_SLAB_GENERATION_SHIFT)
#define GENERATION_MAX (UINT64_MAX >> SL_SLAB_GENERATION_SHIFT)

#if defined(__SANITIZE_ADDRESS__)
#define ASAN_HIDES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ASAN_HIDES 1
#endif
#endif
#ifdef ASAN_HIDES
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(addr, len)   ((void)(addr), (void)(len))
#define ASAN_UNPOISON_MEMORY_REGION(addr, len) ((void)(addr), (void)(len))
#endif

static size_t
chunk_len(const struct sl_slab *slab)
{
	return (size_t)slab->stride * SL_SLAB_CHUNK;
}

/* The parts that no reader with an old id may look at: all but the hot line's
 * second half and the id, which say that the slot is not that connection. */
static void
each_dead_part(struct sl_conn *c, void (*visit)(uint8_t *part, size_t len))
{
	uint8_t *base = (uint8_t *)c;
	size_t whole = c->family == SL_IPV6 ? sizeof(struct sl_conn6)
					    : sizeof(struct sl_conn4);

	visit(base, sizeof(c->key4));
	visit(base + offsetof(struct sl_conn, dirs), sizeof(c->dirs));
	visit(base + offsetof(struct sl_conn, priv),
	    whole - offsetof(struct sl_conn, priv));
}

#ifdef SL_POISON
static void
bury(uint8_t *part, size_t len)
{
	memset(part, SL_POISON_BYTE, len);
	ASAN_POISON_MEMORY_REGION(part, len);
}

static void
unearth(uint8_t *part, size_t len)
{
	ASAN_UNPOISON_MEMORY_REGION(part, len);
}
#endif

static void
wipe(uint8_t *part, size_t len)
{
	memset(part, 0, len);
}

int
sl_slab_init(struct sl_slab *slab, uint8_t family, uint8_t worker)
{
	*slab = (struct sl_slab){
	    .stride = family == SL_IPV6 ? SL_SLAB_STRIDE6 : SL_SLAB_STRIDE4,
	    .family = family,
	    .worker = worker,
	};
	slab->directory = sl_pages_new(
	    SL_SLAB_DIRECTORY * sizeof(slab->directory[0]), SL_PAGES_SMALL);
	return slab->directory ? 0 : -ENOMEM;
}

void
sl_slab_fini(struct sl_slab *slab)
{
	uint8_t *chunk;

	if (!slab->directory)
		return;
	for (uint32_t i = 0; i < SL_SLAB_DIRECTORY; i++) {
		chunk = sl_load_relaxed(&slab->directory[i]);
		if (!chunk)
			break;
		ASAN_UNPOISON_MEMORY_REGION(chunk, chunk_len(slab));
		sl_pages_free(chunk, chunk_len(slab));
	}
	sl_pages_free(
	    slab->directory, SL_SLAB_DIRECTORY * sizeof(slab->directory[0]));
	slab->directory = NULL;
}

static struct sl_conn *
take_new(struct sl_slab *slab)
{
	uint32_t number = sl_load_relaxed(&slab->used);
	uint32_t chunk_no = number >> SL_SLAB_CHUNK_BITS;
	uint8_t *chunk;
	struct sl_conn *c;

	if (number == SL_SLAB_MAX)
		return NULL;
	if (!sl_load_relaxed(&slab->directory[chunk_no])) {
		chunk = sl_pages_new(chunk_len(slab),
		    chunk_no ? SL_PAGES_LARGE : SL_PAGES_SMALL);
		if (!chunk)
			return NULL;
		sl_store_relaxed(&slab->directory[chunk_no], chunk);
	}
	c = sl_slab_at(slab, number);
	c->ref = sl_slab_ref(number, slab->family);
	c->family = slab->family;
	c->owner = slab->worker;
	sl_store_relaxed(&c->id, (uint64_t)slab->worker << 32 | c->ref);
	/* pairs with the acquire in sl_slab_used() */
	sl_store_release(&slab->used, number + 1);
	return c;
}

static struct sl_conn *
take_free(struct sl_slab *slab)
{
	struct sl_conn *c;

	while (slab->free) {
		c = sl_slab_at(slab, (slab->free - 1) >> 1);
		slab->free = c->wheel_next;
		if (sl_load_relaxed(&c->id) >> SL_SLAB_GENERATION_SHIFT <
		    GENERATION_MAX)
			return c;
	}
	return NULL;
}

/* Clears a slot but for ref, family and owner.  A stale reader may still look
 * at bits and id, hence atomic stores; 'bits' goes first so that the new id is
 * never seen with the old tenant's bits. */
static void
clear(struct sl_conn *c)
{
	sl_store_relaxed(&c->bits, 0);
	sl_store_release(&c->id, sl_load_relaxed(&c->id) + GENERATION_ONE);
	each_dead_part(c, wipe);
	c->l4proto = 0;
	c->zone = 0;
	c->tracker = 0;
	c->out_port = SL_PORT_NONE;
	c->filter_rule = 0;
	sl_store_relaxed(&c->mark, 0);
	sl_store_relaxed(&c->deadline_ns, 0);
	c->wheel_next = 0;
	c->wheel_prev = 0;
	sl_store_relaxed(&c->state, 0);
	sl_store_relaxed(&c->timeout, 0);
	c->wheel_slot = SL_CONN_NO_SLOT;
	for (int dir = 0; dir < SL_DIRS; dir++) {
		sl_store_relaxed(&c->rate_bytes_s[dir], 0);
		sl_store_relaxed(&c->rate_window[dir], 0);
	}
	sl_store_relaxed(&c->rate_start_ds, 0);
}

struct sl_conn *
sl_slab_take(struct sl_slab *slab)
{
	struct sl_conn *c = take_free(slab);

	if (!c)
		c = take_new(slab);
	if (!c)
		return NULL;
#ifdef SL_POISON
	each_dead_part(c, unearth);
#endif
	clear(c);
	return c;
}

void
sl_slab_give(struct sl_slab *slab, struct sl_conn *first, struct sl_conn *last)
{
	last->wheel_next = slab->free;
	slab->free = first->ref + 1;
#ifdef SL_POISON
	for (struct sl_conn *c = first;;
	     c = sl_slab_at(slab, (c->wheel_next - 1) >> 1)) {
		each_dead_part(c, bury);
		if (c == last)
			break;
	}
#endif
}
