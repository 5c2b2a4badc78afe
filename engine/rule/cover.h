/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does one rule match all that another could?  For /ip firewall check, which says
 * that a rule can never match because an earlier one takes everything.
 *
 * Sound, not complete: true is a proof, false says nothing.  A matcher of the wider
 * rule must follow from one of the narrower's; what remembers, counts or draws lots
 * follows from nothing.
 */
#ifndef SL_RULE_COVER_H
#define SL_RULE_COVER_H

#include <rule/spec.h>

/* Rules of the same table, family and chain, 'wide' the earlier one.
 * => Role: control. */
bool sl_cover_rule(
    const struct sl_rule_spec *wide, const struct sl_rule_spec *narrow);

/* Does no packet that matches go on to the next rule of the chain? */
bool sl_cover_is_final(const struct sl_rule_spec *);

#endif
