/* SPDX-License-Identifier: Apache-2.0 */
/* Helped connections, one matter at a time; helped_model_test.c has the rest. */
#include "talk.h"

static struct end client, server;
static uint32_t calls, flags_seen;
static enum sl_help verdict;
static bool one_line; /* at a time */

static enum sl_help
see_text(const struct sl_call *call)
{
	const uint8_t *p = call->payload.data, *at;
	uint32_t n = call->payload.len;

	calls++;
	flags_seen = call->flags;
	if (call->l4proto == IPPROTO_TCP) {
		at = one_line ? memchr(p, '\n', n) : memrchr(p, '\n', n);
		*call->used = at ? (uint32_t)(at + 1 - p) : n == 1 && *p == '!';
	}
	at = memchr(p, '#', n);
	if (at && at < p + *call->used) { // grows by 499
		char many[500];

		memset(many, '=', sizeof(many));
		if (sl_replace(call, (uint32_t)(at - p), 1, many, 500))
			return SL_HELP_DROP;
	}
	at = memchr(p, '!', n);
	if (at && at < p + *call->used)
		sl_replace(call, (uint32_t)(at - p), 1, "", 0);
	return verdict;
}

static const struct sl_port_match ports[] = {
    {IPPROTO_TCP, 0, TALK_PORT}, {IPPROTO_UDP, 0, TALK_PORT}, {0}};
static const struct sl_helper_ops text_ops = {.size = sizeof(text_ops),
    .flags = SL_HELP_STREAM,
    .name = "text",
    .ports = ports,
    .hold_max = 100,
    .families = 3,
    .data = see_text};

static int
setup(void **state)
{
	router1(state);
	load_helper(&text_ops);
	calls = flags_seen = 0;
	verdict = SL_HELP_PASS;
	one_line = false;
	memset(&client, 0, sizeof(client));
	memset(&server, 0, sizeof(server));
	client.isn = 0xffffff00u;
	server.isn = 77;
	client.stamps = server.stamps = true;
	meet(&client, &server, false);
	return 0;
}

static void
streams_are(const char *plain, const char *edited)
{
	client.plain = (const uint8_t *)plain;
	client.len = (uint32_t)strlen(plain);
	server.want = (const uint8_t *)edited;
	server.want_len = (uint32_t)strlen(edited);
}

/* 'n' bytes from 'at' of the client's stream. */
static void
send_piece(uint32_t at, uint32_t n, uint8_t flags)
{
	say(&client, &(struct say){.at = at, .len = n, .flags = ACK | flags});
}

static void
held_bytes_are_acknowledged_at_once(void **state)
{
	(void)state;
	streams_are("one\ntwo\n", "one\ntwo\n");
	shake_hands(&client, &server);
	send_piece(0, 2, 0);
	/* Nothing leaves, and a sender that waits for it (Nagle) goes on. */
	assert_int_equal(listen_all(&server), 0);
	assert_int_equal(listen_all(&client), 1);
	assert_int_equal(client.una, 2);
	assert_true(client.window < TALK_WINDOW);
	assert_int_equal(drops(SL_DROP_HELPER_HELD), 1);
	/* The acknowledgement was lost: it is said again. */
	client.una = 0;
	send_piece(0, 2, 0);
	assert_int_equal(listen_all(&client), 1);
	assert_int_equal(client.una, 2);
	/* The rest of the line takes it along; so does its repetition. */
	send_piece(2, 2, 0);
	send_piece(2, 2, 0);
	assert_int_equal(calls, 2);
	assert_int_equal(listen_all(&server), 2);
	assert_int_equal(server.rcv, 4);
	assert_int_equal(listen_all(&client), 0);
}

/* Nobody has to say more before the rest of what is there is looked at, and what
 * waits for its turn is not too long, only what has no end. */
static void
a_helper_takes_what_it_can_at_once(void **state)
{
	char plain[40 * 5 + 2], edited[40 * 4 + 1];

	(void)state;
	for (int i = 0; i < 40; i++) {
		memcpy(plain + i * 5, "abc!\n", 5);
		memcpy(edited + i * 4, "abc\n", 4);
	}
	memcpy(plain + 200, "z", 2);
	edited[160] = '\0';
	one_line = true;
	streams_are(plain, edited);
	shake_hands(&client, &server);
	send_piece(0, 201, 0);
	assert_int_equal(listen_all(&server), 1);
	assert_int_equal(server.rcv, 160);
	assert_int_equal(calls, 41); // once in vain
	assert_false(flags_seen & SL_CALL_CUT);
}

/* What was sent on is the receiver's to acknowledge, and then the tail with it. */
static void
a_tail_is_acknowledged_with_what_precedes(void **state)
{
	(void)state;
	streams_are("one\ntwo\n", "one\ntwo\n");
	shake_hands(&client, &server);
	send_piece(0, 6, 0);
	assert_int_equal(listen_all(&server), 1);
	assert_int_equal(server.rcv, 4);
	assert_int_equal(listen_all(&client), 0);
	say(&server, &(struct say){.flags = ACK});
	assert_int_equal(listen_all(&client), 1);
	assert_int_equal(client.una, 6);
	/* The FIN releases what is held, line or not. */
	client.len = 6;
	server.want_len = 6;
	send_piece(6, 0, FIN);
	assert_int_equal(flags_seen, SL_CALL_LAST);
	assert_int_equal(listen_all(&server), 1);
	assert_int_equal(server.rcv, 7);
}

static void
a_hole_is_waited_for(void **state)
{
	(void)state;
	streams_are("one\ntwo\n", "one\ntwo\n");
	shake_hands(&client, &server);
	send_piece(4, 4, 0);
	assert_int_equal(listen_all(&server), 0);
	assert_int_equal(drops(SL_DROP_HELPER_ORDER), 1);
	assert_int_equal(calls, 0);
	send_piece(0, 4, 0);
	send_piece(4, 4, 0);
	assert_int_equal(listen_all(&server), 2);
	assert_int_equal(server.rcv, 8);
}

static void
what_is_too_long_passes_unseen(void **state)
{
	static char many[201];

	(void)state;
	memset(many, 'a', 200);
	many[149] = '\n';
	streams_are(many, many);
	shake_hands(&client, &server);
	send_piece(0, 100, 0);
	assert_int_equal(listen_all(&server), 0);
	send_piece(100, 10, 0);
	assert_int_equal(listen_all(&server), 1);
	assert_int_equal(server.rcv, 110);
	assert_int_equal(flags_seen, 0);
	send_piece(110, 40, 0);
	assert_int_equal(flags_seen, SL_CALL_CUT);
	assert_int_equal(listen_all(&server), 1);
	send_piece(150, 10, 0);
	assert_int_equal(flags_seen, 0);
}

/* A segment that outgrows the link leaves as a frame for the kernel to cut. */
static void
growth_beyond_the_link(void **state)
{
	static char plain[1302], edited[1801];

	(void)state;
	memset(plain, 'a', 1301);
	memset(edited, 'a', 1800);
	plain[600] = '#';
	memset(edited + 600, '=', 500);
	plain[1300] = edited[1799] = '\n';
	streams_are(plain, edited);
	shake_hands(&client, &server);
	for (int again = 0; again < 2; again++) {
		struct wire_frame f;

		send_piece(0, 1301, 0);
		assert_true(collect(WAN, &f));
		assert_int_equal(f.offload.gso_type, SL_GSO_TCP4);
		assert_int_equal(f.offload.gso_size, 1500 - 20 - 32);
		assert_int_equal(f.len, SL_ETH_LEN + 20 + 32 + 1800);
		hear(&server, &f);
		assert_int_equal(server.rcv, 1800);
	}
	assert_int_equal(calls, 1);
	/* Half of the replacement is no byte of the original. */
	server.rcv = 1000;
	say(&server, &(struct say){.flags = ACK});
	listen_all(&client);
	assert_int_equal(client.una, 600);
	server.rcv = 1800;
	say(&server, &(struct say){.flags = ACK});
	listen_all(&client);
	assert_int_equal(client.una, 1301);
	assert_int_equal(drops(SL_DROP_TOO_BIG), 0);
}

/* What the receiver has behind a gap, in the sender's numbers; a replacement that
 * it has half of is nothing. */
static void
selective_acknowledgements_are_the_senders(void **state)
{
	static char edited[506];

	(void)state;
	memset(edited, 'x', 505);
	streams_are("a#\nbc\n", edited);
	server.sack = true;
	shake_hands(&client, &server);
	send_piece(0, 3, 0);
	send_piece(3, 3, 0);
	memset(server.got + 502, true, 3);
	say(&server, &(struct say){.flags = ACK});
	assert_int_equal(listen_all(&client), 1);
	assert_false(client.sacked[2]);
	assert_true(client.sacked[3] && client.sacked[5]);
	memset(server.got + 300, true, 202);
	memset(client.sacked, false, sizeof(client.sacked));
	say(&server, &(struct say){.flags = ACK});
	assert_int_equal(listen_all(&client), 1);
	assert_false(client.sacked[1]);
	assert_true(client.sacked[2] && client.sacked[5]);
	assert_int_equal(client.una, 0);
}

/* An error about what left quotes to its sender the number he gave. */
static void
an_error_quotes_the_senders_number(void **state)
{
	struct wire_frame f, error = {0};
	uint8_t *ip = error.bytes + SL_ETH_LEN, *icmp = ip + 20;
	const struct sl_mem_frame *out;
	struct sl_pkt pkt = {0};
	uint16_t csum;

	(void)state;
	streams_are("a#\nbc\n", "");
	shake_hands(&client, &server);
	send_piece(0, 3, 0);
	send_piece(3, 3, 0);
	assert_true(collect(WAN, &f));
	assert_true(collect(WAN, &f));
	assert_int_equal(
	    sl_get_be32(f.bytes + SL_ETH_LEN + 24), client.isn + 1 + 3 + 499);
	put_ip_header(&server, ip, 8 + 28);
	ip[9] = IPPROTO_ICMP;
	memcpy(ip + 16, &client.own, 4);
	put16(ip + 10, 0);
	csum = sl_csum_finish(sl_csum_add(0, ip, 20));
	memcpy(ip + 10, &csum, 2);
	icmp[0] = 3;
	icmp[1] = 4;
	put16(icmp + 6, 1400);
	memcpy(icmp + 8, f.bytes + SL_ETH_LEN, 28);
	csum = sl_csum_finish(sl_csum_add(0, icmp, 36));
	memcpy(icmp + 2, &csum, 2);
	sl_port_mac(sl_port_by_number(WAN), error.bytes);
	put16(error.bytes + 12, 0x0800);
	error.len = SL_ETH_LEN + 20 + 36;
	inject(WAN, &error);
	out = next_frame(LAN, WIRE, 0);
	assert_non_null(out);
	pkt.data = out->data;
	pkt.len = pkt.room = out->len;
	assert_int_equal(sl_parse_frame(&pkt), SL_GO);
	assert_true(checksums_are_right(&pkt));
	assert_int_equal(
	    sl_get_be32(sl_pkt_l4(&pkt) + 8 + 24), client.isn + 1 + 3);
}

/* Nothing is left of a segment: its sender is told all the same. */
static void
all_of_it_is_taken_out(void **state)
{
	(void)state;
	streams_are("!a\n", "a\n");
	shake_hands(&client, &server);
	send_piece(0, 1, 0);
	assert_int_equal(listen_all(&server), 0);
	assert_int_equal(listen_all(&client), 1);
	assert_int_equal(client.una, 1);
	send_piece(1, 2, 0);
	assert_int_equal(listen_all(&server), 1);
	assert_int_equal(server.rcv, 2);
	say(&server, &(struct say){.flags = ACK});
	listen_all(&client);
	assert_int_equal(client.una, 3);
}

static void
a_refused_call_changes_nothing(void **state)
{
	(void)state;
	streams_are("a#b\n", "a#b\n");
	shake_hands(&client, &server);
	verdict = SL_HELP_DROP;
	send_piece(0, 4, 0);
	assert_int_equal(drops(SL_DROP_HELPER), 1);
	assert_int_equal(listen_all(&server), 0);
	verdict = SL_HELP_DETACH;
	streams_are("a?b\n", "a?b\n");
	send_piece(0, 4, 0);
	assert_int_equal(listen_all(&server), 1);
	assert_int_equal(calls, 2);
	send_piece(0, 4, 0); // nobody is called any more
	assert_int_equal(calls, 2);
	assert_int_equal(listen_all(&server), 1);
}

/* A handshake costs a bit; what a SYN carries comes again. */
static void
a_syn_costs_nothing(void **state)
{
	struct sl_help_sessions *t = &engine->worker[0]->related.sessions;

	(void)state;
	streams_are("a\n", "a\n");
	say(&client, &(struct say){.flags = SYN, .len = 2});
	client.nxt = 0;
	assert_int_equal(listen_all(&server), 1);
	assert_int_equal(server.rcv, 0);
	say(&server, &(struct say){.flags = SYN | ACK});
	assert_int_equal(listen_all(&client), 1);
	assert_int_equal(t->n, 0);
	say(&client, &(struct say){.flags = ACK});
	assert_int_equal(t->n, 1);
	listen_all(&server);
	send_piece(0, 2, 0);
	listen_all(&server);
	assert_int_equal(server.rcv, 2);
}

/* The same to and from the router itself. */
static void
the_router_is_an_end(void **state)
{
	struct wire_frame f;

	(void)state;
	streams_are("a#\n", "a#\n");
	test_addr("192.168.1.1", &client.peer);
	say(&client, &(struct say){.flags = SYN});
	assert_non_null(next_frame(LAN, HOST, 0));
	server.own = client.peer;
	server.peer = client.own;
	server.peer_id = client.own_id;
	server.own_id = TALK_PORT;
	server.port = LAN;
	server.peer_isn = client.isn;
	make_segment(&server, &(struct say){.flags = SYN | ACK}, &f);
	assert_true(
	    sl_mem_inject(sides[LAN][HOST].dev, 0, f.bytes, f.len, &f.offload));
	run();
	assert_int_equal(listen_all(&client), 1);
	say(&client, &(struct say){.flags = ACK});
	assert_non_null(next_frame(LAN, HOST, 0));
	send_piece(0, 3, 0);
	assert_int_equal(
	    next_frame(LAN, HOST, 0)->len, SL_ETH_LEN + 20 + 32 + 3 + 499);
	server.rcv = 502;
	make_segment(&server, &(struct say){.flags = ACK}, &f);
	assert_true(
	    sl_mem_inject(sides[LAN][HOST].dev, 0, f.bytes, f.len, &f.offload));
	run();
	assert_int_equal(listen_all(&client), 1);
	assert_int_equal(client.una, 3);
}

/* 1199 a and a #, and the checksum over them. */
static void
fill_datagram(uint8_t *packet, uint32_t ip)
{
	uint8_t *udp = packet + ip;
	struct sl_addr src = {0}, dst = {0};
	uint16_t csum;

	memset(udp + 8, 'a', 1199);
	udp[8 + 1199] = '#';
	memset(udp + 6, 0, 2);
	memcpy(&src, packet + (ip == 40 ? 8 : 12), ip == 40 ? 16 : 4);
	memcpy(&dst, packet + (ip == 40 ? 24 : 16), ip == 40 ? 16 : 4);
	csum = sl_csum_finish(
	    sl_csum_add(sl_csum_pseudo(ip == 40 ? SL_IPV6 : SL_IPV4, &src, &dst,
			    IPPROTO_UDP, 1208),
		udp, 1208));
	memcpy(udp + 6, &csum, 2);
}

/* A datagram that outgrows the link is cut, whatever its sender asked for. */
static void
a_datagram_grows(void **state)
{
	static const char *const ends[][2] = {
	    {"192.168.1.7", "203.0.113.9"}, {"2001:db8:1::7", "2001:db8:3::9"}};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(ends); i++) {
		uint32_t ip = i ? 40 : 20, total = 0;
		const struct sl_mem_frame *f;
		uint8_t frame[FRAME_ROOM];
		uint32_t len = make_frame(frame, LAN,
		    &(struct recipe){.src = ends[i][0],
			.dst = ends[i][1],
			.proto = IPPROTO_UDP,
			.dport = TALK_PORT,
			.frag = 0x4000,
			.payload = 1200});

		fill_datagram(frame + SL_ETH_LEN, ip);
		assert_true(
		    sl_mem_inject(sides[LAN][WIRE].dev, 0, frame, len, NULL));
		run();
		while ((f = next_frame(WAN, WIRE, 0))) {
			assert_true(f->len <= SL_ETH_LEN + 1500);
			assert_non_null(strstr(describe(f), "fragment"));
			total += f->len - SL_ETH_LEN - ip - (i ? 8 : 0);
		}
		assert_int_equal(total, 8 + 1200 + 499);
	}
}

#define TALK(test) cmocka_unit_test_setup_teardown(test, setup, close_talk)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TALK(held_bytes_are_acknowledged_at_once),
	    TALK(a_helper_takes_what_it_can_at_once),
	    TALK(a_tail_is_acknowledged_with_what_precedes),
	    TALK(a_hole_is_waited_for),
	    TALK(what_is_too_long_passes_unseen),
	    TALK(growth_beyond_the_link),
	    TALK(selective_acknowledgements_are_the_senders),
	    TALK(an_error_quotes_the_senders_number),
	    TALK(all_of_it_is_taken_out),
	    TALK(a_refused_call_changes_nothing),
	    TALK(a_syn_costs_nothing),
	    TALK(the_router_is_an_end),
	    TALK(a_datagram_grows),
	};

	return run_group(tests, SL_COUNT_OF(tests));
}
