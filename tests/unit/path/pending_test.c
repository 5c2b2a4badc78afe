/* SPDX-License-Identifier: Apache-2.0 */
/* Packets that wait for a neighbour. */
#include "fixture.h"

static uint32_t asked;

static void
count_ask(uint16_t port, uint8_t family, const struct sl_addr *addr)
{
	(void)port;
	(void)family;
	(void)addr;
	asked++;
}

static int
silent_router(void **state)
{
	router1(state);
	sl_static_neighbors(false);
	asked = 0;
	return 0;
}

static void
set_neigh(const char *text, enum sl_neigh state)
{
	struct sl_neigh_entry e = {
	    .port = WAN, .state = (uint8_t)state, .mac = {2, 9, 9, 9, 9, 9}};

	assert_true(sl_addr_parse(text, &e.family, &e.addr));
	assert_int_equal(sl_neigh_set(&e), 0);
}

static void
question(uint16_t sport, const char *dst)
{
	arrive(LAN, &(struct recipe){.src = "192.168.1.7",
			.dst = dst,
			.proto = IPPROTO_UDP,
			.sport = sport});
}

static void
packets_wait_and_leave_in_order(void **state)
{
	char want[TEXT_MAX];

	(void)state;
	for (uint16_t i = 0; i < 5; i++)
		question((uint16_t)(3000 + i), "203.0.113.9");
	expect_nothing();
	sl_mirror_take_asked(count_ask);
	assert_true(asked > 0);
	set_neigh("198.51.100.77", SL_NEIGH_OK); /* another one: no news */
	run();
	expect_nothing();
	set_neigh(GATEWAY4, SL_NEIGH_OK);
	run();
	for (uint16_t i = 0; i < 5; i++) {
		const struct sl_mem_frame *f = next_frame(WAN, WIRE, 0);

		assert_non_null(f);
		assert_memory_equal(f->data, "\x02\x09\x09\x09\x09\x09", 6);
		snprintf(want, sizeof(want),
		    "udp 192.168.1.7:%u->203.0.113.9:80 ttl=63", 3000 + i);
		assert_string_equal(describe(f), want);
	}
	expect_nothing();
}

static void
nobody_waits_for_ever(void **state)
{
	static const struct {
		bool kernel_gives_up;
		uint64_t ms;
		uint64_t failed;
	} rows[] = {
	    {false, 2900, 0},
	    {false, 200, 3},
	    {true, 0, 3},
	};

	char told[TEXT_MAX];

	(void)state;
	drops(SL_DROP_NEIGH_FAILED);
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		if (i != 1)
			for (uint16_t n = 0; n < 3; n++)
				question((uint16_t)(3000 + n), "203.0.113.9");
		wait_ms(rows[i].ms);
		if (rows[i].kernel_gives_up)
			set_neigh(GATEWAY4, SL_NEIGH_FAILED);
		run();
		for (uint16_t n = 0; n < rows[i].failed; n++) {
			snprintf(told, sizeof(told),
			    "icmp 192.168.1.1->192.168.1.7 3/1 about "
			    "192.168.1.7:%u->203.0.113.9:80",
			    3000 + n);
			expect(LAN, told);
		}
		expect_nothing();
		assert_int_equal(drops(SL_DROP_NEIGH_FAILED), rows[i].failed);
	}
	/* and who asks later is told at once */
	question(3000, "203.0.113.9");
	expect(LAN, "icmp 192.168.1.1->192.168.1.7 3/1 about "
		    "192.168.1.7:3000->203.0.113.9:80");
	assert_int_equal(drops(SL_DROP_NEIGH_FAILED), 1);
}

static void
waiting_is_bounded(void **state)
{
	uint32_t left = 0;

	(void)state;
	drops(SL_DROP_NEIGH_QUEUE);
	for (uint16_t i = 0; i < 100; i++) /* one next hop */
		question((uint16_t)(3000 + i), "203.0.113.9");
	assert_int_equal(drops(SL_DROP_NEIGH_QUEUE), 100 - SL_PENDING_PER_HOP);
	for (uint16_t i = 0; i < 400; i++) { /* many next hops */
		char dst[SL_ADDR_TEXT];

		snprintf(dst, sizeof(dst), "198.51.100.%u", 10 + i % 200u);
		question((uint16_t)(4000 + i), dst);
	}
	assert_int_equal(drops(SL_DROP_NEIGH_QUEUE),
	    400 - (SL_PENDING_MAX - SL_PENDING_PER_HOP));
	set_neigh(GATEWAY4, SL_NEIGH_STALE);
	run();
	while (next_frame(WAN, WIRE, 0))
		left++;
	assert_int_equal(left, SL_PENDING_PER_HOP);
}

/* A stale neighbour is used at once, and verified. */
static void
stale_neighbors_are_verified(void **state)
{
	(void)state;
	set_neigh(GATEWAY4, SL_NEIGH_STALE);
	question(3000, "203.0.113.9");
	expect(WAN, "udp 192.168.1.7:3000->203.0.113.9:80 ttl=63");
	sl_mirror_take_asked(count_ask);
	assert_int_equal(asked, 1);
	for (uint16_t i = 0; i < 100; i++) /* not every packet asks */
		question((uint16_t)(3000 + i), "203.0.113.9");
	sl_mirror_take_asked(count_ask);
	assert_int_equal(asked, 1);
	wait_ms(1000);
	question(3000, "203.0.113.9");
	sl_mirror_take_asked(count_ask);
	assert_int_equal(asked, 2);
}

int
main(void)
{
#define SILENT(test)                                                           \
	cmocka_unit_test_setup_teardown(test, silent_router, close_router)
	static const struct CMUnitTest tests[] = {
	    SILENT(packets_wait_and_leave_in_order),
	    SILENT(nobody_waits_for_ever),
	    SILENT(waiting_is_bounded),
	    SILENT(stale_neighbors_are_verified),
	};

	return run_group(tests, SL_COUNT_OF(tests));
}
