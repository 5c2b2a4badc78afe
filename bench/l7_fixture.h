/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bench/l7.cc measures, in plain C: the first packets of a connection
 * against so many expressions, and what its packets cost afterwards.
 */
#ifndef BENCH_L7_FIXTURE_H
#define BENCH_L7_FIXTURE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define L7B_PACKETS 4 /* that are looked at: a request, 3 of the answer */

struct l7b;

/* So many expressions, and as many contents.  NULL if they do not compile.  One
 * at a time. */
struct l7b *l7b_new(unsigned n);
void l7b_free(struct l7b *);

/* A connection from its first packet until it is unknown: 0.5 KB of request, then
 * full segments. */
void l7b_open(struct l7b *);
/* A packet of a connection that is unknown; of one that has a name. */
int l7b_unknown(struct l7b *);
int l7b_named(struct l7b *);
/* A full segment for contents. */
int l7b_content(struct l7b *);
/* A TLS connection: SYN, a hello of 0.5 KB, the packet behind it; then a packet of
 * one that is past its hello. */
void l7b_hello(struct l7b *);
int l7b_past_hello(struct l7b *);

#ifdef __cplusplus
}
#endif
#endif
