/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/cells.h>

#include <conn/pages.h>

#include <errno.h>

static struct sl_cell *
cell(const struct sl_cells *c, uint32_t number)
{
	return sl_cells_at(c, number);
}

int
sl_cells_init(struct sl_cells *c, uint32_t size, uint32_t n)
{
	c->size = (size + SL_CACHE_LINE - 1) & ~(SL_CACHE_LINE - 1u);
	c->n = n + 1;
	c->used = 1;
	c->free = 0;
	c->memory = sl_pages_new((size_t)c->size * c->n, SL_PAGES_SMALL);
	return c->memory ? 0 : -ENOMEM;
}

void
sl_cells_fini(struct sl_cells *c)
{
	sl_pages_free(c->memory, (size_t)c->size * c->n);
	c->memory = NULL;
}

/* Between the newest and the head of the ring, cell 0. */
static void
enqueue(struct sl_cells *c, struct sl_cell *one)
{
	struct sl_cell *head = cell(c, 0);

	one->older = head->older;
	one->newer = 0;
	cell(c, head->older)->newer = one->number;
	head->older = one->number;
}

void *
sl_cells_take(struct sl_cells *c, uint32_t owner)
{
	uint32_t number = c->free;
	struct sl_cell *one;

	if (number)
		c->free = cell(c, number)->newer;
	else if (c->used < c->n)
		number = c->used++;
	else
		return NULL;
	one = cell(c, number);
	one->number = number;
	one->owner = owner;
	enqueue(c, one);
	return one;
}

void
sl_cells_give(struct sl_cells *c, uint32_t number)
{
	struct sl_cell *one = cell(c, number);

	cell(c, one->older)->newer = one->newer;
	cell(c, one->newer)->older = one->older;
	one->newer = c->free;
	c->free = number;
}

struct sl_cell *
sl_cells_oldest(const struct sl_cells *c)
{
	return cell(c, cell(c, 0)->newer);
}
