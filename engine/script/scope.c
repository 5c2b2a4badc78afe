/* SPDX-License-Identifier: Apache-2.0 */
#include <script/scope.h>

#include <string.h>

static struct sl_variable *
find_here(const struct sl_scope *s, const char *name)
{
	struct sl_variable *v = s->first;

	while (v && strcmp(v->name, name) != 0)
		v = v->next;
	return v;
}

struct sl_variable *
sl_scope_find(const struct sl_scope *s, const char *name)
{
	struct sl_variable *v = NULL;

	for (; s && !v; s = s->parent)
		v = find_here(s, name);
	return v;
}

struct sl_variable *
sl_scope_declare(struct sl_scope *s, const char *name)
{
	struct sl_variable *v = find_here(s, name);

	if (v)
		return v;
	if (s->n >= SL_SCOPE_VARIABLES)
		return NULL;
	v = calloc(1, sizeof(*v));
	if (!v)
		return NULL;
	v->name = strdup(name);
	if (!v->name) {
		free(v);
		return NULL;
	}
	v->next = s->first;
	s->first = v;
	s->n++;
	return v;
}

void
sl_scope_fini(struct sl_scope *s)
{
	while (s->first) {
		struct sl_variable *v = s->first;

		s->first = v->next;
		sl_value_free(&v->value);
		free(v->name);
		free(v);
	}
	s->n = 0;
}
