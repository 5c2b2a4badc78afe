/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/known_items.h>

#include <errno.h>
#include <stdlib.h>

struct sl_known_item {
	struct sl_known_item *next;
	struct sl_item *item;
	uint64_t hash;
};

static struct sl_known_item **
bucket_of(const struct sl_known_items *t, uint64_t hash)
{
	return &t->buckets[hash & (t->n_buckets - 1)];
}

static int
grow(struct sl_known_items *t)
{
	struct sl_known_items wide = {.n = t->n};
	struct sl_known_item *k, *next;

	wide.n_buckets = t->n_buckets ? t->n_buckets * 2 : 64;
	wide.buckets = calloc(wide.n_buckets, sizeof(struct sl_known_item *));
	if (!wide.buckets)
		return -ENOMEM;
	for (uint32_t i = 0; i < t->n_buckets; i++) {
		for (k = t->buckets[i]; k; k = next) {
			struct sl_known_item **b = bucket_of(&wide, k->hash);

			next = k->next;
			k->next = *b;
			*b = k;
		}
	}
	free(t->buckets);
	*t = wide;
	return 0;
}

int
sl_known_items_add(
    struct sl_known_items *t, uint64_t hash, struct sl_item *item)
{
	struct sl_known_item *k, **bucket;

	if (t->n >= t->n_buckets && grow(t))
		return -ENOMEM;
	k = malloc(sizeof(*k));
	if (!k)
		return -ENOMEM;
	bucket = bucket_of(t, hash);
	*k = (struct sl_known_item){*bucket, item, hash};
	*bucket = k;
	t->n++;
	return 0;
}

void
sl_known_items_remove(
    struct sl_known_items *t, uint64_t hash, const struct sl_item *item)
{
	struct sl_known_item **at, *k;

	if (!t->n_buckets)
		return;
	for (at = bucket_of(t, hash); (k = *at) != NULL; at = &k->next) {
		if (k->item != item)
			continue;
		*at = k->next;
		free(k);
		t->n--;
		return;
	}
}

struct sl_item *
sl_known_items_find(const struct sl_known_items *t, uint64_t hash,
    bool (*is_it)(const struct sl_item *, const void *arg), const void *arg)
{
	const struct sl_known_item *k =
	    t->n_buckets ? *bucket_of(t, hash) : NULL;

	for (; k; k = k->next)
		if (k->hash == hash && is_it(k->item, arg))
			return k->item;
	return NULL;
}

void
sl_known_items_fini(struct sl_known_items *t)
{
	for (uint32_t i = 0; i < t->n_buckets; i++) {
		struct sl_known_item *k = t->buckets[i], *next;

		for (; k; k = next) {
			next = k->next;
			free(k);
		}
	}
	free(t->buckets);
	*t = (struct sl_known_items){0};
}
