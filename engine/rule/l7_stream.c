/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/l7_stream.h>

#include <rule/examined.h>
#include <rule/inspect.h>

static bool
has_hit(const struct sl_inspect *r, uint16_t number)
{
	for (unsigned i = 0; i < r->l7_n; i++)
		if (r->l7_hits[i] == number)
			return true;
	return false;
}

static void
add_hit(unsigned number, void *arg)
{
	struct sl_inspect *r = arg;

	if (r->l7_n < SL_L7_HITS && !has_hit(r, (uint16_t)number))
		r->l7_hits[r->l7_n++] = (uint16_t)number;
}

/* Packets of the connection, this one included. */
static uint64_t
packets_of(struct sl_conn *c)
{
	return sl_load_relaxed(&c->dirs[SL_ORIG].packets) +
	       sl_load_relaxed(&c->dirs[SL_REPLY].packets);
}

/* True if there is more than before. */
static bool
append(struct sl_l7_cell *cell, struct sl_span payload)
{
	uint32_t before = cell->len;

	for (uint32_t i = 0; i < payload.len && cell->len < SL_L7_BYTES; i++)
		if (payload.data[i])
			cell->bytes[cell->len++] = payload.data[i];
	return cell->len > before;
}

static void
feed(const struct sl_l7 *l7, struct sl_pkt *pkt)
{
	struct sl_span payload = sl_examined_payload(pkt);
	uint64_t packets = packets_of(pkt->conn);
	struct sl_inspect *r = sl_inspect_find(pkt->conn);
	struct sl_l7_cell *cell;

	if (r && r->l7_over)
		return;
	if (payload.len && packets <= SL_L7_PACKETS && !r)
		r = sl_inspect_get(pkt->conn);
	if (!r) {
		if (payload.len || packets >= SL_L7_PACKETS)
			sl_conn_set_bits_owned(pkt->conn, SL_CONN_L7_UNKNOWN);
		return;
	}
	if (payload.len && packets <= SL_L7_PACKETS) {
		cell = sl_inspect_l7_cell(r);
		if (append(cell, payload))
			sl_l7_scan(l7, cell->bytes, cell->len, add_hit, r);
		if (cell->len == SL_L7_BYTES)
			packets = SL_L7_PACKETS;
	}
	if (packets >= SL_L7_PACKETS)
		sl_inspect_end_l7(r);
}

bool
sl_l7_stream_is(const struct sl_l7 *l7, uint16_t number, struct sl_pkt *pkt)
{
	struct sl_examined *e;
	struct sl_inspect *r;

	if (!pkt->conn || sl_conn_has(pkt->conn, SL_CONN_L7_UNKNOWN))
		return false;
	e = sl_examined(pkt);
	if (!e->l7_fed) {
		e->l7_fed = true;
		feed(l7, pkt);
	}
	r = sl_inspect_find(pkt->conn);
	return r && has_hit(r, number);
}
