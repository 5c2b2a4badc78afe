/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bench/nat_port.cc measures, in plain C: one public address, one server,
 * and so many of the 64,512 ports from 1024 on in use; a new client whose own
 * port is taken asks for another.
 */
#ifndef BENCH_NAT_PORT_FIXTURE_H
#define BENCH_NAT_PORT_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NP_PORTS 64512u

struct np;

/* 'used' ports are taken at random (not the one that is asked for first);
 * NULL without memory.  One at a time. */
struct np *np_new(uint32_t used);
void np_free(struct np *);

/* One choice for a client whose port is taken; true if a port was found. */
bool np_choose(struct np *);
/* One choice for a client whose port is free (a table lookup). */
bool np_keep(struct np *);

#ifdef __cplusplus
}
#endif
#endif
