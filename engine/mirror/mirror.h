/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel knows, as the packet path may ask it: routes, neighbours and
 * addresses, mirrored by rtnetlink (or, in a replay, set from the config).
 *
 * What it is.  Immutable snapshots: one FIB per table and family, one neighbour
 *   table, one address list; rebuilt on change by the control side and published.
 * Life cycle.  Built -> published -> retired on the next change.
 * Who writes.  Control (mirror/netlink.c on notifications; mirror/static.c).
 * Who reads.   Workers, inside a read section.
 * Ordering.    sl_rcu_publish / sl_rcu_read.
 * Bounds.      A burst of changes is one rebuild; neighbours are bounded by
 *   SL_NEIGH_MAX.
 */
#ifndef SL_MIRROR_MIRROR_H
#define SL_MIRROR_MIRROR_H

#include <base/error.h>
#include <io/port.h>
#include <sluice/types.h>

#define SL_TABLE_MAIN 254
#define SL_NEIGH_MAX  65536

enum sl_route_type {
	SL_ROUTE_NONE, /* no route */
	SL_ROUTE_UNICAST,
	SL_ROUTE_LOCAL, /* an address of this router */
	SL_ROUTE_BROADCAST,
	SL_ROUTE_MULTICAST,
	SL_ROUTE_ANYCAST,
	SL_ROUTE_BLACKHOLE,
	SL_ROUTE_UNREACHABLE,
	SL_ROUTE_PROHIBIT,
};

struct sl_route {
	uint8_t type;		/* enum sl_route_type */
	uint8_t gateway_family; /* 0: on link, the destination itself; 4 or 6 */
	uint16_t out_port;	/* SL_PORT_NONE: not one of our ports */
	uint32_t mtu;		/* of the route; 0: the port's */
	uint32_t realm;
	struct sl_addr gateway;
};

/* Longest-prefix match of 'dst': the local table first, then 'table', then main:
 * as RouterOS looks up what bears a routing mark.  Several next hops: 'flow' picks
 * one, stable per flow.  route->type NONE if nothing matches.
 * => In a read section. */
void sl_mirror_route_rcu(uint8_t family, uint32_t table,
    const struct sl_addr *dst, uint32_t flow, struct sl_route *route);

enum sl_neigh {
	SL_NEIGH_OK,	  /* mac is filled */
	SL_NEIGH_STALE,	  /* mac is filled, but ask the kernel to verify */
	SL_NEIGH_UNKNOWN, /* ask, and let the packet wait */
	SL_NEIGH_FAILED,  /* asked, no answer */
};

/* Link-layer address of 'addr' on port 'port'.  => In a read section. */
enum sl_neigh sl_mirror_neigh_rcu(
    uint16_t port, uint8_t family, const struct sl_addr *addr, uint8_t mac[6]);

/* Asks the kernel to resolve or verify a neighbour: queued to the control side,
 * lost (and asked again by the next packet) when the queue is full.
 * => Role: worker; never blocks. */
void sl_mirror_ask(uint16_t port, uint8_t family, const struct sl_addr *addr);

/* Grows with every change of the neighbour table: a worker that holds packets
 * back looks again when it moved. => Role: any. */
uint32_t sl_mirror_neigh_generation(void);

/* The address that packets from this router leave port 'port' with towards 'dst'
 * (masquerade, redirect, ICMP errors): primary first, same prefix as 'dst'
 * preferred, for IPv6 of fitting scope.  False: the port has none.
 * => In a read section. */
bool sl_mirror_port_addr_rcu(uint16_t port, uint8_t family,
    const struct sl_addr *dst, struct sl_addr *addr);

/* Is 'addr' an address of this router? => In a read section. */
bool sl_mirror_is_local_rcu(uint8_t family, const struct sl_addr *addr);

/* The network of this router whose broadcast address is 'addr' (IPv4).  False: it
 * is none.  => In a read section. */
bool sl_mirror_subnet_rcu(
    const struct sl_addr *addr, struct sl_addr *net, uint8_t *prefix_len);

/* Route type of an address as the address-type matchers see it (main table).
 * => In a read section. */
enum sl_route_type sl_mirror_addr_type_rcu(
    uint8_t family, const struct sl_addr *addr);

#endif
