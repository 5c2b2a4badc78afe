/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address translation: decided once per connection, applied from its tuples.
 *
 * What it is.  A translation is nothing but a reply tuple that is not the
 *   inverse of the original one; a packet of direction d leaves as the inverse of
 *   tuple[!d].  Destination parts are written at the dstnat hook, source parts
 *   at the srcnat hook, in both directions.
 * Life cycle.  Requested by the rule that matched the first packet, chosen
 *   here, published with the connection, gone with it.
 * Who writes.  The owner, while the connection is fresh.
 * Bounds.      Port choice does bounded work (nat/portmap.h).
 */
#ifndef SL_NAT_NAT_H
#define SL_NAT_NAT_H

#include <nat/ein.h>
#include <track/track.h>

enum sl_nat_side {
	SL_NAT_SRC, /* src-nat, masquerade */
	SL_NAT_DST, /* dst-nat, redirect */
};

/* How an address is chosen from several (nat/target.h). */
enum sl_nat_way {
	SL_NAT_POOL,   /* by client */
	SL_NAT_NETMAP, /* one to one */
	SL_NAT_SAME,   /* by client, and only that one */
	SL_NAT_EIN,    /* by client; the port is of a mapping (nat/ein.h) */
};

struct sl_nat_request {
	uint8_t side;	  /* enum sl_nat_side */
	uint8_t way;	  /* enum sl_nat_way */
	bool either_side; /* of a rule: 'side' is its chain's */
	bool has_addr, has_port;
	bool random;	 /* EIN: no port is kept */
	bool by_remote;	 /* SAME: by destination, too */
	bool masquerade; /* purge when the out port changes address */
	bool reserved;	 /* the port was set aside for it (conn/expect.h) */
	struct sl_addr addr_min, addr_max; /* inclusive, network order */
	uint16_t port_min, port_max;	   /* inclusive, host order */
};

/* Chooses the reply tuple of the fresh connection pkt->conn so that the request
 * holds and no other connection has it: address (per client, stable), then the
 * port: kept if free, else another of its class, preferring one that steers to
 * this worker.  SL_DROP: SL_DROP_NAT_PORTS or SL_DROP_NO_MEMORY.
 * => Owner only. */
enum sl_verdict sl_nat_setup(
    struct sl_track *, struct sl_pkt *, const struct sl_nat_request *);

/* At srcnat when no rule translated: the reply tuple must still be unique (two
 * clients may meet after dst-nat).  As sl_nat_setup without a wish. */
enum sl_verdict sl_nat_setup_none(struct sl_track *, struct sl_pkt *);

/* Rewrites the destination (at dstnat) or source (at srcnat) of 'pkt' as its
 * connection asks; for an ICMP error the outer header and, at dstnat, the whole
 * quoted packet.  Does nothing to packets without connection or translation.
 * => Owner only. */
enum sl_verdict sl_nat_apply(struct sl_pkt *, enum sl_nat_side);

/* Removes the masqueraded connections that leave by 'port' with an address that
 * the router no longer has; all of them if the port is not up.  Runs on each
 * owner; walks in slices from a zeroed cursor.  Returns true when done.
 * => Owner only.  => In a read section. */
bool sl_nat_purge_step(struct sl_table *, uint16_t worker, uint16_t port,
    bool is_up, struct sl_walk *);

#endif
