/* SPDX-License-Identifier: Apache-2.0 */
/* Port choice against a real table: kept, class kept, exact, away from sockets. */
#include "packets.h"

#include <mirror/sockets.h>
#include <mirror/static.h>
#include <nat/ein.h>
#include <nat/hold.h>
#include <nat/portmap.h>

#include <errno.h>

#define WORKERS 4

static struct sl_table *table;

/* The router has 203.0.113.1. */
static void
set_mirror(void)
{
	struct sl_ifaddr a = {
	    .ifindex = 1, .family = SL_IPV4, .prefix_len = 24};
	struct sl_err err = {0};
	struct sl_port *port;

	assert_int_equal(sl_mirror_init(&err), 0);
	port = sl_port_add("wan", "wan", &err);
	assert_non_null(port);
	assert_int_equal(sl_static_add_port(port, 1500), 0);
	assert_true(sl_addr_parse("203.0.113.1", &a.family, &a.addr));
	a.ifindex = port->number + 1u;
	assert_int_equal(sl_static_backend.addr(true, &a, &err), 0);
}

static int
setup(void **state)
{
	struct sl_err err = {0};

	(void)state;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_hash_init();
	sl_clock_use_virtual();
	sl_rcu_register();
	sl_rcu_online();
	sl_hold_init();
	set_mirror();
	table = sl_table_new(WORKERS, 200000, &err);
	assert_non_null(table);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_table_free(table);
	sl_hold_fini();
	sl_sockets_fini();
	sl_mirror_fini();
	sl_ports_clear();
	sl_rcu_offline();
	sl_rcu_drain();
	sl_rcu_unregister();
	return 0;
}

static struct sl_tuple
reply_to(const char *server, uint16_t sport, const char *nat, uint16_t dport)
{
	struct sl_tuple t = {.l4proto = IPPROTO_UDP};

	assert_true(sl_addr_parse(server, &t.family, &t.src));
	assert_true(sl_addr_parse(nat, &t.family, &t.dst));
	t.src_id = htons(sport);
	t.dst_id = htons(dport);
	return t;
}

/* Puts a connection with this reply tuple into the table of its owner, one that
 * holds no claim: the far end's own, or older than the pool. */
static struct sl_conn *
occupy(const struct sl_tuple *reply)
{
	uint16_t owner = sl_tuple_owner(reply, WORKERS);
	struct sl_shard *shard = sl_table_shard(table, owner);
	enum sl_drop_reason reason;
	struct sl_tuple orig;
	struct sl_conn *conn;

	sl_tuple_invert(reply, &orig);
	conn = sl_shard_alloc(shard, &orig, sl_now_ns(), &reason);
	assert_non_null(conn);
	sl_store_relaxed(&conn->deadline_ns, UINT64_MAX);
	assert_int_equal(sl_shard_insert(shard, conn, sl_now_ns()), 0);
	return conn;
}

static int
claim(struct sl_tuple *reply, uint16_t worker, uint16_t lo, uint16_t hi)
{
	struct sl_portmap p = {
	    .table = table,
	    .worker = worker,
	    .now_ns = sl_now_ns(),
	    .reply = reply,
	};

	return sl_portmap_claim(&p, lo, hi);
}

static void
a_free_port_is_kept(void **state)
{
	struct sl_tuple t = reply_to("198.51.100.1", 53, "203.0.113.1", 4000);

	(void)state;
	assert_int_equal(claim(&t, 0, 1024, 65535), 0);
	assert_int_equal(ntohs(t.dst_id), 4000);
	assert_int_equal(claim(&t, 1, 4000, 4000), -EADDRINUSE);
	sl_portmap_release(&t);
	assert_int_equal(claim(&t, 1, 4000, 4000), 0);
}

static void
a_taken_port_moves_to_one_of_ours(void **state)
{
	struct sl_tuple t = reply_to("198.51.100.2", 53, "203.0.113.1", 4000);
	unsigned same = 0;
	uint16_t last = 0;

	(void)state;
	occupy(&t);
	for (uint16_t i = 0; i < 64; i++) {
		uint16_t worker = i % WORKERS;

		t.dst_id = htons(4000);
		assert_int_equal(claim(&t, worker, 1024, 65535), 0);
		assert_int_not_equal(ntohs(t.dst_id), 4000);
		assert_in_range(ntohs(t.dst_id), 1024, 65535);
		assert_int_equal(sl_tuple_owner(&t, WORKERS), worker);
		same += ntohs(t.dst_id) == last;
		last = ntohs(t.dst_id);
	}
	assert_true(same < 4); /* nobody can foretell the next */
	t = reply_to("198.51.100.3", 53, "203.0.113.1", 4000);
	assert_int_equal(
	    claim(&t, 0, 1024, 65535), 0); /* another server: reuse */
	assert_int_equal(ntohs(t.dst_id), 4000);
}

static void
a_port_outside_the_range_moves_in(void **state)
{
	struct sl_tuple t = reply_to("198.51.100.4", 53, "203.0.113.1", 4000);

	(void)state;
	assert_int_equal(claim(&t, 0, 5000, 5999), 0);
	assert_in_range(ntohs(t.dst_id), 5000, 5999);
}

/* Every range is used to its last port, whoever asks and whether the others have
 * claims or not; the one that is given back is the one that is given next. */
static void
ranges_are_exact(void **state)
{
	static const uint16_t sizes[] = {
	    1, 2, 3, 4, 63, 64, 65, 100, 125, 512, 1024, 5000, 45536};
	static uint16_t given[65536];

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(sizes); i++) {
		uint16_t lo = 20000, hi = (uint16_t)(lo + sizes[i] - 1), back;
		struct sl_tuple t = reply_to(
		    "198.51.100.5", (uint16_t)(1000 + i), "203.0.113.1", 1);

		for (unsigned n = 0; n < sizes[i]; n++) {
			t.dst_id = htons(1);
			if (claim(&t, (uint16_t)(n % WORKERS), lo, hi))
				fail_msg("%u of %u", n, sizes[i]);
			assert_in_range(ntohs(t.dst_id), lo, hi);
			given[n] = ntohs(t.dst_id);
			if (n % 7 == 3 && n < 6000) { // one without a claim
				sl_portmap_release(&t);
				occupy(&t);
			}
		}
		t.dst_id = htons(1);
		assert_int_equal(claim(&t, 0, lo, hi), -EADDRINUSE);
		back = given[sizes[i] / 2 / 7 * 7];
		t.dst_id = htons(back);
		sl_portmap_release(&t);
		t.dst_id = htons(1);
		assert_int_equal(claim(&t, 0, lo, hi), 0);
		assert_int_equal(ntohs(t.dst_id), back);
	}
}

/* What has expired gives way without waiting for the wheel, if it is ours. */
static void
small_ranges_reap(void **state)
{
	struct sl_tuple t = reply_to("198.51.100.8", 53, "203.0.113.1", 1);
	struct sl_conn *conns[4];
	uint16_t owner;

	(void)state;
	for (uint16_t i = 0; i < 4; i++) {
		t.dst_id = htons(1);
		assert_int_equal(claim(&t, 0, 20000, 20003), 0);
		conns[i] = occupy(&t);
		sl_conn_set_bits_owned(conns[i], SL_CONN_POOLED);
	}
	t.dst_id = htons(1);
	assert_int_equal(claim(&t, 0, 20000, 20003), -EADDRINUSE);
	sl_store_relaxed(&conns[2]->deadline_ns, sl_now_ns());
	owner = conns[2]->owner;
	t.dst_id = htons(1);
	assert_int_equal(
	    claim(&t, (uint16_t)((owner + 1) % WORKERS), 20000, 20003),
	    -EADDRINUSE);
	t.dst_id = htons(1);
	assert_int_equal(claim(&t, owner, 20000, 20003), 0);
}

/* A port that a program of the router serves is left to it, where there is a
 * choice and the address is the router's. */
static void
served_ports_are_avoided(void **state)
{
	static const struct {
		uint8_t proto;
		const char *bound;
		uint16_t port;
		const char *own;
		uint16_t lo, hi;
		int want; /* result of asking for 'port' */
		bool kept;
	} rows[] = {
	    {IPPROTO_UDP, "0.0.0.0", 4000, "203.0.113.1", 1024, 65535, 0, 0},
	    {IPPROTO_UDP, "203.0.113.1", 4000, "203.0.113.1", 1024, 65535, 0,
		0},
	    {IPPROTO_UDP, "0.0.0.0", 4000, "203.0.113.1", 4000, 4001, 0, 0},
	    {IPPROTO_UDP, "0.0.0.0", 4000, "203.0.113.1", 4000, 4000, 0, 1},
	    {IPPROTO_UDP, "0.0.0.0", 4000, "203.0.113.9", 1024, 65535, 0, 1},
	    {IPPROTO_UDP, "203.0.113.2", 4000, "203.0.113.1", 1024, 65535, 0,
		1},
	    {IPPROTO_UDP, "0.0.0.0", 4001, "203.0.113.1", 1024, 65535, 0, 1},
	    {IPPROTO_TCP, "0.0.0.0", 4000, "203.0.113.1", 1024, 65535, 0, 1},
	    {IPPROTO_UDP, "::", 4000, "203.0.113.1", 1024, 65535, 0, 1},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_socket *s = calloc(1, sizeof(*s));
		struct sl_tuple t = reply_to(
		    "198.51.100.7", (uint16_t)(6000 + i), rows[i].own, 4000);

		s->l4proto = rows[i].proto;
		s->port = rows[i].port;
		assert_true(sl_addr_parse(rows[i].bound, &s->family, &s->addr));
		assert_int_equal(sl_sockets_publish(s, 1), 0);
		assert_int_equal(
		    claim(&t, 0, rows[i].lo, rows[i].hi), rows[i].want);
		if ((ntohs(t.dst_id) == 4000) != rows[i].kept)
			fail_msg("row %u: %u", i, ntohs(t.dst_id));
	}
	assert_int_equal(sl_sockets_publish(NULL, 0), 0);
}

/* The last port of a range is served: refused rather than taken from it. */
static void
a_served_port_is_never_chosen(void **state)
{
	struct sl_tuple t = reply_to("198.51.100.7", 7000, "203.0.113.1", 1);
	struct sl_socket *s = calloc(1, sizeof(*s));

	(void)state;
	s->family = SL_IPV4;
	s->l4proto = IPPROTO_UDP;
	s->port = 5001;
	assert_int_equal(sl_sockets_publish(s, 1), 0);
	assert_int_equal(claim(&t, 0, 5000, 5001), 0);
	assert_int_equal(ntohs(t.dst_id), 5000);
	t.dst_id = htons(1);
	assert_int_equal(claim(&t, 0, 5000, 5001), -EADDRINUSE);
	assert_int_equal(sl_sockets_publish(NULL, 0), 0);
	t.dst_id = htons(1);
	assert_int_equal(claim(&t, 0, 5000, 5001), 0);
	assert_int_equal(ntohs(t.dst_id), 5001);
}

/* Ports that inside ends have for every remote are passed over, however many. */
static void
mapped_ports_are_passed_over(void **state)
{
	struct sl_tuple t = reply_to("198.51.100.9", 53, "203.0.113.7", 1);
	struct sl_ein_wish wish = {.family = SL_IPV4,
	    .address = t.dst,
	    .inside.addr = t.src,
	    .lo = 20000,
	    .hi = 22999};
	struct sl_err err = {0};

	(void)state;
	assert_int_equal(sl_ein_want(&err), 0);
	for (uint16_t i = 0; i < 3000; i++) {
		sl_be16 id;

		wish.inside.id = htons((uint16_t)(1 + i));
		assert_true(sl_ein_map(&wish, sl_now_ns(), &id));
	}
	for (uint16_t i = 0; i < 20; i++) {
		t.src_id = htons((uint16_t)(53 + i));
		t.dst_id = htons(20500); // nor is one of them kept
		assert_int_equal(claim(&t, 0, 20000, 23000), 0);
		assert_int_equal(ntohs(t.dst_id), 23000);
	}
	t.dst_id = htons(1);
	assert_int_equal(claim(&t, 0, 20000, 23000), -EADDRINUSE);
	sl_rcu_offline();
	sl_ein_clear();
	sl_rcu_online();
}

/* The other side: only spread. */
static void
destinations_are_spread(void **state)
{
	struct sl_tuple t = reply_to("10.0.0.5", 8080, "198.51.100.9", 4000);
	struct sl_portmap p = {
	    .table = table, .now_ns = sl_now_ns(), .reply = &t};
	unsigned seen = 0;

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		t.src_id = htons(8080);
		sl_portmap_spread(&p, 9000, 9003);
		assert_in_range(ntohs(t.src_id), 9000, 9003);
		seen |= 1u << (ntohs(t.src_id) - 9000);
	}
	assert_true(seen != 0);
	for (uint16_t i = 0; i < 4; i++) {
		t.src_id = htons((uint16_t)(9000 + i));
		occupy(&t);
	}
	sl_portmap_spread(&p, 9000, 9003); // full is no refusal
	assert_in_range(ntohs(t.src_id), 9000, 9003);
}

static void
classes(void **state)
{
	static const struct {
		uint16_t id, lo, hi;
	} rows[] = {
	    {0, 1, 511},
	    {511, 1, 511},
	    {512, 512, 1023},
	    {1023, 512, 1023},
	    {1024, 1024, 65535},
	    {65535, 1024, 65535},
	};
	uint16_t lo, hi;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		sl_portmap_class(rows[i].id, &lo, &hi);
		assert_int_equal(lo, rows[i].lo);
		assert_int_equal(hi, rows[i].hi);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_free_port_is_kept),
	    cmocka_unit_test(a_taken_port_moves_to_one_of_ours),
	    cmocka_unit_test(a_port_outside_the_range_moves_in),
	    cmocka_unit_test(ranges_are_exact),
	    cmocka_unit_test(small_ranges_reap),
	    cmocka_unit_test(served_ports_are_avoided),
	    cmocka_unit_test(a_served_port_is_never_chosen),
	    cmocka_unit_test(mapped_ports_are_passed_over),
	    cmocka_unit_test(destinations_are_spread),
	    cmocka_unit_test(classes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
