/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the values of rule properties that have a syntax of their own.
 *
 * A reader moves '*at' behind what it took; false: it is not there, or too large.
 */
#ifndef SL_MENU_FIREWALL_READ_H
#define SL_MENU_FIREWALL_READ_H

#include <menu/model.h>

/* A decimal number without sign, at most 'max'. */
bool sl_firewall_read_number(const char **at, uint64_t max, uint64_t *out);
/* The same, or with k, M or G behind it: thousands of what they are of. */
bool sl_firewall_read_scaled(const char **at, uint64_t max, uint64_t *out);
/* A time greater than zero, up to one of 'ends' or the end of the text. */
bool sl_firewall_read_period(const char **at, const char *ends, uint64_t *ns);
bool sl_firewall_skip(const char **at, char c);

/* The text as a C string of at most 'size' - 1 bytes; false if longer. */
bool sl_firewall_as_string(
    const char *text, size_t len, char *buf, size_t size);

/* For the parse() of a type.  Its value is this text; 0 or -ENOMEM. */
int sl_firewall_keep(
    struct sl_value *out, const char *text, size_t len, struct sl_err *err);

#endif
