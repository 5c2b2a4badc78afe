/* SPDX-License-Identifier: Apache-2.0 */
/* The mirror against a running kernel, in a network namespace of its own. */
#include <mirror/netlink.h>

#include <mirror/neigh.h>

#include "../io/netns.h"

#include <base/log.h>
#include <conn/tuple.h>

#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

static struct sl_port *port;

static int
setup(void **state)
{
	struct sl_err err = {0};

	(void)state;
	if (!has_netns)
		return 0;
	sh("ip link set lo up");
	sh("ip link add wire0 type veth peer name peer0");
	sh("ip link set wire0 up; ip link set peer0 up");
	assert_int_equal(sl_mirror_init(&err), 0);
	assert_int_equal(sl_neigh_init(&err), 0);
	assert_int_equal(sl_mirror_add_worker(0, &err), 0);
	port = sl_port_add("lan", "wire0", &err);
	assert_non_null(port);
	sl_store_relaxed(&port->host_ifindex, if_nametoindex("wire0"));
	assert_int_equal(sl_netlink_open(&err), 0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	if (!has_netns)
		return 0;
	sl_netlink_close();
	sl_ports_clear();
	sl_mirror_fini();
	sl_neigh_fini();
	return remove_wire(state);
}

/* Takes news until 'done' says it came. */
static void
follow_until(bool (*done)(void))
{
	struct pollfd fd = {sl_netlink_fd(), POLLIN, 0};
	struct sl_err err = {0};

	do {
		if (sl_netlink_read())
			assert_int_equal(sl_netlink_sync(&err), 0);
		if (done())
			return;
	} while (poll(&fd, 1, WAIT_MS) > 0);
	assert_true(done());
}

static uint8_t
type_of(const char *text)
{
	struct sl_addr a;
	struct sl_route r;
	uint8_t family;

	assert_true(sl_addr_parse(text, &family, &a));
	sl_mirror_route_rcu(family, SL_TABLE_MAIN, &a, 0, &r);
	return r.type;
}

static bool
has_address(void)
{
	return type_of("192.0.2.1") == SL_ROUTE_LOCAL &&
	       type_of("192.0.2.9") == SL_ROUTE_UNICAST;
}

static bool
has_no_address(void)
{
	return type_of("192.0.2.1") == SL_ROUTE_NONE;
}

static bool
has_route(void)
{
	return type_of("203.0.113.1") == SL_ROUTE_UNICAST;
}

static bool
has_no_route(void)
{
	return type_of("203.0.113.1") == SL_ROUTE_NONE;
}

static void
changes_by_others_are_followed(void **state)
{
	(void)state;
	if (!has_netns)
		skip();
	assert_true(has_no_address());
	sh("ip addr add 192.0.2.1/24 dev wire0");
	follow_until(has_address);
	sh("ip route add 203.0.113.0/24 via 192.0.2.9");
	follow_until(has_route);
	sh("ip route del 203.0.113.0/24");
	follow_until(has_no_route);
	sh("ip route add 203.0.113.0/24 via 192.0.2.9");
	follow_until(has_route);
	sh("ip link set wire0 down"); /* the kernel says nothing of the routes */
	follow_until(has_no_route);
}

static struct sl_ifaddr
own_address(void)
{
	struct sl_ifaddr a = {.ifindex = if_nametoindex("wire0"),
	    .family = SL_IPV4,
	    .prefix_len = 24};

	a.addr.u.w[0] = htonl(0xc0000201);
	return a;
}

static void
writes_reach_the_kernel_and_come_back(void **state)
{
	struct sl_ifaddr a = own_address();
	struct sl_kroute k = {.family = SL_IPV4,
	    .protocol = RTPROT_STATIC,
	    .table = SL_TABLE_MAIN,
	    .route = {
		.type = SL_ROUTE_UNICAST, .len = 24, .hops = 1, .metric = 1}};
	struct sl_err err = {0};

	(void)state;
	if (!has_netns)
		skip();
	k.route.dst.u.w[0] = htonl(0xcb007100);
	k.route.hop[0].gateway_family = SL_IPV4;
	k.route.hop[0].gateway.u.w[0] = htonl(0xc0000209);
	assert_int_equal(
	    sl_netlink_backend.route(true, &k, &err), -ENETUNREACH);
	assert_string_equal(
	    err.text, "route to 203.0.113.0/24: Network is unreachable");
	assert_int_equal(sl_netlink_backend.addr(true, &a, NULL), 0);
	assert_int_equal(
	    sl_netlink_backend.addr(true, &a, NULL), 0); /* again */
	assert_int_equal(sl_netlink_backend.route(true, &k, NULL), 0);
	assert_int_equal(sl_netlink_backend.route(true, &k, NULL), -EEXIST);
	follow_until(has_route);
	assert_true(has_address());
	assert_int_equal(sl_netlink_backend.route(false, &k, NULL), 0);
	assert_int_equal(sl_netlink_backend.route(false, &k, NULL), -ESRCH);
	follow_until(has_no_route);
	assert_int_equal(sl_netlink_backend.addr(false, &a, NULL), 0);
	follow_until(has_no_address);
}

static enum sl_neigh
neigh(void)
{
	struct sl_addr a = {.u.w = {htonl(0xc0000209)}};
	uint8_t mac[6];
	enum sl_neigh s;

	sl_rcu_online();
	s = sl_mirror_neigh_rcu(port->number, SL_IPV4, &a, mac);
	sl_rcu_offline();
	return s;
}

static bool
neigh_is_ok(void)
{
	return neigh() == SL_NEIGH_OK;
}

static bool
neigh_is_gone(void)
{
	return neigh() == SL_NEIGH_UNKNOWN;
}

static void
neighbors_are_followed_one_by_one(void **state)
{
	struct sl_err err = {0};

	(void)state;
	if (!has_netns)
		skip();
	sh("ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev wire0");
	follow_until(neigh_is_ok);
	/* a dump of everything keeps it */
	sl_netlink_mark_stale();
	assert_int_equal(sl_netlink_sync(&err), 0);
	assert_true(neigh_is_ok());
	sh("ip neigh del 192.0.2.9 dev wire0");
	follow_until(neigh_is_gone);
}

static void
resolve(uint16_t number, uint8_t family, const struct sl_addr *addr)
{
	sl_netlink_resolve(number, family, addr);
}

static void
a_question_makes_the_kernel_ask(void **state)
{
	struct sl_addr a = {.u.w = {htonl(0xc0000209)}};

	(void)state;
	if (!has_netns)
		skip();
	sh("ip addr add 192.0.2.1/24 dev wire0");
	sl_mirror_ask(port->number, SL_IPV4, &a);
	sl_mirror_take_asked(resolve);
	sh("ip neigh show dev wire0 | grep -q '192.0.2.9.*INCOMPLETE'");
}

/* The answer to a request that was given up is not taken for the next one. */
static void
a_failure_does_not_spoil_the_next_request(void **state)
{
	struct sl_ifaddr bad = own_address(), good = own_address();
	struct sl_err err = {0};

	(void)state;
	if (!has_netns)
		skip();
	bad.ifindex = 4000000;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    sl_netlink_backend.addr(true, &bad, &err), -ENODEV);
		assert_int_equal(sl_netlink_backend.addr(true, &good, NULL), 0);
		sl_netlink_mark_stale();
		assert_int_equal(sl_netlink_sync(NULL), 0);
		assert_true(has_address());
		assert_int_equal(
		    sl_netlink_backend.addr(false, &good, NULL), 0);
	}
}

static uint32_t
count_addrs(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < sl_mirror_state.n_addrs; i++)
		n += sl_mirror_state.addrs[i].addr.u.b[0] == 10;
	return n;
}

/* A dump that the kernel says was disturbed is given up in the middle; what was
 * known stays, and the next dumps are whole. */
static void
disturbed_dumps_leave_no_trace(void **state)
{
	struct pollfd fd = {.events = POLLIN};
	FILE *others;

	(void)state;
	if (!has_netns)
		skip();
	sh("for i in $(seq 0 1999); do echo addr add dev wire0 "
	   "10.0.$((i / 250)).$((i %% 250))/32; done | ip -batch -");
	assert_int_equal(sl_netlink_read() ? sl_netlink_sync(NULL) : -1, 0);
	assert_int_equal(count_addrs(), 2000);
	others = popen("for r in $(seq 4000); do "
		       "echo addr add dev wire0 172.16.0.1/32; "
		       "echo addr del dev wire0 172.16.0.1/32; "
		       "done | ip -batch -",
	    "r");
	assert_non_null(others);
	fd.fd = fileno(others);
	while (!poll(&fd, 1, 0)) {
		sl_netlink_mark_stale();
		sl_netlink_sync(NULL); /* disturbed or not */
		assert_int_equal(count_addrs(), 2000);
		assert_non_null(sl_mirror_link_by_name("wire0"));
	}
	assert_int_equal(pclose(others), 0);
	sl_netlink_mark_stale();
	assert_int_equal(sl_netlink_sync(NULL), 0);
	assert_int_equal(count_addrs(), 2000);
}

static bool
has_line(const char *words)
{
	struct sl_log_line line = {0};

	while (sl_log_next(line.seq, &line))
		if (strstr(line.text, words))
			return true;
	return false;
}

static void
an_overrun_reads_everything_again(void **state)
{
	(void)state;
	if (!has_netns)
		skip();
	/* More news than the socket holds: all that the kernel says about a link
	 * that goes up and down. */
	sh("for i in $(seq 6000); do echo link set wire0 down; "
	   "echo link set wire0 up; done | ip -batch -");
	sh("ip addr add 192.0.2.1/24 dev wire0");
	assert_true(has_no_address());
	follow_until(has_address);
	assert_true(has_line("overrun"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(changes_by_others_are_followed),
	    TEST(writes_reach_the_kernel_and_come_back),
	    TEST(neighbors_are_followed_one_by_one),
	    TEST(a_question_makes_the_kernel_ask),
	    TEST(a_failure_does_not_spoil_the_next_request),
	    TEST(disturbed_dumps_leave_no_trace),
	    TEST(an_overrun_reads_everything_again),
	};
	int rc;

	sl_rcu_register();
	rc = cmocka_run_group_tests(tests, enter_netns, NULL);
	sl_rcu_unregister();
	return rc;
}
