/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory that dies together: everything one statement's syntax tree needs is
 * taken from an arena and given back in one go.
 */
#ifndef SL_BASE_ARENA_H
#define SL_BASE_ARENA_H

#include <base/compiler.h>

struct sl_arena_chunk;

struct sl_arena {
	struct sl_arena_chunk *head;
};

/* Zeroed memory, aligned for any type, valid until reset; NULL if there is
 * none.  => Role: control. */
void *sl_arena_alloc(struct sl_arena *, size_t size);

/* A NUL-terminated copy of 'len' bytes; NULL if there is no memory. */
char *sl_arena_copy(struct sl_arena *, const char *text, size_t len);

/* Gives everything back but one chunk, kept for the next statement. */
void sl_arena_reset(struct sl_arena *);

/* Gives everything back. */
void sl_arena_fini(struct sl_arena *);

#endif
