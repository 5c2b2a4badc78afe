/* SPDX-License-Identifier: Apache-2.0 */
#include "setup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include "transport.h"

enum {
	OFFERS_MAX = 4,		/* of one SETUP that are followed */
	EDITS_OF_TRANSPORT = 4, /* two ports, two addresses */
};

static bool
is_same(const struct sl_addr *a, const struct sl_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* The client (SL_ORIG) or the server, as the sender writes it and as the receiver
 * must read it. */
static const struct sl_addr *
written(const struct rtsp_talk *talk, enum sl_dir end)
{
	const struct sl_tuple *t = &talk->call->tuples[talk->call->dir];

	return end == talk->call->dir ? &t->src : &t->dst;
}

static const struct sl_addr *
to_read(const struct rtsp_talk *talk, enum sl_dir end)
{
	const struct sl_tuple *t = &talk->call->tuples[!talk->call->dir];

	return end == talk->call->dir ? &t->dst : &t->src;
}

/* Says nothing, or that end, as it is or as it is known. */
static bool
is_host(
    const struct rtsp_talk *talk, enum sl_dir end, const struct rtsp_host *host)
{
	return !host->text.len ||
	       (host->is_known &&
		   (is_same(&host->addr, written(talk, end)) ||
		       is_same(&host->addr, to_read(talk, end))));
}

static void
replace(
    struct rtsp_talk *talk, struct sl_span part, const struct sl_text_out *out)
{
	const struct sl_call *call = talk->call;
	uint32_t off = sl_text_off(call->payload, part);

	if (talk->failed ||
	    (out->len == part.len && !memcmp(out->buf, part.data, part.len)))
		return;
	talk->edits++;
	talk->failed =
	    out->full || sl_replace(call, off, part.len, out->buf, out->len);
}

static void
write_host(
    struct rtsp_talk *talk, enum sl_dir end, const struct rtsp_host *host)
{
	const struct sl_addr *to = to_read(talk, end);
	char text[SL_TEXT_IP6_MAX + 2];
	struct sl_text_out out = sl_text_out(text, sizeof(text));
	bool brackets;

	if (!host->is_known || is_same(&host->addr, to) ||
	    !is_same(&host->addr, written(talk, end)))
		return;
	brackets = host->text.data[0] == '[';
	if (brackets)
		sl_text_put_byte(&out, '[');
	sl_text_put_addr(&out, talk->call->family, to);
	if (brackets)
		sl_text_put_byte(&out, ']');
	replace(talk, host->text, &out);
}

/* As many as stood there. */
static void
write_ports(
    struct rtsp_talk *talk, const struct rtsp_ports *ports, uint16_t first)
{
	char text[2 * SL_TEXT_PORT_MAX + 1];
	struct sl_text_out out = sl_text_out(text, sizeof(text));
	struct sl_span dash;

	if (!ports->ids || first == ports->first)
		return;
	sl_text_put_number(&out, first);
	dash = ports->text;
	if (sl_text_until(&dash, '-', &dash)) {
		sl_text_put_byte(&out, '-');
		sl_text_put_number(&out, first + ports->ids - 1u);
	}
	replace(talk, ports->text, &out);
}

/* Media to 'ports' of who speaks: 0, and the first as the other one must know it. */
static int
expect_media(const struct rtsp_talk *talk, const struct rtsp_ports *ports,
    uint16_t pair, uint16_t *seen)
{
	const struct sl_call *call = talk->call;
	struct sl_expect e = {
	    .size = sizeof(e),
	    .class_no = RTSP_CLASS_MEDIA,
	    .l4proto = IPPROTO_UDP,
	    .flags = SL_EXPECT_KEEP,
	    .opener = !call->dir,
	    .ids = ports->ids,
	    .pair = pair,
	    .at = {.addr = call->tuples[call->dir].src,
		.id = htons(ports->first)},
	};
	struct sl_endpoint where;
	int rc;

	if (ports->ids > 1 && ports->first % 2 == 0)
		e.flags |= SL_EXPECT_EVEN;
	rc = sl_expect(call, &e, &where);
	if (!rc)
		*seen = ntohs(where.id);
	else if (rc == -EACCES || rc == -EINVAL)
		sl_helper_count(call, RTSP_COUNT_REFUSED);
	else
		sl_helper_count(call, RTSP_COUNT_NO_ROOM);
	return rc;
}

static bool
has_room(const struct rtsp_talk *talk)
{
	return talk->edits + EDITS_OF_TRANSPORT <= SL_HELP_EDITS_MAX;
}

/* Why a client's offer cannot be followed; -1: it can. */
static int
objection(const struct rtsp_talk *talk, const struct rtsp_transport *t,
    unsigned offers)
{
	if (t->is_unclear || !t->client.ids || !talk->msg.has_cseq)
		return RTSP_COUNT_MALFORMED;
	if (!is_host(talk, SL_ORIG, &t->destination))
		return RTSP_COUNT_FOREIGN;
	if (offers >= OFFERS_MAX || !has_room(talk))
		return RTSP_COUNT_TOO_MANY;
	return -1;
}

static void
offer(struct rtsp_talk *talk, const struct rtsp_transport *t, unsigned *offers)
{
	const struct sl_call *call = talk->call;
	struct rtsp_stream *stream;
	int why;

	if (!t->is_udp || !t->client.text.len)
		return; /* in this connection, or to many */
	why = objection(talk, t, *offers);
	if (why >= 0) {
		sl_helper_count(call, (uint32_t)why);
		return;
	}
	stream = rtsp_state_stream(call, t->client.first, t->client.ids);
	if (expect_media(talk, &t->client, stream->pair, &stream->seen)) {
		if (stream->stage == RTSP_FREE)
			*stream = (struct rtsp_stream){0};
		return;
	}
	++*offers;
	stream->stage = RTSP_ASKED;
	stream->cseq = talk->msg.cseq;
	stream->uri = talk->msg.uri;
	write_ports(talk, &t->client, stream->seen);
	write_host(talk, SL_ORIG, &t->destination);
	write_host(talk, SL_REPLY, &t->source);
}

void
rtsp_setup_ask(struct rtsp_talk *talk)
{
	struct sl_span at = talk->msg.headers;
	struct rtsp_transport t;
	struct rtsp_field field;
	unsigned offers = 0;

	while (rtsp_field_take(&at, &field)) {
		if (!sl_text_is(field.name, "Transport"))
			continue;
		while (
		    rtsp_transport_take(&field.value, talk->call->family, &t))
			offer(talk, &t, &offers);
	}
	if (offers)
		sl_helper_count(talk->call, RTSP_COUNT_SETUPS);
}

/* One stream of a session if the URI is that stream's, else all of it. */
void
rtsp_setup_end(struct rtsp_talk *talk)
{
	const struct rtsp_message *msg = &talk->msg;
	bool one = false;

	for (int pass = 0; pass < 2; pass++) {
		for (unsigned i = 0; i < RTSP_STREAMS; i++) {
			struct rtsp_stream *s = &talk->state->streams[i];

			if (s->stage != RTSP_AGREED ||
			    s->session != msg->session ||
			    (!pass && s->uri != msg->uri))
				continue;
			rtsp_state_end(talk->call, s);
			one |= !pass;
		}
		if (one)
			return;
	}
}

static bool
is_asked(const struct rtsp_talk *talk, const struct rtsp_stream *stream)
{
	return stream->stage == RTSP_ASKED && stream->cseq == talk->msg.cseq;
}

/* The offer that the server means. */
static struct rtsp_stream *
find_asked(const struct rtsp_talk *talk, const struct rtsp_ports *client)
{
	for (unsigned i = 0; i < RTSP_STREAMS; i++) {
		struct rtsp_stream *s = &talk->state->streams[i];

		if (is_asked(talk, s) &&
		    (!client->text.len ||
			(client->ids && client->first == s->seen)))
			return s;
	}
	return NULL;
}

/* What the same SETUP offered besides, and what an earlier one of the same stream
 * agreed on, is over. */
static void
end_others(struct rtsp_talk *talk, const struct rtsp_stream *agreed)
{
	for (unsigned i = 0; i < RTSP_STREAMS; i++) {
		struct rtsp_stream *s = &talk->state->streams[i];
		bool is_old = agreed && s != agreed &&
			      s->stage == RTSP_AGREED && agreed->session &&
			      s->uri == agreed->uri &&
			      s->session == agreed->session;

		if (is_old || is_asked(talk, s))
			rtsp_state_end(talk->call, s);
	}
}

static void
agree_on_server(struct rtsp_talk *talk, const struct rtsp_transport *t,
    const struct rtsp_stream *stream)
{
	uint16_t seen;

	if (!t->server.text.len)
		return;
	if (!t->server.ids)
		sl_helper_count(talk->call, RTSP_COUNT_MALFORMED);
	else if (!is_host(talk, SL_REPLY, &t->source))
		sl_helper_count(talk->call, RTSP_COUNT_FOREIGN);
	else if (!expect_media(talk, &t->server, stream->pair, &seen))
		write_ports(talk, &t->server, seen);
}

/* The stream, or NULL: that answer is for none. */
static struct rtsp_stream *
agree(struct rtsp_talk *talk, const struct rtsp_transport *t)
{
	struct rtsp_stream *stream;

	if (!t->is_udp)
		return NULL;
	if (t->is_unclear || !has_room(talk)) {
		sl_helper_count(talk->call,
		    t->is_unclear ? RTSP_COUNT_MALFORMED : RTSP_COUNT_TOO_MANY);
		return NULL;
	}
	stream = find_asked(talk, &t->client);
	if (!stream) {
		sl_helper_count(talk->call, RTSP_COUNT_UNKNOWN_PORTS);
		return NULL;
	}
	stream->stage = RTSP_AGREED;
	stream->session = talk->msg.session;
	write_ports(talk, &t->client, stream->own);
	write_host(talk, SL_ORIG, &t->destination);
	write_host(talk, SL_REPLY, &t->source);
	agree_on_server(talk, t, stream);
	return stream;
}

/* A server that agrees to anything without a word of it agrees to all. */
static void
agree_on_all(struct rtsp_talk *talk)
{
	for (unsigned i = 0; i < RTSP_STREAMS; i++) {
		struct rtsp_stream *s = &talk->state->streams[i];

		if (!is_asked(talk, s))
			continue;
		s->stage = RTSP_AGREED;
		s->session = talk->msg.session;
	}
}

void
rtsp_setup_answer(struct rtsp_talk *talk)
{
	static const struct rtsp_ports any;
	struct sl_span at = talk->msg.headers;
	struct rtsp_stream *stream = NULL;
	struct rtsp_transport t;
	struct rtsp_field field;
	bool has_transport = false;

	if (talk->msg.status < 200 || !talk->msg.has_cseq ||
	    !find_asked(talk, &any))
		return;
	while (
	    talk->msg.status < 300 && !stream && rtsp_field_take(&at, &field)) {
		if (!sl_text_is(field.name, "Transport"))
			continue;
		has_transport = true;
		while (!stream && rtsp_transport_take(
				      &field.value, talk->call->family, &t))
			stream = agree(talk, &t);
	}
	if (talk->msg.status < 300 && !has_transport)
		agree_on_all(talk);
	end_others(talk, stream);
}
