/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What helpers do, for the log: topics firewall,debug.  Nothing is formatted unless
 * somebody wants such lines, and no more than a few a second.
 * => Owner only, all of them.
 */
#ifndef SL_RELATED_EVENT_H
#define SL_RELATED_EVENT_H

#include <conn/expect.h>
#include <packet/pkt.h>
#include <related/helpers.h>

struct sl_events {
	/* SL_OWNED */
	uint64_t second;
	uint32_t n; /* lines in it */
};

/* A helper follows the connection of 'pkt' from now on. */
void sl_event_attached(struct sl_events *, const struct sl_pkt *pkt,
    const struct sl_helper *helper);
/* 'helper' announced what 'e' is. */
void sl_event_expected(struct sl_events *, const struct sl_expectation *e,
    const struct sl_helper *helper);
/* 'pkt' opens what was expected. */
void sl_event_opened(struct sl_events *, const struct sl_pkt *pkt);

#endif
