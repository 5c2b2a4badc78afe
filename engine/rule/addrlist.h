/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address lists: named sets of prefixes, some with a deadline.
 *
 * What it is.  One open-addressing hash table per list; a key is a masked
 *   address and its prefix length, and a lookup probes once for each length
 *   the list has (at most 33 or 129; rarely above ten).  The cost does not hang on
 *   the number of entries, an update costs O(1), and loading is linear: that is
 *   why not a trie or sorted ranges.  An address range is the prefixes it is
 *   made of.
 * Life cycle.  A list comes to life when a rule or an entry names it and is
 *   retired when nobody does.  A table that grew retires the smaller one.
 * Who writes.  Control.
 * Who reads.   Workers, inside a read section.
 * Ordering.    A slot's key is written before its tag is released, and never
 *   changes in that table: a removed entry only loses its deadline.
 * Bounds.      32 bytes a slot, at most half of the slots in use.
 */
#ifndef SL_RULE_ADDRLIST_H
#define SL_RULE_ADDRLIST_H

#include <base/error.h>
#include <base/rcu.h>
#include <sluice/types.h>

#define SL_ADDRLIST_FOREVER UINT64_MAX

struct sl_addrlist;
struct sl_addrlist_entry;

/* The list of that name and family, made if there is none; NULL: no memory.
 * => Role: control. => Returns a reference. */
struct sl_addrlist *sl_addrlist_get(uint8_t family, const char *name);
void sl_addrlist_put(struct sl_addrlist *); /* NULL: nothing */
const char *sl_addrlist_name(const struct sl_addrlist *);
uint8_t sl_addrlist_family(const struct sl_addrlist *);

/* Adds min..max (inclusive, network order) until 'deadline_ns'.  The same or an
 * overlapping range may be there already: each entry counts for itself.  The
 * entry holds a reference on the list.  NULL and err: no memory.
 * => Role: control. */
struct sl_addrlist_entry *sl_addrlist_add(struct sl_addrlist *,
    const struct sl_addr *min, const struct sl_addr *max, uint64_t deadline_ns,
    struct sl_err *err);
/* A new deadline for an entry that has one (may be SL_ADDRLIST_FOREVER), without
 * a moment in which the entry is not there. => Role: control. */
void sl_addrlist_set_deadline(struct sl_addrlist_entry *, uint64_t deadline_ns);
uint64_t sl_addrlist_deadline(const struct sl_addrlist_entry *);
/* => Role: control. => Consumes the entry. */
void sl_addrlist_remove(struct sl_addrlist_entry *);

/* The caller's own pointer, for the sweep. */
void sl_addrlist_set_owner(struct sl_addrlist_entry *, void *owner);
void *sl_addrlist_owner(const struct sl_addrlist_entry *);

/* An entry whose deadline has passed (the caller removes it), or NULL.  Asking
 * costs O(1), removing O(log timed entries). => Role: control. */
struct sl_addrlist_entry *sl_addrlist_expired(uint64_t now_ns);

/* Is the address in the list now?  => In a read section. */
bool sl_addrlist_has_rcu(
    const struct sl_addrlist *, const struct sl_addr *addr, uint64_t now_ns);
/* As has; *deadline_ns is the latest deadline that covers the address. */
bool sl_addrlist_until_rcu(const struct sl_addrlist *,
    const struct sl_addr *addr, uint64_t now_ns, uint64_t *deadline_ns);

#endif
