/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <netinet/in.h>

static struct sl_pkt_view
make_datagram(uint8_t family, uint16_t len, uint16_t csum)
{
	static uint8_t wire[64];

	memset(wire, 0, sizeof(wire));
	wire[0] = 0x30; /* port 12345 */
	wire[1] = 0x39;
	wire[3] = 53;
	wire[4] = (uint8_t)(len >> 8);
	wire[5] = (uint8_t)len;
	wire[6] = (uint8_t)(csum >> 8);
	wire[7] = (uint8_t)csum;
	return harness_view(family, IPPROTO_UDP, wire, sizeof(wire));
}

static void
lengths_and_checksums(void **state)
{
	static const struct {
		uint8_t family;
		uint16_t len, csum;
		uint32_t have;
		uint8_t quoted;
		const char *want; /* NULL: fine */
	} rows[] = {
	    {SL_IPV4, 64, 1, 64, 0, NULL},
	    {SL_IPV4, 64, 0, 64, 0, NULL}, /* no checksum is legal */
	    {SL_IPV4, 20, 1, 64, 0, NULL}, /* shorter than the IP packet */
	    {SL_IPV4, 8, 1, 64, 0, NULL},
	    {SL_IPV4, 7, 1, 64, 0, "bad-length"},
	    {SL_IPV4, 0, 1, 64, 0, "bad-length"},
	    {SL_IPV4, 65, 1, 64, 0, "bad-length"},
	    {SL_IPV4, 64, 1, 7, 0, "short-header"},
	    {SL_IPV6, 64, 1, 64, 0, NULL},
	    {SL_IPV6, 64, 0, 64, 0, "checksum-missing"},
	    {SL_IPV4, 64, 1, 8, 1, NULL}, /* a quote is cut */
	    {SL_IPV6, 64, 0, 8, 1, NULL},
	    {SL_IPV4, 64, 1, 4, 1, "short-header"},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_pkt_view view =
		    make_datagram(rows[i].family, rows[i].len, rows[i].csum);
		struct sl_tuple tuple = {0};
		struct harness h;
		uint8_t reason = 0;
		enum sl_key key;

		harness_start(&h, rows[i].family, IPPROTO_UDP);
		view.l4.len = rows[i].have;
		view.quoted = rows[i].quoted;
		key = h.tracker->ops.key(&view, &tuple, &reason);
		if (rows[i].want) {
			assert_int_equal(key, SL_KEY_INVALID);
			assert_string_equal(
			    harness_reason(&h, reason), rows[i].want);
			continue;
		}
		assert_int_equal(key, SL_KEY_TUPLE);
		assert_int_equal(ntohs(tuple.src_id), 12345);
		assert_int_equal(ntohs(tuple.dst_id), 53);
	}
}

static void
streams(void **state)
{
	static const struct {
		enum sl_dir dir;
		const char *timeout;
		bool assured, fast_ok;
	} rows[] = {
	    {SL_ORIG, "udp-timeout", false, false},
	    {SL_ORIG, "udp-timeout", false, false},
	    {SL_REPLY, "udp-stream-timeout", false, true},
	    {SL_ORIG, "udp-stream-timeout", true, true},
	    {SL_REPLY, "udp-stream-timeout", true, true},
	};
	struct sl_pkt_view view = make_datagram(SL_IPV4, 64, 1);
	struct harness h;
	bool restarted;

	(void)state;
	harness_start(&h, SL_IPV4, IPPROTO_UDP);
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		assert_int_equal(
		    harness_packet(&h, &view, rows[i].dir, &restarted),
		    SL_TRACK_VALID);
		assert_string_equal(h.tracker->ops.timeouts[h.out.timeout].name,
		    rows[i].timeout);
		assert_int_equal(h.assured, rows[i].assured);
		assert_int_equal(h.out.fast_ok, rows[i].fast_ok);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lengths_and_checksums),
	    cmocka_unit_test(streams),
	};

	return cmocka_run_group_tests(tests, harness_load, harness_unload);
}
