/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A router in memory: two ports with wire and host side, a static mirror, the
 * trackers of the build tree, and one thread that is every worker in turn.
 *
 *   LAN  192.168.1.1/24   2001:db8:1::1/64   peers behind it
 *   WAN  198.51.100.1/24  2001:db8:2::1/64   default routes by .254 and ::fe
 *
 * What a port was given to send is kept by reference until it is flushed, as real
 * devices do: bytes that die too early show.
 */
#ifndef SL_TEST_PATH_FIXTURE_H
#define SL_TEST_PATH_FIXTURE_H

#include "../rule/build.h"

#include <io/mem.h>
#include <mirror/neigh.h>
#include <mirror/static.h>
#include <path/worker.h>
#include <plugin/loader.h>

#include <linux/rtnetlink.h>

enum { LAN, WAN, PORTS };
enum side { WIRE, HOST };

#define FRAME_ROOM 9000
#define TEXT_MAX   400
#define GATEWAY4   "198.51.100.254"
#define GATEWAY6   "2001:db8:2::fe"

struct queued {
	struct sl_pkt pkt;
	uint16_t q;
};

struct side_of_port {
	struct sl_dev *dev;
	struct queued queued[4 * SL_BATCH_MAX];
	uint32_t n_queued;
	uint32_t seen[2]; /* frames a test has looked at, by worker */
};

static struct sl_engine *engine;
static struct side_of_port sides[PORTS][2];
static const struct sl_dev_ops *mem_ops;
static struct sl_dev_ops late_ops;

static inline struct side_of_port *
side_of(const struct sl_dev *dev)
{
	for (int i = 0; i < 2 * PORTS; i++)
		if (sides[i / 2][i % 2].dev == dev)
			return &sides[i / 2][i % 2];
	return NULL;
}

static bool
late_tx(struct sl_dev *dev, uint16_t q, const struct sl_pkt *pkt)
{
	struct side_of_port *s = side_of(dev);

	if (s->n_queued == SL_COUNT_OF(s->queued))
		return false;
	s->queued[s->n_queued++] = (struct queued){*pkt, q};
	return true;
}

static void
late_flush(struct sl_dev *dev, uint16_t q)
{
	struct side_of_port *s = side_of(dev);

	(void)q;
	for (uint32_t i = 0; i < s->n_queued; i++)
		assert_true(
		    mem_ops->tx(dev, s->queued[i].q, &s->queued[i].pkt));
	s->n_queued = 0;
}

static inline void
open_side(struct sl_port *port, enum side side)
{
	struct sl_dev *dev = sl_mem_open(2, NULL);

	assert_non_null(dev);
	mem_ops = dev->ops;
	late_ops = *dev->ops;
	late_ops.tx = late_tx;
	late_ops.flush = late_flush;
	dev->ops = &late_ops;
	sides[port->number][side] = (struct side_of_port){.dev = dev};
	if (side == WIRE)
		sl_port_set_wire(port, dev);
	else
		sl_port_set_host(port, dev);
}

static inline void
add_addr(unsigned port, const char *text, uint8_t len)
{
	struct sl_ifaddr a = {.ifindex = port + 1, .prefix_len = len};

	assert_true(sl_addr_parse(text, &a.family, &a.addr));
	assert_int_equal(sl_static_backend.addr(true, &a, NULL), 0);
}

/* 'gateway' NULL: a route without next hop. */
static inline void
add_route(const char *dst, uint8_t len, uint8_t type, const char *gateway,
    uint32_t mtu)
{
	struct sl_kroute k = {
	    .protocol = RTPROT_STATIC, .table = SL_TABLE_MAIN};

	assert_true(sl_addr_parse(dst, &k.family, &k.route.dst));
	k.route.len = len;
	k.route.type = type;
	k.route.mtu = mtu;
	if (gateway) {
		k.route.hops = 1;
		k.route.hop[0].weight = 1;
		assert_true(sl_addr_parse(gateway,
		    &k.route.hop[0].gateway_family, &k.route.hop[0].gateway));
	}
	assert_int_equal(sl_static_backend.route(true, &k, NULL), 0);
}

static inline void
be(uint16_t worker)
{
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, worker, "test");
}

static inline void
open_router(uint16_t workers)
{
	static const char *const names[] = {"lan", "wan"};
	struct sl_err err = {0};

	be(0);
	assert_int_equal(sl_mirror_init(&err), 0);
	assert_int_equal(sl_neigh_init(&err), 0);
	for (uint16_t i = 0; i < workers; i++)
		assert_int_equal(sl_mirror_add_worker(i, &err), 0);
	for (int i = 0; i < PORTS; i++) {
		struct sl_port *port = sl_port_add(names[i], names[i], &err);

		assert_non_null(port);
		assert_int_equal(sl_static_add_port(port, 1500), 0);
		open_side(port, WIRE);
		open_side(port, HOST);
	}
	sl_static_neighbors(true);
	add_addr(LAN, "192.168.1.1", 24);
	add_addr(LAN, "2001:db8:1::1", 64);
	add_addr(WAN, "198.51.100.1", 24);
	add_addr(WAN, "2001:db8:2::1", 64);
	add_route("0.0.0.0", 0, SL_ROUTE_UNICAST, GATEWAY4, 0);
	add_route("::", 0, SL_ROUTE_UNICAST, GATEWAY6, 0);
	if (sl_plugins_load(NULL, &err))
		fail_msg("%s", err.text);
	assert_int_equal(sl_track_settings_set_enabled(SL_TRACK_ON, &err), 0);
	sl_live_set_workers(workers);
	engine = sl_engine_new(workers, 10000, &err);
	assert_non_null(engine);
	sl_store_relaxed(&engine->ip.icmp_rate_ms, 0);
}

static inline int
router1(void **state)
{
	(void)state;
	open_router(1);
	return 0;
}

static inline int
router2(void **state)
{
	(void)state;
	open_router(2);
	return 0;
}

static inline int
close_router(void **state)
{
	(void)state;
	be(0);
	sl_ruleset_clear();
	sl_ports_clear();
	sl_rcu_drain();
	sl_engine_free(engine);
	sl_rcu_drain();
	sl_plugins_unload();
	sl_mirror_fini();
	sl_neigh_fini();
	return 0;
}

static inline void
wait_ms(uint64_t ms)
{
	sl_clock_set(sl_now_ns() + ms * SL_NS_PER_MS);
}

/* Every worker steps until none has anything to do. */
static inline void
run(void)
{
	bool busy = true;

	while (busy) {
		busy = false;
		for (uint16_t i = 0; i < engine->workers; i++) {
			be(i);
			sl_rcu_online();
			busy |= sl_worker_step(engine->worker[i]) != 0;
			sl_rcu_offline();
		}
	}
	be(0);
}

/* A frame as 'recipe' says, to the MAC of 'port'.  Returns its length. */
static inline uint32_t
make_frame(uint8_t *out, unsigned port, const struct recipe *wanted)
{
	const struct recipe full = with_defaults(*wanted), *r = &full;
	uint32_t l4_len = l4_header_len(r->proto) + r->payload;
	uint8_t family, *ip = out + SL_ETH_LEN, mac[6];
	struct sl_addr src, dst;
	uint16_t csum;

	assert_true(sl_addr_parse(r->src, &family, &src));
	assert_true(sl_addr_parse(r->dst, &family, &dst));
	memset(out, 0, SL_ETH_LEN + 40);
	sl_port_mac(sl_port_by_number((uint16_t)port), mac);
	memcpy(out, mac, 6);
	memcpy(out + 6, "\x02\0\0\0\0\xaa", 6);
	put16(out + 12, family == SL_IPV4 ? 0x0800 : 0x86dd);
	if (family == SL_IPV6) {
		ip[0] = 0x60;
		put16(ip + 4, (uint16_t)l4_len);
		ip[6] = r->proto;
		ip[7] = r->ttl ? r->ttl : 64;
		memcpy(ip + 8, &src, 16);
		memcpy(ip + 24, &dst, 16);
		memset(ip + 40, 0, l4_header_len(r->proto));
		build_l4(ip + 40, r, family, &src, &dst);
		return SL_ETH_LEN + 40 + l4_len;
	}
	ip[0] = 0x45;
	put16(ip + 2, (uint16_t)(20 + l4_len));
	put16(ip + 4, 0x1234);
	put16(ip + 6, r->frag);
	ip[8] = r->ttl ? r->ttl : 64;
	ip[9] = r->proto;
	memcpy(ip + 12, &src, 4);
	memcpy(ip + 16, &dst, 4);
	csum = sl_csum_finish(sl_csum_add(0, ip, 20));
	memcpy(ip + 10, &csum, 2);
	memset(ip + 20, 0, l4_header_len(r->proto));
	build_l4(ip + 20, r, family, &src, &dst);
	return SL_ETH_LEN + 20 + l4_len;
}

static inline void
arrive_at(
    unsigned port, enum side side, uint16_t worker, const struct recipe *r)
{
	uint8_t frame[FRAME_ROOM];
	uint32_t len = make_frame(frame, port, r);

	assert_true(
	    sl_mem_inject(sides[port][side].dev, worker, frame, len, NULL));
}

static inline void
arrive(unsigned port, const struct recipe *r)
{
	arrive_at(port, WIRE, 0, r);
	run();
}

static inline void
put_ends(char *text, const struct sl_tuple *t, bool ids)
{
	char src[SL_ADDR_TEXT], dst[SL_ADDR_TEXT];
	size_t n = strlen(text);

	sl_addr_print(t->family, &t->src, src);
	sl_addr_print(t->family, &t->dst, dst);
	if (ids)
		snprintf(text + n, TEXT_MAX - n, "%s:%u->%s:%u", src,
		    ntohs(t->src_id), dst, ntohs(t->dst_id));
	else
		snprintf(text + n, TEXT_MAX - n, "%s->%s", src, dst);
}

static inline bool
has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

static inline void
add_quote(char *text, struct sl_pkt *pkt)
{
	struct sl_pkt_view view;
	struct sl_tuple t;
	uint32_t off;

	strcat(text, " about ");
	assert_true(sl_parse_quoted(pkt, &view, &t, &off));
	if (has_ports(t.l4proto) && view.l4.len >= 4) {
		memcpy(&t.src_id, view.l4.data, 2);
		memcpy(&t.dst_id, view.l4.data + 2, 2);
	}
	put_ends(text, &t, has_ports(t.l4proto));
	if (t.family == SL_IPV4) /* the quoted header's own checksum */
		assert_int_equal(
		    sl_csum_finish(sl_csum_add(0, pkt->data + off, 20)), 0);
}

/* "udp 192.0.2.1:5->192.0.2.2:6 ttl=63"; ICMP has type/code and, of an error,
 * the second word (if any) and what it is about.  Asserts that checksums hold. */
static inline const char *
describe(const struct sl_mem_frame *f)
{
	static char text[TEXT_MAX];
	struct sl_pkt pkt = {.data = f->data, .len = f->len, .room = f->room};
	struct sl_tuple t = {0};
	const uint8_t *l4;
	size_t n;

	assert_int_equal(sl_parse_frame(&pkt), SL_GO);
	if (!pkt.family)
		return "arp";
	l4 = sl_pkt_l4(&pkt);
	sl_pkt_addrs(&pkt, &t.src, &t.dst);
	t.family = pkt.family;
	if (pkt.flags & SL_PKT_FRAGMENT) {
		snprintf(text, sizeof(text), "fragment %u+%u ", pkt.frag_off,
		    pkt.l4_len);
		put_ends(text, &t, false);
		return text;
	}
	if (f->offload.gso_type == SL_GSO_NONE)
		assert_true(checksums_are_right(&pkt));
	snprintf(text, sizeof(text), "%s ",
	    pkt.l4proto == IPPROTO_TCP	 ? "tcp"
	    : pkt.l4proto == IPPROTO_UDP ? "udp"
					 : "icmp");
	if (has_ports(pkt.l4proto)) {
		memcpy(&t.src_id, l4, 2);
		memcpy(&t.dst_id, l4 + 2, 2);
	}
	put_ends(text, &t, has_ports(pkt.l4proto));
	n = strlen(text);
	if (has_ports(pkt.l4proto)) {
		snprintf(text + n, sizeof(text) - n, " ttl=%u", pkt.ttl);
		return text;
	}
	snprintf(text + n, sizeof(text) - n, " %u/%u", l4[0], l4[1]);
	if (!sl_parse_is_icmp_error(&pkt))
		return text;
	n = strlen(text);
	if (sl_get_be32(l4 + 4))
		snprintf(
		    text + n, sizeof(text) - n, " %u", sl_get_be32(l4 + 4));
	add_quote(text, &pkt);
	return text;
}

/* The next frame that left by a side of a port; NULL if there is none. */
static inline const struct sl_mem_frame *
next_frame(unsigned port, enum side side, uint16_t worker)
{
	struct side_of_port *s = &sides[port][side];

	if (s->seen[worker] == sl_mem_sent_count(s->dev, worker))
		return NULL;
	return sl_mem_sent(s->dev, worker, s->seen[worker]++);
}

static inline void
expect_at(unsigned port, enum side side, uint16_t worker, const char *want)
{
	const struct sl_mem_frame *f = next_frame(port, side, worker);

	if (!f)
		fail_msg("nothing left by port %u, wanted: %s", port, want);
	assert_string_equal(describe(f), want);
}

static inline void
expect(unsigned port, const char *want)
{
	expect_at(port, WIRE, 0, want);
}

static inline void
expect_nothing(void)
{
	for (int i = 0; i < 2 * PORTS; i++)
		for (uint16_t w = 0; w < 2; w++) {
			const struct sl_mem_frame *f =
			    next_frame((unsigned)i / 2, (enum side)(i % 2), w);

			if (f)
				fail_msg("port %d side %d: %s", i / 2, i % 2,
				    describe(f));
		}
}

/* How often packets were dropped for 'reason' since the last call. */
static inline uint64_t
drops(enum sl_drop_reason reason)
{
	static uint64_t before[SL_DROP_N];
	uint64_t now = sl_counter_sum(SL_COUNTER_DROPS + (unsigned)reason);
	uint64_t n = now - before[reason];

	before[reason] = now;
	return n;
}

static inline int
run_group(const struct CMUnitTest *tests, size_t n)
{
	int rc;

	sl_clock_use_virtual();
	sl_rcu_register();
	rc = _cmocka_run_group_tests("path", tests, n, NULL, NULL);
	sl_rcu_unregister();
	return rc;
}

#define ROUTER(test)                                                           \
	cmocka_unit_test_setup_teardown(test, router1, close_router)
#define ROUTER2(test)                                                          \
	cmocka_unit_test_setup_teardown(test, router2, close_router)

#endif
