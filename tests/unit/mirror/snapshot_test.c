/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/state.h>

#include <mirror/neigh.h>
#include <mirror/static.h>

#include <base/hash.h>
#include <base/log.h>
#include <base/role.h>
#include <conn/tuple.h>

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct sl_addr
addr(const char *text)
{
	struct sl_addr a = {0};
	uint8_t family;

	assert_true(sl_addr_parse(text, &family, &a));
	return a;
}

static int
setup(void **state)
{
	struct sl_err err = {0};

	(void)state;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	assert_int_equal(sl_mirror_init(&err), 0);
	assert_int_equal(sl_neigh_init(&err), 0);
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = {"lan", "wan", "dmz"};
		struct sl_port *port = sl_port_add(names[i], names[i], &err);

		assert_non_null(port);
		assert_int_equal(sl_static_add_port(port, 1500), 0);
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_static_neighbors(false);
	sl_ports_clear();
	sl_mirror_fini();
	sl_neigh_fini();
	return 0;
}

/* Index of port n is n + 1; see static.h.  99 is nobody's. */
enum { LAN, WAN, DMZ, ELSEWHERE = 98 };

struct hop {
	uint16_t port;
	uint8_t weight;
	const char *gateway; /* NULL: on link */
};

struct route {
	const char *dst;
	uint8_t len, type;
	uint32_t table, metric, mtu;
	struct hop hop[3];
	bool dead;
};

static void
add_route(const struct route *r)
{
	struct sl_kroute k = {.table = r->table ? r->table : SL_TABLE_MAIN};

	assert_true(sl_addr_parse(r->dst, &k.family, &k.route.dst));
	k.route.len = r->len;
	k.route.type = r->type ? r->type : SL_ROUTE_UNICAST;
	k.route.metric = r->metric;
	k.route.mtu = r->mtu;
	k.dead = r->dead;
	for (int i = 0; i < 3 && r->hop[i].weight; i++) {
		struct sl_fib_hop *hop = &k.route.hop[k.route.hops];

		hop->weight = r->hop[i].weight;
		if (r->hop[i].gateway)
			assert_true(sl_addr_parse(r->hop[i].gateway,
			    &hop->gateway_family, &hop->gateway));
		k.hop_oif[k.route.hops++] = r->hop[i].port + 1u;
	}
	assert_int_equal(sl_mirror_add_route(&k), 0);
}

static const struct route routes[] = {
    {"192.0.2.1", 32, SL_ROUTE_LOCAL, RT_TABLE_LOCAL, .hop = {{LAN, 1}}},
    {"192.0.2.255", 32, SL_ROUTE_BROADCAST, RT_TABLE_LOCAL, .hop = {{LAN, 1}}},
    {"192.0.2.0", 24, .hop = {{LAN, 1}}},
    {"0.0.0.0", 0, .metric = 20, .hop = {{DMZ, 1, "203.0.113.9"}}},
    {"0.0.0.0", 0, .metric = 10, .mtu = 1400,
	.hop = {{WAN, 1, "198.51.100.1"}}},
    {"10.0.0.0", 8, SL_ROUTE_BLACKHOLE},
    {"10.1.0.0", 16, SL_ROUTE_UNREACHABLE},
    {"10.2.0.0", 16, SL_ROUTE_PROHIBIT},
    {"10.3.0.0", 16, .hop = {{ELSEWHERE, 1}}},
    {"10.4.0.0", 16, .hop = {{WAN, 1, "2001:db8::9"}}},
    {"0.0.0.0", 0, .metric = 5, .dead = true, .hop = {{DMZ, 1}}},
    {"172.16.0.0", 12, .table = 77, .hop = {{DMZ, 1}}},
    {"2001:db8:1::1", 128, SL_ROUTE_LOCAL, RT_TABLE_LOCAL, .hop = {{LAN, 1}}},
    {"2001:db8:1::", 64, .hop = {{LAN, 1}}},
    {"::", 0, .hop = {{WAN, 1, "fe80::1"}}},
};

static void
routes_are_looked_up_in_order(void **state)
{
	static const struct {
		const char *dst;
		uint32_t table;
		uint8_t type;
		uint16_t port;
		const char *gateway;
		uint32_t mtu;
	} rows[] = {
	    {"192.0.2.1", SL_TABLE_MAIN, SL_ROUTE_LOCAL, LAN},
	    {"192.0.2.255", SL_TABLE_MAIN, SL_ROUTE_BROADCAST, LAN},
	    {"192.0.2.7", SL_TABLE_MAIN, SL_ROUTE_UNICAST, LAN},
	    {"8.8.8.8", SL_TABLE_MAIN, SL_ROUTE_UNICAST, WAN, "198.51.100.1",
		1400},
	    {"10.9.9.9", SL_TABLE_MAIN, SL_ROUTE_BLACKHOLE, SL_PORT_NONE},
	    {"10.1.9.9", SL_TABLE_MAIN, SL_ROUTE_UNREACHABLE, SL_PORT_NONE},
	    {"10.2.9.9", SL_TABLE_MAIN, SL_ROUTE_PROHIBIT, SL_PORT_NONE},
	    {"10.3.9.9", SL_TABLE_MAIN, SL_ROUTE_UNICAST, SL_PORT_NONE},
	    {"10.4.9.9", SL_TABLE_MAIN, SL_ROUTE_UNICAST, WAN, "2001:db8::9"},
	    {"172.16.0.1", 77, SL_ROUTE_UNICAST, DMZ},
	    /* What a table does not know, main may. */
	    {"8.8.8.8", 77, SL_ROUTE_UNICAST, WAN, "198.51.100.1", 1400},
	    {"192.0.2.1", 77, SL_ROUTE_LOCAL, LAN},
	    {"10.9.9.9", 77, SL_ROUTE_BLACKHOLE, SL_PORT_NONE},
	    {"172.16.0.1", 78, SL_ROUTE_UNICAST, WAN, "198.51.100.1", 1400},
	    {"2001:db8:1::1", SL_TABLE_MAIN, SL_ROUTE_LOCAL, LAN},
	    {"2001:db8:1::2", SL_TABLE_MAIN, SL_ROUTE_UNICAST, LAN},
	    {"2001:db8:2::2", SL_TABLE_MAIN, SL_ROUTE_UNICAST, WAN, "fe80::1"},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(routes); i++)
		add_route(&routes[i]);
	assert_int_equal(sl_mirror_publish(), 0);
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_addr dst, gateway = {0};
		uint8_t family, gateway_family = 0;
		struct sl_route r;

		assert_true(sl_addr_parse(rows[i].dst, &family, &dst));
		if (rows[i].gateway)
			assert_true(sl_addr_parse(
			    rows[i].gateway, &gateway_family, &gateway));
		sl_mirror_route_rcu(family, rows[i].table, &dst, 1, &r);
		assert_int_equal(r.type, rows[i].type);
		assert_int_equal(r.out_port, rows[i].port);
		assert_int_equal(r.mtu, rows[i].mtu);
		assert_int_equal(r.gateway_family, gateway_family);
		assert_memory_equal(&r.gateway, &gateway, sizeof(gateway));
		assert_int_equal(sl_mirror_is_local_rcu(family, &dst),
		    rows[i].type == SL_ROUTE_LOCAL);
	}
}

static unsigned
lines_about_tables(void)
{
	struct sl_log_line line = {0};
	unsigned n = 0;

	sl_log_drain();
	while (sl_log_next(line.seq, &line))
		n += strstr(line.text, "routing tables") != NULL;
	return n;
}

/* The ones that there is room for work; the rest is said, not silently lost. */
static void
too_many_tables(void **state)
{
	struct route r = {"172.16.0.0", 12, .hop = {{DMZ, 1}}};
	struct sl_route found;
	struct sl_addr dst;
	unsigned n = 0;

	(void)state;
	for (uint32_t t = 1000; t < 1100; t++) {
		r.table = t;
		add_route(&r);
	}
	dst = addr("172.16.0.1");
	assert_int_equal(sl_mirror_publish(), 0);
	for (uint32_t t = 1000; t < 1100; t++) {
		sl_mirror_route_rcu(SL_IPV4, t, &dst, 1, &found);
		n += found.type == SL_ROUTE_UNICAST;
	}
	assert_int_equal(n, 64);
	assert_int_equal(lines_about_tables(), 1);
	assert_int_equal(sl_mirror_publish(), 0);
	assert_int_equal(lines_about_tables(), 1);
}

static void
address_types(void **state)
{
	static const struct {
		const char *addr;
		uint8_t type;
	} rows[] = {
	    {"224.0.0.1", SL_ROUTE_MULTICAST},
	    {"239.255.255.255", SL_ROUTE_MULTICAST},
	    {"255.255.255.255", SL_ROUTE_BROADCAST},
	    {"192.0.2.255", SL_ROUTE_BROADCAST},
	    {"192.0.2.1", SL_ROUTE_LOCAL},
	    {"8.8.8.8", SL_ROUTE_UNICAST},
	    {"10.9.9.9", SL_ROUTE_BLACKHOLE},
	    {"ff02::1", SL_ROUTE_MULTICAST},
	    {"2001:db8:1::1", SL_ROUTE_LOCAL},
	    {"2001:db8:9::1", SL_ROUTE_UNICAST},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(routes); i++)
		add_route(&routes[i]);
	sl_mirror_publish();
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_addr a;
		uint8_t family;

		assert_true(sl_addr_parse(rows[i].addr, &family, &a));
		assert_int_equal(
		    sl_mirror_addr_type_rcu(family, &a), rows[i].type);
	}
}

/* Shares follow the weights, and a flow stays where it is. */
static void
several_hops_share_by_weight(void **state)
{
	static const struct route multi = {
	    "0.0.0.0", 0, .hop = {{LAN, 1}, {WAN, 2}, {DMZ, 5}}};
	struct sl_addr dst = addr("203.0.113.1");
	uint32_t count[3] = {0};
	struct sl_route r, again;

	(void)state;
	add_route(&multi);
	sl_mirror_publish();
	for (uint32_t flow = 0; flow < 80000; flow++) {
		uint32_t f = flow * 2654435761u;

		sl_mirror_route_rcu(SL_IPV4, SL_TABLE_MAIN, &dst, f, &r);
		sl_mirror_route_rcu(SL_IPV4, SL_TABLE_MAIN, &dst, f, &again);
		assert_int_equal(r.out_port, again.out_port);
		assert_in_range(r.out_port, LAN, DMZ);
		count[r.out_port]++;
	}
	assert_in_range(count[LAN], 9000, 11000);
	assert_in_range(count[WAN], 19000, 21000);
	assert_in_range(count[DMZ], 48500, 51500);
}

static void
the_source_address_fits_the_destination(void **state)
{
	static const struct {
		uint16_t port;
		const char *addr;
		uint8_t len, scope;
		uint32_t flags;
	} addrs[] = {
	    {LAN, "192.0.2.1", 24},
	    {LAN, "10.0.0.1", 8},
	    {LAN, "192.0.2.2", 24, .flags = IFA_F_SECONDARY},
	    {WAN, "fe80::1", 64, RT_SCOPE_LINK},
	    {WAN, "2001:db8:9::1", 64, .flags = IFA_F_TENTATIVE},
	    {WAN, "2001:db8:8::1", 64, .flags = IFA_F_DEPRECATED},
	    {WAN, "2001:db8:1::1", 64},
	    {WAN, "2001:db8:2::1", 64},
	    {DMZ, "fe80::2", 64, RT_SCOPE_LINK},
	    {DMZ, "169.254.1.1", 16, RT_SCOPE_LINK},
	};
	static const struct {
		uint16_t port;
		const char *dst, *want; /* NULL: none */
	} rows[] = {
	    {LAN, "192.0.2.77", "192.0.2.1"},
	    {LAN, "10.9.9.9", "10.0.0.1"},
	    {LAN, "203.0.113.1", "192.0.2.1"},
	    {LAN, "2001:db8::1", NULL},
	    {WAN, "203.0.113.1", NULL},
	    {WAN, "2001:db8:1::9", "2001:db8:1::1"},
	    {WAN, "2001:db8:2::9", "2001:db8:2::1"},
	    {WAN, "2001:db8:8::9", "2001:db8:1::1"},
	    {WAN, "2001:db8:9::9", "2001:db8:1::1"},
	    {WAN, "2600::1", "2001:db8:1::1"},
	    {WAN, "fe80::99", "fe80::1"},
	    {DMZ, "2600::1", NULL},
	    {DMZ, "203.0.113.1", "169.254.1.1"},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(addrs); i++) {
		struct sl_ifaddr a = {.ifindex = addrs[i].port + 1u,
		    .prefix_len = addrs[i].len,
		    .scope = addrs[i].scope,
		    .flags = addrs[i].flags};

		assert_true(sl_addr_parse(addrs[i].addr, &a.family, &a.addr));
		assert_int_equal(sl_mirror_add_addr(&a), 0);
	}
	sl_mirror_publish();
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_addr dst, got, want;
		uint8_t family;
		bool found;

		assert_true(sl_addr_parse(rows[i].dst, &family, &dst));
		found =
		    sl_mirror_port_addr_rcu(rows[i].port, family, &dst, &got);
		assert_int_equal(found, rows[i].want != NULL);
		if (!found)
			continue;
		want = addr(rows[i].want);
		assert_memory_equal(&got, &want, sizeof(got));
	}
}

/* Config to mirror without a kernel. */
static void
static_addresses_bring_their_routes(void **state)
{
	struct sl_ifaddr a = {.ifindex = LAN + 1,
	    .family = SL_IPV4,
	    .prefix_len = 24,
	    .addr = addr("192.0.2.1")};
	struct sl_kroute k = {.family = SL_IPV4,
	    .protocol = RTPROT_STATIC,
	    .table = SL_TABLE_MAIN,
	    .route = {.type = SL_ROUTE_UNICAST, .hops = 1, .metric = 1}};
	static const struct {
		const char *dst;
		uint8_t with, without; /* type while the address is there */
	} rows[] = {
	    {"192.0.2.1", SL_ROUTE_LOCAL, SL_ROUTE_NONE},
	    {"192.0.2.255", SL_ROUTE_BROADCAST, SL_ROUTE_NONE},
	    {"192.0.2.9", SL_ROUTE_UNICAST, SL_ROUTE_NONE},
	    {"8.8.8.8", SL_ROUTE_UNICAST, SL_ROUTE_NONE},
	};
	struct sl_err err = {0};
	struct sl_route r;

	(void)state;
	k.route.hop[0] = (struct sl_fib_hop){.weight = 1,
	    .gateway_family = SL_IPV4,
	    .gateway = addr("192.0.2.254")};
	assert_int_equal(sl_static_backend.route(true, &k, &err), -ENETUNREACH);
	assert_int_equal(sl_static_backend.addr(true, &a, NULL), 0);
	assert_int_equal(sl_static_backend.route(true, &k, NULL), 0);
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_addr dst = addr(rows[i].dst);

		sl_mirror_route_rcu(SL_IPV4, SL_TABLE_MAIN, &dst, 0, &r);
		assert_int_equal(r.type, rows[i].with);
		assert_int_equal(r.out_port, LAN);
	}
	assert_int_equal(sl_static_backend.route(false, &k, NULL), 0);
	assert_int_equal(sl_static_backend.addr(false, &a, NULL), 0);
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_addr dst = addr(rows[i].dst);

		sl_mirror_route_rcu(SL_IPV4, SL_TABLE_MAIN, &dst, 0, &r);
		assert_int_equal(r.type, rows[i].without);
	}
	assert_int_equal(sl_mirror_state.n_addrs, 0);
	assert_int_equal(sl_mirror_state.n_routes, 0);
}

static uint32_t asked;
static struct sl_addr last_asked;

static void
on_ask(uint16_t port, uint8_t family, const struct sl_addr *a)
{
	assert_int_equal(port, WAN);
	assert_int_equal(family, SL_IPV4);
	assert_int_equal(a->u.w[0], asked % 100); /* in order */
	asked++;
	last_asked = *a;
}

static void
questions_come_in_order_and_never_block(void **state)
{
	struct sl_wake wake;
	uint64_t counted = sl_counter_sum(SL_COUNTER_NEIGH_ASKED);

	(void)state;
	assert_int_equal(sl_wake_init(&wake, NULL), 0);
	sl_mirror_set_wake(&wake);
	assert_int_equal(sl_mirror_add_worker(0, NULL), 0);
	asked = 0;
	for (int round = 0; round < 10; round++) {
		for (uint32_t i = 0; i < 100; i++) {
			struct sl_addr a = {.u.w = {i}};

			sl_mirror_ask(WAN, SL_IPV4, &a);
		}
		sl_mirror_take_asked(on_ask);
		assert_int_equal(asked, 100 * (round + 1));
	}
	for (uint32_t i = 0; i < 1000; i++) { /* too many: the first ones */
		struct sl_addr a = {.u.w = {i % 100}};

		sl_mirror_ask(WAN, SL_IPV4, &a);
	}
	sl_mirror_take_asked(on_ask);
	assert_in_range(asked, 1200, 1256);
	assert_int_equal(
	    sl_counter_sum(SL_COUNTER_NEIGH_ASKED) - counted, asked);
	sl_mirror_set_wake(NULL);
	sl_wake_fini(&wake);
}

static void
add_ifaddr(uint16_t port, const char *text, uint8_t len)
{
	struct sl_ifaddr a = {
	    .ifindex = port + 1u,
	    .family = SL_IPV4,
	    .prefix_len = len,
	    .addr = addr(text),
	};

	assert_int_equal(sl_mirror_add_addr(&a), 0);
}

static void
subnets_by_broadcast(void **state)
{
	static const struct {
		const char *addr, *net;
		uint8_t len;
	} rows[] = {
	    {"192.168.88.255", "192.168.88.0", 24},
	    {"192.168.88.254", NULL, 0},
	    {"192.168.88.0", NULL, 0},
	    {"10.1.255.255", "10.1.0.0", 16},
	    {"10.1.1.255", NULL, 0},
	    {"198.51.100.3", "198.51.100.0", 30},
	    {"198.51.100.9", NULL, 0}, /* of two addresses none is all */
	    {"255.255.255.255", NULL, 0},
	};

	(void)state;
	add_ifaddr(LAN, "192.168.88.1", 24);
	add_ifaddr(LAN, "10.1.2.3", 16);
	add_ifaddr(WAN, "198.51.100.1", 30);
	add_ifaddr(WAN, "198.51.100.8", 31);
	assert_int_equal(sl_mirror_publish(), 0);
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_addr a = addr(rows[i].addr), net, want;
		uint8_t len;
		bool found = sl_mirror_subnet_rcu(&a, &net, &len);

		assert_int_equal(found, rows[i].net != NULL);
		if (!found)
			continue;
		want = addr(rows[i].net);
		assert_memory_equal(&net, &want, sizeof(net));
		assert_int_equal(len, rows[i].len);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(routes_are_looked_up_in_order),
	    TEST(too_many_tables),
	    TEST(address_types),
	    TEST(several_hops_share_by_weight),
	    TEST(the_source_address_fits_the_destination),
	    TEST(static_addresses_bring_their_routes),
	    TEST(subnets_by_broadcast),
	    TEST(questions_come_in_order_and_never_block),
	};
	int rc;

	sl_hash_init();
	sl_rcu_register();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	sl_rcu_unregister();
	return rc;
}
