/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Longest-prefix match over an immutable set of routes.
 *
 * What it is.  Per prefix length that occurs, one open-addressed hash of the
 *   network parts; a lookup asks the lengths from longest to shortest.  Real
 *   tables have few lengths, and building is linear.
 * Life cycle.  Built once, part of a mirror snapshot, freed with it.
 * Who writes.  Nobody after sl_fib_build().
 */
#ifndef SL_MIRROR_FIB_H
#define SL_MIRROR_FIB_H

#include <mirror/mirror.h>

#define SL_FIB_HOPS_MAX 8

struct sl_fib_hop {
	uint16_t out_port;
	uint8_t gateway_family; /* 0: on link */
	uint8_t weight;		/* from 1 */
	struct sl_addr gateway;
};

struct sl_fib_route {
	struct sl_addr dst; /* host bits zero */
	uint8_t len;	    /* prefix length */
	uint8_t type;	    /* enum sl_route_type */
	uint8_t hops;	    /* next hops; 0: none (blackhole, local) */
	uint32_t metric;    /* lower wins among equal prefixes */
	uint32_t mtu;
	uint32_t realm; /* RTA_FLOW; 0: none */
	struct sl_fib_hop hop[SL_FIB_HOPS_MAX];
};

struct sl_fib;

/* Builds a table of 'n' routes of one family (copied).  NULL: no memory. */
struct sl_fib *sl_fib_build(
    uint8_t family, const struct sl_fib_route *routes, uint32_t n);
void sl_fib_free(struct sl_fib *); /* NULL is fine */

/* The best route for 'dst', or NULL.  => Role: any. */
const struct sl_fib_route *sl_fib_lookup(
    const struct sl_fib *, const struct sl_addr *dst);

/* Clears all bits of 'addr' behind the first 'len'. */
void sl_addr_mask(uint8_t family, struct sl_addr *addr, unsigned len);

#endif
