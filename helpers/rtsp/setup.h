/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SETUP and its answer: which ports the two will use, and what the other one must
 * be told of them.
 */
#ifndef RTSP_SETUP_H
#define RTSP_SETUP_H

#include <sluice/helper.h>

#include "message.h"
#include "state.h"

enum { RTSP_CLASS_MEDIA };

enum rtsp_count {
	RTSP_COUNT_SETUPS,
	RTSP_COUNT_MALFORMED,
	RTSP_COUNT_FOREIGN,
	RTSP_COUNT_REFUSED,
	RTSP_COUNT_NO_ROOM,
	RTSP_COUNT_TOO_MANY,
	RTSP_COUNT_UNKNOWN_PORTS,
	RTSP_COUNT_NOT_RTSP,
	RTSP_COUNT_CUT,
};

/* One call of data(). */
struct rtsp_talk {
	const struct sl_call *call;
	struct rtsp_state *state;
	struct rtsp_message msg;
	unsigned edits;
	bool failed; /* a replacement: the packet cannot go */
};

/* The client's SETUP and TEARDOWN. */
void rtsp_setup_ask(struct rtsp_talk *talk);
void rtsp_setup_end(struct rtsp_talk *talk);
/* What the server says to any request. */
void rtsp_setup_answer(struct rtsp_talk *talk);

#endif
