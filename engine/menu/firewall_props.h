/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rows of menu/firewall_rows.h refer to: ids, names, types.
 *
 * The menus of one table differ in which rows they have; a menu therefore
 * carries, beside its rows, the id of each.
 */
#ifndef SL_MENU_FIREWALL_PROPS_H
#define SL_MENU_FIREWALL_PROPS_H

#include <menu/firewall_flow.h>
#include <menu/interface_list.h>
#include <menu/interface_names.h>
#include <menu/layer7.h>
#include <menu/model.h>
#include <menu/routing_table.h>
#include <rule/rule.h>

/* Tables, as bits for the preprocessor and as indices. */
#define FW_F 1
#define FW_N 2
#define FW_M 4
#define FW_R 8

enum sl_firewall_id {
	FW_CHAIN,
	FW_ACTION,
	FW_JUMP_TARGET,
	FW_REJECT_WITH,
	FW_HW_OFFLOAD,
	FW_TO_ADDRESSES,
	FW_TO_PORTS,
	FW_SAME_NOT_BY_DST,
	FW_RANDOMISE_PORTS,
	FW_TO_WANTED, /* parameter of an action that is not there yet */
	FW_PASSTHROUGH,
	FW_NEW_CONNECTION_MARK,
	FW_NEW_PACKET_MARK,
	FW_NEW_ROUTING_MARK,
	FW_NEW_MSS,
	FW_NEW_DSCP,
	FW_NEW_PRIORITY,
	FW_NEW_TTL,
	FW_ROUTE_DST,
	FW_SRC_PREFIX,
	FW_DST_PREFIX,
	FW_ADDRESS_LIST,
	FW_ADDRESS_LIST_TIMEOUT,
	FW_CONNECTION_STATE,
	FW_CONNECTION_NAT_STATE,
	FW_PROTOCOL,
	FW_SRC_ADDRESS,
	FW_DST_ADDRESS,
	FW_SRC_ADDRESS_TYPE,
	FW_DST_ADDRESS_TYPE,
	FW_SRC_ADDRESS_LIST,
	FW_DST_ADDRESS_LIST,
	FW_IN_INTERFACE,
	FW_OUT_INTERFACE,
	FW_IN_INTERFACE_LIST,
	FW_OUT_INTERFACE_LIST,
	FW_SRC_PORT,
	FW_DST_PORT,
	FW_PORT,
	FW_TCP_FLAGS,
	FW_MATCH_WANTED, /* matcher that is not there yet */
	FW_TCP_MSS,
	FW_TOS,
	FW_IPV4_OPTIONS,
	FW_HEADERS,
	FW_INGRESS_PRIORITY,
	FW_PRIORITY,
	FW_ROUTING_MARK,
	FW_ROUTING_TABLE,
	FW_REALM,
	FW_ICMP_OPTIONS,
	FW_PACKET_SIZE,
	FW_DSCP,
	FW_TTL,
	FW_FRAGMENT,
	FW_SRC_MAC_ADDRESS,
	FW_PACKET_MARK,
	FW_CONNECTION_MARK,
	FW_CONNECTION_TYPE,
	FW_CONNECTION_BYTES,
	FW_CONNECTION_RATE,
	FW_CONNECTION_LIMIT,
	FW_PSD,
	FW_DST_LIMIT,
	FW_RANDOM,
	FW_NTH,
	FW_PCC,
	FW_TIME,
	FW_LAYER7_PROTOCOL,
	FW_TLS_HOST,
	FW_CONTENT,
	FW_LIMIT,
	FW_LOG,
	FW_LOG_PREFIX,
	FW_IPSEC_POLICY,
	FW_BYTES,
	FW_PACKETS,
	FW_DISABLED,
	FW_INVALID,
	FW_DYNAMIC,
	FW_COMMENT,
	FW_IDS
};

/* Names, NULL-ended; [table bit], [IPv6]. */
extern const char *const sl_firewall_chains[FW_R + 1][6];
extern const char *const sl_firewall_actions[FW_R + 1][2][24];
extern const char *const sl_firewall_rejects[2][9];
extern const char *const sl_firewall_types[2][8];
extern const char *const sl_firewall_nat_states[5];
extern const char *const sl_firewall_tcp_flags[9];
extern const char *const sl_firewall_options[12];
extern const char *const sl_firewall_new_mss[2];
extern const char *const sl_firewall_new_dscp[3];
extern const char *const sl_firewall_new_priority[4];

/* What index 'i' of sl_firewall_types[six] is. */
enum sl_route_type sl_firewall_route_type(bool six, unsigned i);

/* Types of their own syntax; the value is canonical text.  Each has a function
 * that reads it: false if it is malformed. */
extern const struct sl_type sl_type_protocol;
extern const struct sl_type sl_type_icmp_options;
extern const struct sl_type sl_type_ttl;
extern const struct sl_type sl_type_limit;
extern const struct sl_type sl_type_ipsec_policy;
extern const struct sl_type sl_type_list_timeout;
/* An entry's address, canonical: host bits away, a range that is a prefix made
 * one.  A DNS name is text. */
extern const struct sl_type sl_type_list_address4;
extern const struct sl_type sl_type_list_address6;

/* First and last address of an address, prefix or range. */
void sl_firewall_range(
    const struct sl_value *, struct sl_addr *min, struct sl_addr *max);

struct sl_firewall_icmp {
	uint8_t type, code_lo, code_hi;
};
bool sl_firewall_read_icmp(const char *text, struct sl_firewall_icmp *out);

struct sl_firewall_ttl {
	uint32_t lo, hi; /* lo > hi: no value */
	bool negate;
};
bool sl_firewall_read_ttl(const char *text, struct sl_firewall_ttl *out);

/* firewall_field_types.c */
extern const struct sl_type sl_type_tos;
extern const struct sl_type sl_type_headers6;
extern const struct sl_type sl_type_field; /* prop->min..max, or prop->names */
extern const struct sl_type sl_type_new_ttl;

struct sl_firewall_tos {
	uint8_t value, mask;
};
bool sl_firewall_read_tos(const char *text, struct sl_firewall_tos *out);

struct sl_firewall_headers {
	uint8_t set; /* SL_HEADER_* */
	bool exact;
};
bool sl_firewall_read_headers(
    const char *text, struct sl_firewall_headers *out);

struct sl_firewall_new_ttl {
	uint8_t how; /* 0: set, 1: increment, 2: decrement */
	uint8_t value;
};
bool sl_firewall_read_new_ttl(
    const char *text, struct sl_firewall_new_ttl *out);

struct sl_firewall_limit {
	uint64_t rate, time_ns, burst;
	bool bits;
};
bool sl_firewall_read_limit(const char *text, struct sl_firewall_limit *out);

#endif
