/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arguments of a command, resolved: abbreviations completed, positional ones
 * given their names.  What does not belong is "expected end of command".
 */
#ifndef SL_MENU_ARGS_H
#define SL_MENU_ARGS_H

#include <menu/command.h>

struct sl_bound {
	const struct sl_arg *arg; /* without a name, of a property: "yes" */
	const char *name; /* argument of the verb; NULL: property 'prop' */
	unsigned prop;
};

struct sl_args {
	struct sl_bound *bound; /* in the order given */
	size_t n;
};

/* cmd->verb must be a full name. */
int sl_args_bind(
    const struct sl_command *, struct sl_args *out, struct sl_err *);
void sl_args_free(struct sl_args *);

/* The argument of the verb with this full name; NULL if not given. */
const struct sl_arg *sl_args_find(const struct sl_args *, const char *name);

/* Has the error point at 'place', unless it points somewhere already.
 * Returns rc. */
int sl_args_blame(struct sl_err *, int rc, const struct sl_place *);

#endif
