/* SPDX-License-Identifier: Apache-2.0 */
/* Translation set up and applied in both directions, checksums recomputed whole:
 * source, destination, both, ICMP queries and errors, pools, clashes, purge. */
#include "trackers.h"

#include <base/rcu.h>
#include <base/role.h>
#include <nat/hold.h>
#include <nat/nat.h>

static struct sl_table *table;
static struct sl_track track;

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
	register_trackers();
	sl_hold_init();
	table = sl_table_new(1, 300000, &err);
	assert_non_null(table);
	track = (struct sl_track){
	    .table = table, .shard = sl_table_shard(table, 0)};
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_table_free(table);
	sl_hold_fini();
	sl_trackers_clear();
	sl_rcu_offline();
	sl_rcu_drain();
	sl_rcu_unregister();
	return 0;
}

/* The tuple of a packet as its tracker would see it. */
static void
key(const struct sl_pkt *pkt, struct sl_tuple *t)
{
	const uint8_t *l4 = sl_pkt_l4(pkt);

	memset(t, 0, sizeof(*t));
	sl_pkt_addrs(pkt, &t->src, &t->dst);
	t->family = pkt->family;
	t->l4proto = pkt->l4proto;
	switch (pkt->l4proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		t->src_id = sl_raw_be16(l4);
		t->dst_id = sl_raw_be16(l4 + 2);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (l4[0] == 8 || l4[0] == 128) {
			t->src_id = sl_raw_be16(l4 + 4);
			t->dst_id = htons(l4[0]);
		} else {
			t->src_id = htons(l4[0] == 0 ? 8 : 128);
			t->dst_id = sl_raw_be16(l4 + 4);
		}
		break;
	}
}

static struct sl_nat_request
request(enum sl_nat_side side, const char *min, const char *max,
    uint16_t port_min, uint16_t port_max)
{
	struct sl_nat_request r = {.side = (uint8_t)side};
	uint8_t family;

	if (min) {
		r.has_addr = true;
		assert_true(sl_addr_parse(min, &family, &r.addr_min));
		assert_true(
		    sl_addr_parse(max ? max : min, &family, &r.addr_max));
	}
	r.has_port = port_min != 0;
	r.port_min = port_min;
	r.port_max = port_max ? port_max : port_min;
	return r;
}

/* The first packet's way: dstnat, srcnat, into the table. */
static enum sl_verdict
open_connection(struct sl_pkt *pkt, const struct sl_nat_request *dst,
    const struct sl_nat_request *src)
{
	enum sl_drop_reason reason;
	enum sl_verdict v = SL_GO;
	struct sl_tuple t;

	key(pkt, &t);
	pkt->conn = sl_shard_alloc(track.shard, &t, sl_now_ns(), &reason);
	assert_non_null(pkt->conn);
	pkt->conn->tracker = sl_trackers_find(pkt->family, pkt->l4proto);
	pkt->tracker = pkt->conn->tracker;
	pkt->dir = SL_ORIG;
	pkt->flags |= SL_PKT_NEW_CONN;
	sl_store_relaxed(&pkt->conn->deadline_ns, UINT64_MAX / 2);
	if (dst && (v = sl_nat_setup(&track, pkt, dst)) != SL_GO)
		goto out;
	if ((v = sl_nat_apply(pkt, SL_NAT_DST)) != SL_GO)
		goto out;
	v = src ? sl_nat_setup(&track, pkt, src)
		: sl_nat_setup_none(&track, pkt);
	if (v == SL_GO)
		v = sl_nat_apply(pkt, SL_NAT_SRC);
out:
	if (v == SL_GO)
		assert_int_equal(
		    sl_shard_insert(track.shard, pkt->conn, sl_now_ns()), 0);
	else
		sl_shard_free_fresh(track.shard, pkt->conn);
	return v;
}

/* A later packet's way. */
static void
pass(struct sl_pkt *pkt)
{
	struct sl_tuple t;
	enum sl_dir dir;

	key(pkt, &t);
	pkt->conn = sl_table_lookup_rcu(
	    table, 0, &t, sl_tuple_hash(&t), sl_now_ns(), &dir);
	assert_non_null(pkt->conn);
	pkt->dir = (uint8_t)dir;
	pkt->tracker = pkt->conn->tracker;
	assert_int_equal(sl_nat_apply(pkt, SL_NAT_DST), SL_GO);
	assert_int_equal(sl_nat_apply(pkt, SL_NAT_SRC), SL_GO);
}

static void
expect(const struct sl_pkt *pkt, const char *want)
{
	char text[SL_TUPLE_TEXT];
	struct sl_tuple t;

	key(pkt, &t);
	sl_tuple_print(&t, text);
	if (strcmp(text, want) != 0)
		fail_msg("%s, not %s", text, want);
	assert_true(checksums_are_right(pkt));
}

/* Each row: the first packet, what the hooks ask, what leaves; the answer of the
 * far end, what reaches the client. */
static const struct row {
	const char *what;
	struct recipe first;
	const char *dst_addr, *src_addr; /* NULL: no rule */
	uint16_t dst_port, src_port;
	const char *leaves;
	struct recipe answer;
	const char *arrives;
	uint32_t bits;
} rows[] = {
    {"source", {.src = "10.0.0.2", .dst = "198.51.100.1"}, NULL, "203.0.113.1",
	0, 0, "tcp 203.0.113.1:1024->198.51.100.1:80",
	{.src = "198.51.100.1",
	    .dst = "203.0.113.1",
	    .sport = 80,
	    .dport = 1024,
	    .payload = 13},
	"tcp 198.51.100.1:80->10.0.0.2:1024", SL_CONN_SRCNAT},
    {"source, fixed port", {.src = "10.0.0.3", .proto = IPPROTO_UDP}, NULL,
	"203.0.113.1", 0, 7777, "udp 203.0.113.1:7777->198.51.100.1:80",
	{.src = "198.51.100.1",
	    .dst = "203.0.113.1",
	    .sport = 80,
	    .dport = 7777,
	    .proto = IPPROTO_UDP},
	"udp 198.51.100.1:80->10.0.0.3:1024", SL_CONN_SRCNAT},
    {"destination",
	{.src = "198.51.100.9",
	    .dst = "203.0.113.1",
	    .dport = 8080,
	    .payload = 5},
	"10.0.0.5", NULL, 80, 0, "tcp 198.51.100.9:1024->10.0.0.5:80",
	{.src = "10.0.0.5", .dst = "198.51.100.9", .sport = 80, .dport = 1024},
	"tcp 203.0.113.1:8080->198.51.100.9:1024", SL_CONN_DSTNAT},
    {"destination port only",
	{.src = "198.51.100.10",
	    .dst = "203.0.113.1",
	    .dport = 53,
	    .proto = IPPROTO_UDP},
	NULL, NULL, 5353, 0, "udp 198.51.100.10:1024->203.0.113.1:5353",
	{.src = "203.0.113.1",
	    .dst = "198.51.100.10",
	    .sport = 5353,
	    .dport = 1024,
	    .proto = IPPROTO_UDP},
	"udp 203.0.113.1:53->198.51.100.10:1024", SL_CONN_DSTNAT},
    {"hairpin: both", {.src = "10.0.0.2", .dst = "203.0.113.1"}, "10.0.0.5",
	"10.0.0.1", 8000, 0, "tcp 10.0.0.1:1024->10.0.0.5:8000",
	{.src = "10.0.0.5",
	    .dst = "10.0.0.1",
	    .sport = 8000,
	    .dport = 1024,
	    .payload = 99},
	"tcp 203.0.113.1:80->10.0.0.2:1024", SL_CONN_SRCNAT | SL_CONN_DSTNAT},
    {"echo",
	{.src = "10.0.0.2",
	    .proto = IPPROTO_ICMP,
	    .sport = 8,
	    .id = 77,
	    .payload = 56},
	NULL, "203.0.113.1", 0, 0, "icmp 203.0.113.1:77->198.51.100.1:8",
	{.src = "198.51.100.1",
	    .dst = "203.0.113.1",
	    .id = 77,
	    .proto = IPPROTO_ICMP,
	    .payload = 56},
	"icmp 198.51.100.1:8->10.0.0.2:77", SL_CONN_SRCNAT},
    {"none", {.src = "10.0.0.2", .dst = "10.9.9.9"}, NULL, NULL, 0, 0,
	"tcp 10.0.0.2:1024->10.9.9.9:80",
	{.src = "10.9.9.9", .dst = "10.0.0.2", .sport = 80, .dport = 1024},
	"tcp 10.9.9.9:80->10.0.0.2:1024", 0},
    {"IPv6 source", {.six = true}, NULL, "2001:db8:ffff::1", 0, 0,
	"tcp [2001:db8:ffff::1]:1024->[2001:db8:2::1]:80",
	{.src = "2001:db8:2::1",
	    .dst = "2001:db8:ffff::1",
	    .sport = 80,
	    .dport = 1024,
	    .payload = 3},
	"tcp [2001:db8:2::1]:80->[2001:db8:1::7]:1024", SL_CONN_SRCNAT},
    {"IPv6 echo", {.six = true, .proto = IPPROTO_ICMPV6, .sport = 128, .id = 9},
	NULL, "2001:db8:ffff::1", 0, 0,
	"icmpv6 [2001:db8:ffff::1]:9->[2001:db8:2::1]:128",
	{.src = "2001:db8:2::1",
	    .dst = "2001:db8:ffff::1",
	    .sport = 129,
	    .id = 9,
	    .proto = IPPROTO_ICMPV6},
	"icmpv6 [2001:db8:2::1]:128->[2001:db8:1::7]:9", SL_CONN_SRCNAT},
    {"no ids", {.src = "10.0.0.2", .proto = 50}, NULL, "203.0.113.1", 0, 0,
	"50 203.0.113.1->198.51.100.1",
	{.src = "198.51.100.1", .dst = "203.0.113.1", .proto = 50},
	"50 198.51.100.1->10.0.0.2", SL_CONN_SRCNAT},
};

static void
both_directions(void **state)
{
	struct sl_nat_request dst, src;
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		const struct row *r = &rows[i];
		bool has_dst = r->dst_addr || r->dst_port;

		print_message("%s\n", r->what);
		dst = request(SL_NAT_DST, r->dst_addr, NULL, r->dst_port, 0);
		src = request(SL_NAT_SRC, r->src_addr, NULL, r->src_port, 0);
		build(&t, &r->first);
		assert_int_equal(open_connection(&t.pkt, has_dst ? &dst : NULL,
				     r->src_addr ? &src : NULL),
		    SL_GO);
		assert_int_equal(sl_conn_bits(t.pkt.conn) &
				     (SL_CONN_SRCNAT | SL_CONN_DSTNAT),
		    r->bits);
		expect(&t.pkt, r->leaves);
		pass(build(&t, &r->answer));
		expect(&t.pkt, r->arrives);
		pass(build(&t, &r->first)); /* and again from the client */
		expect(&t.pkt, r->leaves);
	}
}

static struct sl_nat_request
masquerade(const char *addr)
{
	struct sl_nat_request r = request(SL_NAT_SRC, addr, NULL, 0, 0);

	r.masquerade = true;
	return r;
}

/* Two clients, one source port or echo id, one server. */
static void
two_clients_meet(void **state)
{
	static const struct {
		uint8_t proto;
		uint16_t sport, dport, id, lo, hi;
	} cases[] = {
	    {IPPROTO_TCP, 40000, 443, 0, 1024, 65535},
	    {IPPROTO_UDP, 500, 500, 0, 1, 511},
	    {IPPROTO_UDP, 1000, 53, 0, 512, 1023},
	    {IPPROTO_ICMP, 8, 0, 4242, 1, 65535},
	};
	struct sl_nat_request src = masquerade("203.0.113.2");
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(cases); i++) {
		struct recipe r = {.proto = cases[i].proto,
		    .sport = cases[i].sport,
		    .dport = cases[i].dport,
		    .id = cases[i].id};
		struct sl_tuple a, b;

		r.src = "10.0.0.21";
		assert_int_equal(
		    open_connection(build(&t, &r), NULL, &src), SL_GO);
		key(&t.pkt, &a);
		assert_int_equal(
		    ntohs(a.src_id), r.id ? r.id : r.sport); /* kept */
		r.src = "10.0.0.22";
		assert_int_equal(
		    open_connection(build(&t, &r), NULL, &src), SL_GO);
		key(&t.pkt, &b);
		assert_int_not_equal(a.src_id, b.src_id);
		assert_in_range(ntohs(b.src_id), cases[i].lo, cases[i].hi);
		assert_true(checksums_are_right(&t.pkt));
	}
}

/* Behind dst-nat two addresses become one: the second client's port moves
 * although no srcnat rule asks for it. */
static void
clients_meet_behind_dstnat(void **state)
{
	struct sl_nat_request to = request(SL_NAT_DST, "10.0.0.80", NULL, 0, 0);
	struct recipe r = {
	    .src = "198.51.100.30", .dst = "203.0.113.30", .sport = 5000};
	struct test_pkt t;
	struct sl_tuple k;

	(void)state;
	assert_int_equal(open_connection(build(&t, &r), &to, NULL), SL_GO);
	expect(&t.pkt, "tcp 198.51.100.30:5000->10.0.0.80:80");
	r.dst = "203.0.113.31";
	assert_int_equal(open_connection(build(&t, &r), &to, NULL), SL_GO);
	key(&t.pkt, &k);
	assert_int_not_equal(ntohs(k.src_id), 5000);
	assert_true(sl_conn_has(t.pkt.conn, SL_CONN_SRCNAT));
	assert_true(checksums_are_right(&t.pkt));
}

/* One client, always the same address of the pool; many use all of it. */
static void
pools_are_paired(void **state)
{
	struct sl_nat_request pool =
	    request(SL_NAT_SRC, "203.0.113.64", "203.0.113.71", 0, 0);
	unsigned used = 0;
	struct test_pkt t;
	struct sl_tuple k;
	char client[32];

	(void)state;
	for (unsigned c = 0; c < 64; c++) {
		sl_be32 first = 0;

		snprintf(client, sizeof(client), "10.1.0.%u", c);
		for (uint16_t n = 0; n < 8; n++) {
			struct recipe r = {
			    .src = client, .sport = (uint16_t)(2000 + n)};

			assert_int_equal(
			    open_connection(build(&t, &r), NULL, &pool), SL_GO);
			key(&t.pkt, &k);
			assert_in_range(k.src.u.b[3], 64, 71);
			assert_true(!n || first == k.src.u.w[0]);
			first = k.src.u.w[0];
		}
		used |= 1u << (k.src.u.b[3] - 64);
	}
	assert_int_equal(used, 0xff);
}

/* Two ports for three clients: the third is refused, and counted; another
 * server, or an end of the first, makes room. */
static void
a_two_port_pool_runs_out(void **state)
{
	struct sl_nat_request two =
	    request(SL_NAT_SRC, "203.0.113.90", NULL, 6000, 6001);
	uint64_t drops = sl_counter_sum(SL_COUNTER_DROPS + SL_DROP_NAT_PORTS);
	struct recipe r = {.proto = IPPROTO_UDP};
	struct test_pkt t;
	struct sl_conn *first;

	(void)state;
	r.src = "10.2.0.1";
	assert_int_equal(open_connection(build(&t, &r), NULL, &two), SL_GO);
	first = t.pkt.conn;
	r.src = "10.2.0.2";
	assert_int_equal(open_connection(build(&t, &r), NULL, &two), SL_GO);
	r.src = "10.2.0.3";
	assert_int_equal(open_connection(build(&t, &r), NULL, &two), SL_DROP);
	assert_int_equal(
	    sl_counter_sum(SL_COUNTER_DROPS + SL_DROP_NAT_PORTS), drops + 1);
	r.dst = "198.51.100.2";
	assert_int_equal(open_connection(build(&t, &r), NULL, &two), SL_GO);
	r.dst = NULL;
	sl_shard_remove(track.shard, first, SL_COUNTER_CONN_REMOVED);
	assert_int_equal(open_connection(build(&t, &r), NULL, &two), SL_GO);
}

/* What has expired but is not reaped yet is in nobody's way. */
static void
expired_connections_make_room(void **state)
{
	struct sl_nat_request one =
	    request(SL_NAT_SRC, "203.0.113.95", NULL, 6000, 0);
	struct recipe r = {.proto = IPPROTO_UDP};
	struct sl_conn *first;
	struct test_pkt t;

	(void)state;
	r.src = "10.2.1.1";
	assert_int_equal(open_connection(build(&t, &r), NULL, &one), SL_GO);
	first = t.pkt.conn;
	r.src = "10.2.1.2";
	assert_int_equal(open_connection(build(&t, &r), NULL, &one), SL_DROP);
	sl_store_relaxed(&first->deadline_ns, sl_now_ns());
	assert_int_equal(open_connection(build(&t, &r), NULL, &one), SL_GO);
	expect(&t.pkt, "udp 203.0.113.95:6000->198.51.100.1:80");
}

/* A destination range: paired with the client, its ports all used. */
static void
destination_ranges(void **state)
{
	struct sl_nat_request to =
	    request(SL_NAT_DST, "10.9.0.1", "10.9.0.4", 8000, 8003);
	unsigned addrs = 0, ports = 0;
	char client[32];
	struct test_pkt t;
	struct sl_tuple k, again;

	(void)state;
	for (unsigned c = 1; c < 100; c++) {
		struct recipe r = {
		    .dst = "203.0.113.96", .src = client, .proto = IPPROTO_UDP};

		snprintf(client, sizeof(client), "198.51.101.%u", c);
		assert_int_equal(
		    open_connection(build(&t, &r), &to, NULL), SL_GO);
		key(&t.pkt, &k);
		assert_in_range(k.dst.u.b[3], 1, 4);
		assert_in_range(ntohs(k.dst_id), 8000, 8003);
		assert_int_equal(ntohs(k.src_id), 1024); /* kept */
		addrs |= 1u << k.dst.u.b[3];
		ports |= 1u << (ntohs(k.dst_id) - 8000);
		r.sport = 1025;
		assert_int_equal(
		    open_connection(build(&t, &r), &to, NULL), SL_GO);
		key(&t.pkt, &again);
		assert_int_equal(again.dst.u.w[0], k.dst.u.w[0]);
	}
	assert_int_equal(addrs, 0x1e);
	assert_int_equal(ports, 0xf);
}

/* What the router itself sends is tracked like everything else: nobody is given
 * the port of a connection of its own, and neither is it given theirs. */
static void
own_connections_are_respected(void **state)
{
	struct sl_nat_request src = masquerade("203.0.113.97");
	struct recipe own = {.src = "203.0.113.97", .sport = 7000};
	struct recipe client = {.src = "10.10.0.1", .sport = 7000};
	struct test_pkt t;
	struct sl_tuple k;

	(void)state;
	assert_int_equal(open_connection(build(&t, &own), NULL, &src), SL_GO);
	expect(&t.pkt, "tcp 203.0.113.97:7000->198.51.100.1:80");
	assert_false(sl_conn_has(t.pkt.conn, SL_CONN_SRCNAT));
	assert_int_equal(
	    open_connection(build(&t, &client), NULL, &src), SL_GO);
	key(&t.pkt, &k);
	assert_int_not_equal(ntohs(k.src_id), 7000);
	own.sport = ntohs(k.src_id);
	assert_int_equal(open_connection(build(&t, &own), NULL, &src), SL_GO);
	key(&t.pkt, &k);
	assert_int_not_equal(ntohs(k.src_id), own.sport);
	assert_true(checksums_are_right(&t.pkt));
}

/* What came from outside to a port of the pool keeps it, to the last one; when it
 * ends its port is the one that is given. */
static void
what_came_first_is_respected(void **state)
{
	struct sl_nat_request two =
	    request(SL_NAT_SRC, "203.0.113.98", NULL, 7000, 7001);
	struct recipe in = {.src = "198.51.100.1", .sport = 80};
	struct recipe out = {.src = "10.11.0.1"};
	struct sl_conn *guests[2];
	struct test_pkt t;

	(void)state;
	out.dst = "198.51.100.3"; // the pool comes into being
	assert_int_equal(open_connection(build(&t, &out), NULL, &two), SL_GO);
	out.dst = NULL;
	in.dst = "203.0.113.98";
	for (uint16_t i = 0; i < 2; i++) {
		in.dport = (uint16_t)(7000 + i);
		assert_int_equal(
		    open_connection(build(&t, &in), NULL, NULL), SL_GO);
		guests[i] = t.pkt.conn;
	}
	assert_int_equal(open_connection(build(&t, &out), NULL, &two), SL_DROP);
	sl_shard_remove(track.shard, guests[1], SL_COUNTER_CONN_REMOVED);
	assert_int_equal(open_connection(build(&t, &out), NULL, &two), SL_GO);
	expect(&t.pkt, "tcp 203.0.113.98:7001->198.51.100.1:80");
	out.sport = 2000;
	assert_int_equal(open_connection(build(&t, &out), NULL, &two), SL_DROP);
}

/* A first packet that is dropped after its port was chosen gives it back. */
static void
a_dropped_packet_holds_no_port(void **state)
{
	struct sl_nat_request one =
	    request(SL_NAT_SRC, "203.0.113.99", NULL, 7000, 7001);
	struct recipe r = {.proto = IPPROTO_UDP};
	enum sl_drop_reason reason;
	struct test_pkt t;
	struct sl_tuple k;

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		key(build(&t, &r), &k);
		t.pkt.conn =
		    sl_shard_alloc(track.shard, &k, sl_now_ns(), &reason);
		assert_non_null(t.pkt.conn);
		t.pkt.conn->tracker = sl_trackers_find(SL_IPV4, IPPROTO_UDP);
		t.pkt.flags |= SL_PKT_NEW_CONN;
		assert_int_equal(sl_nat_setup(&track, &t.pkt, &one), SL_GO);
		assert_true(sl_conn_has(t.pkt.conn, SL_CONN_POOLED));
		/* a second rule's choice replaces the first one's */
		assert_int_equal(sl_nat_setup(&track, &t.pkt, &one), SL_GO);
		sl_shard_free_fresh(track.shard, t.pkt.conn);
	}
}

/* A protocol without ids: one connection per pair of addresses, the next client
 * takes the next address of the pool. */
static void
no_ids_no_sharing(void **state)
{
	struct sl_nat_request one =
	    request(SL_NAT_SRC, "203.0.113.100", NULL, 0, 0);
	struct sl_nat_request two =
	    request(SL_NAT_SRC, "203.0.113.110", "203.0.113.111", 0, 0);
	struct recipe r = {.proto = 51, .dst = "198.51.100.77"};
	struct test_pkt t;

	(void)state;
	r.src = "10.3.0.1";
	assert_int_equal(open_connection(build(&t, &r), NULL, &one), SL_GO);
	r.src = "10.3.0.2";
	assert_int_equal(open_connection(build(&t, &r), NULL, &one), SL_DROP);
	assert_int_equal(open_connection(build(&t, &r), NULL, &two), SL_GO);
	r.src = "10.3.0.3";
	assert_int_equal(open_connection(build(&t, &r), NULL, &two), SL_GO);
	r.src = "10.3.0.4";
	assert_int_equal(open_connection(build(&t, &r), NULL, &two), SL_DROP);
}

/* Port 0 is carried, and never given to anybody else. */
static void
port_zero(void **state)
{
	struct sl_nat_request src = masquerade("203.0.113.120");
	struct recipe r = {.proto = IPPROTO_UDP};
	struct test_pkt t;
	struct sl_tuple k;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		sl_be16 zero = 0;

		r.src = i ? "10.4.0.2" : "10.4.0.1";
		build(&t, &r);
		/* its checksum is off by the old port from now on: absent */
		memcpy(sl_pkt_l4(&t.pkt), &zero, 2);
		memcpy(sl_pkt_l4(&t.pkt) + 6, &zero, 2);
		assert_int_equal(open_connection(&t.pkt, NULL, &src), SL_GO);
		key(&t.pkt, &k);
		if (i)
			assert_in_range(ntohs(k.src_id), 1, 511);
		else
			assert_int_equal(k.src_id, 0);
		assert_true(checksums_are_right(&t.pkt));
	}
}

/* An ICMP error about 'quoted' (a packet as it left 'from'), travelling in
 * direction 'dir' of 'conn'. */
static struct sl_pkt *
build_error(struct test_pkt *t, const struct test_pkt *quoted, const char *from,
    const char *to, struct sl_conn *conn, enum sl_dir dir)
{
	bool six = strchr(from, ':') != NULL;
	const struct recipe r = {
	    .src = from,
	    .dst = to,
	    .proto = six ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
	    .sport = six ? 1 : 3,
	    .dport = six ? 4 : 3,
	    .payload = (uint16_t)quoted->pkt.l3_len,
	};
	struct sl_addr src, dst;
	uint8_t *l4;
	uint16_t csum = 0;

	build(t, &r);
	sl_pkt_addrs(&t->pkt, &src, &dst);
	l4 = sl_pkt_l4(&t->pkt);
	memcpy(l4 + 8, sl_pkt_l3(&quoted->pkt), quoted->pkt.l3_len);
	memcpy(l4 + 2, &csum, 2);
	csum = sl_csum_finish(sl_csum_add(
	    six ? sl_csum_pseudo(SL_IPV6, &src, &dst, r.proto, t->pkt.l4_len)
		: 0,
	    l4, t->pkt.l4_len));
	memcpy(l4 + 2, &csum, 2);
	t->pkt.flags |= SL_PKT_ICMP_ERROR;
	t->pkt.conn = conn;
	t->pkt.dir = (uint8_t)dir;
	t->pkt.tracker = conn->tracker;
	return &t->pkt;
}

/* The quoted packet is byte for byte the one that its sender sent. */
static void
expect_quote(const struct sl_pkt *error, const struct test_pkt *sent)
{
	assert_memory_equal(
	    sl_pkt_l4(error) + 8, sl_pkt_l3(&sent->pkt), sent->pkt.l3_len);
}

static void
expect_outer(const struct sl_pkt *pkt, const char *src, const char *dst)
{
	struct sl_addr a, b, c, d;
	uint8_t family;

	sl_pkt_addrs(pkt, &a, &b);
	assert_true(sl_addr_parse(src, &family, &c));
	assert_true(sl_addr_parse(dst, &family, &d));
	assert_memory_equal(&a, &c, sizeof(a));
	assert_memory_equal(&b, &d, sizeof(b));
	assert_true(checksums_are_right(pkt));
}

static void
translate_error(struct sl_pkt *pkt)
{
	assert_int_equal(sl_nat_apply(pkt, SL_NAT_DST), SL_GO);
	assert_int_equal(sl_nat_apply(pkt, SL_NAT_SRC), SL_GO);
}

static void
errors_about_source_nat(void **state)
{
	static const uint8_t protos[] = {
	    IPPROTO_UDP, IPPROTO_TCP, IPPROTO_ICMP};
	struct sl_nat_request src = masquerade("203.0.113.130");
	struct test_pkt sent, left, answer, arrived, error;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(protos); i++) {
		bool echo = protos[i] == IPPROTO_ICMP;
		const struct recipe r = {.src = "10.5.0.1",
		    .proto = protos[i],
		    .sport = echo ? 8 : 3000,
		    .id = echo ? 3000 : 0,
		    .payload = 20};
		const struct recipe back = {.src = "198.51.100.1",
		    .dst = "203.0.113.130",
		    .proto = protos[i],
		    .sport = echo ? 0 : 80,
		    .dport = echo ? 0 : 3000,
		    .id = echo ? 3000 : 0,
		    .payload = 20};
		struct sl_conn *conn;

		build(&sent, &r);
		build(&left, &r);
		assert_int_equal(open_connection(&left.pkt, NULL, &src), SL_GO);
		conn = left.pkt.conn;

		/* From a router on the way, about what left us. */
		build_error(&error, &left, "198.51.100.254", "203.0.113.130",
		    conn, SL_REPLY);
		translate_error(&error.pkt);
		expect_outer(&error.pkt, "198.51.100.254", "10.5.0.1");
		expect_quote(&error.pkt, &sent);

		/* From inside, about the answer that reached the client: no
		 * inside address leaves. */
		build(&answer, &back);
		build(&arrived, &back);
		pass(&arrived.pkt);
		build_error(&error, &arrived, "10.5.0.1", "198.51.100.1", conn,
		    SL_ORIG);
		translate_error(&error.pkt);
		expect_outer(&error.pkt, "203.0.113.130", "198.51.100.1");
		expect_quote(&error.pkt, &answer);
	}
}

static void
errors_about_destination_nat(void **state)
{
	struct sl_nat_request to =
	    request(SL_NAT_DST, "10.6.0.5", NULL, 8000, 0);
	const struct recipe r = {.src = "198.51.100.60",
	    .dst = "203.0.113.140",
	    .proto = IPPROTO_UDP,
	    .payload = 4};
	const struct recipe back = {.src = "10.6.0.5",
	    .dst = "198.51.100.60",
	    .proto = IPPROTO_UDP,
	    .sport = 8000,
	    .dport = 1024,
	    .payload = 40};
	struct test_pkt sent, reached, answer, left, error;

	(void)state;
	build(&sent, &r);
	build(&reached, &r);
	assert_int_equal(open_connection(&reached.pkt, &to, NULL), SL_GO);
	/* The server's router says no: it must not show. */
	build_error(&error, &reached, "10.6.0.254", "198.51.100.60",
	    reached.pkt.conn, SL_REPLY);
	translate_error(&error.pkt);
	expect_outer(&error.pkt, "203.0.113.140", "198.51.100.60");
	expect_quote(&error.pkt, &sent);

	/* From outside, about the answer: it is the server's to read. */
	build(&answer, &back);
	build(&left, &back);
	pass(&left.pkt);
	build_error(&error, &left, "198.51.100.254", "203.0.113.140",
	    reached.pkt.conn, SL_ORIG);
	translate_error(&error.pkt);
	expect_outer(&error.pkt, "198.51.100.254", "10.6.0.5");
	expect_quote(&error.pkt, &answer);
}

/* Hairpin: the client and the server see nothing but the router's addresses, and
 * errors, whichever side they come from, keep it so. */
static void
errors_about_both(void **state)
{
	struct sl_nat_request to =
	    request(SL_NAT_DST, "10.6.1.5", NULL, 8000, 0);
	struct sl_nat_request from = masquerade("10.6.1.1");
	static const uint8_t protos[] = {IPPROTO_UDP, IPPROTO_TCP};
	struct test_pkt sent, reached, answer, arrived, error;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(protos); i++) {
		const struct recipe r = {.src = "10.6.1.60",
		    .dst = "203.0.113.141",
		    .proto = protos[i],
		    .payload = 11};
		const struct recipe back = {.src = "10.6.1.5",
		    .dst = "10.6.1.1",
		    .proto = protos[i],
		    .sport = 8000,
		    .dport = 1024,
		    .payload = 12};
		struct sl_conn *conn;

		build(&sent, &r);
		build(&reached, &r);
		assert_int_equal(
		    open_connection(&reached.pkt, &to, &from), SL_GO);
		conn = reached.pkt.conn;
		build_error(
		    &error, &reached, "10.6.1.5", "10.6.1.1", conn, SL_REPLY);
		translate_error(&error.pkt);
		expect_outer(&error.pkt, "203.0.113.141", "10.6.1.60");
		expect_quote(&error.pkt, &sent);

		build(&answer, &back);
		build(&arrived, &back);
		pass(&arrived.pkt);
		build_error(&error, &arrived, "10.6.1.60", "203.0.113.141",
		    conn, SL_ORIG);
		translate_error(&error.pkt);
		expect_outer(&error.pkt, "10.6.1.1", "10.6.1.5");
		expect_quote(&error.pkt, &answer);
	}
}

static void
errors_in_ipv6(void **state)
{
	struct sl_nat_request src = masquerade("2001:db8:ffff::2");
	const struct recipe r = {
	    .six = true, .proto = IPPROTO_UDP, .payload = 30, .sport = 4000};
	struct test_pkt sent, left, error;

	(void)state;
	build(&sent, &r);
	build(&left, &r);
	assert_int_equal(open_connection(&left.pkt, NULL, &src), SL_GO);
	build_error(&error, &left, "2001:db8:5::1", "2001:db8:ffff::2",
	    left.pkt.conn, SL_REPLY);
	translate_error(&error.pkt);
	expect_outer(&error.pkt, "2001:db8:5::1", "2001:db8:1::7");
	expect_quote(&error.pkt, &sent);
}

/* A quote too short to translate must not leave as it is. */
static void
broken_errors_are_dropped(void **state)
{
	struct sl_nat_request src = masquerade("203.0.113.150");
	const struct recipe r = {.src = "10.7.0.1", .proto = IPPROTO_UDP};
	struct test_pkt left, error;

	(void)state;
	assert_int_equal(open_connection(build(&left, &r), NULL, &src), SL_GO);
	build_error(&error, &left, "198.51.100.254", "203.0.113.150",
	    left.pkt.conn, SL_REPLY);
	sl_pkt_l4(&error.pkt)[8] = 0x4f; /* quoted header of 60 bytes */
	assert_int_equal(sl_nat_apply(&error.pkt, SL_NAT_DST), SL_DROP);
}

/* Only masqueraded connections by that port go. */
static void
purge_takes_what_left_by_a_port(void **state)
{
	struct sl_nat_request m = masquerade("203.0.113.160");
	struct sl_nat_request s =
	    request(SL_NAT_SRC, "203.0.113.161", NULL, 0, 0);
	uint64_t before = sl_table_total(table);
	struct sl_walk walk = {0};
	struct recipe r = {.proto = IPPROTO_UDP, .src = "10.8.0.1"};
	struct test_pkt t;
	unsigned steps = 0;

	(void)state;
	for (uint16_t i = 0; i < 3000; i++) {
		r.sport = (uint16_t)(10000 + i);
		build(&t, &r);
		assert_int_equal(
		    open_connection(&t.pkt, NULL, i % 3 ? &m : &s), SL_GO);
		t.pkt.conn->out_port = i % 2;
	}
	while (!sl_nat_purge_step(table, 0, 1, false, &walk))
		assert_true(++steps < 100);
	assert_int_equal(sl_table_total(table), before + 2000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_directions),
	    cmocka_unit_test(two_clients_meet),
	    cmocka_unit_test(clients_meet_behind_dstnat),
	    cmocka_unit_test(pools_are_paired),
	    cmocka_unit_test(a_two_port_pool_runs_out),
	    cmocka_unit_test(expired_connections_make_room),
	    cmocka_unit_test(destination_ranges),
	    cmocka_unit_test(own_connections_are_respected),
	    cmocka_unit_test(what_came_first_is_respected),
	    cmocka_unit_test(a_dropped_packet_holds_no_port),
	    cmocka_unit_test(no_ids_no_sharing),
	    cmocka_unit_test(port_zero),
	    cmocka_unit_test(errors_about_source_nat),
	    cmocka_unit_test(errors_about_destination_nat),
	    cmocka_unit_test(errors_about_both),
	    cmocka_unit_test(errors_in_ipv6),
	    cmocka_unit_test(broken_errors_are_dropped),
	    cmocka_unit_test(purge_takes_what_left_by_a_port),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
