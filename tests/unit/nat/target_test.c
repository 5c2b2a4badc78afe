/* SPDX-License-Identifier: Apache-2.0 */
/* Which address of a request a connection gets: pool, netmap, same. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#include <nat/target.h>

#include <stdio.h>

static struct sl_addr
addr(const char *text)
{
	struct sl_addr a;
	uint8_t family;

	assert_true(sl_addr_parse(text, &family, &a));
	return a;
}

static struct sl_nat_request
range(enum sl_nat_way way, const char *min, const char *max)
{
	return (struct sl_nat_request){.way = (uint8_t)way,
	    .has_addr = true,
	    .addr_min = addr(min),
	    .addr_max = addr(max)};
}

static struct sl_target_of
of(uint8_t family, const char *client, const char *remote, const char *was)
{
	return (struct sl_target_of){.family = family,
	    .client = addr(client),
	    .remote = addr(remote),
	    .was = addr(was)};
}

static const struct {
	uint8_t family;
	const char *min, *max, *was, *want;
} maps[] = {
    /* a prefix: host bits stay */
    {4, "203.0.113.0", "203.0.113.255", "10.1.2.77", "203.0.113.77"},
    {4, "203.0.113.64", "203.0.113.79", "10.1.2.5", "203.0.113.69"},
    {4, "203.0.113.64", "203.0.113.79", "10.1.2.16", "203.0.113.64"},
    {4, "10.128.0.0", "10.255.255.255", "192.168.3.4", "10.168.3.4"},
    {4, "203.0.113.9", "203.0.113.9", "10.1.2.77", "203.0.113.9"},
    {4, "0.0.0.0", "255.255.255.255", "10.1.2.77", "10.1.2.77"},
    /* a range that starts where the block starts: in step */
    {4, "203.0.113.5", "203.0.113.8", "192.168.1.5", "203.0.113.5"},
    {4, "203.0.113.5", "203.0.113.8", "192.168.1.8", "203.0.113.8"},
    {4, "203.0.113.5", "203.0.113.8", "192.168.1.9", "203.0.113.5"},
    /* lower than the target */
    {4, "203.0.113.10", "203.0.113.12", "0.0.0.1", "203.0.113.12"},
    {4, "203.0.113.10", "203.0.113.12", "0.0.0.2", "203.0.113.10"},
    {4, "203.0.113.10", "203.0.113.12", "0.0.0.3", "203.0.113.11"},
    {6, "2001:db8:f::", "2001:db8:f:ffff:ffff:ffff:ffff:ffff",
	"fd00:1:2:3::abcd", "2001:db8:f:3::abcd"},
    {6, "2001:db8:f:1::", "2001:db8:f:1:ffff:ffff:ffff:ffff",
	"fd00:1:2:3:4:5:6:7", "2001:db8:f:1:4:5:6:7"},
    {6, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fd00::7", "fd00::7"},
};

static void
netmap_keeps_the_host(void **state)
{
	char got[SL_ADDR_TEXT];
	struct sl_addr a;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(maps); i++) {
		struct sl_nat_request req =
		    range(SL_NAT_NETMAP, maps[i].min, maps[i].max);
		const char *other = maps[i].family == 4 ? "192.0.2.1" : "::1";
		struct sl_target_of o =
		    of(maps[i].family, other, other, maps[i].was);

		assert_int_equal(sl_target_count(&req, maps[i].family), 1);
		sl_target_addr(&req, &o, 0, &a);
		assert_string_equal(
		    sl_addr_print(maps[i].family, &a, got), maps[i].want);
	}
}

/* Of 256 neighbours no two meet, wherever the target starts. */
static void
netmap_is_one_to_one(void **state)
{
	(void)state;
	for (unsigned size = 1; size <= 256; size += 17) {
		struct sl_nat_request req =
		    range(SL_NAT_NETMAP, "203.0.113.3", "203.0.113.3");
		uint8_t seen[256] = {0};

		req.addr_max.u.w[0] =
		    htonl(ntohl(req.addr_min.u.w[0]) + size - 1);
		for (unsigned i = 0; i < size; i++) {
			struct sl_target_of o =
			    of(4, "192.0.2.1", "192.0.2.2", "10.9.8.200");
			struct sl_addr a;
			uint32_t at;

			o.was.u.w[0] = htonl(ntohl(o.was.u.w[0]) + i);
			sl_target_addr(&req, &o, 0, &a);
			at = ntohl(a.u.w[0]) - ntohl(req.addr_min.u.w[0]);
			assert_in_range(at, 0, size - 1);
			assert_int_equal(seen[at]++, 0);
		}
	}
}

/* How many of 64 remotes see another address of the client than the first. */
static unsigned
others(const struct sl_nat_request *req, const char *client)
{
	struct sl_addr first = {0}, a;
	unsigned n = 0;

	for (unsigned i = 0; i < 64; i++) {
		char remote[32];
		struct sl_target_of o;

		snprintf(remote, sizeof(remote), "198.51.100.%u", i);
		o = of(4, client, remote, client);
		sl_target_addr(req, &o, 0, &a);
		assert_in_range(ntohl(a.u.w[0]), ntohl(req->addr_min.u.w[0]),
		    ntohl(req->addr_max.u.w[0]));
		if (!i)
			first = a;
		n += a.u.w[0] != first.u.w[0];
	}
	return n;
}

static void
same_goes_by_client(void **state)
{
	struct sl_nat_request same =
	    range(SL_NAT_SAME, "203.0.113.0", "203.0.113.15");
	struct sl_nat_request pool =
	    range(SL_NAT_POOL, "203.0.113.0", "203.0.113.15");

	(void)state;
	assert_int_equal(sl_target_count(&same, 4), 1); /* never another */
	assert_int_equal(sl_target_count(&pool, 4), 8);
	assert_int_equal(others(&same, "10.0.0.5"), 0);
	assert_int_equal(others(&pool, "10.0.0.5"), 0);
	same.by_remote = true; /* same-not-by-dst=no */
	assert_in_range(others(&same, "10.0.0.5"), 40, 64);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(netmap_keeps_the_host),
	    cmocka_unit_test(netmap_is_one_to_one),
	    cmocka_unit_test(same_goes_by_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
