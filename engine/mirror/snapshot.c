/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The snapshot that workers read, and the questions they ask.
 *
 * What it is.  One immutable struct: a FIB per (family, table) and the addresses
 *   of every port.
 * Life cycle.  sl_mirror_publish() builds and publishes one, and retires the one
 *   before.
 * Who writes.  Control.  Who reads.  Workers, in a read section.
 * Ordering.    sl_rcu_swap pairs with sl_rcu_read in the lookups.
 * Bounds.      TABLES_MAX kernel tables, counted per family; one more is
 *   logged.
 */
#include <mirror/state.h>

#include <base/log.h>
#include <base/role.h>

#include <arpa/inet.h>
#include <ck_ring.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define TABLES_MAX 64
#define ASK_RING   256

struct table_fib {
	uint8_t family;
	uint32_t table;
	struct sl_fib *fib;
};

struct port_addr {
	uint16_t port;
	uint8_t family, prefix_len, scope;
	bool deprecated;
	struct sl_addr addr;
};

struct snapshot {
	struct sl_rcu_head retire;
	uint32_t n_fibs, n_addrs;
	struct table_fib fibs[TABLES_MAX];
	/* of fibs, by family: those that every packet asks */
	const struct sl_fib *local[2], *main[2];
	struct port_addr *addrs;
};

struct question {
	uint16_t port;
	uint8_t family;
	struct sl_addr addr;
};

/* One ring per worker: the worker asks, control takes. */
struct ask_ring {
	ck_ring_t ring;
	ck_ring_buffer_t slots[ASK_RING];
	struct question questions[ASK_RING];
	uint32_t next; /* SL_OWNED: the worker's */
};

static SL_RCU_PTR(struct snapshot) current;
static struct ask_ring *ask_rings[SL_WORKERS_MAX];
static struct sl_wake *ask_wake; /* SL_CONST once workers run */

void
sl_mirror_set_wake(struct sl_wake *wake)
{
	ask_wake = wake;
}

static void
free_snapshot(struct snapshot *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->n_fibs; i++)
		sl_fib_free(s->fibs[i].fib);
	free(s->addrs);
	free(s);
}

static void
reclaim(struct sl_rcu_head *head)
{
	free_snapshot(sl_container_of(head, struct snapshot, retire));
}

static uint16_t
port_of(uint32_t ifindex)
{
	const struct sl_port *port =
	    ifindex ? sl_port_by_ifindex(ifindex) : NULL;

	return port ? port->number : SL_PORT_NONE;
}

/* The routes of one table, with ports in place of interface indexes. */
static int
build_fib(struct snapshot *s, uint8_t family, uint32_t table,
    struct sl_fib_route *scratch)
{
	struct table_fib *t = &s->fibs[s->n_fibs];
	uint32_t n = 0;

	for (uint32_t i = 0; i < sl_mirror_state.n_routes; i++) {
		const struct sl_kroute *k = &sl_mirror_state.routes[i];

		if (k->family != family || k->table != table || k->dead)
			continue;
		scratch[n] = k->route;
		for (int h = 0; h < k->route.hops; h++)
			scratch[n].hop[h].out_port = port_of(k->hop_oif[h]);
		n++;
	}
	t->family = family;
	t->table = table;
	t->fib = sl_fib_build(family, scratch, n);
	if (!t->fib)
		return -ENOMEM;
	s->n_fibs++;
	if (table == RT_TABLE_LOCAL)
		s->local[family == SL_IPV6] = t->fib;
	if (table == RT_TABLE_MAIN)
		s->main[family == SL_IPV6] = t->fib;
	return 0;
}

static bool
has_fib(const struct snapshot *s, uint8_t family, uint32_t table)
{
	for (uint32_t i = 0; i < s->n_fibs; i++)
		if (s->fibs[i].family == family && s->fibs[i].table == table)
			return true;
	return false;
}

/* Said once for each time that there are too many. */
static void
tell_of_tables(bool too_many)
{
	static bool told; /* control only */

	if (too_many && !told)
		sl_log(SL_LOG_ERROR, "route",
		    "the kernel has more than %d routing tables: packets do "
		    "not see the rest",
		    TABLES_MAX);
	told = too_many;
}

static int
build_fibs(struct snapshot *s)
{
	const struct sl_mirror_state *m = &sl_mirror_state;
	struct sl_fib_route *scratch;
	bool too_many = false;
	int rc = 0;

	scratch = calloc(m->n_routes + 1, sizeof(*scratch));
	if (!scratch)
		return -ENOMEM;
	for (uint32_t i = 0; i < m->n_routes && !rc; i++) {
		const struct sl_kroute *k = &m->routes[i];

		if (has_fib(s, k->family, k->table))
			continue;
		if (s->n_fibs == TABLES_MAX)
			too_many = true;
		else
			rc = build_fib(s, k->family, k->table, scratch);
	}
	free(scratch);
	tell_of_tables(too_many);
	return rc;
}

static int
build_addrs(struct snapshot *s)
{
	const struct sl_mirror_state *m = &sl_mirror_state;

	s->addrs = calloc(m->n_addrs + 1, sizeof(*s->addrs));
	if (!s->addrs)
		return -ENOMEM;
	for (uint32_t i = 0; i < m->n_addrs; i++) {
		const struct sl_ifaddr *a = &m->addrs[i];

		if (a->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED))
			continue;
		s->addrs[s->n_addrs++] =
		    (struct port_addr){.port = port_of(a->ifindex),
			.family = a->family,
			.prefix_len = a->prefix_len,
			.scope = a->scope,
			.deprecated = (a->flags & IFA_F_DEPRECATED) != 0,
			.addr = a->addr};
	}
	return 0;
}

int
sl_mirror_publish(void)
{
	struct snapshot *s = calloc(1, sizeof(*s)), *old;

	if (!s || build_fibs(s) || build_addrs(s)) {
		free_snapshot(s);
		return -ENOMEM;
	}
	old = sl_rcu_swap(&current, s);
	if (old)
		sl_retire(&old->retire, reclaim);
	return 0;
}

int
sl_mirror_init(struct sl_err *err)
{
	if (sl_mirror_publish())
		return sl_err_set(err, -ENOMEM, "mirror: out of memory");
	return 0;
}

void
sl_mirror_fini(void)
{
	struct sl_mirror_state *m = &sl_mirror_state;

	sl_rcu_drain();
	free_snapshot(sl_rcu_swap(&current, NULL));
	for (unsigned i = 0; i < SL_WORKERS_MAX; i++) {
		free(ask_rings[i]);
		ask_rings[i] = NULL;
	}
	free(m->links);
	free(m->addrs);
	free(m->routes);
	memset(m, 0, sizeof(*m));
}

int
sl_mirror_add_worker(uint16_t worker, struct sl_err *err)
{
	struct ask_ring *r = calloc(1, sizeof(*r));

	if (!r)
		return sl_err_set(err, -ENOMEM, "mirror: out of memory");
	ck_ring_init(&r->ring, ASK_RING);
	ask_rings[worker] = r;
	return 0;
}

void
sl_mirror_ask(uint16_t port, uint8_t family, const struct sl_addr *addr)
{
	struct ask_ring *r = ask_rings[sl_role_worker];
	struct question *q = &r->questions[r->next % ASK_RING];

	/* A question is overwritten only after the ring has handed it on:
	 * the ring holds at most ASK_RING - 1 of them. */
	if (ck_ring_size(&r->ring) >= ASK_RING - 2)
		return;
	*q = (struct question){.port = port, .family = family, .addr = *addr};
	if (ck_ring_enqueue_spsc(&r->ring, r->slots, q)) {
		r->next++;
		sl_count(SL_COUNTER_NEIGH_ASKED, 1);
		if (ask_wake)
			sl_wake_up(ask_wake);
	}
}

void
sl_mirror_take_asked(
    void (*ask)(uint16_t port, uint8_t family, const struct sl_addr *addr))
{
	void *item;

	for (unsigned i = 0; i < SL_WORKERS_MAX; i++) {
		struct ask_ring *r = ask_rings[i];

		while (r && ck_ring_dequeue_spsc(&r->ring, r->slots, &item)) {
			struct question q = *(struct question *)item;

			ask(q.port, q.family, &q.addr);
		}
	}
}

static const struct sl_fib *
fib_rcu(const struct snapshot *s, uint8_t family, uint32_t table)
{
	if (table == RT_TABLE_LOCAL)
		return s->local[family == SL_IPV6];
	if (table == RT_TABLE_MAIN)
		return s->main[family == SL_IPV6];
	for (uint32_t i = 0; i < s->n_fibs; i++)
		if (s->fibs[i].family == family && s->fibs[i].table == table)
			return s->fibs[i].fib;
	return NULL;
}

static const struct sl_fib_hop *
pick_hop(const struct sl_fib_route *r, uint32_t flow)
{
	uint32_t total = 0, at;

	if (sl_likely(r->hops == 1))
		return &r->hop[0];
	for (int i = 0; i < r->hops; i++)
		total += r->hop[i].weight;
	at = total > 1 ? (flow * 0x9e3779b1u >> 16) % total : 0;
	for (int i = 0; i < r->hops; i++) {
		if (at < r->hop[i].weight)
			return &r->hop[i];
		at -= r->hop[i].weight;
	}
	return NULL;
}

void
sl_mirror_route_rcu(uint8_t family, uint32_t table, const struct sl_addr *dst,
    uint32_t flow, struct sl_route *route)
{
	const struct snapshot *s = sl_rcu_read(&current);
	const uint32_t tables[] = {RT_TABLE_LOCAL, table, RT_TABLE_MAIN};
	const struct sl_fib_route *found = NULL;
	const struct sl_fib_hop *hop;

	memset(route, 0, sizeof(*route));
	route->out_port = SL_PORT_NONE;
	for (unsigned i = 0; i < SL_COUNT_OF(tables) && !found; i++) {
		const struct sl_fib *fib = fib_rcu(s, family, tables[i]);

		found = fib ? sl_fib_lookup(fib, dst) : NULL;
	}
	if (!found)
		return;
	route->type = found->type;
	route->mtu = found->mtu;
	route->realm = found->realm;
	hop = pick_hop(found, flow);
	if (!hop)
		return;
	route->out_port = hop->out_port;
	route->gateway_family = hop->gateway_family;
	route->gateway = hop->gateway;
}

static unsigned
shared_bits(const struct sl_addr *a, const struct sl_addr *b)
{
	for (unsigned i = 0; i < 16; i++) {
		uint8_t diff = a->u.b[i] ^ b->u.b[i];

		if (diff)
			return i * 8 + (unsigned)__builtin_clz(diff) - 24;
	}
	return 128;
}

/* 0: not for 'dst'; else the more the better. */
static int
score(const struct port_addr *a, const struct sl_addr *dst, bool dst_is_link)
{
	if ((a->scope == RT_SCOPE_LINK) != dst_is_link)
		return 0;
	return 1 + 2 * !a->deprecated +
	       (shared_bits(&a->addr, dst) >= a->prefix_len);
}

bool
sl_mirror_port_addr_rcu(uint16_t port, uint8_t family,
    const struct sl_addr *dst, struct sl_addr *addr)
{
	const struct snapshot *s = sl_rcu_read(&current);
	bool dst_is_link = family == SL_IPV6 && dst->u.b[0] == 0xfe &&
			   (dst->u.b[1] & 0xc0) == 0x80;
	int best = -1;

	for (uint32_t i = 0; i < s->n_addrs; i++) {
		const struct port_addr *a = &s->addrs[i];

		if (a->port != port || a->family != family ||
		    score(a, dst, dst_is_link) <= best)
			continue; // the first of equals is the primary
		best = score(a, dst, dst_is_link);
		*addr = a->addr;
	}
	return best > 0 || (best == 0 && family == SL_IPV4);
}

bool
sl_mirror_is_local_rcu(uint8_t family, const struct sl_addr *addr)
{
	const struct snapshot *s = sl_rcu_read(&current);
	const struct sl_fib *fib = fib_rcu(s, family, RT_TABLE_LOCAL);
	const struct sl_fib_route *r = fib ? sl_fib_lookup(fib, addr) : NULL;

	return r && r->type == SL_ROUTE_LOCAL;
}

bool
sl_mirror_subnet_rcu(
    const struct sl_addr *addr, struct sl_addr *net, uint8_t *prefix_len)
{
	const struct snapshot *s = sl_rcu_read(&current);

	for (uint32_t i = 0; i < s->n_addrs; i++) {
		const struct port_addr *a = &s->addrs[i];
		uint32_t hosts;

		/* RFC 3021: two addresses are both hosts */
		if (a->family != SL_IPV4 || a->prefix_len > 30)
			continue;
		hosts = htonl(UINT32_MAX >> a->prefix_len);
		if (addr->u.w[0] != (a->addr.u.w[0] | hosts))
			continue;
		*net = a->addr;
		sl_addr_mask(SL_IPV4, net, a->prefix_len);
		*prefix_len = a->prefix_len;
		return true;
	}
	return false;
}

enum sl_route_type
sl_mirror_addr_type_rcu(uint8_t family, const struct sl_addr *addr)
{
	struct sl_route route;

	if (family == SL_IPV6 ? addr->u.b[0] == 0xff
			      : (addr->u.b[0] & 0xf0) == 0xe0)
		return SL_ROUTE_MULTICAST;
	if (family == SL_IPV4 && addr->u.w[0] == 0xffffffff)
		return SL_ROUTE_BROADCAST;
	sl_mirror_route_rcu(family, SL_TABLE_MAIN, addr, 0, &route);
	return route.type;
}
