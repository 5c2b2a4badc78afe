/* SPDX-License-Identifier: Apache-2.0 */
#include <related/store.h>

static unsigned
class_of(uint32_t size)
{
	unsigned class = 0;

	while (class < SL_STORE_CLASSES && SL_STORE_SIZE_MIN << class < size)
		class ++;
	return class;
}

/* What lies free in other sizes makes room for this one. */
static void
release_free(struct sl_store *s)
{
	for (unsigned i = 0; i < SL_STORE_CLASSES; i++) {
		while (s->free[i]) {
			struct sl_store_block *b = s->free[i];

			s->free[i] = b->next;
			s->taken -= SL_STORE_SIZE_MIN << i;
			free(b);
		}
	}
}

void *
sl_store_take(struct sl_store *s, uint32_t size, uint32_t *room)
{
	unsigned class = class_of(size);
	struct sl_store_block *b;
	uint32_t bytes;

	if (class >= SL_STORE_CLASSES)
		return NULL;
	bytes = SL_STORE_SIZE_MIN << class;
	if (room)
		*room = bytes;
	b = s->free[class];
	if (b) {
		s->free[class] = b->next;
		return b;
	}
	if (s->taken + bytes > s->max)
		release_free(s);
	if (s->taken + bytes > s->max)
		return NULL;
	b = malloc(bytes);
	if (b)
		s->taken += bytes;
	return b;
}

void
sl_store_give(struct sl_store *s, void *block, uint32_t size)
{
	unsigned class = class_of(size);
	struct sl_store_block *b = block;

	if (!b)
		return;
	b->next = s->free[class];
	s->free[class] = b;
}

void
sl_store_fini(struct sl_store *s)
{
	release_free(s);
}
