/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/firewall_props.h>

#include <mirror/mirror.h>

const char *const sl_firewall_chains[FW_R + 1][6] = {
    [FW_F] = {"input", "forward", "output"},
    [FW_N] = {"srcnat", "dstnat", "input", "output"},
    [FW_M] = {"prerouting", "input", "forward", "output", "postrouting"},
    [FW_R] = {"prerouting", "output"},
};

#define COMMON                                                                 \
	"accept", "jump", "return", "log", "passthrough",                      \
	    "add-src-to-address-list", "add-dst-to-address-list"

const char *const sl_firewall_actions[FW_R + 1][2][24] = {
    [FW_F] =
	{
	    {COMMON, "drop", "reject", "tarpit", "fasttrack-connection"},
	    {COMMON, "drop", "reject", "fasttrack-connection"},
	},
    [FW_N] =
	{
	    {COMMON, "masquerade", "src-nat", "dst-nat", "redirect", "netmap",
		"same", "endpoint-independent-nat", "socksify"},
	    {COMMON, "masquerade", "src-nat", "dst-nat", "redirect", "netmap"},
	},
    [FW_M] =
	{
	    {COMMON, "drop", "change-dscp", "change-mss", "change-ttl",
		"clear-df", "fasttrack-connection", "mark-connection",
		"mark-packet", "mark-routing", "route", "set-priority",
		"sniff-pc", "sniff-tzsp", "strip-ipv4-options"},
	    {COMMON, "drop", "change-dscp", "change-mss", "change-hop-limit",
		"mark-connection", "mark-packet", "mark-routing",
		"set-priority", "sniff-pc", "sniff-tzsp", "snpt", "dnpt"},
	},
    [FW_R] =
	{
	    {COMMON, "drop", "notrack"},
	    {COMMON, "drop", "notrack"},
	},
};

const char *const sl_firewall_rejects[2][9] = {
    {"icmp-network-unreachable", "icmp-host-unreachable",
	"icmp-protocol-unreachable", "icmp-port-unreachable",
	"icmp-net-prohibited", "icmp-host-prohibited", "icmp-admin-prohibited",
	"tcp-reset"},
    {"icmp-no-route", "icmp-admin-prohibited", "icmp-not-neighbour",
	"icmp-address-unreachable", "icmp-port-unreachable",
	"icmp-err-src-routing-header", "icmp-headers-too-long", "tcp-reset"},
};

const char *const sl_firewall_types[2][8] = {
    {"unicast", "local", "broadcast", "multicast", "blackhole", "prohibit",
	"unreachable"},
    {"unicast", "local", "anycast", "multicast", "blackhole", "prohibit",
	"unreachable"},
};

enum sl_route_type
sl_firewall_route_type(bool six, unsigned i)
{
	static const uint8_t types[] = {SL_ROUTE_UNICAST, SL_ROUTE_LOCAL,
	    SL_ROUTE_BROADCAST, SL_ROUTE_MULTICAST, SL_ROUTE_BLACKHOLE,
	    SL_ROUTE_PROHIBIT, SL_ROUTE_UNREACHABLE};

	if (six && i == 2)
		return SL_ROUTE_ANYCAST;
	return (enum sl_route_type)types[i];
}

/* In the order of enum sl_state, so that the index is the state. */
/* The index is the bit SL_NAT_STATE_*. */
const char *const sl_firewall_nat_states[5] = {
    "srcnat", "dstnat", "ein-snat", "ein-dnat"};

/* The index is the bit in the TCP header. */
const char *const sl_firewall_tcp_flags[9] = {
    "fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"};
