/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of connections whose payload rules look at: layer 7 and TLS.
 *
 * What it is.  A hash table per worker, connection -> record, and the cells that
 *   hold bytes while they are being collected.
 * Life cycle.  A record comes with the first packet that a rule wants to look
 *   into, and goes when nothing more can be learnt from it or the connection ends
 *   (conn/watch.h).  Connections of which nothing will ever be known carry a bit
 *   and have no record.
 * Who writes, who reads.  The owner of the connection.
 * Ordering.    The tables are made by control before a ruleset that needs them is
 *   published; nothing else is shared.
 * Bounds.      SL_INSPECT_MAX records a worker, SL_L7_CELLS and SL_TLS_CELLS cells:
 *   what does not fit is not inspected, or the oldest is given up; both are
 *   counted.  All memory is the system's until it is first touched.
 */
#ifndef SL_RULE_INSPECT_H
#define SL_RULE_INSPECT_H

#include <base/error.h>
#include <conn/conn.h>
#include <rule/cells.h>

#define SL_INSPECT_MAX (1u << 18)
#define SL_L7_BYTES    2048 /* RouterOS looks at the first 2 KB */
#define SL_L7_HITS     11   /* names that a connection can have */
#define SL_L7_CELLS    8192
#define SL_TLS_CELLS   1024

struct sl_l7_cell {
	struct sl_cell cell;
	uint32_t len;
	uint8_t bytes[SL_L7_BYTES];
};

struct sl_inspect {
	/* key and chain */
	struct sl_conn *conn;
	uint32_t next, number;
	/* layer 7 */
	uint32_t l7_cell; /* 0: none */
	bool l7_over;	  /* no more than the hits will be known */
	uint8_t l7_n;
	uint16_t l7_hits[SL_L7_HITS]; /* numbers of names */
	/* TLS: sequence numbers of the client's */
	uint32_t tls_cell;
	uint32_t tls_base; /* of the first byte of the stream */
	uint32_t tls_end;  /* behind the hello */
	uint32_t tls_ack;  /* what the hello acknowledged */
	bool tls_wanted;   /* tls_base is known */
	bool tls_known;	   /* the hello was read; the cell has the name */
};

/* Before workers start, and after they stopped and the connections are gone.
 * => Role: main. */
void sl_inspect_init(void);
void sl_inspect_fini(void);

/* Tables for all workers, if there are none; 0 or -ENOMEM.  => Role: control. */
int sl_inspect_prepare(struct sl_err *err);

/* NULL: no record.  => Role: worker.  => Owner only. */
struct sl_inspect *sl_inspect_find(struct sl_conn *);
/* The record, a new one if there is none; NULL (counted) when there is no room.
 * => Role: worker.  => Owner only. */
struct sl_inspect *sl_inspect_get(struct sl_conn *);

/* A cell for the record's bytes; at worst the one that has waited longest, whose
 * connection is then unknown (layer 7) or starts anew (TLS). => Owner only. */
struct sl_l7_cell *sl_inspect_l7_cell(struct sl_inspect *);
struct sl_tls_cell *sl_inspect_tls_cell(struct sl_inspect *);

/* Layer 7 is over: its cell goes, hits stay; without hits the connection is
 * unknown.  TLS is over, for good or to start anew.  The record may be gone after
 * these.  => Owner only. */
void sl_inspect_end_l7(struct sl_inspect *);
void sl_inspect_end_tls(struct sl_inspect *, bool for_good);

#endif
