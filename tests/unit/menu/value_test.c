/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/value.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <base/clock.h>

static void
check_text(struct sl_value *v, enum sl_form form, const char *want)
{
	struct sl_text t = {0};

	sl_value_print(&t, v, form);
	assert_string_equal(sl_text_str(&t), want);
	sl_text_free(&t);
}

static const struct {
	enum sl_value_type type;
	const char *text;
	const char *want; /* CONFIG form; NULL: refused */
} parses[] = {
    {SL_VALUE_BOOL, "yes", "yes"},
    {SL_VALUE_BOOL, "false", "no"},
    {SL_VALUE_BOOL, "maybe", NULL},
    {SL_VALUE_NUM, "47603", "47603"},
    {SL_VALUE_NUM, "-1", "-1"},
    {SL_VALUE_NUM, "0x1F", "31"},
    {SL_VALUE_NUM, "9223372036854775807", "9223372036854775807"},
    {SL_VALUE_NUM, "9223372036854775808", NULL},
    {SL_VALUE_NUM, "1k", NULL},
    {SL_VALUE_NUM, "", NULL},
    {SL_VALUE_TIME, "10", "10s"},
    {SL_VALUE_TIME, "1w3d", "1w3d"},
    {SL_VALUE_TIME, "23h59m52s", "23h59m52s"},
    {SL_VALUE_TIME, "00:10:00", "10m"},
    {SL_VALUE_TIME, "1d02:03:04", "1d2h3m4s"},
    {SL_VALUE_TIME, "24h", "1d"},
    {SL_VALUE_TIME, "90s", "1m30s"},
    {SL_VALUE_TIME, "200ms", "200ms"},
    {SL_VALUE_TIME, "1.5s", "1s500ms"},
    {SL_VALUE_TIME, "0", "0s"},
    {SL_VALUE_TIME, "00:61:00", NULL},
    {SL_VALUE_TIME, "1.5", NULL},
    {SL_VALUE_TIME, "99999999999999w", NULL},
    {SL_VALUE_TIME, "5x", NULL},
    {SL_VALUE_TIME, "5m3", NULL},
    {SL_VALUE_IP, "192.0.2.1", "192.0.2.1"},
    {SL_VALUE_IP, "192.0.2", NULL},
    {SL_VALUE_IP, "2001:db8:0::1", "2001:db8::1"},
    {SL_VALUE_PREFIX, "10.0.0.1/8", "10.0.0.1/8"},
    {SL_VALUE_PREFIX, "10.0.0.0/33", NULL},
    {SL_VALUE_PREFIX, "fe80::/10", "fe80::/10"},
    {SL_VALUE_PREFIX, "10.0.0.0/", NULL},
    {SL_VALUE_RANGE, "10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.9"},
    {SL_VALUE_RANGE, "10.0.0.9-10.0.0.1", NULL},
    {SL_VALUE_RANGE, "10.0.0.1-fe80::1", NULL},
    {SL_VALUE_SPAN, "80", "80"},
    {SL_VALUE_SPAN, "80-443", "80-443"},
    {SL_VALUE_SPAN, "443-80", NULL},
    {SL_VALUE_MAC, "00:11:22:aa:bb:cc", "00:11:22:AA:BB:CC"},
    {SL_VALUE_MAC, "00:11:22:aa:bb:c", NULL},
    {SL_VALUE_ID, "*1a", "*1A"},
    {SL_VALUE_ID, "1a", NULL},
    {SL_VALUE_ID, "*", NULL},
    {SL_VALUE_ARRAY, "a,1,,b", "a,1,,b"},
};

static void
test_parse(void **state)
{
	struct sl_value v;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(parses); i++) {
		bool ok = sl_value_parse(
		    &v, parses[i].type, parses[i].text, strlen(parses[i].text));

		if (ok != (parses[i].want != NULL))
			fail_msg("%s", parses[i].text);
		if (!ok)
			continue;
		check_text(&v, SL_FORM_CONFIG, parses[i].want);
		sl_value_free(&v);
	}
}

static void
test_time_left(void **state)
{
	static const struct {
		uint64_t deadline_ns, now_ns;
		const char *want;
	} rows[] = {
	    {60000000000, 0, "1m"},
	    {60000000000, 1, "59s"},
	    {60000000000, 59000000000, "1s"},
	    {60000000000, 59000000001, "0s"},
	    {60000000000, 60000000000, "0s"},
	    {60000000000, 90000000000, "0s"},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_value v =
		    sl_value_time_left(rows[i].deadline_ns, rows[i].now_ns);

		check_text(&v, SL_FORM_PRINT, rows[i].want);
	}
}

static const struct {
	const char *text, *type;
} guesses[] = {
    {"yes", "bool"},
    {"12", "num"},
    {"12s", "time"},
    {"00:10:00", "time"},
    {"3:10", "str"},
    {"10.0.0.1", "ip"},
    {"10.0.0.0/8", "ip-prefix"},
    {"fe80::1", "ip6"},
    {"fe80::/10", "ip6-prefix"},
    {"*2F", "id"},
    {"7.14", "str"},
    {"ether1", "str"},
};

static void
test_guess(void **state)
{
	struct sl_value v;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(guesses); i++) {
		assert_int_equal(sl_value_guess(&v, guesses[i].text,
				     strlen(guesses[i].text)),
		    0);
		assert_string_equal(sl_value_type_name(&v), guesses[i].type);
		sl_value_free(&v);
	}
}

static void
test_units(void **state)
{
	static const struct {
		uint64_t n;
		const char *count, *rate;
	} table[] = {
	    {0, "0", "0bps"},
	    {999, "999", "999bps"},
	    {1760, "1 760", "1760bps"},
	    {6400, "6 400", "6.4kbps"},
	    {47603, "47 603", "47.6kbps"},
	    {12345678, "12 345 678", "12.3Mbps"},
	    {2000000000, "2 000 000 000", "2Gbps"},
	};
	struct sl_value v;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(table); i++) {
		v = sl_value_count(table[i].n);
		check_text(&v, SL_FORM_PRINT, table[i].count);
		v = sl_value_rate(table[i].n);
		check_text(&v, SL_FORM_PRINT, table[i].rate);
	}
	v = sl_value_rate(12345678);
	check_text(&v, SL_FORM_PLAIN, "12345678");
	v = sl_value_size(204892488);
	check_text(&v, SL_FORM_PRINT, "195.4MiB");
	v = sl_value_bool(true);
	check_text(&v, SL_FORM_PRINT, "yes");
	check_text(&v, SL_FORM_PLAIN, "true");
}

/* Both sides are "TYPE:text" with the type's first letter; 's' string, 'g'
 * guessed. */
static struct sl_value
make(const char *s)
{
	struct sl_value v = {0};

	if (s[0] == 's')
		sl_value_str(&v, s + 2, strlen(s + 2));
	else if (s[0] == 'p')
		assert_true(
		    sl_value_parse(&v, SL_VALUE_SPAN, s + 2, strlen(s + 2)));
	else if (s[0] == 'a')
		assert_true(
		    sl_value_parse(&v, SL_VALUE_ARRAY, s + 2, strlen(s + 2)));
	else if (s[0] == 'g')
		sl_value_guess(&v, s + 2, strlen(s + 2));
	return v;
}

static const struct {
	const char *a, *op, *b;
	bool want;
} compares[] = {
    {"g:10s", "<", "g:1m", true},
    {"g:1m", "=", "g:60s", true},
    {"g:1m", "=", "g:60", true},
    {"g:10s", "<", "s:30s", true},
    {"g:9", "<", "g:10", true},
    {"g:9", "<", "s:10", true},
    {"s:9", "<", "s:10", false},
    {"g:10.0.0.9", "<", "g:10.0.0.10", true},
    {"g:10.0.0.1", "=", "s:10.0.0.1", true},
    {"g:10.0.0.1", "=", "g:10.0.0.0/8", false},
    {"g:yes", "=", "s:true", true},
    {"s:tcp", "=", "s:tcp", true},
    {"s:tcp", "!=", "s:udp", true},
    {"a:established,related", "=", "s:established,related", true},
    {"p:80", "=", "g:80", true},
    {"p:80-90", "=", "s:80-90", true},
    {"n", "=", "s:", true},
    {"n", "=", "s:x", false},
    {"n", "!=", "s:x", true},
    {"n", "<", "g:5", false},
    {"g:5", ">=", "g:5", true},
    {"g:5", "<=", "g:4", false},
    {"s:b", ">", "s:a", true},
    {"g:10.0.0.1", "in", "g:10.0.0.0/8", true},
    {"g:11.0.0.1", "in", "g:10.0.0.0/8", false},
    {"s:10.0.0.1", "in", "s:10.0.0.0/8", true},
    {"g:10.1.0.0/16", "in", "g:10.0.0.0/8", true},
    {"g:10.0.0.0/8", "in", "g:10.1.0.0/16", false},
    {"g:10.0.0.5", "in", "s:10.0.0.1-10.0.0.9", true},
    {"g:fe80::1", "in", "g:fe80::/10", true},
    {"g:fe80::1", "in", "g:0.0.0.0/0", false},
    {"s:192.0.2.10:443", "~", "s:^192\\.0\\.2\\.", true},
    {"g:47603", "~", "s:60", true},
    {"n", "~", "s:.*", false},
};

static bool
apply_op(const struct sl_value *a, const char *op, const struct sl_value *b)
{
	static const char *const ops[] = {"=", "!=", "<", ">", "<=", ">="};
	regex_t re;
	bool hit;

	if (strcmp(op, "in") == 0)
		return sl_value_in(a, b);
	if (strcmp(op, "~") == 0) {
		assert_int_equal(regcomp(&re, b->str.s, REG_EXTENDED), 0);
		hit = sl_value_matches(a, &re);
		regfree(&re);
		return hit;
	}
	for (size_t i = 0; i < SL_COUNT_OF(ops); i++)
		if (strcmp(ops[i], op) == 0)
			return sl_value_compare(a, (enum sl_compare_op)i, b);
	fail();
	return false;
}

static void
test_compare(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(compares); i++) {
		struct sl_value a = make(compares[i].a);
		struct sl_value b = make(compares[i].b);

		if (apply_op(&a, compares[i].op, &b) != compares[i].want)
			fail_msg("%s %s %s", compares[i].a, compares[i].op,
			    compares[i].b);
		sl_value_free(&a);
		sl_value_free(&b);
	}
}

static void
test_quote(void **state)
{
	static const struct {
		const char *in, *want;
	} table[] = {
	    {"tcp", "tcp"},
	    {"10.0.0.0/8", "10.0.0.0/8"},
	    {"!80,443", "!80,443"},
	    {"", "\"\""},
	    {"two words", "\"two words\""},
	    {"a\"b\\c$d", "\"a\\\"b\\\\c\\$d\""},
	    {"line\r\n\tx", "\"line\\r\\n\\tx\""},
	    {"\xc3\xa4", "\"\\C3\\A4\""},
	    {"a;b", "\"a;b\""},
	    {"x=y", "\"x=y\""},
	};
	struct sl_text t = {0};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(table); i++) {
		sl_text_clear(&t);
		sl_value_quote(&t, table[i].in, strlen(table[i].in), false);
		assert_string_equal(t.s, table[i].want);
	}
	sl_text_free(&t);
}

static void
test_json(void **state)
{
	struct sl_value a, v;
	struct sl_text t = {0};

	(void)state;
	assert_int_equal(sl_value_array(&a), 0);
	v = sl_value_count(47603);
	assert_int_equal(sl_array_add(&a, "bytes", &v), 0);
	v = sl_value_bool(false);
	assert_int_equal(sl_array_add(&a, "disabled", &v), 0);
	assert_int_equal(sl_value_str(&v, "a\"\xc3\xa4\xff\x01", 6), 0);
	assert_int_equal(sl_array_add(&a, "comment", &v), 0);
	sl_value_print_json(&t, &a);
	assert_string_equal(t.s,
	    "{\"bytes\":47603,\"disabled\":false,"
	    "\"comment\":\"a\\\"\xc3\xa4\\u00ff\\u0001\"}");
	sl_text_free(&t);
	sl_value_free(&a);
}

static void
test_copy(void **state)
{
	struct sl_value a, b, v;

	(void)state;
	assert_int_equal(sl_value_array(&a), 0);
	assert_int_equal(sl_value_str(&v, "x", 1), 0);
	assert_int_equal(sl_array_add(&a, "k", &v), 0);
	assert_int_equal(v.type, SL_VALUE_NONE);
	assert_int_equal(sl_value_copy(&b, &a), 0);
	sl_value_free(&a);
	assert_string_equal(sl_array_find(&b, "k")->str.s, "x");
	assert_null(sl_array_at(&b, 1));
	check_text(&b, SL_FORM_PLAIN, "k=x");
	sl_value_free(&b);
}

/* An address with a port is found by the address, by both, and by prefix. */
static void
test_endpoints(void **state)
{
	static const uint8_t addr[4] = {192, 0, 2, 1};
	static const struct {
		const char *text;
		bool same;
	} rows[] = {
	    {"192.0.2.1", true},
	    {"192.0.2.1:80", true},
	    {"192.0.2.1:81", false},
	    {"192.0.2.2", false},
	    {"192.0.2.1/32", false},
	};
	struct sl_value v = sl_value_endpoint4(addr, 80), w, net;
	struct sl_text t = {0};

	(void)state;
	sl_value_print(&t, &v, SL_FORM_PLAIN);
	assert_string_equal(sl_text_str(&t), "192.0.2.1:80");
	sl_text_free(&t);
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		sl_value_str(&w, rows[i].text, strlen(rows[i].text));
		if (sl_value_compare(&v, SL_COMPARE_EQ, &w) != rows[i].same)
			fail_msg("%s", rows[i].text);
		sl_value_free(&w);
	}
	w = sl_value_endpoint4(addr, 81);
	assert_true(sl_value_compare(&v, SL_COMPARE_LT, &w));
	assert_true(sl_value_parse(&net, SL_VALUE_PREFIX, "192.0.2.0/24", 12));
	assert_true(sl_value_in(&v, &net));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_endpoints),
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_time_left),
	    cmocka_unit_test(test_guess),
	    cmocka_unit_test(test_units),
	    cmocka_unit_test(test_compare),
	    cmocka_unit_test(test_quote),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
