/* SPDX-License-Identifier: Apache-2.0 */
/* From specs to a ruleset.  Private to rule/. => Role of all: control. */
#ifndef SL_RULE_COMPILE_H
#define SL_RULE_COMPILE_H

#include <rule/ruleset.h>

/* A set that nobody sees yet, with references on what its rules name; sets
 * spec->reason of rules that are left out.  NULL: no memory. */
struct sl_ruleset *sl_compile(struct sl_specs *specs);

/* Gives back the references. */
void sl_compile_put(struct sl_ruleset *set);

#endif
