/* SPDX-License-Identifier: Apache-2.0 */
/* find and get: commands that yield values. */
#ifndef SL_MENU_QUERY_H
#define SL_MENU_QUERY_H

#include <menu/args.h>

int sl_query_find(struct sl_command *, struct sl_err *);
int sl_query_get(struct sl_command *, struct sl_err *);

/* All that a row says, as a keyed array: ".id", then the properties that have
 * a value; for get without value-name and print as-value. */
int sl_query_row(const struct sl_row *, struct sl_value *out);

#endif
