/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/compile_payload.h>

#include <rule/content.h>
#include <rule/inspect.h>
#include <rule/l7.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What one kind of matcher asks for, without repetitions. */
struct wanted {
	enum sl_match_kind kind;
	unsigned n;
	struct sl_span *values;	     /* CONTENT, sorted */
	struct sl_l7_entry *entries; /* LAYER7, by number */
};

static struct sl_match *
find(struct sl_rule_spec *s, struct sl_match *after, enum sl_match_kind kind)
{
	struct sl_match *m = after ? after + 1 : s->matches;

	for (; m < s->matches + s->n_matches; m++)
		if (m->kind == kind && !s->reason[0])
			return m;
	return NULL;
}

static unsigned
count(struct sl_specs *specs, enum sl_match_kind kind)
{
	unsigned n = 0;

	for (struct sl_rule_spec *s = specs->first; s; s = s->next)
		for (struct sl_match *m = NULL; (m = find(s, m, kind));)
			n++;
	return n;
}

static int
by_number(const void *a, const void *b)
{
	const struct sl_l7_entry *x = a, *y = b;

	return x->number - y->number;
}

/* Sorts and leaves one of equals; returns how many. */
static unsigned
unique(void *base, unsigned n, size_t size,
    int (*compare)(const void *, const void *))
{
	uint8_t *at = base;
	unsigned last = 0;

	if (!n)
		return 0;
	qsort(base, n, size, compare);
	for (unsigned i = 1; i < n; i++)
		if (compare(at + last * size, at + i * size))
			memmove(at + ++last * size, at + i * size, size);
	return last + 1;
}

static void
refuse_all(struct sl_specs *specs, enum sl_match_kind kind, const char *name,
    const struct sl_err *err)
{
	for (struct sl_rule_spec *s = specs->first; s; s = s->next)
		if (find(s, NULL, kind))
			sl_spec_set_reason(s, "%s: %s", name, err->text);
}

static int
compile_contents(struct sl_ruleset *set, struct sl_specs *specs, unsigned n)
{
	struct sl_span *values = calloc(n, sizeof(*values));
	struct sl_err err = {0};
	unsigned i = 0;

	if (!values)
		return -ENOMEM;
	for (struct sl_rule_spec *s = specs->first; s; s = s->next)
		for (struct sl_match *m = NULL;
		     (m = find(s, m, SL_MATCH_CONTENT));)
			values[i++] = m->bytes;
	n = unique(values, n, sizeof(*values), sl_content_compare);
	set->content = sl_content_get(values, n, &err);
	free(values);
	if (!set->content)
		refuse_all(specs, SL_MATCH_CONTENT, "content", &err);
	return 0;
}

static int
compile_l7(struct sl_ruleset *set, struct sl_specs *specs, unsigned n)
{
	struct sl_l7_entry *entries = calloc(n, sizeof(*entries));
	struct sl_err err = {0};
	unsigned i = 0;

	if (!entries)
		return -ENOMEM;
	for (struct sl_rule_spec *s = specs->first; s; s = s->next)
		for (struct sl_match *m = NULL;
		     (m = find(s, m, SL_MATCH_LAYER7));)
			entries[i++] = (struct sl_l7_entry){
			    m->l7_spec.number, m->l7_spec.regex};
	n = unique(entries, n, sizeof(*entries), by_number);
	set->l7 = sl_l7_get(entries, n, &err);
	free(entries);
	if (!set->l7)
		refuse_all(specs, SL_MATCH_LAYER7, "layer7-protocol", &err);
	return 0;
}

int
sl_compile_payload(struct sl_ruleset *set, struct sl_specs *specs)
{
	unsigned contents = count(specs, SL_MATCH_CONTENT);
	unsigned l7 = count(specs, SL_MATCH_LAYER7);
	unsigned tls = count(specs, SL_MATCH_TLS_HOST);
	int rc = 0;

	if (l7 || tls)
		rc = sl_inspect_prepare(NULL);
	if (contents && !rc)
		rc = compile_contents(set, specs, contents);
	if (l7 && !rc)
		rc = compile_l7(set, specs, l7);
	return rc;
}

int
sl_compile_payload_match(struct sl_ruleset *set, struct sl_match *m)
{
	uint32_t number;

	switch (m->kind) {
	case SL_MATCH_CONTENT:
		number = sl_content_number(set->content, m->bytes);
		m->content.number = number;
		m->content.set = set->content;
		return 0;
	case SL_MATCH_LAYER7:
		number = m->l7_spec.number;
		m->l7.number = (uint16_t)number;
		m->l7.set = set->l7;
		return 0;
	case SL_MATCH_TLS_HOST:
		m->glob = sl_arena_copy(&set->memory, m->glob, strlen(m->glob));
		return m->glob ? 0 : -ENOMEM;
	default:
		return 0;
	}
}

void
sl_compile_payload_put(struct sl_ruleset *set)
{
	sl_content_put(set->content);
	sl_l7_put(set->l7);
	set->content = NULL;
	set->l7 = NULL;
}
