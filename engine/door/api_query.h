/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Query words of the API ("?name=value", "?#|"): a little stack machine that
 * says of each item whether it is printed.
 *
 *   ?name        push: the item has a value for 'name'
 *   ?-name       push: it has none
 *   ?name=x, ?=name=x   push: the value equals x
 *   ?<name=x, ?>name=x  push: the value is less, greater than x
 *   ?#OPS        operations, left to right: digits are an index from the top;
 *                an index and a further character push a copy of that value,
 *                an index at the end of the word replaces the whole stack by
 *                it; '!' negates the top, '&' and '|' join the two topmost;
 *                '.' ends an index, or after anything else copies the top.
 *
 * Below what was pushed the stack holds 'true' without end.  An item passes
 * if no value on the stack is false.
 */
#ifndef SL_DOOR_API_QUERY_H
#define SL_DOOR_API_QUERY_H

#include <base/compiler.h>
#include <base/error.h>

#define SL_API_QUERY_WORDS_MAX 256u
#define SL_API_QUERY_DEPTH_MAX 256u

enum sl_api_query_op {
	SL_API_QUERY_HAS,
	SL_API_QUERY_LACKS,
	SL_API_QUERY_EQUAL,
	SL_API_QUERY_LESS,
	SL_API_QUERY_GREATER,
	SL_API_QUERY_STACK,
};

struct sl_api_query_word {
	enum sl_api_query_op op;
	char *name;	   /* of the property, or the operations */
	const char *value; /* within name's allocation */
};

struct sl_api_query {
	struct sl_api_query_word words[SL_API_QUERY_WORDS_MAX];
	unsigned n;
	unsigned pushes; /* an upper bound of the depth */
};

/* What the machine asks of an item. */
struct sl_api_query_item {
	/* Does the item have a value for 'name'? */
	bool (*has)(void *ctx, const char *name);
	/* Order of the item's value and 'text': <0, 0 or >0 into 'order'; false
	 * if there is no value or 'text' is none of its type. */
	bool (*compare)(
	    void *ctx, const char *name, const char *text, int *order);
	void *ctx;
};

/* Adds one word, which starts with '?'.  0 or -EINVAL, -E2BIG, -ENOMEM. */
int sl_api_query_add(
    struct sl_api_query *query, const char *word, struct sl_err *err);
bool sl_api_query_match(
    const struct sl_api_query *query, const struct sl_api_query_item *item);
void sl_api_query_free(struct sl_api_query *query);

#endif
