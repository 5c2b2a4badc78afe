/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call of a helper: its host, and what it asks for.
 *
 * What it is.  A call is a transaction.  What it replaces is drafted here,
 *   what it expects is fresh (expecting.h); the caller commits both, or undoes
 *   them and drops the packet.
 * Life cycle.  run -> commit or undo.
 * Who writes, who reads.  The owner of the connection.
 * Ordering.    None.
 * Bounds.      SL_HELP_EDITS_MAX replacements, SL_HELP_REPLACE_MAX bytes each.
 */
#ifndef SL_RELATED_CALL_H
#define SL_RELATED_CALL_H

#include <related/help_session.h>

struct sl_draft_edit {
	uint32_t off; /* in the payload shown */
	uint16_t old_len, new_len;
	const uint8_t *bytes;
};

struct sl_draft {
	uint32_t used; /* bytes of the payload that the helper is done with */
	uint32_t n, filled;
	bool failed; /* something that was asked for was refused */
	struct sl_draft_edit edits[SL_HELP_EDITS_MAX]; /* by offset */
	uint8_t bytes[SL_HELP_EDITS_MAX * (2 * SL_HELP_REPLACE_MAX + 1)];
	/* The private area before the call. */
	SL_ALIGNED(8) uint8_t priv[SL_HELP_PRIV_MAX];
};

/* What is shown. */
struct sl_showing {
	struct sl_help_session *session;
	struct sl_span payload;
	uint64_t stream_off;
	uint64_t now_ns;
	uint32_t room; /* bytes the payload may become; its length: none more */
	uint8_t dir;
	uint8_t flags; /* enum sl_call_flags */
};

/* Calls data() and checks what it asked for.  True: it passes, rel->draft says
 * how, and nothing has taken effect; every replacement takes the place of at
 * least one byte.  False: undone, the packet is to be dropped. */
bool sl_call_run(struct sl_related *, const struct sl_showing *);

/* Bytes that the payload becomes longer. */
int32_t sl_call_growth(const struct sl_draft *);

void sl_call_commit(struct sl_related *, struct sl_help_session *);
void sl_call_undo(struct sl_related *, struct sl_help_session *);

/* The version that 'session' goes on with; it is quiet if its helper is off. */
void sl_call_renew(struct sl_related *, struct sl_help_session *);

#endif
