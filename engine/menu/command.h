/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One command on one menu: the entry every door comes through.
 *
 * The caller resolved the menu and the verb (sl_menu_resolve), evaluated the
 * arguments and compiled the where.  On error err->text is RouterOS's text
 * without a position and err->place the place of the offending argument (of
 * the command, if no argument is to blame); the caller adds
 * "(line N column M)".
 *
 *   verb            positional, in order      named
 *   add                                       properties place-before copy-from
 *   set             numbers, !prop            properties numbers
 *   unset           numbers value-name        numbers value-name
 *   remove          numbers                   numbers
 *   enable disable  numbers                   numbers
 *   move            numbers destination       numbers destination
 *   comment         numbers comment           numbers comment
 *   find                                      (where)
 *   get             numbers value-name        numbers value-name
 *   print           words, numbers            see menu/print.h (where)
 *   export          words                     terse verbose compact
 *                                             hide-sensitive show-sensitive
 *
 * ".id" is another name of numbers (API).  A settings menu takes no numbers.
 * A selector is a number, an id, a name, a comma list or an array of these.
 */
#ifndef SL_MENU_COMMAND_H
#define SL_MENU_COMMAND_H

#include <menu/model.h>
#include <menu/numbers.h>
#include <menu/out.h>

/* Does the row satisfy where?  Must not block. */
typedef bool (*sl_where_fn)(void *arg, const struct sl_row *);

struct sl_args;

struct sl_arg {
	const char *name;      /* NULL: positional */
	struct sl_value value; /* NONE: a word without "=value" (API
				       * =detail=) or an empty value */
	bool unset;	       /* !name */
	struct sl_place place;
};

struct sl_command {
	struct sl_menu *menu;
	const char *verb; /* full name, or unique prefix */
	struct sl_place place;

	const struct sl_arg *args; /* positional and named; borrowed */
	size_t n_args;

	sl_where_fn where; /* NULL: all */
	void *where_arg;

	struct sl_out *out;	    /* print and export write here */
	struct sl_numbers *numbers; /* the session's; may be NULL */

	/* True inside [...]: print gives an array instead of text. */
	bool want_result;

	/* Out; the caller frees it.  add: the new id; find: array of ids; get:
	 * the value (without value-name: keyed array); print count-only: num;
	 * print as-value with want_result: array of keyed arrays. */
	struct sl_value result;

	/* Private: the arguments, resolved. */
	const struct sl_args *bound;
};

/* 0, or -errno and err.  -ECANCELED: the door cancelled a print, no error text.
 * Without an open transaction a changing command is one of its own; inside one
 * a failed command leaves no trace and the transaction goes on.
 * => Role: control.  => May sleep (print, export: control lock given up). */
int sl_command_run(struct sl_command *, struct sl_err *);

/* Words that may stand next: names of arguments ("chain"), for completion. */
void sl_command_each_arg(
    struct sl_menu *, const char *verb, sl_word_fn, void *arg);

/* Words that may follow "name=". */
void sl_command_each_value(struct sl_menu *, const char *verb, const char *name,
    sl_word_fn, void *arg);

/* Does this verb of this menu take "where" (print, find; export does not)? */
bool sl_command_has_where(const struct sl_menu *, const char *verb);

/* An argument of a menu's own verb, whether it was given by name, abbreviated
 * or by position; NULL if it was not given. */
const struct sl_arg *sl_command_arg(
    const struct sl_command *, const char *name);

#endif
