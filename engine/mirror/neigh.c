/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/neigh.h>

#include <mirror/static.h>

#include <base/hash.h>

#include <errno.h>
#include <string.h>
#include <urcu/rculfhash.h>

struct node {
	struct cds_lfht_node link;
	struct sl_rcu_head retire;
	uint32_t dump; /* control only: the last one that had it */
	struct sl_neigh_entry entry; /* SL_CONST */
};

static struct cds_lfht *table;
static uint32_t count;		       /* control only */
static uint32_t dump;		       /* control only: number of the last */
static SL_ATOMIC(uint32_t) generation; /* relaxed; see mirror.h */
static bool made_up;		       /* SL_CONST once workers run: static.h */

void
sl_static_neighbors(bool on)
{
	made_up = on;
}

int
sl_neigh_init(struct sl_err *err)
{
	table = cds_lfht_new_flavor(
	    64, 64, 0, CDS_LFHT_AUTO_RESIZE, &urcu_qsbr_flavor, NULL);
	if (!table)
		return sl_err_set(
		    err, -ENOMEM, "neighbor table: out of memory");
	return 0;
}

void
sl_neigh_fini(void)
{
	if (!table)
		return;
	sl_neigh_clear();
	sl_rcu_drain();
	cds_lfht_destroy(table, NULL);
	table = NULL;
}

static unsigned long
hash(uint16_t port, uint8_t family, const struct sl_addr *addr)
{
	uint64_t words[3] = {
	    addr->u.q[0], addr->u.q[1], (uint64_t)port << 8 | family};

	return (unsigned long)sl_hash_words(words, 3);
}

static int
match(struct cds_lfht_node *link, const void *key)
{
	const struct sl_neigh_entry *want = key;
	const struct sl_neigh_entry *e =
	    &sl_container_of(link, struct node, link)->entry;

	return e->port == want->port && e->family == want->family &&
	       !memcmp(&e->addr, &want->addr, sizeof(e->addr));
}

static struct node *
find_rcu(uint16_t port, uint8_t family, const struct sl_addr *addr)
{
	struct sl_neigh_entry key = {
	    .port = port, .family = family, .addr = *addr};
	struct cds_lfht_iter iter;
	struct cds_lfht_node *link;

	cds_lfht_lookup(table, hash(port, family, addr), match, &key, &iter);
	link = cds_lfht_iter_get_node(&iter);
	return link ? sl_container_of(link, struct node, link) : NULL;
}

static void
reclaim(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct node, retire));
}

static void
changed(void)
{
	sl_add_relaxed(&generation, 1);
}

void
sl_neigh_delete(uint16_t port, uint8_t family, const struct sl_addr *addr)
{
	struct node *node;

	sl_rcu_online();
	node = find_rcu(port, family, addr);
	if (node && cds_lfht_del(table, &node->link))
		node = NULL;
	sl_rcu_offline();
	if (!node)
		return;
	count--;
	sl_retire(&node->retire, reclaim);
	changed();
}

int
sl_neigh_set(const struct sl_neigh_entry *entry)
{
	struct node *node = NULL;
	struct cds_lfht_node *old;
	int rc = count < SL_NEIGH_MAX ? -ENOMEM : -ENOSPC;

	if (rc == -ENOMEM)
		node = calloc(1, sizeof(*node));
	if (!node) { // an old answer may be a wrong one now
		sl_neigh_delete(entry->port, entry->family, &entry->addr);
		return rc;
	}
	node->dump = dump;
	node->entry = *entry;
	cds_lfht_node_init(&node->link);
	sl_rcu_online();
	old = cds_lfht_add_replace(table,
	    hash(entry->port, entry->family, &entry->addr), match, &node->entry,
	    &node->link);
	sl_rcu_offline();
	if (old)
		sl_retire(
		    &sl_container_of(old, struct node, link)->retire, reclaim);
	else
		count++;
	changed();
	return 0;
}

void
sl_neigh_begin(void)
{
	dump++;
}

void
sl_neigh_clear(void)
{
	sl_neigh_begin();
	sl_neigh_sweep();
}

void
sl_neigh_sweep(void)
{
	struct cds_lfht_iter iter;
	struct node *node;

	sl_rcu_online();
	cds_lfht_for_each_entry(table, &iter, node, link)
	{
		if (node->dump == dump || cds_lfht_del(table, &node->link))
			continue;
		count--;
		sl_retire(&node->retire, reclaim);
	}
	sl_rcu_offline();
	changed();
}

void
sl_neigh_walk(
    void (*visit)(void *arg, const struct sl_neigh_entry *), void *arg)
{
	struct cds_lfht_iter iter;
	struct node *node;

	sl_rcu_online();
	cds_lfht_for_each_entry(table, &iter, node, link)
	    visit(arg, &node->entry);
	sl_rcu_offline();
}

enum sl_neigh
sl_mirror_neigh_rcu(
    uint16_t port, uint8_t family, const struct sl_addr *addr, uint8_t mac[6])
{
	const struct node *node = find_rcu(port, family, addr);

	if (!node && made_up) {
		mac[0] = 0x02;
		mac[1] = 0;
		memcpy(mac + 2, &addr->u.w[family == SL_IPV4 ? 0 : 3], 4);
		return SL_NEIGH_OK;
	}
	if (!node)
		return SL_NEIGH_UNKNOWN;
	memcpy(mac, node->entry.mac, sizeof(node->entry.mac));
	return node->entry.state;
}

uint32_t
sl_mirror_neigh_generation(void)
{
	return sl_load_relaxed(&generation);
}
