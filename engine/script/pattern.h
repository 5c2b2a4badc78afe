/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions given by users: POSIX extended, of bounded cost.
 */
#ifndef SL_SCRIPT_PATTERN_H
#define SL_SCRIPT_PATTERN_H

#include <base/error.h>
#include <menu/value.h>

#define SL_PATTERN_LEN	   1024
#define SL_PATTERN_REPEATS 1000 /* product of all {n,m} */

/* Compiles the value's text; the caller frees the result with regfree().
 * Refused: what the C library cannot read, and what would take it more than
 * moderate memory (nested intervals) or time (back references).
 * 0, -EINVAL or -ENOMEM. */
int sl_pattern_compile(regex_t *, const struct sl_value *, struct sl_err *);

#endif
