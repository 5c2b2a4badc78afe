/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is remembered of a connection: where either direction stands in its
 * messages, and the media that were asked for.  A fixed number of these; the
 * oldest makes room.
 */
#ifndef RTSP_STATE_H
#define RTSP_STATE_H

#include <sluice/helper.h>

enum { RTSP_STREAMS = 10 };

enum rtsp_stage {
	RTSP_FREE,
	RTSP_ASKED, /* by a SETUP that has no answer yet */
	RTSP_AGREED
};

struct rtsp_stream {
	uint32_t cseq; /* of the SETUP */
	uint32_t session, uri;
	uint16_t own, seen; /* the client's first port, and what the server
			     * was told */
	uint16_t pair;
	uint8_t ids;
	uint8_t stage;
};

/* Where a direction stands. */
struct rtsp_place {
	uint32_t skip;	 /* bytes of a body or frame that are not read */
	uint8_t framing; /* bytes of a frame's beginning still to come */
	uint8_t high;	 /* of the frame's length */
	bool speaks;	 /* a message has been seen */
};

struct rtsp_state {
	struct rtsp_place places[SL_DIRS];
	uint16_t last_pair;
	uint8_t next; /* the oldest stream */
	struct rtsp_stream streams[RTSP_STREAMS];
};

/* For the client's port 'own': the one that has it already, or a free one. */
struct rtsp_stream *rtsp_state_stream(
    const struct sl_call *call, uint16_t own, uint8_t ids);

/* Ends what is expected for it. */
void rtsp_state_end(const struct sl_call *call, struct rtsp_stream *stream);

#endif
