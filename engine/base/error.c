/* SPDX-License-Identifier: Apache-2.0 */
#include <base/error.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

SL_NORETURN void
sl_assert_failed(const char *what, const char *file, int line)
{
	fprintf(
	    stderr, "sluice: broken invariant: %s (%s:%d)\n", what, file, line);
	abort();
}

int
sl_err_set(struct sl_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err || err->code)
		return code;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}

int
sl_err_sys(struct sl_err *err, int code, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	if (!err || err->code)
		return code;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	n = strlen(err->text);
	snprintf(err->text + n, sizeof(err->text) - n, ": %s", strerror(-code));
	return code;
}
