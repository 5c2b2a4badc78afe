/* SPDX-License-Identifier: Apache-2.0 */
/* ICMP errors: which are believed, in both families. */
#include "harness.h"

#include "frames.h"

#include <base/rcu.h>
#include <base/role.h>
#include <track/track.h>

#include <netinet/in.h>

#define SYN 2
#define ACK 16
#define SEC SL_NS_PER_SEC

static struct sl_track track;

static int
start(void **state)
{
	struct sl_err err = {0};

	assert_int_equal(harness_load(state), 0);
	sl_rcu_online();
	assert_int_equal(sl_track_settings_set_enabled(SL_TRACK_ON, &err), 0);
	track.table = sl_table_new(1, 100, &err);
	assert_non_null(track.table);
	track.shard = sl_table_shard(track.table, 0);
	return 0;
}

static int
stop(void **state)
{
	sl_rcu_offline();
	sl_table_free(track.table);
	return harness_unload(state);
}

static void
pass(struct frame *f, const struct recipe *r, bool six)
{
	struct recipe full = *r;

	full.six = six;
	if (six && full.proto == IPPROTO_ICMP)
		full.proto = IPPROTO_ICMPV6;
	assert_true(make_frame(f, &full, SEC));
	sl_track_classify(&track, &f->pkt);
	assert_int_equal(sl_track_packet(&track, &f->pkt), SL_GO);
	assert_int_equal(sl_track_confirm(&track, &f->pkt), SL_GO);
}

/* Host 1 talks with host 2; SYN, answer, and 100 bytes of the server. */
static const struct recipe conversation[] = {
    {.from = 1,
	.to = 2,
	.proto = IPPROTO_TCP,
	.sport = 1000,
	.dport = 80,
	.flags = SYN,
	.seq = 100},
    {.from = 2,
	.to = 1,
	.proto = IPPROTO_TCP,
	.sport = 80,
	.dport = 1000,
	.flags = SYN | ACK,
	.seq = 500,
	.ack = 101},
    {.from = 1,
	.to = 2,
	.proto = IPPROTO_TCP,
	.sport = 1000,
	.dport = 80,
	.flags = ACK,
	.seq = 101,
	.ack = 501},
    {.from = 2,
	.to = 1,
	.proto = IPPROTO_TCP,
	.sport = 80,
	.dport = 1000,
	.flags = ACK,
	.seq = 501,
	.ack = 101,
	.payload = 100},
    {.from = 1, .to = 2, .proto = IPPROTO_UDP, .sport = 1000, .dport = 53},
};

#define TCP_OUT                                                                \
	.from = 1, .to = 2, .proto = IPPROTO_TCP, .sport = 1000, .dport = 80
#define TCP_BACK                                                               \
	.from = 2, .to = 1, .proto = IPPROTO_TCP, .sport = 80, .dport = 1000
#define UDP_OUT                                                                \
	.from = 1, .to = 2, .proto = IPPROTO_UDP, .sport = 1000, .dport = 53

/* clang-format off */
static const struct {
	const char *name;
	struct recipe quoted;
	uint8_t to;       /* whom the error is sent to */
	uint16_t cut;     /* bytes of the quoted L4; 0: 8 */
	bool bad_csum;
	const char *want; /* reason; NULL: related */
	uint8_t dir;
} rows[] = {
{"client's segment", {TCP_OUT, .flags = ACK, .seq = 101}, 1, 0, false, NULL,
	SL_REPLY},
{"server's data", {TCP_BACK, .flags = ACK, .seq = 501}, 2, 0, false, NULL,
	SL_ORIG},
{"server's data, whole header", {TCP_BACK, .flags = ACK, .seq = 550}, 2, 20,
	false, NULL, SL_ORIG},
{"datagram", {UDP_OUT}, 1, 0, false, NULL, SL_REPLY},
{"number not in flight", {TCP_BACK, .seq = 602}, 2, 0, false,
	"icmp-error-implausible", 0},
{"number long acknowledged", {TCP_OUT, .seq = 50}, 1, 0, false,
	"icmp-error-implausible", 0},
{"unknown port", {.from = 1, .to = 2, .proto = IPPROTO_TCP, .sport = 1001,
	.dport = 80, .seq = 101}, 1, 0, false, "icmp-error-unknown", 0},
{"unknown host", {.from = 1, .to = 9, .proto = IPPROTO_UDP, .sport = 1000,
	.dport = 53}, 1, 0, false, "icmp-error-unknown", 0},
{"reply that was never sent", {.from = 2, .to = 1, .proto = IPPROTO_UDP,
	.sport = 54, .dport = 1000}, 2, 0, false, "icmp-error-unknown", 0},
{"sent to somebody else", {UDP_OUT}, 7, 0, false, "icmp-error-address", 0},
{"quote cut within the ports", {UDP_OUT}, 1, 6, false,
	"icmp-error-bad-quote", 0},
{"checksum wrong", {UDP_OUT}, 1, 0, true, "bad-checksum", 0},
};
/* clang-format on */

static uint64_t
refused(const char *reason)
{
	const char *t, *r;
	uint64_t packets;

	for (unsigned n = 0; sl_trackers_reason_at(n, &t, &r, &packets); n++)
		if (strcmp(t, "ip") == 0 && strcmp(r, reason) == 0)
			return packets;
	fail_msg("no reason %s", reason);
	return 0;
}

static void
check_row(size_t i, bool six, const struct frame *f, uint64_t before)
{
	uint8_t want = rows[i].want ? SL_STATE_INVALID : SL_STATE_RELATED;

	if (f->pkt.state != want)
		fail_msg("%s, IPv%d: want %u, got %u (%s)", rows[i].name,
		    six ? 6 : 4, want, f->pkt.state,
		    sl_trackers_reason_name(f->pkt.tracker, f->pkt.reason));
	if (rows[i].want) {
		assert_null(f->pkt.conn);
		assert_string_equal(
		    sl_trackers_reason_name(f->pkt.tracker, f->pkt.reason),
		    rows[i].want);
		assert_int_equal(refused(rows[i].want), before + 1);
		return;
	}
	assert_non_null(f->pkt.conn);
	assert_int_equal(f->pkt.dir, rows[i].dir);
	assert_true(f->pkt.flags & SL_PKT_ICMP_ERROR);
	/* rules see the error's own addresses */
	assert_int_equal(f->pkt.tuple.src.u.b[six ? 15 : 3], 50);
}

static void
try_all(bool six)
{
	uint16_t ip_len = six ? 40 : 20;
	struct frame f, quoted;

	for (size_t i = 0; i < SL_COUNT_OF(conversation); i++)
		pass(&f, &conversation[i], six);
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct recipe q = rows[i].quoted;
		struct recipe error = {.from = 50,
		    .to = rows[i].to,
		    .proto = IPPROTO_ICMP,
		    .dport = six ? 1 : 3,
		    .bad_csum = rows[i].bad_csum};
		uint64_t before = rows[i].want ? refused(rows[i].want) : 0;

		q.six = six;
		assert_true(make_frame(&quoted, &q, SEC));
		error.quote = quoted.bytes + SL_ETH_LEN;
		error.quote_len =
		    (uint16_t)(ip_len + (rows[i].cut ? rows[i].cut : 8));
		pass(&f, &error, six);
		check_row(i, six, &f, before);
	}
}

static void
errors_in_ipv4(void **state)
{
	(void)state;
	try_all(false);
}

static void
errors_in_ipv6(void **state)
{
	(void)state;
	try_all(true);
}

/* An error neither counts as a packet of its connection nor keeps it alive. */
static void
errors_change_nothing(void **state)
{
	static const struct recipe datagram = {UDP_OUT};
	struct recipe error = {
	    .from = 50, .to = 1, .proto = IPPROTO_ICMP, .dport = 3};
	struct frame f, quoted;
	struct sl_conn *c, before;

	(void)state;
	pass(&quoted, &datagram, false);
	c = quoted.pkt.conn;
	memcpy(&before, c, sizeof(before));
	error.quote = quoted.bytes + SL_ETH_LEN;
	error.quote_len = 28;
	pass(&f, &error, false);
	assert_int_equal(f.pkt.state, SL_STATE_RELATED);
	assert_memory_equal(c, &before, sizeof(before));
}

/* Echo, timestamp: the quoted query finds its connection; an error about an
 * error finds none. */
static void
errors_about_icmp(void **state)
{
	struct recipe query = {
	    .from = 1, .to = 2, .proto = IPPROTO_ICMP, .sport = 77, .dport = 8};
	struct recipe error = {
	    .from = 50, .to = 1, .proto = IPPROTO_ICMP, .dport = 11};
	struct frame f, quoted;

	(void)state;
	pass(&quoted, &query, false);
	error.quote = quoted.bytes + SL_ETH_LEN;
	error.quote_len = 28;
	pass(&f, &error, false);
	assert_int_equal(f.pkt.state, SL_STATE_RELATED);
	assert_ptr_equal(f.pkt.conn, quoted.pkt.conn);

	quoted.bytes[SL_ETH_LEN + 20] = 3;
	pass(&f, &error, false);
	assert_int_equal(f.pkt.state, SL_STATE_INVALID);
	assert_string_equal(
	    sl_trackers_reason_name(f.pkt.tracker, f.pkt.reason),
	    "icmp-error-about-error");
}

#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(errors_in_ipv4),
	    T(errors_in_ipv6),
	    T(errors_change_nothing),
	    T(errors_about_icmp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
