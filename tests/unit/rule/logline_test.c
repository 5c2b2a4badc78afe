/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines, byte for byte as RouterOS writes them. */
#include "build.h"

#include <base/log.h>
#include <rule/logline.h>
#include <rule/mark.h>

static int
with_ports(void **state)
{
	test_setup(state);
	assert_non_null(sl_port_add("ether1", "eth1", NULL));
	assert_non_null(sl_port_add("wan", "eth2", NULL));
	return 0;
}

static int
without_ports(void **state)
{
	sl_ports_clear();
	return test_teardown(state);
}

static struct sl_tuple
tuple(const char *src, uint16_t sport, const char *dst, uint16_t dport)
{
	struct sl_tuple t = {.l4proto = IPPROTO_TCP};

	assert_true(sl_addr_parse(src, &t.family, &t.src));
	assert_true(sl_addr_parse(dst, &t.family, &t.dst));
	t.src_id = htons(sport);
	t.dst_id = htons(dport);
	return t;
}

static const struct row {
	const char *prefix, *chain;
	struct recipe packet;
	uint8_t state;
	const char *text;
	bool raw; /* before tracking: no state */
} rows[] = {
    {"PFX", "forward",
	{.src = "192.0.2.1",
	    .dst = "198.51.100.2",
	    .proto = IPPROTO_TCP,
	    .sport = 1234,
	    .dport = 80,
	    .tcp_flags = 0x02,
	    .payload = 20,
	    .in = 1,
	    .out = 2},
	SL_STATE_NEW,
	"PFX forward: in:ether1 out:wan, connection-state:new src-mac "
	"02:00:00:00:00:02, proto TCP (SYN), "
	"192.0.2.1:1234->198.51.100.2:80, len 60"},
    {"", "output",
	{.src = "192.0.2.1",
	    .dst = "192.0.2.2",
	    .proto = IPPROTO_ICMP,
	    .sport = 8,
	    .payload = 28,
	    .out = 2},
	SL_STATE_ESTABLISHED,
	"output: in:(unknown 0) out:wan, connection-state:established "
	"proto ICMP (type 8, code 0), 192.0.2.1->192.0.2.2, len 56"},
    {"", "input",
	{.src = "192.0.2.1",
	    .dst = "192.0.2.2",
	    .proto = IPPROTO_TCP,
	    .sport = 1,
	    .dport = 2,
	    .tcp_flags = 0x11},
	SL_STATE_INVALID,
	"input: in:(unknown 0) out:(unknown 0), connection-state:invalid "
	"proto TCP (ACK,FIN), 192.0.2.1:1->192.0.2.2:2, len 40"},
    {"six", "input",
	{.src = "2001:db8::1",
	    .dst = "2001:db8::2",
	    .proto = IPPROTO_UDP,
	    .sport = 53,
	    .dport = 1053},
	SL_STATE_UNTRACKED,
	"six input: in:(unknown 0) out:(unknown 0), "
	"connection-state:untracked proto UDP, "
	"[2001:db8::1]:53->[2001:db8::2]:1053, len 48"},
    {"", "input", {.src = "192.0.2.1", .dst = "192.0.2.2", .proto = 139},
	SL_STATE_RELATED,
	"input: in:(unknown 0) out:(unknown 0), connection-state:related "
	"proto 139, 192.0.2.1->192.0.2.2, len 28"},
    /* Protocols other than TCP, UDP and ICMP go by their numbers. */
    {"", "input",
	{.src = "192.0.2.1", .dst = "192.0.2.2", .proto = 47, .in = 1},
	SL_STATE_NEW,
	"input: in:ether1 out:(unknown 0), connection-state:new src-mac "
	"02:00:00:00:00:02, proto 47, 192.0.2.1->192.0.2.2, len 28"},
    {"", "input", {.src = "192.0.2.1", .dst = "224.0.0.1", .proto = 2},
	SL_STATE_NEW,
	"input: in:(unknown 0) out:(unknown 0), connection-state:new "
	"proto 2, 192.0.2.1->224.0.0.1, len 28"},
    {"", "input", {.src = "192.0.2.1", .dst = "192.0.2.2", .proto = 50},
	SL_STATE_NEW,
	"input: in:(unknown 0) out:(unknown 0), connection-state:new "
	"proto 50, 192.0.2.1->192.0.2.2, len 28"},
    {"", "forward",
	{.src = "2001:db8::1",
	    .dst = "2001:db8::2",
	    .proto = IPPROTO_ICMPV6,
	    .sport = 128},
	SL_STATE_NEW,
	"forward: in:(unknown 0) out:(unknown 0), connection-state:new "
	"proto ICMPv6 (type 128, code 0), 2001:db8::1->2001:db8::2, len 48"},
    {"", "prerouting",
	{.src = "192.0.2.1",
	    .dst = "192.0.2.2",
	    .proto = IPPROTO_UDP,
	    .sport = 53,
	    .dport = 1053,
	    .in = 1},
	SL_STATE_INVALID,
	"prerouting: in:ether1 out:(unknown 0), src-mac "
	"02:00:00:00:00:02, proto UDP, 192.0.2.1:53->192.0.2.2:1053, len 28",
	true},
    {"", "output",
	{.src = "192.0.2.1",
	    .dst = "192.0.2.2",
	    .proto = IPPROTO_UDP,
	    .frag = 100,
	    .out = 2},
	SL_STATE_INVALID,
	"output: in:(unknown 0) out:wan, proto UDP, 192.0.2.1->192.0.2.2, "
	"len 28",
	true},
};

static void
plain_lines(void **state)
{
	char text[SL_LOGLINE_TEXT];
	struct test_pkt t;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		build(&t, &rows[i].packet);
		t.pkt.state = rows[i].state;
		assert_string_equal(
		    sl_logline_print(rows[i].prefix, rows[i].chain, &t.pkt,
			!rows[i].raw, text),
		    rows[i].text);
	}
}

static void
translated_lines(void **state)
{
	static const struct recipe r = {.src = "10.0.0.2",
	    .dst = "203.0.113.7",
	    .proto = IPPROTO_TCP,
	    .sport = 3542,
	    .dport = 22,
	    .tcp_flags = 2,
	    .payload = 20,
	    .in = 1,
	    .out = 2};
	static const struct recipe d = {.src = "203.0.113.7",
	    .dst = "10.0.0.5",
	    .proto = IPPROTO_TCP,
	    .sport = 3320,
	    .dport = 80,
	    .tcp_flags = 2,
	    .payload = 4};
	struct sl_conn conn = {.family = SL_IPV4, .l4proto = IPPROTO_TCP};
	struct sl_tuple o, b;
	char text[SL_LOGLINE_TEXT];
	struct test_pkt t;

	(void)state;
	o = tuple("10.0.0.2", 3542, "203.0.113.7", 22);
	b = tuple("203.0.113.7", 22, "198.51.100.9", 3542);
	sl_conn_set_tuple(&conn, SL_ORIG, &o);
	sl_conn_set_tuple(&conn, SL_REPLY, &b);
	sl_store_relaxed(&conn.bits, SL_CONN_SRCNAT);
	build(&t, &r)->conn = &conn;
	assert_string_equal(sl_logline_print("", "forward", &t.pkt, true, text),
	    "forward: in:ether1 out:wan, connection-state:new,snat src-mac "
	    "02:00:00:00:00:02, proto TCP (SYN), "
	    "10.0.0.2:3542->203.0.113.7:22, NAT "
	    "(10.0.0.2:3542->198.51.100.9:3542)->203.0.113.7:22, len 60");

	/* The reply, before its destination is translated back. */
	build(&t, &(const struct recipe){.src = "203.0.113.7",
		      .dst = "198.51.100.9",
		      .proto = IPPROTO_TCP,
		      .sport = 22,
		      .dport = 3542,
		      .tcp_flags = 0x12})
	    ->conn = &conn;
	t.pkt.dir = SL_REPLY;
	t.pkt.state = SL_STATE_ESTABLISHED;
	sl_store_relaxed(
	    &conn.mark, (uint32_t)sl_mark_number(SL_MARK_CONN, "to_wan"));
	assert_string_equal(
	    sl_logline_print("", "prerouting", &t.pkt, true, text),
	    "prerouting: in:(unknown 0) out:(unknown 0), "
	    "connection-mark:to_wan "
	    "connection-state:established,snat proto TCP (SYN,ACK), "
	    "203.0.113.7:22->198.51.100.9:3542, NAT "
	    "203.0.113.7:22->(198.51.100.9:3542->10.0.0.2:3542), len 40");
	sl_store_relaxed(&conn.mark, 0);

	o = tuple("203.0.113.7", 3320, "198.51.100.9", 8080);
	b = tuple("10.0.0.5", 80, "203.0.113.7", 3320);
	sl_conn_set_tuple(&conn, SL_ORIG, &o);
	sl_conn_set_tuple(&conn, SL_REPLY, &b);
	sl_store_relaxed(&conn.bits, SL_CONN_DSTNAT);
	build(&t, &d)->conn = &conn;
	assert_string_equal(sl_logline_print("", "forward", &t.pkt, true, text),
	    "forward: in:(unknown 0) out:(unknown 0), "
	    "connection-state:new,dnat proto TCP (SYN), "
	    "203.0.113.7:3320->10.0.0.5:80, NAT "
	    "203.0.113.7:3320->(198.51.100.9:8080->10.0.0.5:80), len 44");

	b = tuple("10.0.0.5", 80, "10.0.0.1", 3320);
	sl_conn_set_tuple(&conn, SL_REPLY, &b);
	sl_store_relaxed(&conn.bits, SL_CONN_SRCNAT | SL_CONN_DSTNAT);
	assert_string_equal(sl_logline_print("", "forward", &t.pkt, true, text),
	    "forward: in:(unknown 0) out:(unknown 0), "
	    "connection-state:new,snat,dnat proto TCP (SYN), "
	    "203.0.113.7:3320->10.0.0.5:80, NAT "
	    "(203.0.113.7:3320->10.0.0.1:3320)->"
	    "(198.51.100.9:8080->10.0.0.5:80), len 44");
}

/* A line that does not fit is cut, wherever the end falls. */
static void
long_lines_are_cut(void **state)
{
	static const struct recipe r = {.src = "2001:db8::1:2:3:4",
	    .dst = "2001:db8::5:6:7:8",
	    .proto = IPPROTO_TCP};
	char prefix[2 * SL_LOGLINE_TEXT], text[SL_LOGLINE_TEXT];
	struct test_pkt t;

	(void)state;
	build(&t, &r);
	for (size_t len = 0; len < sizeof(prefix); len++) {
		memset(prefix, 'p', len);
		prefix[len] = '\0';
		sl_logline_print(prefix, "forward", &t.pkt, true, text);
		assert_in_range(
		    strlen(text), SL_MIN(len, 80u), SL_LOGLINE_TEXT - 1);
	}
	assert_int_equal(strlen(text), SL_LOGLINE_TEXT - 1);
}

/* A rule logs what it may; the rest is counted. */
static void
logging_is_rate_limited(void **state)
{
	static const struct recipe r = {
	    .src = "192.0.2.1", .dst = "192.0.2.2", .proto = IPPROTO_UDP};
	uint64_t lost = sl_counter_sum(SL_COUNTER_LOG_LOST), seq = 0;
	struct sl_log_line line;
	struct sl_specs specs;
	struct sl_rule_spec *s;
	struct test_pkt t;
	unsigned n = 0;

	(void)state;
	sl_log_set_stderr_level(SL_LOG_ERROR);
	sl_specs_init(&specs);
	s = add_rule(
	    &specs, SL_TABLE_FILTER, SL_IPV4, "input", SL_ACTION_ACCEPT);
	s->log = true;
	s->log_prefix = "seen";
	publish(&specs);
	sl_specs_fini(&specs);
	for (unsigned i = 0; i < 300; i++)
		verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r));
	sl_log_drain();
	while (sl_log_next(seq, &line) &&
	       strcmp(line.topic, "firewall") == 0) {
		assert_memory_equal(line.text, "seen input: ", 12);
		seq = line.seq;
		n++;
	}
	assert_int_equal(n, SL_LOGLINE_BURST);
	assert_string_equal(line.text, "200 log lines were suppressed");
	assert_int_equal(sl_counter_sum(SL_COUNTER_LOG_LOST) - lost, 300 - n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain_lines),
	    cmocka_unit_test(translated_lines),
	    cmocka_unit_test(long_lines_are_cut),
	    cmocka_unit_test(logging_is_rate_limited),
	};

	return cmocka_run_group_tests(tests, with_ports, without_ports);
}
