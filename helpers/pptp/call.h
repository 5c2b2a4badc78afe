/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls of one control connection.  Each side names a call by an id of its
 * own, and knows the other side's as the router lets it see that one.
 */
#ifndef PPTP_CALL_H
#define PPTP_CALL_H

#include <sluice/types.h>

#define CALLS_MAX 16 /* of one control connection */

enum call_state {
	CALL_FREE,
	CALL_ASKED,  /* one side has an id */
	CALL_OPEN,   /* both have */
	CALL_CLEARED /* asked to end; the answer will name it again */
};

struct call {
	/* By the side whose id it is: what that side writes, and what the other
	 * one does.  0 in 'has': that side has none yet. */
	sl_be16 real[SL_DIRS], seen[SL_DIRS];
	uint16_t pair; /* sl_expect.pair of both directions */
	uint8_t has[SL_DIRS];
	uint8_t state; /* enum call_state */
	uint8_t reserved;
};

struct calls {
	struct call at[CALLS_MAX];
	uint16_t last_pair;
};

/* The call that side 'side' itself, or its peer, names by that id; NULL. */
struct call *call_by_real(struct calls *c, enum sl_dir side, sl_be16 id);
struct call *call_by_seen(struct calls *c, enum sl_dir side, sl_be16 id);

/* Makes one of a free one, or of one that was cleared: asked for, without ids,
 * with a pair that no other has.  NULL: there are too many. */
struct call *call_new(struct calls *c);

void call_set_id(
    struct call *call, enum sl_dir side, sl_be16 real, sl_be16 seen);

#endif
