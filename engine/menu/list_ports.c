/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/list_ports.h>

#include <menu/interface_list.h>

#include <string.h>

struct sl_list_ports_entry {
	struct sl_list_ports_entry *next; /* of the same bucket */
	const char *list;
	uint64_t ports[SL_PORTS_MAX / 64];
};

/* A member that is no port carries no packets: nothing to set. */
static void
add_member(const char *name, const char *help, void *arg)
{
	const struct sl_port *port = sl_port_by_name(name);
	struct sl_list_ports_entry *e = arg;

	(void)help;
	if (port)
		e->ports[port->number / 64] |= 1ull << (port->number % 64);
}

const uint64_t *
sl_list_ports_find(struct sl_list_ports *sets, const char *list)
{
	struct sl_list_ports_entry *e, **bucket;
	uint32_t h = 0;

	for (const char *c = list; *c; c++)
		h = h * 31 + (uint8_t)*c;
	bucket = &sets->buckets[h % SL_LIST_PORTS_BUCKETS];
	for (e = *bucket; e; e = e->next)
		if (strcmp(e->list, list) == 0)
			return e->ports;
	e = sl_arena_alloc(&sets->memory, sizeof(*e));
	if (!e)
		return NULL;
	e->list = sl_arena_copy(&sets->memory, list, strlen(list));
	if (!e->list)
		return NULL;
	sl_interface_list_each(sets->model, list, add_member, e);
	e->next = *bucket;
	*bucket = e;
	return e->ports;
}

void
sl_list_ports_fini(struct sl_list_ports *sets)
{
	sl_arena_fini(&sets->memory);
	memset(sets->buckets, 0, sizeof(sets->buckets));
}
