/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/l7.h>

#include <base/arena.h>
#include <base/rcu.h>
#include <rule/l7_regex.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Names, control only. */

#define NAME_BUCKETS 1024

struct name {
	struct name *next;
	uint16_t number;
	char text[];
};

static struct name *names[NAME_BUCKETS];
static unsigned n_names;

int
sl_l7_number(const char *text)
{
	size_t size = strlen(text) + 1;
	struct name *name, **bucket;
	uint32_t h = 0;

	for (const char *p = text; *p; p++)
		h = h * 31 + (uint8_t)*p;
	bucket = &names[h % NAME_BUCKETS];
	for (name = *bucket; name; name = name->next)
		if (strcmp(name->text, text) == 0)
			return name->number;
	if (n_names == SL_L7_NUMBERS)
		return -ENOSPC;
	name = malloc(sizeof(*name) + size);
	if (!name)
		return -ENOMEM;
	memcpy(name->text, text, size);
	name->number = (uint16_t)n_names++;
	name->next = *bucket;
	*bucket = name;
	return name->number;
}

/* Scanners. */

struct sl_l7 {
	struct sl_rcu_head rcu;
	struct sl_patterns *patterns;
	uint32_t refs; /* control only */
	unsigned n;
	const struct sl_l7_entry *entries; /* by Vectorscan's number */
	struct sl_arena memory;
};

/* Control only: the last one made, while it lives. */
static struct sl_l7 *last;

int
sl_l7_check(struct sl_span regex, struct sl_err *err)
{
	char *text = malloc(SL_L7_REGEX_OUT);
	const char *texts[] = {text};
	struct sl_patterns *one;
	unsigned bad;
	int rc;

	if (!text)
		return sl_err_set(err, -ENOMEM, "out of memory");
	rc = sl_l7_regex_translate(regex, text, err);
	if (!rc) {
		one =
		    sl_patterns_new(texts, 1, SL_PATTERNS_CASELESS, &bad, err);
		rc = one ? 0 : -EINVAL;
		sl_patterns_free(one);
	}
	free(text);
	return rc;
}

static bool
is_same(const struct sl_l7 *l7, const struct sl_l7_entry *entries, unsigned n)
{
	if (!l7 || l7->n != n)
		return false;
	for (unsigned i = 0; i < n; i++) {
		const struct sl_l7_entry *a = &l7->entries[i], *b = &entries[i];

		if (a->number != b->number || a->regex.len != b->regex.len ||
		    memcmp(a->regex.data, b->regex.data, a->regex.len))
			return false;
	}
	return true;
}

/* Copies the entries and translates them. */
static const char **
translate(struct sl_l7 *l7, const struct sl_l7_entry *entries, char *buf,
    struct sl_err *err)
{
	struct sl_l7_entry *copies =
	    sl_arena_alloc(&l7->memory, l7->n * sizeof(*copies));
	const char **texts =
	    sl_arena_alloc(&l7->memory, l7->n * sizeof(*texts));

	for (unsigned i = 0; copies && texts && i < l7->n; i++) {
		struct sl_span regex = entries[i].regex;

		if (sl_l7_regex_translate(regex, buf, err))
			return NULL;
		texts[i] = sl_arena_copy(&l7->memory, buf, strlen(buf));
		copies[i].number = entries[i].number;
		copies[i].regex.len = regex.len;
		copies[i].regex.data = (const void *)sl_arena_copy(
		    &l7->memory, (const void *)regex.data, regex.len);
		if (!texts[i] || !copies[i].regex.data)
			texts = NULL;
	}
	l7->entries = copies;
	if (!copies || !texts)
		sl_err_set(err, -ENOMEM, "out of memory");
	return copies ? texts : NULL;
}

static int
fill(struct sl_l7 *l7, const struct sl_l7_entry *entries, struct sl_err *err)
{
	char *buf = malloc(SL_L7_REGEX_OUT);
	const char **texts;
	unsigned bad;

	if (!buf)
		return sl_err_set(err, -ENOMEM, "out of memory");
	texts = translate(l7, entries, buf, err);
	free(buf);
	if (texts)
		l7->patterns = sl_patterns_new(
		    texts, l7->n, SL_PATTERNS_CASELESS, &bad, err);
	return l7->patterns ? 0 : -EINVAL;
}

static void
destroy(struct sl_l7 *l7)
{
	sl_patterns_free(l7->patterns);
	sl_arena_fini(&l7->memory);
	free(l7);
}

struct sl_l7 *
sl_l7_get(const struct sl_l7_entry *entries, unsigned n, struct sl_err *err)
{
	struct sl_l7 *l7;

	if (is_same(last, entries, n)) {
		last->refs++;
		return last;
	}
	if (n > SL_L7_MAX) {
		sl_err_set(err, -ENOSPC, "more than %d expressions", SL_L7_MAX);
		return NULL;
	}
	l7 = calloc(1, sizeof(*l7));
	if (!l7) {
		sl_err_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	l7->n = n;
	l7->refs = 1;
	if (fill(l7, entries, err)) {
		destroy(l7);
		return NULL;
	}
	last = l7;
	return l7;
}

static void
reclaim(struct sl_rcu_head *head)
{
	destroy(sl_container_of(head, struct sl_l7, rcu));
}

void
sl_l7_put(struct sl_l7 *l7)
{
	if (!l7 || --l7->refs)
		return;
	if (last == l7)
		last = NULL;
	sl_retire(&l7->rcu, reclaim);
}

struct hits {
	const struct sl_l7 *l7;
	sl_patterns_hit_fn hit;
	void *arg;
};

static void
on_hit(unsigned id, void *arg)
{
	const struct hits *h = arg;

	h->hit(h->l7->entries[id].number, h->arg);
}

void
sl_l7_scan(const struct sl_l7 *l7, const uint8_t *bytes, uint32_t len,
    sl_patterns_hit_fn hit, void *arg)
{
	struct hits h = {l7, hit, arg};

	sl_patterns_find(l7->patterns, bytes, len, on_hit, &h);
}
