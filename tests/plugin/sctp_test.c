/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <netinet/in.h>

enum {
	DATA = 0,
	INIT = 1,
	INITACK = 2,
	HB = 4,
	HBACK = 5,
	ABORT = 6,
	SHUT = 7,
	SHUTACK = 8,
	ECHO = 10,
	CACK = 11,
	COMPLETE = 14,
	T = 0x100, /* the T flag */
	END = -1,
};

/* A packet of these chunks; INIT and INIT ACK carry 'own' as their tag. */
static struct sl_pkt_view
make_packet(uint32_t tag, const int *chunks, uint32_t own)
{
	static uint8_t wire[256];
	uint32_t len = 12;

	memset(wire, 0, sizeof(wire));
	wire[1] = 99;
	wire[3] = 36;
	for (int i = 0; i < 4; i++)
		wire[4 + i] = (uint8_t)(tag >> 8 * (3 - i));
	for (; *chunks != END; chunks++) {
		uint8_t type = (uint8_t)*chunks;
		uint8_t *c = wire + len;

		c[0] = type;
		c[1] = *chunks & T ? 1 : 0;
		c[3] = type == INIT || type == INITACK ? 20 : 4;
		for (int i = 0; c[3] == 20 && i < 4; i++)
			c[4 + i] = (uint8_t)(own >> 8 * (3 - i));
		len += c[3];
	}
	return harness_view(SL_IPV4, IPPROTO_SCTP, wire, len);
}

/* A chose tag 1000, B chose 2000: what A sends bears 2000. */
static const struct {
	const char *what; /* begins a conversation */
	char dir;
	uint32_t tag;
	int chunks[4];
	uint32_t own;
	const char *want; /* state, "-" ignored, or a reason with '!' */
} talk[] = {
    {"open, data, shutdown", '>', 0, {INIT, END}, 1000, "cookie-wait"},
    {NULL, '<', 999, {INITACK, END}, 2000, "!bad-tag"},
    {NULL, '<', 1000, {INITACK, END}, 2000, "cookie-wait"},
    {NULL, '>', 2001, {ECHO, END}, 0, "!bad-tag"},
    {NULL, '>', 2000, {ECHO, DATA, END}, 0, "cookie-echoed"},
    {NULL, '<', 1000, {CACK, DATA, END}, 0, "established"},
    {NULL, '<', 2000, {DATA, END}, 0, "!bad-tag"},
    {NULL, '>', 2000, {DATA, END}, 0, "established"},
    {NULL, '>', 2000, {HB, END}, 0, "established"},
    {NULL, '<', 1, {ABORT, END}, 0, "!bad-tag"},
    {NULL, '<', 1, {ABORT | T, END}, 0, "!bad-tag"},
    {NULL, '>', 2000, {SHUT, END}, 0, "shutdown"},
    {NULL, '<', 1000, {SHUTACK, END}, 0, "shutdown-ack-sent"},
    {NULL, '>', 2000, {COMPLETE, END}, 0, "closed"},
    {NULL, '>', 0, {INIT, END}, 1001, "cookie-wait"}, /* and again */
    {"INIT again", '>', 0, {INIT, END}, 1000, "cookie-wait"},
    {NULL, '>', 0, {INIT, END}, 1005, "cookie-wait"},
    {NULL, '<', 1000, {INITACK, END}, 2000, "!bad-tag"},
    {NULL, '<', 1005, {INITACK, END}, 2000, "cookie-wait"},
    {"refused", '>', 0, {INIT, END}, 1000, "cookie-wait"},
    {NULL, '<', 1000, {ABORT, END}, 0, "closed"},
    {"aborted by one that has forgotten", '>', 0, {INIT, END}, 1000,
	"cookie-wait"},
    {NULL, '<', 1000, {INITACK, END}, 2000, "cookie-wait"},
    {NULL, '>', 2000, {ECHO, END}, 0, "cookie-echoed"},
    {NULL, '<', 1000, {CACK, END}, 0, "established"},
    {NULL, '<', 1000, {COMPLETE, END}, 0, "!wrong-state"},
    {NULL, '<', 1000, {INITACK, END}, 7, "!wrong-state"},
    {NULL, '<', 2000, {ABORT | T, END}, 0, "closed"},
    {"one side starts over", '>', 0, {INIT, END}, 1000, "cookie-wait"},
    {NULL, '<', 1000, {INITACK, END}, 2000, "cookie-wait"},
    {NULL, '>', 2000, {ECHO, END}, 0, "cookie-echoed"},
    {NULL, '<', 1000, {CACK, END}, 0, "established"},
    {NULL, '>', 0, {INIT, END}, 1111, "-"},
    {NULL, '<', 1000, {DATA, END}, 0, "established"}, /* still alive */
    {NULL, '<', 1111, {INITACK, END}, 2222, "-"},
    {NULL, '>', 2222, {ECHO, END}, 0, "cookie-echoed"},
    {NULL, '<', 1111, {CACK, END}, 0, "established"},
    {NULL, '<', 1000, {DATA, END}, 0, "!bad-tag"}, /* the old one */
    {"an INIT that is refused changes nothing", '>', 0, {INIT, END}, 1000,
	"cookie-wait"},
    {NULL, '<', 1000, {INITACK, END}, 2000, "cookie-wait"},
    {NULL, '>', 2000, {ECHO, END}, 0, "cookie-echoed"},
    {NULL, '<', 1000, {CACK, END}, 0, "established"},
    {NULL, '>', 0, {INIT, END}, 1111, "-"},
    {NULL, '<', 1111, {ABORT, END}, 0, "-"},
    {NULL, '>', 2000, {DATA, END}, 0, "established"},
    {"a further path", '>', 2000, {HB, END}, 0, "heartbeat-sent"},
    {NULL, '>', 2001, {HB, END}, 0, "!bad-tag"},
    {NULL, '<', 1000, {HBACK, END}, 0, "established"},
    {NULL, '<', 1001, {DATA, END}, 0, "!bad-tag"},
    {"picked up", '>', 2000, {DATA, END}, 0, "heartbeat-sent"},
    {NULL, '<', 1000, {DATA, END}, 0, "established"},
    {"INIT with a tag", '>', 7, {INIT, END}, 1000, "!bad-tag"},
    {"data without one", '>', 0, {DATA, END}, 0, "!bad-tag"},
    {"abort first", '>', 7, {ABORT, END}, 0, "!no-association"},
    {"complete first", '>', 7, {COMPLETE, END}, 0, "!no-association"},
};

static void
conversations(void **state)
{
	struct harness h;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(talk); i++) {
		struct sl_pkt_view view =
		    make_packet(talk[i].tag, talk[i].chunks, talk[i].own);
		enum sl_track_result result;
		const char *got;
		char reason[40];
		bool restarted;

		if (talk[i].what)
			harness_start(&h, SL_IPV4, IPPROTO_SCTP);
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

/* Every length that a packet may state, cut at every byte. */
static void
lengths(void **state)
{
	static const struct {
		uint8_t type;
		uint16_t len;  /* as the chunk says */
		uint32_t have; /* bytes of L4 */
		const char *want;
	} rows[] = {
	    {DATA, 4, 16, NULL},
	    {DATA, 5, 17, NULL}, /* padding may be missing at the end */
	    {DATA, 5, 16, "bad-chunk-length"},
	    {DATA, 3, 16, "bad-chunk-length"},
	    {DATA, 0, 16, "bad-chunk-length"},
	    {DATA, 65535, 16, "bad-chunk-length"},
	    {DATA, 4, 15, "bad-chunk-length"},
	    {DATA, 4, 12, "bad-chunk-length"}, /* no chunk at all */
	    {DATA, 4, 11, "short-header"},
	    {DATA, 4, 18, "bad-chunk-length"}, /* half a header follows */
	    {INIT, 19, 32, "bad-chunk-length"},
	    {INIT, 20, 32, NULL},
	    {INIT, 20, 36, "bundled-setup"},
	    {COMPLETE, 4, 20, "bundled-setup"},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		uint8_t wire[64] = {0, 99, 0, 36, 0, 0, 0, 1, 0, 0, 0, 0,
		    rows[i].type, 0, (uint8_t)(rows[i].len >> 8),
		    (uint8_t)rows[i].len, 0, 0, 0, 5};
		struct sl_pkt_view view;
		struct sl_tuple tuple = {0};
		struct harness h;
		uint8_t reason = 0;

		if (rows[i].len >= 4 &&
		    rows[i].have > 12u + rows[i].len) /* another, of 4 bytes */
			wire[12 + rows[i].len + 3] = 4;
		view = harness_view(SL_IPV4, IPPROTO_SCTP, wire, rows[i].have);
		harness_start(&h, SL_IPV4, IPPROTO_SCTP);
		if ((h.tracker->ops.key(&view, &tuple, &reason) ==
			SL_KEY_TUPLE) != !rows[i].want)
			fail_msg("row %zu", i);
		if (rows[i].want)
			assert_string_equal(
			    harness_reason(&h, reason), rows[i].want);
	}
}

static void
strict(void **state)
{
	static const int data[] = {DATA, END}, hb[] = {HB, END};
	struct sl_pkt_view view = make_packet(5, data, 0);
	struct harness h;
	bool restarted;

	(void)state;
	harness_start(&h, SL_IPV4, IPPROTO_SCTP);
	h.ctx.loose = 0;
	assert_int_equal(
	    harness_packet(&h, &view, SL_ORIG, &restarted), SL_TRACK_INVALID);
	assert_string_equal(harness_reason(&h, h.out.reason), "not-loose");
	view = make_packet(5, hb, 0); /* a further path is not the middle */
	assert_int_equal(
	    harness_packet(&h, &view, SL_ORIG, &restarted), SL_TRACK_VALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(conversations),
	    cmocka_unit_test(lengths),
	    cmocka_unit_test(strict),
	};

	return cmocka_run_group_tests(tests, harness_load, harness_unload);
}
