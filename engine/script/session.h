/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session: somebody (a console, a file, a test) giving commands.
 *
 * What it is.  The current menu, the variables, the numbers of the last print
 *   and the sink for output of one door's client.
 * Life cycle.  sl_session_new() ... sl_session_free().
 * Who writes.  The control thread that serves the client.
 * Who reads.   The same.
 * Ordering.    None needed.
 * Bounds.      See script/eval.h; an error list keeps SL_ERRORS_MAX entries.
 */
#ifndef SL_SCRIPT_SESSION_H
#define SL_SCRIPT_SESSION_H

#include <menu/model.h>
#include <menu/out.h>

#define SL_ERRORS_MAX	      10000
#define SL_SESSION_FILE_BYTES ((size_t)256 << 20)

struct sl_session;

/* Every mistake of a configuration, in order.  Zero is empty and ready. */
struct sl_errors {
	struct sl_err *list;
	size_t n, cap;
	size_t total; /* n, and those that found no room */
};

void sl_errors_add(struct sl_errors *, const struct sl_err *);
void sl_errors_fini(struct sl_errors *);

/* 'out' is borrowed and may be NULL: output is dropped.
 * => Role: control. */
struct sl_session *sl_session_new(
    struct sl_model *, struct sl_out *out, struct sl_err *);
void sl_session_free(struct sl_session *);

/* Where later output goes. */
void sl_session_set_out(struct sl_session *, struct sl_out *);

/* Runs commands one after another and stops at the first error.  'file' names
 * where the text came from; NULL if it was typed: errors then name the place
 * in their text, "(line 1 column 5)".  0, or -errno and err; -ECANCELED if
 * the user ended it.  Output was flushed.
 * => Role: control.  => May sleep (control lock given up). */
int sl_session_run(struct sl_session *, const char *text, size_t len,
    const char *file, struct sl_err *);

/* What a person who typed this has to go on with: '{' or '"' if one of these
 * is not closed, '\\' if the last line is continued; 0 if it is complete, or
 * wrong already.  => Role: any. */
char sl_session_unfinished(const char *text, size_t len);

/* Loads a configuration, all or nothing: goes on after each mistake to name
 * them all, and applies it in one transaction if there was none.  0, or -errno
 * and at least one entry in 'errors', whose place.file lives as long as the
 * session.  => Role: control. */
int sl_session_load_file(
    struct sl_session *, const char *path, struct sl_errors *errors);
int sl_session_load_text(struct sl_session *, const char *text, size_t len,
    const char *file, struct sl_errors *errors);

/* The same, but nothing is applied: for "sluiced --check" and dry runs. */
int sl_session_check_file(
    struct sl_session *, const char *path, struct sl_errors *errors);

/* Appends "[admin@NAME] /ip firewall filter> ". */
void sl_session_prompt(const struct sl_session *, struct sl_text *);

struct sl_menu *sl_session_menu(const struct sl_session *);

struct sl_candidate {
	const char *word; /* replaces text[from..cursor) */
	const char *help; /* NULL: none */
	size_t from;
	char tail; /* what may follow: ' ', '=', or '\0' if anything */
};

typedef void (*sl_candidate_fn)(const struct sl_candidate *, void *arg);

/* Calls 'fn' for every word that could stand at the cursor: menus, commands,
 * arguments, values, item names.  => Role: control. */
void sl_session_complete(struct sl_session *, const char *text, size_t cursor,
    sl_candidate_fn fn, void *arg);

#endif
