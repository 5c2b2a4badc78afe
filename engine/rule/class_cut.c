/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/class_cut.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CELLS_A_RULE 16u /* a rule that touches more goes to the rest */

/* One span of a rule within the region, first in ranks, then in cells. */
struct sl_class_reach {
	uint32_t lo, hi;
};

int
sl_class_cut_init(struct sl_class_cut *cut, struct sl_class_space *space)
{
	struct sl_arena *a = &space->memory;
	size_t most = 0;

	*cut = (struct sl_class_cut){.space = space};
	for (unsigned i = 0; i < SL_CLASS_AXES; i++)
		most = SL_MAX(most, (size_t)space->axis[i].n_spans);
	/* A rule that fills the region is written, then taken back. */
	cut->reaches =
	    sl_arena_alloc(a, (most + SL_CLASS_SPANS) * sizeof(*cut->reaches));
	cut->first = sl_arena_alloc(
	    a, ((size_t)space->n_rules + 1) * sizeof(*cut->first));
	cut->cuts = sl_arena_alloc(a, (2 * most + 1) * sizeof(*cut->cuts));
	cut->filled = sl_arena_alloc(a, (2 * most + 2) * sizeof(*cut->filled));
	return cut->reaches && cut->first && cut->cuts && cut->filled ? 0
								      : -ENOMEM;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
sort_cuts(struct sl_class_cut *cut, uint32_t n)
{
	uint32_t last = 0;

	qsort(cut->cuts, n, sizeof(*cut->cuts), by_number);
	for (uint32_t i = 1; i < n; i++)
		if (cut->cuts[i] != cut->cuts[last])
			cut->cuts[++last] = cut->cuts[i];
	cut->n_cuts = last + 1;
}

/* The spans of a rule that lie in the region; none if they fill it. */
static uint32_t
clip_spans(const struct sl_class_span *spans, uint32_t n,
    struct sl_class_span region, struct sl_class_reach *out)
{
	uint32_t n_out = 0;

	for (const struct sl_class_span *s = spans; s < spans + n; s++) {
		if (s->hi < region.lo || s->lo > region.hi)
			continue;
		if (s->lo <= region.lo && s->hi >= region.hi)
			return 0;
		out[n_out].lo = SL_MAX(s->lo, region.lo);
		out[n_out++].hi = SL_MIN(s->hi, region.hi);
	}
	return n_out;
}

/* Where the reaches from 'from' up to 'end' begin and end in the region. */
static uint32_t
add_cuts(struct sl_class_cut *cut, uint32_t n_cuts, uint32_t from, uint32_t end,
    struct sl_class_span region)
{
	for (uint32_t i = from; i < end; i++) {
		const struct sl_class_reach *r = &cut->reaches[i];

		if (r->lo > region.lo)
			cut->cuts[n_cuts++] = r->lo;
		if (r->hi < region.hi)
			cut->cuts[n_cuts++] = r->hi + 1;
	}
	return n_cuts;
}

/* Number of cuts <= rank. */
static uint32_t
cell_of(const struct sl_class_cut *cut, uint32_t rank)
{
	uint32_t lo = 0, hi = cut->n_cuts;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (cut->cuts[mid] <= rank)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
sl_class_cut_look(struct sl_class_cut *cut, enum sl_class_axis axis,
    struct sl_class_span region, const uint32_t *rules, uint32_t n)
{
	const struct sl_class_cover *covers = cut->space->axis[axis].covers;
	const struct sl_class_span *spans = cut->space->axis[axis].spans;
	uint32_t end = 0, n_cuts = 0;

	if (!covers || region.lo >= region.hi)
		return false;
	cut->rules = rules;
	cut->n = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct sl_class_cover *c = &covers[rules[i]];

		cut->first[i] = end;
		end += clip_spans(
		    &spans[c->first], c->n, region, &cut->reaches[end]);
		n_cuts = add_cuts(cut, n_cuts, cut->first[i], end, region);
	}
	cut->first[n] = end;
	cut->looks += SL_MAX(end, n);
	if (!n_cuts)
		return false;
	sort_cuts(cut, n_cuts);
	for (uint32_t i = 0; i < end; i++) {
		cut->reaches[i].lo = cell_of(cut, cut->reaches[i].lo);
		cut->reaches[i].hi = cell_of(cut, cut->reaches[i].hi);
	}
	return true;
}

/* How many cells the i-th rule touches, two spans in one cell counted once. */
static uint32_t
count_cells(const struct sl_class_cut *cut, uint32_t i)
{
	uint32_t n = 0, next = 0;

	for (uint32_t j = cut->first[i]; j < cut->first[i + 1]; j++) {
		uint32_t lo = cut->reaches[j].lo >> cut->shift;
		uint32_t end = (cut->reaches[j].hi >> cut->shift) + 1;

		n += end - SL_MIN(SL_MAX(lo, next), end);
		next = end;
	}
	return n;
}

uint32_t
sl_class_cut_each(const struct sl_class_cut *cut, uint32_t i,
    void (*put)(void *arg, uint32_t cell), void *arg)
{
	uint32_t n = count_cells(cut, i), next = 0;

	if (n > CELLS_A_RULE)
		return 0;
	for (uint32_t j = cut->first[i]; j < cut->first[i + 1]; j++) {
		uint32_t lo = cut->reaches[j].lo >> cut->shift;
		uint32_t end = (cut->reaches[j].hi >> cut->shift) + 1;

		for (uint32_t cell = SL_MAX(lo, next); cell < end; cell++)
			put(arg, cell);
		next = end;
	}
	return n;
}

static void
count_one(void *arg, uint32_t cell)
{
	struct sl_class_cut *cut = arg;

	cut->filled[cell]++;
	cut->most = SL_MAX(cut->most, cut->filled[cell]);
}

void
sl_class_cut_measure(struct sl_class_cut *cut, unsigned shift)
{
	cut->shift = shift;
	cut->n_cells = (cut->n_cuts >> shift) + 1;
	cut->most = cut->n_entries = cut->n_rest = 0;
	memset(cut->filled, 0, cut->n_cells * sizeof(*cut->filled));
	for (uint32_t i = 0; i < cut->n; i++) {
		uint32_t n = sl_class_cut_each(cut, i, count_one, cut);

		cut->n_entries += n;
		cut->n_rest += !n;
	}
}
