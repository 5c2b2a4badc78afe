/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the matchers that follow connections, senders and the clock: what is
 * accepted, in which form it is kept, what it means; what is refused. */
#include <menu/firewall_flow.h>

#include <rule/rule.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define H (3600 * SL_NS_PER_SEC)

/* "" : refused. */
static const char *
kept(const struct sl_type *type, const char *text)
{
	const struct sl_prop p = {.name = "x", .type = type};
	static char buf[256];
	struct sl_err err = {0};
	struct sl_value v;

	buf[0] = '\0';
	if (sl_prop_parse(NULL, &p, text, strlen(text), &v, &err)) {
		assert_non_null(strstr(err.text, "x"));
		return buf;
	}
	assert_int_equal(v.type, SL_VALUE_STR);
	snprintf(buf, sizeof(buf), "%s", v.str.s);
	sl_value_free(&v);
	return buf;
}

static void
forms(void **state)
{
	static const struct {
		const struct sl_type *type;
		const char *text, *kept;
	} rows[] = {
	    /* seen in the wild */
	    {&sl_type_conn_span, "500k-0", "500k-0"},
	    {&sl_type_conn_span, "2M-0", "2M-0"},
	    {&sl_type_conn_span, "2500000-0", "2500000-0"},
	    {&sl_type_conn_span, "2500-1G", "2500-1G"},
	    {&sl_type_conn_span, "0-100k", "0-100k"},
	    {&sl_type_conn_span, "200k-0", "200k-0"},
	    {&sl_type_conn_span, "0-0", "0-0"},
	    {&sl_type_conn_span, "2-1", ""},
	    {&sl_type_conn_span, "500k", ""},
	    {&sl_type_conn_span, "-5", ""},
	    {&sl_type_conn_span, "1-2-3", ""},
	    {&sl_type_conn_span, "1-2x", ""},
	    {&sl_type_conn_span, "18446744073709551615-0",
		"18446744073709551615-0"},
	    {&sl_type_conn_span, "18446744073709551616-0", ""},
	    {&sl_type_conn_span, "18446744073709551615k-0", ""},
	    {&sl_type_conn_limit, "100,0", "100,0"},
	    {&sl_type_conn_limit, "0,0", "0,0"},
	    {&sl_type_conn_limit, "4294967295,0", ""},
	    {&sl_type_conn_limit, "100", ""},
	    {&sl_type_conn_limit, "100,", ""},
	    {&sl_type_conn_limit, "100,0,0", ""},
	    {&sl_type_scan, "21,3s,3,1", "21,3s,3,1"},
	    {&sl_type_scan, "40,3s,2,1", "40,3s,2,1"},
	    {&sl_type_scan, "21,00:00:03,3,1", "21,3s,3,1"},
	    {&sl_type_scan, "21,0s,3,1", ""},
	    {&sl_type_scan, "21,3s,3", ""},
	    {&sl_type_scan, "65536,3s,3,1", ""},
	    {&sl_type_scan, "21,3s,3,1,1", ""},
	    {&sl_type_flow_limit, "32,32,src-and-dst-addresses/10s",
		"32,32,src-and-dst-addresses/10s"},
	    {&sl_type_flow_limit, "1/1m,9,dst-address/1m",
		"1/1m,9,dst-address/1m"},
	    {&sl_type_flow_limit, "5,10,src-address/1m40s",
		"5,10,src-address/1m40s"},
	    {&sl_type_flow_limit, "5,10,src-address", "5,10,src-address"},
	    {&sl_type_flow_limit, "5/00:01:00,0,dst-address-and-port/90s",
		"5/1m,0,dst-address-and-port/1m30s"},
	    {&sl_type_flow_limit, "1k,2k,addresses-and-dst-port",
		"1k,2000,addresses-and-dst-port"},
	    {&sl_type_flow_limit, "5,10", ""},
	    {&sl_type_flow_limit, "5,10,", ""},
	    {&sl_type_flow_limit, "5,10,nobody", ""},
	    {&sl_type_flow_limit, "5,10,src-address/", ""},
	    {&sl_type_flow_limit, "5,10,src-address/0s", ""},
	    {&sl_type_flow_limit, "0,10,src-address", ""},
	    {&sl_type_flow_limit, "5/0s,10,src-address", ""},
	    {&sl_type_nth, "2,1", "2,1"},
	    {&sl_type_nth, "1,1", "1,1"},
	    {&sl_type_nth, "3", "3"},
	    {&sl_type_nth, "3,3", "3,3"},
	    {&sl_type_nth, "3,4", ""},
	    {&sl_type_nth, "3,0", ""},
	    {&sl_type_nth, "0,0", ""},
	    {&sl_type_nth, "3,", ""},
	    {&sl_type_nth, "4294967296,1", ""},
	    {&sl_type_pcc, "both-addresses:2/0", "both-addresses:2/0"},
	    {&sl_type_pcc, "both-addresses-and-ports:2/1",
		"both-addresses-and-ports:2/1"},
	    {&sl_type_pcc, "src-address-and-port:3/2",
		"src-address-and-port:3/2"},
	    {&sl_type_pcc, "src-address:2/2", "src-address:2/2"},
	    {&sl_type_pcc, "dst-address:2/0", "dst-address:2/0"},
	    {&sl_type_pcc, "dst-address-and-port:2/0",
		"dst-address-and-port:2/0"},
	    {&sl_type_pcc, "src-port:2/0", "src-port:2/0"},
	    {&sl_type_pcc, "dst-port:2/0", "dst-port:2/0"},
	    {&sl_type_pcc, "both-ports:2/0", "both-ports:2/0"},
	    {&sl_type_pcc, "both-addresses:0/0", ""},
	    {&sl_type_pcc, "both-addresses:2", ""},
	    {&sl_type_pcc, "both-addresses", ""},
	    {&sl_type_pcc, "both:2/0", ""},
	    {&sl_type_pcc, ":2/0", ""},
	    {&sl_type_day_time, "9h-18h,mon,tue,wed,thu,fri",
		"9h-18h,mon,tue,wed,thu,fri"},
	    {&sl_type_day_time, "08:30:00-17:00:00,sat,sun",
		"8h30m-17h,sun,sat"},
	    {&sl_type_day_time, "0s-1d,sun,mon,tue,wed,thu,fri,sat",
		"0s-1d,sun,mon,tue,wed,thu,fri,sat"},
	    {&sl_type_day_time, "22h-6h,fri", "22h-6h,fri"},
	    {&sl_type_day_time, "1h-2h", "1h-2h,sun,mon,tue,wed,thu,fri,sat"},
	    {&sl_type_day_time, "9h-25h,mon", ""},
	    {&sl_type_day_time, "9h,mon", ""},
	    {&sl_type_day_time, "9h-18h,", ""},
	    {&sl_type_day_time, "9h-18h,someday", ""},
	    {&sl_type_day_time, "9h-18h,t", ""},
	    {&sl_type_day_time, "-18h,mon", ""},
	};

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		const char *got = kept(rows[i].type, rows[i].text);

		if (strcmp(got, rows[i].kept) != 0)
			fail_msg("%s: \"%s\"", rows[i].text, got);
		/* What is kept is read again to the same. */
		if (*got) {
			char again[256];

			strcpy(again, got);
			assert_string_equal(
			    kept(rows[i].type, again), rows[i].kept);
		}
	}
}

static void
meanings(void **state)
{
	struct sl_flow_span span;
	struct sl_flow_nth nth;
	struct sl_flow_pcc pcc;
	struct sl_flow_time time;

	(void)state;
	assert_true(sl_flow_read_span("500k-0", &span));
	assert_int_equal(span.lo, 500000);
	assert_true(span.hi == UINT64_MAX);
	assert_true(sl_flow_read_span("2500-1G", &span));
	assert_int_equal(span.hi, 1000000000);
	assert_true(sl_flow_read_nth("5", &nth));
	assert_int_equal(nth.every, 5);
	assert_int_equal(nth.packet, 1);
	assert_true(sl_flow_read_pcc("src-address-and-port:3/2", &pcc));
	assert_int_equal(pcc.fields, 5);
	assert_int_equal(pcc.of, 3);
	assert_int_equal(pcc.share, 2);
	assert_true(sl_flow_read_pcc("both-addresses-and-ports:2/0", &pcc));
	assert_int_equal(pcc.fields, 15);
	assert_true(sl_flow_read_time("22h-6h,fri,sun", &time));
	assert_true(time.from_ns == 22 * H && time.to_ns == 6 * H);
	assert_int_equal(time.days, 0x21);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(forms),
	    cmocka_unit_test(meanings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
