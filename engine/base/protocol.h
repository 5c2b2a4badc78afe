/* SPDX-License-Identifier: Apache-2.0 */
/* Names of IP protocols, as RouterOS writes them (IANA protocol numbers). */
#ifndef SL_BASE_PROTOCOL_H
#define SL_BASE_PROTOCOL_H

#include <base/compiler.h>

/* "tcp", or NULL for a number without a name.  => Role: any. */
const char *sl_protocol_name(uint8_t number);

/* Number of a name or of decimal text; -1 if it is neither. */
int sl_protocol_number(const char *name);

/* The names, NULL-ended, for enumerations. */
extern const char *const sl_protocol_names[];

#endif
