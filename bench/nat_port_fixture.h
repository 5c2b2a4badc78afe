/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bench/nat_port.cc measures, in plain C: one public address, one server,
 * and so many ports of a range in use, each by a connection in the table; a new
 * client whose own port is taken asks for another.
 */
#ifndef BENCH_NAT_PORT_FIXTURE_H
#define BENCH_NAT_PORT_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct np;

/* 'used' of the 'size' ports from 1024 on are taken, at random (not only the one
 * that is asked for first); NULL without memory.  One at a time. */
struct np *np_new(uint32_t size, uint32_t used);
void np_free(struct np *);

/* One choice for a client whose port is taken; true if a port was found, and it
 * is to be given back. */
bool np_choose(struct np *);
/* One choice for a client whose port is free; it is to be given back. */
bool np_keep(struct np *);
/* Gives back what the last choice found. */
void np_give_back(struct np *);

#ifdef __cplusplus
}
#endif
#endif
