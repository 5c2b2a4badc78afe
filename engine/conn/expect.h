/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expectations: connections that a helper has announced and that have not come
 * yet.
 *
 * What it is.  Two liburcu cds_lfht for all workers: by where the first packet goes
 *   as it arrives (protocol, family, zone, destination), and by what its mate
 *   would know of it.  An expectation says who may come, where he is led, and
 *   what the connection inherits; all by value, so that nothing of the master is
 *   asked when it comes.
 *   A *mate* is the expectation of the other direction of the same connection:
 *   of the same master and the other opener, the one that leads to where the
 *   packet comes from (symmetric RTP); with ids of receivers only, that of the
 *   same 'pair'.  Taking one takes both.
 * Life cycle.  fresh (sl_expect_new) -> listed (sl_expect_list: its key is taken,
 *   nobody gets it) -> open (sl_expect_open) -> taken (sl_expect_take_rcu: a
 *   first packet is on its way) -> used (sl_expect_settle: it left), or open
 *   again (sl_expect_give_back).  SL_EXPECT_KEEP: open all the while.
 *   sl_expect_close() ends it before it is used.  When it is over, either way, the
 *   owner retires it with sl_expect_put().
 * Who writes.  The owner of the master: list, open, close, the deadline.  Any
 *   worker: from open to taken, used or back.
 * Who reads.   Workers, inside a read section; nothing while none is listed.
 * Ordering.    Everything of an expectation is complete before 'state' is stored
 *   (release), and 'state' is loaded (acquire) before anything else is read.  Who
 *   takes it is who wins the compare-and-swap of 'state', and so is who takes it
 *   out of the tables: the one who closes it, or the one who uses it up.  That is
 *   done before it is over, so that nobody finds what is retired.
 * Bounds.      SL_EXPECT_MAX in all; a master's counts are the caller's to bound.
 */
#ifndef SL_CONN_EXPECT_H
#define SL_CONN_EXPECT_H

#include <base/atomic.h>
#include <base/rcu.h>
#include <base/spin.h>
#include <conn/tuple.h>
#include <sluice/helper.h>

#include <urcu/list.h>
#include <urcu/rculfhash.h>

#define SL_EXPECT_MAX 65536u
/* Of one destination, told apart by who may come. */
#define SL_EXPECT_EQUALS 64u

enum sl_expect_state {
	SL_EXPECT_STATE_FRESH,
	SL_EXPECT_STATE_OPEN,
	SL_EXPECT_STATE_TAKEN,
	SL_EXPECT_STATE_LEAVING, /* being used up: its key goes */
	SL_EXPECT_STATE_USED,
	SL_EXPECT_STATE_CLOSED,
};

/* What the expectations of one connection share, and what came by them. */
struct sl_expect_master {
	/* SL_SHARED: any worker */
	SL_ATOMIC(uint32_t) refs; /* session, expectations, ties */
	SL_ATOMIC(uint32_t) listed[SL_HELP_CLASSES_MAX]; /* by class */
	struct sl_spin lock;
	struct cds_list_head ties; /* under 'lock'; related/tie.h */
	struct sl_rcu_head rcu;
};

struct sl_expectation {
	/* SL_CONST once listed */
	struct sl_expect_master *master;
	struct sl_tuple want;  /* no source: where it goes as it arrives */
	struct sl_addr from;   /* who may come, 'from_prefix' bits of it */
	struct sl_endpoint to; /* where it is led */
	struct sl_addr source; /* the opener's own address */
	struct sl_addr shown;  /* that the other side knows the opener by */
	uint32_t mark;	       /* connection mark of the master */
	uint16_t pair;	       /* 0: none */
	uint8_t from_prefix;
	uint8_t flags; /* enum sl_expect_flags */
	uint8_t class_no;
	uint8_t opener;	  /* enum sl_dir of the master */
	uint8_t number;	  /* of the helper that expects it */
	uint8_t attach;	  /* number of the helper to attach; 0: none */
	bool masquerade;  /* 'shown' is of a masquerade */
	bool receiver_id; /* SL_L4_RECEIVER_ID: comes with its mate only */

	/* SL_SHARED */
	SL_ATOMIC(uint32_t) state;	 /* enum sl_expect_state */
	SL_ATOMIC(uint64_t) deadline_ns; /* the owner writes, relaxed */

	/* SL_SHARED: of the two tables */
	struct cds_lfht_node by_want, by_mate;

	/* SL_OWNED: by the owner of the master */
	struct cds_list_head of_session, of_worker;
	/* clang-format off */
	SL_ATOMIC(uint64_t) *in_use; /* where it counts as one; NULL */
	/* clang-format on */
	struct sl_rcu_head rcu;
};

/* What a first packet has taken. */
struct sl_taken {
	struct sl_expectation *by;   /* NULL: nothing */
	struct sl_expectation *mate; /* NULL: it has none */
};

enum sl_taking {
	SL_TAKING_NONE, /* nobody expects it */
	SL_TAKING_DONE,
	SL_TAKING_LOST, /* another packet was faster: drop, its sender repeats */
};

/* Makes the tables.  -ENOMEM.  => Role: main. */
int sl_expect_init(void);
/* No worker runs and every expectation is over.  NULL tables are fine.
 * => Role: main. */
void sl_expect_fini(void);

/* A master without expectations, referred to by the caller; NULL.
 * => Role: worker. */
struct sl_expect_master *sl_expect_master_new(void);
/* The caller refers to it already. */
void sl_expect_master_get(struct sl_expect_master *);
/* For who knows it by an expectation he has taken.  False: its last user has gone
 * meanwhile.  => In a read section. */
bool sl_expect_master_get_rcu(struct sl_expect_master *);
void sl_expect_master_put(struct sl_expect_master *);

/* A fresh expectation of 'master', all zero but for that; NULL.
 * => Role: worker. */
struct sl_expectation *sl_expect_new(struct sl_expect_master *);
/* Retires one that was not listed, or is over.  => Role: worker. */
void sl_expect_put(struct sl_expectation *);

/* Takes its key and counts it.  Others may have the same.  -ENOBUFS: there are
 * SL_EXPECT_MAX.  => Role: worker.  => In a read section. */
int sl_expect_list(struct sl_expectation *);
/* From now on it can be taken.  => Role: worker. */
void sl_expect_open(struct sl_expectation *);
/* Nobody takes it any more; whoever has taken it and not settled loses it.  What
 * is being used up is left to end by itself.  Anybody's may be closed; its owner
 * finds that it is over.
 * => Role: worker.  => In a read section. */
void sl_expect_close(struct sl_expectation *);

/* Was it used up, or closed?  Its key is then free. */
bool sl_expect_is_over(const struct sl_expectation *);

/* Is a packet of 'tuple' expected?  Then it is the caller's, to settle or to give
 * back; nothing of it may be used past the read section.
 * => Role: worker.  => In a read section. */
enum sl_taking sl_expect_take_rcu(
    const struct sl_tuple *tuple, uint64_t now_ns, struct sl_taken *taken);
/* The packet has left: who is not to be kept is used up. => Role: worker. */
void sl_expect_settle(const struct sl_taken *);
/* It was dropped: open again, unless closed meanwhile. => Role: worker. */
void sl_expect_give_back(const struct sl_taken *);

/* The listed expectation that a packet for 'e' might meet in its place: same
 * destination, overlapping sources, and led elsewhere; or any of
 * SL_EXPECT_EQUALS.  NULL.
 * => In a read section. */
struct sl_expectation *sl_expect_rival_rcu(const struct sl_expectation *e);

/* Does an expectation, taken ones included, go to the destination of 'tuple'?
 * => In a read section. */
bool sl_expect_is_wanted_rcu(const struct sl_tuple *tuple);

/* How many are listed. => Role: any. */
uint32_t sl_expect_count(void);

/* Are the first 'bits' of two addresses the same? */
bool sl_expect_covers(
    const struct sl_addr *net, uint8_t bits, const struct sl_addr *addr);

#endif
