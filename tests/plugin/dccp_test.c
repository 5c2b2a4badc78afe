/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <netinet/in.h>

enum { REQ, RESP, DATA, ACK, DATAACK, CLOSEREQ, CLOSE, RESET, SYNC, SYNCACK };

static struct sl_pkt_view
make_packet(uint8_t type, bool is_long, uint64_t seq)
{
	static uint8_t wire[64];

	memset(wire, 0, sizeof(wire));
	wire[1] = 99;
	wire[3] = 33;
	wire[4] = is_long ? 4 : 3;
	wire[8] = (uint8_t)(type << 1 | is_long);
	if (is_long)
		for (int i = 0; i < 6; i++)
			wire[10 + i] = (uint8_t)(seq >> 8 * (5 - i));
	else
		for (int i = 0; i < 3; i++)
			wire[9 + i] = (uint8_t)(seq >> 8 * (2 - i));
	return harness_view(SL_IPV4, IPPROTO_DCCP, wire, sizeof(wire));
}

#define FAR 0x123456789abcull

/* Conversations: each row a packet, the next '!' row begins a new one. */
static const struct {
	const char *what;
	char dir; /* '>' the first packet's, '<' against it */
	uint8_t type;
	bool is_long;
	uint64_t seq;
	const char *want; /* state, "-" ignored, or a reason with '!' */
} talk[] = {
    {"open and close", '>', REQ, true, FAR, "request"},
    {NULL, '>', REQ, true, FAR + 1, "-"},
    {NULL, '>', ACK, true, FAR + 1, "!wrong-state"},
    {NULL, '<', DATA, true, 7, "!wrong-state"},
    {NULL, '<', RESP, true, 0xfffffe, "respond"},
    {NULL, '>', RESP, true, 7, "!wrong-state"},
    {NULL, '>', ACK, true, FAR + 2, "partopen"},
    {NULL, '<', DATA, false, 0xffffff, "open"},
    {NULL, '<', DATA, false, 0x000002, "open"}, /* past 24 bits */
    {NULL, '>', DATA, false, FAR + 3, "open"},
    {NULL, '>', SYNC, true, FAR + 4, "open"},
    {NULL, '>', CLOSEREQ, true, FAR + 5, "!wrong-state"},
    {NULL, '<', CLOSEREQ, true, 0x1000003, "close-req"},
    {NULL, '>', CLOSE, true, FAR + 5, "closing"},
    {NULL, '<', RESET, true, 0x1000003 + 70000, "!reset-not-near"},
    {NULL, '<', RESET, true, 0x1000004, "time-wait"},
    {NULL, '<', RESET, true, 0x1000004, "-"},
    {NULL, '>', REQ, true, 5, "request"}, /* and again */
    {"refused", '>', REQ, true, FAR, "request"},
    {NULL, '<', RESET, true, 0, "time-wait"},
    {"forged reset", '>', REQ, true, FAR, "request"},
    {NULL, '<', RESP, true, 100, "respond"},
    {NULL, '>', DATAACK, true, FAR + 1, "partopen"},
    {NULL, '>', RESET, true, FAR + 80000, "!reset-not-near"},
    {NULL, '>', RESET, true, FAR - 80000, "!reset-not-near"},
    {NULL, '>', RESET, true, FAR - 60000, "time-wait"},
    {"picked up, server first", '>', DATA, false, 9, "open"},
    {NULL, '<', ACK, true, 40, "open"},
    {NULL, '>', CLOSEREQ, true, 10, "close-req"},
    {NULL, '<', CLOSE, true, 41, "closing"},
    {"picked up", '>', SYNC, true, 9, "!no-connection"},
    {"close first", '>', CLOSE, true, 9, "!no-connection"},
    {"reset first", '>', RESET, true, 9, "!no-connection"},
    {"response first", '>', RESP, true, 9, "!no-connection"},
};

static void
conversations(void **state)
{
	struct harness h;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(talk); i++) {
		struct sl_pkt_view view =
		    make_packet(talk[i].type, talk[i].is_long, talk[i].seq);
		enum sl_track_result result;
		const char *got;
		char reason[40];
		bool restarted;

		if (talk[i].what)
			harness_start(&h, SL_IPV4, IPPROTO_DCCP);
		result = harness_packet(&h, &view,
		    talk[i].dir == '>' ? SL_ORIG : SL_REPLY, &restarted);
		snprintf(reason, sizeof(reason), "!%s",
		    result == SL_TRACK_INVALID
			? harness_reason(&h, h.out.reason)
			: "");
		if (result == SL_TRACK_IGNORE)
			got = "-";
		else if (result == SL_TRACK_INVALID)
			got = reason;
		else
			got = h.tracker->ops.states[h.out.state];
		if (strcmp(got, talk[i].want) != 0)
			fail_msg("row %zu: %s, want %s", i, got, talk[i].want);
	}
}

static void
headers(void **state)
{
	static const struct {
		uint8_t offset, type_and_x, quoted;
		uint32_t have;
		const char *want;
	} rows[] = {
	    {3, DATA << 1, 0, 64, NULL},
	    {4, REQ << 1 | 1, 0, 64, NULL},
	    {3, REQ << 1 | 1, 0, 64, "bad-data-offset"},
	    {2, DATA << 1, 0, 64, "bad-data-offset"},
	    {17, DATA << 1, 0, 64, "bad-data-offset"},
	    {4, REQ << 1, 0, 64, "bad-type"}, /* needs the long number */
	    {4, 10 << 1 | 1, 0, 64, "bad-type"},
	    {3, DATA << 1, 0, 11, "short-header"},
	    {0, 0, 1, 8, NULL},
	    {0, 0, 1, 3, "short-header"},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		uint8_t wire[64] = {
		    0, 99, 0, 33, rows[i].offset, 0, 0, 0, rows[i].type_and_x};
		struct sl_pkt_view view =
		    harness_view(SL_IPV4, IPPROTO_DCCP, wire, rows[i].have);
		struct sl_tuple tuple = {0};
		struct harness h;
		uint8_t reason = 0;

		harness_start(&h, SL_IPV4, IPPROTO_DCCP);
		view.quoted = rows[i].quoted;
		assert_int_equal(h.tracker->ops.key(&view, &tuple, &reason),
		    rows[i].want ? SL_KEY_INVALID : SL_KEY_TUPLE);
		if (rows[i].want)
			assert_string_equal(
			    harness_reason(&h, reason), rows[i].want);
	}
}

static void
strict(void **state)
{
	struct sl_pkt_view view = make_packet(DATA, false, 9);
	struct harness h;
	bool restarted;

	(void)state;
	harness_start(&h, SL_IPV4, IPPROTO_DCCP);
	h.ctx.loose = 0;
	assert_int_equal(
	    harness_packet(&h, &view, SL_ORIG, &restarted), SL_TRACK_INVALID);
	assert_string_equal(harness_reason(&h, h.out.reason), "not-loose");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(conversations),
	    cmocka_unit_test(headers),
	    cmocka_unit_test(strict),
	};

	return cmocka_run_group_tests(tests, harness_load, harness_unload);
}
