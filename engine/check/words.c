/* SPDX-License-Identifier: Apache-2.0 */
#include <check/words.h>

#include <sluice/text.h>

#include <errno.h>
#include <string.h>

#define SHOWN 40 /* bytes of wrong text in a message */

/* One comparison. */
struct reading {
	const struct sl_talk *talk;
	const struct sl_words_names *names;
	struct sl_words_ids *ids;
	uint8_t side; /* who spoke */
	struct sl_span *text;
	uint32_t body;		/* what {body} said; from body_at on */
	const uint8_t *body_at; /* NULL: it said nothing */
};

static void
put_addr(struct sl_text_out *out, uint8_t family, const struct sl_addr *a,
    bool brackets)
{
	brackets = brackets && family == SL_IPV6;
	if (brackets)
		sl_text_put_byte(out, '[');
	sl_text_put_addr(out, family, a);
	if (brackets)
		sl_text_put_byte(out, ']');
}

static void
put_bytes(struct sl_text_out *out, const void *bytes, uint32_t n)
{
	sl_text_put_span(out, (struct sl_span){bytes, n});
}

/* What does not depend on who reads, and the address 'a' and port 'port'. */
static void
put_place(struct sl_text_out *out, uint8_t place, uint8_t family,
    const struct sl_addr *a)
{
	switch ((enum sl_talk_place)place) {
	case SL_TALK_ADDR:
		put_addr(out, family, a, false);
		break;
	case SL_TALK_HOST:
	case SL_TALK_PEER:
		put_addr(out, family, a, true);
		break;
	case SL_TALK_ADDR_B:
		put_bytes(out, a, family == SL_IPV6 ? 16 : 4);
		break;
	case SL_TALK_ADDR_10:
		sl_text_put_number(out, sl_get_be32(a->u.b));
		break;
	case SL_TALK_FAMILY:
		sl_text_put_number(out, family);
		break;
	case SL_TALK_AF:
		sl_text_put_number(out, family == SL_IPV6 ? 2 : 1);
		break;
	default:
		break;
	}
}

static void
put_id(struct sl_text_out *out, uint8_t place, const struct sl_addr *a,
    uint16_t id)
{
	uint8_t b[2] = {(uint8_t)(id >> 8), (uint8_t)id};

	switch ((enum sl_talk_place)place) {
	case SL_TALK_PORT:
	case SL_TALK_SELF:
		sl_text_put_number(out, id);
		break;
	case SL_TALK_PORT_B:
		put_bytes(out, b, sizeof(b));
		break;
	case SL_TALK_COMMAS:
		sl_text_put_ip4(out, a, ',');
		sl_text_put_byte(out, ',');
		sl_text_put_number(out, b[0]);
		sl_text_put_byte(out, ',');
		sl_text_put_number(out, b[1]);
		break;
	default:
		break;
	}
}

static bool
has_id(uint8_t place)
{
	return place == SL_TALK_PORT || place == SL_TALK_PORT_B ||
	       place == SL_TALK_COMMAS;
}

/* Where the bytes begin that {body} counts; NULL: nowhere. */
static const uint8_t *
after_empty_line(const uint8_t *from, const uint8_t *end)
{
	const uint8_t *p =
	    from < end ? memmem(from, (size_t)(end - from), "\r\n\r\n", 4)
		       : NULL;

	return p ? p + 4 : NULL;
}

/* Puts the number of bytes of the body at 'at' of out. */
static void
put_body(struct sl_text_out *out, uint32_t at)
{
	const uint8_t *bytes = (const uint8_t *)out->buf;
	const uint8_t *body = after_empty_line(bytes + at, bytes + out->len);
	uint32_t n = body ? out->len - (uint32_t)(body - bytes) : 0, len;
	char digits[12];
	struct sl_text_out number = sl_text_out(digits, sizeof(digits));

	sl_text_put_number(&number, n);
	len = number.len;
	if (out->size - out->len < len) {
		out->full = true;
		return;
	}
	memmove(out->buf + at + len, out->buf + at, out->len - at);
	memcpy(out->buf + at, digits, len);
	out->len += len;
}

uint32_t
sl_words_write(const struct sl_talk *talk, const struct sl_talk_step *step,
    const struct sl_words_names *names, uint8_t *bytes, uint32_t size)
{
	struct sl_text_out out = sl_text_out((char *)bytes, size);
	uint32_t body_at = UINT32_MAX;

	for (uint32_t i = 0; i < step->n_pieces; i++) {
		const struct sl_talk_piece *p = &talk->pieces[step->piece + i];
		const struct sl_addr *own = &names->own[step->side];

		if (p->place == SL_TALK_LITERAL)
			put_bytes(&out, talk->bytes + p->off, p->len);
		else if (p->place == SL_TALK_BODY)
			body_at = out.len;
		else if (has_id(p->place))
			put_id(&out, p->place, own, p->id);
		else if (p->place == SL_TALK_SELF)
			put_id(&out, p->place, own, names->port[step->side]);
		else
			put_place(&out, p->place, names->family,
			    p->place == SL_TALK_PEER
				? &names->known[!step->side]
				: own);
	}
	if (body_at != UINT32_MAX)
		put_body(&out, body_at);
	return out.full ? 0 : out.len;
}

static bool
take_bytes(struct sl_span *text, const void *bytes, uint32_t n)
{
	if (text->len < n || memcmp(text->data, bytes, n) != 0)
		return false;
	*text = sl_text_after(*text, n);
	return true;
}

static bool
note_id(struct reading *r, uint16_t id, uint32_t seen)
{
	struct sl_words_ids *ids = r->ids;
	uint16_t before = sl_words_seen(ids, r->side, id);

	if (before)
		return before == seen;
	if (ids->n == SL_TALK_IDS || !seen || seen > UINT16_MAX)
		return false;
	ids->list[ids->n].side = r->side;
	ids->list[ids->n].id = id;
	ids->list[ids->n++].seen = (uint16_t)seen;
	return true;
}

static bool
take_commas(struct reading *r, uint16_t id)
{
	char want[SL_TEXT_IP4_MAX + 1];
	struct sl_text_out out = sl_text_out(want, sizeof(want));
	uint32_t high, low;

	sl_text_put_ip4(&out, &r->names->known[r->side], ',');
	sl_text_put_byte(&out, ',');
	return take_bytes(r->text, want, out.len) &&
	       sl_text_number(r->text, UINT8_MAX, &high) &&
	       sl_text_byte(r->text, ',') &&
	       sl_text_number(r->text, UINT8_MAX, &low) &&
	       note_id(r, id, high << 8 | low);
}

static bool
take_id(struct reading *r, const struct sl_talk_piece *p)
{
	uint32_t seen;

	if (p->place == SL_TALK_COMMAS)
		return take_commas(r, p->id);
	if (p->place == SL_TALK_PORT)
		return sl_text_number(r->text, UINT16_MAX, &seen) &&
		       note_id(r, p->id, seen);
	if (r->text->len < 2)
		return false;
	seen = sl_get_be16(r->text->data);
	*r->text = sl_text_after(*r->text, 2);
	return note_id(r, p->id, seen);
}

/* The listener's address may have been translated to what it is, or not: who
 * reads its own name does not care which. */
static bool
take_peer(struct reading *r)
{
	char want[SL_TEXT_IP6_MAX + 2];
	const struct sl_words_names *n = r->names;

	for (int i = 0; i < 2; i++) {
		struct sl_text_out out = sl_text_out(want, sizeof(want));

		put_addr(&out, n->family,
		    i ? &n->known[!r->side] : &n->own[!r->side], true);
		if (take_bytes(r->text, want, out.len))
			return true;
	}
	return false;
}

static bool
take_piece(struct reading *r, const struct sl_talk_piece *p)
{
	char want[SL_TEXT_IP6_MAX + 2];
	struct sl_text_out out = sl_text_out(want, sizeof(want));
	const struct sl_words_names *n = r->names;

	if (p->place == SL_TALK_LITERAL)
		return take_bytes(r->text, r->talk->bytes + p->off, p->len);
	if (has_id(p->place))
		return take_id(r, p);
	if (p->place == SL_TALK_PEER)
		return take_peer(r);
	if (p->place == SL_TALK_BODY) {
		r->body_at = r->text->data;
		return sl_text_number(r->text, UINT32_MAX, &r->body);
	}
	if (p->place == SL_TALK_SELF)
		put_id(&out, p->place, NULL, n->known_port[r->side]);
	else
		put_place(&out, p->place, n->family, &n->known[r->side]);
	return take_bytes(r->text, want, out.len);
}

static int
complain(const struct reading *r, const struct sl_talk_step *step,
    const struct sl_talk_piece *p, struct sl_err *err)
{
	static const char *const names[SL_TALK_PLACES] = {
	    [SL_TALK_ADDR] = "{addr}",
	    [SL_TALK_HOST] = "{host}",
	    [SL_TALK_ADDR_B] = "{addr.b}",
	    [SL_TALK_ADDR_10] = "{addr.10}",
	    [SL_TALK_SELF] = "{self}",
	    [SL_TALK_PEER] = "{peer}",
	    [SL_TALK_PORT] = "{port}",
	    [SL_TALK_PORT_B] = "{port.b}",
	    [SL_TALK_COMMAS] = "{commas}",
	    [SL_TALK_FAMILY] = "{family}",
	    [SL_TALK_AF] = "{af}",
	    [SL_TALK_BODY] = "{body}",
	};
	char got[SHOWN + 1];
	uint32_t n = SL_MIN(r->text->len, (uint32_t)SHOWN);

	for (uint32_t i = 0; i < n; i++) {
		uint8_t c = r->text->data[i];

		got[i] = c < ' ' || c > '~' ? '.' : (char)c;
	}
	got[n] = '\0';
	if (p && p->place == SL_TALK_LITERAL)
		return sl_err_set(err, -EINVAL,
		    "line %u: the %s reads \"%s\", not \"%.*s\"", step->line,
		    sl_talk_side_name(!step->side), got,
		    (int)SL_MIN(p->len, (uint32_t)SHOWN),
		    (const char *)r->talk->bytes + p->off);
	return sl_err_set(err, -EINVAL, "line %u: the %s reads \"%s\" as %s",
	    step->line, sl_talk_side_name(!step->side), got,
	    p ? names[p->place] : "a body of another length");
}

int
sl_words_read(const struct sl_talk *talk, const struct sl_talk_step *step,
    const struct sl_words_names *names, struct sl_words_ids *ids,
    struct sl_span *text, struct sl_err *err)
{
	struct reading r = {.talk = talk,
	    .names = names,
	    .ids = ids,
	    .side = step->side,
	    .text = text};
	const uint8_t *body;

	for (uint32_t i = 0; i < step->n_pieces; i++) {
		const struct sl_talk_piece *p = &talk->pieces[step->piece + i];
		struct sl_span before = *text;

		if (!take_piece(&r, p)) {
			*text = before;
			return complain(&r, step, p, err);
		}
	}
	if (!r.body_at)
		return 0;
	body = after_empty_line(r.body_at, text->data);
	if (body ? (uint32_t)(text->data - body) != r.body : r.body != 0)
		return complain(&r, step, NULL, err);
	return 0;
}

uint16_t
sl_words_seen(const struct sl_words_ids *ids, uint8_t side, uint16_t id)
{
	for (uint32_t i = 0; i < ids->n; i++)
		if (ids->list[i].side == side && ids->list[i].id == id)
			return ids->list[i].seen;
	return 0;
}
