/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/nlparse.h>

#include <libmnl/libmnl.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define ATTRS_MAX 64

/* The fixed header of 'size' bytes; NULL if the message is shorter. */
static const void *
header_of(const struct nlmsghdr *nlh, size_t size)
{
	return mnl_nlmsg_get_payload_len(nlh) >= size
		   ? mnl_nlmsg_get_payload(nlh)
		   : NULL;
}

/* Attributes by type. */
static void
collect(const struct nlmsghdr *nlh, size_t header, const struct nlattr **tb)
{
	const struct nlattr *attr;

	memset(tb, 0, ATTRS_MAX * sizeof(*tb));
	mnl_attr_for_each(attr, nlh, header)
	{
		uint16_t type = mnl_attr_get_type(attr);

		if (type < ATTRS_MAX)
			tb[type] = attr;
	}
}

static uint32_t
u32_of(const struct nlattr *attr, uint32_t otherwise)
{
	if (!attr || mnl_attr_get_payload_len(attr) < 4)
		return otherwise;
	return mnl_attr_get_u32(attr);
}

static bool
addr_of(const struct nlattr *attr, uint8_t family, struct sl_addr *addr)
{
	size_t len = family == SL_IPV4 ? 4 : 16;

	memset(addr, 0, sizeof(*addr));
	if (!attr || mnl_attr_get_payload_len(attr) < len)
		return false;
	memcpy(addr, mnl_attr_get_payload(attr), len);
	return true;
}

static uint8_t
family_of(uint8_t af)
{
	return af == AF_INET ? SL_IPV4 : af == AF_INET6 ? SL_IPV6 : 0;
}

static unsigned
bits_of(uint8_t family)
{
	return family == SL_IPV4 ? 32 : 128;
}

static void
copy_text(const struct nlattr *attr, char *out, size_t size)
{
	size_t len = attr ? mnl_attr_get_payload_len(attr) : 0;

	len = SL_MIN(len, size - 1);
	if (len)
		memcpy(out, mnl_attr_get_payload(attr), len);
	out[len] = '\0';
}

static void
copy_kind(const struct nlattr *info, struct sl_link *link)
{
	const struct nlattr *attr;

	if (!info)
		return;
	mnl_attr_for_each_nested(
	    attr, info) if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
	    copy_text(attr, link->kind, sizeof(link->kind));
}

bool
sl_nlparse_link(const struct nlmsghdr *nlh, struct sl_link *link)
{
	const struct ifinfomsg *ifi = header_of(nlh, sizeof(*ifi));
	const struct nlattr *tb[ATTRS_MAX];

	memset(link, 0, sizeof(*link));
	if (nlh->nlmsg_type != RTM_NEWLINK || !ifi || ifi->ifi_index <= 0)
		return false;
	collect(nlh, sizeof(*ifi), tb);
	if (!tb[IFLA_IFNAME])
		return false;
	link->ifindex = (uint32_t)ifi->ifi_index;
	link->flags = ifi->ifi_flags;
	link->ethernet = ifi->ifi_type == ARPHRD_ETHER;
	link->mtu = u32_of(tb[IFLA_MTU], 1500);
	copy_text(tb[IFLA_IFNAME], link->name, sizeof(link->name));
	copy_kind(tb[IFLA_LINKINFO], link);
	if (tb[IFLA_ADDRESS] && mnl_attr_get_payload_len(tb[IFLA_ADDRESS]) == 6)
		memcpy(link->mac, mnl_attr_get_payload(tb[IFLA_ADDRESS]), 6);
	return true;
}

bool
sl_nlparse_addr(const struct nlmsghdr *nlh, struct sl_ifaddr *addr)
{
	const struct ifaddrmsg *ifa = header_of(nlh, sizeof(*ifa));
	const struct nlattr *tb[ATTRS_MAX];

	memset(addr, 0, sizeof(*addr));
	if (nlh->nlmsg_type != RTM_NEWADDR || !ifa)
		return false;
	addr->family = family_of(ifa->ifa_family);
	if (!addr->family || ifa->ifa_prefixlen > bits_of(addr->family))
		return false;
	collect(nlh, sizeof(*ifa), tb);
	addr->ifindex = ifa->ifa_index;
	addr->prefix_len = ifa->ifa_prefixlen;
	addr->scope = ifa->ifa_scope;
	addr->flags = u32_of(tb[IFA_FLAGS], ifa->ifa_flags);
	/* On point-to-point links IFA_ADDRESS is the peer. */
	return addr_of(tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS],
	    addr->family, &addr->addr);
}

static uint8_t
route_type(uint8_t rtn)
{
	switch (rtn) {
	case RTN_UNICAST:
		return SL_ROUTE_UNICAST;
	case RTN_LOCAL:
		return SL_ROUTE_LOCAL;
	case RTN_BROADCAST:
		return SL_ROUTE_BROADCAST;
	case RTN_ANYCAST:
		return SL_ROUTE_ANYCAST;
	case RTN_MULTICAST:
		return SL_ROUTE_MULTICAST;
	case RTN_BLACKHOLE:
		return SL_ROUTE_BLACKHOLE;
	case RTN_UNREACHABLE:
		return SL_ROUTE_UNREACHABLE;
	case RTN_PROHIBIT:
		return SL_ROUTE_PROHIBIT;
	default:
		return SL_ROUTE_NONE;
	}
}

static void
set_gateway(struct sl_fib_hop *hop, uint8_t family, const struct nlattr *gw,
    const struct nlattr *via)
{
	if (addr_of(gw, family, &hop->gateway)) {
		hop->gateway_family = family;
	} else if (via && mnl_attr_get_payload_len(via) >= 2 + 16) {
		const struct rtvia *v = mnl_attr_get_payload(via);

		if (v->rtvia_family != AF_INET6)
			return;
		memcpy(&hop->gateway, v->rtvia_addr, 16);
		hop->gateway_family = SL_IPV6; // RFC 8950 style next hop
	}
}

static void
add_hop(struct sl_kroute *k, uint32_t oif, unsigned weight,
    const struct nlattr *const *tb)
{
	struct sl_fib_hop *hop;

	if (k->route.hops == SL_FIB_HOPS_MAX)
		return;
	hop = &k->route.hop[k->route.hops];
	hop->weight = (uint8_t)SL_MIN(weight, 255u);
	set_gateway(hop, k->family, tb[RTA_GATEWAY], tb[RTA_VIA]);
	k->hop_oif[k->route.hops++] = oif;
}

static void
add_multipath(struct sl_kroute *k, const struct nlattr *multi)
{
	const struct rtnexthop *nh = mnl_attr_get_payload(multi);
	int left = mnl_attr_get_payload_len(multi);

	while (left >= (int)sizeof(*nh) && RTNH_OK(nh, left)) {
		const struct nlattr *tb[ATTRS_MAX] = {NULL}, *attr;
		size_t size = nh->rtnh_len - sizeof(*nh);

		mnl_attr_for_each_payload((const void *)RTNH_DATA(nh), size)
		{
			if (mnl_attr_get_type(attr) < ATTRS_MAX)
				tb[mnl_attr_get_type(attr)] = attr;
		}
		if (!(nh->rtnh_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)))
			add_hop(k, (uint32_t)nh->rtnh_ifindex,
			    nh->rtnh_hops + 1u, tb);
		left -= (int)RTNH_ALIGN(nh->rtnh_len);
		nh = RTNH_NEXT(nh);
	}
}

static uint32_t
route_mtu(const struct nlattr *metrics)
{
	const struct nlattr *attr;

	if (metrics)
		mnl_attr_for_each_nested(
		    attr, metrics) if (mnl_attr_get_type(attr) ==
				       RTAX_MTU) return u32_of(attr, 0);
	return 0;
}

bool
sl_nlparse_route(const struct nlmsghdr *nlh, struct sl_kroute *k)
{
	const struct rtmsg *rtm = header_of(nlh, sizeof(*rtm));
	const struct nlattr *tb[ATTRS_MAX];

	memset(k, 0, sizeof(*k));
	if (nlh->nlmsg_type != RTM_NEWROUTE || !rtm)
		return false;
	k->family = family_of(rtm->rtm_family);
	k->route.type = route_type(rtm->rtm_type);
	if (!k->family || !k->route.type || (rtm->rtm_flags & RTM_F_CLONED) ||
	    rtm->rtm_dst_len > bits_of(k->family))
		return false;
	if (rtm->rtm_src_len || rtm->rtm_tos) // we route by destination alone
		return false;
	collect(nlh, sizeof(*rtm), tb);
	addr_of(tb[RTA_DST], k->family, &k->route.dst);
	k->route.len = rtm->rtm_dst_len;
	k->table = u32_of(tb[RTA_TABLE], rtm->rtm_table);
	k->protocol = rtm->rtm_protocol;
	k->route.metric = u32_of(tb[RTA_PRIORITY], 0);
	k->route.mtu = route_mtu(tb[RTA_METRICS]);
	k->route.realm = u32_of(tb[RTA_FLOW], 0);
	if (tb[RTA_MULTIPATH])
		add_multipath(k, tb[RTA_MULTIPATH]);
	else if (tb[RTA_OIF])
		add_hop(k, u32_of(tb[RTA_OIF], 0), 1, tb);
	k->dead = !tb[RTA_MULTIPATH] &&
		  (rtm->rtm_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN));
	k->oif = k->hop_oif[0];
	/* One of which every hop is dead is none. */
	return k->route.type != SL_ROUTE_UNICAST || k->route.hops;
}

bool
sl_nlparse_neigh(
    const struct nlmsghdr *nlh, uint32_t *ifindex, struct sl_neigh_entry *e)
{
	const struct ndmsg *nd = header_of(nlh, sizeof(*nd));
	const struct nlattr *tb[ATTRS_MAX];

	memset(e, 0, sizeof(*e));
	if (!nd || (nd->ndm_flags & NTF_PROXY))
		return false;
	e->family = family_of(nd->ndm_family);
	if (!e->family)
		return false;
	collect(nlh, sizeof(*nd), tb);
	if (!addr_of(tb[NDA_DST], e->family, &e->addr))
		return false;
	*ifindex = (uint32_t)nd->ndm_ifindex;
	e->nud = nd->ndm_state;
	if (tb[NDA_LLADDR] && mnl_attr_get_payload_len(tb[NDA_LLADDR]) == 6)
		memcpy(e->mac, mnl_attr_get_payload(tb[NDA_LLADDR]), 6);
	else if (e->nud & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE |
			      NUD_PERMANENT | NUD_NOARP))
		return false; // a state with an address, but none given
	if (e->nud & NUD_FAILED)
		e->state = SL_NEIGH_FAILED;
	else if (e->nud & NUD_STALE)
		e->state = SL_NEIGH_STALE;
	else if (e->nud & (NUD_REACHABLE | NUD_DELAY | NUD_PROBE |
			      NUD_PERMANENT | NUD_NOARP))
		e->state = SL_NEIGH_OK;
	else
		e->state = SL_NEIGH_UNKNOWN;
	return true;
}
