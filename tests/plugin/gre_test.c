/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <netinet/in.h>

/* First and second byte. */
enum { CSUM = 0x80, ROUTE = 0x40, KEY = 0x20, SEQ = 0x10, ACK = 0x80 };

#define IP  0x0800
#define PPP 0x880b

/* What key() finds. */
static const struct {
	const char *name;
	uint8_t flags, version;
	uint16_t proto;
	uint8_t rest[12]; /* behind the first four bytes */
	uint32_t have;
	uint8_t quoted;
	uint16_t src_id, dst_id;
	const char *want; /* reason; NULL: none */
} headers[] = {
    {"plain", 0, 0, IP, {0}, 4, 0, 0, 0, NULL},
    {"keepalive", 0, 0, 0, {0}, 4, 0, 0, 0, NULL},
    {"cut", 0, 0, IP, {0}, 3, 0, 0, 0, "short-header"},
    {"key", KEY, 0, IP, {0, 0, 0, 41}, 8, 0, 42, 42, NULL},
    {"key 0 is a key", KEY, 0, IP, {0}, 8, 0, 1, 1, NULL},
    {"long key", KEY, 0, IP, {0, 1, 0, 5}, 8, 0, 7, 7, NULL},
    {"longest key", KEY, 0, IP, {255, 255, 255, 255}, 8, 0, 1, 1, NULL},
    {"key cut", KEY, 0, IP, {0, 0, 0, 41}, 7, 0, 0, 0, "short-header"},
    {"checksum and key", CSUM | KEY, 0, IP, {9, 9, 0, 0, 0, 0, 0, 41}, 12, 0,
	42, 42, NULL},
    {"checksum, key cut", CSUM | KEY, 0, IP, {0}, 11, 0, 0, 0, "short-header"},
    {"all of it", CSUM | KEY | SEQ, 0, IP, {[7] = 1}, 16, 0, 2, 2, NULL},
    {"all of it, cut", CSUM | KEY | SEQ, 0, IP, {0}, 15, 0, 0, 0,
	"short-header"},
    {"sequence", SEQ, 0, IP, {0}, 8, 0, 0, 0, NULL},
    {"sequence cut", SEQ, 0, IP, {0}, 7, 0, 0, 0, "short-header"},
    {"routed", ROUTE, 0, IP, {0}, 16, 0, 0, 0, "source-routed"},
    {"quoted", CSUM, 0, IP, {0}, 8, 1, 0, 0, NULL},
    {"quoted key", KEY, 0, IP, {0, 0, 0, 41}, 8, 1, 42, 42, NULL},
    {"quoted without its key", CSUM | KEY, 0, IP, {0}, 8, 1, 0, 0,
	"short-header"},
    {"call", KEY, 1, PPP, {0, 0, 0x12, 0x34}, 8, 0, 0, 0x1234, NULL},
    {"call 0", KEY, 1, PPP, {0}, 8, 0, 0, 0, NULL},
    {"data", KEY | SEQ, 1, PPP, {0, 4, 0, 7}, 16, 0, 0, 7, NULL},
    {"padded", KEY | SEQ, 1, PPP, {0, 3, 0, 7}, 16, 0, 0, 7, NULL},
    {"data cut", KEY | SEQ, 1, PPP, {0, 4, 0, 7}, 15, 0, 0, 0,
	"bad-payload-length"},
    {"sequence cut", KEY | SEQ, 1, PPP, {0}, 11, 0, 0, 0, "short-header"},
    {"acknowledgement", KEY, 1 | ACK, PPP, {[3] = 7}, 12, 0, 0, 7, NULL},
    {"acknowledgement cut", KEY, 1 | ACK, PPP, {0}, 11, 0, 0, 0,
	"short-header"},
    {"both", KEY | SEQ, 1 | ACK, PPP, {[3] = 7}, 16, 0, 0, 7, NULL},
    {"call cut", KEY, 1, PPP, {0}, 7, 0, 0, 0, "short-header"},
    {"no call", SEQ, 1, PPP, {0}, 16, 0, 0, 0, "bad-flags"},
    {"checksum", CSUM | KEY, 1, PPP, {0}, 16, 0, 0, 0, "bad-flags"},
    {"routed call", ROUTE | KEY, 1, PPP, {0}, 16, 0, 0, 0, "bad-flags"},
    {"recursion", KEY | 1, 1, PPP, {0}, 16, 0, 0, 0, "bad-flags"},
    {"reserved", KEY, 1 | 8, PPP, {0}, 16, 0, 0, 0, "bad-flags"},
    {"IP in a call", KEY, 1, IP, {0}, 16, 0, 0, 0, "not-ppp"},
    {"quoted call", KEY | SEQ, 1 | ACK, PPP, {5, 220, 0, 7}, 8, 1, 0, 7, NULL},
    {"quoted call cut", KEY, 1, PPP, {0}, 7, 1, 0, 0, "short-header"},
    {"version 2", 0, 2, IP, {0}, 16, 0, 0, 0, "bad-version"},
    {"version 7", 0, 7, IP, {0}, 16, 0, 0, 0, "bad-version"},
};

static void
put_header(uint8_t *wire, uint8_t flags, uint8_t version, uint16_t proto)
{
	wire[0] = flags;
	wire[1] = version;
	wire[2] = (uint8_t)(proto >> 8);
	wire[3] = (uint8_t)proto;
}

static void
headers_of(uint8_t family)
{
	for (size_t i = 0; i < SL_COUNT_OF(headers); i++) {
		uint8_t wire[16] = {0}, reason = 0;
		struct sl_tuple tuple = {0};
		struct sl_pkt_view view;
		struct harness h;
		enum sl_key key;

		put_header(wire, headers[i].flags, headers[i].version,
		    headers[i].proto);
		memcpy(wire + 4, headers[i].rest, 12);
		harness_start(&h, family, IPPROTO_GRE);
		view = harness_view(family, IPPROTO_GRE, wire, headers[i].have);
		view.quoted = headers[i].quoted;
		key = h.tracker->ops.key(&view, &tuple, &reason);
		if (key != (headers[i].want ? SL_KEY_INVALID : SL_KEY_TUPLE))
			fail_msg("%s: got %d", headers[i].name, key);
		if (headers[i].want) {
			assert_string_equal(
			    harness_reason(&h, reason), headers[i].want);
			continue;
		}
		if (ntohs(tuple.src_id) != headers[i].src_id ||
		    ntohs(tuple.dst_id) != headers[i].dst_id)
			fail_msg("%s: got %u, %u", headers[i].name,
			    ntohs(tuple.src_id), ntohs(tuple.dst_id));
	}
}

static void
keys_in_ipv4(void **state)
{
	(void)state;
	headers_of(SL_IPV4);
}

static void
keys_in_ipv6(void **state)
{
	(void)state;
	headers_of(SL_IPV6);
}

/* Conversations: rows with a name begin one. */
static const struct {
	const char *name;
	char dir;	  /* '>' the first packet's, '<' against it */
	uint8_t version;  /* its packets have call or key 0 */
	const char *want; /* timeout, assured with '+', or a reason with '!' */
} talk[] = {
    {"tunnel", '>', 0, "gre-timeout"},
    {NULL, '>', 0, "gre-timeout"},
    {NULL, '<', 0, "gre-stream-timeout"},
    {NULL, '>', 0, "gre-stream-timeout+"},
    {NULL, '<', 0, "gre-stream-timeout+"},
    {NULL, '>', 1, "!other-version"},
    {"call", '>', 1, "gre-timeout"},
    {NULL, '<', 0, "!other-version"},
    {NULL, '>', 1, "gre-timeout"},
    {NULL, '<', 1, "gre-call-timeout"},
    {NULL, '<', 1, "gre-call-timeout+"},
    {NULL, '<', 2, "!bad-version"},
};

static void
conversations(void **state)
{
	struct harness h;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(talk); i++) {
		uint8_t wire[16] = {0};
		struct sl_pkt_view view;
		enum sl_track_result result;
		bool restarted;
		char got[48];

		if (talk[i].name)
			harness_start(&h, SL_IPV4, IPPROTO_GRE);
		put_header(wire, talk[i].version ? KEY : 0, talk[i].version,
		    talk[i].version ? PPP : IP);
		view = harness_view(SL_IPV4, IPPROTO_GRE, wire, 16);
		result = harness_packet(&h, &view,
		    talk[i].dir == '>' ? SL_ORIG : SL_REPLY, &restarted);
		if (result == SL_TRACK_INVALID)
			snprintf(got, sizeof(got), "!%s",
			    harness_reason(&h, h.out.reason));
		else
			snprintf(got, sizeof(got), "%s%s",
			    h.tracker->ops.timeouts[h.out.timeout].name,
			    h.out.assured ? "+" : "");
		if (strcmp(got, talk[i].want) != 0)
			fail_msg("row %zu: %s, want %s", i, got, talk[i].want);
	}
}

/* The first four bytes of its private area are the engine's. */
static void
leaves_the_engines_bytes(void **state)
{
	uint8_t wire[16] = {KEY, 1, PPP >> 8, PPP & 0xff};
	struct sl_pkt_view view =
	    harness_view(SL_IPV4, IPPROTO_GRE, wire, sizeof(wire));
	struct harness h;
	bool restarted;

	(void)state;
	harness_start(&h, SL_IPV4, IPPROTO_GRE);
	assert_int_equal(
	    harness_packet(&h, &view, SL_ORIG, &restarted), SL_TRACK_VALID);
	assert_memory_equal(h.priv, "\0\0\0\0", 4);
	memset(h.priv, 0xa5, 4);
	assert_int_equal(
	    harness_packet(&h, &view, SL_REPLY, &restarted), SL_TRACK_VALID);
	assert_memory_equal(h.priv, "\xa5\xa5\xa5\xa5", 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys_in_ipv4),
	    cmocka_unit_test(keys_in_ipv6),
	    cmocka_unit_test(conversations),
	    cmocka_unit_test(leaves_the_engines_bytes),
	};

	return cmocka_run_group_tests(tests, harness_load, harness_unload);
}
