/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded number of equal pieces of memory, lent to connections for a while.
 * When all are lent, the one lent longest ago is taken back.
 *
 * What it is.  An array; free cells in a list, lent ones in order of age.
 * Life cycle.  sl_cells_init ... for the life of the process.
 * Who writes, who reads.  One worker.
 * Ordering.    None needed.
 * Bounds.      The array.  Pages are the system's until first touched.
 */
#ifndef SL_RULE_CELLS_H
#define SL_RULE_CELLS_H

#include <base/compiler.h>

struct sl_cell {
	uint32_t newer, older; /* lent ones: a ring through cell 0 */
	uint32_t owner;
	uint32_t number;
};

struct sl_cells {
	uint8_t *memory;
	uint32_t size, n; /* bytes of one; how many, with cell 0 */
	uint32_t used;	  /* those ever lent */
	uint32_t free;	  /* first of a list through 'newer'; 0: none */
};

/* 'size': of a struct that begins with a struct sl_cell.  0 or -ENOMEM.
 * => Role: control. */
int sl_cells_init(struct sl_cells *, uint32_t size, uint32_t n);
/* => Role: main. */
void sl_cells_fini(struct sl_cells *);

/* Lends a cell to 'owner'; NULL: none is left, see sl_cells_oldest().
 * => Role: worker. */
void *sl_cells_take(struct sl_cells *, uint32_t owner);
void sl_cells_give(struct sl_cells *, uint32_t number);
/* The one lent longest ago; some must be. */
struct sl_cell *sl_cells_oldest(const struct sl_cells *);

/* A cell that is lent. */
static inline void *
sl_cells_at(const struct sl_cells *c, uint32_t number)
{
	return c->memory + (size_t)number * c->size;
}

#endif
