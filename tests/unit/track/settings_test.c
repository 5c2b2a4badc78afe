/* SPDX-License-Identifier: Apache-2.0 */
#include <track/settings.h>

#include <base/role.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static enum sl_key
any_key(const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	(void)pkt;
	(void)tuple;
	(void)reason;
	return SL_KEY_TUPLE;
}

static enum sl_track_result
any_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    void *priv, struct sl_track_out *out)
{
	(void)ctx;
	(void)pkt;
	(void)priv;
	(void)out;
	return SL_TRACK_VALID;
}

static enum sl_track_result
any_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	(void)dir;
	return any_open(ctx, pkt, priv, out);
}

static const struct sl_timeout first[] = {
    {"own-timeout", 1000, "own"},
    {"shared-timeout", 2000, "shared"},
    {NULL},
};
static const struct sl_timeout second[] = {
    {"shared-timeout", 2000, "shared"},
    {NULL},
};

static int
add(uint8_t l4proto, const struct sl_timeout *timeouts)
{
	struct sl_tracker_ops ops = {
	    .size = sizeof(ops),
	    .l4proto = l4proto,
	    .families = 3,
	    .name = "x",
	    .timeouts = timeouts,
	    .key = any_key,
	    .open = any_open,
	    .update = any_update,
	};

	return sl_trackers_add(&ops, NULL, NULL);
}

static int
start(void **state)
{
	struct sl_err err = {0};

	(void)state;
	sl_role_enter(SL_ROLE_MAIN | SL_ROLE_CONTROL, 0, "test");
	sl_rcu_register();
	assert_true(add(1, first) > 0);
	assert_true(add(2, second) > 0);
	return sl_track_settings_init(&err);
}

static int
stop(void **state)
{
	(void)state;
	sl_rcu_drain();
	sl_track_settings_fini();
	sl_trackers_clear();
	sl_rcu_unregister();
	return 0;
}

static void
timeouts_are_set_by_name(void **state)
{
	static const struct {
		const char *name;
		uint64_t ms;
		int want;
	} rows[] = {
	    {"own-timeout", 1, 0},
	    {"own-timeout", SL_TIMEOUT_MAX_MS, 0},
	    {"own-timeout", 0, -ERANGE},
	    {"own-timeout", 1ull + SL_TIMEOUT_MAX_MS, -ERANGE},
	    {"shared-timeout", 7777, 0},
	    {"no-timeout", 1000, -ENOENT},
	    {"", 1000, -ENOENT},
	};
	const struct sl_track_settings *s;
	uint32_t ms;

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_err err = {0};
		int rc = sl_track_settings_set_timeout(
		    rows[i].name, rows[i].ms, &err);

		assert_int_equal(rc, rows[i].want);
		assert_int_equal(err.text[0] != '\0', rc != 0);
		if (rc)
			continue;
		assert_int_equal(
		    sl_track_settings_get_timeout(rows[i].name, &ms), 0);
		assert_int_equal(ms, rows[i].ms);
	}
	/* a shared name is set wherever it occurs */
	s = sl_track_settings_own();
	assert_int_equal(s->timeout_ms[1][1], 7777);
	assert_int_equal(s->timeout_ms[2][0], 7777);
	assert_int_equal(
	    sl_track_settings_get_timeout("no-timeout", &ms), -ENOENT);
}

static void
timeouts_are_listed_once(void **state)
{
	struct sl_timeout_row row;
	unsigned cursor = 0;

	(void)state;
	assert_true(sl_track_settings_next_timeout(&cursor, &row));
	assert_string_equal(row.name, "own-timeout");
	assert_int_equal(row.ms, 1000);
	assert_int_equal(row.default_ms, 1000);
	assert_true(sl_track_settings_next_timeout(&cursor, &row));
	assert_string_equal(row.name, "shared-timeout");
	assert_false(sl_track_settings_next_timeout(&cursor, &row));
	assert_false(sl_track_settings_next_timeout(&cursor, &row));
}

static void
auto_follows_the_rules(void **state)
{
	static const struct {
		enum sl_track_enabled enabled;
		bool rules4, rules6, active4, active6;
	} rows[] = {
	    {SL_TRACK_AUTO, false, false, false, false},
	    {SL_TRACK_AUTO, true, false, true, false},
	    {SL_TRACK_AUTO, false, true, false, true},
	    {SL_TRACK_AUTO, true, true, true, true},
	    {SL_TRACK_ON, false, false, true, true},
	    {SL_TRACK_OFF, true, true, false, false},
	    {SL_TRACK_AUTO, true, true, true, true},
	};
	struct sl_err err = {0};

	(void)state;
	assert_int_equal(sl_track_settings_own()->enabled, SL_TRACK_AUTO);
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		const struct sl_track_settings *s;

		sl_track_settings_set_enabled(rows[i].enabled, &err);
		sl_track_settings_set_have_rules(SL_IPV4, rows[i].rules4, &err);
		sl_track_settings_set_have_rules(SL_IPV6, rows[i].rules6, &err);
		s = sl_track_settings_own();
		assert_int_equal(
		    sl_track_is_active(s, SL_IPV4), rows[i].active4);
		assert_int_equal(
		    sl_track_is_active(s, SL_IPV6), rows[i].active6);
	}
}

/* A reader's snapshot stays whole while control replaces it. */
static void
a_snapshot_outlives_its_successor(void **state)
{
	const struct sl_track_settings *old;
	struct sl_err err = {0};

	(void)state;
	sl_rcu_online();
	old = sl_track_settings_rcu();
	assert_true(old->loose);
	assert_int_equal(sl_track_settings_set_loose(false, &err), 0);
	assert_int_equal(sl_track_settings_set_liberal(true, &err), 0);
	assert_true(old->loose);
	assert_false(old->liberal);
	assert_false(sl_track_settings_rcu()->loose);
	assert_true(sl_track_settings_rcu()->liberal);
	sl_rcu_offline();
}

#define T(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(timeouts_are_set_by_name),
	    T(timeouts_are_listed_once),
	    T(auto_follows_the_rules),
	    T(a_snapshot_outlives_its_successor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
