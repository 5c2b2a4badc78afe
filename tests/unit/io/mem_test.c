/* SPDX-License-Identifier: Apache-2.0 */
#include <io/mem.h>

#include <stdarg.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static int
open_mem(void **state)
{
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	*state = sl_mem_open(2, NULL);
	return *state ? 0 : -1;
}

static int
close_mem(void **state)
{
	struct sl_dev *dev = *state;

	dev->ops->close(dev);
	return 0;
}

static void
copies_what_is_injected(void **state)
{
	struct sl_offload offload = {.flags = SL_OFFLOAD_VALID};
	struct sl_dev *dev = *state;
	struct sl_pkt pkts[4];
	char bytes[20] = "twenty bytes, framed";

	assert_true(sl_mem_inject(dev, 1, bytes, sizeof(bytes), &offload));
	bytes[0] = 'T';
	assert_int_equal(dev->ops->rx(dev, 0, pkts, 4), 0);
	assert_int_equal(dev->ops->rx(dev, 1, pkts, 4), 1);
	assert_int_equal(pkts[0].len, sizeof(bytes));
	assert_true(pkts[0].room >= pkts[0].len);
	assert_int_equal(pkts[0].data[0], 't');
	assert_int_equal(pkts[0].offload.flags, SL_OFFLOAD_VALID);
	dev->ops->rx_done(dev, 1);
	assert_int_equal(dev->ops->rx(dev, 1, pkts, 4), 0);
}

static void
lends_what_is_offered(void **state)
{
	struct sl_dev *dev = *state;
	struct sl_pkt pkts[SL_BATCH_MAX];
	uint8_t bytes[64] = {0};
	struct sl_mem_frame frame = {.data = bytes, .len = 60, .room = 64};
	struct sl_dev_totals totals;
	uint32_t n = 0, got;

	for (int i = 0; i < SL_MEM_RING; i++)
		assert_true(sl_mem_offer(dev, 0, &frame));
	assert_false(sl_mem_offer(dev, 0, &frame));
	while ((got = dev->ops->rx(dev, 0, pkts, SL_BATCH_MAX)) > 0) {
		assert_ptr_equal(pkts[0].data, bytes);
		dev->ops->rx_done(dev, 0);
		n += got;
	}
	assert_int_equal(n, SL_MEM_RING);
	sl_dev_totals(dev, &totals);
	assert_int_equal(totals.rx_packets, SL_MEM_RING);
	assert_int_equal(totals.rx_bytes, 60 * SL_MEM_RING);
}

static void
keeps_what_is_sent(void **state)
{
	struct sl_dev *dev = *state;
	uint8_t bytes[60] = {7};
	struct sl_pkt pkt = {
	    .data = bytes, .len = sizeof(bytes), .offload = {.gso_size = 5}};
	struct sl_dev_totals totals;

	for (int i = 0; i < SL_MEM_SENT; i++)
		assert_true(dev->ops->tx(dev, 0, &pkt));
	assert_false(dev->ops->tx(dev, 0, &pkt));
	bytes[0] = 8;
	assert_true(dev->ops->tx(dev, 1, &pkt));
	dev->ops->flush(dev, 0);
	assert_int_equal(sl_mem_sent_count(dev, 0), SL_MEM_SENT);
	assert_int_equal(sl_mem_sent_count(dev, 1), 1);
	assert_int_equal(sl_mem_sent(dev, 0, 5)->data[0], 7);
	assert_int_equal(sl_mem_sent(dev, 0, 5)->offload.gso_size, 5);
	assert_int_equal(sl_mem_sent(dev, 1, 0)->data[0], 8);
	sl_dev_totals(dev, &totals);
	assert_int_equal(totals.tx_packets, SL_MEM_SENT + 1);
	assert_int_equal(totals.tx_dropped, 1);
	sl_mem_sent_clear(dev, 0);
	assert_int_equal(sl_mem_sent_count(dev, 0), 0);
	assert_true(dev->ops->tx(dev, 0, &pkt));
}

static bool
sink(void *arg, uint16_t q, const struct sl_pkt *pkt)
{
	*(uint32_t *)arg += pkt->len + q;
	return pkt->len > 20;
}

static void
gives_frames_to_a_sink(void **state)
{
	struct sl_dev *dev = *state;
	uint8_t bytes[60] = {0};
	struct sl_pkt pkt = {.data = bytes, .len = 50};
	uint32_t sum = 0;

	sl_mem_set_sink(dev, sink, &sum);
	assert_true(dev->ops->tx(dev, 1, &pkt));
	pkt.len = 20;
	assert_false(dev->ops->tx(dev, 0, &pkt));
	assert_int_equal(sum, 71);
	assert_int_equal(sl_mem_sent_count(dev, 1), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_mem, close_mem)
	const struct CMUnitTest tests[] = {
	    T(copies_what_is_injected),
	    T(lends_what_is_offered),
	    T(keeps_what_is_sent),
	    T(gives_frames_to_a_sink),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
