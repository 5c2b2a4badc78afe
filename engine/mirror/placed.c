/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/placed.h>

#include <errno.h>
#include <string.h>

struct set {
	uint8_t *records;
	size_t n, cap;
};

struct sl_placed {
	size_t size;
	int (*put)(bool add, const void *record, struct sl_err *err);
	struct set now, wanted;
};

struct sl_placed *
sl_placed_new(
    size_t size, int (*put)(bool add, const void *record, struct sl_err *err))
{
	struct sl_placed *p = calloc(1, sizeof(*p));

	if (p) {
		p->size = size;
		p->put = put;
	}
	return p;
}

void
sl_placed_free(struct sl_placed *p)
{
	if (!p)
		return;
	free(p->now.records);
	free(p->wanted.records);
	free(p);
}

void
sl_placed_begin(struct sl_placed *p)
{
	p->wanted.n = 0;
}

static uint8_t *
at(const struct sl_placed *p, const struct set *set, size_t i)
{
	return set->records + i * p->size;
}

static int
append(struct sl_placed *p, struct set *set, const void *record)
{
	if (set->n == set->cap) {
		size_t cap = set->cap ? set->cap * 2 : 16;
		uint8_t *bigger = realloc(set->records, cap * p->size);

		if (!bigger)
			return -ENOMEM;
		set->records = bigger;
		set->cap = cap;
	}
	memcpy(at(p, set, set->n++), record, p->size);
	return 0;
}

int
sl_placed_want(struct sl_placed *p, const void *record, struct sl_err *err)
{
	int rc = append(p, &p->wanted, record);

	return rc ? sl_err_set(err, rc, "out of memory") : 0;
}

static _Thread_local size_t compare_size; /* of the qsort under way */

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, compare_size);
}

static void
sort(struct sl_placed *p, struct set *set)
{
	compare_size = p->size;
	if (set->n)
		qsort(set->records, set->n, p->size, compare);
}

static bool
has(struct sl_placed *p, struct set *set, const void *record)
{
	compare_size = p->size;
	return set->n &&
	       bsearch(record, set->records, set->n, p->size, compare) != NULL;
}

int
sl_placed_commit(struct sl_placed *p, struct sl_err *err)
{
	struct set before = p->now;
	int rc = 0;

	sort(p, &before);
	sort(p, &p->wanted);
	for (size_t i = 0; i < before.n; i++)
		if (!has(p, &p->wanted, at(p, &before, i)))
			p->put(false, at(p, &before, i),
			    NULL); // may be gone already
	p->now = (struct set){0};
	for (size_t i = 0; i < p->wanted.n; i++) {
		uint8_t *record = at(p, &p->wanted, i);
		int one = 0;

		if (!has(p, &before, record))
			one = p->put(true, record, err);
		if (!one)
			one = append(p, &p->now, record);
		if (one < 0 && !rc)
			rc = one;
	}
	free(before.records);
	return rc ? sl_err_set(err, rc, "out of memory") : 0;
}

void
sl_placed_clear(struct sl_placed *p)
{
	for (size_t i = 0; i < p->now.n; i++)
		p->put(false, at(p, &p->now, i), NULL);
	p->now.n = 0;
}

void
sl_placed_forget(
    struct sl_placed *p, bool (*gone)(void *arg, const void *record), void *arg)
{
	size_t n = 0;

	for (size_t i = 0; i < p->now.n; i++)
		if (!gone(arg, at(p, &p->now, i)))
			memmove(
			    at(p, &p->now, n++), at(p, &p->now, i), p->size);
	p->now.n = n;
}
