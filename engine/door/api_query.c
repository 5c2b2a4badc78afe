/* SPDX-License-Identifier: Apache-2.0 */
#include <door/api_query.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>

struct stack {
	bool v[SL_API_QUERY_DEPTH_MAX];
	unsigned n;
};

static bool
peek(const struct stack *s, unsigned long index)
{
	return index < s->n ? s->v[s->n - 1 - index] : true;
}

static void
push(struct stack *s, bool v)
{
	SL_ASSERT(
	    s->n < SL_API_QUERY_DEPTH_MAX); /* sl_api_query_add() counted */
	s->v[s->n++] = v;
}

static bool
pop(struct stack *s)
{
	return s->n ? s->v[--s->n] : true;
}

static int
add_pushes(struct sl_api_query *query, unsigned pushes, struct sl_err *err)
{
	query->pushes += pushes;
	if (query->pushes > SL_API_QUERY_DEPTH_MAX)
		return sl_err_set(err, -E2BIG, "query is too long");
	return 0;
}

/* Checks the operation string and counts what it may push. */
static int
check_operations(
    struct sl_api_query *query, const char *ops, struct sl_err *err)
{
	unsigned pushes = 0;

	if (!*ops)
		return sl_err_set(err, -EINVAL, "query without operation");
	for (const char *p = ops; *p; p++) {
		if (!isdigit((unsigned char)*p) && !strchr("!&|.", *p))
			return sl_err_set(
			    err, -EINVAL, "unknown query operation '%c'", *p);
		pushes++;
	}
	return add_pushes(query, pushes, err);
}

static int
add_test(struct sl_api_query *query, struct sl_api_query_word *w,
    const char *text, struct sl_err *err)
{
	char *eq;

	if (strchr("-<>=", *text) && *text) {
		w->op = *text == '-'   ? SL_API_QUERY_LACKS
			: *text == '<' ? SL_API_QUERY_LESS
			: *text == '>' ? SL_API_QUERY_GREATER
				       : SL_API_QUERY_EQUAL;
		text++;
	} else {
		w->op =
		    strchr(text, '=') ? SL_API_QUERY_EQUAL : SL_API_QUERY_HAS;
	}
	w->name = strdup(text);
	if (!w->name)
		return sl_err_set(err, -ENOMEM, "out of memory");
	if (w->op == SL_API_QUERY_HAS || w->op == SL_API_QUERY_LACKS)
		return add_pushes(query, 1, err);
	eq = strchr(w->name, '=');
	if (!eq)
		return sl_err_set(err, -EINVAL, "query without value");
	*eq = '\0';
	w->value = eq + 1;
	return add_pushes(query, 1, err);
}

int
sl_api_query_add(
    struct sl_api_query *query, const char *word, struct sl_err *err)
{
	struct sl_api_query_word *w;

	if (query->n == SL_API_QUERY_WORDS_MAX)
		return sl_err_set(err, -E2BIG, "query is too long");
	if (word[0] != '?' || !word[1])
		return sl_err_set(err, -EINVAL, "empty query");
	w = &query->words[query->n++];
	*w = (struct sl_api_query_word){0};
	if (word[1] != '#')
		return add_test(query, w, word + 1, err);
	w->op = SL_API_QUERY_STACK;
	w->name = strdup(word + 2);
	if (!w->name)
		return sl_err_set(err, -ENOMEM, "out of memory");
	return check_operations(query, w->name, err);
}

/* An index is followed by the end of the word (replace all), by '.', which
 * only ends it, or by an operation of its own. */
static const char *
run_index(struct stack *s, const char *p)
{
	unsigned long index = 0;
	bool v;

	for (; isdigit((unsigned char)*p); p++)
		if (index < SL_API_QUERY_DEPTH_MAX)
			index = index * 10 + (unsigned long)(*p - '0');
	v = peek(s, index);
	if (!*p)
		s->n = 0;
	push(s, v);
	return *p == '.' ? p + 1 : p;
}

static void
run_operations(struct stack *s, const char *p)
{
	while (*p) {
		bool a;

		if (isdigit((unsigned char)*p)) {
			p = run_index(s, p);
			continue;
		}
		switch (*p++) {
		case '!':
			push(s, !pop(s));
			break;
		case '&':
			a = pop(s);
			push(s, pop(s) && a);
			break;
		case '|':
			a = pop(s);
			push(s, pop(s) || a);
			break;
		case '.':
			push(s, peek(s, 0));
			break;
		}
	}
}

static bool
run_test(
    const struct sl_api_query_word *w, const struct sl_api_query_item *item)
{
	int order;

	if (w->op == SL_API_QUERY_HAS)
		return item->has(item->ctx, w->name);
	if (w->op == SL_API_QUERY_LACKS)
		return !item->has(item->ctx, w->name);
	if (!item->compare(item->ctx, w->name, w->value, &order))
		return false;
	if (w->op == SL_API_QUERY_EQUAL)
		return order == 0;
	return w->op == SL_API_QUERY_LESS ? order < 0 : order > 0;
}

bool
sl_api_query_match(
    const struct sl_api_query *query, const struct sl_api_query_item *item)
{
	struct stack s = {.n = 0};

	for (unsigned i = 0; i < query->n; i++) {
		const struct sl_api_query_word *w = &query->words[i];

		if (w->op == SL_API_QUERY_STACK)
			run_operations(&s, w->name);
		else
			push(&s, run_test(w, item));
	}
	while (s.n)
		if (!pop(&s))
			return false;
	return true;
}

void
sl_api_query_free(struct sl_api_query *query)
{
	for (unsigned i = 0; i < query->n; i++)
		free(query->words[i].name);
	query->n = 0;
	query->pushes = 0;
}
