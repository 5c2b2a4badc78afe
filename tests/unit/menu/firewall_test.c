/* SPDX-License-Identifier: Apache-2.0 */
/* The rule menus: what is refused and in which words, what gets flag I, what the
 * packets then meet; counters, address lists, print and export. */
#include "../rule/build.h"

#include <base/control.h>
#include <menu/address_list.h>
#include <menu/command.h>
#include <menu/firewall.h>
#include <menu/layer7.h>
#include <menu/resolver.h>
#include <menu/tx.h>
#include <rule/addrlist.h>
#include <rule/list_post.h>

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

static const struct sl_menu_def *const menus[] = {
    &sl_menu_interface_list,
    &sl_menu_interface_list_member,
    &sl_menu_address_list4,
    &sl_menu_address_list6,
    &sl_menu_layer7,
    &sl_menu_filter4,
    &sl_menu_filter6,
    &sl_menu_nat4,
    &sl_menu_nat6,
    &sl_menu_mangle4,
    &sl_menu_mangle6,
    &sl_menu_raw4,
    &sl_menu_raw6,
    NULL,
};

/* Text that commands wrote since the last run(). */
static char output[65536];

static int
take_output(struct sl_out *out, const char *data, size_t len)
{
	size_t have = strlen(output);

	(void)out;
	assert_true(have + len < sizeof(output));
	memcpy(output + have, data, len);
	output[have + len] = '\0';
	return 0;
}

/* Cuts "name=value word" at blanks outside quotes; quotes go away. */
static size_t
split(char *line, struct sl_arg *args, size_t max)
{
	size_t n = 0;

	while (*line && n < max) {
		char *word, *to, *eq = NULL;
		bool quoted = false;

		while (*line == ' ')
			line++;
		if (!*line)
			break;
		for (word = to = line; *line && (quoted || *line != ' ');
		     line++) {
			if (*line == '"') {
				quoted = !quoted;
				continue;
			}
			if (*line == '=' && !eq)
				eq = to;
			*to++ = *line;
		}
		if (*line)
			line++;
		*to = '\0';
		args[n] = (struct sl_arg){0};
		if (eq) {
			*eq = '\0';
			args[n].name = word;
			word = eq + 1;
		}
		assert_int_equal(
		    sl_value_str(&args[n++].value, word, strlen(word)), 0);
	}
	return n;
}

/* One command; its error text, or "". */
static const char *
run(struct sl_model *model, const char *path, const char *verb,
    const char *words)
{
	static struct sl_err err;
	struct sl_arg args[64];
	struct sl_out out = {.write = take_output};
	struct sl_command cmd = {.verb = verb, .args = args, .out = &out};
	char *line = strdup(words);

	output[0] = '\0';
	err = (struct sl_err){0};
	cmd.menu = sl_model_find(model, path);
	assert_non_null(cmd.menu);
	cmd.n_args = split(line, args, SL_COUNT_OF(args));
	if (!sl_command_run(&cmd, &err))
		sl_out_flush(&out);
	for (size_t i = 0; i < cmd.n_args; i++)
		sl_value_free(&args[i].value);
	sl_value_free(&cmd.result);
	sl_out_fini(&out);
	free(line);
	return err.text;
}

static void
good(struct sl_model *model, const char *path, const char *verb,
    const char *words)
{
	const char *text = run(model, path, verb, words);

	if (*text)
		fail_msg("%s %s %s: %s", path, verb, words, text);
}

static int
setup(void **state)
{
	struct sl_err err = {0};
	struct sl_model *model;

	test_setup(state);
	sl_port_add("ether1", "eth1", NULL);
	sl_port_add("bridge", "br0", NULL);
	model = sl_model_new(menus, NULL, &err);
	if (!model)
		fail_msg("%s", err.text);
	sl_interface_names_add(
	    model->interfaces, "ether1", SL_INTERFACE_NETDEV);
	sl_interface_names_add(
	    model->interfaces, "bridge", SL_INTERFACE_NETDEV);
	*state = model;
	sl_control_lock();
	return 0;
}

static int
teardown(void **state)
{
	sl_control_unlock();
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_model_free(*state);
	sl_ports_clear();
	return test_teardown(state);
}

#define F4 "/ip/firewall/filter"
#define F6 "/ipv6/firewall/filter"
#define N4 "/ip/firewall/nat"
#define M4 "/ip/firewall/mangle"
#define M6 "/ipv6/firewall/mangle"
#define L4 "/ip/firewall/address-list"

static const char *
reason_of(struct sl_model *model, const char *path)
{
	struct sl_item *last = sl_items_last(sl_model_find(model, path));

	return last->reason ? last->reason : "";
}

/* What is refused, and the words. */
static void
error_texts(void **state)
{
	static const struct {
		const char *path, *words, *text;
	} rows[] = {
	    {F4, "chain=input dst-port=80",
		"failure: ports can be specified if proto is "
		"tcp,udp,udp-lite,dccp,sctp"},
	    {F4, "chain=input protocol=icmp port=80",
		"failure: ports can be specified if proto is "
		"tcp,udp,udp-lite,dccp,sctp"},
	    {F4, "chain=input protocol=!tcp src-port=80",
		"failure: ports can be specified if proto is "
		"tcp,udp,udp-lite,dccp,sctp"},
	    {F4, "chain=input protocol=udp tcp-flags=syn",
		"failure: tcp-flags works only with tcp"},
	    {F4, "chain=input icmp-options=8:0",
		"failure: icmp-options can be specified if proto is "
		"icmp"},
	    {F4, "chain=input action=jump",
		"failure: no target chain specified"},
	    {N4, "chain=srcnat src-mac-address=00:11:22:33:44:55",
		"failure: source mac address matching not possible in "
		"output and postrouting chains"},
	    {F4, "chain=input tcp-mss=1-2",
		"failure: tcp-mss works only with tcp"},
	    {F4, "chain=input protocol=tcp tcp-mss=1-65536",
		"value of range out of range (0..65535)"},
	    {F4, "chain=input tos=256", "invalid value for argument tos"},
	    {F4, "chain=input tos=1/", "invalid value for argument tos"},
	    {F4, "chain=input ipv4-options=some",
		"input does not match any value of ipv4-options"},
	    {F4, "chain=input priority=64",
		"value of priority out of range (0..63)"},
	    {F6, "chain=input headers=hop,tail",
		"invalid value for argument headers"},
	    {F6, "chain=input headers=hop:some",
		"invalid value for argument headers"},
	    {F6, "chain=input ipv4-options=any", "expected end of command"},
	    {M4, "chain=forward action=change-mss new-mss=1400",
		"failure: change-mss works only with tcp"},
	    {M4, "chain=forward action=change-mss protocol=tcp new-mss=39",
		"value of new-mss out of range (40..65534)"},
	    {M4, "chain=forward action=change-mss protocol=tcp new-mss=most",
		"input does not match any value of new-mss"},
	    {M4, "chain=forward action=change-dscp new-dscp=64",
		"value of new-dscp out of range (0..63)"},
	    {M4, "chain=forward action=change-ttl new-ttl=64",
		"invalid value for argument new-ttl"},
	    {M4, "chain=forward action=change-ttl new-ttl=set:256",
		"invalid value for argument new-ttl"},
	    {M4, "chain=forward action=route route-dst=192.0.2.1",
		"failure: route allowed only in prerouting chain"},
	    {M4, "chain=forward action=mark-routing",
		"failure: routing-mark allowed only in output and "
		"prerouting chains"},
	    {M6, "chain=forward action=change-ttl",
		"input does not match any value of action"},
	    {M6, "chain=forward action=strip-ipv4-options",
		"input does not match any value of action"},
	    {F4, "chain=input action=nonsense",
		"input does not match any value of action"},
	    {N4, "chain=srcnat action=drop",
		"input does not match any value of action"},
	    {F4, "chain=input in-interface=nowhere",
		"input does not match any value of in-interface"},
	    {F4, "chain=input in-interface-list=NOPE",
		"input does not match any value of in-interface-list"},
	    {F4, "chain=input src-address=1.2.3",
		"value of range expects range of ip addresses"},
	    {F4, "chain=input src-address=10.0.0.0/33",
		"value of netmask out of range (0..32)"},
	    {F4, "chain=input protocol=tcp dst-port=65536",
		"value of range out of range (0..65535)"},
	    {F4, "chain=input protocol=icmp icmp-options=300",
		"invalid value for argument icmp-options"},
	    {F4, "chain=input limit=5", "invalid value for argument limit"},
	    {F4, "chain=input limit=18446744074G,5",
		"invalid value for argument limit"},
	    {F4,
		"chain=input action=add-src-to-address-list address-list=a "
		"address-list-timeout=10000w",
		"invalid value for argument address-list-timeout"},
	    {F4, "chain=input ttl=10", "invalid value for argument ttl"},
	    {F4, "chain=input ipsec-policy=in",
		"invalid value for argument ipsec-policy"},
	    {F4, "chain=input protocol=nosuch",
		"input does not match any value of protocol"},
	    {F6, "chain=input src-address=10.0.0.0/8",
		"value of range expects range of ip addresses"},
	    {N4, "chain=srcnat connection-state=new",
		"expected end of command"},
	    {F4, "chain=input connection-limit=100,33",
		"value of netmask out of range (0..32)"},
	    {F6, "chain=input connection-limit=100,129",
		"value of netmask out of range (0..128)"},
	    {F6, "chain=input ttl=equal:1", "expected end of command"},
	    {F6, "chain=input action=tarpit",
		"input does not match any value of action"},
	    {L4, "list=a address=10.0.0.300",
		"value of range expects range of ip addresses"},
	};

	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		const char *text =
		    run(*state, rows[i].path, "add", rows[i].words);

		if (strcmp(text, rows[i].text) != 0)
			fail_msg("%s: \"%s\"", rows[i].words, text);
		assert_int_equal(
		    sl_items_count(sl_model_find(*state, rows[i].path)), 0);
	}
}

/* What loads with flag I, and the reason. */
static void
invalid_with_a_reason(void **state)
{
	static const struct {
		const char *path, *words, *reason;
	} rows[] = {
	    {F4,
		"chain=forward action=fasttrack-connection "
		"hw-offload=yes connection-state=established,related",
		""},
	    {F4, "chain=input action=tarpit", ""},
	    {F4, "chain=input action=jump jump-target=none",
		"jump-target chain none has no rules"},
	    {F4, "chain=loop action=jump jump-target=loop",
		"jump makes a loop of chains"},
	    {F4, "chain=input in-interface=ether7", "ether7 not ready"},
	    {F4, "chain=input out-interface=ether1",
		"out-interface matching not possible in chain input"},
	    {F4, "chain=input action=add-src-to-address-list",
		"address-list is missing"},
	    {N4, "chain=dstnat action=masquerade",
		"action is not for chain dstnat"},
	    {N4, "chain=dstnat action=dst-nat",
		"to-addresses or to-ports is missing"},
	    {N4, "chain=srcnat action=src-nat", "to-addresses is missing"},
	    {N4, "chain=srcnat action=netmap to-addresses=10.0.0.0/24", ""},
	    {N4, "chain=dstnat action=netmap to-addresses=10.0.0.0/24", ""},
	    {N4, "chain=dstnat action=netmap", "to-addresses is missing"},
	    {N4,
		"chain=srcnat action=same to-addresses=10.0.0.1-10.0.0.5 "
		"same-not-by-dst=yes",
		""},
	    {N4, "chain=srcnat action=same to-ports=5",
		"to-addresses is missing"},
	    {N4, "chain=srcnat action=socksify",
		"action socksify is not supported: there is no SOCKS client"},
	    {N4, "chain=srcnat action=src-nat to-addresses=0.0.0.0",
		"to-addresses is missing"},
	    {N4, "chain=input action=src-nat to-addresses=10.0.0.1", ""},
	    {N4, "chain=input action=dst-nat to-addresses=10.0.0.1",
		"action is not for chain input"},
	    {N4, "chain=input action=masquerade",
		"action is not for chain input"},
	    {N4, "chain=output action=dst-nat to-addresses=10.0.0.1", ""},
	    {N4, "chain=output action=netmap to-addresses=10.0.0.0/24", ""},
	    {N4, "chain=output action=redirect",
		"action is not for chain output"},
	    {N4, "chain=output action=endpoint-independent-nat",
		"action is not for chain output"},
	    {N4, "chain=srcnat action=endpoint-independent-nat", ""},
	    {N4, "chain=dstnat action=endpoint-independent-nat to-ports=5",
		"to-addresses, to-ports and randomise-ports are for chain "
		"srcnat"},
	    {M4,
		"chain=prerouting action=mark-packet "
		"new-packet-mark=x passthrough=no",
		""},
	    {M4, "chain=forward action=mark-packet",
		"new-packet-mark is missing"},
	    {M4, "chain=forward action=mark-connection",
		"new-connection-mark is missing"},
	    {M4, "chain=forward action=change-mss protocol=tcp",
		"new-mss is missing"},
	    {M4, "chain=forward action=change-dscp", "new-dscp is missing"},
	    {M4, "chain=forward action=change-ttl", "new-ttl is missing"},
	    {M6, "chain=forward action=change-hop-limit",
		"new-hop-limit is missing"},
	    {M4, "chain=forward action=set-priority",
		"new-priority is missing"},
	    {M4, "chain=prerouting action=route", "route-dst is missing"},
	    {M4, "chain=mine action=route route-dst=192.0.2.1", ""},
	    {M4,
		"chain=forward action=sniff-tzsp sniff-target=192.0.2.1 "
		"sniff-target-port=37008",
		"sniff-target is not supported: capture on the port itself, "
		"with tcpdump"},
	    {M4, "chain=forward action=sniff-pc",
		"action sniff-pc is not supported: capture on the port "
		"itself, with tcpdump"},
	    {F4, "chain=forward in-bridge-port=ether1",
		"in-bridge-port is not supported: frames between a bridge's "
		"ports stay in the kernel"},
	    {F4, "chain=forward hotspot=auth",
		"hotspot is not supported: there is no hotspot gateway"},
	    {F4, "chain=forward p2p=all-p2p",
		"p2p is not supported: the protocols it knew are gone, and "
		"RouterOS gave it up too"},
	    {"/ip/firewall/raw", "chain=prerouting action=notrack", ""},
	    {F4, "chain=input ipsec-policy=in,none", ""},
	    {F4,
		"chain=input protocol=tcp tcp-flags=syn,!ack "
		"limit=50/5s,10 packet-size=0-100 "
		"icmp-options=\"\" dst-port=80,443,8000-8100 "
		"ttl=less-than:5 src-address-type=!local",
		""},
	    {F6,
		"chain=forward protocol=icmpv6 hop-limit=equal:1 "
		"action=drop icmp-options=134:0",
		""},
	    {"/ipv6/firewall/nat",
		"chain=srcnat action=src-nat to-addr=2001:db8::/64", ""},
	};

	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		good(*state, rows[i].path, "add", rows[i].words);
		if (strcmp(reason_of(*state, rows[i].path), rows[i].reason))
			fail_msg("%s: \"%s\"", rows[i].words,
			    reason_of(*state, rows[i].path));
	}
	/* A reason goes when its cause does. */
	good(*state, F4, "add", "chain=none action=return");
	good(*state, F4, "add", "chain=input action=jump jump-target=none");
	assert_string_equal(reason_of(*state, F4), "");
}

/* The factory rules of a home router, and what they do to packets. */
static void
factory_rules(void **state)
{
	static const char *const lines[][2] = {
	    {"/interface/list", "name=WAN"},
	    {"/interface/list", "name=LAN"},
	    {"/interface/list/member", "list=LAN interface=bridge"},
	    {"/interface/list/member", "list=WAN interface=ether1"},
	    {F4, "action=accept chain=input connection-state="
		 "established,related,untracked comment=\"defconf: "
		 "accept\""},
	    {F4, "action=drop chain=input connection-state=invalid"},
	    {F4, "action=accept chain=input protocol=icmp"},
	    {F4, "action=accept chain=input dst-address=127.0.0.1"},
	    {F4, "action=drop chain=input in-interface-list=!LAN"},
	    {F4, "action=accept chain=forward ipsec-policy=in,ipsec"},
	    {F4, "action=accept chain=forward ipsec-policy=out,ipsec"},
	    {F4, "action=fasttrack-connection chain=forward "
		 "connection-state=established,related hw-offload=yes"},
	    {F4, "action=accept chain=forward connection-state="
		 "established,related,untracked"},
	    {F4, "action=drop chain=forward connection-state=invalid"},
	    {F4, "action=drop chain=forward connection-nat-state=!dstnat "
		 "connection-state=new in-interface-list=WAN"},
	    {N4, "action=masquerade chain=srcnat ipsec-policy=out,none "
		 "out-interface-list=WAN"},
	};
	static const struct {
		struct recipe packet;
		uint8_t state;
		enum sl_hook hook;
		uint8_t verdict;
	} packets[] = {
	    {{.in = 1}, SL_STATE_NEW, SL_HOOK_INPUT, SL_RULE_DROP},
	    {{.in = 2}, SL_STATE_NEW, SL_HOOK_INPUT, SL_RULE_ACCEPT},
	    {{.in = 1}, SL_STATE_ESTABLISHED, SL_HOOK_INPUT, SL_RULE_ACCEPT},
	    {{.in = 2}, SL_STATE_INVALID, SL_HOOK_INPUT, SL_RULE_DROP},
	    {{.in = 1, .proto = IPPROTO_ICMP, .sport = 8}, SL_STATE_NEW,
		SL_HOOK_INPUT, SL_RULE_ACCEPT},
	    {{.in = 2, .out = 1}, SL_STATE_NEW, SL_HOOK_FORWARD,
		SL_RULE_ACCEPT},
	    {{.in = 1, .out = 2}, SL_STATE_NEW, SL_HOOK_FORWARD, SL_RULE_DROP},
	    {{.in = 1, .out = 2}, SL_STATE_RELATED, SL_HOOK_FORWARD,
		SL_RULE_ACCEPT},
	};
	struct sl_rule_result result;
	struct test_pkt t;

	for (unsigned i = 0; i < SL_COUNT_OF(lines); i++)
		good(*state, lines[i][0], "add", lines[i][1]);
	for (unsigned i = 0; i < SL_COUNT_OF(packets); i++) {
		build(&t, &packets[i].packet)->state = packets[i].state;
		if (verdict_of(SL_TABLE_FILTER, packets[i].hook, &t.pkt) !=
		    packets[i].verdict)
			fail_msg("packet %u", i);
	}
	build(&t, &packets[5].packet);
	sl_rule_eval(SL_TABLE_NAT, SL_HOOK_SRCNAT, &t.pkt, &result);
	assert_int_equal(result.verdict, SL_RULE_TRANSLATE);
	assert_true(result.nat_port_address && result.nat->masquerade);
	build(&t, &packets[6].packet);
	sl_rule_eval(SL_TABLE_NAT, SL_HOOK_SRCNAT, &t.pkt, &result);
	assert_int_equal(result.verdict, SL_RULE_ACCEPT);

	/* The list changes, the rules follow. */
	good(*state, "/interface/list/member", "add",
	    "list=LAN interface=ether1");
	build(&t, &packets[0].packet);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, &t.pkt), SL_RULE_ACCEPT);
}

static void
expect_output(const char *text)
{
	if (!strstr(output, text))
		fail_msg("no \"%s\" in:\n%s", text, output);
}

static void
counters_in_print_and_get(void **state)
{
	static const struct recipe r = {.in = 1};
	struct test_pkt t;

	good(*state, F4, "add", "chain=input action=passthrough comment=seen");
	good(*state, F4, "add", "chain=input action=drop");
	for (unsigned i = 0; i < 1500; i++)
		verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r));
	good(*state, F4, "print", "stats");
	expect_output("CHAIN");
	expect_output(";;; seen");
	expect_output("passthrough");
	expect_output("60 000");
	expect_output("1 500");
	/* They survive a move and a change. */
	good(*state, F4, "move", "1 0");
	good(*state, F4, "set", "0 comment=first");
	good(*state, F4, "print", "stats");
	expect_output("1 500");
	good(*state, F4, "reset-counters", "1");
	good(*state, F4, "print", "as-value stats");
	expect_output("bytes=0");
	expect_output("bytes=60000");
	good(*state, F4, "reset-counters-all", "");
	good(*state, F4, "print", "as-value stats");
	assert_null(strstr(output, "bytes=60000"));
	good(*state, F4, "remove", "0");
	good(*state, F4, "print", "count-only");
}

static void
export_hides_defaults(void **state)
{
	good(*state, F4, "add",
	    "chain=input protocol=6 dst-port=22,80-90 log=yes "
	    "log-prefix=\"\" limit=5,5 src-address=!10.0.0.0/8 disabled=no");
	good(*state, F4, "export", "");
	expect_output("action=accept chain=input");
	expect_output("dst-port=22,80-90");
	expect_output("limit=5,5:packet");
	expect_output("protocol=tcp");
	expect_output("src-address=!10.0.0.0/8");
	assert_null(strstr(output, "disabled"));
	assert_null(strstr(output, "bytes"));
	good(*state, F4, "print", "");
	expect_output("chain=input action=accept");
}

/* Whatever way it was written. */
static void
values_are_canonical(void **state)
{
	static const struct {
		const char *words, *text;
	} rows[] = {
	    {"ttl=eq:5", "ttl=equal:5"},
	    {"ttl=l:05", "ttl=less-than:5"},
	    {"limit=10/00:01:00,5", "limit=10/1m,5:packet"},
	    {"limit=10/60s,5:b", "limit=10/1m,5:bit"},
	    {"limit=10k,5:packet", "limit=10k,5:packet"},
	    {"limit=5/500ms,0", "limit=5/500ms,0:packet"},
	    {"limit=!5,5", "limit=!5,5:packet"},
	    {"protocol=6", "protocol=tcp"},
	};

	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		char words[64];

		snprintf(words, sizeof(words), "chain=input %s", rows[i].words);
		good(*state, F4, "add", words);
		good(*state, F4, "export", "");
		expect_output(rows[i].text);
		good(*state, F4, "remove", "0");
	}
}

/* In exports of old routers zero stands for "as it is". */
static void
zero_means_no_change(void **state)
{
	static const struct {
		const char *words;
		bool has_addr, has_port;
		uint16_t port_min, port_max;
	} rows[] = {
	    {"to-addresses=10.0.0.5 to-ports=0", true, false, 0, 0},
	    {"to-addresses=10.0.0.5 to-ports=0-65535", true, true, 1, 65535},
	    {"to-addresses=0.0.0.0 to-ports=8080", false, true, 8080, 8080},
	    {"to-addresses=10.0.0.5 to-ports=80-90", true, true, 80, 90},
	};
	static const struct recipe r = {.in = 1};
	struct sl_rule_result result;
	struct test_pkt t;
	char words[80];

	for (unsigned i = 0; i < SL_COUNT_OF(rows); i++) {
		snprintf(words, sizeof(words), "chain=dstnat action=dst-nat %s",
		    rows[i].words);
		good(*state, N4, "add", words);
		sl_rule_eval(
		    SL_TABLE_NAT, SL_HOOK_DSTNAT, build(&t, &r), &result);
		assert_int_equal(result.verdict, SL_RULE_TRANSLATE);
		assert_int_equal(result.nat->has_addr, rows[i].has_addr);
		assert_int_equal(result.nat->has_port, rows[i].has_port);
		assert_int_equal(result.nat->port_min, rows[i].port_min);
		assert_int_equal(result.nat->port_max, rows[i].port_max);
		good(*state, N4, "remove", "0");
	}
}

/* limit=!: what is too much. */
static void
negated_limit(void **state)
{
	static const struct recipe r = {.in = 1};
	unsigned dropped = 0;
	struct test_pkt t;

	good(*state, F4, "add", "chain=input action=drop limit=!10,5");
	for (unsigned i = 0; i < 20; i++)
		dropped += verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT,
			       build(&t, &r)) == SL_RULE_DROP;
	assert_int_equal(dropped, 15);
}

static bool
list_has(const char *name, const char *addr)
{
	struct sl_addrlist *l = sl_addrlist_get(SL_IPV4, name);
	struct sl_addr a;
	uint8_t family;
	bool has;

	assert_true(sl_addr_parse(addr, &family, &a));
	has = sl_addrlist_has_rcu(l, &a, sl_now_ns());
	sl_addrlist_put(l);
	return has;
}

static void
address_list_items(void **state)
{
	good(*state, L4, "add", "list=a address=10.0.0.0/8");
	good(*state, L4, "add", "list=a address=192.168.0.0-192.168.1.255");
	good(*state, L4, "add", "list=a address=1.0.0.1-1.0.0.3");
	good(*state, L4, "add", "list=only-declared");
	assert_string_equal(run(*state, L4, "add", "list=a address=10.1.2.3/8"),
	    "failure: already have such entry");
	assert_string_equal(
	    run(*state, L4, "add", "list=a address=192.168.0.0/23"),
	    "failure: already have such entry");
	good(*state, L4, "add", "list=b address=10.0.0.0/8");
	good(*state, L4, "print", "terse");
	expect_output("address=192.168.0.0/23");
	assert_true(list_has("a", "10.9.9.9"));
	assert_true(list_has("a", "1.0.0.3"));
	assert_false(list_has("a", "1.0.0.4"));
	good(*state, L4, "disable", "0");
	assert_false(list_has("a", "10.9.9.9"));
	assert_true(list_has("b", "10.9.9.9"));
	good(*state, L4, "enable", "0");
	good(*state, L4, "set", "0 address=11.0.0.0/8");
	assert_false(list_has("a", "10.9.9.9"));
	assert_true(list_has("a", "11.9.9.9"));
	good(*state, L4, "remove", "0");
	assert_false(list_has("a", "11.9.9.9"));
}

static SL_ATOMIC(bool) stop;
static SL_ATOMIC(uint32_t) looks, misses;

static void *
look_all_the_time(void *arg)
{
	struct sl_addr a = {.u.w = {htonl(0x0a010203)}};

	sl_role_enter(SL_ROLE_WORKER, 1, "worker");
	sl_rcu_register();
	sl_rcu_online();
	while (!sl_load_relaxed(&stop)) {
		if (!sl_addrlist_has_rcu(arg, &a, sl_now_ns()))
			sl_add_relaxed(&misses, 1);
		sl_add_relaxed(&looks, 1);
		sl_rcu_quiescent();
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	return NULL;
}

/* Whoever edits an entry does not let anybody slip through meanwhile. */
static void
edits_leave_no_gap(void **state)
{
	struct sl_addrlist *list = sl_addrlist_get(SL_IPV4, "block");
	struct sl_model *model = *state;
	struct sl_err err = {0};
	pthread_t thread;

	good(model, L4, "add", "list=block address=10.1.2.3");
	assert_int_equal(
	    pthread_create(&thread, NULL, look_all_the_time, list), 0);
	while (sl_load_relaxed(&looks) < 1000)
		sl_rcu_quiescent();
	for (unsigned i = 0; i < 5000; i++) {
		good(model, L4, "set", i % 2 ? "0 comment=x" : "0 comment=y");
		good(model, L4, "set", "0 address=10.1.2.3/32");
		assert_int_equal(sl_tx_begin(model, &err), 0);
		good(model, L4, "set", "0 timeout=1h");
		sl_tx_rollback(model);
		sl_rcu_quiescent();
	}
	sl_store_relaxed(&stop, true);
	sl_rcu_offline();
	pthread_join(thread, NULL);
	sl_rcu_online();
	print_message("%u looks\n", sl_load_relaxed(&looks));
	assert_int_equal(sl_load_relaxed(&misses), 0);
	/* What is removed goes at once, and what a rollback takes back soon. */
	good(model, L4, "remove", "0");
	assert_false(list_has("block", "10.1.2.3"));
	assert_int_equal(sl_tx_begin(model, &err), 0);
	good(model, L4, "add", "list=block address=10.1.2.3");
	sl_tx_rollback(model);
	sl_address_list_tick(model, NULL);
	assert_false(list_has("block", "10.1.2.3"));
	sl_addrlist_put(list);
}

/* A threat list as an export has it, in one transaction: linear. */
static void
sixty_thousand_lines(void **state)
{
	struct sl_model *model = *state;
	struct sl_err err = {0};
	struct timespec a, b;
	char words[64];

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	assert_int_equal(sl_tx_begin(model, &err), 0);
	for (unsigned i = 0; i < 60000; i++) {
		snprintf(words, sizeof(words),
		    "list=threats address=%u.%u.%u.0/24", 1 + i / 65536,
		    i / 256 % 256, i % 256);
		good(model, L4, "add", words);
	}
	assert_int_equal(sl_tx_commit(model, &err), 0);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	print_message(
	    "60,000 lines in %ld ms\n", (long)(b.tv_sec - a.tv_sec) * 1000 +
					    (b.tv_nsec - a.tv_nsec) / 1000000);
	assert_true(b.tv_sec - a.tv_sec < 10); /* sanitizers, busy machines */
	assert_true(list_has("threats", "1.234.95.7"));
	assert_false(list_has("threats", "2.0.0.1"));
}

/* Thousands of rules about one large interface list: looked up once. */
static void
rules_of_a_large_interface_list(void **state)
{
	static const struct recipe in = {.in = 200}, out = {.in = 1};
	struct sl_model *model = *state;
	struct sl_err err = {0};
	struct timespec a, b;
	struct test_pkt t;
	char text[80];

	assert_int_equal(sl_tx_begin(model, &err), 0);
	good(model, "/interface/list", "add", "name=MANY");
	for (unsigned i = 0; i < 200; i++) {
		snprintf(text, sizeof(text), "vlan%u", i);
		sl_port_add(text, text, NULL);
		sl_interface_names_add(
		    model->interfaces, text, SL_INTERFACE_NETDEV);
		snprintf(text, sizeof(text), "list=MANY interface=vlan%u", i);
		good(model, "/interface/list/member", "add", text);
	}
	for (unsigned i = 0; i < 5000; i++)
		good(model, F4, "add",
		    "chain=input action=drop in-interface-list=MANY");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	assert_int_equal(sl_tx_commit(model, &err), 0);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	assert_true(b.tv_sec - a.tv_sec < 3); /* sanitizers, busy machines */
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &in)),
	    SL_RULE_DROP);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &out)),
	    SL_RULE_ACCEPT);
}

static void
address_list_timeouts(void **state)
{
	struct sl_menu *menu = sl_model_find(*state, L4);

	good(*state, L4, "add", "list=t address=10.0.0.1 timeout=1m");
	good(*state, L4, "add", "list=t address=10.0.0.2 timeout=2m");
	good(*state, L4, "add", "list=t address=10.0.0.3");
	sl_clock_set(sl_now_ns() + 30 * SL_NS_PER_SEC);
	sl_address_list_tick(*state, NULL);
	good(*state, L4, "print", "all terse");
	expect_output("timeout=30s");
	expect_output("timeout=1m30s");
	good(*state, L4, "set", "1 comment=kept"); /* the time runs on */
	good(*state, L4, "print", "all terse");
	expect_output("timeout=1m30s");
	good(*state, L4, "export", "");
	expect_output("10.0.0.3");
	assert_null(strstr(output, "10.0.0.1"));
	sl_clock_set(sl_now_ns() + 31 * SL_NS_PER_SEC);
	assert_false(list_has("t", "10.0.0.1")); /* before any sweep */
	sl_address_list_tick(*state, NULL);
	assert_int_equal(sl_items_count(menu), 2);
	sl_clock_set(sl_now_ns() + 100 * SL_NS_PER_SEC);
	sl_address_list_tick(*state, NULL);
	assert_int_equal(sl_items_count(menu), 1);
	assert_true(list_has("t", "10.0.0.3"));
}

/* A name of /etc/hosts is resolved at once; what a name server adds is for the
 * lab.  Its addresses go with the entry, come back with a rollback, and survive an
 * edit without a gap. */
static void
names_become_addresses(void **state)
{
	struct sl_menu *menu = sl_model_find(*state, L4);
	struct sl_err err = {0};
	struct sl_resolver *resolver = sl_resolver_new(&err);

	assert_non_null(resolver);
	good(*state, L4, "add", "list=n address=localhost");
	good(*state, L4, "add", "list=n address=localhost.test disabled=yes");
	assert_false(list_has("n", "127.0.0.1"));
	sl_address_list_tick(*state, resolver);
	assert_true(list_has("n", "127.0.0.1"));
	assert_int_equal(sl_items_count(menu), 3);
	good(*state, L4, "export", "");
	expect_output("localhost");
	assert_null(strstr(output, "127.0.0.1"));

	good(*state, L4, "set", "0 comment=mine");
	assert_true(list_has("n", "127.0.0.1"));
	sl_address_list_tick(*state, resolver);
	assert_true(list_has("n", "127.0.0.1"));
	assert_int_equal(sl_tx_begin(*state, &err), 0);
	good(*state, L4, "remove", "0");
	sl_tx_rollback(*state);
	sl_address_list_tick(*state, resolver);
	assert_true(list_has("n", "127.0.0.1"));
	assert_int_equal(sl_items_count(menu), 3);

	good(*state, L4, "set", "0 list=m");
	for (int i = 0; i < 2; i++) /* one step asks, one drops */
		sl_address_list_tick(*state, resolver);
	assert_false(list_has("n", "127.0.0.1"));
	assert_true(list_has("m", "127.0.0.1"));
	good(*state, L4, "remove", "0");
	sl_address_list_tick(*state, resolver);
	assert_false(list_has("m", "127.0.0.1"));
	assert_int_equal(sl_items_count(menu), 1);
	sl_resolver_free(resolver);
}

/* A rule adds an address; it is an item until its time is over. */
static void
rules_add_addresses(void **state)
{
	static const struct recipe r = {.src = "192.0.2.77", .in = 1};
	struct sl_menu *menu = sl_model_find(*state, L4);
	struct test_pkt t;

	good(*state, F4, "add", "chain=input action=drop src-address-list=bad");
	good(*state, F4, "add",
	    "chain=input action=add-src-to-address-list address-list=bad "
	    "address-list-timeout=1m");
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r)),
	    SL_RULE_ACCEPT);
	sl_address_list_tick(*state, NULL);
	assert_int_equal(sl_items_count(menu), 1);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r)),
	    SL_RULE_DROP);
	sl_clock_set(sl_now_ns() + 61 * SL_NS_PER_SEC);
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r)),
	    SL_RULE_ACCEPT);
	sl_address_list_tick(*state, NULL); /* goes, and comes again */
	assert_int_equal(sl_items_count(menu), 1);
	assert_true(list_has("bad", "192.0.2.77"));
}

static void
address_lists_forget_deadlines(void **state)
{
	static const struct recipe r = {.src = "192.0.2.77", .in = 1};
	static const char *const rules[] = {"address-list-timeout=1m",
	    "address-list-timeout=none-dynamic", "address-list-timeout=2m",
	    "address-list-timeout=none-static"};
	struct sl_list_post post;
	struct test_pkt t;
	char words[128];

	/* By command: an entry without a deadline is configuration. */
	good(*state, L4, "add", "list=t address=10.0.0.1 timeout=1m");
	good(*state, L4, "set", "0 timeout=\"\"");
	good(*state, L4, "export", "");
	expect_output("address=10.0.0.1 list=t");
	good(*state, L4, "remove", "0");
	/* By rules: the longest counts, whoever says it, and says it once. */
	for (unsigned i = 0; i < SL_COUNT_OF(rules); i++) {
		snprintf(words, sizeof(words),
		    "chain=input action=add-src-to-address-list "
		    "address-list=s%u %s",
		    i / 2, rules[i]);
		good(*state, F4, "add", words);
	}
	for (unsigned i = 0; i < 3; i++) {
		verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r));
		sl_address_list_tick(*state, NULL);
		sl_clock_set(sl_now_ns() + SL_NS_PER_SEC);
	}
	good(*state, L4, "print", "all terse");
	assert_null(strstr(output, "timeout"));
	good(*state, L4, "export", "");
	expect_output("address=192.0.2.77 list=s1");
	assert_null(strstr(output, "s0"));
	verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r));
	assert_false(sl_list_post_next(&post));
}

/* A flood of addresses takes turns with everything else that control does. */
static void
a_flood_of_addresses_is_taken_in_turns(void **state)
{
	struct sl_menu *menu = sl_model_find(*state, L4);
	size_t before = 0, now;
	unsigned turns = 0;
	struct test_pkt t;

	good(*state, F4, "add",
	    "chain=input action=add-src-to-address-list address-list=bad "
	    "address-list-timeout=1m");
	for (unsigned i = 0; i < 3000; i++) {
		char src[16];
		const struct recipe r = {.src = src, .in = 1};

		snprintf(src, sizeof(src), "10.0.%u.%u", i / 256, i % 256);
		sl_role_enter(sl_role_bits, (uint16_t)(i % 3), "test");
		verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r));
	}
	sl_role_enter(sl_role_bits, 0, "test");
	do {
		before = sl_items_count(menu);
		sl_address_list_tick(*state, NULL);
		now = sl_items_count(menu);
		turns++;
		assert_in_range(now - before, 0, 2048);
	} while (now > before);
	assert_int_equal(now, 3000);
	assert_in_range(turns, 3, 10);
	/* They leave in turns, too; nobody is in the list for that. */
	sl_clock_set(sl_now_ns() + 61 * SL_NS_PER_SEC);
	sl_address_list_tick(*state, NULL);
	assert_in_range(sl_items_count(menu), 1, 2999);
	assert_false(list_has("bad", "10.0.11.183"));
	sl_address_list_tick(*state, NULL);
	assert_int_equal(sl_items_count(menu), 0);
}

/* Strangers who fake addresses cannot fill the memory. */
static void
rules_add_so_many_addresses(void **state)
{
	static const struct recipe r = {.src = "192.0.2.77", .in = 1};
	struct sl_model *model = *state;
	struct sl_menu *menu = sl_model_find(model, L4);
	uint64_t lost = sl_counter_sum(SL_COUNTER_LIST_LOST);
	struct sl_err err = {0};
	struct test_pkt t;

	assert_int_equal(sl_tx_begin(model, &err), 0);
	for (unsigned i = 0; i < 262143; i++) {
		char words[64];

		snprintf(words, sizeof(words), "list=bad address=10.%u.%u.%u",
		    i / 65536, i / 256 % 256, i % 256);
		good(model, L4, "add", words);
	}
	good(model, F4, "add",
	    "chain=input action=add-src-to-address-list address-list=bad");
	assert_int_equal(sl_tx_commit(model, &err), 0);
	for (unsigned i = 0; i < 3; i++) {
		struct recipe other = r;

		other.src = i ? "192.0.2.78" : "192.0.2.77";
		verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &other));
		sl_address_list_tick(model, NULL);
		assert_int_equal(sl_items_count(menu), 262144);
	}
	assert_int_equal(sl_counter_sum(SL_COUNTER_LIST_LOST) - lost, 2);
	good(model, L4, "add", "list=bad address=11.0.0.1"); /* may */
}

/* A transaction that fails leaves rules, lists and counters as they were. */
static void
rollback_restores(void **state)
{
	struct sl_model *model = *state;
	struct sl_err err = {0};
	static const struct recipe r = {.in = 1};
	struct test_pkt t;

	good(model, F4, "add", "chain=input action=drop");
	good(model, L4, "add", "list=r address=10.0.0.1");
	verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r));
	assert_int_equal(sl_tx_begin(model, &err), 0);
	good(model, F4, "remove", "0");
	good(model, L4, "remove", "0");
	good(model, L4, "add", "list=r address=10.0.0.2");
	sl_tx_rollback(model);
	assert_true(list_has("r", "10.0.0.1"));
	assert_false(list_has("r", "10.0.0.2"));
	assert_int_equal(
	    verdict_of(SL_TABLE_FILTER, SL_HOOK_INPUT, build(&t, &r)),
	    SL_RULE_DROP);
	good(model, F4, "print", "as-value stats");
	expect_output("packets=2");
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(error_texts),
	    TEST(invalid_with_a_reason),
	    TEST(factory_rules),
	    TEST(counters_in_print_and_get),
	    TEST(export_hides_defaults),
	    TEST(values_are_canonical),
	    TEST(zero_means_no_change),
	    TEST(negated_limit),
	    TEST(address_list_items),
	    TEST(edits_leave_no_gap),
	    TEST(sixty_thousand_lines),
	    TEST(rules_of_a_large_interface_list),
	    TEST(address_list_timeouts),
	    TEST(names_become_addresses),
	    TEST(rules_add_addresses),
	    TEST(address_lists_forget_deadlines),
	    TEST(a_flood_of_addresses_is_taken_in_turns),
	    TEST(rules_add_so_many_addresses),
	    TEST(rollback_restores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
