/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layer 7: which names a connection has, by its first 10 packets or first 2 KB
 * of payload, whichever ends first.
 *
 * The bytes of both directions are matched together in the order in which packets
 * reach such a rule, with bytes of value 0 left out.  With every packet that brings
 * some, the whole of it is scanned again (at most 2 KB, some 0.2 us): so "$" means
 * the end of what there is, no scanner keeps state, and new expressions can come
 * at any time.  A name holds from the packet on that completes its match, for as
 * long as the connection lives.  After the limits, no other ever will: a connection
 * without a name costs nothing more.
 */
#ifndef SL_RULE_L7_STREAM_H
#define SL_RULE_L7_STREAM_H

#include <packet/pkt.h>
#include <rule/l7.h>

#define SL_L7_PACKETS 10

/* Does the name hold for the packet's connection?  Without one, no name does.
 * => Role: worker.  => Owner only.  => In a read section. */
bool sl_l7_stream_is(const struct sl_l7 *, uint16_t number, struct sl_pkt *pkt);

#endif
