/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message on its way: what is translated in it.
 *
 * A message names its two ends.  Its sender is tuples[d].src and must be written
 * as the receiver knows it, tuples[!d].dst; its receiver was written as the
 * sender knows it, tuples[d].dst, and must read its own, tuples[!d].src.
 */
#ifndef SIP_TALK_H
#define SIP_TALK_H

#include <sluice/helper.h>

#include "address.h"
#include "message.h"
#include "state.h"

struct sip_options {
	bool direct_media;
	uint64_t timeout_ms;
};

enum { SIP_CLASS_SIGNALLING, SIP_CLASS_MEDIA };

enum sip_count {
	SIP_COUNT_MESSAGES,
	SIP_COUNT_MALFORMED,
	SIP_COUNT_NOT_SIP,
	SIP_COUNT_TOO_LONG,
	SIP_COUNT_CUT,
	SIP_COUNT_THIRD_PARTY,
	SIP_COUNT_REFUSED,
	SIP_COUNT_NO_ROOM,
	SIP_COUNT_TOO_MANY_MEDIA,
};

enum sip_end { SIP_SENDER, SIP_RECEIVER };

/* How much of an address must be the end's. */
enum sip_match {
	SIP_EXACT, /* address and port */
	SIP_HOST   /* the address; the port is translated if it is the end's */
};

struct sip_talk {
	const struct sl_call *call;
	const struct sip_options *options;
	struct sip_state *state;
	struct sip_message msg;
	int error;	/* of the host, that makes the message impossible */
	int32_t growth; /* of the body */
	uint32_t edits; /* in this call */
};

/* The end's endpoint as the sender writes it, and as the receiver reads it. */
struct sl_endpoint sip_talk_written(
    const struct sip_talk *talk, enum sip_end end);
struct sl_endpoint sip_talk_read(const struct sip_talk *talk, enum sip_end end);

bool sip_talk_is_host(
    const struct sip_talk *talk, enum sip_end end, const struct sl_addr *addr);

/* Translates 'place' if it is that end. */
void sip_talk_translate(struct sip_talk *talk, enum sip_end end,
    enum sip_match match, const struct sip_place *place);
/* Writes 'to' in its place, if it reads otherwise. */
void sip_talk_write(struct sip_talk *talk, const struct sip_place *place,
    const struct sl_endpoint *to);
void sip_talk_replace(
    struct sip_talk *talk, struct sl_span part, struct sl_text_out *out);
void sip_talk_replace_number(
    struct sip_talk *talk, struct sl_span digits, uint32_t number);

/* expect(): 0, or an error after which the message goes on without. */
int sip_talk_expect(
    struct sip_talk *talk, const struct sl_expect *e, struct sl_endpoint *seen);

/* headers.c */
void sip_headers_translate(struct sip_talk *talk);
/* sdp.c: what the sender announces, and where it is told to be */
void sip_sdp_translate(struct sip_talk *talk);
/* The call is over, or never began. */
void sip_sdp_end(struct sip_talk *talk);

#endif
