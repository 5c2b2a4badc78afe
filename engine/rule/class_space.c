/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/class_space.h>

#include <base/addr.h>

#include <errno.h>
#include <stdlib.h>

typedef unsigned __int128 u128;

struct values {
	u128 lo, hi; /* inclusive */
};

/* Where a matcher stands: its axis + 1; 0: on none. */
static const uint8_t axis_of[SL_MATCH_N] = {
    [SL_MATCH_SRC_ADDR] = SL_CLASS_SRC + 1,
    [SL_MATCH_DST_ADDR] = SL_CLASS_DST + 1,
    [SL_MATCH_PROTOCOL] = SL_CLASS_PROTOCOL + 1,
    [SL_MATCH_SRC_ID] = SL_CLASS_SRC_ID + 1,
    [SL_MATCH_DST_ID] = SL_CLASS_DST_ID + 1,
    [SL_MATCH_ANY_ID] = SL_CLASS_ANY_ID + 1,
    [SL_MATCH_IN_PORT] = SL_CLASS_IN + 1,
    [SL_MATCH_IN_LIST] = SL_CLASS_IN + 1,
    [SL_MATCH_OUT_PORT] = SL_CLASS_OUT + 1,
    [SL_MATCH_OUT_LIST] = SL_CLASS_OUT + 1,
};

bool
sl_class_space_sees(const struct sl_rule *rule)
{
	for (unsigned i = 0; i < rule->n_matches; i++)
		if (axis_of[rule->matches[i].kind] && !rule->matches[i].negate)
			return true;
	return false;
}

static bool
is_addr(enum sl_class_axis axis)
{
	return axis == SL_CLASS_SRC || axis == SL_CLASS_DST;
}

static u128
last_value(uint8_t family, enum sl_class_axis axis)
{
	return family == SL_IPV6 && is_addr(axis) ? ~(u128)0 : UINT32_MAX;
}

/* Appends lo..hi behind what is there; without room the last one grows over
 * the gap, which only makes the rule wider. */
static unsigned
append(struct values *out, unsigned n, u128 lo, u128 hi)
{
	if (n == SL_CLASS_SPANS) {
		out[n - 1].hi = hi;
		return n;
	}
	out[n] = (struct values){lo, hi};
	return n + 1;
}

static unsigned
ports_of(const struct sl_match *m, struct values *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < SL_PORTS_MAX; i++) {
		if (!(m->ports[i / 64] >> (i % 64) & 1))
			continue;
		if (n && out[n - 1].hi == i - 1)
			out[n - 1].hi = i;
		else
			n = append(out, n, i, i);
	}
	return n;
}

/* What the operand names, ascending and apart, negation aside. */
static unsigned
operand_of(uint8_t family, const struct sl_match *m, struct values *out)
{
	unsigned n = 0;

	switch (m->kind) {
	case SL_MATCH_SRC_ADDR:
	case SL_MATCH_DST_ADDR:
		return append(out, 0, sl_addr_number(family, &m->addr.min),
		    sl_addr_number(family, &m->addr.max));
	case SL_MATCH_PROTOCOL:
		return append(out, 0, m->span.lo, m->span.hi);
	case SL_MATCH_SRC_ID:
	case SL_MATCH_DST_ID:
	case SL_MATCH_ANY_ID:
		for (unsigned i = 0; i < m->n_spans; i++)
			n = append(out, n, m->spans[i].lo, m->spans[i].hi);
		return n;
	default: /* interfaces */
		return ports_of(m, out);
	}
}

/* All values but those of 'in'. */
static unsigned
complement(const struct values *in, unsigned n, u128 last, struct values *out)
{
	unsigned n_out = 0;
	u128 next = 0;

	for (unsigned i = 0; i < n; i++) {
		if (in[i].lo > next)
			n_out = append(out, n_out, next, in[i].lo - 1);
		if (in[i].hi == last)
			return n_out;
		next = in[i].hi + 1;
	}
	return append(out, n_out, next, last);
}

/* 0: all values, or nothing that can be said. */
static unsigned
match_values(uint8_t family, const struct sl_match *m, struct values *out)
{
	enum sl_class_axis axis = (enum sl_class_axis)(axis_of[m->kind] - 1);
	struct values named[SL_CLASS_SPANS];
	unsigned n = operand_of(family, m, named);

	/* A full array may have grown over gaps: no telling what is left. */
	if (!n || named[0].lo > named[0].hi ||
	    (m->negate && n == SL_CLASS_SPANS))
		return 0;
	if (m->negate)
		return complement(named, n, last_value(family, axis), out);
	for (unsigned i = 0; i < n; i++)
		out[i] = named[i];
	return n;
}

/* The first matcher that says something; others on the same axis only narrow
 * it further. */
static unsigned
rule_values(uint8_t family, const struct sl_rule *rule, enum sl_class_axis axis,
    struct values *out)
{
	for (unsigned i = 0; i < rule->n_matches; i++) {
		const struct sl_match *m = &rule->matches[i];
		unsigned n;

		if (axis_of[m->kind] != axis + 1)
			continue;
		n = match_values(family, m, out);
		if (n)
			return n;
	}
	return 0;
}

static int
by_value(const void *a, const void *b)
{
	const u128 *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint32_t
keep_unique(u128 *v, uint32_t n)
{
	uint32_t last = 0;

	for (uint32_t i = 1; i < n; i++)
		if (v[i] != v[last])
			v[++last] = v[i];
	return last + 1;
}

static uint32_t
rank_of(const u128 *starts, uint32_t n, u128 value)
{
	const u128 *at = starts;

	while (n > 1) {
		uint32_t half = n / 2;

		at += at[half] <= value ? half : 0;
		n -= half;
	}
	return (uint32_t)(at - starts);
}

static int
number_ranks(struct sl_class_space *s, enum sl_class_axis axis,
    const struct values *values, uint32_t n)
{
	u128 *starts = sl_arena_alloc(&s->memory, (2 * n + 1) * sizeof(u128));
	u128 last = last_value(s->family, axis);
	struct sl_class_span *spans =
	    sl_arena_alloc(&s->memory, n * sizeof(*spans));
	uint32_t n_starts = 1; /* 0 is one */

	if (!starts || !spans)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		starts[n_starts++] = values[i].lo;
		if (values[i].hi < last)
			starts[n_starts++] = values[i].hi + 1;
	}
	qsort(starts, n_starts, sizeof(*starts), by_value);
	n_starts = keep_unique(starts, n_starts);
	for (uint32_t i = 0; i < n; i++) {
		spans[i].lo = rank_of(starts, n_starts, values[i].lo);
		spans[i].hi = rank_of(starts, n_starts, values[i].hi);
	}
	s->axis[axis].starts = starts;
	s->axis[axis].n_ranks = n_starts;
	s->axis[axis].spans = spans;
	return 0;
}

static int
fill_axis(struct sl_class_space *s, enum sl_class_axis axis,
    const struct sl_rule *rules)
{
	struct values some[SL_CLASS_SPANS], *values;
	struct sl_class_cover *covers;
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n_rules; i++)
		n += rule_values(s->family, &rules[i], axis, some);
	if (!n)
		return 0;
	covers = sl_arena_alloc(&s->memory, s->n_rules * sizeof(*covers));
	values = malloc(n * sizeof(*values));
	if (!covers || !values) {
		free(values);
		return -ENOMEM;
	}
	s->axis[axis].covers = covers;
	s->axis[axis].n_spans = n;
	n = 0;
	for (uint32_t i = 0; i < s->n_rules; i++) {
		unsigned more = rule_values(s->family, &rules[i], axis, some);

		covers[i] = (struct sl_class_cover){n, more};
		for (unsigned j = 0; j < more; j++)
			values[n++] = some[j];
	}
	if (number_ranks(s, axis, values, n)) {
		free(values);
		return -ENOMEM;
	}
	free(values);
	return 0;
}

int
sl_class_space_init(struct sl_class_space *s, uint8_t family,
    const struct sl_rule *rules, uint32_t n)
{
	*s = (struct sl_class_space){.family = family, .n_rules = n};
	for (unsigned axis = 0; axis < SL_CLASS_AXES; axis++) {
		int rc = fill_axis(s, (enum sl_class_axis)axis, rules);

		if (rc)
			return rc;
	}
	return 0;
}

void
sl_class_space_fini(struct sl_class_space *s)
{
	sl_arena_fini(&s->memory);
}
