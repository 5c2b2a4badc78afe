/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a session, for the files that make it up. */
#ifndef SL_SCRIPT_SESSION_STATE_H
#define SL_SCRIPT_SESSION_STATE_H

#include <script/eval.h>
#include <script/session.h>

struct sl_session_name {
	struct sl_session_name *next;
	char text[];
};

struct sl_session {
	struct sl_eval eval;
	struct sl_numbers numbers;
	struct sl_out nowhere;	       /* stands in while there is no sink */
	struct sl_session_name *names; /* of files: errors refer to them */
	uint64_t load_steps;	       /* loop iterations of one load */
};

/* What to do with the commands of a text. */
struct sl_session_source {
	const char *text;
	size_t len;
	const char *file;
	uint32_t from_line;	  /* earlier commands are not run */
	bool verbose;		  /* print each command before it runs */
	struct sl_errors *errors; /* NULL: stop at the first mistake */
};

/* Runs a text in a scope of its own, in the state that 'ev' is in. */
int sl_session_run_source(struct sl_eval *, const struct sl_session_source *);

/* A copy of the file's name that lives as long as the session; NULL: no
 * memory. */
const char *sl_session_keep_name(struct sl_session *, const char *name);

/* import file=NAME [verbose=yes] [from-line=N] [dry-run]. */
int sl_session_import(
    struct sl_eval *, const struct sl_statement *, const struct sl_part *args);

/* Whole file in memory, freed by the caller. */
int sl_session_read_file(
    const char *path, char **text, size_t *len, struct sl_err *);

#endif
