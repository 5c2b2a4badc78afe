/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/spec.h>

#include <rule/live.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
sl_specs_init(struct sl_specs *specs)
{
	memset(specs, 0, sizeof(*specs));
	specs->end = &specs->first;
}

void
sl_specs_fini(struct sl_specs *specs)
{
	sl_arena_fini(&specs->memory);
	sl_specs_init(specs);
}

static void *
take(struct sl_specs *specs, size_t size)
{
	void *p = sl_arena_alloc(&specs->memory, size);

	if (!p)
		specs->failed = true;
	return p;
}

const char *
sl_specs_text(struct sl_specs *specs, const char *text)
{
	size_t size = strlen(text) + 1;
	char *p = take(specs, size);

	if (p)
		memcpy(p, text, size);
	return p;
}

struct sl_span
sl_specs_bytes(struct sl_specs *specs, const void *bytes, uint32_t len)
{
	uint8_t *p = take(specs, SL_MAX(len, 1u));

	if (p)
		memcpy(p, bytes, len);
	return (struct sl_span){p, p ? len : 0};
}

struct sl_rule_spec *
sl_specs_add(struct sl_specs *specs, enum sl_rule_table table, uint8_t family,
    const char *chain)
{
	struct sl_rule_spec *s = take(specs, sizeof(*s));

	if (!s)
		return NULL;
	s->specs = specs;
	s->table = (uint8_t)table;
	s->family = family;
	s->chain = sl_specs_text(specs, chain);
	if (!s->chain)
		return NULL;
	*specs->end = s;
	specs->end = &s->next;
	specs->n++;
	return s;
}

struct sl_match *
sl_spec_match(struct sl_rule_spec *s, enum sl_match_kind kind)
{
	static struct sl_match scratch; /* control only, like every spec */
	struct sl_match *m = s->matches;

	if (s->n_matches == s->cap_matches) {
		unsigned cap = SL_MAX(4, s->cap_matches * 2);

		m = take(s->specs, cap * sizeof(*m));
		if (!m) {
			memset(&scratch, 0, sizeof(scratch));
			return &scratch;
		}
		if (s->n_matches)
			memcpy(m, s->matches, s->n_matches * sizeof(*m));
		s->matches = m;
		s->cap_matches = (uint16_t)cap;
	}
	m = &s->matches[s->n_matches++];
	m->kind = (uint8_t)kind;
	return m;
}

static int
by_lo(const void *a, const void *b)
{
	const struct sl_id_span *x = a, *y = b;

	return x->lo - y->lo;
}

void
sl_spec_set_spans(struct sl_rule_spec *s, struct sl_match *m,
    const struct sl_id_span *spans, unsigned n)
{
	struct sl_id_span *out = take(s->specs, SL_MAX(n, 1u) * sizeof(*out));
	unsigned last = 0;

	m->n_spans = 0;
	if (!out || !n)
		return;
	memcpy(out, spans, n * sizeof(*out));
	qsort(out, n, sizeof(*out), by_lo);
	for (unsigned i = 1; i < n; i++) {
		if (out[i].lo <= (uint32_t)out[last].hi + 1)
			out[last].hi = SL_MAX(out[last].hi, out[i].hi);
		else
			out[++last] = out[i];
	}
	m->spans = out;
	m->n_spans = (uint16_t)(last + 1);
}

void
sl_spec_set_reason(struct sl_rule_spec *s, const char *fmt, ...)
{
	va_list ap;

	if (s->reason[0])
		return;
	va_start(ap, fmt);
	vsnprintf(s->reason, sizeof(s->reason), fmt, ap);
	va_end(ap);
}

void
sl_match_set_limit(struct sl_match *m, uint64_t rate, uint64_t time_ns,
    uint64_t burst, bool bits)
{
	unsigned __int128 full = (unsigned __int128)time_ns * 64;
	unsigned __int128 cost, depth;

	/* Bits are cheap: ten more binary places at 32 Gbit/s.  Packets may be
	 * so dear that there is no room for more places. */
	m->limit.shift = bits ? 10 : 0;
	rate = SL_MAX(rate, (uint64_t)1);
	cost = (full << m->limit.shift) / rate;
	depth = full * SL_MAX(burst, (uint64_t)1) / rate;
	m->limit.cost = (uint64_t)SL_MIN(cost, SL_LIVE_MOST);
	m->limit.depth = (uint64_t)SL_MIN(depth, SL_LIVE_MOST);
	m->limit.bits = bits;
}
