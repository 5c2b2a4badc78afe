/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mark names and their numbers: packets and connections carry a number.
 *
 * What it is.  A table of names for packets and one for connections, hashed by
 *   name; they only grow.  "no-mark" is number 0 of both.
 * Life cycle.  Names live as long as the process.
 * Who writes.  Control.
 * Who reads.   Anybody: names by number.
 * Ordering.    The count is released after the name is stored.
 * Bounds.      SL_PACKET_MARKS_MAX, as in RouterOS, and SL_CONN_MARKS_MAX names.
 */
#ifndef SL_RULE_MARK_H
#define SL_RULE_MARK_H

#include <base/compiler.h>

#define SL_PACKET_MARKS_MAX 4096
#define SL_CONN_MARKS_MAX   65535 /* far beyond any configuration */
#define SL_NO_MARK	    "no-mark"

enum sl_mark_kind { SL_MARK_PACKET, SL_MARK_CONN, SL_MARK_KINDS };

/* The number of a name, new if needed; -ENOSPC, -ENOMEM. => Role: control. */
int sl_mark_number(enum sl_mark_kind kind, const char *name);

/* The name of a number; "no-mark" for 0 and for unknown numbers.
 * => Role: any. */
const char *sl_mark_name(enum sl_mark_kind kind, uint32_t number);

#endif
