/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions of layer7-protocol, as people write them for RouterOS and
 * l7-filter, into Vectorscan's syntax.
 *
 * POSIX extended, over bytes: ^ and $ are the start and the end of what there is
 * of the connection, not of a line; "." is any byte.  \xHH is a byte.  Of what
 * POSIX leaves open: a backslash works inside brackets, too; \d \w \s \b and their
 * opposites, \t \n \r \f \v \a \e are Perl's, other letters after a backslash are
 * refused; (?: ) groups; a "?" behind a repeat changes nothing (it is Perl's lazy
 * one), other repeats of repeats are refused; a "{" that starts no repeat is a
 * brace, and a repeat with nothing before it is its own character.
 *
 * Bytes of value 0 are dropped from the data before it is matched, and so they are
 * from the expression: \x00 stands for nothing.
 */
#ifndef SL_RULE_L7_REGEX_H
#define SL_RULE_L7_REGEX_H

#include <base/error.h>
#include <sluice/types.h>

/* Most places of an expression once its repeats are written out: what bounds the
 * time it takes to compile (0.4 s for the worst that was found). */
#define SL_L7_REGEX_PLACES 4096
/* Most that a translation takes, its NUL included: what Vectorscan reads. */
#define SL_L7_REGEX_OUT 16000

/* Writes the translation (NUL-terminated) to 'out', of SL_L7_REGEX_OUT bytes; 0, or
 * -EINVAL with err saying what is wrong where.  => Role: any. */
int sl_l7_regex_translate(struct sl_span regex, char *out, struct sl_err *err);

#endif
