/* SPDX-License-Identifier: Apache-2.0 */
#include "nat_port_fixture.h"

#include <base/random.h>
#include <base/rcu.h>
#include <nat/hold.h>
#include <nat/portmap.h>

#define FIRST	  1024u
#define PORTS_MAX 64512u

struct np {
	struct sl_table *table;
	struct sl_tuple reply, chosen;
	uint32_t size;
	uint16_t taken; /* a port that is in use */
	uint16_t ports[PORTS_MAX];
};

static void
shuffle(uint16_t *a, uint32_t n)
{
	for (uint32_t i = n - 1; i > 0; i--) {
		uint32_t j = sl_random_below(i + 1);
		uint16_t t = a[i];

		a[i] = a[j];
		a[j] = t;
	}
}

static struct sl_portmap
portmap_of(struct np *np, struct sl_tuple *reply)
{
	return (struct sl_portmap){
	    .table = np->table, .now_ns = sl_now_ns(), .reply = reply};
}

static bool
occupy(struct np *np, uint16_t port)
{
	struct sl_shard *shard = sl_table_shard(np->table, 0);
	enum sl_drop_reason reason;
	struct sl_tuple reply = np->reply, orig;
	struct sl_portmap p = portmap_of(np, &reply);
	struct sl_conn *conn;

	reply.dst_id = htons(port);
	if (sl_portmap_claim(&p, port, port))
		return false;
	sl_tuple_invert(&reply, &orig);
	conn = sl_shard_alloc(shard, &orig, sl_now_ns(), &reason);
	if (!conn)
		return false;
	sl_hold_reply_owned(conn);
	sl_store_relaxed(&conn->deadline_ns, UINT64_MAX / 2);
	return sl_shard_insert(shard, conn, sl_now_ns()) == 0;
}

static bool
fill(struct np *np, uint32_t used)
{
	for (uint32_t i = 0; i < np->size; i++)
		np->ports[i] = (uint16_t)(FIRST + i);
	shuffle(np->ports, np->size);
	for (uint32_t i = 0; i < used; i++)
		if (!occupy(np, np->ports[i]))
			return false;
	np->taken = np->ports[0];
	return true;
}

struct np *
np_new(uint32_t size, uint32_t used)
{
	static bool started;
	struct np *np = calloc(1, sizeof(*np));
	uint8_t family;

	if (!np)
		return NULL;
	if (!started) {
		sl_role_enter(SL_ROLE_MAIN | SL_ROLE_WORKER, 0, "bench");
		sl_hash_init();
		sl_clock_tick();
		sl_rcu_register();
		sl_rcu_online();
		started = true;
	}
	sl_hold_init();
	np->size = size;
	np->table = sl_table_new(1, PORTS_MAX * 2, NULL);
	np->reply.l4proto = IPPROTO_UDP;
	sl_addr_parse("198.51.100.1", &family, &np->reply.src);
	sl_addr_parse("203.0.113.1", &family, &np->reply.dst);
	np->reply.family = family;
	np->reply.src_id = htons(53);
	if (np->table && fill(np, used))
		return np;
	np_free(np);
	return NULL;
}

void
np_free(struct np *np)
{
	if (np->table)
		sl_table_free(np->table);
	sl_hold_fini();
	free(np);
}

static bool
choose(struct np *np, uint16_t server_port)
{
	struct sl_portmap p = portmap_of(np, &np->chosen);

	np->chosen = np->reply;
	np->chosen.src_id = htons(server_port);
	np->chosen.dst_id = htons(np->taken);
	return sl_portmap_claim(&p, FIRST, (uint16_t)(FIRST + np->size - 1)) ==
	       0;
}

bool
np_choose(struct np *np)
{
	return choose(np, 53);
}

bool
np_keep(struct np *np)
{
	return choose(np, 54); // another service: every port is free
}

void
np_give_back(struct np *np)
{
	sl_portmap_release(&np->chosen);
}
