/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of byte values: what brackets of an expression stand for. */
#ifndef SL_RULE_BYTE_SET_H
#define SL_RULE_BYTE_SET_H

#include <base/compiler.h>

struct sl_byte_set {
	uint64_t bits[4];
};

static inline bool
sl_byte_set_has(const struct sl_byte_set *s, unsigned byte)
{
	return (s->bits[byte / 64] >> (byte % 64) & 1) != 0;
}

/* Adds lo to hi, inclusive. */
void sl_byte_set_add(struct sl_byte_set *, unsigned lo, unsigned hi);
void sl_byte_set_add_set(struct sl_byte_set *, const struct sl_byte_set *more);
void sl_byte_set_invert(struct sl_byte_set *);
bool sl_byte_set_is_empty(const struct sl_byte_set *);

/* Adds a class of POSIX ("alpha", ASCII whatever the locale) or "word"; false:
 * unknown. */
bool sl_byte_set_add_class(struct sl_byte_set *, const char *name, size_t len);

#endif
