/* SPDX-License-Identifier: Apache-2.0 */
#include <track/trackers.h>

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

static const struct sl_timeout timeouts[] = {{"t", 1, ""}, {NULL}};
static const char *const reasons[] = {"first", "second", NULL};
static const char *const states[] = {"none", "some", NULL};

static struct sl_tracker_ops
make_ops(const char *name, uint8_t l4proto, uint8_t families)
{
	return (struct sl_tracker_ops){
	    .size = sizeof(struct sl_tracker_ops),
	    .l4proto = l4proto,
	    .generic = l4proto == 0,
	    .families = families,
	    .name = name,
	    .timeouts = timeouts,
	    .reasons = reasons,
	    .states = states,
	    .key = any_key,
	    .open = any_open,
	    .update = any_update,
	};
}

static int
reset(void **state)
{
	(void)state;
	sl_role_enter(SL_ROLE_MAIN | SL_ROLE_WORKER, 3, "test");
	sl_trackers_clear();
	return 0;
}

static void
protocols_find_their_slot(void **state)
{
	/* in this order; generic (protocol 0) comes between */
	static const struct {
		const char *name;
		uint8_t l4proto, families;
		int want; /* 0: taken */
	} rows[] = {
	    {"a", 6, 3, 0},
	    {"other", 0, 3, 0},
	    {"b", 17, 1, 0},
	    {"c", 17, 2, 0},
	    {"d", 6, 2, -EEXIST},
	    {"e", 17, 3, -EEXIST},
	    {"other2", 0, 2, -EEXIST},
	};
	struct sl_err err = {0};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_tracker_ops ops =
		    make_ops(rows[i].name, rows[i].l4proto, rows[i].families);
		int rc = sl_trackers_add(&ops, NULL, &err);

		assert_int_equal(rc < 0 ? rc : 0, rows[i].want);
	}
	assert_int_equal(sl_trackers_count(), 5);
	assert_string_equal(
	    sl_trackers_ops(sl_trackers_find(SL_IPV6, 6))->name, "a");
	assert_string_equal(
	    sl_trackers_ops(sl_trackers_find(SL_IPV4, 17))->name, "b");
	assert_string_equal(
	    sl_trackers_ops(sl_trackers_find(SL_IPV6, 17))->name, "c");
	assert_string_equal(
	    sl_trackers_ops(sl_trackers_find(SL_IPV4, 255))->name, "other");
	assert_null(sl_trackers_taken(SL_IPV4, 255));
	assert_non_null(sl_trackers_taken(SL_IPV4, 6));
	sl_trackers_clear();
	assert_int_equal(sl_trackers_find(SL_IPV4, 6), SL_TRACKER_NONE);
}

static void
slots_are_bounded(void **state)
{
	struct sl_err err = {0};
	struct sl_tracker_ops ops;

	(void)state;
	for (unsigned i = 1; i < SL_TRACKERS_MAX; i++) {
		ops = make_ops("x", (uint8_t)i, 3);
		assert_int_equal(sl_trackers_add(&ops, NULL, &err), i);
	}
	ops = make_ops("x", 200, 3);
	assert_int_equal(sl_trackers_add(&ops, NULL, &err), -ENOSPC);
	ops.update = NULL;
	assert_int_equal(sl_trackers_add(&ops, NULL, &err), -EINVAL);
}

static uint64_t
count_of(const char *tracker, const char *reason)
{
	const char *t, *r;
	uint64_t packets;

	for (unsigned n = 0; sl_trackers_reason_at(n, &t, &r, &packets); n++)
		if (strcmp(t, tracker) == 0 && strcmp(r, reason) == 0)
			return packets;
	return UINT64_MAX;
}

static void
refusals_are_counted_by_name(void **state)
{
	struct sl_tracker_ops ops = make_ops("a", 6, 3);
	struct sl_err err = {0};
	uint64_t nonsense = count_of("ip", "tracker-failed");
	int slot;

	(void)state;
	slot = sl_trackers_add(&ops, NULL, &err);
	assert_true(slot > 0);
	sl_trackers_count_invalid((uint8_t)slot, 1);
	sl_trackers_count_invalid((uint8_t)slot, 1);
	sl_role_enter(SL_ROLE_WORKER, 4, "test");
	sl_trackers_count_invalid((uint8_t)slot, 1);
	assert_int_equal(count_of("a", "first"), 0);
	assert_int_equal(count_of("a", "second"), 3);
	assert_string_equal(
	    sl_trackers_reason_name((uint8_t)slot, 1), "second");

	/* a reason that the plugin does not have */
	sl_trackers_count_invalid((uint8_t)slot, 2);
	assert_int_equal(count_of("ip", "tracker-failed"), nonsense + 1);
	assert_string_equal(
	    sl_trackers_reason_name((uint8_t)slot, 2), "tracker-failed");

	assert_string_equal(sl_trackers_state_name((uint8_t)slot, 1), "some");
	assert_null(sl_trackers_state_name((uint8_t)slot, 2));
	assert_null(sl_trackers_state_name(SL_TRACKER_IP, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(protocols_find_their_slot, reset),
	    cmocka_unit_test_setup(slots_are_bounded, reset),
	    cmocka_unit_test_setup(refusals_are_counted_by_name, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
