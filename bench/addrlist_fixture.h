/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bench/addrlist.cc measures, in plain C: an IPv4 address list of random
 * prefixes of 17 lengths (/16 to /32).
 */
#ifndef BENCH_ADDRLIST_FIXTURE_H
#define BENCH_ADDRLIST_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ALB_LOOKUPS 1024u

struct alb;

/* NULL without memory. */
struct alb *alb_new(uint32_t prefixes);
void alb_free(struct alb *);

/* Adds all prefixes to the list, or takes them out again. */
bool alb_load(struct alb *);
void alb_unload(struct alb *);

/* ALB_LOOKUPS addresses of the list ('hit') or of nobody; how many it has. */
uint32_t alb_look(struct alb *, bool hit);

#ifdef __cplusplus
}
#endif
#endif
