/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations as users bring them, read by the router's own menus. */
#include <script/session.h>

#include <base/role.h>
#include <menu/ethernet.h>
#include <menu/export.h>
#include <menu/interface_names.h>
#include <menu/registry.h>
#include <menu/tx.h>
#include <script/blame.h>
#include <script/session_state.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "configs.h"

static void
keep_quiet(
    struct sl_model *model, const struct sl_place *place, const char *text)
{
	(void)model;
	(void)place;
	(void)text;
}

/* Checks a text as a file; its mistakes, one a line, without the file. */
static void
check(const char *config, size_t len, struct sl_text *mistakes)
{
	static const char *const ports[] = {"bridge", "ether1"};
	char path[] = "/tmp/sluice-config-XXXXXX";
	struct sl_errors errors = {0};
	struct sl_err err = {0};
	struct sl_model *model = sl_model_new(sl_menu_registry, NULL, &err);
	struct sl_session *s;
	int fd = mkstemp(path);

	assert_non_null(model);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, config, len), len);
	close(fd);
	model->warn = keep_quiet;
	for (size_t i = 0; i < SL_COUNT_OF(ports); i++)
		sl_interface_names_add(
		    model->interfaces, ports[i], SL_INTERFACE_NETDEV);
	s = sl_session_new(model, NULL, &err);
	assert_non_null(s);
	sl_session_check_file(s, path, &errors);
	for (size_t i = 0; i < errors.n; i++)
		sl_text_printf(mistakes, "%u:%u %s\n",
		    errors.list[i].place.line, errors.list[i].place.column,
		    errors.list[i].text);
	sl_errors_fini(&errors);
	sl_session_free(s);
	sl_model_free(model);
	unlink(path);
}

static void
factory_config_is_right(void **state)
{
	struct sl_text mistakes = {0};

	(void)state;
	check(config_factory, sizeof(config_factory) - 1, &mistakes);
	assert_string_equal(sl_text_str(&mistakes), "");
	sl_text_free(&mistakes);
}

static void
manual_has_one_open_quote(void **state)
{
	struct sl_text mistakes = {0};

	(void)state;
	check(config_manual, sizeof(config_manual) - 1, &mistakes);
	assert_string_equal(
	    sl_text_str(&mistakes), "3:86 missing closing quote\n");
	sl_text_free(&mistakes);
}

static void
wrong_rules_are_named(void **state)
{
	static const char config[] =
	    "/ip firewall filter\n"
	    "add chain=forward action=masquarade\n"
	    "add chain=forward dst-port=80\n"
	    "add chain=forward protocol=tcp dst-port=80,70000\n"
	    "add chain=forward in-interface-list=nowhere\n"
	    "add chain=forward connection-sate=new\n"
	    "add action=jump chain=forward\n"
	    "/ip firewall filtre\n"
	    "add chain=forward\n"
	    "/ip firewall nat\n"
	    "add chain=srcnat action=masquerade out-interface-list=WAN\n";
	static const char want[] =
	    "2:19 input does not match any value of action\n"
	    "3:1 failure: ports can be specified if proto is "
	    "tcp,udp,udp-lite,dccp,sctp\n"
	    "4:32 value of range out of range (0..65535)\n"
	    "5:19 input does not match any value of in-interface-list\n"
	    "6:19 expected end of command\n"
	    "7:1 failure: no target chain specified\n"
	    "8:14 bad command name filtre\n"
	    "11:36 input does not match any value of out-interface-list\n";
	struct sl_text mistakes = {0};

	(void)state;
	check(config, sizeof(config) - 1, &mistakes);
	assert_string_equal(sl_text_str(&mistakes), want);
	sl_text_free(&mistakes);
}

/* What exports of real routers have and once did not load. */
static void
wild_lines_load(void **state)
{
	static const char *const lines[] = {
	    "/interface ethernet\nset [ find default-name=ether1 ] "
	    "name=ether1-uplink-to-the-tower\n",
	    "/interface bridge add name=a-bridge-for-every-guest\n"
	    "/interface vlan add name=vlan130-all-our-guests vlan-id=130 "
	    "interface=a-bridge-for-every-guest\n"
	    "/ip address add address=192.0.2.1/24 "
	    "interface=vlan130-all-our-guests\n"
	    "/ip firewall filter add chain=input action=accept "
	    "in-interface=vlan130-all-our-guests\n",
	    "/interface set ether7 name=spare comment=x\n"
	    "/interface disable spare\n",
	    "/interface\nset numbers=ether3 name=wan\n"
	    "/ip firewall nat add chain=srcnat action=masquerade "
	    "out-interface=wan\n",
	    "/interface bridge add name=b\n/interface set b comment=x\n",
	    "/ip arp add address=192.0.2.9 interface=ether1 "
	    "mac-address=02:00:00:00:00:01\n",
	    "/system lcd\nset enabled=no\n/system lcd page\n"
	    "set time disabled=yes display-time=5s\n",
	    "/tool mac-server ping\nset enabled=no\n"
	    "/tool mac-server ping set enabled=no\n",
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(lines); i++) {
		struct sl_text mistakes = {0};

		check(lines[i], strlen(lines[i]), &mistakes);
		if (mistakes.len)
			fail_msg("%s%s", lines[i], mistakes.s);
		sl_text_free(&mistakes);
	}
}

/* The table of ports has an end, and the line that goes beyond it a number. */
static void
one_port_too_many(void **state)
{
	struct sl_text config = {0}, mistakes = {0};

	(void)state;
	sl_text_adds(&config, "/interface list add name=A\n/ip address\n");
	for (unsigned i = 1; i <= 256; i++)
		sl_text_printf(&config,
		    "add address=10.%u.%u.1/24 interface=ether%u\n", i / 256,
		    i % 256, i);
	sl_text_adds(&config, "add address=10.2.0.1/24 interface=ether256\n"
			      "add address=10.3.0.1/24 interface=ether257\n"
			      "/ipv6 address\n"
			      "add address=2001:db8::1/64 interface=ether256\n"
			      "add address=2001:db8::1/64 interface=ether258\n"
			      "/interface list member\n"
			      "add interface=ether256 list=A\n"
			      "add interface=ether259 list=A\n");
	check(config.s, config.len, &mistakes);
	assert_string_equal(sl_text_str(&mistakes),
	    "260:1 failure: more than 256 interfaces in use\n"
	    "263:1 failure: more than 256 interfaces in use\n"
	    "266:1 failure: more than 256 interfaces in use\n");
	sl_text_free(&config);
	sl_text_free(&mistakes);
}

/* Forty lists, each of which includes all before it: a billion ways down. */
static void
lists_in_lists(void **state)
{
	struct sl_text config = {0}, mistakes = {0};

	(void)state;
	sl_text_adds(&config, "/interface list\nadd name=L0\n");
	for (unsigned i = 1; i < 40; i++) {
		sl_text_printf(&config, "add name=L%u include=L0", i);
		for (unsigned j = 1; j < i; j++)
			sl_text_printf(&config, ",L%u", j);
		sl_text_adds(&config, "\n");
	}
	sl_text_adds(&config,
	    "set L0 include=L39\n"
	    "member add list=L0 interface=ether1\n"
	    "/ip firewall filter\n"
	    "add chain=input action=drop in-interface-list=L39\n");
	check(config.s, config.len, &mistakes);
	assert_string_equal(sl_text_str(&mistakes),
	    "42:1 failure: list would contain itself\n");
	sl_text_free(&config);
	sl_text_free(&mistakes);
}

/* Whole exports of routers, made up but for their shape: a home with RouterOS
 * 6, one with 7, an office; and everything that can be set. */
static const char *const exports[] = {
    "home-v6.rsc", "home-v7.rsc", "office-v7.rsc", "settings.rsc"};

static const char *
path_of(const char *file)
{
	static char path[512];

	snprintf(path, sizeof(path), "%.*sexports/%s",
	    (int)(strrchr(__FILE__, '/') + 1 - __FILE__), __FILE__, file);
	return path;
}

static char *
read_export(const char *file, size_t *len)
{
	struct sl_err err = {0};
	char *text;

	if (sl_session_read_file(path_of(file), &text, len, &err))
		fail_msg("%s", err.text);
	text = realloc(text, *len + 1);
	assert_non_null(text);
	text[*len] = '\0';
	return text;
}

/* A menu, or an item, is complained of once. */
static void
take_warning(
    struct sl_model *model, const struct sl_place *place, const char *text)
{
	struct sl_text *said = model->warn_arg, line = {0};

	(void)place;
	sl_text_printf(&line, "\n%s\n", text);
	if (strstr(sl_text_str(said), sl_text_str(&line)))
		fail_msg("%s: said again", text);
	sl_text_adds(said, sl_text_str(&line));
	sl_text_free(&line);
}

static struct sl_model *
new_router(struct sl_text *said)
{
	static const char *const netdevs[] = {"ether1", "ether2", "ether3",
	    "ether4", "ether5", "ether6", "ether7", "ether8", "sfp-sfpplus1"};
	struct sl_err err = {0};
	struct sl_model *model = sl_model_new(sl_menu_registry, NULL, &err);

	assert_non_null(model);
	model->warn = take_warning;
	model->warn_arg = said;
	for (size_t i = 0; i < SL_COUNT_OF(netdevs); i++)
		assert_int_equal(
		    sl_ethernet_declare(model, netdevs[i], &err), 0);
	return model;
}

static void
exports_load(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(exports); i++) {
		struct sl_text said = {0};
		struct sl_model *model = new_router(&said);
		struct sl_errors errors = {0};
		struct sl_err err = {0};
		struct sl_session *s = sl_session_new(model, NULL, &err);

		sl_session_check_file(s, path_of(exports[i]), &errors);
		for (size_t e = 0; e < errors.n; e++)
			print_message("%s:%u:%u: %s\n", exports[i],
			    errors.list[e].place.line,
			    errors.list[e].place.column, errors.list[e].text);
		assert_int_equal(errors.total, 0);
		sl_errors_fini(&errors);
		sl_session_free(s);
		sl_model_free(model);
		sl_text_free(&said);
	}
}

static int
keep_text(struct sl_out *out, const char *data, size_t len)
{
	sl_text_add(out->arg, data, len);
	return 0;
}

/* Runs a text on a fresh router and exports it, without the line of the date. */
static void
export_of(const char *text, size_t len, bool verbose, struct sl_text *out)
{
	struct sl_export how = {.verbose = verbose};
	struct sl_out sink = {.write = keep_text, .arg = out};
	struct sl_text said = {0};
	struct sl_model *model = new_router(&said);
	struct sl_err err = {0};
	struct sl_session *s = sl_session_new(model, NULL, &err);

	/* Inside of a transaction nothing asks for the engine. */
	assert_int_equal(sl_tx_begin(model, &err), 0);
	if (sl_session_run(s, text, len, "export", &err))
		fail_msg(
		    "%u:%u %s", err.place.line, err.place.column, err.text);
	assert_int_equal(sl_export_run(model->root, &how, &sink, &err), 0);
	sl_tx_rollback(model);
	sl_out_fini(&sink);
	sl_session_free(s);
	sl_model_free(model);
	sl_text_free(&said);
}

/* Fails with the first line that differs, behind that of the date. */
static void
compare(const struct sl_text *a, const struct sl_text *b)
{
	const char *p = strchr(sl_text_str(a), '\n') + 1;
	const char *q = strchr(sl_text_str(b), '\n') + 1;

	while (*p || *q) {
		size_t n = strcspn(p, "\n"), m = strcspn(q, "\n");

		if (n != m || memcmp(p, q, n))
			fail_msg("%.*s\n%.*s", (int)n, p, (int)m, q);
		p += n + (p[n] != '\0');
		q += m + (q[m] != '\0');
	}
}

static void
exports_come_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * SL_COUNT_OF(exports); i++) {
		struct sl_text once = {0}, twice = {0};
		bool verbose = i % 2;
		size_t len;
		char *text = read_export(exports[i / 2], &len);

		export_of(text, len, verbose, &once);
		export_of(once.s, once.len, verbose, &twice);
		compare(&once, &twice);
		sl_text_free(&once);
		sl_text_free(&twice);
		free(text);
	}
}

/* What is set comes out as it was written. */
static void
settings_are_exported(void **state)
{
	struct sl_text out = {0};
	char *text, *line, *save = NULL;
	size_t len;

	(void)state;
	text = read_export("settings.rsc", &len);
	export_of(text, len, false, &out);
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (*line != '#' && !strstr(sl_text_str(&out), line))
			fail_msg("%s is not in\n%s", line, out.s);
	sl_text_free(&out);
	free(text);
}

/* What becomes of commands, as an export shows it (its first line is cut). */
static const struct {
	const char *text, *want;
} changes[] = {
    {"/ip address\nadd address=192.0.2.1/24 interface=ether1\n"
     "set 0 address=192.0.3.1/25\n",
	"/ip address\nadd address=192.0.3.1/25 interface=ether1\n"},
    {"/ip address\nadd address=224.0.0.1/24 interface=ether1\n"
     "add address=127.0.0.1/8 interface=ether1\n",
	"/ip address\n# not an address that a port can have\n"
	"add address=224.0.0.1/24 interface=ether1\n"
	"# not an address that a port can have\n"
	"add address=127.0.0.1/8 interface=ether1\n"},
    {"/ipv6 address\nadd address=ff02::1/64 interface=ether1\n",
	"/ipv6 address\n# not an address that a port can have\n"
	"add address=ff02::1/64 interface=ether1\n"},
    {"/interface list add name=A\n"
     "/interface list member add list=A interface=ether2\n"
     "/ip firewall filter add action=drop chain=input in-interface-list=!A "
     "in-interface=ether2\n"
     "/interface ethernet set ether2 name=inside\n"
     "/interface list set A name=B\n",
	"/interface ethernet\n# ether2 not present\n"
	"set [ find default-name=ether2 ] name=inside\n"
	"/interface list\nadd name=B\n"
	"/interface list member\nadd interface=inside list=B\n"
	"/ip firewall filter\nadd action=drop chain=input in-interface=inside "
	"in-interface-list=!B\n"},
    {"/interface wireguard add name=wg1 listen-port=1\n"
     "/ip address add address=10.0.0.1/24 interface=wg1\n"
     "/interface list\nadd name=A\nmember add list=A interface=wg1\n",
	"/interface wireguard\nadd name=wg1\n"
	"/interface list\nadd name=A\n"
	"/interface list member\nadd interface=wg1 list=A\n"
	"/ip address\nadd address=10.0.0.1/24 interface=wg1\n"},
    {"/ip route add blackhole dst-address=10.0.0.0/8\n",
	"/ip route\nadd blackhole=yes dst-address=10.0.0.0/8\n"},
};

static void
changes_are_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(changes); i++) {
		const char *text = changes[i].text;
		struct sl_text out = {0};

		export_of(text, strlen(text), false, &out);
		assert_string_equal(
		    strchr(sl_text_str(&out), '\n') + 1, changes[i].want);
		sl_text_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(factory_config_is_right),
	    cmocka_unit_test(manual_has_one_open_quote),
	    cmocka_unit_test(wrong_rules_are_named),
	    cmocka_unit_test(wild_lines_load),
	    cmocka_unit_test(one_port_too_many),
	    cmocka_unit_test(lists_in_lists),
	    cmocka_unit_test(exports_load),
	    cmocka_unit_test(exports_come_back),
	    cmocka_unit_test(settings_are_exported),
	    cmocka_unit_test(changes_are_kept),
	};

	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
