/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of connections that are looked into: one look a packet, cells that
 * are taken back when they run out, nothing left when connections end. */
#include "build.h"

#include "hello.h"

#include <conn/table.h>
#include <conn/watch.h>
#include <rule/content.h>
#include <rule/examined.h>
#include <rule/inspect.h>
#include <rule/l7_stream.h>
#include <rule/tls_stream.h>

static struct sl_table *table;
static struct sl_l7 *l7;

enum { NAME_WEB = 100, NAME_MAIL };

static int
setup(void **state)
{
	static const struct sl_l7_entry entries[] = {
	    {NAME_WEB, {(const uint8_t *)"^get .*http", 11}},
	    {NAME_MAIL, {(const uint8_t *)"^220 .*smtp", 11}},
	};

	test_setup(state);
	table = sl_table_new(1, SL_L7_CELLS + 100, NULL);
	l7 = sl_l7_get(entries, 2, NULL);
	sl_inspect_init();
	return !table || !l7 || sl_inspect_prepare(NULL);
}

static int
teardown(void **state)
{
	sl_l7_put(l7);
	sl_table_free(table);
	sl_inspect_fini();
	return test_teardown(state);
}

static struct sl_conn *
open_conn(uint16_t number)
{
	struct sl_tuple t = {.family = SL_IPV4, .l4proto = IPPROTO_TCP};
	enum sl_drop_reason reason;
	struct sl_conn *c;

	t.src.u.w[0] = htonl(0xc0000200u + number / 60000);
	t.dst.u.w[0] = htonl(0xc6336401u);
	t.src_id = htons((uint16_t)(1 + number % 60000));
	t.dst_id = htons(443);
	c = sl_shard_alloc(sl_table_shard(table, 0), &t, sl_now_ns(), &reason);
	assert_non_null(c);
	return c;
}

static void
end_conn(struct sl_conn *c)
{
	sl_shard_free_fresh(sl_table_shard(table, 0), c);
}

/* A segment of the client's with these bytes. */
static struct sl_pkt *
segment(struct test_pkt *t, struct sl_conn *c, uint32_t seq, const void *data,
    uint32_t len)
{
	struct sl_pkt *pkt;
	uint8_t *tcp;

	pkt = build(
	    t, &(struct recipe){.tcp_flags = 0x18, .payload = (uint16_t)len});
	tcp = sl_pkt_l4(pkt);
	put16(tcp + 4, (uint16_t)(seq >> 16));
	put16(tcp + 6, (uint16_t)seq);
	memcpy(tcp + 20, data, len);
	pkt->conn = c;
	if (c)
		sl_conn_account_owned(c, SL_ORIG, pkt->l3_len, pkt->now_ns);
	return pkt;
}

static bool
is_web(struct sl_conn *c, const char *text)
{
	struct test_pkt t;

	return sl_l7_stream_is(
	    l7, NAME_WEB, segment(&t, c, 1, text, (uint32_t)strlen(text)));
}

static void
a_packet_counts_once_however_many_ask(void **state)
{
	struct sl_conn *c = open_conn(1);
	struct test_pkt t;
	struct sl_pkt *pkt = segment(&t, c, 1, "GET / H", 7);

	(void)state;
	for (unsigned i = 0; i < 5; i++)
		assert_false(sl_l7_stream_is(l7, NAME_WEB, pkt));
	assert_int_equal(sl_inspect_l7_cell(sl_inspect_find(c))->len, 7);
	assert_true(is_web(c, "TTP"));
	assert_true(is_web(c, ""));
	assert_false(sl_l7_stream_is(l7, NAME_MAIL, pkt));
	end_conn(c);
}

static void
unknown_is_for_ever_and_keeps_nothing(void **state)
{
	struct sl_conn *c = open_conn(1);
	uint8_t big[SL_L7_BYTES / 2];
	struct test_pkt t;

	(void)state;
	memset(big, 'x', sizeof(big));
	for (unsigned i = 0; i < 2; i++) {
		assert_false(sl_conn_has(c, SL_CONN_L7_UNKNOWN));
		assert_false(sl_l7_stream_is(
		    l7, NAME_WEB, segment(&t, c, 1, big, sizeof(big))));
	}
	assert_true(sl_conn_has(c, SL_CONN_L7_UNKNOWN));
	assert_false(sl_conn_has(c, SL_CONN_INSPECTED));
	assert_null(sl_inspect_find(c));
	assert_false(is_web(c, "GET / HTTP"));
	end_conn(c);
}

/* Eleven packets without a byte of payload: known without a record. */
static void
packets_count_without_payload(void **state)
{
	struct sl_conn *c = open_conn(1);

	(void)state;
	for (unsigned i = 0; i < SL_L7_PACKETS; i++)
		assert_false(is_web(c, ""));
	assert_true(sl_conn_has(c, SL_CONN_L7_UNKNOWN));
	end_conn(c);
}

/* An expression that changes while a connection is looked at: the next packet
 * meets the new one, with all there is. */
static void
meets_new_expressions_half_way(void **state)
{
	static const struct sl_l7_entry changed = {
	    NAME_WEB, {(const uint8_t *)"^put .*xyz", 10}};
	struct sl_conn *c = open_conn(1);
	struct sl_l7 *other = sl_l7_get(&changed, 1, NULL);
	struct test_pkt t;

	(void)state;
	assert_false(is_web(c, "PUT /"));
	assert_true(
	    sl_l7_stream_is(other, NAME_WEB, segment(&t, c, 1, "XYZ", 3)));
	sl_l7_put(other);
	end_conn(c);
}

static void
without_a_connection_nothing_holds(void **state)
{
	(void)state;
	assert_false(is_web(NULL, "GET / HTTP"));
}

static void
the_oldest_makes_room(void **state)
{
	static struct sl_conn *c[SL_L7_CELLS + 2];
	uint64_t before = sl_counter_sum(SL_COUNTER_INSPECT_CUT);

	(void)state;
	for (unsigned i = 0; i < SL_L7_CELLS + 2; i++) {
		c[i] = open_conn((uint16_t)i);
		assert_false(is_web(c[i], "GET "));
	}
	assert_int_equal(sl_counter_sum(SL_COUNTER_INSPECT_CUT) - before, 2);
	assert_true(sl_conn_has(c[0], SL_CONN_L7_UNKNOWN));
	assert_true(sl_conn_has(c[1], SL_CONN_L7_UNKNOWN));
	assert_false(sl_conn_has(c[2], SL_CONN_L7_UNKNOWN));
	assert_true(is_web(c[2], "HTTP"));
	for (unsigned i = 0; i < SL_L7_CELLS + 2; i++)
		end_conn(c[i]);
	/* All came back: as many again cut nobody. */
	for (unsigned i = 0; i < SL_L7_CELLS; i++) {
		c[i] = open_conn((uint16_t)i);
		assert_false(is_web(c[i], "GET "));
	}
	assert_int_equal(sl_counter_sum(SL_COUNTER_INSPECT_CUT) - before, 2);
	for (unsigned i = 0; i < SL_L7_CELLS; i++)
		end_conn(c[i]);
}

static const char *
host_of(struct sl_conn *c, uint32_t seq, const void *data, uint32_t len,
    uint32_t ack)
{
	struct test_pkt t;
	struct sl_pkt *pkt = segment(&t, c, seq, data, len);

	put16(sl_pkt_l4(pkt) + 8, (uint16_t)(ack >> 16));
	put16(sl_pkt_l4(pkt) + 10, (uint16_t)ack);
	return sl_tls_stream_host(pkt);
}

/* Sequence numbers that wrap around in the middle of the hello. */
static void
tls_numbers_wrap_around(void **state)
{
	struct sl_conn *c = open_conn(1);
	uint8_t bytes[HELLO_ROOM];
	uint32_t n = hello_make(bytes, "a.example"), base = 0u - 10;

	(void)state;
	assert_null(host_of(c, base, "", 0, 1));
	assert_null(host_of(c, base + 30, bytes + 30, n - 30, 1));
	assert_string_equal(host_of(c, base, bytes, 30, 1), "a.example");
	/* Before the start: nothing; across it: the part that counts. */
	assert_string_equal(host_of(c, base + 40, bytes, 5, 1), "a.example");
	assert_null(host_of(c, base + n, "early", 5, 1));
	assert_true(sl_conn_has(c, SL_CONN_INSPECTED));
	assert_null(host_of(c, base + n, "more", 4, 2));
	assert_true(sl_conn_has(c, SL_CONN_TLS_OVER));
	assert_false(sl_conn_has(c, SL_CONN_INSPECTED));
	end_conn(c);
}

static void
tls_of_the_oldest_starts_anew(void **state)
{
	static struct sl_conn *c[SL_TLS_CELLS + 1];
	uint8_t bytes[HELLO_ROOM];
	uint32_t n = hello_make(bytes, "a.example");

	(void)state;
	for (unsigned i = 0; i < SL_TLS_CELLS + 1; i++) {
		c[i] = open_conn((uint16_t)i);
		assert_string_equal(host_of(c[i], 1, bytes, n, 1), "a.example");
	}
	assert_null(sl_inspect_find(c[0]));
	assert_false(sl_conn_has(c[0], SL_CONN_TLS_OVER));
	/* Sent again, it is known again. */
	assert_string_equal(host_of(c[0], 1, bytes, n, 1), "a.example");
	for (unsigned i = 0; i < SL_TLS_CELLS + 1; i++)
		end_conn(c[i]);
}

static void
tls_in_one_packet_needs_no_connection(void **state)
{
	uint8_t bytes[HELLO_ROOM];
	uint32_t n = hello_make(bytes, "a.example");

	(void)state;
	assert_string_equal(host_of(NULL, 1, bytes, n, 1), "a.example");
	assert_null(host_of(NULL, 1, bytes, n - 1, 1));
	n = hello_make(bytes, "");
	assert_string_equal(host_of(NULL, 1, bytes, n, 1), "");
}

static void
contents_are_told_apart(void **state)
{
	static const struct sl_span values[] = {{(const uint8_t *)"A", 1},
	    {(const uint8_t *)"BC", 2}, {(const uint8_t *)"bc", 2}};
	struct sl_content *content = sl_content_get(values, 3, NULL), *same;
	struct test_pkt t;
	struct sl_pkt *pkt = segment(&t, NULL, 1, "..BC..", 6);

	(void)state;
	same = sl_content_get(values, 3, NULL);
	assert_ptr_equal(content, same);
	sl_content_put(same);
	for (unsigned i = 0; i < 2; i++) {
		assert_false(sl_content_is_in(content, 0, pkt));
		assert_true(sl_content_is_in(content, 1, pkt));
		assert_false(sl_content_is_in(content, 2, pkt));
	}
	pkt = segment(&t, NULL, 1, "..bcA", 5);
	assert_true(sl_content_is_in(content, 0, pkt));
	assert_false(sl_content_is_in(content, 1, pkt));
	assert_true(sl_content_is_in(content, 2, pkt));
	assert_int_equal(sl_content_number(content, values[2]), 2);
	sl_content_put(content);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_packet_counts_once_however_many_ask),
	    cmocka_unit_test(unknown_is_for_ever_and_keeps_nothing),
	    cmocka_unit_test(packets_count_without_payload),
	    cmocka_unit_test(meets_new_expressions_half_way),
	    cmocka_unit_test(without_a_connection_nothing_holds),
	    cmocka_unit_test(the_oldest_makes_room),
	    cmocka_unit_test(tls_numbers_wrap_around),
	    cmocka_unit_test(tls_of_the_oldest_starts_anew),
	    cmocka_unit_test(tls_in_one_packet_needs_no_connection),
	    cmocka_unit_test(contents_are_told_apart),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
