/* SPDX-License-Identifier: Apache-2.0 */
/* Control messages (RFC 2637 §2): how long each is, and which calls it names. */
#ifndef PPTP_MESSAGE_H
#define PPTP_MESSAGE_H

#include <sluice/types.h>

enum message_type {
	START_REQUEST = 1,
	START_REPLY,
	STOP_REQUEST,
	STOP_REPLY,
	ECHO_REQUEST,
	ECHO_REPLY,
	OUT_CALL_REQUEST,
	OUT_CALL_REPLY,
	IN_CALL_REQUEST,
	IN_CALL_REPLY,
	IN_CALL_CONNECTED,
	CALL_CLEAR_REQUEST,
	CALL_DISCONNECT_NOTIFY,
	WAN_ERROR_NOTIFY,
	SET_LINK_INFO,
	MESSAGE_TYPES
};

#define MESSAGE_MAX 220 /* the longest of them */

enum {
	OFF_START_RESULT = 14, /* START_REPLY */
	OFF_CALL_RESULT = 16,  /* OUT_CALL_REPLY, IN_CALL_REPLY */
	RESULT_OK = 1,	       /* of all three */
};

struct message {
	const uint8_t *data;
	uint32_t off; /* within the payload */
	uint32_t len; /* as its header says */
	uint8_t type; /* enum message_type */
	/* Where it names a call by the sender's id, and by the receiver's; 0:
	 * it does not. */
	uint8_t own_off, peer_off;
};

/* What stands at an offset. */
enum message_at {
	MESSAGE_WHOLE,	/* *m is filled */
	MESSAGE_PART,	/* its rest is to come */
	MESSAGE_OTHER,	/* a header of a message that is not known; m->len */
	MESSAGE_LENGTH, /* known, but never that long; m->len */
	MESSAGE_NONE	/* no header */
};

enum message_at message_read(
    struct sl_span payload, uint32_t off, struct message *m);

#endif
