/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A SIP message (RFC 3261 §7): where it ends, and its parts as spans of the bytes
 * it was found in.  Nothing is changed here.
 */
#ifndef SIP_MESSAGE_H
#define SIP_MESSAGE_H

#include <sluice/text.h>

enum sip_method {
	SIP_INVITE,
	SIP_ACK,
	SIP_PRACK,
	SIP_UPDATE,
	SIP_BYE,
	SIP_CANCEL,
	SIP_REGISTER,
	SIP_OTHER
};

enum sip_header {
	SIP_VIA,
	SIP_CONTACT,
	SIP_FROM,
	SIP_TO,
	SIP_ROUTE,
	SIP_RECORD_ROUTE,
	SIP_CALL_ID,
	SIP_CSEQ,
	SIP_EXPIRES,
	SIP_CONTENT_TYPE,
	SIP_CONTENT_LENGTH,
	SIP_UNKNOWN
};

/* A header with the lines it is folded into. */
struct sip_field {
	enum sip_header name;
	struct sl_span value;
};

struct sip_message {
	struct sl_span whole;	/* from the first line to the end of the body */
	struct sl_span headers; /* the lines after the first */
	struct sl_span body;
	struct sl_span uri;	/* of a request */
	struct sl_span length;	/* the digits of Content-Length; len 0: none */
	enum sip_method method; /* the request's, or what is answered */
	uint32_t status;	/* of a response; 0: a request */
	uint32_t call;		/* Call-ID, hashed; 0: it has none */
	uint32_t expires;	/* seconds */
	bool has_sdp;		/* the body is a session description */
};

enum sip_found {
	SIP_WHOLE, /* a message */
	SIP_PART,  /* the beginning of one */
	SIP_LONG,  /* one that will not fit in 'max'; msg->whole.len is right */
	SIP_NONE   /* something else, or one that contradicts itself */
};

/* What begins at text's first byte.  In a stream a message ends where
 * Content-Length says; a datagram is one, and less than it says is none. */
enum sip_found sip_message_parse(
    struct sl_span text, bool is_stream, uint32_t max, struct sip_message *msg);

/* Takes a header off the front of 'at', which is whole lines. */
bool sip_field_take(struct sl_span *at, struct sip_field *field);

#endif
