/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Menus of RouterOS that we know but do not implement: every command in them is
 * accepted without effect, with one warning a menu, so that the export of a
 * whole router loads.  The list is data (skip.c).
 */
#ifndef SL_MENU_SKIP_H
#define SL_MENU_SKIP_H

#include <menu/model.h>

/* add and set with name=X make X a known interface name. */
#define SL_SKIP_INTERFACE 1u

/* Menus below skipped ones are made as they are met, up to this many. */
#define SL_SKIP_MADE_MAX 4096

struct sl_skip {
	const char *path;
	unsigned flags;
};

extern const struct sl_skip sl_skip_menus[]; /* ended by {0} */

/* Is 'word' a command in some menu of RouterOS?  In a skipped menu any other
 * word is taken for a submenu. */
bool sl_skip_is_verb(const char *word);

struct sl_command;

/* Runs any command of a skipped menu. */
int sl_skip_run(struct sl_command *, struct sl_err *);

#endif
