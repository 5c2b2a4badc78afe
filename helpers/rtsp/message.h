/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of RTSP messages: the first line and the headers, up to the empty line. */
#ifndef RTSP_MESSAGE_H
#define RTSP_MESSAGE_H

#include <sluice/text.h>

enum rtsp_method { RTSP_SETUP, RTSP_TEARDOWN, RTSP_OTHER };

enum rtsp_found {
	RTSP_NONE, /* no message of RTSP, nor the beginning of one */
	RTSP_PART, /* not whole yet */
	RTSP_WHOLE
};

struct rtsp_message {
	uint32_t status; /* 0: a request */
	enum rtsp_method method;
	uint32_t len;	       /* of the head, its empty line included */
	uint32_t body;	       /* bytes that follow it */
	uint32_t uri, session; /* hashed; 0: it names none */
	uint32_t cseq;
	bool has_cseq;
	struct sl_span headers;
};

struct rtsp_field {
	struct sl_span name, value; /* value: with its folds, ends trimmed */
};

enum rtsp_found rtsp_message_parse(
    struct sl_span text, struct rtsp_message *msg);

/* Takes one header; false: there is none left. */
bool rtsp_field_take(struct sl_span *at, struct rtsp_field *field);

/* Without blanks and line ends around it. */
struct sl_span rtsp_trim(struct sl_span text);

#endif
