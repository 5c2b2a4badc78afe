/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the FTP helper share: what is remembered of a control
 * connection, and what is decided about one line of it.
 */
#ifndef FTP_H
#define FTP_H

#include <sluice/helper.h>
#include <sluice/text.h>

/* PASV, EPSV and AUTH that may wait for their answers at once. */
#define FTP_PENDING_MAX 16

enum ftp_kind { FTP_OTHER, FTP_PASV, FTP_EPSV, FTP_AUTH };

enum ftp_counter {
	FTP_REFUSED,
	FTP_BAD_COMMAND,
	FTP_BAD_REPLY,
	FTP_UNASKED,
	FTP_NOT_FTP,
	FTP_ENCRYPTED
};

/* What becomes of a line. */
enum ftp_step {
	FTP_GO,	  /* it, or the part that is here, may go */
	FTP_MORE, /* its end must be seen first */
	FTP_DROP,
	FTP_DETACH
};

struct ftp_pending {
	uint32_t number; /* of the command, from 1 */
	uint32_t kind;	 /* enum ftp_kind, not FTP_OTHER */
};

/* priv of a control connection.  Commands are numbered as they come; each gets
 * one final reply, in order (RFC 959 §4.2). */
struct ftp {
	bool is_greeted;	    /* the server has said 220 */
	bool is_ftp;		    /* the client began as FTP clients do */
	bool is_inside[SL_DIRS];    /* a line whose beginning has passed */
	bool is_expecting[SL_DIRS]; /* what that side announced */
	uint16_t many;		    /* code of a reply of several lines; 0 */
	uint16_t n_pending;	    /* in the order of their numbers */
	uint32_t sent, answered;    /* commands */
	struct ftp_pending pending[FTP_PENDING_MAX];
};

struct ftp_options {
	bool loose;
};

/* One line of the client, without its end; not 'whole': as much of it as is
 * here. */
enum ftp_step ftp_command(
    const struct sl_call *call, struct sl_span line, bool whole);

/* The same for the server. */
enum ftp_step ftp_reply(
    const struct sl_call *call, struct sl_span line, bool whole);

/* How an endpoint is written. */
enum ftp_form {
	FTP_SIX,      /* 192,0,2,1,200,13 */
	FTP_EXTENDED, /* |1|192.0.2.1|51213| or |2|2001:db8::1|51213| */
	FTP_PORT      /* 51213, of an address that is known */
};

struct ftp_endpoint {
	struct sl_span text; /* as it stands in the payload */
	struct sl_endpoint at;
	enum ftp_form form;
	uint8_t delimiter; /* FTP_EXTENDED */
};

/* Each takes an endpoint off the front of 'at' and fills 'e'; false if none of
 * that form and of the connection's family stands there. */
bool ftp_endpoint_six(
    const struct sl_call *call, struct sl_span *at, struct ftp_endpoint *e);
bool ftp_endpoint_extended(
    const struct sl_call *call, struct sl_span *at, struct ftp_endpoint *e);
/* |||51213|: an endpoint at its sender's own address. */
bool ftp_endpoint_port(
    const struct sl_call *call, struct sl_span *at, struct ftp_endpoint *e);

/* Expects the other side's connection to 'e', and writes what that side must be
 * told.  A refused one passes untouched and counted. */
enum ftp_step ftp_endpoint_expect(
    const struct sl_call *call, const struct ftp_endpoint *e);

#endif
