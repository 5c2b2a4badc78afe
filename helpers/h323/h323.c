/* SPDX-License-Identifier: Apache-2.0 */
/*
 * H.323: calls over TCP port 1720 (Q.931 messages with H.225.0 inside), the
 * control channel of a call (H.245, where the call says), and registration with
 * a gatekeeper (RAS, UDP port 1719).
 *
 * Call and control channel come in packets of RFC 1006: two bytes 3 and 0, a
 * length.  Which of the two a connection is shows in its first message.  An
 * address takes the same room whatever it is, so nothing moves.
 *
 * A message that is not wholly understood passes as it is.  Broken framing ends
 * it for the connection: nobody could say where a message begins.
 */
#include <netinet/in.h>
#include <string.h>

#include <sluice/helper.h>
#include <sluice/plugin.h>

#include "h225.h"

enum {
	TPKT_VERSION = 3,
	TPKT_LEN = 4,
	TPKT_MAX = 8192,
	Q931_DISCRIMINATOR = 8,
	Q931_USER = 0x7e,		/* the element with H.225.0 inside */
	Q931_SINGLE = 0x80,		/* an element of one octet */
	USER_X208 = 5,			/* its first octet: ASN.1 follows */
	REGISTERED_MS = 60 * 60 * 1000, /* without word of the host */
	IP4 = 4,
	PORT_LEN = 2
};

enum { CLASS_CONTROL, CLASS_MEDIA, CLASS_CALL, CLASS_RAS };

static const struct sl_expect_class classes[] = {
    [CLASS_CONTROL] = {"control", 4, 4 * 60 * 1000},
    [CLASS_MEDIA] = {"media", 20, 4 * 60 * 1000},
    [CLASS_CALL] = {"call", 8, REGISTERED_MS},
    [CLASS_RAS] = {"ras", 4, REGISTERED_MS},
    {NULL},
};

enum {
	COUNT_CONTROL,
	COUNT_MEDIA,
	COUNT_CALLS,
	COUNT_REFUSED,
	COUNT_MALFORMED,
	COUNT_OTHER_PROTOCOL
};

static const char *const counters[] = {
    [COUNT_CONTROL] = "control-channels",
    [COUNT_MEDIA] = "media-channels",
    [COUNT_CALLS] = "callable-hosts",
    [COUNT_REFUSED] = "refused-addresses",
    [COUNT_MALFORMED] = "malformed-messages",
    [COUNT_OTHER_PROTOCOL] = "other-protocol",
    NULL,
};

static const struct sl_port_match ports[] = {
    {IPPROTO_TCP, 0, 1720}, {IPPROTO_UDP, 0, 1719}, {0}};

enum speech { SPEECH_UNKNOWN, SPEECH_CALL, SPEECH_CONTROL };

struct h323 {
	uint8_t speech; /* enum speech, by the first message */
};

/* What an address with a role asks for. */
struct asking {
	uint8_t class_no, l4proto, flags, ids, counter;
	bool attach;
};

static const struct asking askings[] = {
    [ROLE_H245] = {CLASS_CONTROL, IPPROTO_TCP, 0, 1, COUNT_CONTROL, true},
    [ROLE_MEDIA] = {CLASS_MEDIA, IPPROTO_UDP, SL_EXPECT_EVEN, 2, COUNT_MEDIA,
	false},
    [ROLE_SIGNAL] = {CLASS_CALL, IPPROTO_TCP, SL_EXPECT_KEEP, 1, COUNT_CALLS,
	true},
    [ROLE_RAS] = {CLASS_RAS, IPPROTO_UDP, SL_EXPECT_KEEP, 1, COUNT_CALLS, true},
};

static bool
is_same(const struct sl_addr *a, const struct sl_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Puts 'seen' in the place of what was found at 'off' of the payload. */
static bool
write_endpoint(const struct sl_call *call, const struct per_found *found,
    uint32_t off, const struct sl_endpoint *seen)
{
	uint8_t bytes[sizeof(seen->addr) + PORT_LEN];

	memcpy(bytes, &seen->addr, found->size);
	memcpy(bytes + found->size, &seen->id, PORT_LEN);
	if (!memcmp(call->payload.data + off, bytes, found->size + PORT_LEN))
		return true;
	return !sl_replace(
	    call, off, found->size + PORT_LEN, bytes, found->size + PORT_LEN);
}

/* Who calls and who is called are the ends of this connection; each is told the
 * other as it knows him. */
static bool
write_end(const struct sl_call *call, const struct per_found *found,
    uint32_t off, struct sl_endpoint said)
{
	const struct sl_tuple *own = &call->tuples[call->dir];
	const struct sl_tuple *other = &call->tuples[!call->dir];
	bool caller = found->role == ROLE_CALLER;
	struct sl_endpoint seen = said;

	if (!is_same(&said.addr, caller ? &own->src : &own->dst))
		return true;
	seen.addr = caller ? other->dst : other->src;
	if (said.id == (caller ? own->src_id : own->dst_id))
		seen.id = caller ? other->dst_id : other->src_id;
	return write_endpoint(call, found, off, &seen);
}

/* The other side will come to an address of the sender. */
static bool
expect_at(const struct sl_call *call, const struct per_found *found,
    uint32_t off, struct sl_endpoint said)
{
	const struct asking *a = &askings[found->role];
	/* RTP has an even port and RTCP the next, and both come */
	uint16_t odd = a->ids == 2 ? ntohs(said.id) & 1 : 0;
	struct sl_expect e = {
	    .size = sizeof(e),
	    .class_no = a->class_no,
	    .l4proto = a->l4proto,
	    .flags = a->flags,
	    .opener = !call->dir,
	    .ids = a->ids,
	    .at = {.addr = said.addr, .id = htons(ntohs(said.id) - odd)},
	    .helper = a->attach ? "h323" : NULL,
	};
	struct sl_endpoint seen;

	if (!is_same(&said.addr, &call->tuples[call->dir].src) || !said.id)
		return true;
	if (sl_expect(call, &e, &seen)) {
		sl_helper_count(call, COUNT_REFUSED);
		return true;
	}
	sl_helper_count(call, a->counter);
	if (a->flags & SL_EXPECT_KEEP)
		call->host->keep(call, REGISTERED_MS);
	seen.id = htons(ntohs(seen.id) + odd);
	return write_endpoint(call, found, off, &seen);
}

/* Does what the addresses found in 'bytes', a part of the payload, ask for. */
static enum sl_help
follow(const struct sl_call *call, struct sl_span bytes,
    const struct per_findings *findings)
{
	uint32_t base = (uint32_t)(bytes.data - call->payload.data);
	uint8_t size = call->family == SL_IPV4 ? IP4 : sizeof(struct sl_addr);

	for (uint32_t i = 0; i < findings->n; i++) {
		const struct per_found *found = &findings->at[i];
		uint32_t off = base + found->off;
		struct sl_endpoint said = {0};
		bool is_end =
		    found->role == ROLE_CALLER || found->role == ROLE_CALLEE;

		if (found->size != size)
			continue;
		memcpy(&said.addr, call->payload.data + off, size);
		said.id = sl_raw_be16(call->payload.data + off + size);
		if (!(is_end ? write_end : expect_at)(call, found, off, said))
			return SL_HELP_DROP;
	}
	return SL_HELP_PASS;
}

static enum sl_help
read_asn1(const struct sl_call *call, struct sl_span bytes,
    const struct per_type *type)
{
	struct per_findings findings;

	if (!per_find(bytes, type, &findings)) {
		sl_helper_count(call, COUNT_MALFORMED);
		return SL_HELP_PASS;
	}
	return follow(call, bytes, &findings);
}

static struct sl_span
after(struct sl_span s, uint32_t n)
{
	return (struct sl_span){s.data + n, s.len - n};
}

/* Takes one element; 'id' and what it holds. */
static bool
take_element(struct sl_span *at, uint8_t *id, struct sl_span *value)
{
	uint32_t head = 2, len;

	*id = at->data[0];
	if (*id & Q931_SINGLE) {
		*value = (struct sl_span){at->data, 0};
		*at = after(*at, 1);
		return true;
	}
	if (*id == Q931_USER)
		head = 3;
	if (at->len < head)
		return false;
	len = head == 3 ? sl_get_be16(at->data + 1) : at->data[1];
	if (len > at->len - head)
		return false;
	*value = (struct sl_span){at->data + head, len};
	*at = after(*at, head + len);
	return true;
}

/* Discriminator, call reference, message type, elements.  False: it is not. */
static bool
find_user_information(struct sl_span message, struct sl_span *user)
{
	uint32_t reference;

	*user = (struct sl_span){message.data, 0};
	if (message.len < 2 || message.data[0] != Q931_DISCRIMINATOR)
		return false;
	reference = message.data[1] & 0xf;
	if (message.data[1] & 0xf0 || message.len < reference + 3)
		return false;
	message = after(message, reference + 3);
	while (message.len) {
		struct sl_span value;
		uint8_t id;

		if (!take_element(&message, &id, &value))
			return false;
		if (id == Q931_USER)
			*user = value;
	}
	return true;
}

static enum sl_help
read_message(const struct sl_call *call, struct sl_span message)
{
	struct h323 *h = (struct h323 *)call->priv;
	struct sl_span user;
	bool is_call = find_user_information(message, &user);

	if (h->speech == SPEECH_UNKNOWN)
		h->speech = is_call ? SPEECH_CALL : SPEECH_CONTROL;
	if (h->speech == SPEECH_CONTROL)
		return read_asn1(call, message, &h245_message);
	if (!is_call || (user.len && user.data[0] != USER_X208)) {
		sl_helper_count(call, COUNT_MALFORMED);
		return SL_HELP_PASS;
	}
	if (!user.len)
		return SL_HELP_PASS;
	return read_asn1(call, after(user, 1), &h225_user_information);
}

/* May what there is be the beginning of a packet?  *len is that of the packet, 0
 * if it cannot be told yet. */
static bool
is_packet(struct sl_span at, uint32_t *len)
{
	*len = 0;
	if (at.data[0] != TPKT_VERSION || (at.len > 1 && at.data[1]))
		return false;
	if (at.len < TPKT_LEN)
		return true;
	*len = sl_get_be16(at.data + 2);
	return *len >= TPKT_LEN && *len <= TPKT_MAX;
}

static enum sl_help
read_stream(const struct sl_call *call)
{
	struct sl_span at = call->payload;

	if (call->flags & SL_CALL_CUT)
		return SL_HELP_DETACH;
	while (at.len) {
		enum sl_help help;
		uint32_t len;

		if (!is_packet(at, &len)) {
			sl_helper_count(call, COUNT_OTHER_PROTOCOL);
			return SL_HELP_DETACH;
		}
		if (!len || len > at.len)
			break;
		help = len > TPKT_LEN ? read_message(call,
					    (struct sl_span){at.data + TPKT_LEN,
						len - TPKT_LEN})
				      : SL_HELP_PASS;
		if (help != SL_HELP_PASS)
			return help;
		at = after(at, len);
	}
	if (!(call->flags & SL_CALL_LAST))
		*call->used = call->payload.len - at.len;
	return SL_HELP_PASS;
}

static enum sl_help
h323_data(const struct sl_call *call)
{
	if (call->l4proto == IPPROTO_UDP)
		return read_asn1(call, call->payload, &h225_ras_message);
	return read_stream(call);
}

static const struct sl_helper_ops h323_ops = {
    .size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_STREAM,
    .name = "h323",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .priv_size = sizeof(struct h323),
    .hold_max = TPKT_MAX,
    .families = 3,
    .data = h323_data,
};

static const struct sl_helper_ops *const helpers[] = {&h323_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "h323",
    .version = "1.0",
    .summary = "H.323: calls, their control channels and media, RAS",
    .helpers = helpers,
};

SL_PLUGIN(plugin)
