/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Would a rule hide this packet's source, if it opened a connection?
 *
 * For packets that no connection claims and that therefore nothing translates.  The
 * srcnat chain is read without counting, logging or taking from limits.  What a
 * matcher would say of a connection that is not there, or what it remembers, is
 * unknown: a translation is then taken to be meant, an exception is not.
 */
#ifndef SL_RULE_PEEK_H
#define SL_RULE_PEEK_H

#include <rule/ruleset.h>

/* => Role: worker.  => In a read section. */
bool sl_peek_would_hide_rcu(struct sl_pkt *);

#endif
