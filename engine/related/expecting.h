/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a helped connection expects: the wishes of its helper, checked, given a
 * public end, and put where first packets meet them (conn/expect.h).
 *
 * What it is.  Of a session its expectations; of a worker all of those, so that
 *   what nobody came for is taken away.
 * Life cycle.  wished (sl_expecting_add: fresh, its key is taken) -> committed
 *   with the packet that told of it, or rolled back -> met, timed out, withdrawn,
 *   or ended with the session.
 * Who writes, who reads.  The owner of the master.
 * Ordering.    conn/expect.h.
 * Bounds.      A class's maximum a master; SL_EXPECT_MAX in all; SL_EXPECTING_TRIES
 *   ids tried in one wish; SL_EXPECTING_SLICE looked at a tick.
 *
 * Policy, all of it: who speaks may announce itself only, nothing that is no host's
 * address, no other end of the router's, no port below 1024.  A flag of the wish
 * lifts the first and the last, never the others.
 */
#ifndef SL_RELATED_EXPECTING_H
#define SL_RELATED_EXPECTING_H

#include <conn/expect.h>

#define SL_EXPECTING_TRIES 1024u
#define SL_EXPECTING_SLICE 128u
#define SL_EXPECTING_IDS   16u /* in a row, at most */

struct sl_related;
struct sl_help_session;

/* Of a session; zeroed at its start. */
struct sl_expecting {
	/* SL_OWNED */
	struct sl_expect_master *master;  /* NULL: never expected anything */
	struct cds_list_head fresh, kept; /* with a master */
};

/* Of a worker. */
struct sl_expected {
	/* SL_OWNED */
	struct cds_list_head all; /* the next to look at first */
	uint64_t next_ns;	  /* when a slice is due */
	uint64_t logged_ns;	  /* of the last refusal */
};

void sl_expected_init(struct sl_expected *);

/* sl_host.expect(): what it returns and leaves in *seen.
 * => Owner only.  => In a read section. */
int sl_expecting_add(struct sl_related *, struct sl_help_session *,
    const struct sl_expect *, struct sl_endpoint *seen);
/* What was wished since the last of these is open from now on, or forgotten.
 * => Owner only.  => In a read section. */
void sl_expecting_commit(struct sl_related *, struct sl_help_session *);
void sl_expecting_rollback(struct sl_related *, struct sl_help_session *);

/* sl_host.withdraw().  => Owner only.  => In a read section. */
void sl_expecting_withdraw(
    struct sl_related *, struct sl_help_session *, uint16_t pair);
/* The session ends, and so do its expectations and what is tied to it.
 * => Owner only.  => In a read section. */
void sl_expecting_end(struct sl_related *, struct sl_help_session *);

/* Takes away what is over or late, a slice at a time; ends the worker's tied
 * connections whose master ended.  => Owner only.  => In a read section. */
void sl_expecting_tick(struct sl_related *, uint64_t now_ns);
/* The last of it, when every session has ended.  => Role: main. */
void sl_expected_fini(struct sl_expected *);

#endif
