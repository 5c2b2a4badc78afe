/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/static.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

int
sl_static_add_port(struct sl_port *port, uint32_t mtu)
{
	struct sl_link link = {.ifindex = port->number + 1u,
	    .mtu = mtu,
	    .flags = IFF_UP | IFF_RUNNING,
	    .ethernet = true,
	    .mac = {0x02, 0x53, 0x4c, 0, 0, (uint8_t)port->number}};

	snprintf(link.name, sizeof(link.name), "%s", port->name);
	sl_port_set_mac(port, link.mac);
	sl_store_relaxed(&port->mtu, mtu);
	sl_store_relaxed(&port->ifindex, link.ifindex);
	sl_store_relaxed(&port->host_ifindex, link.ifindex);
	sl_store_relaxed(&port->flags, SL_PORT_UP);
	return sl_mirror_add_link(&link);
}

static int
add_route(const struct sl_ifaddr *a, const struct sl_addr *dst, unsigned len,
    enum sl_route_type type)
{
	struct sl_kroute k = {.family = a->family,
	    .protocol = RTPROT_KERNEL,
	    .table = type == SL_ROUTE_UNICAST ? RT_TABLE_MAIN : RT_TABLE_LOCAL,
	    .oif = a->ifindex,
	    .hop_oif = {a->ifindex}};

	k.route.dst = *dst;
	k.route.len = (uint8_t)len;
	k.route.type = type;
	k.route.hops = 1;
	k.route.hop[0].weight = 1;
	sl_addr_mask(a->family, &k.route.dst, len);
	return sl_mirror_add_route(&k);
}

/* The routes that an address brings. */
static int
connect_addr(const struct sl_ifaddr *a)
{
	unsigned full = a->family == SL_IPV4 ? 32 : 128;
	struct sl_addr last = a->addr;
	int rc;

	if ((rc = add_route(a, &a->addr, full, SL_ROUTE_LOCAL)) ||
	    (rc = add_route(a, &a->addr, a->prefix_len, SL_ROUTE_UNICAST)))
		return rc;
	if (a->family == SL_IPV6 || a->prefix_len >= 31)
		return 0;
	last.u.w[0] |= htonl(0xffffffffu >> a->prefix_len);
	return add_route(a, &last, 32, SL_ROUTE_BROADCAST);
}

static int
add_addr(const struct sl_ifaddr *a)
{
	int rc = sl_mirror_add_addr(a);

	return rc ? rc : connect_addr(a);
}

/* Takes the address out of the state, and the routes that no other one brings. */
static int
drop_addr(const struct sl_ifaddr *a)
{
	struct sl_mirror_state *m = &sl_mirror_state;
	uint32_t n = 0;
	int rc = 0;

	for (uint32_t i = 0; i < m->n_addrs; i++)
		if (m->addrs[i].ifindex != a->ifindex ||
		    memcmp(&m->addrs[i].addr, &a->addr, sizeof(a->addr)))
			m->addrs[n++] = m->addrs[i];
	m->n_addrs = n;
	n = 0;
	for (uint32_t i = 0; i < m->n_routes; i++)
		if (m->routes[i].protocol != RTPROT_KERNEL)
			m->routes[n++] = m->routes[i];
	m->n_routes = n;
	for (uint32_t i = 0; i < m->n_addrs && !rc; i++)
		rc = connect_addr(&m->addrs[i]);
	return rc;
}

static int
static_addr(bool add, const struct sl_ifaddr *a, struct sl_err *err)
{
	int rc = add ? add_addr(a) : drop_addr(a);

	if (!rc)
		rc = sl_mirror_publish();
	return rc ? sl_err_sys(err, rc, "address") : 0;
}

static bool
same_prefix(const struct sl_kroute *k, uint8_t family,
    const struct sl_addr *dst, unsigned len)
{
	struct sl_addr net = *dst;

	sl_addr_mask(family, &net, len);
	return k->family == family && k->route.len == len &&
	       !memcmp(&k->route.dst, &net, sizeof(net));
}

/* The interface of the connected route that covers the gateway. */
static uint32_t
interface_towards(const struct sl_kroute *k)
{
	for (uint32_t i = 0; i < sl_mirror_state.n_routes; i++) {
		const struct sl_kroute *r = &sl_mirror_state.routes[i];

		if (r->protocol == RTPROT_KERNEL &&
		    r->route.type == SL_ROUTE_UNICAST &&
		    same_prefix(r, k->route.hop[0].gateway_family,
			&k->route.hop[0].gateway, r->route.len))
			return r->oif;
	}
	return 0;
}

static void
drop_route(const struct sl_kroute *k)
{
	struct sl_mirror_state *m = &sl_mirror_state;
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->n_routes; i++)
		if (m->routes[i].protocol != k->protocol ||
		    m->routes[i].table != k->table ||
		    m->routes[i].route.metric != k->route.metric ||
		    !same_prefix(
			&m->routes[i], k->family, &k->route.dst, k->route.len))
			m->routes[n++] = m->routes[i];
	m->n_routes = n;
}

static int
static_route(bool add, const struct sl_kroute *wanted, struct sl_err *err)
{
	struct sl_kroute k = *wanted;
	int rc = 0;

	if (add && k.route.hops && !k.hop_oif[0]) {
		k.hop_oif[0] = k.oif = interface_towards(&k);
		if (!k.oif)
			return sl_err_set(
			    err, -ENETUNREACH, "gateway is not reachable");
	}
	if (add)
		rc = sl_mirror_add_route(&k);
	else
		drop_route(&k);
	if (!rc)
		rc = sl_mirror_publish();
	return rc ? sl_err_sys(err, rc, "route") : 0;
}

const struct sl_mirror_backend sl_static_backend = {
    .addr = static_addr,
    .route = static_route,
};
