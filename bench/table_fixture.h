/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bench/table.cc measures, in plain C.  A subject holds 'n' connections,
 * each findable by both its tuples; a query is a tuple with its hash, and
 * queries come in a random order that touches every connection once a round.
 * A lookup writes a deadline into what it finds, as a packet does.
 */
#ifndef BENCH_TABLE_FIXTURE_H
#define BENCH_TABLE_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tb_kind {
	TB_SLUICE,   /* conn/table */
	TB_CDS_LFHT, /* liburcu's resizable hash table */
	TB_CK_HT,    /* Concurrency Kit's ck_ht, bytestring keys */
	TB_LIMIT     /* two dependent prefetched random lines and a write */
};

enum tb_want { TB_HIT, TB_MISS };

#define TB_BATCH 32

struct tb;

/* An empty subject for 'n' connections, with its queries prepared; NULL without
 * memory.  One at a time. */
struct tb *tb_new(enum tb_kind kind, uint32_t n);
void tb_free(struct tb *);

/* Inserts all connections; growing, if any, included. */
void tb_fill(struct tb *);

/* The next 'count' queries: one by one, or in batches of TB_BATCH with the
 * subject's prefetch stages, if it has any.  Returns how many were found. */
uint64_t tb_lookup_single(struct tb *, enum tb_want, uint32_t count);
uint64_t tb_lookup_batch(struct tb *, enum tb_want, uint32_t count);

/* Bytes per connection, index included; 0: not known. */
double tb_bytes_per_connection(const struct tb *);

#ifdef __cplusplus
}
#endif
#endif
