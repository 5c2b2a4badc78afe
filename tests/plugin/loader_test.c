/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <base/rcu.h>
#include <base/role.h>
#include <plugin/loader.h>
#include <related/helpers.h>
#include <track/settings.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* WRONG_DIR/CASE/trackers/wrong.so, built by CMakeLists.txt: what lies among the
 * trackers may be a helper. */
static const struct {
	const char *dir, *want; /* of the message, after the file */
} wrong[] = {
    {"magic", "magic is 0x00001234, wanted 0x534c5047"},
    {"major", "ABI major is 9, wanted 1"},
    {"minor", "ABI minor is 9, wanted at most 1"},
    {"size", "descriptor size is 12, wanted 80 to 4096"},
    {"layout", "layout is 0x00000001, wanted 0x"},
    {"name", "plugin name is \"Wrong!\", wanted [a-z][a-z0-9-]{0,14}"},
    {"long-name", "plugin name is \"aaaaaaaaaaaaaaaa\", wanted"},
    {"no-version", "version or summary is NULL, wanted text"},
    {"no-trackers", "plugin brings nothing, wanted trackers or helpers"},
    {"many-trackers", "number of trackers is 9, wanted at most 8"},
    {"symbol", "symbol sl_plugin_query is missing, wanted it"},
#if !defined(SLUICE_SANITIZED)
    {"constructor", "has a constructor, wanted none"},
    {"destructor", "has a destructor, wanted none"},
    {"data", "bytes of writable data, wanted at most the"},
    {"bss", "bytes of writable data, wanted at most the"},
    {"thread-local", "has thread-local data, wanted none"},
    {"export", "exports wrong_export, wanted sl_plugin_query alone"},
    {"import", "imports malloc, wanted nothing but plain functions of libc"},
    {"needed", "needs libm.so.6, wanted nothing but libc"},
    {"stack", "wants an executable stack, wanted a plain one"},
#endif
    {"tracker-size", "tracker size is 8, wanted"},
    {"tracker-name", "tracker name is \"\", wanted [a-z]"},
    {"families", "tracker wrong has families 4, wanted 1 to 3"},
    {"protocol", "tracker wrong has protocol 0, wanted one"},
    {"priv", "tracker wrong wants 49 private bytes, wanted at most 48"},
    {"no-open", "tracker wrong lacks open(), wanted key, open and update"},
    {"timeout", "default of wrong-timeout is 0, wanted more"},
    {"csum-off", "tracker wrong has a layout field outside its header"},
    {"one-id", "tracker wrong names one id, wanted both or none"},
    {"receiver-id", "tracker wrong names other ids than the receiver's"},
    {"no-receiver-id", "tracker wrong names other ids than the receiver's"},
    {"twice", "tracker wrong wants protocol 253, which tracker wrong has "
	      "already"},
    {"helper-size", "helper size is 8, wanted"},
    {"helper-name", "helper name is \"a_b\", wanted [a-z][a-z0-9-]{0,14}"},
    {"helper-flags", "helper wrong has flags 0x83, wanted 0x3 at most"},
    {"helper-families", "helper wrong has families 0, wanted 1 to 3"},
    {"helper-priv", "helper wrong wants 257 private bytes, wanted at most 256"},
    {"helper-hold", "helper wrong holds 16385 bytes, wanted at most 16384"},
    {"helper-hold-udp", "helper wrong holds bytes of no stream, wanted "
			"SL_HELP_STREAM or hold_max 0"},
    {"helper-data", "helper wrong lacks data(), wanted it"},
    {"helper-ports", "helper wrong has more ports, wanted at most 8"},
    {"helper-sctp", "helper wrong has a port of protocol 132, wanted 6 or 17"},
    {"helper-port0", "helper wrong has port 0, wanted 1 to 65535"},
    {"helper-classes", "helper wrong has more classes, wanted at most 8"},
    {"helper-class", "class of helper wrong is \"Data\", wanted [a-z]"},
    {"helper-max", "class data of helper wrong has max 0, wanted 1 to 65536"},
    {"helper-timeout", "timeout of class data of helper wrong is 0, wanted"},
    {"helper-counter", "counter of helper wrong is \"Bad one\", wanted [a-z]"},
    {"helper-twice", "helper name is \"wrong\", which is taken already"},
    {"default",
	"its own defaults are wrong: value of depth out of range (1..9)"},
    {"option-off", "option depth is at 4096, wanted a place in 24 bytes"},
    {"check", "its own defaults do not pass its check: two options contradict "
	      "each other"},
};

static int
setup(void **state)
{
	(void)state;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_rcu_register();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	sl_rcu_unregister();
	return 0;
}

static bool
is_loaded(const char *name)
{
	struct sl_plugin_info info;

	for (unsigned i = 0; sl_plugins_at(i, &info); i++)
		if (info.object && strcmp(info.name, name) == 0)
			return true;
	return false;
}

static void
our_own_are_loaded(void **state)
{
	static const struct {
		uint8_t family, l4proto;
		const char *name;
	} rows[] = {
	    {SL_IPV4, IPPROTO_TCP, "tcp"},
	    {SL_IPV6, IPPROTO_TCP, "tcp"},
	    {SL_IPV4, IPPROTO_UDP, "udp"},
	    {SL_IPV6, IPPROTO_UDP, "udp"},
	    {SL_IPV4, IPPROTO_ICMP, "icmp"},
	    {SL_IPV6, IPPROTO_ICMP, "generic"},
	    {SL_IPV6, IPPROTO_ICMPV6, "icmpv6"},
	    {SL_IPV4, IPPROTO_ICMPV6, "generic"},
	    {SL_IPV4, IPPROTO_GRE, "gre"},
	    {SL_IPV6, IPPROTO_GRE, "gre"},
	    {SL_IPV4, IPPROTO_ESP, "generic"},
	    {SL_IPV4, IPPROTO_SCTP, "sctp"},
	    {SL_IPV6, IPPROTO_DCCP, "dccp"},
	    {SL_IPV4, IPPROTO_UDPLITE, "udp-lite"},
	    {SL_IPV6, 0, "generic"},
	};
	static const char *const files[] = {"dccp", "generic", "icmp", "icmpv6",
	    "sctp", "tcp", "udp", "udplite"};
	struct sl_plugin_info info;
	struct sl_err err = {0};

	(void)state;
	assert_int_equal(sl_plugins_load(NULL, &err), 0);
	for (unsigned i = 0; i < SL_COUNT_OF(files); i++)
		assert_true(is_loaded(files[i]));
	for (unsigned i = 0; sl_plugins_at(i, &info); i++) {
		assert_null(info.why);
		assert_non_null(info.version);
	}
	assert_int_equal(sl_plugins_lack(&err), 0);
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++)
		assert_string_equal(
		    sl_trackers_ops(
			sl_trackers_find(rows[i].family, rows[i].l4proto))
			->name,
		    rows[i].name);
	sl_plugins_unload();
	assert_int_equal(
	    sl_trackers_find(SL_IPV4, IPPROTO_TCP), SL_TRACKER_NONE);
	assert_false(sl_plugins_at(0, &info));
	assert_null(sl_track_settings_own());
}

static void
defaults_are_the_documented_ones(void **state)
{
	static const struct {
		const char *name;
		uint32_t s;
	} rows[] = {
	    {"tcp-syn-sent-timeout", 5},
	    {"tcp-syn-received-timeout", 5},
	    {"tcp-established-timeout", 24 * 60 * 60},
	    {"tcp-fin-wait-timeout", 10},
	    {"tcp-close-wait-timeout", 10},
	    {"tcp-last-ack-timeout", 10},
	    {"tcp-time-wait-timeout", 10},
	    {"tcp-close-timeout", 10},
	    {"tcp-max-retrans-timeout", 5 * 60},
	    {"tcp-unacked-timeout", 5 * 60},
	    {"udp-timeout", 10},
	    {"udp-stream-timeout", 3 * 60},
	    {"icmp-timeout", 10},
	    {"generic-timeout", 10 * 60},
	    {"sctp-timeout", 10},
	    {"sctp-cookie-wait-timeout", 3},
	    {"sctp-cookie-echoed-timeout", 3},
	    {"sctp-established-timeout", 210},
	    {"sctp-shutdown-timeout", 3},
	    {"sctp-shutdown-ack-timeout", 3},
	    {"sctp-closed-timeout", 10},
	    {"sctp-heartbeat-timeout", 30},
	    {"gre-timeout", 30},
	    {"gre-stream-timeout", 3 * 60},
	    {"gre-call-timeout", 5 * 60 * 60},
	    {"dccp-timeout", 4 * 60},
	    {"dccp-request-timeout", 4 * 60},
	    {"dccp-respond-timeout", 8 * 60},
	    {"dccp-partopen-timeout", 8 * 60},
	    {"dccp-open-timeout", 12 * 60 * 60},
	    {"dccp-close-req-timeout", 64},
	    {"dccp-closing-timeout", 64},
	    {"dccp-time-wait-timeout", 4 * 60},
	};
	struct sl_timeout_row row;
	struct sl_err err = {0};
	unsigned cursor = 0, n = 0;
	uint32_t ms;

	(void)state;
	assert_int_equal(sl_plugins_load(NULL, &err), 0);
	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		assert_int_equal(
		    sl_track_settings_get_timeout(rows[i].name, &ms), 0);
		assert_int_equal(ms, rows[i].s * 1000);
	}
	while (sl_track_settings_next_timeout(&cursor, &row)) {
		assert_int_equal(row.ms, row.default_ms);
		n++;
	}
	assert_int_equal(n, SL_COUNT_OF(rows)); /* each name once */
	assert_int_equal(sl_track_settings_own()->enabled, SL_TRACK_AUTO);
	assert_true(sl_track_settings_own()->loose);
	assert_false(sl_track_settings_own()->liberal);
	sl_plugins_unload();
}

static void
mistakes_are_named(void **state)
{
	struct sl_plugin_info info;

	(void)state;
	for (unsigned i = 0; i < SL_COUNT_OF(wrong); i++) {
		char dir[512];
		struct sl_err err = {0};

		snprintf(dir, sizeof(dir), "%s/%s", WRONG_DIR, wrong[i].dir);
		assert_int_not_equal(sl_plugins_load(dir, &err), 0);
		if (!strstr(err.text, wrong[i].want))
			fail_msg("%s: want \"%s\", got \"%s\"", wrong[i].dir,
			    wrong[i].want, err.text);
		assert_true(sl_plugins_at(0, &info));
		assert_null(info.object);
		assert_string_equal(info.why, err.text);
		assert_non_null(strstr(info.why, "wrong.so: "));
		assert_int_equal(sl_trackers_count(), 1);
		sl_plugins_unload();
	}
}

static void
gets_its_options(const char *dir)
{
	static const uint8_t l4[8];
	struct sl_pkt_view view = harness_view(SL_IPV4, 253, l4, 8);
	struct sl_err err = {0};
	struct harness h;
	bool restarted;

	assert_int_equal(sl_plugins_load(dir, &err), 0);
	harness_start(&h, SL_IPV4, 253);
	h.ctx.options = h.tracker->options;
	assert_int_equal(
	    harness_packet(&h, &view, SL_ORIG, &restarted), SL_TRACK_VALID);
	sl_plugins_unload();
}

static void
a_good_one_gets_its_options(void **state)
{
	(void)state;
	gets_its_options(WRONG_DIR "/none");
}

/* Built when the ABI was 1.0: what it does not have is zero. */
static void
an_older_one_is_good(void **state)
{
	(void)state;
	gets_its_options(WRONG_DIR "/minor0");
}

/* Helpers lie in a folder of their own; which is only where to look. */
static void
helpers_are_loaded(void **state)
{
	struct sl_err err = {0};
	struct sl_helper *h;

	(void)state;
	assert_int_equal(sl_plugins_load(WRONG_DIR "/both", &err), 0);
	assert_true(is_loaded("wrong"));
	assert_true(is_loaded("other"));
	sl_rcu_online();
	h = sl_helpers_at_rcu(SL_IPV4, IPPROTO_TCP, 2121);
	assert_non_null(h);
	assert_string_equal(sl_helpers_name(h->number), "wrong");
	assert_null(sl_helpers_at_rcu(SL_IPV6, IPPROTO_TCP, 2121));
	assert_null(sl_helpers_at_rcu(SL_IPV4, IPPROTO_UDP, 2121));
	sl_rcu_offline();
	assert_int_equal(sl_plugins_lack(&err), -ENOENT);
	assert_string_equal(err.text, "no plugin tracks tcp of IPv4");
	sl_plugins_unload();
	sl_rcu_online();
	assert_null(sl_helpers_at_rcu(SL_IPV4, IPPROTO_TCP, 2121));
	sl_rcu_offline();
}

/* One bad file does not keep the others out, but is reported. */
static void
a_second_claim_is_refused(void **state)
{
	struct sl_plugin_info info;
	struct sl_err err = {0};

	(void)state;
	assert_int_equal(sl_plugins_load(WRONG_DIR "/pair", &err), -EEXIST);
	assert_true(sl_plugins_at(0, &info));
	assert_string_equal(info.name, "wrong");
	assert_true(sl_plugins_at(1, &info));
	assert_non_null(info.why);
	assert_non_null(strstr(
	    info.why, "wants protocol 253, which tracker wrong has already"));
	assert_true(sl_plugins_at(2, &info));
	assert_non_null(strstr(info.why, "plugin name is \"wrong\", which"));
	assert_int_equal(sl_trackers_count(), 2);
	sl_plugins_unload();
}

static void
folders_are_checked(void **state)
{
	char base[] = "/tmp/sluice-loader-XXXXXX", folder[64], file[80];
	struct sl_err err = {0};
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(base));
	snprintf(folder, sizeof(folder), "%s/trackers", base);
	snprintf(file, sizeof(file), "%s/x.so", folder);

	assert_int_equal(sl_plugins_load(base, &err), -ENOENT);
	sl_plugins_unload();

	assert_int_equal(mkdir(folder, 0755), 0);
	err = (struct sl_err){0};
	assert_int_equal(sl_plugins_load(base, &err), -ENOENT);
	assert_non_null(strstr(err.text, "no plugin there"));
	sl_plugins_unload();

	assert_int_equal(chmod(folder, 0777), 0);
	err = (struct sl_err){0};
	assert_int_equal(sl_plugins_load(base, &err), -EACCES);
	assert_non_null(strstr(err.text, "mode is 0777"));
	sl_plugins_unload();

	assert_int_equal(chmod(folder, 0755), 0);
	f = fopen(file, "w");
	assert_non_null(f);
	fputs("not an object", f);
	fclose(f);
	err = (struct sl_err){0};
	assert_int_equal(sl_plugins_load(base, &err), -EINVAL);
	assert_non_null(strstr(err.text, "is no ELF file, wanted one"));
	sl_plugins_unload();

	assert_int_equal(chmod(file, 0666), 0);
	err = (struct sl_err){0};
	assert_int_equal(sl_plugins_load(base, &err), -EACCES);
	assert_non_null(strstr(err.text, "x.so: mode is 0666"));
	sl_plugins_unload();

	unlink(file);
	rmdir(folder);
	rmdir(base);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(our_own_are_loaded),
	    cmocka_unit_test(defaults_are_the_documented_ones),
	    cmocka_unit_test(mistakes_are_named),
	    cmocka_unit_test(a_good_one_gets_its_options),
	    cmocka_unit_test(an_older_one_is_good),
	    cmocka_unit_test(helpers_are_loaded),
	    cmocka_unit_test(a_second_claim_is_refused),
	    cmocka_unit_test(folders_are_checked),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
