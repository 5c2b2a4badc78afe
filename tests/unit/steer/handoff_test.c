/* SPDX-License-Identifier: Apache-2.0 */
#include <steer/handoff.h>

#include "../base/tsan.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WORKERS 3

static struct sl_wake wakes[WORKERS];
static struct sl_handoff *rings;
static uint8_t frame[SL_FRAME_MAX];

static void
be(uint16_t worker)
{
	sl_role_enter(SL_ROLE_WORKER, worker, "worker");
}

static int
setup(void **state)
{
	(void)state;
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(sl_wake_init(&wakes[i], NULL), 0);
	rings = sl_handoff_new(WORKERS, wakes, NULL);
	assert_non_null(rings);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_handoff_free(rings);
	for (int i = 0; i < WORKERS; i++)
		sl_wake_fini(&wakes[i]);
	return 0;
}

/* A frame whose first word is 'n' and whose last byte says its length. */
static enum sl_verdict
hand(uint16_t from, uint16_t to, uint32_t n, uint32_t len)
{
	struct sl_pkt pkt = {.data = frame, .len = len, .room = len};

	be(from);
	memcpy(frame, &n, sizeof(n));
	frame[len - 1] = (uint8_t)len;
	return sl_handoff_send(rings, &pkt, to);
}

/* Takes up to 'max' frames as 'worker', which must be numbered from 'first'. */
static uint32_t
recv_from(uint16_t worker, uint32_t first, uint32_t max)
{
	static struct sl_pkt pkts[SL_BATCH_MAX];
	uint32_t got;

	be(worker);
	got = sl_handoff_recv(rings, pkts, max);
	for (uint32_t i = 0; i < got; i++) {
		uint32_t n;

		memcpy(&n, pkts[i].data, sizeof(n));
		assert_int_equal(n, first + i);
		assert_int_equal(
		    pkts[i].data[pkts[i].len - 1], (uint8_t)pkts[i].len);
	}
	sl_handoff_done(rings);
	return got;
}

static void
all_that_the_owner_needs_arrives(void **state)
{
	static const struct {
		uint32_t len;
		uint16_t flags, kept;
	} rows[] = {
	    {60, 0, 0},
	    {1514, SL_PKT_FROM_HOST, SL_PKT_FROM_HOST},
	    {2048, SL_PKT_NOTRACK | SL_PKT_DF, SL_PKT_NOTRACK},
	    {2049, SL_PKT_REASSEMBLED, SL_PKT_REASSEMBLED},
	    {SL_FRAME_MAX, SL_PKT_NEW_CONN | SL_PKT_FRAGMENT, 0},
	};
	struct sl_pkt got[SL_BATCH_MAX];

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_pkt pkt = {.data = frame,
		    .len = rows[i].len,
		    .room = sizeof(frame),
		    .flags = rows[i].flags,
		    .in_port = 3,
		    .out_port = 9,
		    .max_frag = 1300,
		    .frag_id = 0x12345678,
		    .packet_mark = 77,
		    .offload = {.flags = SL_OFFLOAD_VALID, .gso_size = 5}};

		memset(frame, (int)i + 1, sizeof(frame));
		be(0);
		assert_int_equal(sl_handoff_send(rings, &pkt, 1), SL_TAKEN);
		sl_handoff_flush(rings);
		be(2);
		assert_false(sl_handoff_has_work(rings));
		be(1);
		assert_true(sl_handoff_has_work(rings));
		assert_int_equal(sl_handoff_recv(rings, got, 64), 1);
		assert_int_equal(got[0].len, rows[i].len);
		assert_true(got[0].room >= got[0].len);
		assert_memory_equal(got[0].data, frame, rows[i].len);
		assert_int_equal(got[0].flags, SL_PKT_HANDED | rows[i].kept);
		assert_int_equal(got[0].in_port, 3);
		assert_int_equal(got[0].out_port, 9);
		assert_int_equal(got[0].max_frag, 1300);
		assert_int_equal(got[0].frag_id, 0x12345678);
		assert_int_equal(got[0].packet_mark, 77);
		assert_int_equal(got[0].offload.gso_size, 5);
		assert_null(got[0].conn);
		sl_handoff_done(rings);
		assert_false(sl_handoff_has_work(rings));
	}
}

/* Order holds over many laps of the ring, with full and half batches. */
static void
order_holds(void **state)
{
	uint32_t sent = 0, got = 0;

	(void)state;
	for (uint32_t lap = 0; lap < 400; lap++) {
		for (uint32_t i = 0; i < 1 + lap % 60; i++)
			assert_int_equal(
			    hand(0, 1, sent++, 60 + lap), SL_TAKEN);
		got += recv_from(1, got, 1 + lap % 64);
		while (lap % 7 == 0 && got < sent)
			got += recv_from(1, got, 64);
	}
	while (got < sent)
		got += recv_from(1, got, 64);
}

static void
a_full_ring_drops_and_recovers(void **state)
{
	uint64_t drops =
	    sl_counter_sum(SL_COUNTER_DROPS + SL_DROP_HANDOFF_FULL);
	uint32_t sent = 0, refused = 0, got = 0;

	(void)state;
	for (uint32_t i = 0; i < 2000; i++) {
		if (hand(0, 1, sent, 100) == SL_TAKEN)
			sent++;
		else
			refused++;
	}
	assert_true(sent >= 500 && refused > 0);
	assert_int_equal(
	    sl_counter_sum(SL_COUNTER_DROPS + SL_DROP_HANDOFF_FULL) - drops,
	    refused);
	while (got < sent)
		got += recv_from(1, got, 64);
	assert_int_equal(hand(0, 1, sent, 100), SL_TAKEN);
	assert_int_equal(recv_from(1, sent, 64), 1);
	/* somebody else's ring was never full */
	assert_int_equal(hand(0, 2, 5, 100), SL_TAKEN);
	assert_int_equal(recv_from(2, 5, 64), 1);
}

/* However buffers travel, all of them come home: after any number of rounds as
 * many large and small frames can be under way as at the start. */
static void
buffers_come_home(void **state)
{
	uint32_t large = 0, got, n = 0;

	(void)state;
	while (hand(0, 1, n, SL_FRAME_MAX) == SL_TAKEN)
		n++, large++;
	assert_true(large >= 16);
	for (got = 0; got < n;)
		got += recv_from(1, got, 64);
	for (int round = 0; round < 20; round++) {
		/* so many small ones that their home ring fills */
		for (n = 0; n < 3000; n++) {
			assert_int_equal(hand(0, 1, n, 64), SL_TAKEN);
			assert_int_equal(recv_from(1, n, 64), 1);
		}
		for (n = 0; n < large; n++)
			assert_int_equal(hand(0, 1, n, SL_FRAME_MAX), SL_TAKEN);
		assert_int_equal(hand(0, 1, n, SL_FRAME_MAX), SL_DROP);
		for (got = 0; got < n;)
			got += recv_from(1, got, 64);
	}
}

static void
a_frame_too_large_is_refused(void **state)
{
	static uint8_t big[SL_FRAME_MAX + 1];
	struct sl_pkt pkt = {
	    .data = big, .len = sizeof(big), .room = sizeof(big)};

	(void)state;
	be(0);
	assert_int_equal(sl_handoff_send(rings, &pkt, 1), SL_DROP);
}

static void
senders_take_turns(void **state)
{
	struct sl_pkt pkts[SL_BATCH_MAX];
	uint32_t from[WORKERS] = {0};

	(void)state;
	for (uint32_t i = 0; i < 200; i++) {
		hand(0, 2, 0, 60);
		hand(1, 2, 1, 60);
	}
	be(2);
	for (int batch = 0; batch < 4; batch++) {
		uint32_t n = sl_handoff_recv(rings, pkts, 32), who;

		assert_int_equal(n, 32);
		memcpy(&who, pkts[0].data, sizeof(who));
		from[who]++;
		sl_handoff_done(rings);
	}
	assert_true(from[0] > 0 && from[1] > 0); /* nobody starves */
}

#define FRAMES 200000

static void *
send_all(void *arg)
{
	static uint8_t bytes[SL_FRAME_MAX];
	struct sl_handoff *h = arg;
	uint32_t refused = 0;

	be(0);
	for (uint32_t n = 0; n < FRAMES;) {
		uint32_t len = n % 100 ? 64 + n % 1400 : 30000;
		struct sl_pkt pkt = {.data = bytes, .len = len, .room = len};

		memset(bytes + 4, (uint8_t)n, 60);
		memcpy(bytes, &n, sizeof(n));
		bytes[len - 1] = (uint8_t)n;
		if (sl_handoff_send(h, &pkt, 1) == SL_TAKEN)
			n++;
		else if (++refused % 16 == 0)
			sched_yield();
		sl_handoff_flush(h);
	}
	return NULL;
}

static void
two_threads(void **state)
{
	struct sl_pkt pkts[SL_BATCH_MAX];
	uint32_t next = 0;
	pthread_t t;

	(void)state;
	if (is_tsan())
		skip();
	be(1);
	pthread_create(&t, NULL, send_all, rings);
	while (next < FRAMES) {
		uint32_t got = sl_handoff_recv(rings, pkts, SL_BATCH_MAX);

		for (uint32_t i = 0; i < got; i++, next++) {
			uint32_t n;

			memcpy(&n, pkts[i].data, sizeof(n));
			assert_int_equal(n, next);
			assert_int_equal(pkts[i].data[4], (uint8_t)n);
			assert_int_equal(
			    pkts[i].data[pkts[i].len - 1], (uint8_t)n);
		}
		sl_handoff_done(rings);
		if (!got)
			sched_yield();
	}
	pthread_join(t, NULL);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    TEST(all_that_the_owner_needs_arrives),
	    TEST(order_holds),
	    TEST(a_full_ring_drops_and_recovers),
	    TEST(buffers_come_home),
	    TEST(a_frame_too_large_is_refused),
	    TEST(senders_take_turns),
	    TEST(two_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
