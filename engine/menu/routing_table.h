/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /routing table: names of the kernel's routing tables.
 *
 * A table has the number that the kernel's own tools know it by: that of
 * /etc/iproute2/rt_tables, or the name itself if it is a number, else one made of
 * the name, the same after every start.  Menus whose items name tables put the path
 * into .depends.  => Role of all: control.
 */
#ifndef SL_MENU_ROUTING_TABLE_H
#define SL_MENU_ROUTING_TABLE_H

#include <menu/model.h>

#define SL_ROUTING_TABLE_PATH "/routing/table"
#define SL_ROUTING_TABLE_MAIN "main"
/* With main and local, of both families: what the mirror has room for. */
#define SL_ROUTING_TABLES_MAX 30

extern const struct sl_menu_def sl_menu_routing_table;

/* For properties that name a table. */
extern const struct sl_ref sl_ref_routing_table;

/* Adds a table outside of any transaction, as "add fib name=NAME" would. */
int sl_routing_table_declare(
    struct sl_model *, const char *name, struct sl_err *);

/* The kernel's number of a table; 0: there is none of that name. */
uint32_t sl_routing_table_number(struct sl_model *, const char *name);

/* The name of a number; NULL: no table here. */
const char *sl_routing_table_name(struct sl_model *, uint32_t number);

/* Do its routes go to the kernel: is it enabled, and one of the FIB? */
bool sl_routing_table_is_used(struct sl_model *, const char *name);

#endif
