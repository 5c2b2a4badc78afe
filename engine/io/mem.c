/* SPDX-License-Identifier: Apache-2.0 */
#include <io/mem.h>

#include <errno.h>
#include <string.h>

#define EXTRA_ROOM 128

struct waiting {
	struct sl_mem_frame frame;
	bool is_copy; /* ours to free */
};

struct queue {
	struct waiting ring[SL_MEM_RING];
	uint32_t head, n;	   /* oldest frame, frames in the ring */
	uint32_t held;		   /* frames at the head that rx() gave out */
	struct sl_mem_frame *sent; /* [SL_MEM_SENT], on first use */
	uint32_t n_sent;
};

struct mem {
	struct sl_dev dev;
	sl_mem_sink_fn sink;
	void *sink_arg;
	struct queue *queue; /* [dev.queues] */
};

static struct mem *
mem_of(const struct sl_dev *dev)
{
	return sl_container_of(dev, struct mem, dev);
}

static struct queue *
queue_of(const struct sl_dev *dev, uint16_t q)
{
	SL_ASSERT(q < dev->queues);
	return &mem_of(dev)->queue[q];
}

static bool
enqueue(struct queue *queue, const struct sl_mem_frame *frame, bool is_copy)
{
	if (queue->n == SL_MEM_RING)
		return false;
	queue->ring[(queue->head + queue->n++) % SL_MEM_RING] =
	    (struct waiting){*frame, is_copy};
	return true;
}

bool
sl_mem_offer(struct sl_dev *dev, uint16_t q, const struct sl_mem_frame *frame)
{
	return enqueue(queue_of(dev, q), frame, false);
}

static bool
copy_frame(struct sl_mem_frame *out, const void *bytes, uint32_t len,
    const struct sl_offload *offload)
{
	memset(out, 0, sizeof(*out));
	out->data = malloc((size_t)len + EXTRA_ROOM);
	if (!out->data)
		return false;
	memcpy(out->data, bytes, len);
	out->len = len;
	out->room = len + EXTRA_ROOM;
	if (offload)
		out->offload = *offload;
	return true;
}

bool
sl_mem_inject(struct sl_dev *dev, uint16_t q, const void *bytes, uint32_t len,
    const struct sl_offload *offload)
{
	struct sl_mem_frame frame;

	if (!copy_frame(&frame, bytes, len, offload))
		return false;
	if (enqueue(queue_of(dev, q), &frame, true))
		return true;
	free(frame.data);
	return false;
}

static uint32_t
rx(struct sl_dev *dev, uint16_t q, struct sl_pkt *pkts, uint32_t max)
{
	struct queue *queue = queue_of(dev, q);
	uint64_t bytes = 0;

	SL_ASSERT(queue->held == 0);
	max = SL_MIN(SL_MIN(max, SL_BATCH_MAX), queue->n);
	for (uint32_t i = 0; i < max; i++) {
		const struct sl_mem_frame *f =
		    &queue->ring[(queue->head + i) % SL_MEM_RING].frame;

		pkts[i].data = f->data;
		pkts[i].len = f->len;
		pkts[i].room = f->room;
		pkts[i].offload = f->offload;
		pkts[i].origin = dev;
		bytes += f->len;
	}
	queue->held = max;
	if (max)
		sl_dev_count_rx(dev, q, max, bytes);
	return max;
}

static void
rx_done(struct sl_dev *dev, uint16_t q)
{
	struct queue *queue = queue_of(dev, q);

	for (; queue->held; queue->held--, queue->n--) {
		struct waiting *w = &queue->ring[queue->head];

		if (w->is_copy)
			free(w->frame.data);
		queue->head = (queue->head + 1) % SL_MEM_RING;
	}
}

static bool
keep(struct queue *queue, const struct sl_pkt *pkt)
{
	if (!queue->sent)
		queue->sent = calloc(SL_MEM_SENT, sizeof(*queue->sent));
	if (!queue->sent || queue->n_sent == SL_MEM_SENT ||
	    !copy_frame(&queue->sent[queue->n_sent], pkt->data, pkt->len,
		&pkt->offload))
		return false;
	queue->n_sent++;
	return true;
}

static bool
tx(struct sl_dev *dev, uint16_t q, const struct sl_pkt *pkt)
{
	struct mem *m = mem_of(dev);

	if (m->sink ? !m->sink(m->sink_arg, q, pkt)
		    : !keep(queue_of(dev, q), pkt)) {
		sl_bump_relaxed(&dev->stats[q].tx_dropped, 1);
		return false;
	}
	sl_dev_count_tx(dev, q, 1, pkt->len);
	return true;
}

static void
flush(struct sl_dev *dev, uint16_t q)
{
	(void)dev; /* tx() is done at once */
	(void)q;
}

static int
fd(struct sl_dev *dev, uint16_t q)
{
	(void)dev;
	(void)q;
	return -1;
}

uint32_t
sl_mem_sent_count(const struct sl_dev *dev, uint16_t q)
{
	return queue_of(dev, q)->n_sent;
}

const struct sl_mem_frame *
sl_mem_sent(const struct sl_dev *dev, uint16_t q, uint32_t i)
{
	const struct queue *queue = queue_of(dev, q);

	SL_ASSERT(i < queue->n_sent);
	return &queue->sent[i];
}

void
sl_mem_sent_clear(struct sl_dev *dev, uint16_t q)
{
	struct queue *queue = queue_of(dev, q);

	while (queue->n_sent)
		free(queue->sent[--queue->n_sent].data);
}

void
sl_mem_set_sink(struct sl_dev *dev, sl_mem_sink_fn sink, void *arg)
{
	struct mem *m = mem_of(dev);

	m->sink = sink;
	m->sink_arg = arg;
}

static void
close_dev(struct sl_dev *dev)
{
	struct mem *m = mem_of(dev);

	for (uint16_t q = 0; q < dev->queues; q++) {
		m->queue[q].held = m->queue[q].n;
		rx_done(dev, q);
		sl_mem_sent_clear(dev, q);
		free(m->queue[q].sent);
	}
	free(m->queue);
	sl_dev_fini(dev);
	free(m);
}

static const struct sl_dev_ops ops = {
    .kind = "mem",
    .rx = rx,
    .rx_done = rx_done,
    .tx = tx,
    .flush = flush,
    .fd = fd,
    .close = close_dev,
};

struct sl_dev *
sl_mem_open(uint16_t queues, struct sl_err *err)
{
	struct mem *m = calloc(1, sizeof(*m));

	if (!m)
		goto out;
	m->queue = calloc(queues, sizeof(*m->queue));
	if (!m->queue || sl_dev_init(&m->dev, &ops, queues, err))
		goto out_mem;
	return &m->dev;

out_mem:
	free(m->queue);
	free(m);
out:
	sl_err_set(err, -ENOMEM, "memory port: out of memory");
	return NULL;
}
