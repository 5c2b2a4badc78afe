/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A packet on its way: the frame's bytes, what parsing found, and what each
 * stage decided.  One struct sl_pkt lives from rx to tx on one worker (or in a
 * hand-over ring between two); it is reused, never shared.
 *
 * The bytes belong to the port (or pool) that 'origin' names, and are given
 * back through it when the batch is done; 'room' bytes from 'data' may be
 * written in place.  Who keeps a packet longer copies the frame.
 */
#ifndef SL_PACKET_PKT_H
#define SL_PACKET_PKT_H

#include <base/drop.h>
#include <sluice/packet.h>
#include <sluice/types.h>

#include <netinet/in.h>
#include <string.h>

struct sl_conn;
struct sl_expectation;

#define SL_ETH_LEN   14
#define SL_PORT_NONE 0xffff	  /* sl_pkt.in_port, out_port */
#define SL_FRAME_MAX (65536 + 64) /* a GSO frame */
#define SL_BATCH_MAX 64

/* Values of sl_offload.gso_type: those of VIRTIO_NET_HDR_GSO_*. */
enum sl_gso {
	SL_GSO_NONE = 0,
	SL_GSO_TCP4 = 1,
	SL_GSO_TCP6 = 4,
	SL_GSO_UDP = 5,	   /* UDP_L4: datagrams, not fragments */
	SL_GSO_ECN = 0x80, /* with TCP: the first segment has CWR */
};

/* Offload metadata of a frame; the fields of struct virtio_net_hdr, host
 * order, offsets from the Ethernet header. */
struct sl_offload {
	uint8_t flags;	  /* SL_OFFLOAD_* */
	uint8_t gso_type; /* enum sl_gso */
	uint16_t hdr_len;
	uint16_t gso_size;
	uint16_t csum_start, csum_offset; /* with SL_OFFLOAD_PARTIAL */
	/* Of a priority tag (802.1Q, VID 0) that the kernel has taken off. */
	uint8_t tag_priority;
};

enum sl_offload_flag {
	/* The checksum field at csum_start + csum_offset holds the folded
	 * pseudo-header sum, not inverted; whoever sends the frame completes
	 * it.  csum_start is l4_off, or lies behind it in a tunnel's payload:
	 * sl_pkt_is_partial() tells. */
	SL_OFFLOAD_PARTIAL = 1,
	/* The sender's NIC or kernel vouches for the checksum. */
	SL_OFFLOAD_VALID = 2,
};

enum sl_pkt_flag {
	SL_PKT_FRAGMENT = 1 << 0,	/* any fragment of a larger datagram */
	SL_PKT_LATER_FRAGMENT = 1 << 1, /* not the first: no L4 header here */
	SL_PKT_DF = 1 << 2,		/* IPv4 don't-fragment */
	SL_PKT_IP_OPTIONS = 1 << 3,	/* IPv4 options or IPv6 ext. headers */
	SL_PKT_FROM_HOST = 1 << 4,	/* came from the host TAP */
	SL_PKT_HANDED = 1 << 5,		/* came over a hand-over ring */
	SL_PKT_L2_BROADCAST = 1 << 6,	/* to a broadcast or multicast MAC */
	SL_PKT_REASSEMBLED = 1 << 7,	/* made whole by packet/defrag */
	SL_PKT_NEW_CONN = 1 << 8,    /* pkt->conn is fresh: confirm or free */
	SL_PKT_ICMP_ERROR = 1 << 9,  /* an ICMP error; see 'quoted_dir' */
	SL_PKT_NOTRACK = 1 << 10,    /* raw action=notrack */
	SL_PKT_KEYED = 1 << 11,	     /* tuple and hash are set */
	SL_PKT_FORCED_HOP = 1 << 12, /* a rule has set next_hop: no routing */
	SL_PKT_REROUTED = 1 << 13,   /* from the host, but not as it chose */
	SL_PKT_EXAMINED = 1 << 14,   /* rule/examined is about this packet */
	SL_PKT_TRACED = 1 << 15,     /* followed by a trace */
};

/* Connection state of a packet, as rules see it (the seed's five words). */
enum sl_state {
	SL_STATE_INVALID,
	SL_STATE_NEW,
	SL_STATE_ESTABLISHED,
	SL_STATE_RELATED,
	SL_STATE_UNTRACKED,
	SL_STATES
};

/* By enum sl_state; NULL-ended. */
extern const char *const sl_state_names[SL_STATES + 1];

struct sl_pkt {
	/* the frame */
	uint8_t *data; /* Ethernet header */
	uint32_t len;  /* bytes of the frame on hand */
	uint32_t room; /* writable bytes from data; >= len */
	struct sl_offload offload;
	void *origin; /* the io layer's handle on the bytes */

	/* set by rx */
	uint16_t in_port, out_port; /* port numbers; SL_PORT_NONE */
	uint64_t now_ns;	    /* time of the batch */

	/* set by parse; offsets from data */
	uint16_t flags;	   /* enum sl_pkt_flag */
	uint16_t eth_type; /* after VLAN tags */
	uint16_t vlan_id;  /* 0: untagged */
	uint16_t l3_off;
	uint16_t l4_off;   /* after options and extension headers */
	uint16_t frag_off; /* of a fragment, in bytes */
	uint16_t max_frag; /* of a reassembled datagram: its largest fragment,
			     * in IP bytes; 0: came whole */
	uint32_t l3_len;   /* IP packet, headers and all; padding excluded */
	uint32_t l4_len;   /* L4 header and payload */
	uint32_t frag_id;  /* IP identification, network order */
	uint8_t family;	   /* enum sl_family; 0: not IP (ARP) */
	uint8_t l4proto;
	uint8_t ttl; /* TTL or hop limit, as it came */
	uint8_t dscp;
	uint8_t ingress_priority; /* of its 802.1Q tag */

	/* set by track */
	struct sl_tuple tuple; /* of the packet as it arrived */
	uint64_t hash;	       /* sl_tuple_hash(&tuple) */
	struct sl_conn *conn;  /* NULL: invalid or untracked */
	uint8_t dir;	       /* enum sl_dir within conn; of an ICMP error: the
				* direction in which the error itself travels */
	uint8_t state;	       /* enum sl_state */
	uint8_t tracker;       /* slot; track/trackers.h */
	uint8_t reason;	       /* of an invalid packet: tracker's reason */
	/* of a fresh connection: the expectation that let it in, and that of
	 * its other direction (conn/expect.h); NULL */
	struct sl_expectation *expected, *expected_mate;

	/* set by rules */
	uint32_t packet_mark;  /* number of a mark name; 0: no-mark */
	uint32_t routing_mark; /* kernel table number; 0: main */
	uint8_t priority;

	/* set by route */
	uint8_t dst_type; /* enum sl_route_type of mirror/mirror.h */
	uint8_t next_hop_family;
	uint8_t next_hop_state; /* enum sl_neigh */
	uint8_t next_hop_mac[6];
	struct sl_addr next_hop;
	uint32_t out_mtu;
};

static inline uint8_t *
sl_pkt_l3(const struct sl_pkt *pkt)
{
	return pkt->data + pkt->l3_off;
}

static inline uint8_t *
sl_pkt_l4(const struct sl_pkt *pkt)
{
	return pkt->data + pkt->l4_off;
}

/* True if the packet's own L4 checksum is the partial one. */
static inline bool
sl_pkt_is_partial(const struct sl_pkt *pkt)
{
	return (pkt->offload.flags & SL_OFFLOAD_PARTIAL) &&
	       pkt->offload.csum_start == pkt->l4_off;
}

/* Source and destination address as they stand in the packet now. */
static inline void
sl_pkt_addrs(const struct sl_pkt *pkt, struct sl_addr *src, struct sl_addr *dst)
{
	const uint8_t *ip = sl_pkt_l3(pkt);

	if (pkt->family == SL_IPV6) {
		memcpy(src->u.b, ip + 8, 16);
		memcpy(dst->u.b, ip + 24, 16);
		return;
	}
	memset(src, 0, sizeof(*src));
	memset(dst, 0, sizeof(*dst));
	if (pkt->family == SL_IPV4) {
		memcpy(src->u.b, ip + 12, 4);
		memcpy(dst->u.b, ip + 16, 4);
	}
}

/* Fills the view that plugins and matchers get.  Lives as long as 'pkt'. */
void sl_pkt_view(const struct sl_pkt *pkt, struct sl_pkt_view *view);

#endif
