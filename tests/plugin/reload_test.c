/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plugins that are loaded, replaced and unloaded while something uses them: a
 * session of a helper is a count, a connection of a tracker stands in a table.
 * Files are written over in place, as "cp" does it.
 */
#include <base/clock.h>
#include <base/hash.h>
#include <base/rcu.h>
#include <base/role.h>
#include <conn/shard.h>
#include <conn/table.h>
#include <plugin/loader.h>
#include <plugin/object.h>
#include <plugin/reload.h>
#include <plugin/tuning.h>
#include <related/helpers.h>
#include <track/settings.h>

#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define TRACKED	   253 /* the protocol of wrong.c */
#define LONG_AFTER (60 * SL_NS_PER_SEC)

static char base[64], helper_file[128], tracker_file[128];
static struct sl_table *table;

static void
copy(const char *from_case, const char *file, const char *to)
{
	char from[512], bytes[4096];
	FILE *in, *out;
	size_t n;

	snprintf(from, sizeof(from), "%s/%s/%s", WRONG_DIR, from_case, file);
	in = fopen(from, "rb");
	out = fopen(to, "wb");
	assert_non_null(in);
	assert_non_null(out);
	while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0)
		assert_int_equal(fwrite(bytes, 1, n, out), n);
	fclose(in);
	fclose(out);
}

static void
tick(void)
{
	/* A pass is as many ticks as it has slices; the next one begins anew. */
	for (unsigned i = 0; i < 8; i++)
		sl_plugins_tick(table, sl_now_ns() + LONG_AFTER);
}

static int
setup(void **state)
{
	char folder[80];
	struct sl_err err = {0};

	(void)state;
	snprintf(base, sizeof(base), "/tmp/sluice-reload-XXXXXX");
	if (!mkdtemp(base))
		return -1;
	snprintf(folder, sizeof(folder), "%s/helpers", base);
	mkdir(folder, 0755);
	snprintf(helper_file, sizeof(helper_file), "%s/wrong.so", folder);
	snprintf(folder, sizeof(folder), "%s/trackers", base);
	mkdir(folder, 0755);
	snprintf(tracker_file, sizeof(tracker_file), "%s/other.so", folder);
	copy("both", "helpers/helper.so", helper_file);
	copy("both", "trackers/tracker.so", tracker_file);
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_clock_use_virtual();
	sl_hash_init();
	sl_rcu_register();
	table = sl_table_new(1, 1000, &err);
	assert_non_null(table);
	assert_int_equal(sl_plugins_load(base, &err), 0);
	return 0;
}

static int
teardown(void **state)
{
	char folder[80];

	(void)state;
	sl_rcu_drain();
	sl_table_free(table);
	sl_plugins_unload();
	sl_rcu_unregister();
	unlink(helper_file);
	unlink(tracker_file);
	snprintf(folder, sizeof(folder), "%s/helpers", base);
	rmdir(folder);
	snprintf(folder, sizeof(folder), "%s/trackers", base);
	rmdir(folder);
	rmdir(base);
	return 0;
}

static unsigned
count_outgoing(void)
{
	struct sl_plugin_info info;
	unsigned n = 0;

	for (unsigned i = 0; sl_plugins_at(i, &info); i++)
		n += info.is_outgoing;
	return n;
}

static struct sl_helper *
current(void)
{
	return sl_helpers_own(sl_helpers_number("wrong", false));
}

static void
sessions_go_on_with_the_same_layout(void **state)
{
	struct sl_helper *old = current(), *fresh;
	struct sl_err err = {0};

	(void)state;
	old->use[0].sessions = 1000;
	assert_int_equal(sl_plugins_reload("wrong", &err), 0);
	fresh = current();
	assert_ptr_not_equal(fresh, old);
	assert_ptr_not_equal(fresh->ops.data, old->ops.data);
	assert_ptr_equal(sl_rcu_own(&old->successor), fresh);
	tick();
	assert_int_equal(count_outgoing(), 1); /* they have not moved yet */
	assert_int_equal(old->ops.data(NULL), SL_HELP_PASS);
	fresh->use[0].sessions = 1000;
	old->use[0].sessions = 0;
	tick();
	assert_int_equal(count_outgoing(), 0);
	assert_int_equal(fresh->ops.data(NULL), SL_HELP_PASS);
}

static void
sessions_finish_on_another_layout(void **state)
{
	struct sl_helper *old = current(), *fresh;
	struct sl_err err = {0};

	(void)state;
	old->use[0].sessions = 1;
	old->use[1].expectations = 1;
	copy("version2", "trackers/wrong.so", helper_file);
	assert_int_equal(old->ops.data(NULL), SL_HELP_PASS); /* our own copy */
	assert_int_equal(sl_plugins_reload("wrong", &err), 0);
	fresh = current();
	assert_int_equal(fresh->ops.priv_version, 2);
	assert_null(sl_rcu_own(&old->successor));
	old->use[0].sessions = 0;
	tick();
	assert_int_equal(count_outgoing(), 1);
	old->use[1].expectations = 0;
	tick();
	assert_int_equal(count_outgoing(), 0);
}

static void
a_bad_file_changes_nothing(void **state)
{
	static const struct {
		const char *of, *want;
	} rows[] = {
	    {"magic", "magic is 0x00001234, wanted"},
	    {"pair", NULL}, /* its trackers/a.so is good, and a tracker */
	    {"helper-priv", "wants 257 private bytes"},
	    {"check", "its own defaults do not pass"},
	};
	struct sl_helper *old = current();

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_err err = {0};

		copy(rows[i].of,
		    rows[i].want ? "trackers/wrong.so" : "trackers/a.so",
		    helper_file);
		assert_int_not_equal(sl_plugins_reload("wrong", &err), 0);
		assert_non_null(strstr(err.text, helper_file));
		if (rows[i].want)
			assert_non_null(strstr(err.text, rows[i].want));
		else
			assert_non_null(
			    strstr(err.text, "wants protocol 253, which"));
		assert_ptr_equal(current(), old);
		assert_int_equal(old->ops.data(NULL), SL_HELP_PASS);
		assert_int_equal(count_outgoing(), 0);
	}
}

static void
a_missing_file_changes_nothing(void **state)
{
	struct sl_helper *old = current();
	struct sl_err err = {0};

	(void)state;
	unlink(helper_file);
	assert_int_equal(sl_plugins_reload("wrong", &err), -ENOENT);
	assert_ptr_equal(current(), old);
}

static void
unloading_waits_for_sessions(void **state)
{
	struct sl_helper *old = current();
	struct sl_err err = {0};
	const char *name;

	(void)state;
	old->use[0].sessions = 1;
	assert_int_equal(sl_plugins_remove("wrong", &err), 0);
	assert_null(current());
	sl_rcu_online();
	assert_null(sl_helpers_at_rcu(SL_IPV4, IPPROTO_TCP, 2121));
	sl_rcu_offline();
	tick();
	assert_int_equal(count_outgoing(), 1);
	assert_int_equal(old->ops.data(NULL), SL_HELP_PASS);
	/* Again before they are gone: another copy. */
	assert_int_equal(sl_plugins_add(helper_file, &name, &err), 0);
	assert_string_equal(name, "wrong");
	assert_ptr_equal(sl_rcu_own(&old->successor), current());
	old->use[0].sessions = 0;
	tick();
	assert_int_equal(count_outgoing(), 0);
	assert_int_equal(sl_plugins_add(helper_file, &name, &err), -EEXIST);
	err = (struct sl_err){0};
	assert_int_equal(sl_plugins_remove("other", &err), -EBUSY);
	err = (struct sl_err){0};
	assert_int_equal(sl_plugins_remove("nobody", &err), -ENOENT);
}

static void
what_was_set_stays(void **state)
{
	struct sl_err err = {0};

	(void)state;
	assert_int_equal(sl_tuning_set("wrong", "data-max", "9", &err), 0);
	assert_int_equal(sl_tuning_set("wrong", "data-timeout", "1m", &err), 0);
	assert_int_equal(sl_tuning_commit(sl_plugins_find("wrong"), &err), 0);
	assert_int_equal(sl_helper_class_max(current(), 0), 9);
	assert_int_equal(sl_plugins_reload("wrong", &err), 0);
	assert_int_equal(sl_helper_class_max(current(), 0), 9);
	assert_int_equal(sl_helper_class_timeout_ms(current(), 0), 60000);
}

/* A connection with the tracker of protocol 253, in the table. */
static struct sl_conn *
open_conn(void)
{
	struct sl_tuple t = {.l4proto = TRACKED, .family = SL_IPV4};
	struct sl_shard *shard = sl_table_shard(table, 0);
	enum sl_drop_reason why;
	struct sl_conn *c;
	struct sl_tuple reply;

	t.src.u.w[0] = htonl(0x0a000001);
	t.dst.u.w[0] = htonl(0x0a000002);
	sl_tuple_invert(&t, &reply);
	c = sl_shard_alloc(shard, &t, sl_now_ns(), &why);
	assert_non_null(c);
	sl_conn_set_tuple(c, SL_REPLY, &reply);
	c->tracker = sl_trackers_find(SL_IPV4, TRACKED);
	sl_store_relaxed(&c->deadline_ns, UINT64_MAX);
	assert_int_equal(sl_shard_insert(shard, c, sl_now_ns()), 0);
	return c;
}

static void
connections_keep_their_tracker(void **state)
{
	uint8_t slot = sl_trackers_find(SL_IPV4, TRACKED), next;
	struct sl_err err = {0};
	struct sl_conn *c;

	(void)state;
	sl_rcu_online();
	c = open_conn();
	sl_rcu_offline();

	/* The same layout: the same slot. */
	assert_int_equal(sl_plugins_reload("other", &err), 0);
	assert_int_equal(sl_trackers_find(SL_IPV4, TRACKED), slot);
	tick();
	assert_int_equal(count_outgoing(), 0);

	/* Another: a slot of its own, until the connection is gone. */
	copy("other2", "trackers/tracker.so", tracker_file);
	assert_int_equal(sl_plugins_reload("other", &err), 0);
	next = sl_trackers_find(SL_IPV4, TRACKED);
	assert_int_not_equal(next, slot);
	assert_int_equal(sl_trackers_ops(next)->priv_version, 2);
	assert_int_equal(sl_track_settings_own()->timeout_ms[next][0], 1000);
	tick();
	assert_int_equal(count_outgoing(), 1);
	assert_int_equal(sl_trackers_ops(c->tracker)->priv_version, 0);
	sl_rcu_online();
	sl_shard_remove(sl_table_shard(table, 0), c, SL_COUNTER_CONN_REMOVED);
	sl_rcu_offline();
	tick();
	assert_int_equal(count_outgoing(), 0);
	assert_null(sl_trackers_ops(slot)->key);

	/* What does not track the same is no successor. */
	copy("pair", "trackers/c.so", tracker_file);
	assert_int_equal(sl_plugins_reload("other", &err), -EINVAL);
	assert_int_equal(sl_trackers_find(SL_IPV4, TRACKED), next);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(sessions_go_on_with_the_same_layout),
	    TEST(sessions_finish_on_another_layout),
	    TEST(a_bad_file_changes_nothing),
	    TEST(a_missing_file_changes_nothing),
	    TEST(unloading_waits_for_sessions),
	    TEST(what_was_set_stays),
	    TEST(connections_keep_their_tracker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
