/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing piece of text.  Zero is empty and ready.  When memory is refused
 * the text keeps what it has and 'failed' sticks, so that a caller may check
 * once at the end.
 */
#ifndef SL_MENU_TEXT_H
#define SL_MENU_TEXT_H

#include <base/compiler.h>

struct sl_text {
	char *s; /* NUL-terminated; NULL while nothing was ever added */
	size_t len, cap;
	bool failed;
};

void sl_text_add(struct sl_text *, const char *data, size_t len);
void sl_text_adds(struct sl_text *, const char *s);
void sl_text_addc(struct sl_text *, char c);
void sl_text_pad(struct sl_text *, size_t blanks);
void sl_text_printf(struct sl_text *, const char *fmt, ...) SL_PRINTF(2, 3);

/* A JSON string with its quotes; bytes that are not UTF-8 are taken for
 * Latin-1. */
void sl_text_add_json(struct sl_text *, const char *data, size_t len);

/* Empty, memory kept. */
void sl_text_clear(struct sl_text *);
void sl_text_free(struct sl_text *);

/* The text as a C string, never NULL. */
const char *sl_text_str(const struct sl_text *);

#endif
