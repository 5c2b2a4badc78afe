/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of ports that takes no more memory than it has members to show for: up
 * to three in the word itself, then a list, then a map of all 65,536.
 *
 * What it is.  One word.  Its lowest two bits are the number of members it
 *   holds itself (1 to 3), or 0: then it is the address of a list (up to 124
 *   members) or of a map (1,024 words of 64 ports, and one bit for each word
 *   that is full).  A tag of the user's goes with every form.
 * Life cycle.  sl_portset_one() -> add, remove -> remove says that it is empty
 *   and has freed everything.  Forms change with room to spare, so that a set
 *   that breathes does not allocate with every breath.
 * Who writes, who reads.  One thread at a time; the user has a lock.
 * Bounds.      A word of a list takes 124 steps; of a map, one.
 */
#ifndef SL_NAT_PORTSET_H
#define SL_NAT_PORTSET_H

#include <base/compiler.h>

#define SL_PORTSET_WORDS   1024u /* of 64 ports */
#define SL_PORTSET_TAG_MAX 16383u

struct sl_portset {
	uint64_t v; /* 0: the empty set, which has no tag */
};

/* The set of 'port' alone.  tag <= SL_PORTSET_TAG_MAX. */
struct sl_portset sl_portset_one(uint16_t port, uint16_t tag);
/* Frees what there is, and empties it. */
void sl_portset_clear(struct sl_portset *);

/* Adds a port that is not in the set, which is not empty.  -ENOMEM: it is as it
 * was. */
int sl_portset_add(struct sl_portset *, uint16_t port);
/* Takes a port out; one that is not in the set changes nothing. */
void sl_portset_remove(struct sl_portset *, uint16_t port);

uint16_t sl_portset_tag(const struct sl_portset *);
uint32_t sl_portset_count(const struct sl_portset *);
bool sl_portset_has(const struct sl_portset *, uint16_t port);

/* The members from 64 * word on, a bit each.  word < SL_PORTSET_WORDS. */
uint64_t sl_portset_word(const struct sl_portset *, uint32_t word);
/* The first word from 'word' on that is not known to be full;
 * SL_PORTSET_WORDS: there is none. */
uint32_t sl_portset_skip(const struct sl_portset *, uint32_t word);

#endif
