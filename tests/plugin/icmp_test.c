/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <netinet/in.h>

#define ID 0x1234

static uint8_t
proto_of(uint8_t family)
{
	return family == SL_IPV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
}

static struct sl_pkt_view
make_message(uint8_t family, uint8_t type, uint16_t id)
{
	static uint8_t wire[16];

	memset(wire, 0, sizeof(wire));
	wire[0] = type;
	wire[4] = (uint8_t)(id >> 8);
	wire[5] = (uint8_t)id;
	return harness_view(family, proto_of(family), wire, sizeof(wire));
}

static void
types_are_told_apart(void **state)
{
	static const struct {
		uint8_t family, first, last;
		enum sl_key key;
		const char *reason;
	} rows[] = {
	    {SL_IPV4, 0, 0, SL_KEY_TUPLE, NULL},
	    {SL_IPV4, 1, 2, SL_KEY_INVALID, "unknown-type"},
	    {SL_IPV4, 3, 5, SL_KEY_ERROR, NULL},
	    {SL_IPV4, 6, 7, SL_KEY_INVALID, "unknown-type"},
	    {SL_IPV4, 8, 8, SL_KEY_TUPLE, NULL},
	    {SL_IPV4, 9, 10, SL_KEY_INVALID, "unknown-type"},
	    {SL_IPV4, 11, 12, SL_KEY_ERROR, NULL},
	    {SL_IPV4, 13, 18, SL_KEY_TUPLE, NULL},
	    {SL_IPV4, 19, 255, SL_KEY_INVALID, "unknown-type"},
	    {SL_IPV6, 0, 0, SL_KEY_INVALID, "unknown-type"},
	    {SL_IPV6, 1, 4, SL_KEY_ERROR, NULL},
	    {SL_IPV6, 5, 127, SL_KEY_INVALID, "unknown-type"},
	    {SL_IPV6, 128, 129, SL_KEY_TUPLE, NULL},
	    {SL_IPV6, 130, 138, SL_KEY_UNTRACKED, NULL},
	    {SL_IPV6, 139, 140, SL_KEY_TUPLE, NULL},
	    {SL_IPV6, 141, 149, SL_KEY_UNTRACKED, NULL},
	    {SL_IPV6, 150, 150, SL_KEY_INVALID, "unknown-type"},
	    {SL_IPV6, 151, 155, SL_KEY_UNTRACKED, NULL},
	    {SL_IPV6, 156, 156, SL_KEY_INVALID, "unknown-type"},
	    {SL_IPV6, 157, 158, SL_KEY_UNTRACKED, NULL},
	    {SL_IPV6, 159, 255, SL_KEY_INVALID, "unknown-type"},
	};
	struct harness h;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		harness_start(&h, rows[i].family, proto_of(rows[i].family));
		for (unsigned type = rows[i].first; type <= rows[i].last;
		     type++) {
			struct sl_pkt_view view =
			    make_message(rows[i].family, (uint8_t)type, ID);
			struct sl_tuple tuple = {0};
			uint8_t reason = 0;

			if (h.tracker->ops.key(&view, &tuple, &reason) !=
			    rows[i].key)
				fail_msg(
				    "type %u of IPv%u", type, rows[i].family);
			if (rows[i].reason)
				assert_string_equal(
				    harness_reason(&h, reason), rows[i].reason);
		}
	}
}

/* An answer's ids are its query's, inverted. */
static void
answers_invert_queries(void **state)
{
	static const struct {
		uint8_t family, query, answer;
	} rows[] = {
	    {SL_IPV4, 8, 0},
	    {SL_IPV4, 13, 14},
	    {SL_IPV4, 15, 16},
	    {SL_IPV4, 17, 18},
	    {SL_IPV6, 128, 129},
	    {SL_IPV6, 139, 140},
	};
	struct harness h;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_tuple q = {0}, a = {0};
		struct sl_pkt_view view;
		uint8_t reason;

		harness_start(&h, rows[i].family, proto_of(rows[i].family));
		view = make_message(rows[i].family, rows[i].query, ID);
		h.tracker->ops.key(&view, &q, &reason);
		view = make_message(rows[i].family, rows[i].answer, ID);
		h.tracker->ops.key(&view, &a, &reason);
		assert_int_equal(ntohs(q.src_id), ID);
		assert_int_equal(ntohs(q.dst_id), rows[i].query);
		assert_int_equal(q.src_id, a.dst_id);
		assert_int_equal(q.dst_id, a.src_id);
	}
}

static void
queries_open_and_answers_follow(void **state)
{
	static const struct {
		uint8_t family, type;
		enum sl_dir dir;
		bool fresh;	  /* begins a new connection */
		const char *want; /* NULL: valid */
	} rows[] = {
	    {SL_IPV4, 0, SL_ORIG, true, "reply-without-request"},
	    {SL_IPV4, 14, SL_ORIG, true, "reply-without-request"},
	    {SL_IPV4, 8, SL_ORIG, true, NULL},
	    {SL_IPV4, 8, SL_ORIG, false, NULL},
	    {SL_IPV4, 0, SL_REPLY, false, NULL},
	    {SL_IPV4, 8, SL_REPLY, false, "wrong-direction"},
	    {SL_IPV4, 0, SL_ORIG, false, "wrong-direction"},
	    {SL_IPV6, 129, SL_ORIG, true, "reply-without-request"},
	    {SL_IPV6, 128, SL_ORIG, true, NULL},
	    {SL_IPV6, 129, SL_REPLY, false, NULL},
	    {SL_IPV6, 128, SL_REPLY, false, "wrong-direction"},
	};
	struct harness h;
	bool restarted;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_pkt_view view =
		    make_message(rows[i].family, rows[i].type, ID);
		enum sl_track_result got;

		if (rows[i].fresh)
			harness_start(
			    &h, rows[i].family, proto_of(rows[i].family));
		got = harness_packet(&h, &view, rows[i].dir, &restarted);
		assert_int_equal(
		    got, rows[i].want ? SL_TRACK_INVALID : SL_TRACK_VALID);
		if (rows[i].want)
			assert_string_equal(
			    harness_reason(&h, h.out.reason), rows[i].want);
		else
			assert_string_equal(
			    h.tracker->ops.timeouts[h.out.timeout].name,
			    "icmp-timeout");
		assert_false(h.assured);
	}
}

static void
short_messages_are_invalid(void **state)
{
	static const uint8_t families[] = {SL_IPV4, SL_IPV6};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(families); i++) {
		struct sl_pkt_view view = make_message(families[i], 8, ID);
		struct sl_tuple tuple = {0};
		struct harness h;
		uint8_t reason = 0;

		harness_start(&h, families[i], proto_of(families[i]));
		view.l4.len = 7;
		assert_int_equal(
		    h.tracker->ops.key(&view, &tuple, &reason), SL_KEY_INVALID);
		assert_string_equal(harness_reason(&h, reason), "short-header");
	}
}

static void
discovery_stays_on_the_link(void **state)
{
	static const uint8_t types[] = {133, 134, 135, 136, 137, 141, 148};
	static const uint8_t routed[40] = {[7] = 254};
	struct harness h;

	(void)state;
	harness_start(&h, SL_IPV6, IPPROTO_ICMPV6);
	for (size_t i = 0; i < SL_COUNT_OF(types); i++) {
		struct sl_pkt_view view = make_message(SL_IPV6, types[i], 0);
		struct sl_tuple tuple = {0};
		uint8_t reason = 0;

		view.l3.data = routed;
		assert_int_equal(
		    h.tracker->ops.key(&view, &tuple, &reason), SL_KEY_INVALID);
		assert_string_equal(
		    harness_reason(&h, reason), "discovery-off-link");
	}
}

static void
other_protocols_are_followed_by_address(void **state)
{
	static const uint8_t protocols[] = {2, 50, 51, 89, 112, 253};
	static const uint8_t families[] = {SL_IPV4, SL_IPV6};
	static const uint8_t nothing[1];

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(protocols) * 2; i++) {
		uint8_t family = families[i % 2], proto = protocols[i / 2];
		struct sl_pkt_view view =
		    harness_view(family, proto, nothing, 0);
		struct sl_tuple tuple = {0};
		struct harness h;
		bool restarted;
		uint8_t reason;

		harness_start(&h, family, proto);
		assert_string_equal(h.tracker->ops.name, "generic");
		assert_int_equal(
		    h.tracker->ops.key(&view, &tuple, &reason), SL_KEY_TUPLE);
		assert_int_equal(tuple.src_id | tuple.dst_id, 0);
		assert_int_equal(harness_packet(&h, &view, SL_ORIG, &restarted),
		    SL_TRACK_VALID);
		assert_int_equal(
		    harness_packet(&h, &view, SL_REPLY, &restarted),
		    SL_TRACK_VALID);
		assert_string_equal(h.tracker->ops.timeouts[h.out.timeout].name,
		    "generic-timeout");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(types_are_told_apart),
	    cmocka_unit_test(answers_invert_queries),
	    cmocka_unit_test(queries_open_and_answers_follow),
	    cmocka_unit_test(short_messages_are_invalid),
	    cmocka_unit_test(discovery_stays_on_the_link),
	    cmocka_unit_test(other_protocols_are_followed_by_address),
	};

	return cmocka_run_group_tests(tests, harness_load, harness_unload);
}
