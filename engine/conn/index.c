/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/index.h>

#include <conn/pages.h>

#include <errno.h>
#include <string.h>

static uint64_t
array_places(const struct sl_array *array)
{
	return (uint64_t)SL_INDEX_ENTRIES << array->bits;
}

static struct sl_array *
array_new(uint32_t bits)
{
	size_t len =
	    sizeof(struct sl_array) + (sizeof(struct sl_bucket) << bits);
	struct sl_array *array = sl_pages_new(
	    len, len > SL_PAGES_HUGE ? SL_PAGES_LARGE : SL_PAGES_SMALL);

	if (!array)
		return NULL;
	array->bits = bits;
	array->len = len;
	return array;
}

static void
array_reclaim(struct sl_rcu_head *head)
{
	struct sl_array *array = sl_container_of(head, struct sl_array, rcu);

	sl_pages_free(array, array->len);
}

/* The array being filled, or NULL. */
static struct sl_array *
array_next(const struct sl_array *array)
{
	return sl_rcu_own(&((struct sl_array *)(uintptr_t)array)->next);
}

static struct sl_array *
own_current(const struct sl_index *index)
{
	return sl_rcu_own(&((struct sl_index *)(uintptr_t)index)->current);
}

int
sl_index_init(struct sl_index *index)
{
	struct sl_array *array = array_new(SL_INDEX_MIN_BITS);

	memset(index, 0, sizeof(*index));
	if (!array)
		return -ENOMEM;
	sl_rcu_init(&index->current, array);
	return 0;
}

void
sl_index_fini(struct sl_index *index)
{
	struct sl_array *array = own_current(index), *next;

	for (; array; array = next) {
		next = array_next(array);
		sl_pages_free(array, array->len);
	}
	sl_rcu_init(&index->current, NULL);
}

static int
empty_place(struct sl_bucket *bucket)
{
	for (int i = 0; i < SL_INDEX_ENTRIES; i++)
		if (sl_load_relaxed(&bucket->entries[i]) == 0)
			return i;
	return -1;
}

static void
add_overflow(struct sl_bucket *bucket, int32_t by)
{
	/* pairs with the acquire of overflow in sl_array_find() */
	sl_store_release(&bucket->overflow,
	    sl_load_relaxed(&bucket->overflow) + (uint32_t)by);
}

/* The caller has made sure that there is an empty place. */
static void
store_entry(struct sl_array *array, uint64_t entry)
{
	uint32_t b = sl_array_home(array, (uint32_t)(entry >> 32));
	int place;

	while ((place = empty_place(&array->buckets[b])) < 0) {
		add_overflow(&array->buckets[b], 1);
		b = sl_array_after(array, b);
	}
	/* pairs with the acquire in sl_bucket_match() and sl_bucket_link() */
	sl_store_release(&array->buckets[b].entries[place], entry);
}

/* Clears one place of bucket 'b' and the counts on the way to it. */
static void
clear_place(struct sl_array *array, uint32_t b, unsigned place)
{
	SL_ATOMIC(uint64_t) *entry = &array->buckets[b].entries[place];
	uint32_t tag = (uint32_t)(sl_load_relaxed(entry) >> 32);

	sl_store_release(entry, 0);
	for (uint32_t h = sl_array_home(array, tag); h != b;
	     h = sl_array_after(array, h))
		add_overflow(&array->buckets[h], -1);
}

static bool
erase_from(struct sl_array *array, uint64_t entry)
{
	uint32_t home = sl_array_home(array, (uint32_t)(entry >> 32)), b = home;

	do {
		struct sl_bucket *bucket = &array->buckets[b];

		for (unsigned i = 0; i < SL_INDEX_ENTRIES; i++) {
			if (sl_load_relaxed(&bucket->entries[i]) != entry)
				continue;
			clear_place(array, b, i);
			return true;
		}
		if (sl_load_relaxed(&bucket->overflow) == 0)
			return false;
		b = sl_array_after(array, b);
	} while (b != home);
	return false;
}

static void
migrate_bucket(struct sl_array *from, struct sl_array *to, uint32_t b)
{
	struct sl_bucket *bucket = &from->buckets[b];

	for (unsigned i = 0; i < SL_INDEX_ENTRIES; i++) {
		uint64_t entry = sl_load_relaxed(&bucket->entries[i]);

		if (entry == 0)
			continue;
		store_entry(to, entry);
		clear_place(from, b, i);
	}
}

bool
sl_index_is_growing(const struct sl_index *index)
{
	return array_next(own_current(index)) != NULL;
}

void
sl_index_step(struct sl_index *index, uint32_t buckets)
{
	struct sl_array *from = own_current(index), *to = array_next(from);

	if (!to)
		return;
	for (; buckets > 0 && index->migrated >> from->bits == 0; buckets--)
		migrate_bucket(from, to, (uint32_t)index->migrated++);
	if (index->migrated >> from->bits == 0)
		return;
	/* Every entry is in 'to'; who still reads 'from' goes on to 'to'. */
	sl_rcu_publish(&index->current, to);
	sl_retire(&from->rcu, array_reclaim);
}

/* True if 'n' more entries keep 'array' at or below 'percent'. */
static bool
fits(const struct sl_index *index, const struct sl_array *array, unsigned n,
    unsigned percent)
{
	return (index->entries + n) * 100 <= array_places(array) * percent;
}

/* A refused grow is tried again after as many insertions as it takes to fill
 * one percent of the places, not with every packet, until places run out. */
static void
begin_grow(struct sl_index *index, struct sl_array *array, unsigned n)
{
	struct sl_array *next;

	if (array->bits == SL_INDEX_MAX_BITS)
		return;
	if (index->entries < index->refused_until &&
	    fits(index, array, n, SL_INDEX_HARD))
		return;
	next = array_new(array->bits + 1);
	if (!next) {
		index->refused_until =
		    index->entries + array_places(array) / 100;
		return;
	}
	index->refused_until = 0;
	index->migrated = 0;
	sl_rcu_publish(&array->next, next);
}

int
sl_index_reserve(struct sl_index *index, unsigned n)
{
	struct sl_array *array = own_current(index);

	if (!array_next(array) && !fits(index, array, n, SL_INDEX_FULL))
		begin_grow(index, array, n);
	if (array_next(array))
		return 0;
	return fits(index, array, n, SL_INDEX_HARD) ? 0 : -ENOMEM;
}

void
sl_index_insert(struct sl_index *index, uint32_t tag, uint32_t link)
{
	struct sl_array *array = own_current(index), *next = array_next(array);

	store_entry(next ? next : array, (uint64_t)tag << 32 | link);
	index->entries++;
	sl_index_step(index, SL_INDEX_STEP);
}

void
sl_index_erase(struct sl_index *index, uint32_t tag, uint32_t link)
{
	struct sl_array *array = own_current(index), *next = array_next(array);
	uint64_t entry = (uint64_t)tag << 32 | link;
	bool erased =
	    erase_from(array, entry) || (next && erase_from(next, entry));

	SL_ASSERT(erased);
	index->entries--;
}

size_t
sl_index_bytes(const struct sl_index *index)
{
	size_t bytes = 0;

	for (struct sl_array *a = sl_index_current(index); a;
	     a = sl_rcu_read(&a->next))
		bytes += a->len;
	return bytes;
}
