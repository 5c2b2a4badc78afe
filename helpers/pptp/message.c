/* SPDX-License-Identifier: Apache-2.0 */
#include "message.h"

#define CONTROL 1 /* the other kind, management, was never defined */
#define COOKIE	0x1a2b3c4du

enum {
	OFF_LEN = 0,
	OFF_KIND = 2,
	OFF_COOKIE = 4,
	OFF_TYPE = 8,
	HEADER = 12,
	FIRST = 12, /* the first two fields after it */
	SECOND = 14,
};

static const struct shape {
	uint8_t len, own_off, peer_off;
} shapes[MESSAGE_TYPES] = {
    [START_REQUEST] = {156, 0, 0},
    [START_REPLY] = {156, 0, 0},
    [STOP_REQUEST] = {16, 0, 0},
    [STOP_REPLY] = {16, 0, 0},
    [ECHO_REQUEST] = {16, 0, 0},
    [ECHO_REPLY] = {20, 0, 0},
    [OUT_CALL_REQUEST] = {168, FIRST, 0},
    [OUT_CALL_REPLY] = {32, FIRST, SECOND},
    [IN_CALL_REQUEST] = {MESSAGE_MAX, FIRST, 0},
    [IN_CALL_REPLY] = {24, FIRST, SECOND},
    [IN_CALL_CONNECTED] = {28, 0, FIRST},
    [CALL_CLEAR_REQUEST] = {16, FIRST, 0},
    [CALL_DISCONNECT_NOTIFY] = {148, FIRST, 0},
    [WAN_ERROR_NOTIFY] = {40, 0, FIRST},
    [SET_LINK_INFO] = {24, 0, FIRST},
};

static bool
is_header(const uint8_t *p)
{
	return sl_get_be16(p + OFF_LEN) >= HEADER &&
	       sl_get_be16(p + OFF_KIND) == CONTROL &&
	       sl_get_be32(p + OFF_COOKIE) == COOKIE;
}

enum message_at
message_read(struct sl_span payload, uint32_t off, struct message *m)
{
	const uint8_t *p = payload.data + off;
	uint32_t have = payload.len - off;
	const struct shape *shape;
	uint16_t type;

	if (have < OFF_TYPE)
		return MESSAGE_PART;
	if (!is_header(p))
		return MESSAGE_NONE;
	if (have < HEADER)
		return MESSAGE_PART;
	type = sl_get_be16(p + OFF_TYPE);
	*m = (struct message){
	    .data = p, .off = off, .len = sl_get_be16(p + OFF_LEN)};
	if (type == 0 || type >= MESSAGE_TYPES)
		return MESSAGE_OTHER;
	shape = &shapes[type];
	if (m->len != shape->len)
		return MESSAGE_LENGTH;
	m->type = (uint8_t)type;
	m->own_off = shape->own_off;
	m->peer_off = shape->peer_off;
	return have < m->len ? MESSAGE_PART : MESSAGE_WHOLE;
}
