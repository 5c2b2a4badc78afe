/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking DNS for the addresses of names, without waiting (c-ares).
 *
 * What it is.  One c-ares channel over the system's configuration: /etc/hosts,
 *   /etc/resolv.conf (read again when it has changed).
 * Life cycle.  new -> ask, step ... -> free, which answers what is still open.
 * Who writes, who reads.  Control: nothing happens but inside these calls.
 * Ordering.    None needed.
 * Bounds.      A question is tried a few times for some seconds, then answered with
 *   an error.
 */
#ifndef SL_MENU_RESOLVER_H
#define SL_MENU_RESOLVER_H

#include <base/error.h>
#include <sluice/types.h>

/* More addresses of one name are left out. */
#define SL_RESOLVER_ADDRS 128

struct sl_resolver;

struct sl_resolver_answer {
	const char *error; /* NULL: the name server has spoken */
	bool closing;	   /* the resolver is being freed: ask no more */
	unsigned n;	   /* addresses; 0: the name has none, or does not exist */
	uint32_t ttl_s;	   /* the shortest; 0 from /etc/hosts */
	struct sl_addr addrs[SL_RESOLVER_ADDRS];
};

/* 'answer' lives as long as the call. */
typedef void (*sl_resolver_fn)(
    void *arg, const struct sl_resolver_answer *answer);

/* NULL and err on failure. */
struct sl_resolver *sl_resolver_new(struct sl_err *err);
void sl_resolver_free(struct sl_resolver *); /* NULL: nothing */

/* Asks for the addresses of 'family'.  'fn' is called exactly once, perhaps before
 * this returns. */
void sl_resolver_ask(struct sl_resolver *, uint8_t family, const char *name,
    sl_resolver_fn fn, void *arg);

/* Takes answers that came and notices what came too late. */
void sl_resolver_step(struct sl_resolver *);

#endif
