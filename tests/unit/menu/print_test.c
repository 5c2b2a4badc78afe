/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <menu/print.h>

static void
make_rules(struct fixture *f)
{
	run_ok(f, "/test/rule",
	    "add chain=input connection-state=established,related "
	    "comment=defconf:est");
	run_ok(f, "/test/rule", "add chain=forward action=drop disabled=yes");
	run_ok(f, "/test/rule",
	    "add chain=input action=log in-interface=ether9 log-prefix=a_b "
	    "log=no comment=slow");
	f->engine.packets[1] = 1675;
	f->engine.packets[3] = 3;
}

struct sample {
	const char *path, *line;
	unsigned width;
	const char *want;
};

static const struct sample samples[] = {
    {"/test/rule", "print", 0,
	"Flags: X - disabled, I - invalid; D - dynamic\n"
	" 0    ;;; defconf:est\n"
	"      chain=input action=accept connection-state=established,related\n"
	"\n"
	" 1 X  chain=forward action=drop\n"
	"\n"
	" 2 I  ;;; slow\n"
	"      ;;; ether9 not ready\n"
	"      chain=input action=log in-interface=ether9 log=no "
	"log-prefix=\"a_b\"\n"},
    {"/test/rule", "print from=0 detail", 40,
	"Flags: X - disabled, I - invalid; D - dynamic\n"
	" 0    ;;; defconf:est\n"
	"      chain=input action=accept\n"
	"      connection-state=established,related\n"},
    {"/test/rule", "print stats", 0,
	"Flags: X - DISABLED, I - INVALID\n"
	"Columns: CHAIN, ACTION, BYTES, PACKETS\n"
	"#   CHAIN    ACTION    BYTES  PACKETS\n"
	";;; defconf:est\n"
	"0   input    accept  140 700    1 675\n"
	"1 X forward  drop          0        0\n"
	";;; slow\n"
	";;; ether9 not ready\n"
	"2 I input    log         252        3\n"},
    {"/test/rule", "print stats detail from=2", 0,
	"Flags: X - disabled, I - invalid; D - dynamic\n"
	" 2 I  ;;; slow\n"
	"      ;;; ether9 not ready\n"
	"      chain=input action=log in-interface=ether9 log=no "
	"log-prefix=\"a_b\" bytes=252 packets=3\n"},
    {"/test/rule", "print brief", 0,
	"Flags: X - DISABLED, I - INVALID\n"
	"Columns: CHAIN, ACTION\n"
	"#   CHAIN    ACTION\n"
	";;; defconf:est\n"
	"0   input    accept\n"
	"1 X forward  drop\n"
	";;; slow\n"
	";;; ether9 not ready\n"
	"2 I input    log\n"},
    {"/test/rule", "print terse", 20,
	" 0    comment=\"defconf:est\" chain=input action=accept "
	"connection-state=established,related\n"
	" 1 X  chain=forward action=drop\n"
	" 2 I  comment=\"slow\" chain=input action=log in-interface=ether9 "
	"log=no log-prefix=\"a_b\"\n"},
    {"/test/rule", "print value-list from=1", 0,
	"              chain: forward\n"
	"             action: drop\n"
	"                log: no\n"},
    {"/test/rule", "print as-value from=1", 0,
	".id=*2;chain=forward;action=drop;log=false;log-prefix=;bytes=0;"
	"packets=0;disabled=true;invalid=false;dynamic=false\n"},
    {"/test/rule", "print count-only", 0, "3\n"},
    {"/test/rule", "print proplist=chain,comment brief", 0,
	"Flags: X - DISABLED, I - INVALID\n"
	"Columns: CHAIN, COMMENT\n"
	"#   CHAIN    COMMENT\n"
	";;; defconf:est\n"
	"0   input    defconf:est\n"
	"1 X forward\n"
	";;; slow\n"
	";;; ether9 not ready\n"
	"2 I input    slow\n"},
    {"/test/rule", "print dynamic brief", 0, ""},
    {"/test/rule", "print dynamic count-only", 0, "0\n"},
    {"/test/rule", "print static count-only", 0, "3\n"},
    {"/test/tracking", "print", 0,
	"                  enabled: auto\n"
	"  tcp-established-timeout: 1d\n"
	"       loose-tcp-tracking: yes\n"
	"            total-entries: 0\n"},
    {"/test/tracking", "print as-value", 0,
	"enabled=auto;tcp-established-timeout=1d;loose-tcp-tracking=true;"
	"total-entries=0\n"},
    {"/test/port", "print", 0,
	"Flags: R - RUNNING\n"
	"Columns: NAME, MTU\n"
	"#   NAME   MTU\n"
	"0 R eth0  1500\n"
	"1   eth1  1500\n"},
    {"/interface/list", "print", 0,
	"Flags: * - BUILTIN\n"
	"Columns: NAME\n"
	"#   NAME\n"
	";;; contains all interfaces\n"
	"0 * all\n"
	";;; contains no interfaces\n"
	"1 * none\n"
	";;; contains dynamic interfaces\n"
	"2 * dynamic\n"
	";;; contains static interfaces\n"
	"3 * static\n"},
};

static void
check_sample(struct fixture *f, const struct sample *s)
{
	f->out.width = s->width;
	run_ok(f, s->path, s->line);
	if (strcmp(sl_text_str(&f->text), s->want) != 0)
		fail_msg("%s\n%s\nis not\n%s", s->line, sl_text_str(&f->text),
		    s->want);
}

static void
test_samples(void **state)
{
	struct fixture *f = *state;

	make_rules(f);
	for (size_t i = 0; i < SL_COUNT_OF(samples); i++)
		check_sample(f, &samples[i]);
}

static const struct sample connection_samples[] = {
    {"/test/connection", "print", 0,
	"Flags: S - SEEN-REPLY; s - SRCNAT\n"
	"Columns: PROTOCOL, SRC-ADDRESS, TCP-STATE, TIMEOUT, ORIG-RATE, "
	"ORIG-PACKETS\n"
	"#    PROTOCOL  SRC-ADDRESS  TCP-STATE    TIMEOUT  ORIG-RATE  "
	"ORIG-PACKETS\n"
	"0 Ss udp       10.0.0.1                  1s       1600bps           "
	"1 000\n"
	"1    udp       10.0.0.2                  2s       3.2kbps           "
	"4 000\n"
	"2 Ss tcp       10.0.0.3     established  3s       4.8kbps           "
	"9 000\n"},
    {"/test/connection", "print", 64,
	"Flags: S - SEEN-REPLY; s - SRCNAT\n"
	"Columns: PROTOCOL, SRC-ADDRESS, TCP-STATE, TIMEOUT, ORIG-RATE, "
	"ORIG-PACKETS\n"
	"#    PROTOC  SRC-ADDRESS  TCP-STATE    TIMEOUT  ORIG-RATE  ORIG-\n"
	"0 Ss udp     10.0.0.1                  1s       1600bps    1 000\n"
	"1    udp     10.0.0.2                  2s       3.2kbps    4 000\n"
	"2 Ss tcp     10.0.0.3     established  3s       4.8kbps    9 000\n"},
    {"/test/connection", "print detail from=2", 60,
	"Flags: S - seen-reply; A - assured; s - srcnat\n"
	" 2 S s protocol=tcp src-address=10.0.0.3\n"
	"       tcp-state=established timeout=3s orig-packets=9 000\n"
	"       orig-rate=4.8kbps\n"},
};

static void
test_connections(void **state)
{
	struct fixture *f = *state;

	f->engine.n_connections = 3;
	for (size_t i = 0; i < SL_COUNT_OF(connection_samples); i++)
		check_sample(f, &connection_samples[i]);
}

static bool
is_tcp(void *arg, const struct sl_row *row)
{
	struct sl_value v;
	bool yes;

	(void)arg;
	sl_row_get(row, CONN_PROTOCOL, &v);
	yes = strcmp(v.str.s, "tcp") == 0;
	sl_value_free(&v);
	return yes;
}

/* Under where, numbers and TCP columns are those of the whole table. */
static void
test_where(void **state)
{
	struct fixture *f = *state;

	f->engine.n_connections = 2000;
	f->where = is_tcp;
	run_ok(f, "/test/connection", "print count-only");
	assert_string_equal(sl_text_str(&f->text), "666\n");
	f->engine.n_connections = 7;
	run_ok(f, "/test/connection", "print proplist=tcp-state");
	assert_string_equal(sl_text_str(&f->text),
	    "Flags: S - SEEN-REPLY; s - SRCNAT\n"
	    "Columns: TCP-STATE\n"
	    "#    TCP-STATE\n"
	    "2 Ss established\n"
	    "5    established\n");
	run_ok(f, "/test/connection", "remove 5");
	run_ok(f, "/test/connection", "find");
	assert_string_equal(result_text(f), "*3");
}

/* A long table leaves in slices; its form is that of the first. */
static void
test_stream(void **state)
{
	struct fixture *f = *state;
	const char *line;
	unsigned lines = 0;

	f->engine.n_connections = 4000;
	run_ok(f, "/test/connection", "print");
	assert_true(f->writes >= 4000 / SL_PRINT_SLICE);
	assert_true(f->engine.slices >= 4000 / SL_PRINT_SLICE);
	line = sl_text_str(&f->text);
	assert_memory_equal(
	    line, "Flags: S - SEEN-REPLY; A - ASSURED; s - SRCNAT\n", 46);
	for (; (line = strchr(line, '\n')); line++)
		lines++;
	assert_int_equal(lines, 4000 + 3);
	assert_non_null(strstr(
	    f->text.s, "\n3999     udp       10.0.15.160               "));
	run_ok(f, "/test/connection", "print count-only");
	assert_string_equal(sl_text_str(&f->text), "4000\n");
}

static void
grow(struct fixture *f)
{
	f->engine.n_connections++;
	f->engine.removed[1] = true;
}

static void
test_follow(void **state)
{
	struct fixture *f = *state;

	f->engine.n_connections = 1;
	f->waits_max = 2;
	f->on_wait = grow;
	assert_int_equal(
	    run(f, "/test/connection", "print follow proplist=src-address"),
	    -ECANCELED);
	assert_string_equal(sl_text_str(&f->text),
	    "Flags: S - SEEN-REPLY; A - ASSURED; s - SRCNAT\n"
	    "Columns: SRC-ADDRESS\n"
	    " #     SRC-ADDRESS\n"
	    " 0 S s 10.0.0.1\n"
	    " 0     10.0.0.2\n"
	    " 1 S s 10.0.0.3\n");
	f->waits = 0;
	assert_int_equal(run(f, "/test/connection",
			     "print follow-only terse proplist=src-address"),
	    -ECANCELED);
	assert_string_equal(sl_text_str(&f->text),
	    " 2     src-address=10.0.0.4\n"
	    " 3 S s src-address=10.0.0.5\n");
	f->waits = 0;
	f->waits_max = 1;
	f->on_wait = NULL;
	assert_int_equal(
	    run(f, "/test/connection", "print interval=1 count-only"),
	    -ECANCELED);
	/* one that is gone is not counted */
	assert_string_equal(sl_text_str(&f->text), "4\n\n4\n");
}

static void
grow_older(struct fixture *f)
{
	f->engine.age++;
}

/* A timeout that runs and a counter that counts are no news; unless it is the
 * counters that one looks at. */
static void
test_follow_live(void **state)
{
	struct fixture *f = *state;

	f->engine.n_connections = 2;
	f->waits_max = 2;
	f->on_wait = grow_older;
	run(f, "/test/connection", "print follow terse proplist=timeout");
	assert_string_equal(sl_text_str(&f->text), " 0 S s timeout=1s\n"
						   " 1     timeout=2s\n");
	f->waits = 1;
	run(f, "/test/connection", "print follow terse stats proplist=timeout");
	assert_string_equal(sl_text_str(&f->text), " 0 S s timeout=3s\n"
						   " 1     timeout=4s\n"
						   " 0 S s timeout=4s\n"
						   " 1     timeout=5s\n");
}

static void
test_json(void **state)
{
	struct fixture *f = *state;

	f->out.json = true;
	run_ok(f, "/test/rule", "print");
	assert_string_equal(sl_text_str(&f->text), "[]\n");
	make_rules(f);
	run_ok(f, "/test/rule",
	    "print proplist=.id,chain,connection-state,packets,disabled");
	assert_string_equal(sl_text_str(&f->text),
	    "[\n"
	    "{\".id\":\"*1\",\"chain\":\"input\",\"connection-state\":"
	    "\"established,related\",\"packets\":1675,\"disabled\":false},\n"
	    "{\".id\":\"*2\",\"chain\":\"forward\",\"packets\":0,"
	    "\"disabled\":true},\n"
	    "{\".id\":\"*3\",\"chain\":\"input\",\"packets\":3,"
	    "\"disabled\":false}\n"
	    "]\n");
	run_ok(f, "/system/identity", "print");
	assert_string_equal(sl_text_str(&f->text), "{\"name\":\"sluice\"}\n");
}

static int
take_row(struct sl_out *out, const struct sl_field *fields, size_t n)
{
	struct fixture *f = out->arg;

	for (size_t i = 0; i < n; i++)
		sl_text_printf(
		    &f->text, "=%s=%s", fields[i].name, fields[i].text);
	sl_text_addc(&f->text, '\n');
	return 0;
}

static void
test_rows(void **state)
{
	struct fixture *f = *state;

	make_rules(f);
	f->out.row = take_row;
	run_ok(f, "/test/rule", "print .proplist=.id,packets,unknown detail=");
	assert_string_equal(sl_text_str(&f->text), "=.id=*1=packets=1675\n"
						   "=.id=*2=packets=0\n"
						   "=.id=*3=packets=3\n");
	f->engine.n_connections = 1;
	f->waits_max = 1;
	f->on_wait = grow;
	run(f, "/test/connection", "print follow-only= .proplist=.id");
	assert_string_equal(sl_text_str(&f->text), "=.id=*2\n"
						   "=.id=*1=.dead=true\n");
}

static void
test_result(void **state)
{
	struct fixture *f = *state;

	f->want_result = true;
	make_rules(f);
	run_ok(f, "/test/rule", "print as-value proplist=chain,packets");
	assert_int_equal(sl_array_len(&f->result), 3);
	assert_int_equal(
	    sl_array_find(sl_array_at(&f->result, 0), "packets")->num, 1675);
	run_ok(f, "/test/rule", "print count-only");
	assert_int_equal(f->result.num, 3);
	assert_string_equal(sl_text_str(&f->text), "");
}

int
main(void)
{
#define T(fn)                                                                  \
	cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    T(test_samples),
	    T(test_connections),
	    T(test_where),
	    T(test_stream),
	    T(test_follow),
	    T(test_follow_live),
	    T(test_json),
	    T(test_rows),
	    T(test_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
