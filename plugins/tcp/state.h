/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a connection as a router sees it, and what moves them. */
#ifndef SL_TCP_STATE_H
#define SL_TCP_STATE_H

#include "segment.h"

#include <sluice/types.h>

/* Print order of the names in tcp.c. */
enum tcp_state {
	TCP_NONE,
	TCP_SYN_SENT,
	TCP_SYN_RECEIVED,
	TCP_ESTABLISHED,
	TCP_FIN_WAIT,	/* one FIN */
	TCP_CLOSE_WAIT, /* that FIN was acknowledged */
	TCP_LAST_ACK,	/* both FINs */
	TCP_TIME_WAIT,	/* and the second one was acknowledged */
	TCP_CLOSE,	/* reset */
	TCP_SYN_SENT2,	/* simultaneous open: a SYN from each side */
	TCP_STATES,

	/* results of sl_state_next() that are no states */
	TCP_PASS = TCP_STATES, /* may tell that our record is wrong */
	TCP_BAD,	       /* cannot happen in this state */
};

/* State after a segment of 'kind' in direction 'dir'; or TCP_PASS, TCP_BAD. */
uint8_t sl_state_next(enum sl_dir dir, uint8_t kind, uint8_t state);

/* May a SYN here begin a new connection over this one? */
bool sl_state_is_over(uint8_t state);

#endif
