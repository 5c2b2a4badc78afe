/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/deadlines.h>

#include <errno.h>

static void
put(struct sl_deadlines *q, uint32_t place, struct sl_deadline *d)
{
	q->heap[place] = d;
	d->place = place;
}

static void
sift_up(struct sl_deadlines *q, struct sl_deadline *d)
{
	uint32_t i = d->place;

	while (i > 0 && q->heap[(i - 1) / 2]->at_ns > d->at_ns) {
		put(q, i, q->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(q, i, d);
}

static void
sift_down(struct sl_deadlines *q, struct sl_deadline *d)
{
	uint32_t i = d->place, child;

	while ((child = 2 * i + 1) < q->n) {
		if (child + 1 < q->n &&
		    q->heap[child + 1]->at_ns < q->heap[child]->at_ns)
			child++;
		if (q->heap[child]->at_ns >= d->at_ns)
			break;
		put(q, i, q->heap[child]);
		i = child;
	}
	put(q, i, d);
}

int
sl_deadlines_add(struct sl_deadlines *q, struct sl_deadline *d, uint64_t at_ns)
{
	if (q->n == q->cap) {
		uint32_t cap = q->cap ? q->cap * 2 : 64;
		struct sl_deadline **heap =
		    realloc(q->heap, cap * sizeof(struct sl_deadline *));

		if (!heap)
			return -ENOMEM;
		q->heap = heap;
		q->cap = cap;
	}
	d->at_ns = at_ns;
	put(q, q->n++, d);
	sift_up(q, d);
	return 0;
}

void
sl_deadlines_move(struct sl_deadlines *q, struct sl_deadline *d, uint64_t at_ns)
{
	d->at_ns = at_ns;
	sift_up(q, d);
	sift_down(q, d);
}

void
sl_deadlines_remove(struct sl_deadlines *q, struct sl_deadline *d)
{
	struct sl_deadline *last = q->heap[--q->n];

	if (last != d) {
		put(q, d->place, last);
		sl_deadlines_move(q, last, last->at_ns);
	}
	if (q->n == 0) { /* nothing is left behind at exit */
		free(q->heap);
		q->heap = NULL;
		q->cap = 0;
	}
}

struct sl_deadline *
sl_deadlines_first(const struct sl_deadlines *q)
{
	return q->n ? q->heap[0] : NULL;
}
