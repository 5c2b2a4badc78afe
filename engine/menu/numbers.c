/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/numbers.h>

void
sl_numbers_start(struct sl_numbers *numbers, const struct sl_menu *menu)
{
	numbers->menu = menu;
	numbers->n = 0;
}

void
sl_numbers_add(struct sl_numbers *numbers, uint32_t number, uint64_t id)
{
	struct sl_number *grown;
	size_t cap;

	if (numbers->n == SL_NUMBERS_MAX)
		return;
	if (numbers->n == numbers->cap) {
		cap = numbers->cap ? numbers->cap * 2 : 64;
		grown = realloc(numbers->rows, cap * sizeof(*grown));
		if (!grown)
			return; /* the row still has its id */
		numbers->rows = grown;
		numbers->cap = cap;
	}
	numbers->rows[numbers->n++] = (struct sl_number){number, id};
}

bool
sl_numbers_find(const struct sl_numbers *numbers, const struct sl_menu *menu,
    uint32_t number, uint64_t *id)
{
	size_t lo = 0, hi = numbers->n;

	if (numbers->menu != menu)
		return false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (numbers->rows[mid].number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == numbers->n || numbers->rows[lo].number != number)
		return false;
	*id = numbers->rows[lo].id;
	return true;
}

void
sl_numbers_fini(struct sl_numbers *numbers)
{
	free(numbers->rows);
	*numbers = (struct sl_numbers){0};
}
