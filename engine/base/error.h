/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An error of setup or control code: what went wrong, and where in the config.
 * Functions return 0 or -errno and fill the sl_err they were given; the packet
 * path uses verdicts and drop reasons instead (base/drop.h).
 */
#ifndef SL_BASE_ERROR_H
#define SL_BASE_ERROR_H

#include <base/compiler.h>

struct sl_place {
	const char *file; /* NULL: not from a file; owned by the script */
	uint32_t line;	  /* from 1; 0: unknown */
	uint32_t column;  /* from 1, in bytes */
};

struct sl_err {
	int code; /* -errno; 0 while nothing went wrong */
	struct sl_place place;
	char text[256];
};

/* Records the first error; later calls keep it.  Returns 'code' (a negative
 * errno), so that "return sl_err_set(...)" reads well.  'err' may be NULL.
 * => Role: any. */
int sl_err_set(struct sl_err *err, int code, const char *fmt, ...)
    SL_PRINTF(3, 4);

/* As sl_err_set, followed by ": strerror(-code)". => Role: any. */
int sl_err_sys(struct sl_err *err, int code, const char *fmt, ...)
    SL_PRINTF(3, 4);

#endif
