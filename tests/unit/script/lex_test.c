/* SPDX-License-Identifier: Apache-2.0 */
#include <script/lex.h>

#include <base/arena.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct row {
	const char *text;
	enum sl_lex_mode mode;
	const char *want; /* LINE:COLUMN and token, one after another */
};

static const char *
mark_name(const struct sl_token *tok, char *buf, size_t size)
{
	if (tok->kind == SL_TOKEN_WORD)
		snprintf(buf, size, "<%.*s>", (int)tok->len, tok->text);
	else if (tok->kind == SL_TOKEN_MARK)
		snprintf(buf, size, "%c", tok->mark);
	else if (tok->kind == SL_TOKEN_OP)
		snprintf(buf, size, "op%u", tok->mark);
	else
		snprintf(buf, size, "%s",
		    tok->kind == SL_TOKEN_END	? "END"
		    : tok->kind == SL_TOKEN_EOL ? "EOL"
						: "BAD");
	return buf;
}

static void
list_tokens(const struct row *r, char *buf, size_t size)
{
	struct sl_arena arena = {0};
	struct sl_token tok;
	struct sl_lex lx;
	size_t n = 0;
	char name[128];

	sl_lex_init(&lx, r->text, strlen(r->text), &arena);
	do {
		tok = sl_lex_next(&lx, r->mode);
		n += (size_t)snprintf(buf + n, size - n, "%s%u:%u%s",
		    n ? " " : "", tok.at.line, tok.at.column,
		    mark_name(&tok, name, sizeof(name)));
	} while (tok.kind != SL_TOKEN_END && tok.kind != SL_TOKEN_BAD &&
		 n < size - 100);
	sl_arena_fini(&arena);
}

static const struct row rows[] = {
    {"", SL_LEX_ITEM, "1:1END"},
    {"  ", SL_LEX_ITEM, "1:3END"},
    {"add chain", SL_LEX_ITEM, "1:1<add> 1:5<chain> 1:10END"},
    {"a\nb\rc\r\nd", SL_LEX_ITEM,
	"1:1<a> 1:2EOL 2:1<b> 2:2EOL 3:1<c> 3:2EOL 4:1<d> 4:2END"},
    {"a;b", SL_LEX_ITEM, "1:1<a> 1:2EOL 1:3<b> 1:4END"},
    {"x=1", SL_LEX_ITEM, "1:1<x> 1:2= 1:3<1> 1:4END"},
    {"/ip/firewall\tprint", SL_LEX_ITEM,
	"1:1</ip/firewall> 1:14<print> 1:19END"},
    {"do={", SL_LEX_ITEM, "1:1<do> 1:3= 1:4{ 1:5END"},
    {"set[find]", SL_LEX_ITEM, "1:1<set> 1:4[ 1:5<find> 1:9] 1:10END"},
    {"$x ether$i a$", SL_LEX_ITEM,
	"1:1$ 1:2<x> 1:4<ether> 1:9$ 1:10<i> 1:12<a$> 1:14END"},
    /* lines continued with a backslash */
    {"a \\\n  b", SL_LEX_ITEM, "1:1<a> 2:3<b> 2:4END"},
    {"a \\\r\n\tb", SL_LEX_ITEM, "1:1<a> 2:2<b> 2:3END"},
    {"a \\\r b", SL_LEX_ITEM, "1:1<a> 2:2<b> 2:3END"},
    {"a \\\n\\\n b", SL_LEX_ITEM, "1:1<a> 3:2<b> 3:3END"},
    {"esta\\\n  blished,x", SL_LEX_VALUE, "1:1<established,x> 2:12END"},
    {"a\\", SL_LEX_ITEM, "1:1<a> 1:3END"},
    {"a\\\n", SL_LEX_ITEM, "1:1<a> 2:1END"},
    /* values: what may be in them and what ends them */
    {"!80,443-500 x", SL_LEX_VALUE, "1:1<!80,443-500> 1:13<x> 1:14END"},
    {"a=b(c[d{e", SL_LEX_VALUE, "1:1<a=b(c[d{e> 1:10END"},
    {"a]", SL_LEX_VALUE, "1:1<a> 1:2] 1:3END"},
    {"^.+$ \xc3\xa9", SL_LEX_VALUE, "1:1<^.+$> 1:6<\xc3\xa9> 1:8END"},
    {"a#b", SL_LEX_VALUE, "1:1<a#b> 1:4END"},
    {"in,out>3", SL_LEX_COMPARED, "1:1<in,out> 1:7BAD"},
    /* expressions */
    {"10-3", SL_LEX_OPERAND, "1:1<10> 1:3op25 1:4<3> 1:5END"},
    {"orig-packets", SL_LEX_OPERAND, "1:1<orig-packets> 1:13END"},
    {"10.0.0.1-10.0.0.9", SL_LEX_OPERAND, "1:1<10.0.0.1-10.0.0.9> 1:18END"},
    {"10.0.0.0/8", SL_LEX_OPERAND, "1:1<10.0.0.0/8> 1:11END"},
    {"fe80::/10", SL_LEX_OPERAND, "1:1<fe80::/10> 1:10END"},
    {"::1 *1A .id", SL_LEX_OPERAND, "1:1<::1> 1:5<*1A> 1:9<.id> 1:12END"},
    {"!~-x", SL_LEX_OPERAND, "1:1op24 1:2op26 1:3op25 1:4<x> 1:5END"},
    {"<= >=!=&&||<<>>->", SL_LEX_OPERATOR,
	"1:1op7 1:4op8 1:6op4 1:8op2 1:10op1 1:12op16 1:14op17 "
	"1:16op23 1:18END"},
    {"and or in", SL_LEX_OPERATOR, "1:1<and> 1:5<or> 1:8<in> 1:10END"},
    {"\xef\xbb\xbf/ip", SL_LEX_ITEM, "1:1</ip> 1:4END"},
};

static void
tokens_have_places(void **state)
{
	char got[1024];

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		list_tokens(&rows[i], got, sizeof(got));
		assert_string_equal(got, rows[i].want);
	}
}

static void
nul_is_bad(void **state)
{
	struct sl_arena arena = {0};
	struct sl_lex lx;

	(void)state;
	sl_lex_init(&lx, "a\0b", 3, &arena);
	assert_int_equal(sl_lex_next(&lx, SL_LEX_ITEM).kind, SL_TOKEN_WORD);
	assert_int_equal(sl_lex_next(&lx, SL_LEX_ITEM).kind, SL_TOKEN_BAD);
	sl_arena_fini(&arena);
}

static const struct {
	const char *text; /* behind the opening quote */
	int rc;
	const char *want;
	int stop; /* byte that ended it; -1: the end */
} literals[] = {
    {"abc\"", 0, "abc", '"'},
    {"\"", 0, "", '"'},
    {"\\\"\\\\\\n\\r\\t\\$\\_\\a\\b\\f\\v\\?\"", 0, "\"\\\n\r\t$ \a\b\f\v?",
	'"'},
    {"\\41\\C3\\A9\"", 0, "A\xc3\xa9", '"'},
    {"one \\\n     two\"", 0, "one two", '"'},
    {"a\\r\\\r\n    \\nb\"", 0, "a\r\nb", '"'},
    {"a\\\\\nb", 0, "a\\", '\n'},
    {"x$name", 0, "x", '$'},
    {"x$ y$\"", 0, "x$ y$", '"'},
    {"x$(1)", 0, "x", '$'},
    {"open", 0, "open", -1},
    {"open\\", 0, "open", -1},
    {"open\nnext\"", 0, "open", '\n'},
    {"bad\\q\"", -EINVAL, NULL, '\\'},
    {"\\4\"", -EINVAL, NULL, '\\'},
    {"\\00\"", -EINVAL, NULL, '\\'},
};

static void
escapes_are_decoded(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(literals); i++) {
		struct sl_arena arena = {0};
		struct sl_lex lx;
		const char *text;
		size_t len;
		int rc;

		sl_lex_init(
		    &lx, literals[i].text, strlen(literals[i].text), &arena);
		rc = sl_lex_literal(&lx, false, &text, &len);
		assert_int_equal(rc, literals[i].rc);
		assert_int_equal(sl_lex_byte(&lx), literals[i].stop);
		if (!rc) {
			assert_int_equal(len, strlen(literals[i].want));
			assert_memory_equal(text, literals[i].want, len);
		}
		sl_arena_fini(&arena);
	}
}

static const struct {
	const char *text;
	bool want;
} multilines[] = {
    {"one\ntwo\" x", true},
    {"one\ntwo\"", true},
    {"one\ntwo\";", true},
    {"one\nadd comment=\"two\"", false},
    {"one\nadd comment=\"\"", false},
    {"one\nadd comment=\" two\"", false},
    {"one\nnothing", false},
    {"one\n\\\"two\\\" three\"\n", true},
};

static void
unclosed_strings_do_not_swallow(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(multilines); i++) {
		struct sl_arena arena = {0};
		struct sl_lex lx;

		sl_lex_init(&lx, multilines[i].text, strlen(multilines[i].text),
		    &arena);
		assert_int_equal(sl_lex_is_multiline(&lx), multilines[i].want);
	}
}

static void
comments_do_not_continue(void **state)
{
	static const char text[] = "# a \\\n;; # b\r\n  add";
	struct sl_arena arena = {0};
	struct sl_token tok;
	struct sl_lex lx;

	(void)state;
	sl_lex_init(&lx, text, sizeof(text) - 1, &arena);
	sl_lex_skip_separators(&lx);
	tok = sl_lex_next(&lx, SL_LEX_ITEM);
	assert_int_equal(tok.kind, SL_TOKEN_WORD);
	assert_int_equal(tok.at.line, 3);
	assert_int_equal(tok.at.column, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tokens_have_places),
	    cmocka_unit_test(nul_is_bad),
	    cmocka_unit_test(escapes_are_decoded),
	    cmocka_unit_test(unclosed_strings_do_not_swallow),
	    cmocka_unit_test(comments_do_not_continue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
