/* SPDX-License-Identifier: Apache-2.0 */
/* The part of compiling that is about the payload: one scanner for the contents
 * of all rules, one for their layer 7 names.  Private to rule/.
 * => Role of all: control. */
#ifndef SL_RULE_COMPILE_PAYLOAD_H
#define SL_RULE_COMPILE_PAYLOAD_H

#include <rule/ruleset.h>

/* Before the matchers are compiled: gives the set its scanners.  Rules that ask for
 * something that cannot be had get a reason.  0 or -ENOMEM. */
int sl_compile_payload(struct sl_ruleset *set, struct sl_specs *specs);

/* Makes the operand of a payload matcher refer to them.  0 or -ENOMEM. */
int sl_compile_payload_match(struct sl_ruleset *set, struct sl_match *m);

void sl_compile_payload_put(struct sl_ruleset *set);

#endif
