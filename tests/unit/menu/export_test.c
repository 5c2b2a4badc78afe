/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <menu/export.h>
#include <menu/export_line.h>

/* The header's date is that of the virtual clock. */
#define HEADER "# 2024-01-01 00:00:00 by sluice " SLUICE_VERSION "\n"

static void
set_comment(
    struct fixture *f, const char *menu, unsigned number, const char *text)
{
	struct sl_menu *m = sl_model_find(f->model, menu);
	struct sl_item *it = sl_items_at(m, number);

	assert_int_equal(
	    sl_item_set_text(it,
		(unsigned)sl_menu_prop_flagged(m, SL_PROP_COMMENT), text, NULL),
	    0);
}

static void
make_config(struct fixture *f)
{
	run_ok(f, "/system/identity", "set name=gw");
	run_ok(f, "/interface/list", "add name=WAN");
	run_ok(f, "/interface/list/member", "add list=WAN interface=wan");
	run_ok(f, "/test/rule",
	    "add chain=input connection-state=established,related,untracked "
	    "log-prefix= log=no comment=x");
	set_comment(f, "/test/rule", 0,
	    "defconf: accept established,related,untracked");
	run_ok(f, "/test/rule",
	    "add chain=forward action=drop connection-state=new "
	    "in-interface-list=!WAN disabled=yes comment=x");
	set_comment(
	    f, "/test/rule", 1, "defconf: drop all from WAN not DSTNATed");
	run_ok(f, "/test/rule", "add chain=input in-interface=ether9");
	run_ok(f, "/test/rule", "add chain=input psd=21,3s,3,1");
	run_ok(f, "/test/port", "set eth1 name=wan");
	run_ok(f, "/test/tracking",
	    "set tcp-established-timeout=10m enabled=auto");
}

static void
test_export(void **state)
{
	struct fixture *f = *state;

	make_config(f);
	run_ok(f, "/", "export");
	assert_string_equal(sl_text_str(&f->text),
	    HEADER "/interface list\n"
		   "add name=WAN\n"
		   "/interface list member\n"
		   "add interface=wan list=WAN\n"
		   "/system identity\n"
		   "set name=gw\n"
		   "/test port\n"
		   "set [ find default-name=eth1 ] name=wan\n"
		   "/test rule\n"
		   "add chain=input comment=\"defconf: accept "
		   "established,related,untracked\" \\\n"
		   "    connection-state=established,related,untracked\n"
		   "add action=drop chain=forward comment=\\\n"
		   "    \"defconf: drop all from WAN not DSTNATed\" "
		   "connection-state=new disabled=\\\n"
		   "    yes in-interface-list=!WAN\n"
		   "# ether9 not ready\n"
		   "add chain=input in-interface=ether9\n"
		   "# psd is not supported\n"
		   "add chain=input psd=21,3s,3,1\n"
		   "/test tracking\n"
		   "set tcp-established-timeout=10m\n");
	run_ok(f, "/interface/list", "export terse");
	assert_string_equal(sl_text_str(&f->text),
	    HEADER "/interface list add name=WAN\n"
		   "/interface list member add interface=wan list=WAN\n");
	run_ok(f, "/test/tracking", "export verbose");
	assert_string_equal(sl_text_str(&f->text),
	    HEADER "/test tracking\n"
		   "set enabled=auto loose-tcp-tracking=yes "
		   "tcp-established-timeout=10m\n");
	run_ok(f, "/interface/list/member", "export verbose terse");
	assert_string_equal(sl_text_str(&f->text), HEADER
	    "/interface list member add !comment disabled=no interface=wan "
	    "list=WAN\n");
}

/* A reader of exports as the lexer must be one: joins continued lines, splits
 * at blanks outside quotes, unescapes. */
static void
unescape(const char **in, char **out)
{
	static const char from[] = "nrt\"\\$", to[] = "\n\r\t\"\\$";
	const char *p = *in, *hit = strchr(from, *p);
	unsigned byte;

	if (hit) {
		*(*out)++ = to[hit - from];
		*in = p + 1;
		return;
	}
	assert_int_equal(sscanf(p, "%2X", &byte), 1);
	*(*out)++ = (char)byte;
	*in = p + 2;
}

static char *
next_word(const char **in, char *out)
{
	const char *p = *in + strspn(*in, " ");
	char *start = out;
	bool quoted = false;

	for (; *p && *p != '\n' && (quoted || *p != ' '); p++) {
		if (p[0] == '\\' && p[1] == '\n') {
			p += 1 + strspn(p + 2, " ");
		} else if (*p == '"') {
			quoted = !quoted;
		} else if (*p == '\\') {
			p++;
			unescape(&p, &out);
			p--;
		} else {
			*out++ = *p;
		}
	}
	*out = '\0';
	*in = p;
	return start;
}

static const char *const texts[] = {
    "plain",
    "two words",
    "",
    "quote \" backslash \\ dollar $ done",
    "line\r\nbreak\ttab",
    "\xc3\xa4\xc3\xb6 latin \xff\x01",
    "a very long comment that does not fit on one line at all, because it goes "
    "on and on,   with   blanks   in   rows,      and ends only here",
    "nothingbutlettersnothingbutlettersnothingbutlettersnothingbutlettersnothin"
    "gbutlettersnothingbutletters",
    "\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"
    "\\",
    "ends with blanks                                                          "
    "                                ",
};

static void
test_round_trip(void **state)
{
	struct sl_export_line line = {0};
	struct sl_text text = {0}, quoted;
	char word[1024];
	const char *in;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(texts); i++) {
		quoted = (struct sl_text){0};
		sl_text_clear(&text);
		sl_value_quote(&quoted, texts[i], strlen(texts[i]), i == 7);
		sl_export_line_add(&line, "comment", quoted.s);
		sl_export_line_add(&line, "after", strdup("yes"));
		sl_export_line_put(&line, &text, "add", SL_EXPORT_WIDTH);
		in = text.s;
		assert_string_equal(next_word(&in, word), "add");
		assert_string_equal(next_word(&in, word), "after=yes");
		assert_memory_equal(next_word(&in, word), "comment=", 8);
		assert_string_equal(word + 8, texts[i]);
		for (const char *s = text.s; *s; s += strcspn(s, "\n") + 1)
			if (strcspn(s, "\n") > SL_EXPORT_WIDTH && i < 9)
				fail_msg("too long: %s", s);
		sl_export_line_clear(&line);
	}
	sl_export_line_fini(&line);
	sl_text_free(&text);
}

int
main(void)
{
#define T(fn)                                                                  \
	cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    T(test_export),
	    T(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
