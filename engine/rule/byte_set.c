/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/byte_set.h>

#include <string.h>

void
sl_byte_set_add(struct sl_byte_set *s, unsigned lo, unsigned hi)
{
	for (unsigned i = lo; i <= hi && i < 256; i++)
		s->bits[i / 64] |= 1ull << (i % 64);
}

void
sl_byte_set_add_set(struct sl_byte_set *s, const struct sl_byte_set *more)
{
	for (unsigned i = 0; i < 4; i++)
		s->bits[i] |= more->bits[i];
}

void
sl_byte_set_invert(struct sl_byte_set *s)
{
	for (unsigned i = 0; i < 4; i++)
		s->bits[i] = ~s->bits[i];
}

bool
sl_byte_set_is_empty(const struct sl_byte_set *s)
{
	return !(s->bits[0] | s->bits[1] | s->bits[2] | s->bits[3]);
}

bool
sl_byte_set_add_class(struct sl_byte_set *s, const char *name, size_t len)
{
	/* Pairs of first and last; "" ends them. */
	static const struct {
		const char *name, *ranges;
	} classes[] = {
	    {"alpha", "azAZ"},
	    {"digit", "09"},
	    {"alnum", "azAZ09"},
	    {"upper", "AZ"},
	    {"lower", "az"},
	    {"space", "\t\r  "},
	    {"blank", "\t\t  "},
	    {"punct", "!/:@[`{~"},
	    {"print", " ~"},
	    {"graph", "!~"},
	    {"cntrl", "\x01\x1f\x7f\x7f"}, /* and 0, which no data has */
	    {"xdigit", "09afAF"},
	    {"word", "azAZ09__"},
	};

	for (unsigned i = 0; i < SL_COUNT_OF(classes); i++) {
		const char *r = classes[i].ranges;

		if (strlen(classes[i].name) != len ||
		    memcmp(classes[i].name, name, len))
			continue;
		for (; *r; r += 2)
			sl_byte_set_add(s, (uint8_t)r[0], (uint8_t)r[1]);
		return true;
	}
	return false;
}
