/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log line of a rule: "firewall,info PREFIX CHAIN: in:... out:..., ...".
 * At most SL_LOGLINE_RATE lines a second from one rule, over all workers; what
 * is more counts as log-lost.
 */
#ifndef SL_RULE_LOGLINE_H
#define SL_RULE_LOGLINE_H

#include <rule/rule.h>

#define SL_LOGLINE_RATE	 50u
#define SL_LOGLINE_BURST 100u

/* 'has_state': tracking has seen the packet (not in raw).
 * => Role: worker. */
void sl_logline_write(const struct sl_rule *rule, const char *chain,
    const struct sl_pkt *pkt, bool has_state);

#define SL_LOGLINE_TEXT 384
/* The line's text; returns 'buf'. => Role: worker. */
const char *sl_logline_print(const char *prefix, const char *chain,
    const struct sl_pkt *pkt, bool has_state, char buf[SL_LOGLINE_TEXT]);

#endif
