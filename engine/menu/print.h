/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Print forms.
 *
 *   brief        v7 table: flags that occur, Columns line, aligned columns
 *   detail       name=value, wrapped at the session's width
 *   terse        one line a row
 *   value-list   right-aligned "name: value" lines
 *   as-value     .id=*1;name=value;...
 *   count-only   the number of rows
 *   stats        brief table of the counters
 *   (settings)   right-aligned "name: value" lines
 *
 * further words: all static dynamic follow follow-only interval= from=
 * proplist= without-paging append; where.
 *
 * Streaming.  Rows are taken in slices of SL_PRINT_SLICE, formatted to memory,
 * flushed; then other control threads get their turn.  If all rows fit into the
 * first slice, a table leaves out columns that no row fills and flags that no
 * row has; otherwise it has every column and flag, and widths are those of the
 * first slice: a longer value later pushes its line to the right.
 *
 * JSON (out->json): an array of objects, one a line; a settings menu is one
 * object; under follow each row is a line of its own without the array.
 * A door with out->row gets fields instead of text, in every form.
 */
#ifndef SL_MENU_PRINT_H
#define SL_MENU_PRINT_H

#include <menu/command.h>

#define SL_PRINT_SLICE 256

/* Waits between two looks of follow. */
#define SL_PRINT_FOLLOW_NS (SL_NS_PER_SEC)

enum sl_print_form {
	SL_PRINT_DEFAULT,
	SL_PRINT_BRIEF,
	SL_PRINT_DETAIL,
	SL_PRINT_TERSE,
	SL_PRINT_VALUE_LIST,
	SL_PRINT_AS_VALUE,
	SL_PRINT_COUNT,
	SL_PRINT_STATS,
};

enum sl_print_which { SL_PRINT_ALL, SL_PRINT_STATIC, SL_PRINT_ONLY_DYNAMIC };

struct sl_print {
	struct sl_command *cmd; /* menu, where, out, numbers, result */
	enum sl_print_form form;
	enum sl_print_which which;
	bool follow, follow_only;
	bool stats;	      /* stats beside detail or as-value */
	uint64_t interval_ns; /* 0: once */
	bool has_from;	      /* only the rows with these ids */
	const uint64_t *from;
	size_t n_from;
	const unsigned *props; /* proplist; NULL: by form */
	unsigned n_props;
	bool with_id; /* ".id" among proplist (doors with rows) */
};

/* print with its arguments: a bound command. */
int sl_print_command(struct sl_command *, struct sl_err *);

/* Runs one print; see sl_command_run().  => May sleep. */
int sl_print_run(struct sl_print *, struct sl_err *);

#endif
