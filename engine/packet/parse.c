/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/parse.h>

#include <packet/parse_internal.h>

#include <net/ethernet.h>

/* The flags that say what is in the bytes, or about what was; others are somebody
 * else's. */
#define PARSED_FLAGS                                                           \
	(SL_PKT_FRAGMENT | SL_PKT_LATER_FRAGMENT | SL_PKT_DF |                 \
	    SL_PKT_IP_OPTIONS | SL_PKT_L2_BROADCAST | SL_PKT_EXAMINED)

#define TCP_CSUM_OFF 16
#define UDP_CSUM_OFF 6

bool
sl_parse_fragment(struct sl_pkt *pkt, uint32_t off, bool more, uint32_t len,
    uint32_t overhead)
{
	pkt->flags |= SL_PKT_FRAGMENT;
	if (off)
		pkt->flags |= SL_PKT_LATER_FRAGMENT;
	pkt->frag_off = (uint16_t)off;
	if (len == 0 || (more && len % 8 != 0))
		return false;
	return overhead + off + len <= SL_IP_MAX;
}

/* A tunnel's sender may leave the checksum inside the tunnel to be done. */
static bool
is_tunnel(uint8_t proto)
{
	return proto == IPPROTO_UDP || proto == IPPROTO_GRE ||
	       proto == IPPROTO_IPIP || proto == IPPROTO_IPV6;
}

static bool
partial_fits(const struct sl_pkt *pkt)
{
	const struct sl_offload *o = &pkt->offload;
	uint32_t end = pkt->l4_off + pkt->l4_len;

	if ((uint32_t)o->csum_start + o->csum_offset + 2 > end)
		return false;
	if (o->csum_start > pkt->l4_off)
		return !sl_parse_is_gso(pkt) && is_tunnel(pkt->l4proto);
	if (o->csum_start < pkt->l4_off)
		return false;
	if (pkt->l4proto == IPPROTO_TCP)
		return o->csum_offset == TCP_CSUM_OFF;
	return pkt->l4proto == IPPROTO_UDP && o->csum_offset == UDP_CSUM_OFF;
}

/* Length of the L4 header that each segment repeats; 0 if the type does not
 * fit the packet. */
static uint32_t
segment_header_len(const struct sl_pkt *pkt)
{
	uint8_t type = pkt->offload.gso_type & (uint8_t)~SL_GSO_ECN;
	bool ecn = pkt->offload.gso_type & SL_GSO_ECN;
	uint32_t hlen;

	if (type == SL_GSO_UDP)
		return pkt->l4proto == IPPROTO_UDP && !ecn && pkt->l4_len >= 8
			   ? 8
			   : 0;
	if (pkt->l4proto != IPPROTO_TCP || pkt->l4_len < 20)
		return 0;
	if (type != (pkt->family == SL_IPV4 ? SL_GSO_TCP4 : SL_GSO_TCP6))
		return 0;
	hlen = (sl_pkt_l4(pkt)[12] >> 4) * 4u;
	return hlen >= 20 && hlen <= pkt->l4_len ? hlen : 0;
}

/* Metadata says nothing that is not so: the kernel will believe it. */
static enum sl_verdict
check_offload(struct sl_pkt *pkt)
{
	struct sl_offload *o = &pkt->offload;
	uint32_t hlen;

	if (o->flags & ~(SL_OFFLOAD_PARTIAL | SL_OFFLOAD_VALID))
		return sl_drop(SL_DROP_OFFLOAD);
	if (pkt->family == 0 || (pkt->flags & SL_PKT_FRAGMENT))
		return sl_drop(SL_DROP_OFFLOAD);
	if ((o->flags & SL_OFFLOAD_PARTIAL) && !partial_fits(pkt))
		return sl_drop(SL_DROP_OFFLOAD);
	if (!sl_parse_is_gso(pkt)) {
		o->hdr_len = 0;
		o->gso_size = 0;
		return SL_GO;
	}
	hlen = segment_header_len(pkt);
	if (hlen == 0 || o->gso_size == 0 || o->flags == 0)
		return sl_drop(SL_DROP_OFFLOAD);
	o->hdr_len = (uint16_t)(pkt->l4_off + hlen);
	return SL_GO;
}

static enum sl_verdict
parse_l3(struct sl_pkt *pkt)
{
	switch (pkt->eth_type) {
	case ETHERTYPE_IP:
		return sl_parse_ip4(pkt);
	case ETHERTYPE_IPV6:
		return sl_parse_ip6(pkt);
	case ETHERTYPE_ARP:
		pkt->l3_len = pkt->len - pkt->l3_off;
		pkt->l4_off = pkt->l3_off;
		return SL_GO;
	default:
		return sl_drop(SL_DROP_ETHERTYPE);
	}
}

enum sl_verdict
sl_parse_frame(struct sl_pkt *pkt)
{
	pkt->flags &= (uint16_t)~PARSED_FLAGS;
	pkt->vlan_id = 0;
	pkt->frag_off = 0;
	pkt->l3_len = 0;
	pkt->l4_len = 0;
	pkt->frag_id = 0;
	pkt->family = 0;
	pkt->l4proto = 0;
	pkt->ttl = 0;
	pkt->dscp = 0;
	pkt->ingress_priority = pkt->offload.tag_priority;
	if (sl_parse_eth(pkt) != SL_GO || parse_l3(pkt) != SL_GO)
		return SL_DROP;
	if ((pkt->offload.flags & ~SL_OFFLOAD_VALID) || sl_parse_is_gso(pkt))
		return check_offload(pkt);
	return SL_GO;
}
