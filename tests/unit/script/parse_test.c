/* SPDX-License-Identifier: Apache-2.0 */
#include <script/parse.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dump.h"

static void
add_error(void *ctx, const struct sl_err *err)
{
	struct dump *d = ctx;

	dump_add(d, "%s%u:%u %s", d->len ? "; " : "", err->place.line,
	    err->place.column, err->text);
}

/* Both what was understood and what was not. */
static void
parse(const char *text, size_t len, struct dump *trees, struct dump *errors)
{
	struct sl_arena arena = {0};
	struct sl_statement *st;
	struct sl_parse p;
	int rc;

	memset(trees, 0, sizeof(*trees));
	memset(errors, 0, sizeof(*errors));
	sl_parse_init(&p, text, len, "file.rsc", &arena);
	p.report = add_error;
	p.report_ctx = errors;
	while ((rc = sl_parse_next(&p, &st, NULL)) != 0) {
		if (rc < 0)
			continue;
		dump_add(trees, trees->len ? "; " : "");
		dump_statements(trees, st);
	}
	sl_arena_fini(&arena);
}

static const struct {
	const char *text, *want;
} trees[] = {
    {"", ""},
    {"# only a comment \\\n# and one more", ""},
    {"/ip firewall filter", "/ip firewall filter"},
    {"/ip/firewall/filter/add chain=input; ..",
	"/ip/firewall/filter/add chain=input; .."},
    {"add action=accept chain=input connection-state=\\\n"
     "    established,related comment=\\\n    \"defconf: accept \\\n"
     "    established\"",
	"add action=accept chain=input "
	"connection-state=established,related "
	"comment='defconf: accept established'"},
    {"add connection-state=established,\\\r\n    related",
	"add connection-state=established,related"},
    {"add comment=\"x\"\\\ndisabled=no", "add comment='x' disabled=no"},
    {"add comment=\"x\"disabled=no", "add comment='x' disabled=no"},
    {"add connection-state= chain=a", "add connection-state= chain=a"},
    {"add connection-state=", "add connection-state="},
    {"add comment=#1 log=yes", "add comment=#1 log=yes"},
    {"set 0 !comment", "set 0 !comment"},
    {"set [ find default-name=ether1 ] name=wan",
	"set [find where (= default-name ether1)] name=wan"},
    {"set *1A comment=(\"a\" . 5)", "set *1A comment=(. 'a' 5)"},
    {"add src-address-list=!\"my list\"",
	"add src-address-list=join(! 'my list')"},
    {"remove numbers=[find]", "remove numbers=[find where]"},
    {"add place-before=[find comment=x]",
	"add place-before=[find where (= comment x)]"},
    {"set ([find where dynamic=no]->0) disabled=yes",
	"set (-> [find where (= dynamic no)] 0) disabled=yes"},
    {"add source={:put \"}\"; # }\n x} y=1",
	"add source=raw':put \"}\"; # }\n x' y=1"},
    {"print where fasttrack", "print where fasttrack"},
    {"print count-only where protocol=tcp",
	"print count-only where (= protocol tcp)"},
    {"print where dst-address~\"9993\" timeout<30s",
	"print where (and (~ dst-address '9993') (< timeout 30s))"},
    {"print where a=b c=d or e=f",
	"print where (or (and (= a b) (= c d)) (= e f))"},
    {"print where !dynamic chain=forward",
	"print where (and (! dynamic) (= chain forward))"},
    {"print where !(a=b) && not c", "print where (and (! (= a b)) (! c))"},
    {"find where (protocol=\"udp\" or protocol=\"tcp\") and "
     "orig-packets>6 and repl-packets<3",
	"find where (and (and (or (= protocol 'udp') (= protocol 'tcp')) "
	"(> orig-packets 6)) (< repl-packets 3))"},
    {"find where src-address=10.0.0.0/8 tcp-mss=1361-65535",
	"find where (and (= src-address 10.0.0.0/8) "
	"(= tcp-mss 1361-65535))"},
    {"find where connection-state=!established,related||log=yes",
	"find where (or (= connection-state !established,related) "
	"(= log yes))"},
    {"find where src-address in 10.0.0.0/8",
	"find where (in src-address 10.0.0.0/8)"},
    {"find chain=$c name=[get 0 name]",
	"find where (and (= chain $c) (= name [get 0 name]))"},
    {":put \"a $x $(1+2) $[get 0 name] \\$ $\"",
	":put join('a ' $x ' ' (+ 1 2) ' ' [get 0 name] ' $ $')"},
    {":put (1+2*3-4)", ":put (- (+ 1 (* 2 3)) 4)"},
    {":put ($a-1 = 2 && !$b || $c<3)",
	":put (or (and (= (- $a 1) 2) (! $b)) (< $c 3))"},
    {":put (\"a\".$b.\"c\",d)", ":put (, (. (. 'a' $b) 'c') d)"},
    {":put ($x->\"k\"->0)", ":put (-> (-> $x 'k') 0)"},
    {":put $x->\"k\"", ":put (-> $x 'k')"},
    {":put (10.0.0.1+1)", ":put (+ 10.0.0.1 1)"},
    {":put (1 << 4 | 3 & -2)", ":put (| (<< 1 4) (& 3 (neg 2)))"},
    {":local a {1;\"b\";c=3;{4;5};\n 6}",
	":local a array(1 'b' c=>3 array(4 5) 6)"},
    {":local \"my-var\" 5; :put $\"my-var\"",
	":local 'my-var' 5; :put $my-var"},
    {":if ($x) do={:put 1} else={\n:put 2\n:put 3\n}",
	":if $x do={:put 1} else={:put 2; :put 3}"},
    {":if($x=1)do={}", ":if (= $x 1) do={}"},
    {"foreach i in=$list do={ remove $i }",
	":foreach i in=$list do={remove $i}"},
    {":for i from=1 to=3 do={add name=net$i address=10.$i.0.1/24}",
	":for i from=1 to=3 do={add name=join(net $i) "
	"address=join(10. $i .0.1/24)}"},
    {":do { :error x } on-error={ }", ":do {:error x} on-error={}"},
    {"{ :local a 1; :put $a }", "{:local a 1; :put $a}"},
    {"/ip firewall filter {\n add chain=a\n print }",
	"/ip firewall filter {add chain=a; print}"},
    {":set x \"one\ntwo\" ; add", ":set x join('one' '\ntwo'); add"},
    {"add output.default-originate=x .network=y",
	"add output.default-originate=x .network=y"},
    {"add name=\xe9t\xe9 comment=\"\xc3\xa9\"",
	"add name=\xe9t\xe9 comment='\xc3\xa9'"},
    {"add x=<pppoe-user> y=a@b.c z=1M-0", "add x=<pppoe-user> y=a@b.c z=1M-0"},
    {":put [:len [find]]; :put [:pick \"abc\" 0 2]",
	":put [:len [find where]]; :put [:pick 'abc' 0 2]"},
};

static void
trees_are_right(void **state)
{
	struct dump got, errors;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(trees); i++) {
		parse(trees[i].text, strlen(trees[i].text), &got, &errors);
		assert_string_equal(errors.text, "");
		assert_string_equal(got.text, trees[i].want);
	}
}

static const struct {
	const char *text, *errors, *trees;
} mistakes[] = {
    {"add comment=\"open\nadd x=1", "1:13 missing closing quote", "add x=1"},
    {"add comment=\"open\nadd comment=\"closed\"", "1:13 missing closing quote",
	"add comment='closed'"},
    {"  add \\\n   comment=\"open", "2:12 missing closing quote", ""},
    {"add comment=\"a\\qb\" x=1\nset", "1:15 syntax error", "set"},
    {":if (1) do={\n:put 1", "1:12 missing closing brace", ""},
    {":if (1) do={\n:if (2) do={\n:put 1 }", "1:12 missing closing brace", ""},
    {":put [find", "1:6 missing closing bracket", ""},
    {":put (1+2\nadd", "1:6 missing closing parenthesis", "add"},
    {":put (1+)\nadd", "1:9 syntax error", "add"},
    {"add x )", "1:7 expected end of command", ""},
    {"add x }\nset", "1:7 syntax error", "set"},
    {"}", "1:1 expected command name", ""},
    {":foo 1", "1:1 bad command name foo", ""},
    {"$f 1", "1:1 functions are not supported", ""},
    {":local f do={}", "1:10 functions (do= of a variable) are not supported",
	""},
    {":parse \"x\"; :put 1", "1:1 :parse is not supported", ""},
    {":onerror e in={} do={}", "1:1 :onerror is not supported", ""},
    {"print where chain=", "1:19 missing value for where", ""},
    {"print where a )", "1:15 expected end of command", ""},
    {":do {\n :foo\n :bar\n :put 1\n}\nset",
	"2:2 bad command name foo; 3:2 bad command name bar", "set"},
    {":foo\n:bar\nset",
	"1:1 bad command name foo; 2:1 bad command name "
	"bar",
	"set"},
    {"add x=\\\n  )", "2:3 expected end of command", ""},
};

static void
mistakes_have_places(void **state)
{
	struct dump got, errors;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(mistakes); i++) {
		parse(
		    mistakes[i].text, strlen(mistakes[i].text), &got, &errors);
		assert_string_equal(errors.text, mistakes[i].errors);
		assert_string_equal(got.text, mistakes[i].trees);
	}
}

static void
typed_mistakes_name_the_place(void **state)
{
	struct sl_arena arena = {0};
	struct sl_statement *st;
	struct sl_err err = {0};
	struct sl_parse p;

	(void)state;
	sl_parse_init(&p, "  :foo", 6, NULL, &arena);
	assert_true(sl_parse_next(&p, &st, &err) < 0);
	assert_string_equal(err.text, "bad command name foo (line 1 column 3)");
	sl_arena_fini(&arena);
}

/* Repeats a piece of text and expects a refusal, not a crash. */
static void
refuse_repeated(const char *piece, size_t times, const char *want)
{
	size_t len = strlen(piece);
	char *text = malloc(len * times + 8);
	struct dump got, errors;
	size_t n = 0;

	memcpy(text, ":put ", 5);
	n = 5;
	for (size_t i = 0; i < times; i++, n += len)
		memcpy(text + n, piece, len);
	parse(text, n, &got, &errors);
	assert_non_null(strstr(errors.text, want));
	free(text);
}

static void
depth_is_bounded(void **state)
{
	(void)state;
	refuse_repeated("(", 100000, "nested deeper than 64 levels");
	refuse_repeated("[:put ", 100000, "nested deeper than 64 levels");
	refuse_repeated("{", 100000, "nested deeper than 64 levels");
	refuse_repeated("\"$(", 100000, "nested deeper than 64 levels");
	refuse_repeated("{a=", 100000, "nested deeper than 64 levels");
	refuse_repeated(";:do {", 100000, "nested deeper than 64 levels");
	refuse_repeated("(!", 100000, "nested deeper than 64 levels");
	refuse_repeated("$a->", 1, "syntax error");
}

static void
length_is_bounded(void **state)
{
	size_t n = 100000;
	char *text = malloc(2 * n + 16);
	struct dump got, errors;
	size_t len = (size_t)sprintf(text, ":put (1");

	(void)state;
	for (size_t i = 0; i < n; i++, len += 2)
		memcpy(text + len, "+1", 2);
	text[len++] = ')';
	parse(text, len, &got, &errors);
	assert_non_null(strstr(errors.text, "expression too long"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(trees_are_right),
	    cmocka_unit_test(mistakes_have_places),
	    cmocka_unit_test(typed_mistakes_name_the_place),
	    cmocka_unit_test(depth_is_bounded),
	    cmocka_unit_test(length_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
