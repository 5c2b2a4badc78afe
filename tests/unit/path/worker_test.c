/* SPDX-License-Identifier: Apache-2.0 */
/* Two workers, one after the other on one thread; and real threads. */
#include "fixture.h"

#include "../base/tsan.h"

#include <path/jobs.h>

#define CLIENT "192.168.1.7"
#define SERVER "203.0.113.9"

static uint16_t
owner_of(uint16_t a, uint16_t b)
{
	struct sl_tuple t = {
	    .l4proto = IPPROTO_UDP, .src_id = htons(a), .dst_id = htons(b)};

	return sl_tuple_owner(&t, 2);
}

static uint64_t
handed(void)
{
	static uint64_t before;
	uint64_t now = sl_counter_sum(SL_COUNTER_HANDOFF_RECV), n;

	assert_int_equal(now, sl_counter_sum(SL_COUNTER_HANDOFF_SENT));
	n = now - before;
	before = now;
	return n;
}

/* Whoever a packet comes to, its connection's owner sends it. */
static void
the_owner_sends(void **state)
{
	(void)state;
	handed();
	for (uint16_t port = 2000; port < 2020; port++) {
		uint16_t owner = owner_of(port, 80);

		for (uint16_t at = 0; at < 2; at++) {
			char want[TEXT_MAX];

			arrive_at(LAN, WIRE, at,
			    &(struct recipe){.src = CLIENT,
				.dst = SERVER,
				.proto = IPPROTO_UDP,
				.sport = port});
			run();
			snprintf(want, sizeof(want),
			    "udp 192.168.1.7:%u->203.0.113.9:80 ttl=63", port);
			expect_at(WAN, WIRE, owner, want);
			assert_int_equal(handed(), at != owner);
			arrive_at(WAN, WIRE, at,
			    &(struct recipe){.src = SERVER,
				.dst = CLIENT,
				.proto = IPPROTO_UDP,
				.sport = 80,
				.dport = port});
			run();
			snprintf(want, sizeof(want),
			    "udp 203.0.113.9:80->192.168.1.7:%u ttl=63", port);
			expect_at(LAN, WIRE, owner, want);
			assert_int_equal(handed(), at != owner);
			expect_nothing();
		}
	}
	assert_int_equal(sl_table_total(engine->table), 20);
}

/* The kernel's own packets, too, and what is local. */
static void
host_packets_find_their_owner(void **state)
{
	uint16_t owner = owner_of(1024, 53);

	(void)state;
	handed();
	arrive_at(WAN, HOST, !owner,
	    &(struct recipe){.src = "198.51.100.1",
		.dst = SERVER,
		.proto = IPPROTO_UDP,
		.dport = 53});
	run();
	expect_at(
	    WAN, WIRE, owner, "udp 198.51.100.1:1024->203.0.113.9:53 ttl=64");
	arrive_at(WAN, WIRE, !owner,
	    &(struct recipe){.src = SERVER,
		.dst = "198.51.100.1",
		.proto = IPPROTO_UDP,
		.sport = 53,
		.dport = 1024});
	run();
	expect_at(
	    WAN, HOST, owner, "udp 203.0.113.9:53->198.51.100.1:1024 ttl=64");
	expect_nothing();
	assert_int_equal(handed(), 2);
}

/* Without a connection there is no owner. */
static void
untracked_packets_stay_where_they_came(void **state)
{
	struct sl_err err = {0};

	(void)state;
	handed();
	assert_int_equal(sl_track_settings_set_enabled(SL_TRACK_OFF, &err), 0);
	for (uint16_t at = 0; at < 2; at++) {
		arrive_at(LAN, WIRE, at,
		    &(struct recipe){
			.src = CLIENT, .dst = SERVER, .proto = IPPROTO_UDP});
		run();
		expect_at(WAN, WIRE, at,
		    "udp 192.168.1.7:1024->203.0.113.9:80 ttl=63");
	}
	expect_nothing();
	assert_int_equal(handed(), 0);
	assert_int_equal(sl_table_total(engine->table), 0);
}

/* A batch larger than the rings' batch arrives whole and in order. */
static void
a_burst_keeps_its_order(void **state)
{
	uint16_t owner = owner_of(1024, 80);

	(void)state;
	handed();
	for (uint16_t i = 0; i < 300; i++)
		arrive_at(LAN, WIRE, !owner,
		    &(struct recipe){.src = CLIENT,
			.dst = SERVER,
			.proto = IPPROTO_UDP,
			.payload = i});
	run();
	for (uint16_t i = 0; i < 300; i++) {
		const struct sl_mem_frame *f = next_frame(WAN, WIRE, owner);

		assert_non_null(f);
		assert_int_equal(f->len, SL_ETH_LEN + 28 + i);
	}
	expect_nothing();
	assert_int_equal(handed(), 300);
}

struct slow_job {
	struct sl_job job;
	uint32_t slices;
	uint16_t worker;
	bool is_worker;
};

static bool
run_slice(struct sl_job *job, struct sl_worker *w)
{
	struct slow_job *j = sl_container_of(job, struct slow_job, job);

	j->worker = w->id;
	j->is_worker = sl_role_worker == w->id && sl_role_is(SL_ROLE_WORKER) &&
		       !sl_role_is(SL_ROLE_CONTROL);
	return ++j->slices == 5;
}

static void
jobs_run_here_before_the_workers_start(void **state)
{
	(void)state;
	for (uint16_t i = 0; i < 2; i++) {
		struct slow_job j = {.job.run = run_slice};

		sl_job_call(engine, i, &j.job);
		assert_int_equal(j.slices, 5);
		assert_int_equal(j.worker, i);
	}
}

static void
jobs_run_on_their_worker(void **state)
{
	struct sl_err err = {0};

	(void)state;
	if (is_tsan())
		skip();
	assert_int_equal(sl_engine_start(engine, &err), 0);
	for (int round = 0; round < 50; round++) {
		struct slow_job j = {.job.run = run_slice};

		sl_job_call(engine, (uint16_t)(round % 2), &j.job);
		assert_int_equal(j.slices, 5);
		assert_int_equal(j.worker, round % 2);
		assert_true(j.is_worker);
	}
	sl_engine_stop(engine);
	sl_engine_stop(engine); /* of nothing */
}

static void
scratch_outgrown_is_flushed(void **state)
{
	struct sl_worker *w = engine->worker[0];
	uint8_t *first = sl_worker_scratch(w, 1000), *p;
	bool flushed = false;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		p = sl_worker_scratch(w, 1000);
		assert_int_equal((uintptr_t)p % 16, 0);
		memset(p, 0xff, 1000); /* ASan: it is all there */
		flushed |= p == first;
	}
	assert_true(flushed);
	p = sl_worker_scratch(w, SL_SCRATCH_BYTES / 2);
	memset(p, 0xff, SL_SCRATCH_BYTES / 2);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    ROUTER2(the_owner_sends),
	    ROUTER2(host_packets_find_their_owner),
	    ROUTER2(untracked_packets_stay_where_they_came),
	    ROUTER2(a_burst_keeps_its_order),
	    ROUTER2(jobs_run_here_before_the_workers_start),
	    ROUTER2(jobs_run_on_their_worker),
	    ROUTER(scratch_outgrown_is_flushed),
	};

	return run_group(tests, SL_COUNT_OF(tests));
}
