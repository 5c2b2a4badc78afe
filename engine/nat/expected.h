/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The translation of a connection that a helper expected: not what rules say, but
 * what its master's translation and the words of its announcement ask for.
 *
 * It is led to where the announcement said ('to'), and comes from what the other
 * side knows the opener by ('shown').  Where the other direction was announced as
 * well (the mate), its announced end is the source that packets leave with.
 */
#ifndef SL_NAT_EXPECTED_H
#define SL_NAT_EXPECTED_H

#include <nat/nat.h>

/* Does the expectation of the fresh connection pkt->conn decide about 'side'?
 * Not about sources of others than the opener: the rules do. */
bool sl_expected_decides(const struct sl_pkt *, enum sl_nat_side side);

/* As sl_nat_setup(), with what the expectation asks for.  => Owner only. */
enum sl_verdict sl_expected_setup(
    struct sl_track *, struct sl_pkt *, enum sl_nat_side side);

#endif
