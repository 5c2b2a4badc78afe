/* SPDX-License-Identifier: Apache-2.0 */
#include "netns.h"

#include "frames.h"

#include <io/netdev.h>
#include <io/tap.h>

#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint8_t mac[6] = {2, 0, 0, 0, 0, 0x77};

static struct sl_dev *
must_open(uint32_t mtu, uint16_t workers)
{
	struct sl_err err = {0};
	struct sl_dev *dev;

	if (!has_netns)
		skip();
	dev = sl_tap_open("sl-test", mac, mtu, workers, &err);
	if (!dev)
		fail_msg("%s", err.text);
	return dev;
}

/* Waits for the frame that 'is_it' knows on queue 0, others pass by. */
static bool
wait_for(struct sl_dev *dev, bool (*is_it)(const uint8_t *, uint32_t),
    struct sl_pkt *out)
{
	struct sl_pkt pkts[SL_BATCH_MAX];
	uint32_t n;

	while ((n = wait_rx(dev, 0, pkts, WAIT_MS)) > 0) {
		for (uint32_t i = 0; i < n; i++) {
			if (!is_it(pkts[i].data, pkts[i].len))
				continue;
			*out = pkts[i];
			return true;
		}
		dev->ops->rx_done(dev, 0);
	}
	return false;
}

static void
is_a_netdev_like_the_port(void **state)
{
	struct sl_dev *dev = must_open(1400, 1);
	struct sl_netdev_facts facts;

	(void)state;
	assert_int_equal(sl_netdev_read("sl-test", &facts, NULL), 0);
	assert_int_equal(facts.ifindex, sl_tap_ifindex(dev));
	assert_int_equal(facts.mtu, 1400);
	assert_true(facts.flags & IFF_UP);
	assert_memory_equal(facts.mac, mac, 6);
	close_dev(dev);
	assert_int_equal(if_nametoindex("sl-test"), 0);
}

/* The kernel answers what is written, up to the largest frame. */
static void
echoes(void **state)
{
	static uint8_t frame[65000];
	static const uint32_t lens[] = {60, 1514, 40000, 65000};
	struct sl_dev *dev = must_open(65535, 1);
	uint8_t arp[ARP_LEN];
	struct sl_pkt reply;

	(void)state;
	sh("ip addr add 10.1.0.1/24 dev sl-test;"
	   "ip neigh add 10.1.0.2 lladdr 02:00:00:00:00:09 dev sl-test");
	build_arp(arp, 0, 0);
	send_one(dev, 0, arp, sizeof(arp));
	assert_true(wait_for(dev, is_arp_reply, &reply));
	dev->ops->rx_done(dev, 0);
	for (size_t i = 0; i < SL_COUNT_OF(lens); i++) {
		build_ping(frame, lens[i], mac);
		send_one(dev, 0, frame, lens[i]);
		assert_true(wait_for(dev, is_echo_reply, &reply));
		assert_int_equal(reply.len, lens[i]);
		assert_memory_equal(reply.data + 42, frame + 42, lens[i] - 42);
		assert_true(reply.room >= reply.len);
		dev->ops->rx_done(dev, 0);
	}
	close_dev(dev);
}

static void
has_a_queue_per_worker(void **state)
{
	struct sl_dev *dev = must_open(1500, 3);
	struct sl_pkt pkts[SL_BATCH_MAX];
	uint8_t arp[ARP_LEN];
	uint32_t replies = 0;

	(void)state;
	sh("ip addr add 10.1.0.1/24 dev sl-test");
	build_arp(arp, 0, 0);
	for (uint16_t q = 0; q < 3; q++)
		send_one(dev, q, arp, sizeof(arp));
	for (uint16_t q = 0; q < 3; q++) {
		uint32_t n;

		while ((n = wait_rx(dev, q, pkts, QUIET_MS)) > 0) {
			for (uint32_t i = 0; i < n; i++)
				replies +=
				    is_arp_reply(pkts[i].data, pkts[i].len);
			dev->ops->rx_done(dev, q);
		}
	}
	assert_int_equal(replies, 3);
	close_dev(dev);
}

static void
refuses_what_the_kernel_refuses(void **state)
{
	struct sl_dev *dev = must_open(1500, 1);
	struct sl_dev_totals totals;
	uint8_t arp[ARP_LEN];
	struct sl_pkt pkt = {.data = arp, .len = sizeof(arp)};

	(void)state;
	build_arp(arp, 0, 0);
	assert_int_equal(sl_netdev_set_up("sl-test", false, NULL), 0);
	assert_false(dev->ops->tx(dev, 0, &pkt));
	assert_int_equal(sl_netdev_set_up("sl-test", true, NULL), 0);
	assert_true(dev->ops->tx(dev, 0, &pkt));
	sl_dev_totals(dev, &totals);
	assert_int_equal(totals.tx_packets, 1);
	assert_int_equal(totals.tx_dropped, 1);
	close_dev(dev);
}

static void
notices_that_it_was_deleted(void **state)
{
	struct sl_dev *dev = must_open(1500, 1);
	uint8_t arp[ARP_LEN];
	struct sl_pkt pkts[SL_BATCH_MAX], pkt = {.data = arp, .len = ARP_LEN};

	(void)state;
	sh("ip link del sl-test");
	for (int i = 0; i < 100 && sl_dev_is_alive(dev); i++)
		dev->ops->rx(dev, 0, pkts, SL_BATCH_MAX);
	assert_false(sl_dev_is_alive(dev));
	assert_int_equal(dev->ops->fd(dev, 0), -1);
	assert_false(dev->ops->tx(dev, 0, &pkt));
	close_dev(dev);
}

static void
dies_with_the_process(void **state)
{
	int ready[2], status;
	char c;
	pid_t pid;

	(void)state;
	if (!has_netns)
		skip();
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		sl_tap_open("sl-test", mac, 1500, 2, NULL);
		if (write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_true(if_nametoindex("sl-test") > 0);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	assert_int_equal(if_nametoindex("sl-test"), 0);
	close(ready[0]);
	close(ready[1]);
}

static void
says_why_it_cannot_open(void **state)
{
	struct sl_dev *dev = must_open(1500, 1);
	struct sl_err err = {0};

	(void)state;
	assert_null(sl_tap_open("sl-twelve-chars-", mac, 1500, 1, &err));
	assert_int_equal(err.code, -ENAMETOOLONG);
	err = (struct sl_err){0};
	assert_null(sl_tap_open("sl-test", mac, 1500, 1, &err));
	assert_int_equal(err.code, -EBUSY);
	assert_non_null(strstr(err.text, "sl-test"));
	close_dev(dev);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(is_a_netdev_like_the_port),
	    cmocka_unit_test(echoes),
	    cmocka_unit_test(has_a_queue_per_worker),
	    cmocka_unit_test(refuses_what_the_kernel_refuses),
	    cmocka_unit_test(notices_that_it_was_deleted),
	    cmocka_unit_test(dies_with_the_process),
	    cmocka_unit_test(says_why_it_cannot_open),
	};

	return cmocka_run_group_tests(tests, enter_netns, NULL);
}
