/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to print: the state of one print, and its forms.
 *
 * A form takes rows one by one (into the output's buffer or its own), gets a
 * chance to write at the end of each slice, and finishes.  Nothing in here
 * blocks but sl_printer_flush().
 */
#ifndef SL_MENU_PRINTER_H
#define SL_MENU_PRINTER_H

#include <menu/print.h>

/* Flag columns of one menu, and letters of one row. */
#define SL_PRINTER_LETTERS 16

struct sl_print_table;
struct sl_follow;

struct sl_printer {
	const struct sl_print *p;
	struct sl_menu *menu;
	const struct sl_menu_def *def;
	struct sl_out *out;
	enum sl_print_form form; /* DEFAULT: bare lines */

	unsigned *props; /* to show, in order */
	unsigned n_props;
	unsigned n_flags;	      /* flag columns of the menu */
	unsigned number_width;	      /* of the line forms */
	struct sl_print_table *table; /* BRIEF, STATS */
	struct sl_follow *follow;     /* NULL: show every row */
	struct sl_text line;	      /* scratch: a value */
	uint64_t n_rows;	      /* shown so far in this pass */
	bool again;		      /* a later pass: numbers are known */
	int rc;			      /* first error; ends the pass */
};

/* Letters of the row, one per flag column, blanks for absent ones. */
void sl_printer_letters(const struct sl_printer *, const struct sl_row *,
    char letters[SL_PRINTER_LETTERS]);
/* Flag column of a property with a letter. */
unsigned sl_printer_flag_column(const struct sl_menu_def *, unsigned prop);
/* "Flags: X - disabled, ..."; only letters in 'used' (NULL: all). */
void sl_printer_legend(struct sl_printer *, const char *used, bool capitals);

/* The PRINT text of a property into pr->line; empty if it has no value.
 * 'quoted': as detail and terse write it. */
void sl_printer_value(
    struct sl_printer *, const struct sl_row *, unsigned prop, bool quoted);
/* Text for a terminal: control bytes escaped. */
void sl_printer_clean(struct sl_text *, const char *s, size_t len);

/* Line forms (print_line.c). */
void sl_print_line_start(struct sl_printer *);
void sl_print_line_row(struct sl_printer *, const struct sl_row *);
void sl_print_settings(struct sl_printer *, const struct sl_row *);

/* Forms for programs (print_data.c). */
void sl_print_data_start(struct sl_printer *);
void sl_print_data_row(struct sl_printer *, const struct sl_row *);
void sl_print_data_end(struct sl_printer *);
void sl_print_data_dead(struct sl_printer *, uint64_t id);

/* Tables (print_table.c). 'end': all rows have been given. */
int sl_print_table_start(struct sl_printer *);
void sl_print_table_row(struct sl_printer *, const struct sl_row *);
void sl_print_table_flush(struct sl_printer *, bool end);
void sl_print_table_free(struct sl_print_table *);

/* follow (print_follow.c): which rows are new or changed since the pass
 * before. */
struct sl_follow *sl_follow_new(void);
void sl_follow_free(struct sl_follow *);
/* True if the row must be shown.  -ENOMEM goes to pr->rc. */
bool sl_follow_is_new(struct sl_printer *, const struct sl_row *);
/* The end of a pass: tells of rows that are gone, forgets them. */
void sl_follow_sweep(struct sl_printer *);

#endif
