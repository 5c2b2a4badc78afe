/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Export: commands that make the same configuration again.  Only what differs
 * from the defaults, parameters in alphabetical order, lines wrapped as
 * RouterOS does; an invalid item's reason is a comment line before it.
 */
#ifndef SL_MENU_EXPORT_H
#define SL_MENU_EXPORT_H

#include <menu/command.h>

/* Width at which a line is continued on the next. */
#define SL_EXPORT_WIDTH 80

struct sl_export {
	bool terse;   /* full path in each line, not wrapped */
	bool verbose; /* defaults too, and !prop for what is unset */
	bool show_sensitive;
};

/* The menu and all below it, in tree order; header line included.
 * => Role: control.  => May sleep (control lock given up between menus'
 * slices). */
int sl_export_run(struct sl_menu *, const struct sl_export *, struct sl_out *,
    struct sl_err *);

/* export with its arguments: a bound command. */
int sl_export_command(struct sl_command *, struct sl_err *);

/* Does a built-in item say nothing but its defaults, so that no export has it? */
bool sl_export_is_untouched(const struct sl_item *);

#endif
