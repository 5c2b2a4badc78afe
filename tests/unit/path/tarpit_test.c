/* SPDX-License-Identifier: Apache-2.0 */
/* What the tarpit says beyond the numbers of the scenario: large frames, rates, and
 * that a refused answer leaves nothing behind. */
#include "fixture.h"

#define CLIENT "192.168.1.7"
#define SERVER "203.0.113.9"

static int
router_with_tarpit(void **state)
{
	struct sl_specs specs;

	router1(state);
	sl_specs_init(&specs);
	add_rule(&specs, SL_TABLE_FILTER, SL_IPV4, "forward", SL_ACTION_TARPIT);
	publish(&specs);
	sl_specs_fini(&specs);
	return 0;
}

/* The next segment to the LAN; false: there is none. */
static bool
next_answer(uint32_t *seq, uint32_t *ack, uint8_t *flags)
{
	const struct sl_mem_frame *f = next_frame(LAN, WIRE, 0);
	struct sl_pkt pkt = {0};
	const uint8_t *tcp;

	if (!f)
		return false;
	pkt.data = f->data;
	pkt.len = pkt.room = f->len;
	assert_int_equal(sl_parse_frame(&pkt), SL_GO);
	assert_true(checksums_are_right(&pkt));
	tcp = sl_pkt_l4(&pkt);
	assert_int_equal(pkt.l4_len, 20);
	assert_int_equal(sl_get_be16(tcp + 14), 0); /* window */
	*seq = sl_get_be32(tcp + 4);
	*ack = sl_get_be32(tcp + 8);
	*flags = tcp[13];
	return true;
}

static void
send_segment(const char *src, uint8_t flags, uint32_t seq, uint32_t ack,
    uint16_t payload, uint16_t gso)
{
	uint8_t frame[FRAME_ROOM], *tcp = frame + SL_ETH_LEN + 20;
	uint32_t len = make_frame(frame, LAN,
	    &(struct recipe){.src = src,
		.dst = SERVER,
		.tcp_flags = flags,
		.payload = payload});
	struct sl_offload o = {.flags = SL_OFFLOAD_VALID};
	uint32_t be_seq = htonl(seq), be_ack = htonl(ack);

	memcpy(tcp + 4, &be_seq, 4);
	memcpy(tcp + 8, &be_ack, 4);
	if (gso) {
		o.gso_type = SL_GSO_TCP4;
		o.gso_size = gso;
		o.hdr_len = SL_ETH_LEN + 40;
	}
	assert_true(sl_mem_inject(sides[LAN][WIRE].dev, 0, frame, len, &o));
	run();
}

static void
a_large_frame_is_one_answer(void **state)
{
	uint32_t isn, seq, ack;
	uint8_t flags;

	(void)state;
	send_segment(CLIENT, SL_TCP_SYN, 99, 0, 0, 0);
	assert_true(next_answer(&isn, &ack, &flags));
	assert_int_equal(flags, SL_TCP_SYN | SL_TCP_ACK);
	assert_int_equal(ack, 100);
	send_segment(CLIENT, SL_TCP_ACK, 100, isn + 1, 0, 0);
	assert_false(next_answer(&seq, &ack, &flags)); /* it asks nothing */
	send_segment(CLIENT, SL_TCP_ACK, 100, isn + 1, 8000, 1000);
	assert_true(next_answer(&seq, &ack, &flags));
	assert_int_equal(flags, SL_TCP_ACK);
	assert_int_equal(seq, isn + 1);
	assert_int_equal(ack, 100);
	expect_nothing();
	assert_int_equal(sl_table_total(engine->table), 1);
}

/* Two connections start where only we can know. */
static void
numbers_differ(void **state)
{
	uint32_t one, two, ack;
	uint8_t flags;

	(void)state;
	send_segment(CLIENT, SL_TCP_SYN, 99, 0, 0, 0);
	assert_true(next_answer(&one, &ack, &flags));
	send_segment("192.168.1.8", SL_TCP_SYN, 99, 0, 0, 0);
	assert_true(next_answer(&two, &ack, &flags));
	assert_int_not_equal(one, two);
}

/* Beyond the rate there is no answer, and then no connection either. */
static void
answers_are_rationed(void **state)
{
	uint32_t answered = 0, seq, ack;
	uint8_t flags;

	(void)state;
	wait_ms(1000);
	drops(SL_DROP_REPLY_LIMIT);
	drops(SL_DROP_TARPIT);
	for (int i = 0; i < 200; i++) {
		char src[SL_ADDR_TEXT];

		snprintf(src, sizeof(src), "192.168.1.%d", 2 + i);
		send_segment(src, SL_TCP_SYN, 99, 0, 0, 0);
		answered += next_answer(&seq, &ack, &flags);
	}
	assert_in_range(answered, 40, 60);
	assert_int_equal(drops(SL_DROP_REPLY_LIMIT), 200 - answered);
	assert_int_equal(drops(SL_DROP_TARPIT), 200);
	assert_int_equal(sl_table_total(engine->table), answered);
	expect_nothing();
}

/* An ICMP error about it, or a packet from the server whose place we took, goes
 * nowhere. */
static void
the_other_side_is_cut_off(void **state)
{
	uint32_t isn, ack;
	uint8_t flags;

	(void)state;
	send_segment(CLIENT, SL_TCP_SYN, 99, 0, 0, 0);
	assert_true(next_answer(&isn, &ack, &flags));
	arrive(WAN, &(struct recipe){.src = SERVER,
			.dst = CLIENT,
			.sport = 80,
			.dport = 1024,
			.tcp_flags = 0x12});
	expect_nothing();
}

int
main(void)
{
#define TARPIT(test)                                                           \
	cmocka_unit_test_setup_teardown(test, router_with_tarpit, close_router)
	static const struct CMUnitTest tests[] = {
	    TARPIT(a_large_frame_is_one_answer),
	    TARPIT(numbers_differ),
	    TARPIT(answers_are_rationed),
	    TARPIT(the_other_side_is_cut_off),
	};

	return run_group(tests, SL_COUNT_OF(tests));
}
