/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

void
rtsp_state_end(const struct sl_call *call, struct rtsp_stream *stream)
{
	if (stream->stage != RTSP_FREE)
		call->host->withdraw(call, stream->pair);
	*stream = (struct rtsp_stream){0};
}

static uint16_t
new_pair(struct rtsp_state *state)
{
	uint16_t pair = state->last_pair;
	unsigned i = 0;

	do {
		if (!++pair)
			pair = 1;
		for (i = 0; i < RTSP_STREAMS; i++)
			if (state->streams[i].pair == pair)
				break;
	} while (i < RTSP_STREAMS);
	return state->last_pair = pair;
}

struct rtsp_stream *
rtsp_state_stream(const struct sl_call *call, uint16_t own, uint8_t ids)
{
	struct rtsp_state *state = (struct rtsp_state *)call->priv;
	struct rtsp_stream *stream = NULL;

	for (unsigned i = 0; i < RTSP_STREAMS; i++) {
		struct rtsp_stream *s = &state->streams[i];

		if (s->stage == RTSP_FREE)
			stream = stream ? stream : s;
		else if (s->own == own && s->ids == ids)
			return s;
	}
	if (!stream) {
		stream = &state->streams[state->next];
		state->next = (uint8_t)((state->next + 1) % RTSP_STREAMS);
		rtsp_state_end(call, stream);
	}
	stream->own = own;
	stream->ids = ids;
	stream->pair = new_pair(state);
	return stream;
}
