/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces that come and go while workers follow packets.
 *
 * What it is.  Two workers send packets through trace after trace; control starts
 *   each, reads it for a while and stops it.
 * What would show a mistake.  A crash or a report, if a trace went before its
 *   workers; an event whose fields do not belong together; a worker's numbers or
 *   steps out of order.
 * Ordering.    That of rule/trace.h.
 * Bounds.      TRACES traces of LOOKS events; the workers stop with control.
 */
#include <rule/trace.h>

#include <packet/parse.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { TRACES = 400, LOOKS = 2000, WORKERS = 2, BATCH = 16 };

static SL_ATOMIC(bool) done;
static uint64_t seen, wrong;

/* 192.0.2.1:PORT -> 192.0.2.2:PORT+1, UDP; its length says PORT, too. */
static void
make(struct sl_pkt *pkt, uint8_t *frame, uint16_t port)
{
	static const uint8_t head[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0,
	    0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2,
	    2};

	memcpy(frame, head, sizeof(head));
	memset(frame + sizeof(head), 0, 8);
	frame[34] = (uint8_t)(port >> 8);
	frame[35] = (uint8_t)port;
	frame[36] = (uint8_t)((port + 1) >> 8);
	frame[37] = (uint8_t)(port + 1);
	memset(pkt, 0, sizeof(*pkt));
	pkt->data = frame;
	pkt->len = pkt->room = 42;
	pkt->eth_type = 0x0800;
	pkt->l3_off = 14;
	pkt->l4_off = 34;
	pkt->l3_len = port;
	pkt->l4_len = 8;
	pkt->family = SL_IPV4;
	pkt->l4proto = IPPROTO_UDP;
	pkt->in_port = 0;
	pkt->out_port = 1;
}

static void *
run_worker(void *arg)
{
	uint16_t id = (uint16_t)(uintptr_t)arg, port = 0;
	uint8_t frame[64];
	struct sl_pkt pkt;

	sl_role_enter(SL_ROLE_WORKER, id, "worker");
	sl_rcu_register();
	sl_rcu_online();
	while (!sl_load_relaxed(&done)) {
		for (int i = 0; i < BATCH; i++) {
			make(&pkt, frame, ++port);
			if (sl_trace_is_on())
				sl_trace_begin(&pkt);
			if (sl_trace_wants(&pkt))
				sl_trace_rule(&pkt, SL_TABLE_FILTER, port);
			if (sl_trace_wants(&pkt))
				sl_trace_end(&pkt, SL_TAKEN);
		}
		sl_rcu_quiescent();
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	return NULL;
}

/* Parts of one event belong together; a worker's packets are numbered in order. */
static void
check(const struct sl_trace_event *e, uint64_t last[WORKERS])
{
	seen++;
	if (e->worker >= WORKERS || !e->has_ids ||
	    (uint16_t)(e->src_id + 1) != e->dst_id || e->len != e->src_id ||
	    (e->step == SL_TRACE_RULE && e->item != e->src_id) ||
	    e->packet < last[e->worker]) {
		wrong++;
		return;
	}
	last[e->worker] = e->packet;
}

static void
follow(bool some)
{
	struct sl_trace_filter filter = {.in_port = SL_PORT_NONE};
	struct sl_trace_event e;
	struct sl_err err = {0};
	uint64_t last[WORKERS] = {0};

	filter.has_src_port = some;
	filter.src_port = (struct sl_id_span){100, 30000};
	SL_ASSERT(sl_trace_start(&filter, WORKERS, &err) == 0);
	for (int i = 0; i < LOOKS; i++)
		if (sl_trace_next(&e))
			check(&e, last);
	sl_trace_stop();
}

int
main(void)
{
	pthread_t workers[WORKERS];

	sl_rcu_register();
	sl_role_enter(SL_ROLE_CONTROL, 0, "control");
	for (uintptr_t i = 0; i < WORKERS; i++)
		SL_ASSERT(pthread_create(
			      &workers[i], NULL, run_worker, (void *)i) == 0);
	for (int i = 0; i < TRACES; i++)
		follow(i % 2);
	sl_store_relaxed(&done, true);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(workers[i], NULL);
	sl_rcu_drain();
	sl_rcu_unregister();
	printf("%lu events, %lu wrong\n", (unsigned long)seen,
	    (unsigned long)wrong);
	return wrong != 0 || seen == 0;
}
