/* SPDX-License-Identifier: Apache-2.0 */
/* What the server says. */
#include "ftp.h"

#define CODE_LEN 3

enum code {
	CODE_SOON = 120,
	CODE_READY = 220,
	CODE_PASSIVE = 227,
	CODE_EXTENDED_PASSIVE = 229,
	CODE_TLS = 234,
	CODE_SECURED = 235
};

/* The three digits a reply begins with, followed by 'end'; 0: none. */
static uint16_t
code_of(struct sl_span line, uint8_t end)
{
	struct sl_span at = sl_text_first(line, CODE_LEN);
	uint32_t code;

	if (at.len < CODE_LEN || !sl_text_number(&at, 999, &code) || at.len)
		return 0;
	if (line.len > CODE_LEN ? line.data[CODE_LEN] != end : end == '-')
		return 0;
	return (uint16_t)code;
}

/* Which of the commands that wait is the first of that kind; n_pending: none. */
static uint16_t
find(const struct ftp *ftp, enum ftp_kind kind)
{
	uint16_t i = 0;

	while (i < ftp->n_pending && ftp->pending[i].kind != kind)
		i++;
	return i;
}

/* Commands up to that number have their answers. */
static void
answer(struct ftp *ftp, uint32_t number)
{
	uint16_t n = 0;

	ftp->answered = number;
	while (n < ftp->n_pending &&
	       (int32_t)(ftp->pending[n].number - number) <= 0)
		n++;
	ftp->n_pending = (uint16_t)(ftp->n_pending - n);
	memmove(ftp->pending, ftp->pending + n,
	    ftp->n_pending * sizeof(ftp->pending[0]));
}

/*
 * Finds what 227 announces.  RFC 959 does not say what stands around the six
 * numbers, so RFC 1123 §4.1.2.6 wants them searched for.  Seven are none.
 */
static bool
find_six(
    const struct sl_call *call, struct sl_span text, struct ftp_endpoint *e)
{
	bool is_between = false; /* digits or commas */

	while (text.len) {
		struct sl_span at = text;
		bool is_part =
		    sl_text_is_digit(text.data[0]) || text.data[0] == ',';

		if (!is_between && ftp_endpoint_six(call, &at, e))
			return !at.len || at.data[0] != ',';
		is_between = is_part;
		text = sl_text_after(text, 1);
	}
	return false;
}

static bool
find_port(
    const struct sl_call *call, struct sl_span text, struct ftp_endpoint *e)
{
	struct sl_span before;

	return sl_text_until(&text, '(', &before) && sl_text_byte(&text, '(') &&
	       ftp_endpoint_port(call, &text, e) && sl_text_byte(&text, ')');
}

/* 227 or 229: believed only as the answer to PASV or EPSV. */
static enum ftp_step
passive(const struct sl_call *call, struct sl_span line, bool whole,
    enum ftp_kind kind)
{
	struct ftp *ftp = call->priv;
	uint16_t i = find(ftp, kind);
	struct sl_span text = sl_text_after(line, CODE_LEN);
	struct ftp_endpoint e;

	if (i == ftp->n_pending) {
		sl_helper_count(call, FTP_UNASKED);
		return FTP_GO;
	}
	if (!whole)
		return FTP_MORE;
	answer(ftp, ftp->pending[i].number);
	if (kind == FTP_PASV ? !find_six(call, text, &e)
			     : !find_port(call, text, &e)) {
		sl_helper_count(call, FTP_BAD_REPLY);
		return FTP_GO;
	}
	return ftp_endpoint_expect(call, &e);
}

/* The first reply of a server tells whether it is one. */
static enum ftp_step
greet(const struct sl_call *call, uint16_t code)
{
	struct ftp *ftp = call->priv;

	if (code == CODE_READY)
		ftp->is_greeted = true;
	else if (code != CODE_SOON && code < 400) {
		sl_helper_count(call, FTP_NOT_FTP);
		return FTP_DETACH;
	}
	return FTP_GO;
}

static enum ftp_step
final_line(
    const struct sl_call *call, struct sl_span line, bool whole, uint16_t code)
{
	struct ftp *ftp = call->priv;
	const struct ftp_pending *head = ftp->pending;

	if (!ftp->is_greeted)
		return greet(call, code);
	if (code < 200) /* preliminary: another follows */
		return FTP_GO;
	if (code == CODE_PASSIVE)
		return passive(call, line, whole, FTP_PASV);
	if (code == CODE_EXTENDED_PASSIVE)
		return passive(call, line, whole, FTP_EPSV);
	if ((code == CODE_TLS || code == CODE_SECURED) &&
	    find(ftp, FTP_AUTH) < ftp->n_pending) {
		sl_helper_count(call, FTP_ENCRYPTED);
		return FTP_DETACH;
	}
	if (ftp->answered == ftp->sent)
		return FTP_GO;
	/* Some servers say more than they should; but no such reply can be
	 * the answer to PASV or EPSV. */
	if (code < 400 && ftp->n_pending && head->kind != FTP_AUTH &&
	    head->number == ftp->answered + 1)
		return FTP_GO;
	answer(ftp, ftp->answered + 1);
	return FTP_GO;
}

enum ftp_step
ftp_reply(const struct sl_call *call, struct sl_span line, bool whole)
{
	struct ftp *ftp = call->priv;
	enum ftp_step step;
	uint16_t code;
	uint32_t n = 0;

	while (n < line.len && n < CODE_LEN && sl_text_is_digit(line.data[n]))
		n++;
	if (!whole && line.len <= CODE_LEN && n == line.len)
		return FTP_MORE;
	code = code_of(line, ' ');
	if (ftp->many && code != ftp->many)
		return FTP_GO; /* only its own code ends it (RFC 959 §4.2) */
	if (code) {
		step = final_line(call, line, whole, code);
		if (step != FTP_MORE)
			ftp->many = 0;
		return step;
	}
	ftp->many = code_of(line, '-');
	if (!ftp->many && !ftp->is_greeted) {
		sl_helper_count(call, FTP_NOT_FTP);
		return FTP_DETACH;
	}
	return FTP_GO;
}
