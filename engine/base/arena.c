/* SPDX-License-Identifier: Apache-2.0 */
#include <base/arena.h>

#include <string.h>

#define CHUNK_SIZE ((size_t)16384)

struct sl_arena_chunk {
	struct sl_arena_chunk *next;
	size_t size, used;
	SL_ALIGNED(16) unsigned char bytes[];
};

static struct sl_arena_chunk *
add_chunk(struct sl_arena *a, size_t need)
{
	size_t size = SL_MAX(need, CHUNK_SIZE);
	struct sl_arena_chunk *c;

	if (size > SIZE_MAX - sizeof(*c))
		return NULL;
	c = malloc(sizeof(*c) + size);
	if (!c)
		return NULL;
	c->size = size;
	c->used = 0;
	c->next = a->head;
	a->head = c;
	return c;
}

void *
sl_arena_alloc(struct sl_arena *a, size_t size)
{
	struct sl_arena_chunk *c = a->head;
	void *p;

	if (size > SIZE_MAX - 15)
		return NULL;
	size = (size + 15) & ~(size_t)15;
	if (!c || c->size - c->used < size)
		c = add_chunk(a, size);
	if (!c)
		return NULL;
	p = c->bytes + c->used;
	c->used += size;
	memset(p, 0, size);
	return p;
}

char *
sl_arena_copy(struct sl_arena *a, const char *text, size_t len)
{
	char *p = sl_arena_alloc(a, len + 1);

	if (p && len)
		memcpy(p, text, len);
	return p;
}

void
sl_arena_reset(struct sl_arena *a)
{
	struct sl_arena_chunk *c = a->head;

	while (c && (c->next || c->size > CHUNK_SIZE)) {
		a->head = c->next;
		free(c);
		c = a->head;
	}
	if (c)
		c->used = 0;
}

void
sl_arena_fini(struct sl_arena *a)
{
	while (a->head) {
		struct sl_arena_chunk *c = a->head;

		a->head = c->next;
		free(c);
	}
}
