/* SPDX-License-Identifier: Apache-2.0 */
/* Names with wildcards: "*" is any text, "?" any character; case does not
 * matter. */
#ifndef SL_RULE_GLOB_H
#define SL_RULE_GLOB_H

#include <stdbool.h>

/* Work is at most the product of both lengths. */
bool sl_glob_is(const char *glob, const char *text);

#endif
