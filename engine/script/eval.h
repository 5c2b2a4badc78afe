/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs parsed commands on the menu model.
 *
 * What it is.  The state of one running script: where it stands in the menu
 *   tree, its variables, its limits.  A session has one; an import borrows it.
 * Life cycle.  Filled in by session.c, which also ends it.
 * Who writes.  The control thread that runs the script.
 * Who reads.   Nobody else.
 * Ordering.    None needed.
 * Bounds.      Nesting by the parser; SL_EVAL_VALUE_BYTES a value; loop
 *   iterations by 'step_limit' while a configuration loads, else by the door's
 *   cancelled(), with the control lock given up now and then.
 *
 * A function that fails has recorded the error, with its place, in ev->err.
 */
#ifndef SL_SCRIPT_EVAL_H
#define SL_SCRIPT_EVAL_H

#include <menu/command.h>
#include <script/ast.h>
#include <script/scope.h>

#define SL_EVAL_VALUE_BYTES ((size_t)4 << 20) /* of one value in a variable */
#define SL_EVAL_ARRAY_DEPTH 32
#define SL_EVAL_LOAD_STEPS  1000000 /* iterations while a config loads */
#define SL_EVAL_STEP_BYTES  1024    /* of values moved count as one more */
#define SL_EVAL_IMPORTS	    8	    /* imports inside of imports */

struct sl_eval {
	struct sl_model *model;
	struct sl_menu *menu; /* where commands without '/' work */
	struct sl_out *out;
	struct sl_numbers *numbers;
	struct sl_scope *scope; /* innermost; the outermost is the globals */
	struct sl_scope globals;
	const char *file;	       /* being run; NULL: typed */
	const struct sl_menu *skipped; /* was last said to have no effect */
	struct sl_err *err;

	/* Where a load puts the mistakes of a plain { } to go on with its next
	 * command; NULL: the first ends it, as where something catches it. */
	void (*collect)(void *ctx, const struct sl_err *);
	void *collect_ctx;

	bool loading;  /* a configuration: no waiting, limited loops */
	bool lost;     /* the path we should be in does not exist */
	bool returned; /* :return was met: unwind */
	uint64_t steps, step_limit; /* 0: unlimited */
	unsigned imports;

	/* import file=...; NULL where that is not possible. */
	int (*import)(struct sl_eval *, const struct sl_statement *,
	    const struct sl_part *args);
};

/* Runs one statement.  'want': its value goes into *out (NONE on entry; else
 * left NONE), as inside [ ].  0 or -errno. */
int sl_eval_statement(struct sl_eval *, const struct sl_statement *, bool want,
    struct sl_value *out);

/* Runs the commands of a { } in a scope of its own. */
int sl_eval_block(
    struct sl_eval *, const struct sl_node *block, struct sl_value *out);

/* Runs the commands of a [ ]; the value of the last. */
int sl_eval_run(
    struct sl_eval *, const struct sl_statement *body, struct sl_value *out);

/* Value of a node; bare words are given the type they look like. */
int sl_eval_node(
    struct sl_eval *, const struct sl_node *, struct sl_value *out);

/* The same, bare words staying text: menus know better what they mean. */
int sl_eval_text(
    struct sl_eval *, const struct sl_node *, struct sl_value *out);

/* a op b (b is NULL for unary ones).  0, or -errno and err without place. */
int sl_eval_operator(enum sl_op op, const struct sl_value *a,
    const struct sl_value *b, struct sl_value *out, struct sl_err *err);

/* One more iteration: -ECANCELED if the user or the limit ends the loop. */
int sl_eval_step(struct sl_eval *, struct sl_spot);

/* ":if" and the others. */
int sl_eval_keyword(
    struct sl_eval *, const struct sl_statement *, struct sl_value *out);

/* ":len" and the others that only turn values into values. */
int sl_eval_function(
    struct sl_eval *, const struct sl_statement *, struct sl_value *out);

/* /log info "text". */
int sl_eval_log(struct sl_eval *, const char *level, const struct sl_part *text,
    struct sl_spot);

/* -EMSGSIZE if the value is larger or deeper than a variable may be. */
int sl_eval_check_size(const struct sl_value *, struct sl_err *);

/* Records a syntax error at 'at'; returns -EINVAL. */
int sl_eval_fail(struct sl_eval *, struct sl_spot at, const char *fmt, ...)
    SL_PRINTF(3, 4);

/* The n-th positional item; the item of that name; or NULL. */
const struct sl_part *sl_eval_positional(const struct sl_part *, unsigned n);
const struct sl_part *sl_eval_named(const struct sl_part *, const char *name);

#endif
