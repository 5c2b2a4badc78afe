/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trace: what becomes of packets that match a filter, step by step, for whoever
 * asks why (/tool trace).
 *
 * What it is.  A filter and, per worker, a ring of fixed-size events.
 * Life cycle.  sl_trace_start publishes it, sl_trace_stop removes and retires it.
 *   One at a time.
 * Who writes.  The filter: control, before it is published.  A ring: its worker.
 * Who reads.   A ring: control.
 * Ordering.    sl_rcu_publish / sl_rcu_read; the rings' own.
 * Bounds.      SL_TRACE_RING events a worker; what does not fit is counted.  While
 *   nobody traces a packet costs one load and one branch.
 */
#ifndef SL_RULE_TRACE_H
#define SL_RULE_TRACE_H

#include <base/error.h>
#include <base/rcu.h>
#include <rule/rule.h>

#define SL_TRACE_RING 4096

enum sl_trace_step {
	SL_TRACE_PACKET, /* it came */
	SL_TRACE_STATE,	 /* tracking has judged */
	SL_TRACE_RULE,	 /* a rule matched */
	SL_TRACE_NAT,	 /* its addresses have changed */
	SL_TRACE_HANDED, /* to its owner, which goes on with it */
	SL_TRACE_END,	 /* what became of it */
};

/* How it ended. */
enum sl_trace_end {
	SL_TRACE_DROPPED, /* reason: enum sl_drop_reason */
	SL_TRACE_SENT,	  /* by out_port */
	SL_TRACE_TO_HOST,
	SL_TRACE_WAITS_NEIGHBOR,
	SL_TRACE_WAITS_FRAGMENTS,
};

struct sl_trace_event {
	uint64_t packet; /* its number on 'worker', from 1 */
	struct sl_addr src, dst;
	uint16_t src_id, dst_id; /* host order; with has_ids */
	uint16_t in_port, out_port;
	uint16_t worker;
	uint16_t owner;		/* HANDED: who goes on */
	uint32_t item;		/* RULE: the menu's item */
	uint32_t len;		/* of the IP packet */
	uint8_t step;		/* enum sl_trace_step */
	uint8_t table, family;	/* RULE: enum sl_rule_table */
	uint8_t l4proto, flags; /* TCP flags, or ICMP type */
	uint8_t state;		/* STATE: enum sl_state */
	uint8_t end, reason;	/* END */
	bool has_ids, from_host;
};

/* All that is asked for must hold, of the packet as it comes. */
struct sl_trace_filter {
	uint8_t family; /* 0: any */
	bool has_protocol, has_src, has_dst, has_src_port, has_dst_port;
	uint8_t protocol;
	uint16_t in_port; /* SL_PORT_NONE: any */
	struct sl_addr src_min, src_max, dst_min, dst_max; /* inclusive */
	struct sl_id_span src_port, dst_port;
};

struct sl_trace;
struct sl_trace_now {
	SL_RCU_PTR(struct sl_trace) trace;
};
extern struct sl_trace_now sl_trace_now;

/* Begins to follow packets of any of 'workers'.  -EBUSY: somebody does already;
 * -ENOMEM.  => Role: control. */
int sl_trace_start(
    const struct sl_trace_filter *, uint16_t workers, struct sl_err *err);
/* => Role: control. */
void sl_trace_stop(void);
/* The next event; those of one worker in order.  False: none now.
 * => Role: control. */
bool sl_trace_next(struct sl_trace_event *out);
/* Events that did not fit, since the start. => Role: control. */
uint64_t sl_trace_lost(void);

/* Does anybody trace? => Role: worker.  => In a read section. */
static inline bool
sl_trace_is_on(void)
{
	return sl_unlikely(sl_rcu_read(&sl_trace_now.trace) != NULL);
}

/* Is this packet followed? */
static inline bool
sl_trace_wants(const struct sl_pkt *pkt)
{
	return sl_unlikely((pkt->flags & SL_PKT_TRACED) != 0);
}

/* Starts to follow 'pkt', parsed and as it came, if it matches the filter.  The
 * others are for packets that are followed.  => Role: worker. */
void sl_trace_begin(struct sl_pkt *);
void sl_trace_state(const struct sl_pkt *);
void sl_trace_rule(const struct sl_pkt *, uint8_t table, uint32_t item);
void sl_trace_handed(const struct sl_pkt *, uint16_t owner);
void sl_trace_end(const struct sl_pkt *, enum sl_verdict);

#endif
