/* SPDX-License-Identifier: Apache-2.0 */
#include <io/pcap.h>

#include <packet/csum.h>
#include <packet/parse.h>

#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define S SL_NS_PER_SEC

static char dir[] = "/tmp/sluice-pcap-XXXXXX";

struct step {
	uint64_t ns;
	uint32_t len, caplen; /* caplen 0: whole */
};

static const char *
path_of(const char *name)
{
	static char path[2][64];
	static int turn;

	turn ^= 1;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

/* A capture of frames whose first byte is their number. */
static const char *
capture(const char *name, int link, const struct step *steps, uint32_t n)
{
	static uint8_t bytes[70000];
	const char *path = path_of(name);
	pcap_t *form = pcap_open_dead_with_tstamp_precision(
	    link, 262144, PCAP_TSTAMP_PRECISION_NANO);
	pcap_dumper_t *d = pcap_dump_open(form, path);

	assert_non_null(d);
	for (uint32_t i = 0; i < n; i++) {
		struct pcap_pkthdr h = {.len = steps[i].len,
		    .caplen = steps[i].caplen ? steps[i].caplen : steps[i].len};

		h.ts.tv_sec = (time_t)(steps[i].ns / S);
		h.ts.tv_usec = (suseconds_t)(steps[i].ns % S);
		bytes[0] = (uint8_t)i;
		pcap_dump((u_char *)d, &h, bytes);
	}
	pcap_dump_close(d);
	pcap_close(form);
	return path;
}

static struct sl_dev *
must_open(const char *replay, const char *record)
{
	struct sl_err err = {0};
	struct sl_dev *dev = sl_pcap_open(replay, record, &err);

	if (!dev)
		fail_msg("%s", err.text);
	return dev;
}

/* The next frame must be number 'no', due 'after_ns' after the start. */
static void
expect_next(struct sl_dev *dev, uint8_t no, uint64_t after_ns)
{
	struct sl_pkt pkts[2];
	uint64_t due;

	assert_true(sl_pcap_next_ns(dev, &due));
	assert_int_equal(due, SL_PCAP_START_NS + after_ns);
	sl_clock_now = due - 1;
	assert_int_equal(dev->ops->rx(dev, 0, pkts, 1), 0);
	sl_clock_now = due;
	assert_int_equal(dev->ops->rx(dev, 0, pkts, 1), 1);
	assert_int_equal(pkts[0].data[0], no);
	assert_true(pkts[0].room >= pkts[0].len);
	assert_int_equal(pkts[0].offload.flags, 0);
	dev->ops->rx_done(dev, 0);
}

static void
expect_end(struct sl_dev *dev, uint64_t dropped)
{
	struct sl_dev_totals totals;
	uint64_t due;

	assert_false(sl_pcap_next_ns(dev, &due));
	sl_dev_totals(dev, &totals);
	assert_int_equal(totals.rx_dropped, dropped);
	dev->ops->close(dev);
}

static void
replays_in_time(void **state)
{
	static const struct step steps[] = {
	    {1700000000 * S, 60}, {1700000000 * S + 1, 61},
	    {1700000002 * S, 1514},
	    {1700000003 * S, 1000, 96},			/* cut: left out */
	    {1700000004 * S, 60}, {1700000003 * S, 60}, /* late */
	    {1700000005 * S, 65550},
	    {1700000006 * S, 69000}, /* larger than any frame */
	};
	struct sl_dev *dev = must_open(
	    capture("a", DLT_EN10MB, steps, SL_COUNT_OF(steps)), NULL);

	(void)state;
	expect_next(dev, 0, 0);
	expect_next(dev, 1, 1);
	expect_next(dev, 2, 2 * S);
	expect_next(dev, 4, 4 * S);
	expect_next(dev, 5, 4 * S); /* the late one: with its predecessor */
	expect_next(dev, 6, 5 * S);
	expect_end(dev, 2);
}

static void
gives_all_that_is_due(void **state)
{
	static struct step steps[100];
	struct sl_pkt pkts[SL_BATCH_MAX * 2];
	struct sl_dev *dev;

	(void)state;
	for (uint32_t i = 0; i < SL_COUNT_OF(steps); i++)
		steps[i] = (struct step){.ns = 7 * S, .len = 60 + i};
	dev = must_open(
	    capture("a", DLT_EN10MB, steps, SL_COUNT_OF(steps)), NULL);
	sl_clock_now = SL_PCAP_START_NS;
	assert_int_equal(dev->ops->rx(dev, 1, pkts, 200), 0); /* queue 0 only */
	assert_int_equal(dev->ops->rx(dev, 0, pkts, 200), SL_BATCH_MAX);
	for (uint32_t i = 0; i < SL_BATCH_MAX; i++) {
		assert_int_equal(pkts[i].data[0], i);
		assert_int_equal(pkts[i].len, 60 + i);
	}
	dev->ops->rx_done(dev, 0);
	assert_int_equal(dev->ops->rx(dev, 0, pkts, 200), 100 - SL_BATCH_MAX);
	expect_end(dev, 0);
}

static void
starts_captures_together(void **state)
{
	static const struct step a[] = {{101 * S, 60}};
	static const struct step b[] = {{100 * S, 60}, {103 * S, 60}};
	struct sl_dev *devs[3] = {
	    must_open(capture("a", DLT_EN10MB, a, 1), NULL),
	    must_open(capture("b", DLT_EN10MB, b, 2), NULL),
	    must_open(capture("c", DLT_EN10MB, b, 0), NULL),
	};

	(void)state;
	sl_pcap_align(devs, 3);
	expect_next(devs[1], 0, 0);
	expect_next(devs[0], 0, 1 * S);
	expect_next(devs[1], 1, 3 * S);
	for (int i = 0; i < 3; i++)
		expect_end(devs[i], 0);
}

/* A UDP packet whose checksum field holds the pseudo-header sum. */
static uint32_t
build_partial(uint8_t frame[60], struct sl_offload *offload)
{
	static const uint8_t udp[42] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8,
	    0, 0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0x66, 0xbd, 10, 0, 0, 1, 10,
	    0, 0, 2, 0x10, 0, 0, 53, 0, 26};
	struct sl_addr src = {0}, dst = {0};
	uint16_t sum;

	for (int i = 42; i < 60; i++)
		frame[i] = (uint8_t)(i * 5);
	memcpy(frame, udp, sizeof(udp));
	memcpy(&src, frame + 26, 4);
	memcpy(&dst, frame + 30, 4);
	sum =
	    sl_csum_fold(sl_csum_pseudo(SL_IPV4, &src, &dst, IPPROTO_UDP, 26));
	memcpy(frame + 40, &sum, 2);
	*offload = (struct sl_offload){
	    .flags = SL_OFFLOAD_PARTIAL, .csum_start = 34, .csum_offset = 6};
	return 60;
}

static void
records_what_it_is_given(void **state)
{
	const char *path = path_of("rec");
	struct sl_dev *dev = must_open(NULL, path);
	struct sl_pkt pkts[1], pkt = {0};
	struct sl_addr src = {0}, dst = {0};
	uint8_t frame[60], before[60];
	uint64_t sum;

	(void)state;
	pkt.data = frame;
	pkt.len = build_partial(frame, &pkt.offload);
	memcpy(before, frame, sizeof(frame));
	assert_int_equal(sl_parse_frame(&pkt), SL_GO);
	sl_clock_now = 3 * S + 7;
	assert_true(dev->ops->tx(dev, 0, &pkt));
	assert_memory_equal(frame, before, sizeof(frame)); /* not ours */
	pkt.offload = (struct sl_offload){.gso_type = 1, .gso_size = 1};
	assert_false(dev->ops->tx(dev, 0, &pkt));
	memset(&pkt.offload, 0, sizeof(pkt.offload));
	sl_clock_now = 5 * S;
	assert_true(dev->ops->tx(dev, 0, &pkt));
	dev->ops->flush(dev, 0);
	assert_true(sl_pcap_flush_record(dev, NULL));
	dev->ops->close(dev);

	dev = must_open(path, NULL);
	sl_clock_now = SL_PCAP_START_NS;
	assert_int_equal(dev->ops->rx(dev, 0, pkts, 1), 1);
	assert_int_equal(pkts[0].len, 60);
	memcpy(&src, frame + 26, 4);
	memcpy(&dst, frame + 30, 4);
	sum = sl_csum_pseudo(SL_IPV4, &src, &dst, IPPROTO_UDP, 26);
	assert_int_equal(
	    sl_csum_finish(sl_csum_add(sum, pkts[0].data + 34, 26)), 0);
	memcpy(pkts[0].data + 40, before + 40, 2);
	assert_memory_equal(pkts[0].data, before, 60);
	sl_clock_now = SL_PCAP_START_NS + 2 * S - 7;
	assert_int_equal(dev->ops->rx(dev, 0, pkts, 1), 1);
	assert_memory_equal(pkts[0].data, before, 60);
	expect_end(dev, 0);
}

static void
ends_with_a_file_cut_short(void **state)
{
	static const struct step steps[] = {{1 * S, 60}, {2 * S, 600}};
	const char *path = capture("a", DLT_EN10MB, steps, 2);
	struct sl_dev *dev;

	(void)state;
	assert_int_equal(truncate(path, 24 + 16 + 60 + 16 + 100), 0);
	dev = must_open(path, NULL);
	expect_next(dev, 0, 0);
	expect_end(dev, 0);
}

static void
says_why_it_cannot_open(void **state)
{
	static const struct step steps[] = {{1 * S, 60}};
	struct sl_err err = {0};
	char path[64];
	FILE *f;

	(void)state;
	assert_null(sl_pcap_open(path_of("none"), NULL, &err));
	assert_non_null(strstr(err.text, "none"));
	err = (struct sl_err){0};
	assert_null(sl_pcap_open(capture("a", DLT_RAW, steps, 1), NULL, &err));
	assert_non_null(strstr(err.text, "RAW"));
	assert_non_null(strstr(err.text, "Ethernet"));
	snprintf(path, sizeof(path), "%s", path_of("text"));
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("this is no capture, and long enough for a header", f);
	fclose(f);
	assert_null(sl_pcap_open(path, NULL, NULL));
	err = (struct sl_err){0};
	assert_null(sl_pcap_open(NULL, path_of("no/such/dir"), &err));
	assert_non_null(strstr(err.text, "record file"));
}

static int
make_dir(void **state)
{
	(void)state;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_clock_use_virtual();
	return mkdtemp(dir) ? 0 : -1;
}

static int
remove_dir(void **state)
{
	static const char *const names[] = {"a", "b", "c", "rec", "text"};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(names); i++)
		unlink(path_of(names[i]));
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replays_in_time),
	    cmocka_unit_test(gives_all_that_is_due),
	    cmocka_unit_test(starts_captures_together),
	    cmocka_unit_test(records_what_it_is_given),
	    cmocka_unit_test(ends_with_a_file_cut_short),
	    cmocka_unit_test(says_why_it_cannot_open),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
