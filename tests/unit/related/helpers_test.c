/* SPDX-License-Identifier: Apache-2.0 */
#include <related/helpers.h>

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static enum sl_help
data(const struct sl_call *call)
{
	(void)call;
	return SL_HELP_PASS;
}

static const struct sl_port_match tcp21[] = {{IPPROTO_TCP, 0, 21}, {0}};
static const struct sl_port_match sip_ports[] = {{IPPROTO_UDP, 0, 5060},
    {IPPROTO_TCP, 0, 5060}, {IPPROTO_TCP, 0, 5061}, {0}};
static const struct sl_expect_class classes[] = {
    {"data", 3, 1000}, {"other", 4, 2000}, {NULL}};
static const char *const counters[] = {"refused", "odd", NULL};

static const struct sl_helper_ops ftp = {.size = sizeof(ftp),
    .name = "ftp",
    .ports = tcp21,
    .classes = classes,
    .counters = counters,
    .priv_size = 8,
    .priv_version = 1,
    .families = 3,
    .data = data};
static const struct sl_helper_ops sip = {.size = sizeof(sip),
    .name = "sip",
    .ports = sip_ports,
    .families = 1,
    .data = data};
static const struct sl_helper_ops off = {.size = sizeof(off),
    .name = "off",
    .flags = SL_HELP_DEFAULT_OFF,
    .ports = tcp21,
    .families = 3,
    .data = data};

static int
setup(void **state)
{
	(void)state;
	sl_role_enter(SL_ROLE_MAIN | SL_ROLE_CONTROL, 0, "test");
	sl_rcu_register();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_rcu_drain();
	sl_rcu_unregister();
	return 0;
}

static struct sl_helper *
load(const struct sl_helper_ops *ops)
{
	struct sl_err err = {0};
	struct sl_helper *h = sl_helpers_new(ops, NULL, &err);

	assert_non_null(h);
	assert_int_equal(sl_helpers_publish(h, &err), 0);
	return h;
}

static void
unload(struct sl_helper *h)
{
	struct sl_err err = {0};

	assert_int_equal(sl_helpers_withdraw(h, &err), 0);
	sl_rcu_synchronize();
	assert_false(sl_helpers_is_used(h));
	sl_helpers_free(h);
}

static const char *
name_at(uint8_t family, uint8_t l4proto, uint16_t port)
{
	const char *name = "";
	struct sl_helper *h;

	sl_rcu_online();
	h = sl_helpers_at_rcu(family, l4proto, port);
	if (h)
		name = sl_helpers_name(h->number);
	sl_rcu_offline();
	return name;
}

static void
names_have_fixed_numbers(void **state)
{
	char name[16];

	(void)state;
	assert_int_equal(sl_helpers_number("ftp", false), 1);
	assert_int_equal(sl_helpers_number("tftp", false), 7);
	assert_int_equal(sl_helpers_number("mine", false), 0);
	assert_int_equal(sl_helpers_number("mine", true), 8);
	assert_int_equal(sl_helpers_number("mine", false), 8);
	assert_string_equal(sl_helpers_name(8), "mine");
	assert_null(sl_helpers_name(0));
	assert_null(sl_helpers_name(9));
	for (unsigned i = 9; i <= SL_HELPERS_MAX; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		assert_int_equal(sl_helpers_number(name, true), i);
	}
	assert_int_equal(sl_helpers_number("more", true), 0);
	sl_helpers_clear();
	assert_int_equal(sl_helpers_number("mine", false), 0);
}

static void
ports_lead_to_helpers(void **state)
{
	static const struct {
		uint8_t family, l4proto;
		uint16_t port;
		const char *want, *set; /* by default; with sip at 21 and 99 */
	} rows[] = {
	    {SL_IPV4, IPPROTO_TCP, 21, "ftp", "ftp"},
	    {SL_IPV6, IPPROTO_TCP, 21, "ftp", "ftp"},
	    {SL_IPV4, IPPROTO_UDP, 21, "", "sip"},
	    {SL_IPV4, IPPROTO_UDP, 5060, "sip", ""},
	    {SL_IPV4, IPPROTO_TCP, 5061, "sip", ""},
	    {SL_IPV4, IPPROTO_UDP, 5061, "", ""},
	    {SL_IPV4, IPPROTO_TCP, 99, "", "sip"},
	    {SL_IPV6, IPPROTO_TCP, 99, "", ""},
	    {SL_IPV4, IPPROTO_SCTP, 21, "", ""},
	    {SL_IPV4, IPPROTO_TCP, 0, "", ""},
	};
	struct sl_helper_settings two = {.n_ports = 2, .ports = {21, 99}};
	struct sl_helper_settings none = {0};
	struct sl_err err = {0};
	struct sl_helper *h[] = {load(&ftp), load(&sip)};
	uint16_t port;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++)
		assert_string_equal(
		    name_at(rows[i].family, rows[i].l4proto, rows[i].port),
		    rows[i].want);
	assert_int_equal(sl_helpers_rival(h[1]->number, &port), 0);
	assert_int_equal(sl_helpers_set(h[1]->number, &two, &err), 0);
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++)
		assert_string_equal(
		    name_at(rows[i].family, rows[i].l4proto, rows[i].port),
		    rows[i].set);
	assert_int_equal(sl_helpers_rival(h[1]->number, &port), h[0]->number);
	assert_int_equal(port, 21);
	assert_int_equal(sl_helpers_set(h[1]->number, &none, &err), 0);
	assert_string_equal(name_at(SL_IPV4, IPPROTO_UDP, 5060), "sip");
	unload(h[0]);
	unload(h[1]);
	assert_string_equal(name_at(SL_IPV4, IPPROTO_TCP, 21), "");
	sl_helpers_clear();
}

static void
what_is_off_is_not_found(void **state)
{
	struct sl_helper_settings is_off = {.is_off = true}, on = {0}, now;
	struct sl_err err = {0};
	struct sl_helper *h = load(&off);

	(void)state;
	assert_string_equal(name_at(SL_IPV4, IPPROTO_TCP, 21), "");
	sl_helpers_settings(h->number, &now);
	assert_true(now.is_off);
	assert_true(sl_load_relaxed(&h->is_off));
	assert_int_equal(sl_helpers_set(h->number, &on, &err), 0);
	assert_string_equal(name_at(SL_IPV4, IPPROTO_TCP, 21), "off");
	assert_false(sl_load_relaxed(&h->is_off));
	sl_rcu_online();
	assert_ptr_equal(sl_helpers_named_rcu("off"), h);
	sl_rcu_offline();
	assert_int_equal(sl_helpers_set(h->number, &is_off, &err), 0);
	sl_rcu_online();
	assert_null(sl_helpers_named_rcu("off"));
	assert_null(sl_helpers_numbered_rcu(h->number));
	sl_rcu_offline();
	unload(h);
	sl_helpers_clear();
}

/* a -> b (same private area) -> c (another) */
static void
versions_follow_one_another(void **state)
{
	struct sl_helper_ops other = ftp;
	struct sl_helper *a = load(&ftp), *b = load(&ftp), *c;

	(void)state;
	other.priv_version = 2;
	assert_ptr_equal(sl_rcu_own(&a->successor), b);
	c = load(&other);
	assert_ptr_equal(sl_rcu_own(&a->successor), b);
	assert_null(sl_rcu_own(&b->successor));
	assert_ptr_equal(sl_helpers_own(1), c);

	a->use[5].sessions = 2;
	a->use[7].expectations = 1;
	a->use[7].counters[1] = 4;
	assert_true(sl_helpers_is_used(a));
	assert_false(sl_helpers_is_used(b));
	unload(b);
	assert_null(sl_rcu_own(&a->successor));
	a->use[5].sessions = 0;
	assert_true(sl_helpers_is_used(a));
	a->use[7].expectations = 0;
	unload(a);
	assert_int_equal(sl_helper_class_max(c, 1), 4);
	assert_int_equal(sl_helper_class_timeout_ms(c, 0), 1000);
	assert_int_equal(c->n_classes, 2);
	assert_int_equal(c->n_counters, 2);
	unload(c);
	assert_null(sl_helpers_own(1));
	sl_helpers_clear();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_have_fixed_numbers),
	    cmocka_unit_test(ports_lead_to_helpers),
	    cmocka_unit_test(what_is_off_is_not_found),
	    cmocka_unit_test(versions_follow_one_another),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
