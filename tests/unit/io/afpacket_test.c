/* SPDX-License-Identifier: Apache-2.0 */
#include "netns.h"

#include <conn/tuple.h>
#include <io/afpacket.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define EXPERIMENT 0x88b5 /* EtherType for local experiments (IEEE 802) */

static struct sl_dev *wire, *peer;

static struct sl_dev *
must_open(const char *netdev, uint16_t workers)
{
	struct sl_err err = {0};
	struct sl_dev *dev = sl_afpacket_open(netdev, workers, &err);

	if (!dev)
		fail_msg("%s", err.text);
	return dev;
}

static void
open_both(uint32_t mtu, uint16_t workers)
{
	make_wire(mtu);
	wire = must_open("wire0", workers);
	peer = must_open("peer0", 1);
}

static void
close_both(void)
{
	close_dev(wire);
	close_dev(peer);
}

/* A frame whose bytes depend on 'seed'. */
static void
fill_frame(uint8_t *frame, uint32_t len, uint32_t seed)
{
	memset(frame, 2, 12);
	frame[12] = EXPERIMENT >> 8;
	frame[13] = EXPERIMENT & 0xff;
	for (uint32_t i = 14; i < len; i++)
		frame[i] = (uint8_t)(seed * 31 + i * 7 + (i >> 8));
}

static void
expect_frame(const struct sl_pkt *pkt, uint32_t len, uint32_t seed)
{
	static uint8_t frame[SL_FRAME_MAX];

	fill_frame(frame, len, seed);
	assert_int_equal(pkt->len, len);
	assert_true(pkt->room >= pkt->len);
	assert_memory_equal(pkt->data, frame, len);
}

/* Frames of all these lengths, several times over, in one batch each round. */
static void
pass_frames(const uint32_t *lens, uint32_t n, uint32_t rounds)
{
	static uint8_t frames[SL_BATCH_MAX][SL_FRAME_MAX];
	struct sl_pkt pkts[SL_BATCH_MAX], pkt = {0};
	uint32_t got, seen;

	for (uint32_t r = 0; r < rounds; r++) {
		for (uint32_t i = 0; i < n; i++) {
			fill_frame(frames[i], lens[i], r + i);
			pkt.data = frames[i];
			pkt.len = lens[i];
			assert_true(peer->ops->tx(peer, 0, &pkt));
		}
		peer->ops->flush(peer, 0);
		for (seen = 0; seen < n; seen += got) {
			got = wait_rx(wire, 0, pkts, WAIT_MS);
			assert_true(got > 0 && got <= n - seen);
			for (uint32_t i = 0; i < got; i++)
				expect_frame(
				    &pkts[i], lens[seen + i], r + seen + i);
			wire->ops->rx_done(wire, 0);
		}
	}
}

static void
carries_small_frames_in_order(void **state)
{
	uint32_t lens[SL_BATCH_MAX];
	struct sl_dev_totals totals;

	(void)state;
	open_both(1500, 1);
	for (uint32_t i = 0; i < SL_BATCH_MAX; i++)
		lens[i] = 60 + i * 22;
	pass_frames(lens, SL_BATCH_MAX, 200); /* three times round the ring */
	sl_dev_totals(wire, &totals);
	assert_int_equal(totals.rx_packets, 200 * SL_BATCH_MAX);
	assert_int_equal(totals.rx_dropped, 0);
	sl_dev_totals(peer, &totals);
	assert_int_equal(totals.tx_packets, 200 * SL_BATCH_MAX);
	assert_int_equal(totals.rx_packets, 0); /* not what it sent itself */
	close_both();
}

static void
carries_frames_larger_than_a_slot(void **state)
{
	static const uint32_t lens[] = {60, 1966, 1967, 1968, 2048, 9014, 60,
	    65535, 61, 40000, 40001, 65549};

	(void)state;
	open_both(65535, 1);
	pass_frames(lens, SL_COUNT_OF(lens), 20);
	close_both();
}

#define GSO_LEN	     65000 /* with its Ethernet header */
#define GSO_SIZE     1448
#define GSO_PAYLOAD  (GSO_LEN - 54)
#define GSO_SEGMENTS ((GSO_PAYLOAD + GSO_SIZE - 1) / GSO_SIZE)

/* Sends a TCP segment of almost 64 KiB with a partial checksum, as a peer's
 * kernel does over a link of MTU 1500.  Returns its bytes. */
static const uint8_t *
send_gso(void)
{
	static uint8_t frame[GSO_LEN];
	const uint8_t ip_tcp[40] = {0x45, 0, (GSO_LEN - 14) >> 8,
	    (GSO_LEN - 14) & 0xff, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10,
	    0, 0, 2, 0x10, 0, 0x20, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x10, 0x10,
	    0, 0x12, 0x34};
	struct sl_pkt pkt = {.data = frame,
	    .len = sizeof(frame),
	    .offload = {.flags = SL_OFFLOAD_PARTIAL,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
		.hdr_len = 54,
		.gso_size = GSO_SIZE,
		.csum_start = 34,
		.csum_offset = 16}};

	fill_frame(frame, sizeof(frame), 1);
	frame[12] = 8;
	frame[13] = 0;
	memcpy(frame + 14, ip_tcp, sizeof(ip_tcp));
	assert_true(peer->ops->tx(peer, 0, &pkt));
	peer->ops->flush(peer, 0);
	return frame;
}

static void
carries_offload_metadata(void **state)
{
	struct sl_pkt pkts[SL_BATCH_MAX];
	const uint8_t *frame;

	(void)state;
	open_both(1500, 1);
	frame = send_gso();
	assert_int_equal(wait_rx(wire, 0, pkts, WAIT_MS), 1);
	assert_int_equal(pkts[0].len, GSO_LEN);
	assert_memory_equal(pkts[0].data, frame, GSO_LEN);
	assert_int_equal(pkts[0].offload.flags, SL_OFFLOAD_PARTIAL);
	assert_int_equal(pkts[0].offload.gso_type, VIRTIO_NET_HDR_GSO_TCPV4);
	assert_int_equal(pkts[0].offload.gso_size, GSO_SIZE);
	assert_int_equal(pkts[0].offload.csum_start, 34);
	assert_int_equal(pkts[0].offload.csum_offset, 16);
	wire->ops->rx_done(wire, 0);
	close_both();
}

static void
turn_off(const char *netdev, uint32_t what)
{
	struct ethtool_value off = {.cmd = what};
	struct ifreq ifr = {.ifr_data = (void *)&off};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", netdev);
	assert_int_equal(ioctl(fd, SIOCETHTOOL, &ifr), 0);
	close(fd);
}

/* The kernel cuts what the netdev cannot, and fills in the checksums. */
static void
sends_gso_without_offloads(void **state)
{
	struct sl_pkt pkts[SL_BATCH_MAX];
	uint32_t got, seen = 0, payload = 0;

	(void)state;
	open_both(1500, 1);
	turn_off("peer0", ETHTOOL_STSO);
	turn_off("peer0", ETHTOOL_STXCSUM);
	send_gso();
	while (seen < GSO_SEGMENTS) {
		got = wait_rx(wire, 0, pkts, WAIT_MS);
		assert_true(got > 0);
		for (uint32_t i = 0; i < got; i++) {
			assert_int_equal(pkts[i].offload.gso_type, 0);
			assert_int_equal(
			    pkts[i].offload.flags & SL_OFFLOAD_PARTIAL, 0);
			payload += pkts[i].len - 54;
		}
		wire->ops->rx_done(wire, 0);
		seen += got;
	}
	assert_int_equal(seen, GSO_SEGMENTS);
	assert_int_equal(payload, GSO_PAYLOAD);
	close_both();
}

static void
drops_tagged_frames(void **state)
{
	const uint8_t tag[4] = {0x81, 0, 0, 10};
	uint8_t frame[64];
	uint64_t before = sl_counter_sum(SL_COUNTER_DROPS + SL_DROP_VLAN);
	struct sl_pkt pkts[SL_BATCH_MAX];

	(void)state;
	open_both(1500, 1);
	fill_frame(frame, sizeof(frame), 1);
	memmove(frame + 16, frame + 12, 48);
	memcpy(frame + 12, tag, 4);
	send_one(peer, 0, frame, sizeof(frame));
	fill_frame(frame, sizeof(frame), 2);
	send_one(peer, 0, frame, sizeof(frame));
	/* the first frame that comes is the second one sent */
	assert_int_equal(wait_rx(wire, 0, pkts, WAIT_MS), 1);
	expect_frame(&pkts[0], sizeof(frame), 2);
	wire->ops->rx_done(wire, 0);
	assert_int_equal(
	    sl_counter_sum(SL_COUNTER_DROPS + SL_DROP_VLAN), before + 1);
	close_both();
}

static void
counts_what_a_full_ring_loses(void **state)
{
	uint32_t sent = SL_AFPACKET_SLOTS + 1000;
	struct sl_pkt pkts[SL_BATCH_MAX];
	struct sl_dev_totals totals;
	uint8_t frame[60];
	uint32_t n, got = 0;

	(void)state;
	open_both(1500, 1);
	fill_frame(frame, sizeof(frame), 3);
	for (uint32_t i = 0; i < sent; i++)
		send_one(peer, 0, frame, sizeof(frame));
	while ((n = wait_rx(wire, 0, pkts, QUIET_MS)) > 0) {
		wire->ops->rx_done(wire, 0);
		got += n;
	}
	assert_int_equal(got, SL_AFPACKET_SLOTS);
	/* the loss is told with the next frame that is stored */
	send_one(peer, 0, frame, sizeof(frame));
	assert_int_equal(wait_rx(wire, 0, pkts, WAIT_MS), 1);
	wire->ops->rx_done(wire, 0);
	sl_dev_totals(wire, &totals);
	/* the backlog before the ring may have lost some of them, uncounted */
	assert_in_range(totals.rx_dropped, 1, 1000);
	close_both();
}

static void
take_one(uint32_t len, uint32_t seed)
{
	struct pollfd pfd = {.fd = wire->ops->fd(wire, 0), .events = POLLIN};
	struct sl_pkt pkt;

	assert_int_equal(poll(&pfd, 1, WAIT_MS), 1);
	assert_int_equal(wire->ops->rx(wire, 0, &pkt, 1), 1);
	expect_frame(&pkt, len, seed);
	wire->ops->rx_done(wire, 0);
}

static void
sends_the_rest_when_one_is_refused(void **state)
{
	static uint8_t frames[3][3000];
	const uint32_t lens[3] = {100, 3000, 200}; /* MTU is 1500 */
	uint64_t before = sl_counter_sum(SL_COUNTER_DROPS + SL_DROP_TX_FULL);
	struct sl_dev_totals totals;
	struct sl_pkt pkt = {0};

	(void)state;
	open_both(1500, 1);
	for (uint32_t i = 0; i < 3; i++) {
		fill_frame(frames[i], lens[i], i);
		pkt.data = frames[i];
		pkt.len = lens[i];
		assert_true(peer->ops->tx(peer, 0, &pkt));
	}
	peer->ops->flush(peer, 0);
	take_one(100, 0);
	take_one(200, 2);
	sl_dev_totals(peer, &totals);
	assert_int_equal(totals.tx_packets, 2);
	assert_int_equal(totals.tx_bytes, 300);
	assert_int_equal(totals.tx_dropped, 1);
	assert_int_equal(
	    sl_counter_sum(SL_COUNTER_DROPS + SL_DROP_TX_FULL), before + 1);
	close_both();
}

/* As a worker does: wait, then take what there is.  Bounded: no spinning. */
static void
poll_until_quiet(struct sl_dev *dev)
{
	struct sl_pkt pkts[SL_BATCH_MAX];
	struct pollfd pfd = {.fd = dev->ops->fd(dev, 0), .events = POLLIN};
	int rounds = 0;

	while (poll(&pfd, 1, QUIET_MS) > 0) {
		dev->ops->rx(dev, 0, pkts, SL_BATCH_MAX);
		dev->ops->rx_done(dev, 0);
		assert_true(++rounds < 100);
		pfd.fd = dev->ops->fd(dev, 0);
	}
}

static void
survives_its_netdev(void **state)
{
	uint64_t before = sl_counter_sum(SL_COUNTER_DROPS + SL_DROP_PORT_DOWN);
	struct sl_pkt pkts[SL_BATCH_MAX];
	uint8_t frame[60];
	struct sl_pkt pkt = {.data = frame, .len = sizeof(frame)};

	(void)state;
	open_both(1500, 1);
	fill_frame(frame, sizeof(frame), 3);
	assert_true(sl_afpacket_is_alive(wire));
	assert_true(wire->ops->tx(wire, 0, &pkt));
	sh("ip link del wire0");
	wire->ops->flush(wire, 0);
	assert_true(
	    sl_counter_sum(SL_COUNTER_DROPS + SL_DROP_PORT_DOWN) > before);
	poll_until_quiet(wire);
	assert_false(sl_afpacket_is_alive(wire));
	assert_false(sl_dev_is_alive(wire));
	assert_int_equal(wire->ops->fd(wire, 0), -1);
	assert_int_equal(wire->ops->rx(wire, 0, pkts, SL_BATCH_MAX), 0);
	assert_false(wire->ops->tx(wire, 0, &pkt));
	wire->ops->flush(wire, 0);
	close_both();
}

static void
goes_on_after_down_and_up(void **state)
{
	const uint32_t lens[] = {60, 1500};

	(void)state;
	open_both(9000, 2);
	sh("ip link set wire0 down");
	poll_until_quiet(wire);
	assert_true(sl_dev_is_alive(wire));
	sh("ip link set wire0 up");
	poll_until_quiet(peer);
	pass_frames(lens, 2, 2); /* no IP: worker 0 */
	close_both();
}

static void
build_udp(uint8_t frame[60], struct sl_tuple *t, uint16_t port)
{
	const uint8_t ip_udp[28] = {0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0,
	    10, 0, 0, 1, 10, 0, 0, 2, (uint8_t)(port >> 8), (uint8_t)port, 0,
	    53, 0, 26};

	fill_frame(frame, 60, port);
	frame[12] = 8;
	frame[13] = 0;
	memcpy(frame + 14, ip_udp, sizeof(ip_udp));
	memset(t, 0, sizeof(*t));
	t->l4proto = IPPROTO_UDP;
	t->src_id = htons(port);
	t->dst_id = htons(53);
}

static void
deals_out_to_owners(void **state)
{
	uint32_t per_worker[3] = {0};
	struct sl_pkt pkts[SL_BATCH_MAX];
	struct sl_tuple tuple;
	uint8_t frame[60];
	uint16_t owner;

	(void)state;
	open_both(1500, 3);
	for (uint16_t port = 1000; port < 1300; port++) {
		build_udp(frame, &tuple, port);
		owner = sl_tuple_owner(&tuple, 3);
		send_one(peer, 0, frame, sizeof(frame));
		assert_int_equal(wait_rx(wire, owner, pkts, WAIT_MS), 1);
		assert_memory_equal(pkts[0].data, frame, sizeof(frame));
		wire->ops->rx_done(wire, owner);
		per_worker[owner]++;
	}
	for (uint16_t q = 0; q < 3; q++) {
		assert_true(per_worker[q] > 50);
		assert_int_equal(wire->ops->rx(wire, q, pkts, 1), 0);
	}
	close_both();
}

static void
says_why_it_cannot_open(void **state)
{
	struct sl_err err = {0};

	(void)state;
	if (!has_netns)
		skip();
	assert_null(sl_afpacket_open("nosuch0", 1, &err));
	assert_true(err.code < 0);
	assert_non_null(strstr(err.text, "nosuch0"));
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, remove_wire)
	const struct CMUnitTest tests[] = {
	    T(carries_small_frames_in_order),
	    T(carries_frames_larger_than_a_slot),
	    T(carries_offload_metadata),
	    T(sends_gso_without_offloads),
	    T(drops_tagged_frames),
	    T(counts_what_a_full_ring_loses),
	    T(sends_the_rest_when_one_is_refused),
	    T(survives_its_netdev),
	    T(goes_on_after_down_and_up),
	    T(deals_out_to_owners),
	    T(says_why_it_cannot_open),
	};
#undef T

	return cmocka_run_group_tests(tests, enter_netns, NULL);
}
