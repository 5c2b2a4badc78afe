/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FTP (RFC 959, 1123, 2428): the control connection announces every data
 * connection, PORT and EPRT those that the server opens, the answers to PASV
 * and EPSV those that the client opens.  This file cuts the stream into lines;
 * command.c reads the client's, reply.c the server's, endpoint.c the addresses.
 *
 * Believed.  A client that begins with a command that clients begin with, after
 *   a server that begins with 220; 227 and 229 only as answers to PASV and EPSV,
 *   and only as the last line of a reply; an address only if it is its sender's
 *   own (as the sender or as the other side knows it), a port only from 1024,
 *   unless 'loose'.
 * Not read.  LPRT and LPSV (RFC 1639, historic), PASV of an IPv6 connection: they
 *   pass as they are.
 * The end.  AUTH that was accepted (234, 235), because what follows is encrypted;
 *   anything that is HTTP's and not FTP's; a connection that was picked up in its
 *   middle, because nobody knows who began it, and how.
 */
#include "ftp.h"

#include <netinet/in.h>
#include <sluice/plugin.h>

/* No RFC says how long a 227 may be; those of real servers have a tenth of this. */
#define HOLD_MAX 512

static const struct sl_port_match ports[] = {{IPPROTO_TCP, 0, 21}, {0}};

/* One transfer at a time, but commands may be sent ahead. */
static const struct sl_expect_class classes[] = {
    {"data", 8, 5 * 60 * 1000},
    {NULL},
};

static const char *const counters[] = {
    [FTP_REFUSED] = "refused",
    [FTP_BAD_COMMAND] = "malformed-commands",
    [FTP_BAD_REPLY] = "malformed-replies",
    [FTP_UNASKED] = "unasked-replies",
    [FTP_NOT_FTP] = "not-ftp",
    [FTP_ENCRYPTED] = "encrypted",
    NULL,
};

static const struct sl_option options[] = {
    {"loose", SL_OPT_BOOL, offsetof(struct ftp_options, loose), "no",
	"believe addresses of third parties (FXP) and ports below 1024"},
    {NULL},
};

/* Bytes went by unseen: false if nothing can be believed after that. */
static bool
resume(const struct sl_call *call)
{
	struct ftp *ftp = call->priv;

	if (!ftp->is_greeted || (call->dir == SL_ORIG && !ftp->is_ftp))
		return false;
	if (call->dir == SL_ORIG) {
		ftp->sent++; /* the end of some command follows */
	} else {
		ftp->answered = ftp->sent;
		ftp->n_pending = 0;
	}
	ftp->is_inside[call->dir] = true;
	return true;
}

/* Reads one line, or what is here of it. */
static enum ftp_step
read_line(const struct sl_call *call, struct sl_span line, bool whole)
{
	struct ftp *ftp = call->priv;
	bool *is_inside = &ftp->is_inside[call->dir];
	enum ftp_step step = FTP_GO;

	if (!*is_inside)
		step = call->dir == SL_ORIG ? ftp_command(call, line, whole)
					    : ftp_reply(call, line, whole);
	if (step == FTP_GO)
		*is_inside = !whole;
	return step;
}

static enum sl_help
ftp_data(const struct sl_call *call)
{
	struct sl_span at = call->payload;

	if (call->flags & SL_CALL_CUT && !resume(call)) {
		sl_helper_count(call, FTP_NOT_FTP);
		return SL_HELP_DETACH;
	}
	while (at.len) {
		struct sl_span line = at, start = at;
		bool whole = sl_text_line(&at, &line);

		if (!whole)
			at = sl_text_after(at, at.len);
		switch (read_line(call, line, whole)) {
		case FTP_GO:
			break;
		case FTP_MORE:
			*call->used = sl_text_off(call->payload, start);
			return SL_HELP_PASS;
		case FTP_DROP:
			return SL_HELP_DROP;
		case FTP_DETACH:
			return SL_HELP_DETACH;
		}
	}
	return SL_HELP_PASS;
}

static const struct sl_helper_ops ftp_ops = {
    .size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_STREAM,
    .name = "ftp",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .priv_size = sizeof(struct ftp),
    .priv_version = 1,
    .hold_max = HOLD_MAX,
    .families = 3,
    .data = ftp_data,
};
SL_STATIC_ASSERT(sizeof(struct ftp) <= SL_HELP_PRIV_MAX, "fits");

static const struct sl_helper_ops *const helpers[] = {&ftp_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "ftp",
    .version = "1.0",
    .summary = "FTP: data connections, active and passive",
    .options = options,
    .option_size = sizeof(struct ftp_options),
    .helpers = helpers,
};

SL_PLUGIN(plugin)
