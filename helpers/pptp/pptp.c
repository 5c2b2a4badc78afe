/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PPTP (RFC 2637): a control connection on which calls are made, and for each a
 * tunnel of GRE whose packets carry the call id of their receiver.
 *
 * The side that makes a call tells its id in a request, the other one its own in
 * the reply.  Each id becomes an expectation of what its owner will receive, and
 * the two of a call are a pair: one connection.  Where the router translates, ids
 * are translated, too, so that clients behind one address may choose the same; then
 * every later message that names the call is rewritten as its reader knows it.
 */
#include <string.h>

#include <sluice/helper.h>
#include <sluice/plugin.h>

#include "call.h"
#include "message.h"

#define IP_PROTO_TCP 6
#define IP_PROTO_GRE 47
#define PORT	     1723

enum { CLASS_CALL };

static const struct sl_expect_class classes[] = {
    [CLASS_CALL] = {"call", 2 * CALLS_MAX, 5 * 60 * 1000},
    {NULL},
};

enum {
	COUNT_CALLS,
	COUNT_REFUSED,
	COUNT_TOO_MANY,
	COUNT_NO_CALL,
	COUNT_STATE,
	COUNT_OTHER,
	COUNT_LENGTH,
	COUNT_NOT_PPTP,
};

static const char *const counters[] = {
    [COUNT_CALLS] = "calls",
    [COUNT_REFUSED] = "refused-calls",
    [COUNT_TOO_MANY] = "too-many-calls",
    [COUNT_NO_CALL] = "unknown-calls",
    [COUNT_STATE] = "out-of-state-messages",
    [COUNT_OTHER] = "unknown-messages",
    [COUNT_LENGTH] = "bad-lengths",
    [COUNT_NOT_PPTP] = "not-pptp",
    NULL,
};

static const struct sl_port_match ports[] = {{IP_PROTO_TCP, 0, PORT}, {0}};

enum stage {
	STAGE_NONE,  /* nobody has spoken */
	STAGE_ASKED, /* START_REQUEST of who opened the connection */
	STAGE_UP,    /* START_REPLY: calls may be made */
	STAGE_OVER   /* STOP_REQUEST */
};

struct control {
	struct calls calls;
	uint32_t skip[SL_DIRS]; /* bytes of a message that is not read */
	uint8_t lost[SL_DIRS];	/* where the next message begins */
	uint8_t stage;		/* enum stage */
	uint8_t reserved;
};
SL_STATIC_ASSERT(sizeof(struct control) <= SL_HELP_PRIV_MAX, "private area");

static sl_be16
id_at(const struct message *m, uint32_t off)
{
	return sl_raw_be16(m->data + off);
}

static bool
put_id(const struct sl_call *call, const struct message *m, uint32_t off,
    sl_be16 id)
{
	if (id_at(m, off) == id)
		return true;
	return sl_replace(call, m->off + off, 2, &id, 2) == 0;
}

static void
end_call(const struct sl_call *call, struct call *c, enum call_state state)
{
	if (c->state != CALL_CLEARED)
		call->host->withdraw(call, c->pair);
	c->state = (uint8_t)state;
}

static void
end_all(const struct sl_call *call)
{
	struct control *control = call->priv;

	for (struct call *c = control->calls.at;
	     c < control->calls.at + CALLS_MAX; c++)
		if (c->state != CALL_FREE)
			end_call(call, c, CALL_CLEARED);
}

/* The sender of 'm' will receive GRE under its own id; the other side is to send
 * to *seen. */
static bool
expect_own(const struct sl_call *call, const struct message *m, uint16_t pair,
    sl_be16 *seen)
{
	enum sl_dir dir = (enum sl_dir)call->dir;
	struct sl_endpoint told;
	struct sl_expect e = {
	    .size = sizeof(e),
	    .class_no = CLASS_CALL,
	    .l4proto = IP_PROTO_GRE,
	    /* call ids are no ports: none is privileged */
	    .flags = SL_EXPECT_TIED | SL_EXPECT_PRIVILEGED,
	    .opener = dir == SL_ORIG ? SL_REPLY : SL_ORIG,
	    .pair = pair,
	    .at = {.addr = call->tuples[dir].src, .id = id_at(m, m->own_off)},
	};

	if (sl_expect(call, &e, &told) != 0) {
		sl_helper_count(call, COUNT_REFUSED);
		return false;
	}
	*seen = told.id;
	return true;
}

static enum sl_help
read_request(const struct sl_call *call, const struct message *m)
{
	struct control *control = call->priv;
	enum sl_dir dir = (enum sl_dir)call->dir;
	sl_be16 id = id_at(m, m->own_off), seen;
	struct call *c = call_by_real(&control->calls, dir, id);

	if (control->stage != STAGE_UP) {
		sl_helper_count(call, COUNT_STATE);
		return SL_HELP_PASS;
	}
	if (c) /* it was forgotten, or its reply never came */
		end_call(call, c, CALL_FREE);
	c = call_new(&control->calls);
	if (!c) {
		sl_helper_count(call, COUNT_TOO_MANY);
		return SL_HELP_PASS;
	}
	if (!expect_own(call, m, c->pair, &seen)) {
		c->state = CALL_FREE;
		return SL_HELP_PASS;
	}
	call_set_id(c, dir, id, seen);
	sl_helper_count(call, COUNT_CALLS);
	return put_id(call, m, m->own_off, seen) ? SL_HELP_PASS : SL_HELP_DROP;
}

/* What the sender of a reply has to say of itself. */
static bool
read_reply_id(
    const struct sl_call *call, const struct message *m, struct call *c)
{
	enum sl_dir dir = (enum sl_dir)call->dir;
	sl_be16 id = id_at(m, m->own_off), seen = id;

	if (m->data[OFF_CALL_RESULT] != RESULT_OK) {
		end_call(call, c, CALL_FREE);
		return true;
	}
	/* without it no packet can be told from another's; messages can */
	if (!expect_own(call, m, c->pair, &seen))
		call->host->withdraw(call, c->pair);
	c->state = CALL_OPEN;
	call_set_id(c, dir, id, seen);
	return put_id(call, m, m->own_off, seen);
}

static enum sl_help
read_reply(const struct sl_call *call, const struct message *m)
{
	struct control *control = call->priv;
	enum sl_dir peer = call->dir == SL_ORIG ? SL_REPLY : SL_ORIG;
	struct call *c =
	    call_by_seen(&control->calls, peer, id_at(m, m->peer_off));

	if (!c || c->state != CALL_ASKED) {
		sl_helper_count(call, c ? COUNT_STATE : COUNT_NO_CALL);
		return SL_HELP_PASS;
	}
	if (!put_id(call, m, m->peer_off, c->real[peer]) ||
	    !read_reply_id(call, m, c))
		return SL_HELP_DROP;
	return SL_HELP_PASS;
}

/* A message that names a call by one id. */
static enum sl_help
translate(const struct sl_call *call, const struct message *m)
{
	struct control *control = call->priv;
	enum sl_dir dir = (enum sl_dir)call->dir;
	enum sl_dir peer = dir == SL_ORIG ? SL_REPLY : SL_ORIG;
	uint32_t off = m->own_off ? m->own_off : m->peer_off;
	struct call *c =
	    m->own_off ? call_by_real(&control->calls, dir, id_at(m, off))
		       : call_by_seen(&control->calls, peer, id_at(m, off));

	if (!c) {
		sl_helper_count(call, COUNT_NO_CALL);
		return SL_HELP_PASS;
	}
	if (!put_id(call, m, off, m->own_off ? c->seen[dir] : c->real[peer]))
		return SL_HELP_DROP;
	if (m->type == CALL_CLEAR_REQUEST)
		end_call(call, c, CALL_CLEARED);
	else if (m->type == CALL_DISCONNECT_NOTIFY)
		end_call(call, c, CALL_FREE);
	return SL_HELP_PASS;
}

/* The first message of each side; anything else is not PPTP. */
static enum sl_help
read_start(const struct sl_call *call, const struct message *m)
{
	struct control *control = call->priv;

	if (control->stage == STAGE_NONE) {
		if (call->dir != SL_ORIG || m->type != START_REQUEST)
			goto other;
		control->stage = STAGE_ASKED;
		return SL_HELP_PASS;
	}
	if (call->dir == SL_ORIG) { /* who cannot wait is not believed */
		sl_helper_count(call, COUNT_STATE);
		return SL_HELP_PASS;
	}
	if (m->type != START_REPLY)
		goto other;
	if (m->data[OFF_START_RESULT] == RESULT_OK)
		control->stage = STAGE_UP;
	return SL_HELP_PASS;

other:
	sl_helper_count(call, COUNT_NOT_PPTP);
	return SL_HELP_DETACH;
}

static enum sl_help
read_message(const struct sl_call *call, const struct message *m)
{
	struct control *control = call->priv;

	if (control->stage < STAGE_UP)
		return read_start(call, m);
	switch (m->type) {
	case START_REQUEST:
	case START_REPLY:
		sl_helper_count(call, COUNT_STATE);
		return SL_HELP_PASS;
	case STOP_REQUEST:
		end_all(call);
		control->stage = STAGE_OVER;
		return SL_HELP_PASS;
	case OUT_CALL_REQUEST:
	case IN_CALL_REQUEST:
		return read_request(call, m);
	case OUT_CALL_REPLY:
	case IN_CALL_REPLY:
		return read_reply(call, m);
	case IN_CALL_CONNECTED:
	case CALL_CLEAR_REQUEST:
	case CALL_DISCONNECT_NOTIFY:
	case WAN_ERROR_NOTIFY:
	case SET_LINK_INFO:
		return translate(call, m);
	default: /* keeps the control connection alive, or ends it */
		return SL_HELP_PASS;
	}
}

/* Moves past bytes of a message that is not read. */
static uint32_t
skip(struct control *control, enum sl_dir dir, uint32_t have)
{
	uint32_t n = control->skip[dir] < have ? control->skip[dir] : have;

	control->skip[dir] -= n;
	return n;
}

/* The stream does not go on with a message.  Bytes pass unread until some begin
 * with one. */
static enum sl_help
lose(const struct sl_call *call)
{
	struct control *control = call->priv;

	if (!control->lost[call->dir])
		sl_helper_count(call, COUNT_NOT_PPTP);
	control->lost[call->dir] = 1;
	return control->stage < STAGE_UP ? SL_HELP_DETACH : SL_HELP_PASS;
}

/* A header of nothing that is read; the message passes. */
static bool
pass_over(const struct sl_call *call, const struct message *m, uint32_t *at)
{
	struct control *control = call->priv;

	if (control->stage < STAGE_UP || control->lost[call->dir])
		return false;
	control->skip[call->dir] = m->len;
	*at += skip(control, (enum sl_dir)call->dir, call->payload.len - *at);
	return true;
}

static enum sl_help
read_stream(const struct sl_call *call)
{
	struct control *control = call->priv;
	uint32_t at = skip(control, (enum sl_dir)call->dir, call->payload.len);
	enum sl_help verdict;
	struct message m;

	while (at < call->payload.len) {
		enum message_at what = message_read(call->payload, at, &m);

		if (what == MESSAGE_PART) {
			*call->used = at;
			return SL_HELP_PASS;
		}
		if (what != MESSAGE_WHOLE) {
			if (what == MESSAGE_NONE || !pass_over(call, &m, &at))
				return lose(call);
			sl_helper_count(call,
			    what == MESSAGE_OTHER ? COUNT_OTHER : COUNT_LENGTH);
			continue;
		}
		control->lost[call->dir] = 0;
		verdict = read_message(call, &m);
		if (verdict != SL_HELP_PASS)
			return verdict;
		at += m.len;
	}
	return SL_HELP_PASS;
}

static enum sl_help
pptp_data(const struct sl_call *call)
{
	struct control *control = call->priv;

	if (call->flags & SL_CALL_CUT) {
		control->skip[call->dir] = 0;
		control->lost[call->dir] = 1;
		if (control->stage < STAGE_UP)
			return SL_HELP_DETACH;
	}
	return read_stream(call);
}

static const struct sl_helper_ops pptp_ops = {
    .size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_STREAM,
    .name = "pptp",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .priv_size = sizeof(struct control),
    .priv_version = 1,
    .hold_max = 2 * MESSAGE_MAX,
    .families = 1,
    .data = pptp_data,
};

static const struct sl_helper_ops *const helpers[] = {&pptp_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "pptp",
    .version = "1.0",
    .summary = "PPTP: the GRE tunnels of its calls",
    .helpers = helpers,
};

SL_PLUGIN(plugin)
