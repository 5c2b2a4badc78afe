/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables.  Every { } has a scope of its own; what is not found there is
 * looked for outside of it, at last among the session's globals.
 */
#ifndef SL_SCRIPT_SCOPE_H
#define SL_SCRIPT_SCOPE_H

#include <menu/value.h>

#define SL_SCOPE_VARIABLES 10000 /* of one scope: they are searched in turn */

struct sl_variable {
	struct sl_variable *next;
	char *name;
	struct sl_value value;
};

/* Zero is empty and ready. */
struct sl_scope {
	struct sl_scope *parent;
	struct sl_variable *first;
	unsigned n;
};

/* The variable as seen from this scope, or NULL. */
struct sl_variable *sl_scope_find(const struct sl_scope *, const char *name);

/* The variable of this very scope, made (NONE) if it is new; NULL if there is
 * no memory or there are too many. */
struct sl_variable *sl_scope_declare(struct sl_scope *, const char *name);

void sl_scope_fini(struct sl_scope *);

#endif
