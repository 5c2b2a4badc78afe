/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters of the engine: one block per worker, summed by readers.
 *
 * What it is.  A cache-line aligned array of 64-bit counters per worker.
 * Life cycle.  Static, zero at start.
 * Who writes.  The worker it belongs to (relaxed, no locked instruction);
 *   slot SL_WORKERS_MAX belongs to whoever has the control role.
 * Who reads.   Anybody; a sum may miss the last few increments.
 * Ordering.    None.
 * Bounds.      Fixed.
 */
#ifndef SL_BASE_COUNTERS_H
#define SL_BASE_COUNTERS_H

#include <base/atomic.h>
#include <base/role.h>

/* clang-format off */
#define SL_COUNTERS(X)                                                           \
	X(RX_PACKETS,	"rx-packets",		"frames taken from ports")           \
	X(TX_PACKETS,	"tx-packets",		"frames given to ports")             \
	X(HOST_IN,	"host-in",		"frames delivered to the host")      \
	X(HOST_OUT,	"host-out",		"frames taken from the host")        \
	X(FORWARDED,	"forwarded",		"packets routed from port to port")  \
	X(HANDOFF_SENT,	"handoff-sent",		"packets handed to their owner")     \
	X(HANDOFF_RECV,	"handoff-received",	"packets taken over as owner")       \
	X(CONN_NEW,	"connections-new",	"connections confirmed")             \
	X(CONN_EXPIRED,	"connections-expired",	"connections that timed out")        \
	X(CONN_EVICTED,	"connections-evicted",	"unassured connections that gave way") \
	X(CONN_REMOVED,	"connections-removed",	"connections removed by command")    \
	X(CONN_RACE,	"connections-race",	"confirmations lost to a clash")     \
	X(ICMP_SENT,	"icmp-sent",		"ICMP errors of our own")            \
	X(RST_SENT,	"rst-sent",		"TCP resets of our own")             \
	X(TARPIT_SENT,	"tarpit-sent",		"TCP segments of our own that hold a peer") \
	X(FRAG_SENT,	"fragments-sent",	"fragments made on output")          \
	X(REASM_OK,	"reassembled",		"datagrams made whole")              \
	X(NEIGH_ASKED,	"neighbor-asked",	"resolutions asked of the kernel")   \
	X(CSUM_CHECKED,	"checksums-verified",	"L4 checksums verified in software") \
	X(FAST4,	"fasttrack-ipv4-packets", "IPv4 packets past the rules")     \
	X(FAST4_BYTES,	"fasttrack-ipv4-bytes",	"their bytes")                       \
	X(FAST6,	"fasttrack-ipv6-packets", "IPv6 packets past the rules")     \
	X(FAST6_BYTES,	"fasttrack-ipv6-bytes",	"their bytes")                       \
	X(MAPPING_NEW,	"mappings-new",		"endpoint-independent mappings made")  \
	X(MAPPING_EXPIRED, "mappings-expired",	"endpoint-independent mappings that timed out") \
	X(LOG_LOST,	"log-lost",		"log lines lost to rate or a full ring") \
	X(LIMIT_REFUSED, "limits-refused",	"packets that a limit had no room to count") \
	X(INSPECT_REFUSED, "inspections-refused", "connections that layer 7 or TLS had no room for") \
	X(INSPECT_CUT,	"inspections-cut",	"inspections that ended early to make room") \
	X(HELPER_FULL,	"helpers-full",		"connections, messages or replacements that helpers had no room for") \
	X(HELPER_NONSENSE, "helpers-nonsense",	"answers of helpers that were out of bounds") \
	X(HELPER_ACKS,	"helper-acks-sent",	"TCP acknowledgements of our own for bytes held back") \
	X(LIST_LOST,	"list-adds-lost",	"addresses that rules failed to add to a list") \
	X(EXPECT_NEW,	"expected-new",		"connections that helpers have announced") \
	X(EXPECT_MET,	"expected-met",		"announced connections that came")     \
	X(EXPECT_EXPIRED, "expected-expired",	"announced connections that did not come in time") \
	X(EXPECT_BAD_ADDRESS, "expected-refused-address", "announcements for an address that is not the speaker's") \
	X(EXPECT_BAD_PORT, "expected-refused-port", "announcements for a port that nobody may be sent to") \
	X(EXPECT_BAD_FORM, "expected-refused-form", "announcements that make no sense") \
	X(EXPECT_FULL,	"expected-refused-full", "announcements beyond the limits") \
	X(EXPECT_NO_ID,	"expected-refused-id",	"announcements without a free id at the public address")
/* clang-format on */

#define SL_DROP_MAX 64 /* room for the drop reasons of base/drop.h */

enum sl_counter {
#define X(id, name, help) SL_COUNTER_##id,
	SL_COUNTERS(X)
#undef X
	    SL_COUNTER_DROPS, /* first of SL_DROP_MAX drop counters */
	SL_COUNTER_N = SL_COUNTER_DROPS + SL_DROP_MAX
};

struct sl_counter_block {
	/* SL_STATS */
	SL_ALIGNED(SL_CACHE_LINE) SL_ATOMIC(uint64_t) n[SL_COUNTER_N];
};

extern struct sl_counter_block sl_counter_blocks[SL_WORKERS_MAX + 1];

static inline void
sl_count(unsigned counter, uint64_t by)
{
	unsigned slot =
	    sl_role_is(SL_ROLE_WORKER) ? sl_role_worker : SL_WORKERS_MAX;

	sl_bump_relaxed(&sl_counter_blocks[slot].n[counter], by);
}

/* Sum over all workers. => Role: any. */
uint64_t sl_counter_sum(unsigned counter);
const char *sl_counter_name(enum sl_counter counter); /* not for drops */
const char *sl_counter_help(enum sl_counter counter);

#endif
