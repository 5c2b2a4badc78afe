/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts, and the one list of reasons for which a packet can be dropped.
 *
 * The list is an X-macro so that counter, printed name and help cannot drift.
 * Packets found *invalid* by a protocol tracker are not dropped here (the
 * filter decides); their named reasons are counted by track/ per tracker.
 */
#ifndef SL_BASE_DROP_H
#define SL_BASE_DROP_H

#include <base/counters.h>

/* clang-format off */
#define SL_DROP_REASONS(X)                                                     \
	/* the frame lies or is cut */                                         \
	X(SHORT_ETH,	"short-ethernet",	"frame shorter than its Ethernet header")  \
	X(NOT_FOR_US,	"not-for-us",		"destination MAC is another host's")       \
	X(VLAN,		"foreign-vlan",		"tagged frame on a port that is not that VLAN") \
	X(ETHERTYPE,	"ethertype",		"neither IP nor ARP")                      \
	X(SHORT_IP,	"short-ip",		"packet shorter than its IP header says")  \
	X(IP_VERSION,	"ip-version",		"version does not fit the EtherType")      \
	X(IP_HEADER,	"ip-header",		"header length or option is impossible")   \
	X(IP_CSUM,	"ip-checksum",		"IPv4 header checksum is wrong")           \
	X(IP_ADDRESS,	"ip-address",		"source or destination address is impossible") \
	X(EXT_HEADER,	"extension-header",	"IPv6 extension header chain is broken")   \
	X(OFFLOAD,	"offload",		"segmentation metadata does not fit the frame") \
	/* fragments */                                                        \
	X(FRAG_OVERLAP,	"fragment-overlap",	"fragments overlap: whole datagram dropped") \
	X(FRAG_LIE,	"fragment-size",	"fragment lengths contradict each other")  \
	X(FRAG_LIMIT,	"fragment-limit",	"reassembly memory is full")               \
	X(FRAG_TIMEOUT,	"fragment-timeout",	"datagram never became whole")             \
	/* tracking */                                                         \
	X(TABLE_FULL,	"table-full",		"connection table full of assured entries") \
	X(NO_MEMORY,	"no-memory",		"the system refused memory")               \
	X(CLASH,	"clash",		"another connection took the same tuple first") \
	X(HANDOFF_FULL,	"handoff-full",		"hand-over ring to the owner is full")     \
	/* policy */                                                           \
	X(FILTER,	"filter",		"a drop or reject rule")                   \
	X(TARPIT,	"tarpit",		"held by a tarpit rule")                   \
	X(NAT_PORTS,	"nat-ports",		"no free port or id for the translation")  \
	X(NAT_NO_CONN,	"nat-no-connection",	"invalid, and its source would have been translated") \
	X(NAT_NO_ADDR,	"nat-no-address",	"masquerade: interface has no address")    \
	/* helpers */                                                          \
	X(HELPER,	"helper",		"a protocol helper refused it, or was refused what it needs") \
	X(HELPER_ORDER,	"helper-order",		"TCP segment behind a hole that a helper must see first") \
	X(HELPER_HELD,	"helper-held",		"TCP segment whose bytes wait for the rest of a message") \
	/* routing and output */                                               \
	X(NO_ROUTE,	"no-route",		"no route to the destination")             \
	X(BLACKHOLE,	"blackhole",		"route says drop")                         \
	X(TTL,		"ttl-exceeded",		"TTL or hop limit ran out")                \
	X(TOO_BIG,	"too-big",		"larger than the next link and may not be cut") \
	X(NO_PORT,	"no-port",		"route leads to an interface that is not a port") \
	X(PORT_DOWN,	"port-down",		"output port is down or gone")             \
	X(MULTICAST,	"multicast",		"multicast is not forwarded")              \
	X(FORWARD_OFF,	"forwarding-off",	"/ip settings ip-forward=no")              \
	X(LINK_SCOPE,	"link-scope",		"link-local address would leave its link") \
	X(NEIGH_QUEUE,	"neighbor-queue",	"too many packets wait for this neighbor") \
	X(NEIGH_FAILED,	"neighbor-failed",	"next hop does not answer")                \
	X(TX_FULL,	"tx-full",		"output port refused the frame")           \
	X(HOST_FULL,	"host-full",		"the host side refused the frame")         \
	X(REPLY_LIMIT,	"reply-limit",		"generated ICMP or RST over its rate limit")
/* clang-format on */

enum sl_drop_reason {
#define X(id, name, help) SL_DROP_##id,
	SL_DROP_REASONS(X)
#undef X
	    SL_DROP_N
};

/* What a stage of the path decided. */
enum sl_verdict {
	SL_GO, /* next stage */
	SL_TAKEN, /* somebody else holds the packet now (sent, queued, handed over) */
	SL_DROP, /* finished; the reason has been counted */
};

const char *sl_drop_name(enum sl_drop_reason reason);
const char *sl_drop_help(enum sl_drop_reason reason);

/* The reason of this thread's last drop: for those who ask what became of a packet. */
extern _Thread_local uint8_t sl_drop_last;

/* Counts a drop on the calling worker and returns SL_DROP: the only way to
 * drop a packet is "return sl_drop(SL_DROP_...)".  => Role: worker. */
static inline enum sl_verdict
sl_drop(enum sl_drop_reason reason)
{
	sl_count(SL_COUNTER_DROPS + (unsigned)reason, 1);
	sl_drop_last = (uint8_t)reason;
	return SL_DROP;
}

#endif
