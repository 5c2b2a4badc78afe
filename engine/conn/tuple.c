/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/tuple.h>

#include <stdio.h>

const char *
sl_addr_print(
    uint8_t family, const struct sl_addr *addr, char buf[SL_ADDR_TEXT])
{
	int af = family == SL_IPV6 ? AF_INET6 : AF_INET;

	if (!inet_ntop(af, addr->u.b, buf, SL_ADDR_TEXT))
		buf[0] = '\0';
	return buf;
}

bool
sl_addr_parse(const char *text, uint8_t *family, struct sl_addr *addr)
{
	struct sl_addr a = {0};

	if (inet_pton(AF_INET, text, a.u.b) == 1)
		*family = SL_IPV4;
	else if (inet_pton(AF_INET6, text, a.u.b) == 1)
		*family = SL_IPV6;
	else
		return false;
	*addr = a;
	return true;
}

static const char *
proto_name(uint8_t l4proto, char buf[8])
{
	switch (l4proto) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_UDPLITE:
		return "udp-lite";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_DCCP:
		return "dccp";
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_ICMPV6:
		return "icmpv6";
	case IPPROTO_GRE:
		return "gre";
	default:
		snprintf(buf, 8, "%u", l4proto);
		return buf;
	}
}

/* "192.0.2.1:80", "[2001:db8::1]:80", or the bare address without ids. */
static void
print_end(const struct sl_tuple *t, const struct sl_addr *addr, sl_be16 id,
    char buf[SL_ADDR_TEXT + 10])
{
	char text[SL_ADDR_TEXT];
	bool is_v6 = t->family == SL_IPV6;

	sl_addr_print(t->family, addr, text);
	if (!sl_tuple_has_ids(t) && id == 0)
		snprintf(buf, SL_ADDR_TEXT + 10, "%s", text);
	else
		snprintf(buf, SL_ADDR_TEXT + 10, is_v6 ? "[%s]:%u" : "%s:%u",
		    text, ntohs(id));
}

const char *
sl_tuple_print(const struct sl_tuple *t, char buf[SL_TUPLE_TEXT])
{
	char src[SL_ADDR_TEXT + 10], dst[SL_ADDR_TEXT + 10], proto[8];

	print_end(t, &t->src, t->src_id, src);
	print_end(t, &t->dst, t->dst_id, dst);
	snprintf(buf, SL_TUPLE_TEXT, "%s %s->%s", proto_name(t->l4proto, proto),
	    src, dst);
	return buf;
}
