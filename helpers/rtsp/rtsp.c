/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RTSP (RFC 2326): a player asks a server for media, says in SETUP at which ports
 * it listens, and hears from which ports they will be sent,
 *
 *	Transport: RTP/AVP;unicast;client_port=5000-5001
 *	Transport: RTP/AVP;unicast;client_port=5000-5001;server_port=7000-7001
 *
 * Only heads of messages are held until they are whole.  Bodies, and media that
 * run within the connection ("$", channel, length), pass by their length.  What
 * does not begin as a message ends the reading for good.
 */
#include <netinet/in.h>
#include <sluice/plugin.h>

#include "setup.h"

enum {
	HEAD_MAX = 8192,
	FRAME_HEAD = 3, /* behind its '$': channel, length */
};

#define HOUR_MS (3600 * 1000)

static const struct sl_port_match ports[] = {{IPPROTO_TCP, 0, 554}, {0}};

static const struct sl_expect_class classes[] = {
    [RTSP_CLASS_MEDIA] = {"media", 48, HOUR_MS},
    {NULL},
};

static const char *const counters[] = {
    [RTSP_COUNT_SETUPS] = "setups",
    [RTSP_COUNT_MALFORMED] = "malformed-transports",
    [RTSP_COUNT_FOREIGN] = "foreign-addresses",
    [RTSP_COUNT_REFUSED] = "refused-ports",
    [RTSP_COUNT_NO_ROOM] = "no-room",
    [RTSP_COUNT_TOO_MANY] = "too-many-transports",
    [RTSP_COUNT_UNKNOWN_PORTS] = "unknown-ports",
    [RTSP_COUNT_NOT_RTSP] = "streams-not-rtsp",
    [RTSP_COUNT_CUT] = "streams-cut",
    NULL,
};

/* One byte of the beginning of a frame. */
static void
read_frame_head(struct rtsp_place *place, uint8_t byte)
{
	place->framing--;
	if (place->framing == 1)
		place->high = byte;
	else if (place->framing == 0)
		place->skip = (uint32_t)place->high << 8 | byte;
}

/* Bodies, frames and line ends between messages: what is left then begins with a
 * message. */
static struct sl_span
skip(struct rtsp_place *place, struct sl_span at)
{
	while (at.len) {
		uint8_t byte = at.data[0];

		if (place->skip) {
			uint32_t n =
			    at.len < place->skip ? at.len : place->skip;

			place->skip -= n;
			at = sl_text_after(at, n);
			continue;
		}
		if (place->framing)
			read_frame_head(place, byte);
		else if (place->speaks && byte == '$')
			place->framing = FRAME_HEAD;
		else if (!place->speaks || (byte != '\r' && byte != '\n'))
			break;
		at = sl_text_after(at, 1);
	}
	return at;
}

static void
read_message(struct rtsp_talk *talk)
{
	const struct rtsp_message *msg = &talk->msg;

	if (talk->call->dir == SL_REPLY) {
		rtsp_setup_answer(talk);
		return;
	}
	if (msg->status)
		return;
	if (msg->method == RTSP_SETUP)
		rtsp_setup_ask(talk);
	else if (msg->method == RTSP_TEARDOWN)
		rtsp_setup_end(talk);
}

static enum sl_help
give_up(const struct rtsp_talk *talk, enum rtsp_count why)
{
	sl_helper_count(talk->call, why);
	return SL_HELP_DETACH;
}

/* A client begins with a request. */
static bool
may_be_first(const struct sl_call *call, const struct rtsp_place *place,
    struct sl_span at)
{
	return place->speaks || call->dir == SL_REPLY ||
	       !sl_text_begins(at, "RTSP/");
}

static enum sl_help
read_stream(struct rtsp_talk *talk)
{
	const struct sl_call *call = talk->call;
	struct rtsp_place *place = &talk->state->places[call->dir];
	struct sl_span at = call->payload;
	enum rtsp_found found;

	if (call->flags & SL_CALL_CUT)
		return give_up(talk, RTSP_COUNT_CUT);
	while ((at = skip(place, at)).len) {
		found = rtsp_message_parse(at, &talk->msg);
		if (found == RTSP_NONE || !may_be_first(call, place, at))
			return give_up(talk, RTSP_COUNT_NOT_RTSP);
		if (found == RTSP_PART) {
			*call->used = sl_text_off(call->payload, at);
			break;
		}
		place->speaks = true;
		read_message(talk);
		if (talk->failed)
			return SL_HELP_DROP;
		at = sl_text_after(at, talk->msg.len);
		place->skip = talk->msg.body;
	}
	return SL_HELP_PASS;
}

static enum sl_help
rtsp_data(const struct sl_call *call)
{
	struct rtsp_talk talk = {
	    .call = call, .state = (struct rtsp_state *)call->priv};
	struct rtsp_state before = *talk.state;
	enum sl_help verdict = read_stream(&talk);

	/* what is dropped was never said */
	if (verdict == SL_HELP_DROP)
		*talk.state = before;
	return verdict;
}

static const struct sl_helper_ops rtsp_ops = {
    .size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_STREAM | SL_HELP_DEFAULT_OFF,
    .name = "rtsp",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .priv_size = sizeof(struct rtsp_state),
    .hold_max = HEAD_MAX,
    .families = 3,
    .data = rtsp_data,
};

static const struct sl_helper_ops *const helpers[] = {&rtsp_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "rtsp",
    .version = "1.0",
    .summary = "RTSP: media that a player asks a server for",
    .helpers = helpers,
};

SL_PLUGIN(plugin)
