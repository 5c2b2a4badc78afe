/* SPDX-License-Identifier: Apache-2.0 */
#include <path/worker.h>

#include <path/helped.h>
#include <path/jobs.h>
#include <path/path.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

/* A worker looks at its timers at least this often, asleep or not. */
#define SLEEP_MS 50
/* How long it looks for more before it sleeps. */
#define SPIN_NS (20 * 1000)
/* Reading a TAP is a system call even if nothing is there: while there is work,
 * it is done every so many rounds. */
#define HOST_EVERY 8

enum { WIRE, HOST };

struct sl_worker *
sl_worker_new(struct sl_engine *engine, uint16_t id, struct sl_err *err)
{
	struct sl_worker *w = calloc(1, sizeof(*w));

	if (!w)
		goto no_memory;
	w->id = id;
	w->engine = engine;
	w->track.table = engine->table;
	w->track.shard = sl_table_shard(engine->table, id);
	w->track.worker = id;
	ck_ring_init(&w->job_ring, SL_JOB_RING);
	w->scratch = malloc(SL_SCRATCH_BYTES);
	w->defrag = sl_defrag_new(NULL);
	if (!w->scratch || !w->defrag)
		goto no_memory;
	if (sl_helped_init(w, err) == 0)
		return w;
	sl_worker_free(w);
	return NULL;
no_memory:
	sl_err_set(err, -ENOMEM, "worker %u: out of memory", id);
	sl_worker_free(w);
	return NULL;
}

void
sl_worker_free(struct sl_worker *w)
{
	if (!w)
		return;
	sl_pending_clear(&w->pending);
	sl_related_fini(&w->related);
	if (w->defrag)
		sl_defrag_free(w->defrag);
	free(w->scratch);
	free(w);
}

static struct sl_dev *
device(uint16_t number, int side)
{
	struct sl_port *port = sl_port_by_number(number);

	if (!port)
		return NULL;
	return side == WIRE ? sl_rcu_read(&port->wire)
			    : sl_rcu_read(&port->host);
}

static void
flush_side(struct sl_worker *w, int side)
{
	for (unsigned i = 0; i < SL_COUNT_OF(w->dirty[side]); i++) {
		while (w->dirty[side][i]) {
			unsigned bit =
			    (unsigned)__builtin_ctzll(w->dirty[side][i]);
			struct sl_dev *dev =
			    device((uint16_t)(i * 64 + bit), side);

			w->dirty[side][i] &= w->dirty[side][i] - 1;
			if (dev)
				dev->ops->flush(dev, w->id);
		}
	}
}

void
sl_worker_flush(struct sl_worker *w)
{
	flush_side(w, WIRE);
	flush_side(w, HOST);
	w->scratch_used = 0;
}

uint8_t *
sl_worker_scratch(struct sl_worker *w, uint32_t len)
{
	uint8_t *p;

	SL_ASSERT(len <= SL_SCRATCH_BYTES / 2);
	if (w->scratch_used + len > SL_SCRATCH_BYTES)
		sl_worker_flush(w);
	p = w->scratch + w->scratch_used;
	w->scratch_used += (len + 15) & ~15u;
	return p;
}

static enum sl_verdict
tx(struct sl_worker *w, uint16_t number, int side, const struct sl_pkt *pkt)
{
	struct sl_dev *dev = device(number, side);

	if (!dev)
		return sl_drop(SL_DROP_PORT_DOWN);
	if (!dev->ops->tx(dev, w->id, pkt))
		return sl_drop(
		    side == WIRE ? SL_DROP_TX_FULL : SL_DROP_HOST_FULL);
	w->dirty[side][number / 64] |= 1ull << (number % 64);
	sl_count(side == WIRE ? SL_COUNTER_TX_PACKETS : SL_COUNTER_HOST_IN, 1);
	return SL_TAKEN;
}

enum sl_verdict
sl_worker_tx_wire(struct sl_worker *w, uint16_t port, const struct sl_pkt *pkt)
{
	return tx(w, port, WIRE, pkt);
}

enum sl_verdict
sl_worker_tx_host(struct sl_worker *w, uint16_t port, const struct sl_pkt *pkt)
{
	return tx(w, port, HOST, pkt);
}

/* What a packet is before any stage has seen it; rx filled in the frame. */
static void
receive(struct sl_pkt *pkt, uint16_t number, int side)
{
	pkt->now_ns = sl_now_ns();
	pkt->in_port = side == WIRE ? number : SL_PORT_NONE;
	pkt->out_port = side == WIRE ? SL_PORT_NONE : number;
	pkt->flags = side == WIRE ? 0 : SL_PKT_FROM_HOST;
	pkt->max_frag = 0;
	pkt->out_mtu = 0;
	pkt->conn = NULL;
	pkt->dir = SL_ORIG;
	pkt->state = SL_STATE_UNTRACKED; // as rules of raw see it
	pkt->packet_mark = pkt->routing_mark = 0;
	pkt->priority = 0;
}

/* One batch from one side of one port. */
static uint32_t
take_batch(struct sl_worker *w, uint16_t number, int side)
{
	struct sl_dev *dev = device(number, side);
	uint32_t n;

	if (!dev)
		return 0;
	n = dev->ops->rx(dev, w->id, w->pkts, SL_BATCH_MAX);
	if (!n)
		return 0;
	sl_clock_tick();
	for (uint32_t i = 0; i < n; i++)
		receive(&w->pkts[i], number, side);
	sl_count(side == WIRE ? SL_COUNTER_RX_PACKETS : SL_COUNTER_HOST_OUT, n);
	sl_path_batch(w, w->pkts, n);
	sl_worker_flush(w);
	dev->ops->rx_done(dev, w->id);
	return n;
}

static uint32_t
take_handed(struct sl_worker *w)
{
	uint32_t n;

	if (w->engine->workers == 1)
		return 0;
	n = sl_handoff_recv(w->engine->handoff, w->pkts, SL_BATCH_MAX);
	if (!n)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		w->pkts[i].now_ns = sl_now_ns();
	sl_path_batch(w, w->pkts, n);
	sl_worker_flush(w);
	sl_handoff_done(w->engine->handoff);
	return n;
}

static uint32_t
run_job(struct sl_worker *w)
{
	if (!w->job &&
	    !ck_ring_dequeue_spsc(&w->job_ring, w->job_slots, &w->job))
		return 0;
	if (w->job->run(w->job, w)) {
		/* The job's results are visible to the waiter; pairs with the
		 * acquire in sl_job_call().  The job is gone after this. */
		struct sl_job *job = w->job;

		w->job = NULL;
		sl_store_release(&job->done, 1);
	}
	return 1;
}

static void
housekeeping(struct sl_worker *w)
{
	sl_pending_run(w);
	sl_defrag_expire(w->defrag, sl_now_ns());
	sl_related_tick(&w->related, sl_now_ns());
	sl_shard_tick(w->track.shard, sl_now_ns());
	if (w->id == 0)
		sl_ein_sweep(&w->sweep, sl_now_ns());
	sl_worker_flush(w);
	if (w->engine->workers > 1)
		sl_handoff_flush(w->engine->handoff);
}

static uint32_t
take_side(struct sl_worker *w, int side)
{
	uint32_t n = 0;

	for (uint16_t i = 0; i < sl_port_count(); i++)
		n += take_batch(w, i, side);
	return n;
}

static uint32_t
step(struct sl_worker *w, bool host)
{
	uint32_t n = take_side(w, WIRE);

	if (host) {
		uint32_t from_host = take_side(w, HOST);

		w->host_is_busy = from_host > 0;
		n += from_host;
	}
	n += take_handed(w);
	n += run_job(w);
	housekeeping(w);
	return n + (sl_shard_is_busy(w->track.shard) ? 1 : 0);
}

uint32_t
sl_worker_step(struct sl_worker *w)
{
	return step(w, true);
}

/* Descriptors to sleep on: every device's, and the wake eventfd. */
static nfds_t
poll_set(struct sl_worker *w, struct pollfd *fds)
{
	nfds_t n = 0;

	fds[n++] = (struct pollfd){w->engine->wakes[w->id].fd, POLLIN, 0};
	for (uint16_t i = 0; i < sl_port_count(); i++) {
		for (int side = WIRE; side <= HOST; side++) {
			struct sl_dev *dev = device(i, side);
			int fd = dev ? dev->ops->fd(dev, w->id) : -1;

			if (fd >= 0)
				fds[n++] = (struct pollfd){fd, POLLIN, 0};
		}
	}
	return n;
}

static void
sleep_until_work(struct sl_worker *w)
{
	struct sl_wake *wake = &w->engine->wakes[w->id];
	struct pollfd fds[2 * SL_PORTS_MAX + 1];
	nfds_t n = poll_set(w, fds);

	sl_wake_prepare(wake);
	sl_rcu_offline();
	if (!ck_ring_size(&w->job_ring) && !sl_load_relaxed(&w->stop) &&
	    (w->engine->workers == 1 ||
		!sl_handoff_has_work(w->engine->handoff)))
		poll(fds, n, SLEEP_MS);
	sl_rcu_online();
	sl_wake_done(wake);
}

void *
sl_worker_main(void *arg)
{
	struct sl_worker *w = arg;
	uint64_t busy_ns = 0;
	uint32_t rounds = 0;
	char name[16];

	snprintf(name, sizeof(name), "sl-worker-%u", w->id);
	sl_role_enter(SL_ROLE_WORKER, w->id, name);
	sl_rcu_register();
	sl_rcu_online();
	while (!sl_load_relaxed(&w->stop)) {
		sl_clock_tick();
		if (step(w, w->host_is_busy || rounds++ % HOST_EVERY == 0))
			busy_ns = sl_now_ns();
		sl_rcu_quiescent();
		if (sl_now_ns() - busy_ns > SPIN_NS) {
			sleep_until_work(w);
			rounds = 0;
		}
	}
	sl_rcu_offline();
	sl_rcu_unregister();
	return NULL;
}
