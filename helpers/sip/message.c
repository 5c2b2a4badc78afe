/* SPDX-License-Identifier: Apache-2.0 */
#include "message.h"

enum {
	FIRST_LINE_MAX = 2048,
	METHOD_MAX = 16,
	/* longer than this is no message but an attempt to have the stream
	 * passed unread */
	BODY_MAX = 1 << 20,
	DEFAULT_EXPIRES = 3600,
};

static const char version[] = "SIP/2.0";

static const struct {
	const char *name;
	char compact;
} headers[] = {
    [SIP_VIA] = {"via", 'v'},
    [SIP_CONTACT] = {"contact", 'm'},
    [SIP_FROM] = {"from", 'f'},
    [SIP_TO] = {"to", 't'},
    [SIP_ROUTE] = {"route", 0},
    [SIP_RECORD_ROUTE] = {"record-route", 0},
    [SIP_CALL_ID] = {"call-id", 'i'},
    [SIP_CSEQ] = {"cseq", 0},
    [SIP_EXPIRES] = {"expires", 0},
    [SIP_CONTENT_TYPE] = {"content-type", 'c'},
    [SIP_CONTENT_LENGTH] = {"content-length", 'l'},
};

static const char *const methods[] = {
    [SIP_INVITE] = "INVITE",
    [SIP_ACK] = "ACK",
    [SIP_PRACK] = "PRACK",
    [SIP_UPDATE] = "UPDATE",
    [SIP_BYE] = "BYE",
    [SIP_CANCEL] = "CANCEL",
    [SIP_REGISTER] = "REGISTER",
};

static enum sip_method
method_of(struct sl_span word)
{
	unsigned m = 0;

	while (m < SIP_OTHER && !sl_text_is(word, methods[m]))
		m++;
	return (enum sip_method)m;
}

static enum sip_header
header_of(struct sl_span name)
{
	unsigned h = 0;

	for (; h < SIP_UNKNOWN; h++)
		if (sl_text_is(name, headers[h].name) ||
		    (name.len == 1 &&
			sl_text_lower(name.data[0]) == headers[h].compact))
			break;
	return (enum sip_header)h;
}

/* Another protocol must not be held back until its first line is over. */
static bool
may_be_sip(struct sl_span text)
{
	uint32_t n = 0;

	if (sl_text_may_begin(text, "SIP/2.0 "))
		return true;
	while (n < text.len && text.data[n] >= 'A' && text.data[n] <= 'Z')
		n++;
	if (n == text.len)
		return n <= METHOD_MAX;
	if (!n || n > METHOD_MAX || text.data[n] != ' ')
		return false;
	text = sl_text_after(text, n + 1);
	return sl_text_may_begin(text, "sip:") ||
	       sl_text_may_begin(text, "sips:") ||
	       sl_text_may_begin(text, "tel:") ||
	       sl_text_may_begin(text, "urn:");
}

static bool
read_first_line(struct sl_span line, struct sip_message *msg)
{
	struct sl_span word;

	if (!sl_text_word(&line, &word) || !sl_text_blanks(&line))
		return false;
	if (sl_text_is(word, version))
		return sl_text_number(&line, 699, &msg->status) &&
		       msg->status >= 100;
	msg->method = method_of(word);
	return sl_text_word(&line, &msg->uri) && sl_text_blanks(&line) &&
	       sl_text_is(line, version);
}

bool
sip_field_take(struct sl_span *at, struct sip_field *field)
{
	struct sl_span start = *at, line, name;

	if (!sl_text_line(at, &line))
		return false;
	field->name = SIP_UNKNOWN;
	field->value = sl_text_first(line, 0);
	if (!sl_text_until(&line, ':', &name))
		return true;
	line = sl_text_after(line, 1);
	field->name = header_of(sl_text_trim(name));
	field->value = line;
	while (
	    at->len && sl_text_is_blank(at->data[0]) && sl_text_line(at, &line))
		field->value.len = sl_text_off(start, line) + line.len -
				   sl_text_off(start, field->value);
	return true;
}

static struct sl_span
trim_folds(struct sl_span text)
{
	while (text.len && text.data[0] <= ' ')
		text = sl_text_after(text, 1);
	while (text.len && text.data[text.len - 1] <= ' ')
		text.len--;
	return text;
}

static bool
read_length(struct sl_span value, struct sip_message *msg, uint32_t *length)
{
	struct sl_span at = value;
	uint32_t n;

	if (!sl_text_number(&at, BODY_MAX, &n) || at.len)
		return false;
	if (msg->length.len && n != *length)
		return false;
	msg->length = value;
	*length = n;
	return true;
}

static void
read_cseq(struct sl_span value, struct sip_message *msg)
{
	uint32_t n;

	if (msg->status && sl_text_number(&value, UINT32_MAX, &n))
		msg->method = method_of(trim_folds(value));
}

static void
read_type(struct sl_span value, struct sip_message *msg)
{
	const char *sdp = "application/sdp";
	struct sl_span rest = value;

	msg->has_sdp =
	    sl_text_take(&rest, sdp) &&
	    (!rest.len || rest.data[0] == ';' || rest.data[0] <= ' ');
}

/* False: it contradicts itself. */
static bool
read_headers(struct sip_message *msg, uint32_t *length)
{
	struct sl_span at = msg->headers, value;
	struct sip_field field;

	while (sip_field_take(&at, &field)) {
		value = trim_folds(field.value);
		switch (field.name) {
		case SIP_CONTENT_LENGTH:
			if (!read_length(value, msg, length))
				return false;
			break;
		case SIP_CALL_ID:
			msg->call = sl_text_hash(value);
			break;
		case SIP_CSEQ:
			read_cseq(value, msg);
			break;
		case SIP_EXPIRES:
			sl_text_number(&value, UINT32_MAX, &msg->expires);
			break;
		case SIP_CONTENT_TYPE:
			read_type(value, msg);
			break;
		default:
			break;
		}
	}
	return true;
}

enum sip_found
sip_message_parse(
    struct sl_span text, bool is_stream, uint32_t max, struct sip_message *msg)
{
	struct sl_span at = text, line;
	uint32_t head, length = 0;

	*msg = (struct sip_message){
	    .method = SIP_OTHER, .expires = DEFAULT_EXPIRES};
	if (!may_be_sip(text))
		return SIP_NONE;
	if (!sl_text_line(&at, &line))
		return text.len < FIRST_LINE_MAX ? SIP_PART : SIP_NONE;
	if (!read_first_line(line, msg))
		return SIP_NONE;
	msg->headers = at;
	do {
		msg->headers.len = sl_text_off(msg->headers, at);
		if (!sl_text_line(&at, &line))
			return SIP_PART;
	} while (line.len);
	head = sl_text_off(text, at);
	if (!read_headers(msg, &length))
		return SIP_NONE;
	if (!is_stream && !msg->length.len)
		length = at.len;
	msg->whole = sl_text_first(text, head + length);
	msg->body = sl_text_first(at, length);
	if (length <= at.len)
		return SIP_WHOLE;
	msg->whole.len = head + length;
	return head + length > max ? SIP_LONG : SIP_PART;
}
