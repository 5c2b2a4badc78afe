/* SPDX-License-Identifier: Apache-2.0 */
/* Commands in, output and errors out. */
#include <script/session.h>

#include <base/role.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "toy.h"

struct row {
	const char *text, *out, *err;
};

static void
run_rows(const struct row *rows, size_t n, const char *before)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < n; i++) {
		const char *text = rows[i].text;
		struct sl_err err = {0};
		struct sl_session *s;
		struct toy toy;

		assert_true(toy_open(&toy));
		s = sl_session_new(toy.model, &toy.out, &err);
		sl_session_run(s, before, strlen(before), NULL, &err);
		sl_session_run(s, text, strlen(text), NULL, &err);
		wrong += toy_differs(text, err.text, rows[i].err);
		wrong += toy_differs(text, sl_text_str(&toy.text), rows[i].out);
		sl_session_free(s);
		toy_close(&toy);
	}
	assert_int_equal(wrong, 0);
}

static const struct row language[] = {
    {":put \"hello \\\"world\\\"\"", "hello \"world\"\n"},
    {":put 5; :put yes; :put 1d2h; :put 10.0.0.1", "5\ntrue\n"
						   "1d2h\n"
						   "10.0.0.1\n"},
    {":put (1+2*3)", "7\n"},
    {":put ((1+2)*3 - 10 / 3 % 2)", "8\n"},
    {":put (7 & 3 | 8 ^ 1); :put (1<<4); :put (-5); :put (~0)",
	"11\n16\n-5\n-1\n"},
    {":put (10.0.0.1 + 5); :put (10.0.0.9 - 10.0.0.1)", "10.0.0.6\n8\n"},
    {":put (1m + 30s); :put (30s * 2)", "1m30s\n1m\n"},
    {":put (\"a\" . \"b\" . 5)", "ab5\n"},
    {":put (1 < 2 and 2 <= 2 && !(3 > 4))", "true\n"},
    {":put (10.0.0.1 in 10.0.0.0/8); :put (\"abc\"~\"^a.c\\$\")",
	"true\ntrue\n"},
    {":put (1 / 0)", NULL, "division by zero"},
    {":put (\"a\" + 1)", NULL, "cannot compute with str and num"},
    {":put (\"a\" ~ \"(\")", NULL,
	"bad regular expression: Unmatched ( or \\("},
    {":put (\"a\" ~ \"((a{99}){99}){99}\")", NULL,
	"regular expression is too large"},
    {":local a 5; :put $a; :set a ($a + 1); :put \"<$a>\"", "5\n<6>\n"},
    {":local a 5; { :local a 6; :put $a }; :put $a", "6\n5\n"},
    {":global g 7; { :set g 8 }; :put $g", "8\n"},
    {":local a; :put [:typeof $a]; :put [:len $a]", "nothing\n0\n"},
    {":put $nope", NULL, "unknown variable nope (line 1 column 6)"},
    {":set nope 1", NULL, "unknown variable nope (line 1 column 6)"},
    {":local a {1;2;\"x\"}; :put [:len $a]; :put ($a->2); :put $a",
	"3\nx\n1;2;x\n"},
    {":local a {x=1;y=2}; :put ($a->\"y\"); :set ($a->\"z\") 3; "
     ":put ($a->\"z\"); :put [:len $a]",
	"2\n3\n3\n"},
    {":local a {x={y=1}}; :set ($a->\"x\"->\"y\") 7; "
     ":put ($a->\"x\"->\"y\")",
	"7\n"},
    {":local a {x={y=1}}; :set ($a->\"x\"->[:do {:set a 1}]) 7", NULL,
	"-> needs an array, not num (line 1 column 29)"},
    {":if (1 = 1) do={ :put a } else={ :put b }", "a\n"},
    {":if (1 = 2) do={ :put a } else={ :put b }", "b\n"},
    {":for i from=1 to=3 do={ :put $i }", "1\n2\n3\n"},
    {":for i from=5 to=1 step=-2 do={ :put $i }", "5\n3\n1\n"},
    {":foreach i in={7;8} do={ :put $i }", "7\n8\n"},
    {":foreach k,v in={a=1;b=2} do={ :put \"$k=$v\" }", "a=1\nb=2\n"},
    {":foreach i in=x,y do={ :put $i }", "x\ny\n"},
    {":local i 0; :while ($i < 3) do={ :set i ($i + 1) }; :put $i", "3\n"},
    {":local i 0; :do { :set i ($i + 1) } while=($i < 4); :put $i", "4\n"},
    {":do { :error oops } on-error={ :put caught }", "caught\n"},
    {":error \"my message\"", NULL, "my message"},
    {":put [ :if (true) do={ :return 5 } ]", "5\n"},
    {":put 1; :return 2; :put 3", "1\n"},
    {":put [:pick \"abcdef\" 1 3]; :put [:pick \"abc\" 1]", "bc\nb\n"},
    {":put [:find \"a,b,c\" \",\"]; :put [:find \"a,b,c\" \",\" 1]; "
     ":put [:typeof [:find abc x]]",
	"1\n3\nnothing\n"},
    {":put [:len \"abc\"]; :put [:len {1;2}]", "3\n2\n"},
    {":put [:tonum \"12\"]; :put [:tostr 1.2.3.4]; :put [:toip x]",
	"12\n1.2.3.4\n\n"},
    {":put [:len [:toarray \"a,b,c\"]]", "3\n"},
    {":put [:typeof 1.2.3.4]; :put [:typeof 1]; :put [:typeof \"x\"]",
	"ip\nnum\nstr\n"},
    {":resolve example.com", NULL,
	":resolve is not supported (line 1 column 1)"},
    {":log info \"a line\"; /log warning another; /log/debug x", ""},
    {":log loud x", NULL, "bad command name loud (line 1 column 6)"},
    {":put 1 2", NULL, "expected end of command (line 1 column 8)"},
    {":if (true) then={}", NULL, "expected end of command (line 1 column 12)"},
    {":local", NULL, "expected input value (line 1 column 1)"},
    {":foreach i do={}", NULL,
	"missing value(s) of argument(s) in (line 1 column 1)"},
    {"put 1; if (true) do={ put 2 }", "1\n2\n"},
};

static void
language_works(void **state)
{
	(void)state;
	run_rows(language, SL_COUNT_OF(language), "");
}

#define RULES                                                                  \
	"/ip firewall filter\n"                                                \
	"add chain=input action=accept connection-state=established,"          \
	"related comment=first\n"                                              \
	"add chain=input action=drop protocol=tcp dst-port=80,443 "            \
	"timeout=30s bytes=5000\n"                                             \
	"add chain=forward action=drop src-address=10.0.0.0/8 disabled=yes"    \
	" comment=\"third one\" bytes=70000\n"                                 \
	"/\n"

static const struct row menus[] = {
    {"/ip firewall filter print count-only", "3\n"},
    {"/ip/firewall/filter/print count-only", "3\n"},
    {"/ip firewall/filter print count-only", "3\n"},
    {"ip firewall filter; print count-only; .. nat print count-only", "3\n0\n"},
    {"/ip; firewall; filter; ..; ..; firewall filter print count-only", "3\n"},
    {"/ip fire filt pr count-only", "3\n"},
    {"/ip firewall filter { print count-only\nadd chain=input };"
     "/ip firewall { filter print count-only; nat print count-only }; /ip",
	"3\n4\n0\n"},
    {"/ip firewall filter print { print count-only }", NULL,
	"expected end of command (line 1 column 27)"},
    {"/ip firewall filter { print count-only } print", NULL,
	"expected end of command (line 1 column 42)"},
    {"/ip firewall filter { add chain=input foo=1 }", NULL,
	"expected end of command (line 1 column 39)"},
    {"{ /ip firewall filter; print count-only }; /ip; :put ok", "3\nok\n"},
    {"/ip firewall fitler", NULL, "bad command name fitler (line 1 column 14)"},
    {"/ip/firewall/fitler/add", NULL,
	"bad command name fitler (line 1 column 14)"},
    {"/nowhere print", NULL, "bad command name nowhere (line 1 column 2)"},
    {"/ip firewall filter add chain=input nonsense=1", NULL,
	"expected end of command (line 1 column 37)"},
    {"/ip firewall filter add chain=input action=masquarade", NULL,
	"input does not match any value of action"},
    {"/ip firewall filter add chain=x action=jump", NULL,
	"failure: no target chain specified"},
    {"/ip firewall filter add dst-port=99999 chain=x", NULL,
	"value of range out of range (0..65535)"},
    {":put [/ip firewall filter find]", "*1;*2;*3\n"},
    {":put [/ip firewall filter find where chain=input action=drop]", "*2\n"},
    {":put [/ip firewall filter find chain=input and !(action=drop)]", "*1\n"},
    {":put [/ip firewall filter find disabled]", "*3\n"},
    {":put [/ip firewall filter find !disabled chain=input]", "*1;*2\n"},
    {":put [/ip firewall filter find comment~\"^third\"]", "*3\n"},
    {":put [/ip firewall filter find comment=\"third one\"]", "*3\n"},
    {":put [/ip firewall filter find comment=\"\"]", "*2\n"},
    {":put [/ip firewall filter find dst-port=80,443]", "*2\n"},
    {":put [/ip firewall filter find timeout<1m]", "*2\n"},
    {":put [/ip firewall filter find bytes>6000 or bytes<5001]", "*2;*3\n"},
    {":put [/ip firewall filter find src-address=10.0.0.0/8]", "*3\n"},
    {":put [/ip firewall filter find src-address in 10.0.0.0/7]", "*3\n"},
    {":put [/ip firewall filter find .id=*2]", "*2\n"},
    {":local c forward; :put [/ip firewall filter find chain=$c]", "*3\n"},
    {":put [/ip firewall filter find (bytes*2)>100000]", "*3\n"},
    {":put [/ip firewall filter find nonsense=1]", NULL,
	"unknown property nonsense (line 1 column 32)"},
    {":put [/ip firewall filter find comment~\"(\"]", NULL,
	"bad regular expression: Unmatched ( or \\("},
    {":put [/ip firewall filter get *2 action]", "drop\n"},
    {":put [/ip firewall filter get [find chain=forward] comment]",
	"third one\n"},
    {"/ip firewall filter\nset [find comment=first] comment=new\n"
     ":put [get *1 comment]",
	"new\n"},
    {"/ip firewall filter\nset *3 !comment disabled=no\n"
     ":put \"<$[get *3 comment]> $[get *3 disabled]\"",
	"<> false\n"},
    {"/ip firewall filter remove [find chain=input]; "
     ":put [/ip firewall filter find]",
	"*3\n"},
    {"/ip firewall filter remove 0; :put [/ip firewall filter find]",
	"*2;*3\n"},
    {"/ip firewall filter remove 9", NULL, "no such item"},
    {"/ip firewall filter move 2 destination=0; "
     ":put [/ip firewall filter find]",
	"*3;*1;*2\n"},
    {"/ip firewall filter add chain=x place-before=0; "
     ":put [/ip firewall filter find]",
	"*4;*1;*2;*3\n"},
    {"/ip firewall filter disable *1; "
     ":put [/ip firewall filter get *1 disabled]",
	"true\n"},
    {"/ip firewall filter; :foreach r in=[find chain=input] do={ "
     ":put [get $r action] }",
	"accept\ndrop\n"},
    {":put [/ip firewall filter add chain=x]", "*4\n"},
    {"/ip firewall connection tracking set udp-timeout=30s; "
     ":put [/ip firewall connection tracking get udp-timeout]",
	"30s\n"},
    {"/system identity set name=gw; "
     ":put [/system identity get name]",
	"gw\n"},
    {":put \"$[/system identity get name]-1\"", "MikroTik-1\n"},
    {"/ip address add address=10.0.0.1/24 interface=nope", NULL,
	"input does not match any value of interface"},
    {"/ip firewall filter export where chain=x", NULL,
	"where of export is not supported (line 1 column 34)"},
    {"/ip pool; add name=a; add name=b; print; /queue simple print",
	"warning: /ip pool is not implemented: its commands have no effect\n"
	"warning: /queue simple is not implemented: its commands have no "
	"effect\n"},
    {"/ip address print where chain=x", NULL,
	"unknown property chain (line 1 column 25)"},
    {"/ip address add address=10.0.0.1/24 interface=wan where x", NULL,
	"expected end of command (line 1 column 57)"},
    {"chain=input", NULL, "expected command name (line 1 column 1)"},
    {"\"add\"", NULL, "expected command name (line 1 column 1)"},
    {"import", NULL,
	"missing value(s) of argument(s) file-name (line 1 column 1)"},
    {"import file=/nonexistent.rsc", NULL,
	"cannot open /nonexistent.rsc: No such file or directory"},
};

static void
menus_obey(void **state)
{
	(void)state;
	run_rows(menus, SL_COUNT_OF(menus), RULES);
}

static void
runaway_loops_end(void **state)
{
	static const char text[] = ":while (true) do={ }\n"
				   ":do { } while=(true)\n"
				   ":local a {1}\n"
				   ":while (true) do={ :set a {$a} }\n"
				   ":local s \"xxxxxxxxxxxxxxxxxxxxxxxxxxx\"\n"
				   ":while (true) do={ :set s ($s . $s) }\n";
	struct sl_errors errors = {0};
	struct sl_err err = {0};
	struct sl_session *s;
	struct toy toy;

	(void)state;
	assert_true(toy_open(&toy));
	s = sl_session_new(toy.model, &toy.out, &err);
	assert_true(sl_session_load_text(
			s, text, sizeof(text) - 1, "loop.rsc", &errors) < 0);
	assert_int_equal(errors.n, 4);
	assert_string_equal(
	    errors.list[0].text, "more than 1000000 loop iterations");
	assert_int_equal(errors.list[1].place.line, 2);
	sl_errors_fini(&errors);
	sl_session_free(s);
	toy_close(&toy);
}

static void
prompt_names_the_menu(void **state)
{
	struct sl_text text = {0};
	struct sl_err err = {0};
	struct sl_session *s;
	struct toy toy;

	(void)state;
	assert_true(toy_open(&toy));
	s = sl_session_new(toy.model, &toy.out, &err);
	sl_session_prompt(s, &text);
	assert_string_equal(sl_text_str(&text), "[admin@MikroTik] > ");
	assert_int_equal(
	    sl_session_run(s, "/ip firewall filter", 19, NULL, &err), 0);
	sl_text_clear(&text);
	sl_session_prompt(s, &text);
	assert_string_equal(
	    sl_text_str(&text), "[admin@MikroTik] /ip firewall filter> ");
	sl_text_free(&text);
	sl_session_free(s);
	toy_close(&toy);
}

/* What somebody who types must go on with. */
static const struct {
	const char *text;
	char open;
} unfinished[] = {
    {"", '\0'},
    {":put 1", '\0'},
    {"{", '{'},
    {"{ :put 1\n", '{'},
    {":if (1=1) do={\n:put {1;2", '{'},
    {":local a {1;2", '{'},
    {"/system script add source={ :put 1", '{'},
    {"{ :put \"a", '"'},
    {":put \"a", '"'},
    {":put \"a\\", '"'},
    {":put \"a\nb\"", '\0'},
    {":put \\", '\\'},
    {"add list=a \\\n  address=\\", '\\'},
    {"# comment \\", '\0'},
    {":put 1\n  # comment \\", '\0'},
    {":put \"a\\\\\"", '\0'},
    /* wrong already: it runs, and fails */
    {":nonsense\n{", '\0'},
    {"{ :nonsense\n", '\0'},
    {":put (1", '\0'},
    {":put (1 + \\", '\\'},
    {":put [get \\", '\\'},
    {"/ip firewall filter print where chain=\\", '\\'},
    {"/ip firewall filter print where chain=", '\0'},
    {":put [get", '\0'},
    {"}", '\0'},
};

static void
more_lines_are_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(unfinished); i++) {
		const char *text = unfinished[i].text;
		char got = sl_session_unfinished(text, strlen(text));

		if (got != unfinished[i].open)
			fail_msg("%s: '%c'", text, got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(more_lines_are_asked_for),
	    cmocka_unit_test(language_works),
	    cmocka_unit_test(menus_obey),
	    cmocka_unit_test(runaway_loops_end),
	    cmocka_unit_test(prompt_names_the_menu),
	};

	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
