/* SPDX-License-Identifier: Apache-2.0 */
/* One packet of a host: made, and taken apart with everything checked that a
 * receiver would. */
#ifndef SL_CHECK_WIRE_H
#define SL_CHECK_WIRE_H

#include <base/error.h>
#include <packet/pkt.h>

#define SL_WIRE_HEADERS 128 /* at most, before the payload */

enum sl_wire_flag {
	SL_WIRE_FIN = 1,
	SL_WIRE_SYN = 2,
	SL_WIRE_RST = 4,
	SL_WIRE_PSH = 8,
	SL_WIRE_ACK = 16,
};

struct sl_wire {
	uint8_t family, l4proto;
	uint8_t flags; /* TCP: enum sl_wire_flag */
	struct sl_addr src, dst;
	uint16_t src_id, dst_id; /* host order; GRE: dst_id is the call id */
	uint32_t seq, ack;	 /* TCP */
	struct sl_span payload;
};

/* Writes the frame of 's' to 'mac'; its length, 0 if it does not fit. */
uint32_t sl_wire_write(const struct sl_wire *s, const uint8_t mac[6],
    uint8_t *frame, uint32_t size);

/* Takes a frame apart; payload points into it.  -EINVAL: some length or checksum
 * is wrong, 'err' says which. */
int sl_wire_read(
    const struct sl_pkt *frame, struct sl_wire *s, struct sl_err *err);

#endif
