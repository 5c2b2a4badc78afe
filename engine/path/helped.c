/* SPDX-License-Identifier: Apache-2.0 */
#include <path/helped.h>

/* What lies in the scratch memory is sent first if it is this much: then a frame
 * of any size, and the fragments it is cut into, do not cross its end. */
#define SCRATCH_LOW (SL_SCRATCH_BYTES / 4)

_Static_assert(SCRATCH_LOW + 2 * SL_FRAME_MAX + 4096 <= SL_SCRATCH_BYTES,
    "a frame and its fragments fit");

static uint8_t *
scratch(void *worker, uint32_t len)
{
	struct sl_worker *w = worker;

	if (w->scratch_used > SCRATCH_LOW)
		sl_worker_flush(w);
	return sl_worker_scratch(w, len);
}

static void
answer(void *worker, const struct sl_pkt *pkt, uint8_t *frame, uint32_t len)
{
	sl_reply_send(worker, pkt, frame, len);
}

/* To the host it goes through the TAP of the port it came by. */
static uint32_t
mtu(void *worker, const struct sl_pkt *pkt)
{
	uint16_t number =
	    pkt->out_port == SL_PORT_NONE ? pkt->in_port : pkt->out_port;
	struct sl_port *port = sl_port_by_number(number);

	(void)worker;
	if (pkt->out_mtu)
		return pkt->out_mtu;
	return port ? sl_load_relaxed(&port->mtu) : 0;
}

int
sl_helped_init(struct sl_worker *w, struct sl_err *err)
{
	const struct sl_related_way way = {
	    .worker = w,
	    .scratch = scratch,
	    .answer = answer,
	    .mtu = mtu,
	};

	return sl_related_init(&w->related, &w->track, &way, err);
}
