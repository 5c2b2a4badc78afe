/* SPDX-License-Identifier: Apache-2.0 */
/* Translated ways through the router. */
#include "fixture.h"

#include <path/purge.h>

#define CLIENT "192.168.1.7"
#define SERVER "203.0.113.9"
#define INSIDE "192.168.1.80"
#define OWN    "198.51.100.1"

/* masquerade out of WAN; WAN:8080 to INSIDE:80; UDP 53 from LAN to ourselves. */
static int
router_with_nat(void **state)
{
	static const uint64_t wan[SL_PORTS_MAX / 64] = {1ull << WAN};
	static const struct sl_id_span web = {8080, 8080}, dns = {53, 53};
	struct sl_specs specs;
	struct sl_rule_spec *s;

	router1(state);
	sl_specs_init(&specs);
	s = add_rule(
	    &specs, SL_TABLE_NAT, SL_IPV4, "srcnat", SL_ACTION_TRANSLATE);
	s->nat =
	    (struct sl_nat_request){.side = SL_NAT_SRC, .masquerade = true};
	s->nat_port_address = true;
	memcpy(sl_spec_match(s, SL_MATCH_OUT_PORT)->ports, wan, sizeof(wan));

	s = add_rule(
	    &specs, SL_TABLE_NAT, SL_IPV4, "dstnat", SL_ACTION_TRANSLATE);
	s->nat = (struct sl_nat_request){.side = SL_NAT_DST,
	    .has_addr = true,
	    .has_port = true,
	    .port_min = 80,
	    .port_max = 80};
	s->nat.addr_min.u.w[0] = s->nat.addr_max.u.w[0] = inet_addr(INSIDE);
	sl_spec_set_spans(s, sl_spec_match(s, SL_MATCH_DST_ID), &web, 1);

	s = add_rule(
	    &specs, SL_TABLE_NAT, SL_IPV4, "dstnat", SL_ACTION_TRANSLATE);
	s->nat = (struct sl_nat_request){.side = SL_NAT_DST};
	s->nat_port_address = true;
	sl_spec_set_spans(s, sl_spec_match(s, SL_MATCH_DST_ID), &dns, 1);
	publish(&specs);
	sl_specs_fini(&specs);
	return 0;
}

static void
masquerade_there_and_back(void **state)
{
	static const uint8_t protos[] = {IPPROTO_UDP, IPPROTO_TCP};
	char text[TEXT_MAX];

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(protos); i++) {
		const char *name = protos[i] == IPPROTO_TCP ? "tcp" : "udp";

		arrive(LAN, &(struct recipe){.src = CLIENT,
				.dst = SERVER,
				.proto = protos[i],
				.tcp_flags = 2});
		snprintf(text, sizeof(text),
		    "%s 198.51.100.1:1024->203.0.113.9:80 ttl=63", name);
		expect(WAN, text);
		arrive(WAN, &(struct recipe){.src = SERVER,
				.dst = OWN,
				.proto = protos[i],
				.sport = 80,
				.dport = 1024,
				.tcp_flags = 0x12});
		snprintf(text, sizeof(text),
		    "%s 203.0.113.9:80->192.168.1.7:1024 ttl=63", name);
		expect(LAN, text);
	}
	arrive(LAN, &(struct recipe){.src = CLIENT,
			.dst = SERVER,
			.proto = IPPROTO_ICMP,
			.sport = 8,
			.id = 77});
	expect(WAN, "icmp 198.51.100.1->203.0.113.9 8/0");
	arrive(WAN,
	    &(struct recipe){
		.src = SERVER, .dst = OWN, .proto = IPPROTO_ICMP, .id = 77});
	expect(LAN, "icmp 203.0.113.9->192.168.1.7 0/0");
	expect_nothing();
}

/* The same port from two clients: one of them gets another. */
static void
clients_are_told_apart(void **state)
{
	const struct sl_mem_frame *a, *b;

	(void)state;
	arrive(LAN, &(struct recipe){
			.src = CLIENT, .dst = SERVER, .proto = IPPROTO_UDP});
	arrive(LAN,
	    &(struct recipe){
		.src = "192.168.1.8", .dst = SERVER, .proto = IPPROTO_UDP});
	a = next_frame(WAN, WIRE, 0);
	b = next_frame(WAN, WIRE, 0);
	assert_non_null(a);
	assert_non_null(b);
	assert_memory_equal(a->data + 26, b->data + 26, 4); /* same address */
	assert_memory_not_equal(a->data + 34, b->data + 34, 2); /* not port */
}

static void
dst_nat_there_and_back(void **state)
{
	(void)state;
	arrive(
	    WAN, &(struct recipe){
		     .src = SERVER, .dst = OWN, .dport = 8080, .tcp_flags = 2});
	expect(LAN, "tcp 203.0.113.9:1024->192.168.1.80:80 ttl=63");
	arrive(LAN, &(struct recipe){.src = INSIDE,
			.dst = SERVER,
			.sport = 80,
			.dport = 1024,
			.tcp_flags = 0x12});
	expect(WAN, "tcp 198.51.100.1:8080->203.0.113.9:1024 ttl=63");
	expect_nothing();
}

/* A redirect brings two connections of one client socket to one of ours: their
 * answers must still find the way back to what the client asked. */
static void
redirected_connections_are_told_apart(void **state)
{
	static const char *const asked[] = {"8.8.8.8", "8.8.4.4"};
	struct sl_pkt pkt = {0};
	uint16_t port[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct sl_mem_frame *f;

		arrive(LAN, &(struct recipe){.src = CLIENT,
				.dst = asked[i],
				.proto = IPPROTO_UDP,
				.dport = 53});
		f = next_frame(LAN, HOST, 0);
		assert_non_null(f);
		pkt.data = f->data;
		pkt.len = pkt.room = f->len;
		assert_int_equal(sl_parse_frame(&pkt), SL_GO);
		assert_true(checksums_are_right(&pkt));
		port[i] = sl_get_be16(sl_pkt_l4(&pkt));
	}
	assert_int_not_equal(port[0], port[1]);
	for (int i = 0; i < 2; i++) {
		char want[TEXT_MAX];

		arrive_at(LAN, HOST, 0,
		    &(struct recipe){.src = "192.168.1.1",
			.dst = CLIENT,
			.proto = IPPROTO_UDP,
			.sport = 53,
			.dport = port[i]});
		run();
		snprintf(want, sizeof(want),
		    "udp %s:53->192.168.1.7:1024 ttl=64", asked[i]);
		expect(LAN, want);
	}
	expect_nothing();
}

/* What we say about a translated packet quotes it as its sender sent it. */
static void
our_errors_quote_what_was_sent(void **state)
{
	static const struct {
		unsigned in;
		struct recipe recipe;
		const char *want;
	} rows[] = {
	    {WAN,
		{.src = SERVER,
		    .dst = OWN,
		    .dport = 8080,
		    .tcp_flags = 2,
		    .ttl = 1},
		"icmp 198.51.100.1->203.0.113.9 11/0 about "
		"203.0.113.9:1024->198.51.100.1:8080"},
	    {WAN,
		{.src = SERVER,
		    .dst = OWN,
		    .proto = IPPROTO_UDP,
		    .dport = 8080,
		    .ttl = 1},
		"icmp 198.51.100.1->203.0.113.9 11/0 about "
		"203.0.113.9:1024->198.51.100.1:8080"},
	    {LAN,
		{.src = CLIENT, .dst = SERVER, .proto = IPPROTO_UDP, .ttl = 1},
		"icmp 192.168.1.1->192.168.1.7 11/0 about "
		"192.168.1.7:1024->203.0.113.9:80"},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		arrive(rows[i].in, &rows[i].recipe);
		expect(rows[i].in, rows[i].want);
		expect_nothing();
	}
	/* and of an answer on its way back in */
	arrive(LAN, &(struct recipe){
			.src = CLIENT, .dst = SERVER, .proto = IPPROTO_UDP});
	expect(WAN, "udp 198.51.100.1:1024->203.0.113.9:80 ttl=63");
	arrive(WAN, &(struct recipe){.src = SERVER,
			.dst = OWN,
			.proto = IPPROTO_UDP,
			.sport = 80,
			.dport = 1024,
			.ttl = 1});
	expect(WAN, "icmp 198.51.100.1->203.0.113.9 11/0 about "
		    "203.0.113.9:80->198.51.100.1:1024");
	expect_nothing();
}

/* An ICMP error about the frame that just left by 'port', from 'src'. */
static void
answer_with_error(unsigned port, const char *src, const char *dst)
{
	const struct sl_mem_frame *f = next_frame(port, WIRE, 0);
	uint8_t frame[FRAME_ROOM];
	uint32_t len = make_frame(frame, port,
	    &(struct recipe){.src = src,
		.dst = dst,
		.proto = IPPROTO_ICMP,
		.sport = 11,
		.payload = 28});
	sl_be16 csum;

	assert_non_null(f);
	memcpy(frame + SL_ETH_LEN + 28, f->data + SL_ETH_LEN, 28);
	memset(frame + SL_ETH_LEN + 22, 0, 2);
	csum = sl_csum_finish(
	    sl_csum_add(0, frame + SL_ETH_LEN + 20, len - SL_ETH_LEN - 20));
	memcpy(frame + SL_ETH_LEN + 22, &csum, 2);
	assert_true(sl_mem_inject(sides[port][WIRE].dev, 0, frame, len, NULL));
	run();
}

/* Errors of others come in and go out translated inside and out. */
static void
errors_of_others_are_translated(void **state)
{
	(void)state;
	arrive(LAN, &(struct recipe){
			.src = CLIENT, .dst = SERVER, .proto = IPPROTO_UDP});
	answer_with_error(WAN, GATEWAY4, OWN);
	expect(LAN, "icmp 198.51.100.254->192.168.1.7 11/0 about "
		    "192.168.1.7:1024->203.0.113.9:80");
	arrive(WAN, &(struct recipe){.src = SERVER,
			.dst = OWN,
			.proto = IPPROTO_UDP,
			.dport = 8080});
	answer_with_error(LAN, INSIDE, SERVER);
	expect(WAN, "icmp 198.51.100.1->203.0.113.9 11/0 about "
		    "203.0.113.9:1024->198.51.100.1:8080");
	expect_nothing();
}

static void
masquerade_needs_an_address(void **state)
{
	struct sl_ifaddr a = {
	    .ifindex = WAN + 1, .family = SL_IPV4, .prefix_len = 24};

	(void)state;
	a.addr.u.w[0] = inet_addr(OWN);
	add_route("203.0.113.0", 24, SL_ROUTE_UNICAST, GATEWAY4, 0);
	assert_int_equal(sl_static_backend.addr(false, &a, NULL), 0);
	drops(SL_DROP_NAT_NO_ADDR);
	arrive(LAN, &(struct recipe){
			.src = CLIENT, .dst = SERVER, .proto = IPPROTO_UDP});
	expect_nothing();
	assert_int_equal(drops(SL_DROP_NAT_NO_ADDR), 1);
	assert_int_equal(sl_table_total(engine->table), 0);
}

/* A masqueraded connection goes with its address or its link, and with nothing
 * else that happens to the port. */
static void
masquerade_goes_with_its_address(void **state)
{
	struct sl_ifaddr own = {
	    .ifindex = WAN + 1, .family = SL_IPV4, .prefix_len = 24};
	struct sl_port *wan = sl_port_by_number(WAN);
	struct sl_purge purge = {0};
	const struct recipe flow = {
	    .src = CLIENT, .dst = SERVER, .proto = IPPROTO_UDP};

	(void)state;
	own.addr.u.w[0] = inet_addr(OWN);
	add_addr(WAN, "198.51.100.2", 24);
	sl_purge_look(&purge, engine);
	arrive(LAN, &flow);
	arrive(WAN,
	    &(struct recipe){
		.src = SERVER, .dst = "192.168.1.80", .proto = IPPROTO_UDP});
	assert_int_equal(sl_table_total(engine->table), 2);
	sl_purge_look(&purge, engine);
	add_addr(WAN, "198.51.100.3", 24);
	add_addr(WAN, "2001:db8:2::2", 64);
	sl_purge_look(&purge, engine);
	assert_int_equal(sl_table_total(engine->table), 2);
	assert_int_equal(sl_static_backend.addr(false, &own, NULL), 0);
	sl_purge_look(&purge, engine);
	assert_int_equal(sl_table_total(engine->table), 1);
	arrive(LAN, &flow); /* it comes back with an address that is ours */
	assert_int_equal(sl_table_total(engine->table), 2);
	sl_store_relaxed(&wan->flags, 0);
	sl_purge_look(&purge, engine);
	assert_int_equal(sl_table_total(engine->table), 1);
}

int
main(void)
{
#define NAT(test)                                                              \
	cmocka_unit_test_setup_teardown(test, router_with_nat, close_router)
	static const struct CMUnitTest tests[] = {
	    NAT(masquerade_there_and_back),
	    NAT(clients_are_told_apart),
	    NAT(dst_nat_there_and_back),
	    NAT(redirected_connections_are_told_apart),
	    NAT(our_errors_quote_what_was_sent),
	    NAT(errors_of_others_are_translated),
	    NAT(masquerade_needs_an_address),
	    NAT(masquerade_goes_with_its_address),
	};

	return run_group(tests, SL_COUNT_OF(tests));
}
