/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rule of mangle or raw changes about a packet: marks, fields of its
 * headers, its way.  Changed at once, so that later rules see it.
 */
#ifndef SL_RULE_MANGLE_H
#define SL_RULE_MANGLE_H

#include <packet/npt.h>

enum sl_mangle_what {
	SL_MANGLE_NOTRACK,
	SL_MANGLE_CONN_MARK,	      /* value: number of the mark */
	SL_MANGLE_PACKET_MARK,	      /* the same */
	SL_MANGLE_ROUTING_MARK,	      /* value: as sl_pkt.routing_mark */
	SL_MANGLE_MSS,		      /* value: most */
	SL_MANGLE_MSS_CLAMP,	      /* to what the links on both sides take */
	SL_MANGLE_DSCP,		      /* value */
	SL_MANGLE_DSCP_FROM_PRIORITY, /* value: bits to shift left */
	SL_MANGLE_TTL,		      /* value */
	SL_MANGLE_TTL_ADD,	      /* value, up to 255 */
	SL_MANGLE_TTL_SUB,	      /* value, down to 0 */
	SL_MANGLE_PRIORITY,	      /* value */
	SL_MANGLE_PRIORITY_FROM_DSCP, /* value: bits to shift right */
	SL_MANGLE_PRIORITY_FROM_INGRESS,
	SL_MANGLE_CLEAR_DF,
	SL_MANGLE_STRIP_OPTIONS,
	SL_MANGLE_ROUTE, /* next_hop */
	SL_MANGLE_SNPT,	 /* npt */
	SL_MANGLE_DNPT,
};

struct sl_mangle {
	uint8_t what;	  /* enum sl_mangle_what */
	bool passthrough; /* go on with the next rule */
	uint32_t value;
	union {
		struct sl_addr next_hop;
		struct sl_npt npt;
	};
};

/* 'may_route': in prerouting or output, where a mark still chooses the way;
 * 'may_force': in prerouting.  A change that the packet cannot undergo (no MSS
 * option, no connection) is none.  False: the packet must not go on (a prefix
 * translation without counterpart).  => Role: worker; owner of pkt->conn.
 * => In a read section. */
bool sl_mangle_apply(const struct sl_mangle *, struct sl_pkt *pkt,
    bool may_route, bool may_force);

#endif
