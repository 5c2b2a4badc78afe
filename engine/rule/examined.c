/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/examined.h>

#include <base/role.h>

static struct {
	SL_ALIGNED(SL_CACHE_LINE) struct sl_examined one;
} examined[SL_WORKERS_MAX];

struct sl_examined *
sl_examined(struct sl_pkt *pkt)
{
	struct sl_examined *e = &examined[sl_role_worker].one;

	if (pkt->flags & SL_PKT_EXAMINED)
		return e;
	pkt->flags |= SL_PKT_EXAMINED;
	e->content = NULL;
	e->l7_fed = e->tls_read = false;
	return e;
}

static uint32_t
header_len(const struct sl_pkt *pkt)
{
	switch (pkt->l4proto) {
	case IPPROTO_TCP:
		if (pkt->l4_len < 20)
			return UINT32_MAX;
		return SL_MAX(sl_pkt_l4(pkt)[12] >> 4, 5) * 4u;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return 8;
	default:
		return UINT32_MAX;
	}
}

struct sl_span
sl_examined_payload(const struct sl_pkt *pkt)
{
	uint32_t header = header_len(pkt);

	if ((pkt->flags & (SL_PKT_LATER_FRAGMENT | SL_PKT_ICMP_ERROR)) ||
	    header >= pkt->l4_len)
		return (struct sl_span){NULL, 0};
	return (struct sl_span){sl_pkt_l4(pkt) + header, pkt->l4_len - header};
}
