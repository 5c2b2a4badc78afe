/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The properties of firewall rules, one row each, in print order.
 *
 * Included several times: FW_TABLE (FW_F, FW_N, FW_M or FW_R) and FW_FAMILY (4
 * or 6) say which menu it is for, ROW(id, { row }) what to make of a row.  What
 * an id means to the engine is in firewall_spec.c; a row of a matcher that the
 * engine does not have yet is WANTED().  No include guard, on purpose.
 */
/* clang-format off */

/* Short forms of the columns. */
#define NEG  SL_PROP_NEG
#define LIST SL_PROP_LIST
#define WANTED(id, name_, help_)                                             \
	ROW(id, { .name = name_, .type = &sl_type_name,                      \
	    .flags = SL_PROP_WANTED, .help = help_ })

ROW(CHAIN, { .name = "chain", .type = &sl_type_open,
    .names = sl_firewall_chains[FW_TABLE],
    .flags = SL_PROP_REQUIRED | SL_PROP_COLUMN | SL_PROP_STATS,
    .help = "built in, or made by naming it" })
ROW(ACTION, { .name = "action", .type = &sl_type_enum,
    .names = sl_firewall_actions[FW_TABLE][FW_FAMILY == 6],
    .flags = SL_PROP_COLUMN | SL_PROP_STATS,
    .help = "what happens to a packet that matches" })
ROW(JUMP_TARGET, { .name = "jump-target", .type = &sl_type_name,
    .help = "chain to continue in" })
#if FW_TABLE == FW_F
ROW(REJECT_WITH, { .name = "reject-with", .type = &sl_type_enum,
    .names = sl_firewall_rejects[FW_FAMILY == 6],
    .help = "what the sender is told" })
ROW(HW_OFFLOAD, { .name = "hw-offload", .type = &sl_type_bool,
    .help = "accepted, without effect: there is no switch chip" })
#endif
#if FW_TABLE == FW_N && FW_FAMILY == 4
ROW(TO_ADDRESSES, { .name = "to-addresses", .type = &sl_type_net4,
    .flags = SL_PROP_COLUMN, .help = "new address, or a pool of them" })
#elif FW_TABLE == FW_N
ROW(TO_ADDRESSES, { .name = "to-address", .type = &sl_type_net6,
    .flags = SL_PROP_COLUMN, .help = "new address, or a prefix" })
#endif
#if FW_TABLE == FW_N
ROW(TO_PORTS, { .name = "to-ports", .type = &sl_type_span, .max = 65535,
    .flags = SL_PROP_COLUMN, .help = "new port, or a range of them" })
#endif
#if FW_TABLE == FW_N && FW_FAMILY == 4
ROW(SAME_NOT_BY_DST, { .name = "same-not-by-dst", .type = &sl_type_bool,
    .help = "same: the destination is not part of the choice" })
ROW(RANDOMISE_PORTS, { .name = "randomise-ports", .type = &sl_type_bool,
    .help = "endpoint-independent-nat: a random port from the start" })
WANTED(TO_WANTED, "socksify-service", "SOCKS service")
WANTED(TO_WANTED, "socks5-server", "SOCKS server")
WANTED(TO_WANTED, "socks5-port", "SOCKS port")
#endif
#if FW_TABLE == FW_M
ROW(PASSTHROUGH, { .name = "passthrough", .type = &sl_type_bool,
    .help = "go on with the next rule after the change" })
ROW(NEW_CONNECTION_MARK, { .name = "new-connection-mark",
    .type = &sl_type_name, .help = "mark for the connection" })
ROW(NEW_PACKET_MARK, { .name = "new-packet-mark", .type = &sl_type_name,
    .help = "mark for the packet" })
ROW(NEW_ROUTING_MARK, { .name = "new-routing-mark", .type = &sl_type_ref,
    .ref = &sl_ref_routing_table, .help = "routing table for the packet" })
ROW(NEW_MSS, { .name = "new-mss", .type = &sl_type_field, .min = 40,
    .max = 65534, .names = sl_firewall_new_mss,
    .help = "largest segment, or clamp-to-pmtu" })
ROW(NEW_DSCP, { .name = "new-dscp", .type = &sl_type_field, .max = 63,
    .names = sl_firewall_new_dscp, .help = "DSCP, or where from" })
ROW(NEW_PRIORITY, { .name = "new-priority", .type = &sl_type_field, .max = 63,
    .names = sl_firewall_new_priority, .help = "priority, or where from" })
WANTED(TO_WANTED, "sniff-target", "where copies go")
WANTED(TO_WANTED, "sniff-target-port", "where copies go")
WANTED(TO_WANTED, "sniff-id", "number in the copies")
#if FW_FAMILY == 4
ROW(NEW_TTL, { .name = "new-ttl", .type = &sl_type_new_ttl,
    .help = "set:n, increment:n or decrement:n" })
ROW(ROUTE_DST, { .name = "route-dst", .type = &sl_type_ip4,
    .help = "next hop" })
#else
ROW(NEW_TTL, { .name = "new-hop-limit", .type = &sl_type_new_ttl,
    .help = "set:n, increment:n or decrement:n" })
ROW(SRC_PREFIX, { .name = "src-prefix", .type = &sl_type_net6,
    .help = "prefix that is translated, at most 64 bits" })
ROW(DST_PREFIX, { .name = "dst-prefix", .type = &sl_type_net6,
    .help = "what it becomes" })
#endif
#endif
ROW(ADDRESS_LIST, { .name = "address-list", .type = &sl_type_name,
    .help = "list that the address is added to" })
ROW(ADDRESS_LIST_TIMEOUT, { .name = "address-list-timeout",
    .type = &sl_type_list_timeout,
    .help = "how long it stays there" })

#if FW_TABLE & (FW_F | FW_M) || (FW_TABLE == FW_N && FW_FAMILY == 6)
ROW(CONNECTION_STATE, { .name = "connection-state", .type = &sl_type_enum,
    .names = sl_state_names, .flags = NEG | LIST,
    .help = "state of the packet's connection" })
#endif
#if FW_TABLE & (FW_F | FW_M)
ROW(CONNECTION_NAT_STATE, { .name = "connection-nat-state",
    .type = &sl_type_enum, .names = sl_firewall_nat_states,
    .flags = NEG | LIST, .help = "is the connection translated" })
#endif
ROW(PROTOCOL, { .name = "protocol", .type = &sl_type_protocol,
    .flags = NEG | SL_PROP_COLUMN, .help = "IP protocol" })
#if FW_FAMILY == 4
ROW(SRC_ADDRESS, { .name = "src-address", .type = &sl_type_net4,
    .flags = NEG | SL_PROP_COLUMN, .help = "source" })
ROW(DST_ADDRESS, { .name = "dst-address", .type = &sl_type_net4,
    .flags = NEG | SL_PROP_COLUMN, .help = "destination" })
#else
ROW(SRC_ADDRESS, { .name = "src-address", .type = &sl_type_net6,
    .flags = NEG | SL_PROP_COLUMN, .help = "source" })
ROW(DST_ADDRESS, { .name = "dst-address", .type = &sl_type_net6,
    .flags = NEG | SL_PROP_COLUMN, .help = "destination" })
#endif
ROW(SRC_ADDRESS_TYPE, { .name = "src-address-type", .type = &sl_type_enum,
    .names = sl_firewall_types[FW_FAMILY == 6], .flags = NEG | LIST,
    .help = "kind of route to the source" })
ROW(DST_ADDRESS_TYPE, { .name = "dst-address-type", .type = &sl_type_enum,
    .names = sl_firewall_types[FW_FAMILY == 6], .flags = NEG | LIST,
    .help = "kind of route to the destination" })
ROW(SRC_ADDRESS_LIST, { .name = "src-address-list", .type = &sl_type_name,
    .flags = NEG, .help = "address list with the source" })
ROW(DST_ADDRESS_LIST, { .name = "dst-address-list", .type = &sl_type_name,
    .flags = NEG, .help = "address list with the destination" })
ROW(IN_INTERFACE, { .name = "in-interface", .type = &sl_type_ref,
    .ref = &sl_ref_interface, .flags = NEG | SL_PROP_COLUMN,
    .help = "where it came in" })
ROW(OUT_INTERFACE, { .name = "out-interface", .type = &sl_type_ref,
    .ref = &sl_ref_interface, .flags = NEG | SL_PROP_COLUMN,
    .help = "where it goes out" })
ROW(IN_INTERFACE_LIST, { .name = "in-interface-list", .type = &sl_type_ref,
    .ref = &sl_ref_interface_list, .flags = NEG | SL_PROP_COLUMN,
    .help = "list of where it came in" })
ROW(OUT_INTERFACE_LIST, { .name = "out-interface-list", .type = &sl_type_ref,
    .ref = &sl_ref_interface_list, .flags = NEG | SL_PROP_COLUMN,
    .help = "list of where it goes out" })
ROW(SRC_PORT, { .name = "src-port", .type = &sl_type_span, .max = 65535,
    .flags = NEG | LIST, .help = "source port" })
ROW(DST_PORT, { .name = "dst-port", .type = &sl_type_span, .max = 65535,
    .flags = NEG | LIST | SL_PROP_COLUMN, .help = "destination port" })
ROW(PORT, { .name = "port", .type = &sl_type_span, .max = 65535,
    .flags = NEG | LIST, .help = "source or destination port" })
#if FW_TABLE != FW_N || FW_FAMILY == 6
ROW(TCP_FLAGS, { .name = "tcp-flags", .type = &sl_type_enum,
    .names = sl_firewall_tcp_flags, .flags = SL_PROP_LIST_NEG,
    .help = "flags that are set, or with ! clear" })
#endif
ROW(TCP_MSS, { .name = "tcp-mss", .type = &sl_type_span, .max = 65535,
    .flags = NEG, .help = "maximum segment size of a SYN" })
ROW(ICMP_OPTIONS, { .name = "icmp-options", .type = &sl_type_icmp_options,
    .flags = NEG, .help = "type, type:code or type:code-code" })
ROW(PACKET_SIZE, { .name = "packet-size", .type = &sl_type_span, .max = 65535,
    .flags = NEG, .help = "bytes of the IP packet" })
ROW(DSCP, { .name = "dscp", .type = &sl_type_num, .max = 63, .flags = NEG,
    .help = "differentiated services code point" })
ROW(TOS, { .name = "tos", .type = &sl_type_tos, .flags = NEG,
    .help = "type of service: value or value/mask" })
#if FW_FAMILY == 4
ROW(TTL, { .name = "ttl", .type = &sl_type_ttl,
    .help = "equal, not-equal, less-than or greater-than:n" })
ROW(FRAGMENT, { .name = "fragment", .type = &sl_type_bool,
    .help = "a fragment that is not the first" })
ROW(IPV4_OPTIONS, { .name = "ipv4-options", .type = &sl_type_enum,
    .names = sl_firewall_options, .help = "options of the IPv4 header" })
#else
ROW(TTL, { .name = "hop-limit", .type = &sl_type_ttl,
    .help = "equal, not-equal, less-than or greater-than:n" })
ROW(HEADERS, { .name = "headers", .type = &sl_type_headers6, .flags = NEG,
    .help = "extension headers, :exact or :contains" })
#endif
ROW(SRC_MAC_ADDRESS, { .name = "src-mac-address", .type = &sl_type_mac,
    .flags = NEG, .help = "MAC address it came from" })
WANTED(MATCH_WANTED, "in-bridge-port", "port of a bridge")
WANTED(MATCH_WANTED, "out-bridge-port", "port of a bridge")
WANTED(MATCH_WANTED, "in-bridge-port-list", "ports of a bridge")
WANTED(MATCH_WANTED, "out-bridge-port-list", "ports of a bridge")
ROW(INGRESS_PRIORITY, { .name = "ingress-priority", .type = &sl_type_num,
    .max = 63, .flags = NEG, .help = "priority it came with" })
ROW(PRIORITY, { .name = "priority", .type = &sl_type_num, .max = 63,
    .flags = NEG, .help = "priority now" })
ROW(PACKET_MARK, { .name = "packet-mark", .type = &sl_type_name, .flags = NEG,
    .help = "mark set by mangle, or no-mark" })
#if FW_TABLE != FW_R
ROW(CONNECTION_MARK, { .name = "connection-mark", .type = &sl_type_name,
    .flags = NEG, .help = "mark set by mangle, or no-mark" })
ROW(ROUTING_MARK, { .name = "routing-mark", .type = &sl_type_ref,
    .ref = &sl_ref_routing_table, .flags = NEG,
    .help = "routing table set by mangle" })
ROW(CONNECTION_TYPE, { .name = "connection-type", .type = &sl_type_helper,
    .flags = NEG | LIST,
    .help = "helper that expected the connection" })
ROW(CONNECTION_BYTES, { .name = "connection-bytes",
    .type = &sl_type_conn_span,
    .help = "bytes of the connection so far: from-to, 0: no upper bound" })
ROW(CONNECTION_RATE, { .name = "connection-rate",
    .type = &sl_type_conn_span, .flags = NEG,
    .help = "bits per second of the connection: from-to, 0: no upper bound" })
ROW(CONNECTION_LIMIT, { .name = "connection-limit",
    .type = &sl_type_conn_limit, .max = FW_FAMILY == 6 ? 128 : 32,
    .flags = NEG,
    .help = "count,length: more connections than that of a block of sources" })
#if FW_FAMILY == 4
ROW(REALM, { .name = "realm", .type = &sl_type_num, .max = 4294967295,
    .flags = NEG, .help = "realm of the route to the destination" })
ROW(LAYER7_PROTOCOL, { .name = "layer7-protocol", .type = &sl_type_ref,
    .ref = &sl_ref_layer7, .flags = NEG,
    .help = "what the first bytes of the connection look like" })
#endif
#endif
#if FW_FAMILY == 4 && (FW_TABLE & (FW_F | FW_M))
ROW(ROUTING_TABLE, { .name = "routing-table", .type = &sl_type_ref,
    .ref = &sl_ref_routing_table, .flags = NEG,
    .help = "former name of routing-mark" })
WANTED(MATCH_WANTED, "p2p", "peer-to-peer protocol")
#endif
#if FW_FAMILY == 4
WANTED(MATCH_WANTED, "hotspot", "hotspot state")
ROW(PSD, { .name = "psd", .type = &sl_type_scan,
    .help = "weight,delay,low,high: a port scan" })
#endif
#if FW_TABLE != FW_N
ROW(TLS_HOST, { .name = "tls-host", .type = &sl_type_name, .flags = NEG,
    .help = "server name of a TLS hello; * and ? are wildcards" })
#endif
ROW(CONTENT, { .name = "content", .type = &sl_type_name, .flags = NEG,
    .help = "text in the packet" })
ROW(RANDOM, { .name = "random", .type = &sl_type_num, .min = 1, .max = 99,
    .flags = NEG, .help = "so many packets of a hundred" })
ROW(NTH, { .name = "nth", .type = &sl_type_nth, .flags = NEG,
    .help = "every[,packet]: one packet of every so many" })
ROW(PCC, { .name = "per-connection-classifier", .type = &sl_type_pcc,
    .flags = NEG, .help = "fields:of/share, one share of the connections" })
ROW(TIME, { .name = "time", .type = &sl_type_day_time, .flags = NEG,
    .help = "from-to,days by the local clock" })
ROW(LIMIT, { .name = "limit", .type = &sl_type_limit, .flags = NEG,
    .help = "rate[/time],burst[:packet|bit]" })
ROW(DST_LIMIT, { .name = "dst-limit", .type = &sl_type_flow_limit,
    .help = "rate[/time],burst,mode[/expire] of each flow" })
ROW(LOG, { .name = "log", .type = &sl_type_bool,
    .help = "write a line for every match" })
ROW(LOG_PREFIX, { .name = "log-prefix", .type = &sl_type_str,
    .flags = SL_PROP_KEEP_EMPTY, .help = "first word of that line" })
ROW(IPSEC_POLICY, { .name = "ipsec-policy", .type = &sl_type_ipsec_policy,
    .help = "in or out, then ipsec or none" })

ROW(BYTES, { .name = "bytes", .type = &sl_type_count,
    .flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_STATS |
	SL_PROP_STATS_ONLY, .help = "of the packets that matched" })
ROW(PACKETS, { .name = "packets", .type = &sl_type_count,
    .flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_STATS |
	SL_PROP_STATS_ONLY, .help = "that matched" })
ROW(DISABLED, SL_PROP_ROW_DISABLED)
ROW(INVALID, SL_PROP_ROW_INVALID)
ROW(DYNAMIC, SL_PROP_ROW_DYNAMIC)
ROW(COMMENT, SL_PROP_ROW_COMMENT)

#undef NEG
#undef LIST
#undef WANTED
/* clang-format on */
