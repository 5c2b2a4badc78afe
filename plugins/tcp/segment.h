/* SPDX-License-Identifier: Apache-2.0 */
/* One TCP segment in host order (RFC 9293 §3.1), with the options that
 * tracking needs. */
#ifndef SL_TCP_SEGMENT_H
#define SL_TCP_SEGMENT_H

#include <sluice/packet.h>

#define TCP_HEADER_MIN 20
#define TCP_NO_SCALE   0xff /* segment.scale: option absent */
#define TCP_SCALE_MAX  14   /* RFC 7323 §2.3 */

enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
};

/* What a segment is to the state machine. */
enum tcp_kind {
	TCP_KIND_SYN,
	TCP_KIND_SYNACK,
	TCP_KIND_FIN,
	TCP_KIND_ACK,
	TCP_KIND_RST,
	TCP_KINDS
};

struct segment {
	uint32_t seq, end; /* end: first sequence number after it */
	uint32_t ack;
	uint32_t sack; /* highest number acknowledged, SACK included */
	uint32_t win;  /* as in the header, not scaled */
	uint8_t flags; /* enum tcp_flag */
	uint8_t kind;  /* enum tcp_kind */
	uint8_t scale; /* of a SYN; TCP_NO_SCALE */
	bool sack_ok;  /* of a SYN: SACK permitted */
};

/* a before b, a after b, modulo 2^32. */
static inline bool
seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static inline bool
seq_after(uint32_t a, uint32_t b)
{
	return seq_before(b, a);
}

/* Is the header sane: length, data offset?  'flags_ok' tells whether the flags
 * can occur together. */
bool sl_segment_fits(const struct sl_span *l4, bool *offset_ok, bool *flags_ok);

/* Reads a segment that fits. */
void sl_segment_read(const struct sl_span *l4, struct segment *seg);

#endif
