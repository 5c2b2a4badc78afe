/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helpers that are loaded, and which connections they are for.
 *
 * What it is.  By name, a number that stays (connection-type, rules, connections
 *   know helpers by it), its settings (ports, disabled), and the version that new
 *   connections get; and by protocol and server port, an immutable map of those,
 *   published by RCU.
 * Life cycle.  A version is made (sl_helpers_new) -> current (_publish) ->
 *   superseded or withdrawn -> no session uses it (_is_used) -> cut off from what
 *   leads to it (_unlink) -> grace period -> still unused -> freed (_free).
 * Who writes.  Main or control.  A version's 'use': each worker its own row.
 * Who reads.   Workers, for the first packet of a connection (map) and for packets
 *   of connections that have a helper (version).
 * Ordering.    A version is complete before the map that names it is published.
 * Bounds.      SL_HELPERS_MAX names of SL_HELPER_PORTS ports.
 */
#ifndef SL_RELATED_HELPERS_H
#define SL_RELATED_HELPERS_H

#include <base/error.h>
#include <base/rcu.h>
#include <base/role.h>
#include <sluice/helper.h>

#define SL_HELPERS_MAX	31 /* numbers 1..31: five bits of a connection */
#define SL_HELPER_NAME	16 /* bytes of a name with its NUL */
#define SL_HELPER_PORTS 15 /* configured ports, as a RouterOS list has them */

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
	uint8_t n_classes, n_counters;
	struct sl_helper_use *use; /* [SL_WORKERS_MAX] */
	/* SL_SHARED: control publishes another block, retires the old one */
	SL_RCU_PTR(const void) options;
	/* SL_SHARED: the version that sessions of this one go on with; NULL:
	 * this one */
	SL_RCU_PTR(struct sl_helper) successor;
	/* SL_SHARED, relaxed, written by control */
	SL_ATOMIC(bool) is_off; /* sessions stop calling it */
	SL_ATOMIC(uint32_t) class_max[SL_HELP_CLASSES_MAX];
	SL_ATOMIC(uint32_t) class_timeout_ms[SL_HELP_CLASSES_MAX];
	/* Control's own. */
	struct sl_helper *next; /* of all versions */
};

/* What is configured of a helper.  => Role of all that take one: main, control. */
struct sl_helper_settings {
	bool is_off;
	uint8_t n_ports; /* 0: those of the helper itself */
	uint16_t ports[SL_HELPER_PORTS];
};

struct sl_helper_total {
	uint64_t sessions, expectations;
	uint64_t counters[SL_HELP_COUNTERS_MAX];
};

/* The number of a name: the seven of RouterOS first (ftp 1, pptp 2, h323 3, sip 4,
 * irc 5, quake3 6, tftp 7), others as they come; 0: no room, or with 'add' false
 * not known.  => Role: main or control. */
uint8_t sl_helpers_number(const char *name, bool add);
/* NULL: nobody has it.  The text stays for ever.  => Role: any. */
const char *sl_helpers_name(uint8_t number);

/* The helper for connections of 'l4proto' to server port 'port' (host order); NULL:
 * none, or disabled.  => In a read section. */
struct sl_helper *sl_helpers_at_rcu(
    uint8_t family, uint8_t l4proto, uint16_t port);
/* The current version by name, for sl_expect.helper; NULL: none, or disabled.
 * => In a read section. */
struct sl_helper *sl_helpers_named_rcu(const char *name);
/* The same by number. => In a read section. */
struct sl_helper *sl_helpers_numbered_rcu(uint8_t number);

/* Limit and timeout in force of a class of a version.  => Role: any. */
static inline uint32_t
sl_helper_class_max(struct sl_helper *h, unsigned class_no)
{
	return sl_load_relaxed(&h->class_max[class_no]);
}

static inline uint32_t
sl_helper_class_timeout_ms(struct sl_helper *h, unsigned class_no)
{
	return sl_load_relaxed(&h->class_timeout_ms[class_no]);
}

/* A version of checked 'ops', copied; 'options' is the caller's and may be NULL.
 * NULL and 'err': -ENOSPC no number for its name, -ENOMEM. */
struct sl_helper *sl_helpers_new(
    const struct sl_helper_ops *ops, const void *options, struct sl_err *err);
/* In one step makes 'in' the current versions of their names, where sessions of
 * earlier ones go on with them if their private area is the same, and takes those of
 * 'out' that are still current out of use: no new connection gets them, nothing goes
 * on with them, sessions that have them keep them.  0, or -ENOMEM and nothing
 * changed. */
int sl_helpers_swap(struct sl_helper *const *in, unsigned n_in,
    struct sl_helper *const *out, unsigned n_out, struct sl_err *err);
/* One in; one out. */
int sl_helpers_publish(struct sl_helper *, struct sl_err *err);
int sl_helpers_withdraw(struct sl_helper *, struct sl_err *err);
/* Earlier versions that led to this one lead to its successor. */
void sl_helpers_unlink(struct sl_helper *);
bool sl_helpers_is_used(const struct sl_helper *);
/* After withdraw or supersession, unlink and a grace period.  NULL is fine. */
void sl_helpers_free(struct sl_helper *);

/* The current version of a number; NULL. */
struct sl_helper *sl_helpers_own(uint8_t number);
void sl_helpers_settings(uint8_t number, struct sl_helper_settings *out);
/* In force for the next new connection, and 'is_off' for the next packet of the
 * others; also before the helper is loaded.  0 or -ENOMEM. */
int sl_helpers_set(
    uint8_t number, const struct sl_helper_settings *, struct sl_err *err);
/* The number of who has a port that 'number' asks for as well: the lower number
 * has it; 0: nobody. */
uint8_t sl_helpers_rival(uint8_t number, uint16_t *port);

/* Sums over workers. => Role: any. */
void sl_helpers_total(const struct sl_helper *, struct sl_helper_total *out);

/* Forgets all settings, names but the first seven, and the map; every version was
 * freed.  No worker runs. => Role: main. */
void sl_helpers_clear(void);

#endif
