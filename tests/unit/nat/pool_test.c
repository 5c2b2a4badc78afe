/* SPDX-License-Identifier: Apache-2.0 */
/* Pools by number: the same for the same address and protocol, to the last. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <nat/pool.h>

static int
setup(void **state)
{
	(void)state;
	sl_hash_init();
	return 0;
}

static struct sl_tuple
to(uint8_t family, uint8_t l4proto, uint32_t addr)
{
	struct sl_tuple t = {.family = family, .l4proto = l4proto};

	t.dst.u.w[0] = htonl(addr);
	return t;
}

static void
numbered_and_found(void **state)
{
	struct sl_tuple a = to(SL_IPV4, IPPROTO_UDP, 0xcb007101);
	struct sl_tuple b = to(SL_IPV4, IPPROTO_TCP, 0xcb007101);
	struct sl_tuple c = to(SL_IPV6, IPPROTO_UDP, 0xcb007101);
	struct sl_tuple d = to(SL_IPV4, IPPROTO_UDP, 0xcb007102);
	struct sl_pool p;

	(void)state;
	assert_int_equal(sl_pool_find(&a), 0);
	assert_int_equal(sl_pool_get(&a), 1);
	assert_int_equal(sl_pool_get(&b), 2);
	assert_int_equal(sl_pool_get(&c), 3);
	assert_int_equal(sl_pool_find(&d), 0);
	a.src_id = htons(53); // the far end is not part of it
	a.dst_id = htons(4000);
	assert_int_equal(sl_pool_get(&a), 1);
	assert_int_equal(sl_pool_find(&b), 2);
	sl_pool_refuse(2);
	sl_pool_refuse(2);
	sl_pool_refuse(0); // none: nothing happens
	assert_true(sl_pool_at(2, &p));
	assert_int_equal(p.refused, 2);
	assert_int_equal(p.l4proto, IPPROTO_TCP);
	assert_memory_equal(&p.addr, &b.dst, sizeof(p.addr));
	assert_true(sl_pool_at(1, &p));
	assert_int_equal(p.refused, 0);
	assert_false(sl_pool_at(0, &p));
	assert_false(sl_pool_at(4, &p));
	sl_pool_clear();
	assert_int_equal(sl_pool_find(&a), 0);
}

static void
no_more_than_there_is_room_for(void **state)
{
	struct sl_tuple t;

	(void)state;
	for (uint32_t i = 1; i < SL_POOL_MAX; i++) {
		t = to(SL_IPV4, IPPROTO_UDP, i);
		assert_int_equal(sl_pool_get(&t), i);
	}
	t = to(SL_IPV4, IPPROTO_UDP, SL_POOL_MAX);
	assert_int_equal(sl_pool_get(&t), 0);
	assert_int_equal(sl_pool_find(&t), 0);
	t = to(SL_IPV4, IPPROTO_UDP, SL_POOL_MAX - 1);
	assert_int_equal(sl_pool_get(&t), SL_POOL_MAX - 1);
	sl_pool_clear();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbered_and_found),
	    cmocka_unit_test(no_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
