/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <netinet/in.h>

static struct sl_pkt_view
make_datagram(uint16_t coverage, uint16_t csum)
{
	static uint8_t wire[64];

	memset(wire, 0, sizeof(wire));
	wire[0] = 0x30; /* port 12345 */
	wire[1] = 0x39;
	wire[3] = 53;
	wire[4] = (uint8_t)(coverage >> 8);
	wire[5] = (uint8_t)coverage;
	wire[6] = (uint8_t)(csum >> 8);
	wire[7] = (uint8_t)csum;
	return harness_view(SL_IPV4, IPPROTO_UDPLITE, wire, sizeof(wire));
}

static void
coverage_and_checksum(void **state)
{
	static const struct {
		uint16_t coverage, csum;
		uint32_t have;
		uint8_t quoted;
		const char *want; /* NULL: fine */
	} rows[] = {
	    {0, 1, 64, 0, NULL}, {8, 1, 64, 0, NULL}, {64, 1, 64, 0, NULL},
	    {7, 1, 64, 0, "bad-coverage"}, {65, 1, 64, 0, "bad-coverage"},
	    {0, 0, 64, 0, "checksum-missing"}, {0, 1, 7, 0, "short-header"},
	    {64, 0, 8, 1, NULL}, /* a quote is cut */
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_pkt_view view =
		    make_datagram(rows[i].coverage, rows[i].csum);
		struct sl_tuple tuple = {0};
		struct harness h;
		uint8_t reason = 0;
		enum sl_key key;

		harness_start(&h, SL_IPV4, IPPROTO_UDPLITE);
		view.l4.len = rows[i].have;
		view.quoted = rows[i].quoted;
		key = h.tracker->ops.key(&view, &tuple, &reason);
		assert_int_equal(
		    key, rows[i].want ? SL_KEY_INVALID : SL_KEY_TUPLE);
		if (rows[i].want)
			assert_string_equal(
			    harness_reason(&h, reason), rows[i].want);
		else
			assert_int_equal(ntohs(tuple.src_id), 12345);
	}
}

static void
streams(void **state)
{
	static const struct {
		enum sl_dir dir;
		const char *timeout;
		bool assured;
	} rows[] = {
	    {SL_ORIG, "udp-timeout", false},
	    {SL_REPLY, "udp-stream-timeout", false},
	    {SL_ORIG, "udp-stream-timeout", true},
	};
	struct sl_pkt_view view = make_datagram(0, 1);
	struct harness h;
	bool restarted;

	(void)state;
	harness_start(&h, SL_IPV4, IPPROTO_UDPLITE);
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		assert_int_equal(
		    harness_packet(&h, &view, rows[i].dir, &restarted),
		    SL_TRACK_VALID);
		assert_string_equal(h.tracker->ops.timeouts[h.out.timeout].name,
		    rows[i].timeout);
		assert_int_equal(h.assured, rows[i].assured);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(coverage_and_checksum),
	    cmocka_unit_test(streams),
	};

	return cmocka_run_group_tests(tests, harness_load, harness_unload);
}
