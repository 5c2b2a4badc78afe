/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/header.h>

#include <packet/parse_internal.h>

#include <netinet/ip.h>
#include <netinet/tcp.h>

#define TCP_HDR	     20
#define TCP_FLAG_SYN 0x02

static uint8_t
option_of(uint8_t type)
{
	switch (type) {
	case IPOPT_SSRR:
		return SL_OPTION_STRICT_ROUTE;
	case IPOPT_LSRR:
		return SL_OPTION_LOOSE_ROUTE;
	case IPOPT_RR:
		return SL_OPTION_RECORD_ROUTE;
	case IPOPT_TS:
		return SL_OPTION_TIMESTAMP;
	case IPOPT_RA:
		return SL_OPTION_ROUTER_ALERT;
	default:
		return SL_OPTION_OTHER;
	}
}

uint8_t
sl_header_ip4_options(const struct sl_pkt *pkt)
{
	const uint8_t *ip = sl_pkt_l3(pkt);
	uint32_t at = SL_IP4_HDR, end = (ip[0] & 0xfu) * 4;
	uint8_t set = 0;

	while (at < end && ip[at] != IPOPT_EOL) {
		uint32_t len = 1;

		if (ip[at] != IPOPT_NOP) {
			set |= option_of(ip[at]);
			/* parse refused lengths that do not fit */
			if (end - at < 2 || ip[at + 1] < 2)
				break;
			len = ip[at + 1];
		}
		at += len;
	}
	return set;
}

static uint8_t
end_of(uint8_t proto)
{
	if (proto == IPPROTO_ESP)
		return SL_HEADER_ESP;
	return proto == IPPROTO_NONE ? SL_HEADER_NONE : SL_HEADER_PROTO;
}

uint8_t
sl_header_ip6_kinds(const struct sl_pkt *pkt)
{
	struct sl_ip6_chain chain = {0};

	if ((pkt->flags & SL_PKT_IP_OPTIONS) &&
	    !sl_parse_ip6_chain(sl_pkt_l3(pkt), pkt->l3_len, &chain))
		return 0;
	return chain.kinds | end_of(pkt->l4proto);
}

uint32_t
sl_header_mss_off(const struct sl_pkt *pkt)
{
	const uint8_t *tcp = sl_pkt_l4(pkt);
	uint32_t at = TCP_HDR, end;

	if (pkt->l4proto != IPPROTO_TCP || pkt->l4_len < TCP_HDR ||
	    (pkt->flags & SL_PKT_LATER_FRAGMENT) || !(tcp[13] & TCP_FLAG_SYN))
		return 0;
	end = SL_MIN((tcp[12] >> 4) * 4u, pkt->l4_len);
	while (at < end && tcp[at] != TCPOPT_EOL) {
		uint32_t len = 1;

		if (tcp[at] != TCPOPT_NOP) {
			if (end - at < 2 || tcp[at + 1] < 2 ||
			    tcp[at + 1] > end - at)
				return 0;
			len = tcp[at + 1];
		}
		if (tcp[at] == TCPOPT_MAXSEG && len == TCPOLEN_MAXSEG)
			return pkt->l4_off + at + 2;
		at += len;
	}
	return 0;
}
