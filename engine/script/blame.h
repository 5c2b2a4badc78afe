/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors of scripts: the text a RouterOS console prints, and the place.
 *
 * A console names the place inside the text, "(line 1 column 5)"; where the
 * text came from a file the place is printed before it, as compilers do.
 */
#ifndef SL_SCRIPT_BLAME_H
#define SL_SCRIPT_BLAME_H

#include <script/lex.h>

#include <stdarg.h>

/* Records an error of the language itself; returns -EINVAL.  'file' is NULL
 * for what somebody typed.  => Role: control. */
int sl_blame_syntax(struct sl_err *, const char *file, struct sl_spot,
    const char *fmt, ...) SL_PRINTF(4, 5);

int sl_blame_vsyntax(struct sl_err *, const char *file, struct sl_spot,
    const char *fmt, va_list) SL_PRINTF(4, 0);

/* Gives an error the place it lacks; one that has a line keeps it. */
void sl_blame_place(struct sl_err *, const char *file, struct sl_spot);

/* Finishes an error of a menu's command the way a console prints it: with the
 * place if it has none, and named in the text if the language is to blame. */
void sl_blame_console(struct sl_err *, const char *file, struct sl_spot);

/* Room for a file's name of some length, its place and the text. */
#define SL_BLAME_PRINTED 1024

/* Writes "FILE:LINE:COLUMN: text", or the text alone if there is no file. */
void sl_blame_print(const struct sl_err *, char *buf, size_t size);

#endif
