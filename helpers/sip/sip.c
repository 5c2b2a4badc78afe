/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIP (RFC 3261): phones tell each other in headers and session descriptions where
 * they are to be called and where their media go.
 *
 * Datagrams are one message each; of a TCP connection, whole messages are read by
 * Content-Length, and what does not begin as one ends the reading for good: a
 * browser's POST to port 5060 is no SIP, whatever its body says.  Bodies too long
 * to be held pass by untouched.
 */
#include <netinet/in.h>
#include <sluice/plugin.h>

#include "talk.h"

enum {
	HOLD_MAX = SL_HELP_HOLD_MAX,
	/* of SL_HELP_EDITS_MAX, what one message may need */
	EDITS_OF_MESSAGE = 40,
};

#define HOUR_MS (3600 * 1000)

static const struct sl_option options[] = {
    {"sip-direct-media", SL_OPT_BOOL,
	offsetof(struct sip_options, direct_media), "yes",
	"yes: media run between the two ends of the signalling only; no: an "
	"end may announce another host's address, and media may come from "
	"anywhere"},
    {"sip-timeout", SL_OPT_TIME_MS, offsetof(struct sip_options, timeout_ms),
	"1h",
	"a UDP connection, and the media of a call that have not come, are "
	"kept this long after a message",
	1000, 24ull * HOUR_MS},
    {NULL},
};

static const struct sl_port_match ports[] = {
    {IPPROTO_UDP, 0, SIP_PORT},
    {IPPROTO_UDP, 0, SIP_TLS_PORT},
    {IPPROTO_TCP, 0, SIP_PORT},
    {IPPROTO_TCP, 0, SIP_TLS_PORT},
    {0},
};

static const struct sl_expect_class classes[] = {
    [SIP_CLASS_SIGNALLING] = {"signalling", 32, HOUR_MS},
    /* a trunk between two exchanges is one connection */
    [SIP_CLASS_MEDIA] = {"media", 512, HOUR_MS},
    {NULL},
};

static const char *const counters[] = {
    [SIP_COUNT_MESSAGES] = "messages",
    [SIP_COUNT_MALFORMED] = "malformed-datagrams",
    [SIP_COUNT_NOT_SIP] = "streams-not-sip",
    [SIP_COUNT_TOO_LONG] = "messages-too-long",
    [SIP_COUNT_CUT] = "streams-cut",
    [SIP_COUNT_THIRD_PARTY] = "media-of-others",
    [SIP_COUNT_REFUSED] = "refused-addresses",
    [SIP_COUNT_NO_ROOM] = "no-room",
    [SIP_COUNT_TOO_MANY_MEDIA] = "too-many-media",
    NULL,
};

static bool
is_end_of_call(const struct sip_message *msg)
{
	if (!msg->status)
		return msg->method == SIP_BYE || msg->method == SIP_CANCEL;
	return msg->method == SIP_INVITE && msg->status >= 300;
}

/* Content-Length is written last: it says what the body has become. */
static enum sl_help
translate(struct sip_talk *talk)
{
	const struct sip_message *msg = &talk->msg;

	sip_headers_translate(talk);
	sip_sdp_translate(talk);
	if (is_end_of_call(msg))
		sip_sdp_end(talk);
	if (talk->growth && msg->length.len)
		sip_talk_replace_number(talk, msg->length,
		    (uint32_t)((int32_t)msg->body.len + talk->growth));
	if (talk->error)
		return SL_HELP_DROP;
	sl_helper_count(talk->call, SIP_COUNT_MESSAGES);
	return SL_HELP_PASS;
}

static enum sl_help
read_datagram(struct sip_talk *talk)
{
	const struct sl_call *call = talk->call;
	struct sl_span at = call->payload;

	while (at.len && (at.data[0] == '\r' || at.data[0] == '\n'))
		at = sl_text_after(at, 1);
	if (!at.len)
		return SL_HELP_PASS; /* a phone keeping its path open */
	if (sip_message_parse(at, false, HOLD_MAX, &talk->msg) != SIP_WHOLE) {
		sl_helper_count(call, SIP_COUNT_MALFORMED);
		return SL_HELP_PASS;
	}
	call->host->keep(call, (uint32_t)talk->options->timeout_ms);
	return translate(talk);
}

/* Bytes of a long body, or line ends between messages. */
static struct sl_span
skip(struct sip_talk *talk, struct sl_span at)
{
	uint32_t *left = &talk->state->skip[talk->call->dir];
	uint32_t n = at.len < *left ? at.len : *left;

	*left -= n;
	at = sl_text_after(at, n);
	while (at.len && (at.data[0] == '\r' || at.data[0] == '\n'))
		at = sl_text_after(at, 1);
	return at;
}

static enum sl_help
give_up(struct sip_talk *talk, enum sip_count why)
{
	sl_helper_count(talk->call, why);
	return SL_HELP_DETACH;
}

static enum sl_help
read_stream(struct sip_talk *talk)
{
	const struct sl_call *call = talk->call;
	struct sl_span at = call->payload;
	enum sip_found found;

	if (call->flags & SL_CALL_CUT)
		return give_up(talk, SIP_COUNT_CUT);
	while ((at = skip(talk, at)).len) {
		found = sip_message_parse(at, true, HOLD_MAX, &talk->msg);
		if (found == SIP_NONE)
			return give_up(talk, SIP_COUNT_NOT_SIP);
		if (found == SIP_LONG) {
			sl_helper_count(call, SIP_COUNT_TOO_LONG);
			talk->state->skip[call->dir] = talk->msg.whole.len;
			continue;
		}
		if (found == SIP_PART) {
			*call->used = sl_text_off(call->payload, at);
			break;
		}
		if (talk->edits > SL_HELP_EDITS_MAX - EDITS_OF_MESSAGE) {
			*call->used = sl_text_off(call->payload, at);
			break; /* shown again, with room for more */
		}
		talk->growth = 0;
		if (translate(talk) == SL_HELP_DROP)
			return SL_HELP_DROP;
		at = sl_text_after(at, talk->msg.whole.len);
	}
	return SL_HELP_PASS;
}

static enum sl_help
sip_data(const struct sl_call *call)
{
	struct sip_talk talk = {.call = call,
	    .options = (const struct sip_options *)call->options,
	    .state = (struct sip_state *)call->priv};
	struct sip_state before = *talk.state;
	enum sl_help verdict = call->l4proto == IPPROTO_TCP
				   ? read_stream(&talk)
				   : read_datagram(&talk);

	/* what is dropped was never said */
	if (verdict == SL_HELP_DROP)
		*talk.state = before;
	return verdict;
}

static const struct sl_helper_ops sip_ops = {
    .size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_STREAM,
    .name = "sip",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .priv_size = sizeof(struct sip_state),
    .priv_version = 1,
    .hold_max = HOLD_MAX,
    .families = 3,
    .data = sip_data,
};

static const struct sl_helper_ops *const helpers[] = {&sip_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "sip",
    .version = "1.0",
    .summary = "SIP: telephone calls and their media",
    .options = options,
    .option_size = sizeof(struct sip_options),
    .helpers = helpers,
};

SL_PLUGIN(plugin)
