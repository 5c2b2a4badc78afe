/* SPDX-License-Identifier: Apache-2.0 */
#include <script/blame.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

int
sl_blame_syntax(struct sl_err *err, const char *file, struct sl_spot at,
    const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = sl_blame_vsyntax(err, file, at, fmt, ap);
	va_end(ap);
	return rc;
}

int
sl_blame_vsyntax(struct sl_err *err, const char *file, struct sl_spot at,
    const char *fmt, va_list ap)
{
	char text[sizeof(err->text) - 48]; /* leaves room for the place */

	if (!err || err->code)
		return -EINVAL;
	vsnprintf(text, sizeof(text), fmt, ap);
	if (file)
		sl_err_set(err, -EINVAL, "%s", text);
	else
		sl_err_set(err, -EINVAL, "%s (line %u column %u)", text,
		    at.line, at.column);
	sl_blame_place(err, file, at);
	return -EINVAL;
}

void
sl_blame_place(struct sl_err *err, const char *file, struct sl_spot at)
{
	if (!err || err->place.line)
		return;
	err->place.file = file;
	err->place.line = at.line;
	err->place.column = at.column;
}

static bool
is_of_language(const char *text)
{
	static const char *const starts[] = {
	    "expected ",
	    "bad command name",
	    "syntax error",
	    "ambiguous ",
	};

	for (size_t i = 0; i < SL_COUNT_OF(starts); i++) {
		if (!strncmp(text, starts[i], strlen(starts[i])))
			return true;
	}
	return false;
}

void
sl_blame_console(struct sl_err *err, const char *file, struct sl_spot at)
{
	size_t n;

	if (!err)
		return;
	sl_blame_place(err, file, at);
	if (err->place.file || !is_of_language(err->text) ||
	    strstr(err->text, "(line "))
		return;
	n = strlen(err->text);
	snprintf(err->text + n, sizeof(err->text) - n, " (line %u column %u)",
	    err->place.line, err->place.column);
}

void
sl_blame_print(const struct sl_err *err, char *buf, size_t size)
{
	if (err->place.file && err->place.line)
		snprintf(buf, size, "%s:%u:%u: %s", err->place.file,
		    err->place.line, err->place.column, err->text);
	else if (err->place.file)
		snprintf(buf, size, "%s: %s", err->place.file, err->text);
	else
		snprintf(buf, size, "%s", err->text);
}
