/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and ports as FTP writes them, and what is expected of them. */
#include "ftp.h"

#include <netinet/in.h>

enum { PROTOCOL_IPV4 = 1, PROTOCOL_IPV6 = 2 }; /* RFC 2428 §2 */

/* What a side last announced is ended when it announces another. */
enum { PAIR_PASSIVE = 1, PAIR_ACTIVE };

bool
ftp_endpoint_six(
    const struct sl_call *call, struct sl_span *at, struct ftp_endpoint *e)
{
	struct sl_span rest = *at;
	uint32_t v[6];

	if (call->family != SL_IPV4)
		return false;
	for (int i = 0; i < 6; i++) {
		if (i && !sl_text_byte(&rest, ','))
			return false;
		if (i)
			sl_text_blanks(&rest);
		if (!sl_text_number(&rest, UINT8_MAX, &v[i]))
			return false;
	}
	memset(e, 0, sizeof(*e));
	for (int i = 0; i < 4; i++)
		e->at.addr.u.b[i] = (uint8_t)v[i];
	e->at.id = sl_to_be16((uint16_t)(v[4] << 8 | v[5]));
	e->form = FTP_SIX;
	e->text = sl_text_first(*at, sl_text_off(*at, rest));
	*at = rest;
	return true;
}

/* Takes what separates the fields: any printable character but a digit. */
static bool
take_delimiter(struct sl_span *at, uint8_t *delimiter)
{
	if (!at->len || at->data[0] <= ' ' || at->data[0] > '~' ||
	    sl_text_is_digit(at->data[0]))
		return false;
	*delimiter = at->data[0];
	*at = sl_text_after(*at, 1);
	return true;
}

bool
ftp_endpoint_extended(
    const struct sl_call *call, struct sl_span *at, struct ftp_endpoint *e)
{
	uint32_t wanted =
	    call->family == SL_IPV4 ? PROTOCOL_IPV4 : PROTOCOL_IPV6;
	struct sl_span rest = *at, field;
	struct sl_addr addr;
	uint32_t protocol, port;
	uint8_t d;

	if (!take_delimiter(&rest, &d) ||
	    !sl_text_number(&rest, UINT8_MAX, &protocol) ||
	    protocol != wanted || !sl_text_byte(&rest, d) ||
	    !sl_text_until(&rest, d, &field) ||
	    !sl_text_addr(&field, call->family, &addr) || field.len ||
	    !sl_text_byte(&rest, d) ||
	    !sl_text_number(&rest, UINT16_MAX, &port) ||
	    !sl_text_byte(&rest, d))
		return false;
	memset(e, 0, sizeof(*e));
	e->at.addr = addr;
	e->at.id = sl_to_be16((uint16_t)port);
	e->form = FTP_EXTENDED;
	e->delimiter = d;
	e->text = sl_text_first(*at, sl_text_off(*at, rest));
	*at = rest;
	return true;
}

bool
ftp_endpoint_port(
    const struct sl_call *call, struct sl_span *at, struct ftp_endpoint *e)
{
	struct sl_span rest = *at, digits;
	uint32_t port;
	uint8_t d;

	if (!take_delimiter(&rest, &d) || !sl_text_byte(&rest, d) ||
	    !sl_text_byte(&rest, d))
		return false;
	digits = rest;
	if (!sl_text_number(&rest, UINT16_MAX, &port))
		return false;
	digits.len = sl_text_off(digits, rest);
	if (!sl_text_byte(&rest, d))
		return false;
	memset(e, 0, sizeof(*e));
	e->at.addr = call->tuples[call->dir].src;
	e->at.id = sl_to_be16((uint16_t)port);
	e->form = FTP_PORT;
	e->text = digits;
	*at = rest;
	return true;
}

static void
print(struct sl_text_out *out, const struct sl_call *call,
    const struct ftp_endpoint *e, const struct sl_endpoint *seen)
{
	uint8_t b[2];

	memcpy(b, &seen->id, sizeof(b));
	switch (e->form) {
	case FTP_SIX:
		sl_text_put_ip4(out, &seen->addr, ',');
		for (int i = 0; i < 2; i++) {
			sl_text_put_byte(out, ',');
			sl_text_put_number(out, b[i]);
		}
		break;
	case FTP_EXTENDED:
		sl_text_put_byte(out, e->delimiter);
		sl_text_put_number(out,
		    call->family == SL_IPV4 ? PROTOCOL_IPV4 : PROTOCOL_IPV6);
		sl_text_put_byte(out, e->delimiter);
		sl_text_put_addr(out, call->family, &seen->addr);
		sl_text_put_byte(out, e->delimiter);
		sl_text_put_port(out, seen->id);
		sl_text_put_byte(out, e->delimiter);
		break;
	case FTP_PORT:
		sl_text_put_port(out, seen->id);
		break;
	}
}

static bool
is_same(const struct sl_addr *a, const struct sl_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static struct sl_expect
expectation(const struct sl_call *call, const struct ftp_endpoint *e)
{
	const struct ftp_options *options = call->options;
	struct sl_expect want;

	memset(&want, 0, sizeof(want));
	want.size = sizeof(want);
	want.l4proto = IPPROTO_TCP;
	want.opener = !call->dir;
	want.pair = call->dir == SL_ORIG ? PAIR_ACTIVE : PAIR_PASSIVE;
	want.at = e->at;
	/* An end that knows how the other one sees it may say that, too. */
	if (is_same(&want.at.addr, &call->tuples[!call->dir].dst))
		want.at.addr = call->tuples[call->dir].src;
	if (options && options->loose)
		want.flags = SL_EXPECT_THIRD_PARTY | SL_EXPECT_PRIVILEGED;
	return want;
}

enum ftp_step
ftp_endpoint_expect(const struct sl_call *call, const struct ftp_endpoint *e)
{
	struct ftp *ftp = call->priv;
	struct sl_expect want = expectation(call, e);
	struct sl_endpoint seen;
	char text[64];
	struct sl_text_out out = sl_text_out(text, sizeof(text));

	/* What was announced before is void.  Not so while commands wait that
	 * the client sent ahead: one may be a transfer to that port. */
	if (ftp->is_expecting[call->dir] &&
	    (call->dir == SL_REPLY || ftp->answered == ftp->sent))
		call->host->withdraw(call, want.pair);
	if (sl_expect(call, &want, &seen)) {
		sl_helper_count(call, FTP_REFUSED);
		return FTP_GO;
	}
	ftp->is_expecting[call->dir] = true;
	if (seen.id == e->at.id && is_same(&seen.addr, &e->at.addr))
		return FTP_GO;
	print(&out, call, e, &seen);
	if (sl_replace(call, sl_text_off(call->payload, e->text), e->text.len,
		out.buf, out.len))
		return FTP_DROP;
	return FTP_GO;
}
