/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules: the words shared by those who describe them (rule/spec.h), compile
 * them (rule/ruleset.h) and walk them (rule/eval.h).
 *
 * A matcher kind, an action or a way to reject is one row here; the row of a
 * matcher names its place in the documented evaluation order of each family.
 */
#ifndef SL_RULE_RULE_H
#define SL_RULE_RULE_H

#include <io/port.h>
#include <nat/nat.h>
#include <rule/mangle.h>

struct sl_addrlist;
struct sl_content;
struct sl_l7;
struct sl_live;
struct sl_memo;

/* Where in the packet's way; names are the chains'. */
enum sl_hook {
	SL_HOOK_PREROUTING,
	SL_HOOK_INPUT,
	SL_HOOK_FORWARD,
	SL_HOOK_OUTPUT,
	SL_HOOK_POSTROUTING,
	SL_HOOK_SRCNAT,
	SL_HOOK_DSTNAT,
	SL_HOOK_N
};

enum sl_rule_table {
	SL_TABLE_RAW,
	SL_TABLE_MANGLE,
	SL_TABLE_FILTER,
	SL_TABLE_NAT,
	SL_TABLES
};

#define SL_FAMILIES 2
/* 4 -> 0, 6 -> 1 */
#define sl_family_index(family) ((family) == SL_IPV6)

/* Matchers: id, name in the menus, place in the IPv4 and in the IPv6 order (with
 * room between them).
 * Stateful ones (limit) come last: they must not consume anything when another
 * matcher fails.  So tls-host, documented between packet-size and dst-port, is
 * here: other ports' connections do not pay for it. */
/* clang-format off */
#define SL_MATCHERS(X)                                          \
	X(SRC_MAC,          "src-mac-address",        10,  40)  \
	X(IN_PORT,          "in-interface",           20,  50)  \
	X(OUT_PORT,         "out-interface",          22,  52)  \
	X(IN_LIST,          "in-interface-list",      30,  60)  \
	X(OUT_LIST,         "out-interface-list",     32,  62)  \
	X(SRC_ADDR,         "src-address",            40,  10)  \
	X(DST_ADDR,         "dst-address",            40,  10)  \
	X(PROTOCOL,         "protocol",               45,  65)  \
	X(FRAGMENT,         "fragment",               45,  65)  \
	X(SRC_TYPE,         "src-address-type",       50,  20)  \
	X(DST_TYPE,         "dst-address-type",       50,  20)  \
	X(SRC_LIST,         "src-address-list",       60,  30)  \
	X(DST_LIST,         "dst-address-list",       60,  30)  \
	X(TTL,              "ttl",                    70,  70)  \
	X(DSCP,             "dscp",                   72,  72)  \
	X(TOS,              "tos",                    73,  73)  \
	X(PACKET_SIZE,      "packet-size",            75,  75)  \
	X(OPTIONS4,         "ipv4-options",           85,  85)  \
	X(HEADERS6,         "headers",                85,  85)  \
	X(DST_ID,           "dst-port",               90,  90)  \
	X(SRC_ID,           "src-port",               92,  92)  \
	X(ANY_ID,           "port",                   94,  94)  \
	X(TCP_FLAGS,        "tcp-flags",             100, 100)  \
	X(TCP_MSS,          "tcp-mss",               102, 102)  \
	X(ICMP,             "icmp-options",          104, 104)  \
	X(INGRESS_PRIORITY, "ingress-priority",      106, 106)  \
	X(PRIORITY,         "priority",              108, 108)  \
	X(PACKET_MARK,      "packet-mark",           110, 110)  \
	X(ROUTING_MARK,     "routing-mark",          112, 112)  \
	X(REALM,            "realm",                 114, 114)  \
	X(TIME,             "time",                  116, 116)  \
	X(CONN_MARK,        "connection-mark",       120, 120)  \
	X(CONN_STATE,       "connection-state",      125, 125)  \
	X(CONN_NAT_STATE,   "connection-nat-state",  130, 130)  \
	X(CONN_BYTES,       "connection-bytes",      135, 135)  \
	X(CONN_LIMIT,       "connection-limit",      140, 140)  \
	X(CONN_RATE,        "connection-rate",       145, 145)  \
	X(NEVER,            "ipsec-policy",          150, 150)  \
	X(CONN_TYPE,        "connection-type",       155, 155)  \
	X(TLS_HOST,         "tls-host",              157, 157)  \
	X(CONTENT,          "content",               160, 160)  \
	X(PSD,              "psd",                   165, 165)  \
	X(LAYER7,           "layer7-protocol",       170, 170)  \
	X(RANDOM,           "random",                180, 180)  \
	X(NTH,              "nth",                   190, 190)  \
	X(PCC,      "per-connection-classifier",     200, 200)  \
	X(LIMIT,            "limit",                 220, 220)  \
	X(DST_LIMIT,        "dst-limit",             230, 230)
/* clang-format on */

enum sl_match_kind {
#define X(id, name, order4, order6) SL_MATCH_##id,
	SL_MATCHERS(X)
#undef X
	    SL_MATCH_N
};

/* Does the matcher remember something from packet to packet (rule/memo.h)? */
static inline bool
sl_match_has_memo(unsigned kind)
{
	return kind == SL_MATCH_NTH || kind == SL_MATCH_CONN_LIMIT ||
	       kind == SL_MATCH_PSD || kind == SL_MATCH_DST_LIMIT;
}

/* Bits of sl_match.pcc.fields; of both ends' bits the two ends count alike. */
#define SL_PCC_SRC	1u
#define SL_PCC_DST	2u
#define SL_PCC_SRC_PORT 4u
#define SL_PCC_DST_PORT 8u

/* Bits of sl_match.flow.fields. */
#define SL_FLOW_SRC	 1u
#define SL_FLOW_DST	 2u
#define SL_FLOW_DST_PORT 4u

/* Bits of SL_MATCH_CONN_NAT_STATE. */
#define SL_NAT_STATE_SRCNAT   1u
#define SL_NAT_STATE_DSTNAT   2u
#define SL_NAT_STATE_EIN_SNAT 4u
#define SL_NAT_STATE_EIN_DNAT 8u

struct sl_id_span {
	uint16_t lo, hi; /* inclusive, host order */
};

/* One matcher: what it asks and its operand. */
struct sl_match {
	uint8_t kind; /* enum sl_match_kind */
	bool negate;
	uint16_t n_spans;
	union {
		struct {
			struct sl_addr min, max;   /* inclusive */
		} addr;				   /* *_ADDR */
		uint64_t ports[SL_PORTS_MAX / 64]; /* IN_, OUT_*: a set */
		const struct sl_id_span *spans;	   /* *_ID: sorted, disjoint */
		struct {
			const char *name;	  /* in a spec */
			struct sl_addrlist *list; /* compiled */
		} list;				  /* *_LIST (address) */
		uint32_t set; /* *_TYPE: bits 1 << enum sl_route_type;
			       * CONN_STATE: bits 1 << enum sl_state;
			       * CONN_NAT_STATE: SL_NAT_STATE_*;
			       * CONN_TYPE: bits 1 << helper */
		struct {
			uint32_t lo, hi; /* inclusive; lo > hi: none */
		} span; /* PROTOCOL, TTL, DSCP, PACKET_SIZE, TCP_MSS,
			 * *PRIORITY, REALM */
		struct {
			uint8_t set, clear;
		} tcp_flags;
		struct {
			uint8_t type, code_lo, code_hi;
		} icmp;
		struct {
			uint8_t value, mask;
		} tos;
		struct {
			uint8_t set; /* SL_OPTION_* */
			bool yes;    /* any of them, or none */
		} options;	     /* OPTIONS4 */
		struct {
			uint8_t set; /* SL_HEADER_* */
			bool exact;  /* these and no other */
		} headers;	     /* HEADERS6 */
		uint8_t mac[6];
		/* PACKET_, CONN_MARK: 0: no-mark; ROUTING_MARK: as in sl_pkt */
		uint32_t mark;
		bool yes; /* FRAGMENT */
		/* Those that remember start with what they remember; in a spec
		 * it is NULL. */
		struct sl_memo *memo;
		struct {
			struct sl_memo *memo;
			uint32_t every, packet; /* 1 .. every */
		} nth;
		struct {
			struct sl_memo *memo;
			uint32_t count;
			uint8_t prefix_len;
		} conns; /* CONN_LIMIT */
		struct {
			struct sl_memo *memo;
			uint64_t delay_ns;
			uint32_t weight, low, high;
		} scan; /* PSD */
		struct {
			struct sl_memo *memo;
			uint64_t cost, depth; /* as limit's, of packets */
			uint64_t expire_ns;
			uint8_t fields; /* SL_FLOW_* */
		} flow;			/* DST_LIMIT */
		struct {
			uint64_t lo, hi; /* inclusive */
		} wide;			 /* CONN_BYTES, CONN_RATE */
		struct {
			uint32_t from_s, to_s; /* of the day, inclusive */
			uint8_t days;	       /* 1: Sunday, 2: Monday.. */
		} time;
		struct {
			uint8_t fields; /* SL_PCC_* */
			uint32_t of, share;
		} pcc;
		uint32_t percent; /* RANDOM */
		struct {
			/* of one packet or bit: 1/64 ns << shift */
			uint64_t cost;
			uint64_t depth; /* of the bucket, 1/64 ns */
			uint8_t shift;
			bool bits;
		} limit;
		struct sl_span bytes; /* CONTENT in a spec */
		struct {
			const struct sl_content *set;
			uint32_t number;
		} content; /* compiled */
		struct {
			struct sl_span regex;
			uint16_t number; /* sl_l7_number() */
		} l7_spec;		 /* LAYER7 in a spec */
		struct {
			const struct sl_l7 *set;
			uint16_t number;
		} l7;		  /* compiled */
		const char *glob; /* TLS_HOST */
	};
};

enum sl_action {
	SL_ACTION_ACCEPT,
	SL_ACTION_DROP,
	SL_ACTION_REJECT,
	SL_ACTION_JUMP,
	SL_ACTION_RETURN,
	SL_ACTION_LOG,
	SL_ACTION_PASSTHROUGH,
	SL_ACTION_ADD_SRC, /* add-src-to-address-list */
	SL_ACTION_ADD_DST,
	SL_ACTION_TRANSLATE, /* rule.nat */
	SL_ACTION_TARPIT,
	SL_ACTION_FASTTRACK,
	SL_ACTION_MANGLE, /* rule.mangle */
	SL_ACTION_N
};

/* reject-with: id, name, family, ICMP or ICMPv6 type and code. */
/* clang-format off */
#define SL_REJECTS(X)                                                     \
	X(NET_UNREACHABLE,   "icmp-network-unreachable",     4, 3, 0)     \
	X(HOST_UNREACHABLE,  "icmp-host-unreachable",	     4, 3, 1)     \
	X(PROTO_UNREACHABLE, "icmp-protocol-unreachable",    4, 3, 2)     \
	X(PORT_UNREACHABLE,  "icmp-port-unreachable",	     4, 3, 3)     \
	X(NET_PROHIBITED,    "icmp-net-prohibited",	     4, 3, 9)     \
	X(HOST_PROHIBITED,   "icmp-host-prohibited",	     4, 3, 10)    \
	X(ADMIN_PROHIBITED,  "icmp-admin-prohibited",	     4, 3, 13)    \
	X(TCP_RESET,	     "tcp-reset",		     4, 0, 0)     \
	X(NO_ROUTE6,	     "icmp-no-route",		     6, 1, 0)     \
	X(ADMIN_PROHIBITED6, "icmp-admin-prohibited",	     6, 1, 1)     \
	X(NOT_NEIGHBOUR6,    "icmp-not-neighbour",	     6, 1, 2)     \
	X(ADDR_UNREACHABLE6, "icmp-address-unreachable",     6, 1, 3)     \
	X(PORT_UNREACHABLE6, "icmp-port-unreachable",	     6, 1, 4)     \
	X(SRC_ROUTING6,	     "icmp-err-src-routing-header",  6, 1, 7)     \
	X(HEADERS_TOO_LONG6, "icmp-headers-too-long",	     6, 1, 8)     \
	X(TCP_RESET6,	     "tcp-reset",		     6, 0, 0)
/* clang-format on */

enum sl_reject {
#define X(id, name, family, type, code) SL_REJECT_##id,
	SL_REJECTS(X)
#undef X
	    SL_REJECT_N
};

struct sl_reject_how {
	const char *name;
	uint8_t family;
	uint8_t type, code; /* ICMP; not for a reset */
	bool reset;	    /* a TCP reset instead; other protocols: silence */
};
extern const struct sl_reject_how sl_reject_how[SL_REJECT_N];

/* A compiled rule.  SL_CONST once its ruleset is published. */
struct sl_rule {
	const struct sl_match *matches;
	uint16_t n_matches;
	uint8_t action; /* enum sl_action */
	uint8_t reject; /* enum sl_reject */
	bool log;
	bool nat_port_address;
	uint32_t target; /* JUMP: chain number */
	uint32_t item;	 /* of the menu: what people know it by */
	struct sl_live *live;
	const char *log_prefix;
	const struct sl_nat_request *nat;
	const struct sl_mangle *mangle;
	struct sl_addrlist *list; /* ADD_SRC, ADD_DST */
	uint64_t list_timeout_ns; /* 0: until the router stops */
	bool list_static;	  /* none-static: kept as configuration */
};

/* Where the nat table translates destinations; elsewhere it is sources. */
static inline bool
sl_hook_is_dstnat(enum sl_hook hook)
{
	return hook == SL_HOOK_DSTNAT || hook == SL_HOOK_OUTPUT;
}

/* The built-in chain of that name in that table; SL_HOOK_N: none. */
enum sl_hook sl_hook_by_name(enum sl_rule_table table, const char *name);

#endif
