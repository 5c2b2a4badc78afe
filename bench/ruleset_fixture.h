/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bench/ruleset.cc measures, in plain C: a chain of so many rules that
 * differ in one respect, and first packets of connections that hit any of them.
 */
#ifndef BENCH_RULESET_FIXTURE_H
#define BENCH_RULESET_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RSB_PACKETS 1024u

enum rsb_mix {
	RSB_ADDRESS,   /* one source each */
	RSB_PREFIX,    /* a /28 of destinations each, in /20s of their own */
	RSB_RANGE,     /* 11 destinations each */
	RSB_ADDRESS6,  /* IPv6, one source each */
	RSB_PORT,      /* one TCP or UDP port each */
	RSB_INTERFACE, /* in-interface and out-interface */
	RSB_PAIR,      /* 100 sources and so many destinations */
	RSB_ANY_OF,    /* source, destination, port or interface */
	RSB_NAT_BLOCKS, /* deterministic CGNAT: jumps, then three rules a client */
	RSB_ONIONS,	/* ranges around one point on all axes: nothing helps */
	RSB_MIXES
};

struct rsb;

/* The name of a mix. */
const char *rsb_name(enum rsb_mix mix);

/* NULL without memory.  One at a time. */
struct rsb *rsb_new(enum rsb_mix mix, uint32_t rules);
void rsb_free(struct rsb *);

/* Walks the rules with each of RSB_PACKETS packets; how many were decided by a
 * rule (all should be). */
uint32_t rsb_run(struct rsb *);

/* Compiles once more. */
bool rsb_compile(struct rsb *);
/* Bytes of the classifiers of all chains. */
size_t rsb_bytes(const struct rsb *);

#ifdef __cplusplus
}
#endif
#endif
