/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions of print and find: an expression compiled for one menu, then
 * asked once a row.
 *
 * Names of the menu's properties stand for the row's values; everything else
 * (variables, [commands], literals) is evaluated once, when compiling.  Left
 * of a comparison a bare word is a property, right of one it is that
 * property's value; an unknown property is an error with its place.
 */
#ifndef SL_SCRIPT_WHERE_H
#define SL_SCRIPT_WHERE_H

#include <script/eval.h>

struct sl_where;

/* Compiles 'node' for rows of 'menu'.  0, or -errno and ev->err.
 * => Role: control.  => May sleep (commands in brackets run). */
int sl_where_compile(struct sl_eval *, struct sl_menu *, const struct sl_node *,
    struct sl_where **);

/* Is the condition true of the row?  'where' is a struct sl_where.  A value
 * that cannot be computed makes it false.  => Role: control. */
bool sl_where_match(void *where, const struct sl_row *);

/* NULL is fine. */
void sl_where_free(struct sl_where *);

#endif
