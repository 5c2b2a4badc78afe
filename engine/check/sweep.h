/* SPDX-License-Identifier: Apache-2.0 */
/* A conversation in every manner that a network or a hostile end can give it:
 * whole, cut at every byte, a byte at a time, repeated, last first, broken off,
 * changed; without NAT, behind srcnat, dstnat and both; each family. */
#ifndef SL_CHECK_SWEEP_H
#define SL_CHECK_SWEEP_H

#include <check/play.h>

/* 0, and *plays is how many there were; or the first that went wrong, and 'err'
 * says how it was played.  => Role: main. */
int sl_sweep(struct sl_ends *, const struct sl_talk *, uint32_t *plays,
    struct sl_err *err);

#endif
