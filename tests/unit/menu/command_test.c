/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

/* A command that is refused: its text, and the argument it blames (100: the
 * command). */
static const struct {
	const char *path, *line, *text;
	unsigned column;
} refusals[] = {
    {"/test/rule", "add chain=input bogus=1", "expected end of command", 2},
    {"/test/rule", "add action=drop", "missing value(s) of argument(s) chain",
	100},
    {"/test/rule", "add chain=input action=masquarade",
	"input does not match any value of action", 2},
    {"/test/rule", "add chain=input in-interface=nope",
	"input does not match any value of in-interface", 2},
    {"/test/rule", "add chain=input in-interface-list=NOPE",
	"input does not match any value of in-interface-list", 2},
    {"/test/rule", "add chain=input src-address=10.0.0",
	"value of range expects range of ip addresses", 2},
    {"/test/rule", "add chain=input src-address=10.0.0.0/33",
	"value of netmask out of range (0..32)", 2},
    {"/test/rule", "add chain=input protocol=tcp dst-port=80,70000",
	"value of range out of range (0..65535)", 3},
    {"/test/rule", "add chain=input dst-port=80",
	"failure: ports can be specified if proto is "
	"tcp,udp,udp-lite,dccp,sctp",
	100},
    {"/test/rule", "add chain=input action=jump",
	"failure: no target chain specified", 100},
    {"/test/rule", "add chain=input limit=x",
	"invalid value for argument limit", 2},
    {"/test/rule", "add chain=input limit=0",
	"value of limit out of range (1..1000)", 2},
    {"/test/rule", "add chain=input connection-state=new,old",
	"input does not match any value of connection-state", 2},
    {"/test/rule", "add chain=input log=perhaps",
	"input does not match any value of log", 2},
    {"/test/rule", "add chain=input place-before=99",
	"failure: item referred by 'place-before' does not exist", 2},
    {"/test/rule", "add chain=input copy-from=99", "no such item", 2},
    {"/test/rule", "add chain=input bytes=5", "expected end of command", 2},
    {"/test/rule", "set chain=output",
	"missing value(s) of argument(s) numbers", 100},
    {"/test/rule", "remove", "missing value(s) of argument(s) numbers", 100},
    {"/test/rule", "remove 7", "no such item", 1},
    {"/test/rule", "remove *FF", "no such item", 1},
    {"/test/rule", "add chain=input psd", "expected end of command", 2},
    {"/test/rule", "set 0 !chain", "missing value(s) of argument(s) chain",
	100},
    {"/test/rule", "unset 0 bogus",
	"input does not match any value of value-name", 2},
    {"/test/rule", "get 0 bogus",
	"input does not match any value of value-name", 2},
    {"/test/rule", "move 0 99", "no such item", 2},
    {"/test/rule", "frobnicate", "bad command name frobnicate", 100},
    {"/test/rule", "print bogus=1", "expected end of command", 1},
    {"/test/rule", "print detail order-by=chain",
	"failure: order-by of print is not supported", 2},
    {"/test/rule", "print file=x", "failure: file of print is not supported",
	1},
    {"/test/rule", "print show-ids",
	"failure: show-ids of print is not supported", 1},
    {"/test/rule", "print nonsense", "expected end of command", 1},
    {"/test/port", "print nonsense", "no such item", 1},
    {"/test/rule", "export file=x", "failure: file of export is not supported",
	1},
    {"/test/rule", "print proplist=bogus",
	"input does not match any value of proplist", 1},
    {"/test/rule", "print interval=never",
	"invalid value for argument interval", 1},
    {"/test/port", "add name=x", "bad command name add", 100},
    {"/test/port", "remove eth0", "bad command name remove", 100},
    {"/test/port", "set nobody mtu=1400", "no such item", 1},
    {"/test/connection", "set 0 protocol=tcp", "bad command name set", 100},
    {"/test/connection", "remove *63", "no such item", 100},
    {"/interface/list", "remove all",
	"failure: builtin items can not be removed", 100},
    {"/interface/list", "add name=all", "failure: already have such entry",
	100},
    {"/interface/list/member", "add list=NOPE interface=wan",
	"input does not match any value of list", 1},
    {"/test", "print", "bad command name print", 100},
};

static void
test_refusals(void **state)
{
	struct fixture *f = *state;

	run_ok(f, "/test/rule", "add chain=input");
	for (size_t i = 0; i < SL_COUNT_OF(refusals); i++) {
		int rc = run(f, refusals[i].path, refusals[i].line);

		if (!rc || strcmp(f->err.text, refusals[i].text) != 0 ||
		    refusals[i].column != f->err.place.column)
			fail_msg("%s: \"%s\" at %u", refusals[i].line,
			    f->err.text, f->err.place.column);
	}
	assert_string_equal(rule_order(f), "input");
}

/* What others name may not go, and its new name reaches them. */
static void
test_references(void **state)
{
	struct fixture *f = *state;

	run_ok(f, "/interface/list", "add name=WAN");
	run_ok(f, "/interface/list", "add name=EDGE include=WAN");
	run_ok(f, "/interface/list/member", "add list=WAN interface=wan");
	run_ok(f, "/test/rule", "add chain=input in-interface-list=!WAN");
	assert_int_equal(run(f, "/interface/list", "remove WAN"), -EBUSY);
	assert_string_equal(
	    f->err.text, "failure: WAN is in use by /interface list item 5");
	run_ok(f, "/interface/list", "set WAN name=outside");
	run_ok(f, "/interface/list", "get EDGE include");
	assert_string_equal(result_text(f), "outside");
	run_ok(f, "/interface/list/member", "get 0 list");
	assert_string_equal(result_text(f), "outside");
	run_ok(f, "/test/rule", "get 0 in-interface-list");
	assert_string_equal(result_text(f), "!outside");
	run_ok(f, "/interface/list", "remove EDGE");
	assert_int_equal(run(f, "/interface/list", "remove outside"), -EBUSY);
	assert_string_equal(f->err.text,
	    "failure: outside is in use by /interface list member item 0");
	run_ok(f, "/interface/list/member", "remove 0");
	assert_int_equal(run(f, "/interface/list", "remove outside"), -EBUSY);
	run_ok(f, "/test/rule", "remove 0");
	run_ok(f, "/interface/list", "remove outside");
}

static void
test_foreign(void **state)
{
	struct fixture *f = *state;
	struct sl_menu *menu = sl_model_find(f->model, "/test/list");
	struct sl_item *it = sl_item_make(menu, SL_ITEM_DYNAMIC);

	run_ok(f, "/test/list", "add list=a address=10.0.0.1");
	assert_int_equal(sl_item_list(it, NULL, &f->err), 0);
	assert_int_equal(run(f, "/test/list", "remove 0,1"), -EPERM);
	assert_string_equal(
	    f->err.text, "failure: can not remove dynamic item");
	assert_int_equal(run(f, "/test/list", "disable 1"), -EPERM);
	assert_string_equal(
	    f->err.text, "failure: can not change dynamic item");
	run_ok(f, "/test/list", "remove 0");
	run_ok(f, "/test/list", "print count-only");
	assert_string_equal(sl_text_str(&f->text), "1\n");
}

static void
test_order(void **state)
{
	struct fixture *f = *state;

	run_ok(f, "/test/rule", "add chain=a");
	run_ok(f, "/test/rule", "add chain=b");
	run_ok(f, "/test/rule", "add chain=c place-before=0");
	assert_string_equal(rule_order(f), "c,a,b");
	run_ok(f, "/test/rule", "add chain=d place-before=*2");
	assert_string_equal(rule_order(f), "c,a,d,b");
	run_ok(f, "/test/rule", "move 0 destination=3");
	assert_string_equal(rule_order(f), "a,d,c,b");
	run_ok(f, "/test/rule", "move 2,3 0");
	assert_string_equal(rule_order(f), "c,b,a,d");
	run_ok(f, "/test/rule", "move 0");
	assert_string_equal(rule_order(f), "b,a,d,c");
	run_ok(f, "/test/rule", "move 1,2 destination=1");
	assert_string_equal(rule_order(f), "b,a,d,c");
	run_ok(f, "/test/rule", "remove 1,3");
	assert_string_equal(rule_order(f), "b,d");
	run_ok(f, "/test/rule", "add chain=e");
	assert_string_equal(rule_order(f), "b,d,e");
}

static void
test_values(void **state)
{
	struct fixture *f = *state;

	run_ok(f, "/test/rule",
	    "add chain=forward act=drop protocol=tcp dst-port=!80,443-445 "
	    "connection-state=est,rel tcp-flags=syn,!ack "
	    "src-address=!10.0.0.0/8");
	assert_int_equal(f->result.type, SL_VALUE_ID);
	run_ok(f, "/test/rule", "get *1 dst-port");
	assert_int_equal(f->result.flags & SL_VALUE_NEGATED, SL_VALUE_NEGATED);
	run_ok(f, "/test/rule", "get 0");
	assert_string_equal(result_text(f),
	    ".id=*1;chain=forward;action=drop;protocol=tcp;"
	    "src-address=!10.0.0.0/8;dst-port=!80;443-445;"
	    "connection-state=established;related;tcp-flags=syn;!ack;log=false;"
	    "log-prefix=;bytes=0;packets=0;disabled=false;invalid=false;"
	    "dynamic=false");
	run_ok(f, "/test/rule", "set 0 !tcp-flags dst-port= comment=x log");
	run_ok(f, "/test/rule", "get 0 log");
	assert_string_equal(result_text(f), "true");
	run_ok(f, "/test/rule", "set 0 !log");
	run_ok(f, "/test/rule", "unset 0 src-address,connection-state");
	run_ok(f, "/test/rule", "disable 0");
	run_ok(f, "/test/rule", "get 0");
	assert_string_equal(result_text(f),
	    ".id=*1;chain=forward;action=drop;protocol=tcp;log=false;"
	    "log-prefix=;bytes=0;packets=0;disabled=true;invalid=false;"
	    "dynamic=false;comment=x");
	run_ok(f, "/test/rule", "enable 0");
	run_ok(f, "/test/rule", "comment 0 hello");
	run_ok(f, "/test/rule", "get 0 comment");
	assert_string_equal(result_text(f), "hello");
	run_ok(f, "/test/rule", "add copy-from=0 action=log");
	run_ok(f, "/test/rule", "get 1 comment");
	assert_string_equal(result_text(f), "hello");
	run_ok(f, "/test/rule", "find");
	assert_string_equal(result_text(f), "*1;*2");
	f->engine.packets[1] = 5;
	run_ok(f, "/test/rule", "get 0 packets");
	assert_string_equal(result_text(f), "5");
	run_ok(f, "/test/rule", "reset-counters 0");
	run_ok(f, "/test/rule", "get 0 packets");
	assert_string_equal(result_text(f), "0");
}

static void
test_selectors(void **state)
{
	struct fixture *f = *state;

	run_ok(f, "/test/port", "set eth1 name=wan1 mtu=1400");
	run_ok(f, "/test/port", "get wan1 mtu");
	assert_string_equal(result_text(f), "1400");
	run_ok(f, "/test/port", "set numbers=0,wan1 mtu=1300");
	run_ok(f, "/test/port", "set .id=*1 mtu=1301");
	run_ok(f, "/test/port", "get 0 mtu");
	assert_string_equal(result_text(f), "1301");
	run_ok(f, "/test/port", "get 1 mtu");
	assert_string_equal(result_text(f), "1300");
	run_ok(f, "/test/tracking", "set tcp-est=2d");
	run_ok(f, "/test/tracking", "get tcp-established-timeout");
	assert_string_equal(result_text(f), "2d");
	run_ok(f, "/test/tracking", "set !tcp-established-timeout");
	run_ok(f, "/test/tracking", "get tcp-established-timeout");
	assert_string_equal(result_text(f), "1d");
}

/* The numbers of the last print stay with their rows. */
static void
test_numbers(void **state)
{
	struct fixture *f = *state;

	run_ok(f, "/test/rule", "add chain=a");
	run_ok(f, "/test/rule", "add chain=b");
	run_ok(f, "/test/rule", "add chain=c");
	run_ok(f, "/test/rule", "print");
	run_ok(f, "/test/rule", "remove 0");
	assert_int_not_equal(run(f, "/test/rule", "remove 0"), 0);
	assert_string_equal(f->err.text, "no such item");
	run_ok(f, "/test/rule", "remove 2");
	assert_string_equal(rule_order(f), "b");
	/* Another menu's print leaves the current order to count. */
	run_ok(f, "/test/port", "print");
	run_ok(f, "/test/rule", "remove 0");
	assert_string_equal(rule_order(f), "");
	f->engine.n_connections = 5;
	run_ok(f, "/test/connection", "print");
	run_ok(f, "/test/connection", "remove 1,3");
	run_ok(f, "/test/connection", "find");
	assert_string_equal(result_text(f), "*1;*3;*5");
	run_ok(f, "/test/connection", "print");
	run_ok(f, "/test/connection", "remove 1");
	run_ok(f, "/test/connection", "find");
	assert_string_equal(result_text(f), "*1;*5");
}

static void
test_transaction(void **state)
{
	struct fixture *f = *state;

	run_ok(f, "/test/rule", "add chain=a");
	run_ok(f, "/test/rule", "add chain=b");
	run_ok(f, "/test/list", "add list=l address=10.0.0.1");
	f->engine.applied_rules = f->engine.applied_list = 0;

	assert_int_equal(sl_tx_begin(f->model, NULL), 0);
	assert_int_equal(sl_tx_begin(f->model, NULL), -EBUSY);
	run_ok(f, "/test/rule", "add chain=c place-before=0");
	run_ok(f, "/test/rule", "remove *1");
	run_ok(f, "/test/rule", "set *2 chain=B");
	run_ok(f, "/test/rule", "move *2 *3");
	run_ok(f, "/test/list", "remove 0");
	run_ok(f, "/test/list", "add list=l address=10.0.0.1");
	assert_int_not_equal(run(f, "/test/rule", "remove *2,*9"), 0);
	assert_string_equal(rule_order(f), "B,c");
	assert_int_equal(f->engine.applied_rules, 0);
	sl_tx_rollback(f->model);
	assert_string_equal(rule_order(f), "a,b");
	assert_int_equal(f->engine.applied_rules, 0);
	/* The list's own hash went back too. */
	assert_int_not_equal(
	    run(f, "/test/list", "add list=l address=10.0.0.1"), 0);

	assert_int_equal(sl_tx_begin(f->model, NULL), 0);
	run_ok(f, "/test/rule", "add chain=c");
	run_ok(f, "/test/list", "add list=l address=10.0.0.2");
	run_ok(f, "/test/rule", "add chain=d");
	assert_int_equal(sl_tx_commit(f->model, &f->err), 0);
	assert_int_equal(f->engine.applied_rules, 1);
	assert_int_equal(f->engine.applied_list, 1);
	assert_string_equal(rule_order(f), "a,b,c,d");
}

/* The engine refuses: items are as before, and were applied again. */
static void
test_apply_fails(void **state)
{
	struct fixture *f = *state;

	run_ok(f, "/test/rule", "add chain=a");
	f->engine = (struct engine){0};
	assert_int_equal(sl_tx_begin(f->model, NULL), 0);
	run_ok(f, "/test/list", "add list=l address=10.0.0.1");
	run_ok(f, "/test/rule", "add chain=b log-prefix=fail");
	run_ok(f, "/test/rule", "remove *1");
	assert_int_equal(sl_tx_commit(f->model, &f->err), -EIO);
	assert_string_equal(f->err.text, "failure: engine refused");
	assert_string_equal(rule_order(f), "a");
	assert_int_equal(f->engine.applied_rules, 2);
	assert_int_equal(f->engine.full_applies, 1);
	assert_int_equal(f->engine.applied_list, 2);
	assert_int_equal(run(f, "/test/rule", "set 0 log-prefix=fail"), -EIO);
	run_ok(f, "/test/rule", "get 0 log-prefix");
	assert_string_equal(result_text(f), "");
}

/* Rules are compiled from interface lists. */
static void
test_depends(void **state)
{
	struct fixture *f = *state;

	run_ok(f, "/interface/list", "add name=WAN");
	assert_int_equal(f->engine.applied_rules, 1);
	run_ok(f, "/interface/list/member", "add list=WAN interface=wan");
	assert_int_equal(f->engine.applied_rules, 2);
	assert_int_equal(f->engine.full_applies, 2);
	assert_int_equal(
	    sl_menu_reapply(sl_model_find(f->model, "/interface/list"), NULL),
	    0);
	assert_int_equal(f->engine.applied_rules, 3);
	run_ok(f, "/test/list", "add list=x");
	assert_int_equal(f->engine.applied_rules, 3);
}

#define MANY 60000

static void
test_scale(void **state)
{
	struct fixture *f = *state;
	struct sl_menu *menu = sl_model_find(f->model, "/test/list");
	char line[64];

	assert_int_equal(sl_tx_begin(f->model, NULL), 0);
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(line, sizeof(line), "add list=big address=10.%u.%u.%u",
		    i >> 16, i >> 8 & 255, i & 255);
		assert_int_equal(run(f, "/test/list", line), 0);
	}
	assert_int_equal(run(f, "/test/list", line), -EEXIST);
	assert_int_equal(sl_tx_commit(f->model, NULL), 0);
	assert_int_equal(f->engine.applied_list, 1);
	assert_int_equal(sl_items_count(menu), MANY);
	/* Growing the hash visits each item about once more. */
	assert_true(sl_items_steps(menu) < 4 * MANY);

	/* Ids and numbers: one renumbering, then direct. */
	assert_int_equal(run(f, "/test/list", "remove 30000"), 0);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line), "remove *%X", i * 20 + 1);
		assert_int_equal(run(f, "/test/list", line), 0);
	}
	assert_true(sl_items_steps(menu) < 6 * MANY);
	run_ok(f, "/test/list", "find");
	assert_int_equal(sl_array_len(&f->result), MANY - 1001);
}

int
main(void)
{
#define T(fn)                                                                  \
	cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    T(test_references),
	    T(test_foreign),
	    T(test_refusals),
	    T(test_order),
	    T(test_values),
	    T(test_selectors),
	    T(test_numbers),
	    T(test_transaction),
	    T(test_apply_fails),
	    T(test_depends),
	    T(test_scale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
