/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The helper to copy: an invented protocol that has what most have.
 *
 * The client greets with "SKELETON 1", and later asks to be called back:
 *
 *	CALL 192.168.88.10 5000
 *
 * upon which the server opens a TCP connection to that address and port.  Lines
 * end with CR LF or LF.  What is not understood passes as it is.
 */
#include <sluice/helper.h>
#include <sluice/plugin.h>
#include <sluice/text.h>

#define IP_PROTO_TCP 6

enum { CLASS_CALL };

static const struct sl_expect_class classes[] = {
    [CLASS_CALL] = {"call", .max = 4, .timeout_ms = 60 * 1000},
    {NULL},
};

enum counter {
	COUNT_BAD_CALL,
	COUNT_REFUSED,
};

static const char *const counters[] = {
    [COUNT_BAD_CALL] = "bad-call",
    [COUNT_REFUSED] = "call-refused",
    NULL,
};

static const struct sl_port_match ports[] = {
    {.l4proto = IP_PROTO_TCP, .port = 7007},
    {0},
};

struct skeleton_options {
	bool loose;
};

static const struct sl_option options[] = {
    {"loose", SL_OPT_BOOL, offsetof(struct skeleton_options, loose), "no",
	"calls may be asked for another host than the client"},
    {NULL},
};

/* What is remembered of one connection. */
struct skeleton {
	bool has_greeted;
};

/* The line, without its end, as "CALL ADDRESS PORT". */
static bool
read_call(struct sl_span line, uint8_t family, struct sl_endpoint *at,
    struct sl_span *place)
{
	uint32_t port;

	if (!sl_text_take(&line, "CALL") || !sl_text_blanks(&line))
		return false;
	*place = line;
	if (!sl_text_addr(&line, family, &at->addr) || !sl_text_blanks(&line) ||
	    !sl_text_number(&line, UINT16_MAX, &port) || line.len)
		return false;
	at->id = sl_to_be16((uint16_t)port);
	return true;
}

/* Writes where the server must go in the place of where the client said. */
static enum sl_help
rewrite(const struct sl_call *call, struct sl_span place,
    const struct sl_endpoint *seen)
{
	char text[SL_TEXT_IP6_MAX + 1 + SL_TEXT_PORT_MAX];
	struct sl_text_out out = sl_text_out(text, sizeof(text));

	sl_text_put_addr(&out, call->family, &seen->addr);
	sl_text_put_byte(&out, ' ');
	sl_text_put_port(&out, seen->id);
	if (sl_replace(call, sl_text_off(call->payload, place), place.len, text,
		out.len))
		return SL_HELP_DROP;
	return SL_HELP_PASS;
}

static enum sl_help
take_call(const struct sl_call *call, struct sl_span line)
{
	const struct skeleton_options *o = call->options;
	struct sl_expect e = {
	    .size = sizeof(e),
	    .class_no = CLASS_CALL,
	    .l4proto = IP_PROTO_TCP,
	    .flags = o->loose ? SL_EXPECT_THIRD_PARTY : 0,
	    .opener = SL_REPLY,
	};
	struct sl_endpoint seen;
	struct sl_span place;

	if (!read_call(line, call->family, &e.at, &place)) {
		sl_helper_count(call, COUNT_BAD_CALL);
		return SL_HELP_PASS;
	}
	if (sl_expect(call, &e, &seen)) {
		sl_helper_count(call, COUNT_REFUSED);
		return SL_HELP_PASS;
	}
	return rewrite(call, place, &seen);
}

static enum sl_help
take_line(const struct sl_call *call, struct sl_span line)
{
	struct skeleton *s = call->priv;

	if (!s->has_greeted) {
		/* Another protocol on our port may be made to say anything:
		 * only one that begins as ours does is listened to. */
		if (!sl_text_is(line, "SKELETON 1"))
			return SL_HELP_DETACH;
		s->has_greeted = true;
		return SL_HELP_PASS;
	}
	if (sl_text_begins(line, "CALL"))
		return take_call(call, line);
	return SL_HELP_PASS;
}

/* What is left of a line that is not whole is held back until the rest comes. */
static enum sl_help
skeleton_data(const struct sl_call *call)
{
	struct sl_span at = call->payload, line;
	enum sl_help verdict = SL_HELP_PASS;

	if (call->dir != SL_ORIG)
		return SL_HELP_PASS;
	if (call->flags & SL_CALL_CUT)
		return SL_HELP_DETACH;
	while (verdict == SL_HELP_PASS && sl_text_line(&at, &line))
		verdict = take_line(call, line);
	*call->used = call->payload.len - at.len;
	return verdict;
}

static const struct sl_helper_ops skeleton_ops = {
    .size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_STREAM,
    .name = "skeleton",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .priv_size = sizeof(struct skeleton),
    .priv_version = 1,
    .hold_max = 128, /* the longest line of ours, and some */
    .families = 3,
    .data = skeleton_data,
};

static const struct sl_helper_ops *const helpers[] = {&skeleton_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "skeleton",
    .version = "1.0",
    .summary = "an invented protocol, to copy from",
    .options = options,
    .option_size = sizeof(struct skeleton_options),
    .helpers = helpers,
};

SL_PLUGIN(plugin)
