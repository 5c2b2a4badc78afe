/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/content.h>

#include <base/arena.h>
#include <base/rcu.h>
#include <rule/patterns.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct sl_content {
	struct sl_rcu_head rcu;
	struct sl_patterns *patterns;
	uint32_t refs; /* control only */
	unsigned n;
	const struct sl_span *values;
	struct sl_arena memory;
};

/* Control only: the last one made, while it lives. */
static struct sl_content *last;

int
sl_content_compare(const void *a, const void *b)
{
	const struct sl_span *x = a, *y = b;
	int rc = memcmp(x->data, y->data, SL_MIN(x->len, y->len));

	return rc ? rc : (x->len > y->len) - (x->len < y->len);
}

uint32_t
sl_content_number(const struct sl_content *c, struct sl_span value)
{
	const struct sl_span *at =
	    bsearch(&value, c->values, c->n, sizeof(value), sl_content_compare);

	SL_ASSERT(at);
	return (uint32_t)(at - c->values);
}

static bool
is_same(const struct sl_content *c, const struct sl_span *values, unsigned n)
{
	if (!c || c->n != n)
		return false;
	for (unsigned i = 0; i < n; i++)
		if (c->values[i].len != values[i].len ||
		    memcmp(c->values[i].data, values[i].data, values[i].len))
			return false;
	return true;
}

/* Every byte by its number: nothing in it means anything to Vectorscan. */
static const char *
quote(struct sl_arena *memory, const struct sl_span *value)
{
	static const char hex[] = "0123456789abcdef";
	char *text = sl_arena_alloc(memory, value->len * 4ull + 1);

	for (uint32_t i = 0; text && i < value->len; i++) {
		text[i * 4] = '\\';
		text[i * 4 + 1] = 'x';
		text[i * 4 + 2] = hex[value->data[i] >> 4];
		text[i * 4 + 3] = hex[value->data[i] & 15];
	}
	return text;
}

static int
fill(struct sl_content *c, const struct sl_span *values, struct sl_err *err)
{
	struct sl_span *copies =
	    sl_arena_alloc(&c->memory, c->n * sizeof(*copies));
	const char **texts = sl_arena_alloc(&c->memory, c->n * sizeof(*texts));
	unsigned bad;

	if (!copies || !texts)
		return sl_err_set(err, -ENOMEM, "out of memory");
	for (unsigned i = 0; i < c->n; i++) {
		copies[i].data = (const void *)sl_arena_copy(
		    &c->memory, (const void *)values[i].data, values[i].len);
		copies[i].len = values[i].len;
		texts[i] = quote(&c->memory, &values[i]);
		if (!copies[i].data || !texts[i])
			return sl_err_set(err, -ENOMEM, "out of memory");
	}
	c->values = copies;
	c->patterns =
	    sl_patterns_new(texts, c->n, SL_PATTERNS_EXACT, &bad, err);
	return c->patterns ? 0 : -EINVAL;
}

static void
destroy(struct sl_content *c)
{
	sl_patterns_free(c->patterns);
	sl_arena_fini(&c->memory);
	free(c);
}

struct sl_content *
sl_content_get(const struct sl_span *values, unsigned n, struct sl_err *err)
{
	struct sl_content *c;

	if (is_same(last, values, n)) {
		last->refs++;
		return last;
	}
	if (n > SL_CONTENTS_MAX) {
		sl_err_set(err, -ENOSPC, "more than %d different values",
		    SL_CONTENTS_MAX);
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (!c) {
		sl_err_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	c->n = n;
	c->refs = 1;
	if (fill(c, values, err)) {
		destroy(c);
		return NULL;
	}
	last = c;
	return c;
}

static void
reclaim(struct sl_rcu_head *head)
{
	destroy(sl_container_of(head, struct sl_content, rcu));
}

void
sl_content_put(struct sl_content *c)
{
	if (!c || --c->refs)
		return;
	if (last == c)
		last = NULL;
	sl_retire(&c->rcu, reclaim);
}

static void
note(unsigned number, void *arg)
{
	struct sl_examined *e = arg;

	e->contents[number / 64] |= 1ull << (number % 64);
	e->has_contents = true;
}

bool
sl_content_is_in(
    const struct sl_content *c, unsigned number, struct sl_pkt *pkt)
{
	struct sl_examined *e = sl_examined(pkt);

	if (e->content != c) {
		if (e->has_contents)
			memset(e->contents, 0, sizeof(e->contents));
		e->has_contents = false;
		e->content = c;
		sl_patterns_find(
		    c->patterns, sl_pkt_l4(pkt), pkt->l4_len, note, e);
	}
	return (e->contents[number / 64] >> (number % 64) & 1) != 0;
}
