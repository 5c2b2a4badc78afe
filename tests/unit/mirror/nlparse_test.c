/* SPDX-License-Identifier: Apache-2.0 */
/* On messages that the running kernel gives: as they are, cut, and damaged. */
#include <mirror/nlparse.h>

#include "../io/netns.h"

#include <base/random.h>
#include <conn/tuple.h>

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#define MESSAGES_MAX 512
#define DAMAGES	     200 /* of each message */

static struct nlmsghdr *messages[MESSAGES_MAX];
static unsigned n_messages;

static int
keep(const struct nlmsghdr *nlh, void *arg)
{
	struct nlmsghdr *copy = malloc(nlh->nlmsg_len);

	(void)arg;
	assert_non_null(copy);
	assert_true(n_messages < MESSAGES_MAX);
	memcpy(copy, nlh, nlh->nlmsg_len);
	messages[n_messages++] = copy;
	return MNL_CB_OK;
}

static void
dump(uint16_t type, uint8_t family)
{
	struct mnl_socket *s = mnl_socket_open(NETLINK_ROUTE);
	char buf[32768] = {0};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtgenmsg *body;
	ssize_t n;
	int rc = 1;

	assert_non_null(s);
	assert_int_equal(mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID), 0);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	body = mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	body->rtgen_family = family;
	assert_true(mnl_socket_sendto(s, nlh, nlh->nlmsg_len) > 0);
	while (rc > 0) {
		n = mnl_socket_recvfrom(s, buf, sizeof(buf));
		assert_true(n > 0);
		rc = mnl_cb_run(buf, (size_t)n, 0, 0, keep, NULL);
	}
	assert_int_equal(rc, 0);
	mnl_socket_close(s);
}

static int
setup(void **state)
{
	static const uint16_t types[] = {
	    RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH};

	enter_netns(state);
	if (has_netns) {
		sh("ip link set lo up");
		sh("ip link add wire0 mtu 1400 type veth peer name peer0");
		sh("ip link set wire0 address 02:00:00:00:00:77");
		sh("ip link set wire0 up; ip link set peer0 up");
		sh("ip link add br0 type bridge");
		sh("ip addr add 192.0.2.1/24 dev wire0");
		sh("ip addr add 10.0.0.1 peer 10.0.0.2/32 dev wire0");
		sh("ip addr add 2001:db8::1/64 dev wire0 nodad");
		sh("ip route add 10.1.0.0/16 via 192.0.2.9 metric 7 mtu 1300");
		sh("ip route add blackhole 10.2.0.0/16");
		sh("ip route add unreachable 2001:db8:2::/48");
		sh("ip route add 10.3.0.0/16 nexthop via 192.0.2.8 weight 3 "
		   "nexthop via 192.0.2.9 weight 1");
		sh("ip route add 10.4.0.0/16 via inet6 2001:db8::9 dev wire0");
		sh("ip route add 10.5.0.0/16 tos 4 via 192.0.2.9");
		sh("ip route add 10.6.0.0/16 via 192.0.2.9 table 77");
		/* With its peer down it has no carrier. */
		sh("ip link add wire1 type veth peer name peer1");
		sh("ip link set wire1 up");
		sh("ip route add 10.7.0.0/16 dev wire1");
		sh("ip -6 route add 2001:db8:3::/48 nexthop via 2001:db8::8 "
		   "nexthop via 2001:db8::9");
		sh("ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev wire0");
		sh("ip neigh add 2001:db8::9 lladdr 02:00:00:00:00:19 dev "
		   "wire0 nud stale");
	}
	dump(RTM_GETLINK, AF_UNSPEC);
	for (unsigned i = 0; i < SL_COUNT_OF(types); i++) {
		dump(types[i], AF_INET);
		dump(types[i], AF_INET6);
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	while (n_messages)
		free(messages[--n_messages]);
	return 0;
}

static void
links_are_read(void **state)
{
	unsigned seen = 0;
	struct sl_link link;

	(void)state;
	if (!has_netns)
		skip();
	for (unsigned i = 0; i < n_messages; i++) {
		if (!sl_nlparse_link(messages[i], &link))
			continue;
		if (!strcmp(link.name, "lo")) {
			assert_false(link.ethernet);
			seen |= 1;
		} else if (!strcmp(link.name, "wire0")) {
			assert_int_equal(link.mtu, 1400);
			assert_string_equal(link.kind, "veth");
			assert_int_equal(link.mac[5], 0x77);
			assert_true(link.ethernet);
			seen |= 2;
		} else if (!strcmp(link.name, "br0")) {
			assert_string_equal(link.kind, "bridge");
			seen |= 4;
		}
	}
	assert_int_equal(seen, 7);
}

static void
addresses_are_read(void **state)
{
	static const struct {
		const char *addr;
		uint8_t len, scope;
	} want[] = {
	    {"127.0.0.1", 8, RT_SCOPE_HOST},
	    {"192.0.2.1", 24, RT_SCOPE_UNIVERSE},
	    {"10.0.0.1", 32, RT_SCOPE_UNIVERSE}, /* not the peer */
	    {"2001:db8::1", 64, RT_SCOPE_UNIVERSE},
	};
	unsigned seen = 0;
	struct sl_ifaddr a;
	char text[SL_ADDR_TEXT];

	(void)state;
	if (!has_netns)
		skip();
	for (unsigned i = 0; i < n_messages; i++) {
		if (!sl_nlparse_addr(messages[i], &a))
			continue;
		sl_addr_print(a.family, &a.addr, text);
		for (unsigned w = 0; w < SL_COUNT_OF(want); w++) {
			if (strcmp(text, want[w].addr))
				continue;
			assert_int_equal(a.prefix_len, want[w].len);
			assert_int_equal(a.scope, want[w].scope);
			seen |= 1u << w;
		}
	}
	assert_int_equal(seen, (1u << SL_COUNT_OF(want)) - 1);
}

static void
routes_are_read(void **state)
{
	static const struct {
		const char *dst;
		uint8_t len, type, hops, weight; /* of the first hop */
		uint32_t table, metric, mtu;
		const char *gateway;
		bool dead;
	} want[] = {
	    {"192.0.2.0", 24, SL_ROUTE_UNICAST, 1, 1, 254, 0, 0, ""},
	    {"192.0.2.1", 32, SL_ROUTE_LOCAL, 1, 1, 255, 0, 0, ""},
	    {"192.0.2.255", 32, SL_ROUTE_BROADCAST, 1, 1, 255, 0, 0, ""},
	    {"10.1.0.0", 16, SL_ROUTE_UNICAST, 1, 1, 254, 7, 1300, "192.0.2.9"},
	    {"10.2.0.0", 16, SL_ROUTE_BLACKHOLE, 0, 0, 254, 0, 0, ""},
	    {"10.3.0.0", 16, SL_ROUTE_UNICAST, 2, 3, 254, 0, 0, "192.0.2.8"},
	    {"10.4.0.0", 16, SL_ROUTE_UNICAST, 1, 1, 254, 0, 0, "2001:db8::9"},
	    {"10.6.0.0", 16, SL_ROUTE_UNICAST, 1, 1, 77, 0, 0, "192.0.2.9"},
	    {"10.7.0.0", 16, SL_ROUTE_UNICAST, 1, 1, 254, 0, 0, "", true},
	    {"2001:db8:3::", 48, SL_ROUTE_UNICAST, 2, 1, 254, 1024, 0,
		"2001:db8::8"},
	};
	unsigned seen = 0;
	struct sl_kroute k;
	char text[SL_ADDR_TEXT];

	(void)state;
	if (!has_netns)
		skip();
	for (unsigned i = 0; i < n_messages; i++) {
		const struct sl_fib_hop *hop = &k.route.hop[0];

		if (!sl_nlparse_route(messages[i], &k))
			continue;
		sl_addr_print(k.family, &k.route.dst, text);
		assert_string_not_equal(text, "10.5.0.0"); /* by TOS */
		for (unsigned w = 0; w < SL_COUNT_OF(want); w++) {
			char gateway[SL_ADDR_TEXT] = "";

			if (strcmp(text, want[w].dst) ||
			    k.route.len != want[w].len)
				continue;
			assert_int_equal(k.route.type, want[w].type);
			assert_int_equal(k.route.hops, want[w].hops);
			assert_int_equal(hop->weight, want[w].weight);
			assert_int_equal(k.table, want[w].table);
			assert_int_equal(k.dead, want[w].dead);
			assert_int_equal(k.route.metric, want[w].metric);
			assert_int_equal(k.route.mtu, want[w].mtu);
			if (hop->gateway_family)
				sl_addr_print(hop->gateway_family,
				    &hop->gateway, gateway);
			assert_string_equal(gateway, want[w].gateway);
			seen |= 1u << w;
		}
	}
	assert_int_equal(seen, (1u << SL_COUNT_OF(want)) - 1);
}

static void
neighbors_are_read(void **state)
{
	unsigned seen = 0;
	struct sl_neigh_entry e;
	uint32_t ifindex;
	char text[SL_ADDR_TEXT];

	(void)state;
	if (!has_netns)
		skip();
	for (unsigned i = 0; i < n_messages; i++) {
		if (messages[i]->nlmsg_type != RTM_NEWNEIGH ||
		    !sl_nlparse_neigh(messages[i], &ifindex, &e))
			continue;
		sl_addr_print(e.family, &e.addr, text);
		if (!strcmp(text, "192.0.2.9")) {
			assert_int_equal(e.state, SL_NEIGH_OK);
			assert_int_equal(e.mac[5], 0x09);
			seen |= 1;
		} else if (!strcmp(text, "2001:db8::9")) {
			assert_int_equal(e.state, SL_NEIGH_STALE);
			assert_int_equal(e.mac[5], 0x19);
			seen |= 2;
		}
	}
	assert_int_equal(seen, 3);
}

/* Whatever is read must be fit for the tables that it goes to. */
static void
read_all(const struct nlmsghdr *nlh)
{
	struct sl_link link;
	struct sl_ifaddr a;
	struct sl_kroute k;
	struct sl_neigh_entry e;
	uint32_t ifindex;

	if (sl_nlparse_link(nlh, &link)) {
		assert_true(memchr(link.name, 0, sizeof(link.name)) != NULL);
		assert_true(memchr(link.kind, 0, sizeof(link.kind)) != NULL);
	}
	if (sl_nlparse_addr(nlh, &a))
		assert_true(a.prefix_len <= (a.family == SL_IPV4 ? 32 : 128));
	if (sl_nlparse_route(nlh, &k)) {
		assert_true(k.route.len <= (k.family == SL_IPV4 ? 32 : 128));
		assert_true(k.route.hops <= SL_FIB_HOPS_MAX);
		for (int h = 0; h < k.route.hops; h++)
			assert_true(k.route.hop[h].weight > 0);
	}
	if (nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(struct ndmsg)) &&
	    sl_nlparse_neigh(nlh, &ifindex, &e))
		assert_true(e.state <= SL_NEIGH_FAILED);
}

/* A copy of its own on the heap: ASan sees one byte too many.  (Messages are padded
 * to four bytes, and libmnl counts the padding.) */
static void
read_copy(const struct nlmsghdr *nlh, uint32_t len, unsigned damages)
{
	uint8_t *bytes = calloc(1, NLMSG_ALIGN(len));
	struct nlmsghdr *copy = (struct nlmsghdr *)(void *)bytes;

	assert_non_null(bytes);
	memcpy(bytes, nlh, len);
	copy->nlmsg_len = len;
	for (unsigned i = 0; i < damages && len > NLMSG_HDRLEN; i++)
		bytes[NLMSG_HDRLEN + sl_random_below(len - NLMSG_HDRLEN)] =
		    (uint8_t)sl_random_u64();
	read_all(copy);
	free(bytes);
}

static void
cut_messages_are_survived(void **state)
{
	(void)state;
	assert_true(n_messages > 0);
	for (unsigned i = 0; i < n_messages; i++)
		for (uint32_t len = NLMSG_HDRLEN; len <= messages[i]->nlmsg_len;
		     len++)
			read_copy(messages[i], len, 0);
}

static void
damaged_messages_are_survived(void **state)
{
	(void)state;
	for (unsigned i = 0; i < n_messages; i++)
		for (unsigned d = 0; d < DAMAGES; d++)
			read_copy(
			    messages[i], messages[i]->nlmsg_len, 1 + d % 8);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(links_are_read),
	    cmocka_unit_test(addresses_are_read),
	    cmocka_unit_test(routes_are_read),
	    cmocka_unit_test(neighbors_are_read),
	    cmocka_unit_test(cut_messages_are_survived),
	    cmocka_unit_test(damaged_messages_are_survived),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
