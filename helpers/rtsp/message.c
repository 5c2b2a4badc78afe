/* SPDX-License-Identifier: Apache-2.0 */
#include "message.h"

enum {
	METHOD_MAX = 16,
	FIRST_LINE_MAX = 2048,
	STATUS_MAX = 599,
	/* longer than this is no message but an attempt to have the stream
	 * passed unread */
	BODY_MAX = 1 << 20,
};

/* "METHOD rtsp:" or "METHOD *", or "RTSP/": another protocol must not be held
 * back until its first line is over. */
static bool
may_be_rtsp(struct sl_span text)
{
	uint32_t n = 0;

	if (sl_text_may_begin(text, "RTSP/1."))
		return true;
	while (n < text.len && ((text.data[n] >= 'A' && text.data[n] <= 'Z') ||
				   text.data[n] == '_'))
		n++;
	if (n == text.len)
		return n <= METHOD_MAX;
	if (!n || n > METHOD_MAX || text.data[n] != ' ')
		return false;
	text = sl_text_after(text, n + 1);
	return sl_text_may_begin(text, "rtsp:") ||
	       sl_text_may_begin(text, "rtspu:") ||
	       sl_text_may_begin(text, "rtsps:") ||
	       sl_text_may_begin(text, "* ");
}

static bool
take_version(struct sl_span *line)
{
	uint32_t minor;

	return sl_text_take(line, "RTSP/1.") &&
	       sl_text_number(line, UINT8_MAX, &minor);
}

static bool
read_first_line(struct sl_span line, struct rtsp_message *msg)
{
	struct sl_span word, uri;

	if (take_version(&line))
		return sl_text_blanks(&line) &&
		       sl_text_number(&line, STATUS_MAX, &msg->status) &&
		       msg->status >= 100;
	if (!sl_text_word(&line, &word) || !sl_text_blanks(&line) ||
	    !sl_text_word(&line, &uri) || !sl_text_blanks(&line))
		return false;
	if (sl_text_is(word, "SETUP"))
		msg->method = RTSP_SETUP;
	else if (sl_text_is(word, "TEARDOWN"))
		msg->method = RTSP_TEARDOWN;
	msg->uri = sl_text_hash(uri);
	return take_version(&line) && !sl_text_trim(line).len;
}

struct sl_span
rtsp_trim(struct sl_span text)
{
	while (text.len && text.data[0] <= ' ')
		text = sl_text_after(text, 1);
	while (text.len && text.data[text.len - 1] <= ' ')
		text.len--;
	return text;
}

bool
rtsp_field_take(struct sl_span *at, struct rtsp_field *field)
{
	struct sl_span line, name;

	if (!sl_text_line(at, &line))
		return false;
	field->name = field->value = sl_text_first(line, 0);
	if (!sl_text_until(&line, ':', &name))
		return true;
	field->name = sl_text_trim(name);
	field->value = sl_text_after(line, 1);
	while (
	    at->len && sl_text_is_blank(at->data[0]) && sl_text_line(at, &line))
		field->value.len = sl_text_off(field->value, line) + line.len;
	field->value = rtsp_trim(field->value);
	return true;
}

/* Takes a number that is all there is; false also if it differs from one that was
 * there before. */
static bool
read_number(struct sl_span value, uint32_t max, bool *has, uint32_t *number)
{
	uint32_t n;

	if (!sl_text_number(&value, max, &n) || value.len)
		return false;
	if (*has && n != *number)
		return false;
	*has = true;
	*number = n;
	return true;
}

/* False: it contradicts itself. */
static bool
read_headers(struct rtsp_message *msg)
{
	struct sl_span at = msg->headers, id;
	struct rtsp_field field;
	bool has_length = false;

	while (rtsp_field_take(&at, &field)) {
		if (sl_text_is(field.name, "Content-Length")) {
			if (!read_number(
				field.value, BODY_MAX, &has_length, &msg->body))
				return false;
		} else if (sl_text_is(field.name, "CSeq")) {
			if (!read_number(field.value, UINT32_MAX,
				&msg->has_cseq, &msg->cseq))
				return false;
		} else if (sl_text_is(field.name, "Session")) {
			if (!sl_text_until(&field.value, ';', &id))
				id = field.value;
			msg->session = sl_text_hash(rtsp_trim(id));
		}
	}
	return true;
}

enum rtsp_found
rtsp_message_parse(struct sl_span text, struct rtsp_message *msg)
{
	struct sl_span at = text, line;

	*msg = (struct rtsp_message){.method = RTSP_OTHER};
	if (!may_be_rtsp(text))
		return RTSP_NONE;
	if (!sl_text_line(&at, &line))
		return text.len < FIRST_LINE_MAX ? RTSP_PART : RTSP_NONE;
	if (!read_first_line(line, msg))
		return RTSP_NONE;
	msg->headers = at;
	do {
		msg->headers.len = sl_text_off(msg->headers, at);
		if (!sl_text_line(&at, &line))
			return RTSP_PART;
	} while (line.len);
	msg->len = sl_text_off(text, at);
	return read_headers(msg) ? RTSP_WHOLE : RTSP_NONE;
}
