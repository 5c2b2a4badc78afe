/* SPDX-License-Identifier: Apache-2.0 */
#include <io/mem.h>

#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static SL_ATOMIC(int) closed;

static void
count_close(struct sl_dev *dev)
{
	sl_add_relaxed(&closed, 1);
	sl_dev_fini(dev);
	free(dev);
}

static const struct sl_dev_ops counting = {
    .kind = "counting", .close = count_close};

static struct sl_dev *
new_dev(void)
{
	struct sl_dev *dev = calloc(1, sizeof(*dev));

	assert_non_null(dev);
	assert_int_equal(sl_dev_init(dev, &counting, 1, NULL), 0);
	return dev;
}

static int
clear(void **state)
{
	(void)state;
	sl_ports_clear();
	sl_store_relaxed(&closed, 0);
	return 0;
}

static void
finds_by_every_name(void **state)
{
	struct sl_port *wan = sl_port_add("wan", "eth1", NULL);
	struct sl_port *lan = sl_port_add("lan", "eth2", NULL);

	(void)state;
	assert_int_equal(wan->number, 0);
	assert_int_equal(lan->number, 1);
	sl_store_relaxed(&lan->ifindex, 7);
	sl_store_relaxed(&lan->host_ifindex, 8);
	assert_int_equal(sl_port_count(), 2);
	assert_ptr_equal(sl_port_by_number(1), lan);
	assert_null(sl_port_by_number(2));
	assert_ptr_equal(sl_port_by_name("wan"), wan);
	assert_null(sl_port_by_name("eth1"));
	assert_ptr_equal(sl_port_by_ifindex(7), lan);
	assert_ptr_equal(sl_port_by_ifindex(8), lan);
	assert_null(sl_port_by_ifindex(0)); /* wan has no index */
	assert_null(sl_port_by_ifindex(9));
}

/* One byte more than there is room for. */
#define LONG_NAME                                                              \
	"a-name-of-sixty-four-characters-which-is-one-more-than-there-may"
_Static_assert(sizeof(LONG_NAME) == SL_PORT_NAME + 1, "one too many");

static const struct {
	const char *name, *netdev;
	int code;
} refusals[] = {
    {"wan", "eth2", -EEXIST},
    {"", "eth2", -ENAMETOOLONG},
    {LONG_NAME, "eth2", -ENAMETOOLONG},
    {"lan", LONG_NAME, -ENAMETOOLONG},
    {"lan", "", -ENAMETOOLONG},
};

static void
refuses_bad_names(void **state)
{
	(void)state;
	assert_non_null(sl_port_add("wan", "eth1", NULL));
	for (size_t i = 0; i < SL_COUNT_OF(refusals); i++) {
		struct sl_err err = {0};

		assert_null(
		    sl_port_add(refusals[i].name, refusals[i].netdev, &err));
		assert_int_equal(err.code, refusals[i].code);
		assert_true(strlen(err.text) > 0);
	}
	assert_int_equal(sl_port_count(), 1);
}

static void
has_room_for_so_many(void **state)
{
	struct sl_err err = {0};
	char name[SL_PORT_NAME];

	(void)state;
	for (int i = 0; i < SL_PORTS_MAX; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		assert_non_null(sl_port_add(name, name, NULL));
	}
	assert_null(sl_port_add("more", "more", &err));
	assert_int_equal(err.code, -ENOSPC);
}

static void
keeps_a_mac(void **state)
{
	struct sl_port *port = sl_port_add("wan", "eth1", NULL);
	const uint8_t mac[6] = {2, 0xff, 3, 0x80, 4, 0xfe};
	uint8_t out[6];

	(void)state;
	sl_port_set_mac(port, mac);
	sl_port_mac(port, out);
	assert_memory_equal(mac, out, 6);
}

static void
closes_what_is_replaced(void **state)
{
	struct sl_port *port = sl_port_add("wan", "eth1", NULL);

	(void)state;
	sl_port_set_wire(port, new_dev());
	sl_port_set_host(port, new_dev());
	assert_true(sl_load_relaxed(&port->flags) & SL_PORT_HAS_HOST);
	sl_rcu_drain();
	assert_int_equal(sl_load_relaxed(&closed), 0);
	sl_port_set_wire(port, new_dev());
	sl_port_set_host(port, NULL);
	assert_false(sl_load_relaxed(&port->flags) & SL_PORT_HAS_HOST);
	sl_rcu_drain();
	assert_int_equal(sl_load_relaxed(&closed), 2);
	sl_ports_clear();
	assert_int_equal(sl_load_relaxed(&closed), 3);
	assert_int_equal(sl_port_count(), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, clear)
	const struct CMUnitTest tests[] = {
	    T(finds_by_every_name),
	    T(refuses_bad_names),
	    T(has_room_for_so_many),
	    T(keeps_a_mac),
	    T(closes_what_is_replaced),
	};
#undef T
	int rc;

	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_rcu_register();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	sl_rcu_unregister();
	return rc;
}
