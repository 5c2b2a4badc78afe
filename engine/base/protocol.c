/* SPDX-License-Identifier: Apache-2.0 */
#include <base/protocol.h>

#include <string.h>

/* clang-format off */
#define PROTOCOLS(X)                                                        \
	X("icmp", 1) X("igmp", 2) X("ggp", 3) X("ip-encap", 4) X("st", 5)   \
	X("tcp", 6) X("egp", 8) X("pup", 12) X("udp", 17) X("hmp", 20)      \
	X("xns-idp", 22) X("rdp", 27) X("iso-tp4", 29) X("dccp", 33)        \
	X("xtp", 36) X("ddp", 37) X("idpr-cmtp", 38) X("ipv6-encap", 41)    \
	X("rsvp", 46) X("gre", 47) X("ipsec-esp", 50) X("ipsec-ah", 51)     \
	X("rspf", 73) X("vmtp", 81) X("ospf", 89) X("ipip", 94)             \
	X("etherip", 97) X("encap", 98) X("pim", 103) X("vrrp", 112)        \
	X("l2tp", 115) X("sctp", 132) X("udp-lite", 136) X("icmpv6", 58)    \
	X("ipv6-route", 43) X("ipv6-frag", 44) X("ipv6-nonxt", 59)          \
	X("ipv6-opts", 60) X("hip", 139)
/* clang-format on */

static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
#define X(name, number) {name, number},
    PROTOCOLS(X)
#undef X
};

const char *const sl_protocol_names[] = {
#define X(name, number) name,
    PROTOCOLS(X)
#undef X
	NULL};

const char *
sl_protocol_name(uint8_t number)
{
	for (unsigned i = 0; i < SL_COUNT_OF(protocols); i++)
		if (protocols[i].number == number)
			return protocols[i].name;
	return NULL;
}

int
sl_protocol_number(const char *name)
{
	char *end;
	long n;

	for (unsigned i = 0; i < SL_COUNT_OF(protocols); i++)
		if (!strcmp(protocols[i].name, name))
			return protocols[i].number;
	n = strtol(name, &end, 10);
	return *name && !*end && n >= 0 && n <= 255 ? (int)n : -1;
}
