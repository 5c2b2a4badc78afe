/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ports that are in an interface list, looked up once per list and build:
 * thousands of rules name the same few.  => Role of all: control.
 */
#ifndef SL_MENU_LIST_PORTS_H
#define SL_MENU_LIST_PORTS_H

#include <base/arena.h>
#include <io/port.h>
#include <menu/model.h>

#define SL_LIST_PORTS_BUCKETS 64

struct sl_list_ports_entry;

struct sl_list_ports { /* zero is empty and ready, but for 'model' */
	struct sl_model *model;
	struct sl_arena memory;
	struct sl_list_ports_entry *buckets[SL_LIST_PORTS_BUCKETS];
};

/* A set of port numbers, as in struct sl_match; NULL: no memory. */
const uint64_t *sl_list_ports_find(struct sl_list_ports *, const char *list);
void sl_list_ports_fini(struct sl_list_ports *);

#endif
