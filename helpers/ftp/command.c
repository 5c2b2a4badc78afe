/* SPDX-License-Identifier: Apache-2.0 */
/* What the client says. */
#include "ftp.h"

#define WORD_MAX     4	/* letters of the commands that matter */
#define NAME_MAX_LEN 24 /* a word is waited for to end, up to that many */

/* Telnet commands may stand before ABOR and STAT (RFC 959 §4.1.3). */
enum { IAC = 0xff, IAC_WILL = 0xfb, IAC_DONT = 0xfe };

enum verb { VERB_OTHER, VERB_PORT, VERB_EPRT, VERB_PASV, VERB_EPSV, VERB_AUTH };

static const struct {
	char word[WORD_MAX + 1];
	uint8_t verb;
} verbs[] = {
    {"PORT", VERB_PORT},
    {"EPRT", VERB_EPRT},
    {"PASV", VERB_PASV},
    {"EPSV", VERB_EPSV},
    {"AUTH", VERB_AUTH},
    {"ADAT", VERB_AUTH},
};

/* What clients begin with.  No request line of HTTP does, nor TLS. */
static const char beginnings[][WORD_MAX + 1] = {"USER", "AUTH", "FEAT", "HOST",
    "SYST", "OPTS", "CLNT", "CSID", "HELP", "STAT", "NOOP", "LANG", "QUIT"};

static bool
skip_telnet(struct sl_span *at)
{
	while (at->len && at->data[0] == IAC) {
		uint32_t n = 2;

		if (at->len < 2)
			return false;
		if (at->data[1] >= IAC_WILL && at->data[1] <= IAC_DONT)
			n = 3;
		if (at->len < n)
			return false;
		*at = sl_text_after(*at, n);
	}
	return true;
}

/* The letters a line begins with. */
static struct sl_span
first_word(struct sl_span line)
{
	uint32_t n = 0;

	while (n < line.len && sl_text_lower(line.data[n]) >= 'a' &&
	       sl_text_lower(line.data[n]) <= 'z')
		n++;
	return sl_text_first(line, n);
}

static enum verb
verb_of(struct sl_span word)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (sl_text_is(word, verbs[i].word))
			return (enum verb)verbs[i].verb;
	return VERB_OTHER;
}

static bool
is_beginning(struct sl_span word)
{
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (sl_text_is(word, beginnings[i]))
			return true;
	return false;
}

/* "Host: ", "User-Agent: ": a header's name, so an HTTP request whose method was
 * made up to look like a command. */
static bool
is_header(struct sl_span after_word)
{
	return after_word.len &&
	       (after_word.data[0] == ':' || after_word.data[0] == '-');
}

static void
remember(struct ftp *ftp, enum ftp_kind kind)
{
	/* An answer that nobody waits for passes untouched. */
	if (ftp->n_pending == FTP_PENDING_MAX)
		return;
	ftp->pending[ftp->n_pending].number = ftp->sent;
	ftp->pending[ftp->n_pending].kind = kind;
	ftp->n_pending++;
}

/* PORT or EPRT with its argument, blanks around it. */
static enum ftp_step
active(const struct sl_call *call, struct sl_span argument, enum verb verb)
{
	struct ftp *ftp = call->priv;
	struct ftp_endpoint e;
	enum ftp_step step;
	bool is_good;

	argument = sl_text_trim(argument);
	is_good = verb == VERB_PORT
		      ? ftp_endpoint_six(call, &argument, &e)
		      : ftp_endpoint_extended(call, &argument, &e);
	if (!is_good || argument.len) {
		sl_helper_count(call, FTP_BAD_COMMAND);
		ftp->sent++;
		return FTP_GO;
	}
	step = ftp_endpoint_expect(call, &e);
	ftp->sent++;
	return step;
}

static enum ftp_step
obey(const struct sl_call *call, struct sl_span argument, enum verb verb)
{
	struct ftp *ftp = call->priv;

	if (verb == VERB_PORT || verb == VERB_EPRT)
		return active(call, argument, verb);
	ftp->sent++;
	if (verb == VERB_PASV)
		remember(ftp, FTP_PASV);
	else if (verb == VERB_AUTH)
		remember(ftp, FTP_AUTH);
	else if (!sl_text_is(sl_text_trim(argument), "ALL"))
		remember(ftp, FTP_EPSV); /* "EPSV ALL" is answered by 200 */
	return FTP_GO;
}

enum ftp_step
ftp_command(const struct sl_call *call, struct sl_span line, bool whole)
{
	struct ftp *ftp = call->priv;
	struct sl_span word;
	enum verb verb;

	if (!skip_telnet(&line))
		return whole ? FTP_GO : FTP_MORE;
	word = first_word(line);
	if (!whole && word.len == line.len && word.len < NAME_MAX_LEN)
		return FTP_MORE;
	line = sl_text_after(line, word.len);
	if (is_header(line) || (!ftp->is_ftp && !is_beginning(word))) {
		sl_helper_count(call, FTP_NOT_FTP);
		return FTP_DETACH;
	}
	ftp->is_ftp = true;
	verb = verb_of(word);
	if (verb == VERB_OTHER || !ftp->is_greeted ||
	    (line.len && !sl_text_is_blank(line.data[0]) && whole)) {
		ftp->sent += word.len || line.len; /* a blank line is none */
		return FTP_GO;
	}
	return whole ? obey(call, line, verb) : FTP_MORE;
}
