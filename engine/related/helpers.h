/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helpers that are loaded, and which connections they are for.
 *
 * What it is.  By name, a number that stays (connection-type, rules, connections
 *   know helpers by it) and the version that new connections get; and by
 *   protocol and server port, an immutable map of those, published by RCU.
 * Life cycle.  A version is loaded -> current -> superseded or withdrawn -> no
 *   session uses it -> grace period -> unmapped (plugin/loader).
 * Who writes.  Control.  A version's 'users' and counters: each worker its own.
 * Who reads.   Workers, for the first packet of a connection (map) and for packets
 *   of connections that have a helper (version).
 * Ordering.    A version is complete before the map that names it is published.
 * Bounds.      SL_HELPERS_MAX names.
 */
#ifndef SL_RELATED_HELPERS_H
#define SL_RELATED_HELPERS_H

#include <base/rcu.h>
#include <sluice/helper.h>

#define SL_HELPERS_MAX 31 /* numbers 1..31: five bits of a connection */

struct sl_helper_use {
	/* SL_STATS: written by the worker */
	SL_ALIGNED(SL_CACHE_LINE) SL_ATOMIC(uint64_t) sessions;
	SL_ATOMIC(uint64_t) expectations;
	SL_ATOMIC(uint64_t) counters[SL_HELP_COUNTERS_MAX];
};

/* One version of one helper. */
struct sl_helper {
	/* SL_CONST once published */
	struct sl_helper_ops ops; /* our copy; what it points to is the .so's */
	uint8_t number;		  /* 1..SL_HELPERS_MAX, by name */
	/* SL_SHARED: control publishes another block, retires the old one */
	SL_RCU_PTR(const void) options;
	/* SL_SHARED: the version that sessions of this one go on with; NULL:
	 * this one */
	SL_RCU_PTR(struct sl_helper) successor;
	SL_ATOMIC(bool) is_off;	   /* sessions stop calling it */
	struct sl_helper_use *use; /* [SL_WORKERS_MAX] */
};

/* The number of a name: the seven of RouterOS first (ftp 1, pptp 2, h323 3, sip 4,
 * irc 5, quake3 6, tftp 7), others as they come; 0: no room, or with 'add' false
 * not known.  => Role: main or control. */
uint8_t sl_helpers_number(const char *name, bool add);
/* NULL: nobody has it.  => Role: any. */
const char *sl_helpers_name(uint8_t number);

/* The helper for connections of 'l4proto' to server port 'port' (host order); NULL:
 * none.  Two loads.  => In a read section. */
struct sl_helper *sl_helpers_at_rcu(
    uint8_t family, uint8_t l4proto, uint16_t port);
/* The current version by name, for sl_expect.helper; NULL.
 * => In a read section. */
struct sl_helper *sl_helpers_named_rcu(const char *name);

#endif
