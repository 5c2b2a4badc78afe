/* SPDX-License-Identifier: Apache-2.0 */
#include "per.h"

#include <string.h>

enum { DEPTH_MAX = 24, STEPS_MAX = 4096, SMALL_BITS = 6 };

enum done {
	DONE_BAD,
	DONE,
	DONE_ALL /* PER_REST */
};

struct reader {
	const uint8_t *data;
	uint32_t len; /* octets */
	uint32_t at;  /* bits */
};

struct walk {
	struct sl_span whole;
	struct per_findings *findings;
	uint32_t steps, depth;
};

static enum done walk(struct walk *w, struct reader *r,
    const struct per_type *type, uint8_t role);

static bool
get_bits(struct reader *r, uint32_t n, uint32_t *value)
{
	uint32_t v = 0;

	if (n > 32 || n > r->len * 8 - r->at)
		return false;
	for (; n; n--, r->at++)
		v = v << 1 |
		    (uint32_t)(r->data[r->at / 8] >> (7 - r->at % 8) & 1);
	*value = v;
	return true;
}

/* Moves to the next octet and takes 'n' of them, which begin at *off. */
static bool
get_octets(struct reader *r, uint32_t n, uint32_t *off)
{
	uint32_t at = (r->at + 7) / 8;

	if (at > r->len || n > r->len - at)
		return false;
	*off = at;
	r->at = (at + n) * 8;
	return true;
}

static bool
get_number(struct reader *r, uint32_t octets, uint32_t *value)
{
	uint32_t off;

	if (!get_octets(r, octets, &off))
		return false;
	*value = 0;
	for (uint32_t i = 0; i < octets; i++)
		*value = *value << 8 | r->data[off + i];
	return true;
}

static uint32_t
bits_of(uint32_t value)
{
	uint32_t n = 0;

	for (; value; value >>= 1)
		n++;
	return n;
}

/* A whole number of low..high (X.691 §11.5). */
static bool
get_int(struct reader *r, uint32_t low, uint32_t high, uint32_t *value)
{
	uint32_t span = high - low, octets;
	bool ok;

	if (span < 255) {
		ok = get_bits(r, bits_of(span), value);
	} else if (span <= UINT16_MAX) {
		ok = get_number(r, span == 255 ? 1 : 2, value);
	} else {
		octets = (bits_of(span) + 7) / 8;
		ok = get_bits(r, bits_of(octets - 1), &octets) &&
		     octets < sizeof(*value) &&
		     get_number(r, octets + 1, value);
	}
	if (!ok || *value > span)
		return false;
	*value += low;
	return true;
}

/* A length without bounds (§11.9); fragments of 16384 are not for us. */
static bool
get_length(struct reader *r, uint32_t *n)
{
	if (!get_number(r, 1, n))
		return false;
	if (!(*n & 0x80))
		return true;
	if (*n & 0x40)
		return false;
	r->at -= 8;
	if (!get_number(r, 2, n))
		return false;
	*n &= 0x3fff;
	return true;
}

static bool
get_size(struct reader *r, const struct per_type *type, uint32_t *n)
{
	if (!type->high)
		return get_length(r, n);
	return get_int(r, type->low, type->high, n);
}

/* What follows, with its length before it, as an encoding of its own. */
static bool
get_inner(struct reader *r, struct reader *inner)
{
	uint32_t n, off;

	if (!get_length(r, &n) || !get_octets(r, n, &off))
		return false;
	*inner = (struct reader){.data = r->data + off, .len = n};
	return true;
}

static enum done
walk_inner(
    struct walk *w, struct reader *r, const struct per_type *type, uint8_t role)
{
	struct reader inner;

	if (!get_inner(r, &inner))
		return DONE_BAD;
	return !type || walk(w, &inner, type, role) != DONE_BAD ? DONE
								: DONE_BAD;
}

static enum done
walk_field(struct walk *w, struct reader *r, const struct per_field *field,
    uint8_t role)
{
	return walk(w, r, field->type, field->role ? field->role : role);
}

static enum done
walk_extension(struct walk *w, struct reader *r, const struct per_type *type,
    uint32_t index, uint8_t role)
{
	const struct per_field *field = NULL;

	if (type->n_root + index < type->n)
		field = &type->fields[type->n_root + index];
	if (field && field->role)
		role = field->role;
	return walk_inner(w, r, field ? field->type : NULL, role);
}

/* A number that is small as a rule (§11.6), and here always. */
static bool
get_small(struct reader *r, uint32_t *value)
{
	uint32_t is_large;

	return get_bits(r, 1, &is_large) && !is_large &&
	       get_bits(r, SMALL_BITS, value);
}

static enum done
walk_choice(
    struct walk *w, struct reader *r, const struct per_type *type, uint8_t role)
{
	uint32_t extended = 0, index;

	if (type->extensible && !get_bits(r, 1, &extended))
		return DONE_BAD;
	if (extended)
		return get_small(r, &index)
			   ? walk_extension(w, r, type, index, role)
			   : DONE_BAD;
	if (!get_int(r, 0, type->n_root - 1u, &index))
		return DONE_BAD;
	return walk_field(w, r, &type->fields[index], role);
}

static enum done
walk_extensions(
    struct walk *w, struct reader *r, const struct per_type *type, uint8_t role)
{
	uint32_t n, present[2] = {0, 0};

	if (!get_small(r, &n))
		return DONE_BAD;
	n++;
	if (!get_bits(r, n < 32 ? n : 32, &present[0]) ||
	    (n > 32 && !get_bits(r, n - 32, &present[1])))
		return DONE_BAD;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t in_word = i < 32 ? (n < 32 ? n : 32) : n - 32;

		if (!(present[i / 32] >> (in_word - 1 - i % 32) & 1))
			continue;
		if (walk_extension(w, r, type, i, role) == DONE_BAD)
			return DONE_BAD;
	}
	return DONE;
}

static uint32_t
count_optional(const struct per_type *type)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < type->n_root; i++)
		n += type->fields[i].optional;
	return n;
}

static enum done
walk_sequence(
    struct walk *w, struct reader *r, const struct per_type *type, uint8_t role)
{
	uint32_t extended = 0, present, left = count_optional(type);
	enum done done;

	if ((type->extensible && !get_bits(r, 1, &extended)) ||
	    !get_bits(r, left, &present))
		return DONE_BAD;
	for (uint32_t i = 0; i < type->n_root; i++) {
		const struct per_field *field = &type->fields[i];

		if (field->optional && !(present >> --left & 1))
			continue;
		if ((done = walk_field(w, r, field, role)) != DONE)
			return done;
	}
	return extended ? walk_extensions(w, r, type, role) : DONE;
}

static enum done
walk_list(
    struct walk *w, struct reader *r, const struct per_type *type, uint8_t role)
{
	uint32_t n;
	enum done done = DONE;

	if (!get_size(r, type, &n))
		return DONE_BAD;
	while (n-- && done == DONE)
		done = walk(w, r, type->of, role);
	return done;
}

/* §17, §30: long ones begin with an octet. */
static bool
skip_string(struct reader *r, const struct per_type *type)
{
	uint32_t bits = type->kind == PER_STRING ? type->bits : 8, n, off;

	if (!get_size(r, type, &n) || n > r->len * 8)
		return false;
	if (type->low == type->high && n * bits <= 16 && type->high)
		return get_bits(r, n * bits, &off);
	if (!n)
		return true;
	if (!get_octets(r, 0, &off) || n * bits > r->len * 8 - r->at)
		return false;
	r->at += n * bits;
	return true;
}

static enum done
find_endpoint(
    struct walk *w, struct reader *r, const struct per_type *type, uint8_t role)
{
	struct per_findings *f = w->findings;
	uint32_t off;

	if (!get_octets(r, type->low + 2, &off))
		return DONE_BAD;
	if (!role)
		return DONE;
	if (f->n == PER_FOUND_MAX)
		return DONE_BAD;
	f->at[f->n++] = (struct per_found){
	    .off = (uint32_t)(r->data - w->whole.data) + off,
	    .role = role,
	    .size = (uint8_t)type->low,
	};
	return DONE;
}

static enum done
walk_simple(
    struct walk *w, struct reader *r, const struct per_type *type, uint8_t role)
{
	struct reader inner;
	uint32_t value;

	switch (type->kind) {
	case PER_NULL:
		return DONE;
	case PER_BOOL:
		return get_bits(r, 1, &value) ? DONE : DONE_BAD;
	case PER_INT:
		return get_int(r, type->low, type->high, &value) ? DONE
								 : DONE_BAD;
	case PER_OID:
		return get_inner(r, &inner) ? DONE : DONE_BAD;
	case PER_OCTETS:
	case PER_STRING:
		return skip_string(r, type) ? DONE : DONE_BAD;
	case PER_ENDPOINT:
		return find_endpoint(w, r, type, role);
	case PER_REST:
		return DONE_ALL;
	default:
		return DONE_BAD;
	}
}

static enum done
walk(
    struct walk *w, struct reader *r, const struct per_type *type, uint8_t role)
{
	enum done done;

	if (w->depth == DEPTH_MAX || w->steps == STEPS_MAX)
		return DONE_BAD;
	w->depth++;
	w->steps++;
	switch (type->kind) {
	case PER_CHOICE:
		done = walk_choice(w, r, type, role);
		break;
	case PER_SEQUENCE:
		done = walk_sequence(w, r, type, role);
		break;
	case PER_LIST:
		done = walk_list(w, r, type, role);
		break;
	case PER_HOLDS:
		done = walk_inner(w, r, type->of, role);
		break;
	default:
		done = walk_simple(w, r, type, role);
		break;
	}
	w->depth--;
	return done;
}

bool
per_find(struct sl_span bytes, const struct per_type *type,
    struct per_findings *findings)
{
	struct walk w = {.whole = bytes, .findings = findings};
	struct reader r = {.data = bytes.data, .len = bytes.len};

	findings->n = 0;
	return bytes.len <= UINT16_MAX && walk(&w, &r, type, 0) != DONE_BAD;
}
