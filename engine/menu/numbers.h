/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers of the last print, per session: "remove 3" means the row that
 * was shown as 3.  Menus that were not printed count by their current order.
 */
#ifndef SL_MENU_NUMBERS_H
#define SL_MENU_NUMBERS_H

#include <base/compiler.h>

/* Rows of one print that are remembered; later ones have only their id. */
#define SL_NUMBERS_MAX (1u << 20)

struct sl_menu;

/* Zero is empty and ready; owned by the session. */
struct sl_numbers {
	const struct sl_menu *menu; /* of the last print */
	struct sl_number {
		uint32_t number;
		uint64_t id;
	} * rows; /* ascending by number */
	size_t n, cap;
};

/* A print of 'menu' starts. */
void sl_numbers_start(struct sl_numbers *, const struct sl_menu *menu);
void sl_numbers_add(struct sl_numbers *, uint32_t number, uint64_t id);
/* True and the id if 'menu' was the last printed and showed 'number'. */
bool sl_numbers_find(const struct sl_numbers *, const struct sl_menu *menu,
    uint32_t number, uint64_t *id);
void sl_numbers_fini(struct sl_numbers *);

#endif
