/* SPDX-License-Identifier: Apache-2.0 */
#include "talk.h"

#include <arpa/inet.h>
#include <errno.h>

/* "[" address "]:" port */
#define PLACE_MAX (SL_TEXT_IP6_MAX + 3 + SL_TEXT_PORT_MAX)

struct sl_endpoint
sip_talk_written(const struct sip_talk *talk, enum sip_end end)
{
	const struct sl_tuple *t = &talk->call->tuples[talk->call->dir];
	struct sl_endpoint e = {.addr = end == SIP_SENDER ? t->src : t->dst,
	    .id = end == SIP_SENDER ? t->src_id : t->dst_id};

	return e;
}

struct sl_endpoint
sip_talk_read(const struct sip_talk *talk, enum sip_end end)
{
	const struct sl_tuple *t = &talk->call->tuples[!talk->call->dir];
	struct sl_endpoint e = {.addr = end == SIP_SENDER ? t->dst : t->src,
	    .id = end == SIP_SENDER ? t->dst_id : t->src_id};

	return e;
}

static bool
is_same(const struct sl_addr *a, const struct sl_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

bool
sip_talk_is_host(
    const struct sip_talk *talk, enum sip_end end, const struct sl_addr *addr)
{
	struct sl_endpoint written = sip_talk_written(talk, end);

	return is_same(&written.addr, addr);
}

void
sip_talk_replace(
    struct sip_talk *talk, struct sl_span part, struct sl_text_out *out)
{
	const struct sl_call *call = talk->call;
	uint32_t off = sl_text_off(call->payload, part);
	int rc;

	if (talk->error ||
	    (out->len == part.len && !memcmp(out->buf, part.data, part.len)))
		return;
	rc = out->full ? -EMSGSIZE
		       : sl_replace(call, off, part.len, out->buf, out->len);
	if (rc)
		talk->error = rc;
	talk->edits++;
	if (talk->msg.body.len && part.data >= talk->msg.body.data)
		talk->growth += (int32_t)out->len - (int32_t)part.len;
}

void
sip_talk_replace_number(
    struct sip_talk *talk, struct sl_span digits, uint32_t number)
{
	char text[10];
	struct sl_text_out out = sl_text_out(text, sizeof(text));

	sl_text_put_number(&out, number);
	sip_talk_replace(talk, digits, &out);
}

void
sip_talk_write(struct sip_talk *talk, const struct sip_place *place,
    const struct sl_endpoint *to)
{
	char text[PLACE_MAX];
	struct sl_text_out out = sl_text_out(text, sizeof(text));
	bool is_six = talk->call->family == SL_IPV6;

	/* the same may be written in several ways */
	if (is_same(&place->addr, &to->addr) && place->port == ntohs(to->id))
		return;
	if (is_six)
		sl_text_put_byte(&out, '[');
	sl_text_put_addr(&out, talk->call->family, &to->addr);
	if (is_six)
		sl_text_put_byte(&out, ']');
	if (place->has_port || place->port != ntohs(to->id)) {
		sl_text_put_byte(&out, ':');
		sl_text_put_port(&out, to->id);
	}
	sip_talk_replace(talk, place->text, &out);
}

/* A port of the end that is not the connection's, if it was told of. */
static const struct sip_contact *
contact_of(const struct sip_talk *talk, enum sip_end end, sl_be16 port)
{
	uint8_t dir = talk->call->dir;

	if (end == SIP_SENDER)
		return sip_state_real(talk->state, dir, port);
	return sip_state_seen(talk->state, !dir, port);
}

void
sip_talk_translate(struct sip_talk *talk, enum sip_end end,
    enum sip_match match, const struct sip_place *place)
{
	struct sl_endpoint written = sip_talk_written(talk, end);
	struct sl_endpoint to = sip_talk_read(talk, end);
	sl_be16 port = htons(place->port);
	const struct sip_contact *contact;

	if (!is_same(&place->addr, &written.addr))
		return;
	if (port != written.id) {
		contact = contact_of(talk, end, port);
		if (!contact && match == SIP_EXACT)
			return;
		to.id = !contact	    ? port
			: end == SIP_SENDER ? contact->seen
					    : contact->real;
	} else if (match == SIP_HOST && !place->has_port) {
		to.id = port; /* it speaks of the host alone */
	}
	sip_talk_write(talk, place, &to);
}

int
sip_talk_expect(
    struct sip_talk *talk, const struct sl_expect *e, struct sl_endpoint *seen)
{
	int rc;

	if (talk->error)
		return talk->error;
	rc = sl_expect(talk->call, e, seen);
	if (rc == -ENOBUFS) {
		sl_helper_count(talk->call, SIP_COUNT_NO_ROOM);
		talk->error = rc;
	} else if (rc == -EADDRINUSE) {
		/* an earlier call's media may still be there: let them go on */
		sl_helper_count(talk->call, SIP_COUNT_NO_ROOM);
	} else if (rc) {
		sl_helper_count(talk->call, SIP_COUNT_REFUSED);
	}
	return rc;
}
