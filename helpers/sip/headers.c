/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The headers that name an end of the connection (RFC 3261 §20).  A header is
 * read for what it stands for: the topmost Via is who sent the request, and the
 * response brings it back; Contact is where its writer wants to be called; of
 * From and To, one is the sender.  Other hosts' addresses stay.
 */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "talk.h"

enum {
	EXPIRES_MAX = 24 * 3600,
	MS = 1000,
};

static bool
is_response(const struct sip_talk *talk)
{
	return talk->msg.status != 0;
}

/* Who wrote the request that this is, or answers. */
static enum sip_end
asker(const struct sip_talk *talk)
{
	return is_response(talk) ? SIP_RECEIVER : SIP_SENDER;
}

static enum sip_end
asked(const struct sip_talk *talk)
{
	return is_response(talk) ? SIP_SENDER : SIP_RECEIVER;
}

/* received= and rport= are where the request came from; maddr= is where its
 * writer wants the response. */
static void
translate_via_params(struct sip_talk *talk, struct sl_span params)
{
	const char *name = is_response(talk) ? "received" : "maddr";
	struct sl_endpoint written = sip_talk_written(talk, asker(talk));
	struct sl_endpoint to = sip_talk_read(talk, asker(talk));
	uint8_t family = talk->call->family;
	struct sl_span value, at, rest;
	struct sl_addr addr;
	uint32_t port;
	char text[SL_TEXT_IP6_MAX];
	struct sl_text_out out = sl_text_out(text, sizeof(text));

	if (sip_param(params, name, &value)) {
		at = value; /* of IPv6, the brackets are optional */
		sl_text_byte(&at, '[');
		rest = at;
		if (sl_text_addr(&rest, family, &addr) &&
		    !memcmp(&addr, &written.addr, sizeof(addr))) {
			at.len = sl_text_off(at, rest);
			sl_text_put_addr(&out, family, &to.addr);
			if (memcmp(&addr, &to.addr, sizeof(addr)))
				sip_talk_replace(talk, at, &out);
		}
	}
	if (is_response(talk) && sip_param(params, "rport", &value)) {
		at = value;
		if (sl_text_number(&at, UINT16_MAX, &port) && !at.len &&
		    htons((uint16_t)port) == written.id)
			sip_talk_replace_number(talk, value, ntohs(to.id));
	}
}

/* "SIP / 2.0 / UDP host:port;params, ..." */
static void
translate_via(struct sip_talk *talk, struct sl_span value)
{
	struct sip_place place;
	struct sip_address top;
	struct sl_span part;
	uint16_t port = SIP_PORT;

	for (int i = 0; i < 2; i++) {
		if (!sl_text_until(&value, '/', &part))
			return;
		value = sl_text_after(value, 1);
	}
	sip_take_space(&value);
	if (sl_text_begins(value, "TLS"))
		port = SIP_TLS_PORT;
	if (!sl_text_word(&value, &part))
		return;
	sip_take_space(&value);
	if (sip_place_parse(value, talk->call->family, port, &place))
		sip_talk_translate(talk, asker(talk), SIP_HOST, &place);
	if (sip_address_take(&value, &top))
		translate_via_params(talk, top.params);
}

static void
translate_list(struct sip_talk *talk, struct sl_span value, enum sip_end end,
    enum sip_match match)
{
	struct sip_address address;
	struct sip_place place;

	while (sip_address_take(&value, &address))
		if (sip_uri_place(address.uri, talk->call->family, &place))
			sip_talk_translate(talk, end, match, &place);
}

/* Proxies on the way: either end may be one. */
static void
translate_route(struct sip_talk *talk, struct sl_span value)
{
	struct sip_address address;
	struct sip_place place;
	enum sip_end end;

	while (sip_address_take(&value, &address)) {
		if (!sip_uri_place(address.uri, talk->call->family, &place))
			continue;
		end = sip_talk_is_host(talk, SIP_SENDER, &place.addr)
			  ? SIP_SENDER
			  : SIP_RECEIVER;
		sip_talk_translate(talk, end, SIP_EXACT, &place);
	}
}

static uint8_t
transport_of(const struct sip_talk *talk, struct sl_span uri)
{
	struct sl_span value;

	if (!sip_param(sip_uri_params(uri), "transport", &value))
		return talk->call->l4proto;
	if (sl_text_is(value, "udp"))
		return IPPROTO_UDP;
	return sl_text_is(value, "tcp") ? IPPROTO_TCP : 0;
}

static uint32_t
expires_of(const struct sip_talk *talk, struct sl_span params)
{
	uint32_t expires = talk->msg.expires;
	struct sl_span value;

	if (sip_param(params, "expires", &value))
		sl_text_number(&value, UINT32_MAX, &expires);
	return expires < EXPIRES_MAX ? expires : EXPIRES_MAX;
}

/* The sender's contact there, or all it has. */
static void
forget_contacts(struct sip_talk *talk, const struct sip_place *only)
{
	struct sip_contact *c = talk->state->contacts;

	for (; c < talk->state->contacts + SIP_CONTACTS; c++) {
		if (!c->pair || c->dir != talk->call->dir ||
		    (only && c->real != htons(only->port)))
			continue;
		talk->call->host->withdraw(talk->call, c->pair);
		c->pair = 0;
	}
}

/* The sender wants to be called at 'place'. */
static void
expect_at(struct sip_talk *talk, const struct sip_place *place, uint8_t l4proto,
    uint64_t ms)
{
	const struct sl_call *call = talk->call;
	struct sip_contact want = {
	    .real = htons(place->port), .dir = call->dir, .l4proto = l4proto};
	struct sip_contact *contact = sip_state_contact(talk->state, &want);
	struct sl_expect e = {
	    .size = sizeof(e),
	    .class_no = SIP_CLASS_SIGNALLING,
	    .l4proto = l4proto,
	    .flags = SL_EXPECT_KEEP,
	    .opener = !call->dir,
	    .pair = contact->pair,
	    .timeout_ms = (uint32_t)ms,
	    .at = {.addr = place->addr, .id = want.real},
	    .helper = "sip",
	};
	struct sl_endpoint seen;

	if (sip_talk_expect(talk, &e, &seen))
		contact->pair = 0;
	else
		contact->seen = seen.id;
}

static void
translate_contact(struct sip_talk *talk, const struct sip_address *address)
{
	struct sl_endpoint own = sip_talk_written(talk, SIP_SENDER);
	bool is_register = talk->msg.method == SIP_REGISTER;
	struct sip_place place;
	uint8_t l4proto = transport_of(talk, address->uri);
	uint64_t ms = talk->options->timeout_ms;

	if (!sip_uri_place(address->uri, talk->call->family, &place))
		return;
	if (is_response(talk) && (is_register || talk->msg.status >= 300)) {
		/* what was registered, or who else to ask */
		sip_talk_translate(talk,
		    is_register ? SIP_RECEIVER : SIP_SENDER, SIP_EXACT, &place);
		return;
	}
	if (!sip_talk_is_host(talk, SIP_SENDER, &place.addr))
		return;
	if (is_register)
		ms = expires_of(talk, address->params) * (uint64_t)MS;
	else if (htons(place.port) == own.id)
		l4proto = 0; /* the connection itself */
	if (l4proto && ms)
		expect_at(talk, &place, l4proto, ms);
	sip_talk_translate(talk, SIP_SENDER, SIP_EXACT, &place);
	if (!ms)
		forget_contacts(talk, &place);
}

static void
translate_contacts(struct sip_talk *talk, struct sl_span value)
{
	struct sip_address address;
	struct sl_span all = value;

	sip_take_space(&all);
	if (sl_text_byte(&all, '*')) {
		if (!is_response(talk) && talk->msg.method == SIP_REGISTER &&
		    !talk->msg.expires)
			forget_contacts(talk, NULL);
		return;
	}
	while (sip_address_take(&value, &address))
		translate_contact(talk, &address);
}

static void
translate_uri(struct sip_talk *talk)
{
	struct sip_place place;

	if (sip_uri_place(talk->msg.uri, talk->call->family, &place))
		sip_talk_translate(talk, SIP_RECEIVER, SIP_EXACT, &place);
}

void
sip_headers_translate(struct sip_talk *talk)
{
	struct sl_span at = talk->msg.headers;
	struct sip_field field;
	bool seen_via = false;

	translate_uri(talk);
	while (sip_field_take(&at, &field)) {
		switch (field.name) {
		case SIP_VIA:
			if (!seen_via)
				translate_via(talk, field.value);
			seen_via = true;
			break;
		case SIP_FROM:
			translate_list(
			    talk, field.value, asker(talk), SIP_HOST);
			break;
		case SIP_TO:
			translate_list(
			    talk, field.value, asked(talk), SIP_HOST);
			break;
		case SIP_ROUTE:
		case SIP_RECORD_ROUTE:
			translate_route(talk, field.value);
			break;
		case SIP_CONTACT:
			translate_contacts(talk, field.value);
			break;
		default:
			break;
		}
	}
}
