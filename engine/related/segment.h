/* SPDX-License-Identifier: Apache-2.0 */
/* A TCP segment of a helped connection, on its way out. */
#ifndef SL_RELATED_SEGMENT_H
#define SL_RELATED_SEGMENT_H

#include <packet/edit.h>
#include <packet/reply.h>

#define SL_SEGMENT_SEQ	  4 /* offsets in the header */
#define SL_SEGMENT_ACK	  8
#define SL_SEGMENT_WINDOW 14

struct sl_segment {
	struct sl_pkt *pkt;
	uint32_t seq;	    /* as its sender numbers */
	uint32_t ack;	    /* as it arrived: its sender's, of the other one */
	uint32_t shown_end; /* behind it, as tracking has seen it */
	uint32_t off, len;  /* payload */
	uint8_t flags;	    /* SL_TCP_* */
	bool ack_is_news;   /* it acknowledges more than any before it */
};

/* False: no sound TCP segment.  'seq' is the header's. */
bool sl_segment_read(struct sl_segment *, struct sl_pkt *);

static inline const uint8_t *
sl_segment_payload(const struct sl_segment *seg)
{
	return seg->pkt->data + seg->off;
}

#endif
