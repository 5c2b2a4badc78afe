/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mark names and their numbers: packets and connections carry a number.
 *
 * What it is.  A table that only grows; "no-mark" is number 0.
 * Life cycle.  Names live as long as the process.
 * Who writes.  Control.
 * Who reads.   Anybody: names by number.
 * Ordering.    The count is released after the name is stored.
 * Bounds.      SL_MARKS_MAX names, as in RouterOS.
 */
#ifndef SL_RULE_MARK_H
#define SL_RULE_MARK_H

#include <base/compiler.h>

#define SL_MARKS_MAX 4096
#define SL_NO_MARK   "no-mark"

/* The number of a name, new if needed; -ENOSPC, -ENOMEM. => Role: control. */
int sl_mark_number(const char *name);

/* The name of a number; "no-mark" for 0 and for unknown numbers.
 * => Role: any. */
const char *sl_mark_name(uint32_t number);

#endif
