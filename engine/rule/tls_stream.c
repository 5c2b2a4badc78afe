/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/tls_stream.h>

#include <rule/examined.h>
#include <rule/inspect.h>

#define TCP_SYN	      0x02
#define TCP_RST	      0x04
#define TLS_HANDSHAKE 22

/* One packet of the client. */
struct segment {
	uint32_t seq, ack; /* of the first payload byte */
	uint8_t flags;
	struct sl_span payload;
};

static bool
read_segment(const struct sl_pkt *pkt, struct segment *s)
{
	const uint8_t *tcp = sl_pkt_l4(pkt);

	if (pkt->l4proto != IPPROTO_TCP || pkt->l4_len < 20 ||
	    (pkt->flags & SL_PKT_LATER_FRAGMENT))
		return false;
	s->flags = tcp[13];
	s->seq = sl_get_be32(tcp + 4) + ((s->flags & TCP_SYN) ? 1 : 0);
	s->ack = sl_get_be32(tcp + 8);
	s->payload = sl_examined_payload(pkt);
	return !(s->flags & TCP_RST);
}

/* How far 'a' is ahead of 'b'. */
static int32_t
ahead(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* Of the one packet. */
static const char *
read_alone(const struct segment *s)
{
	static _Thread_local struct sl_tls_hello hello;

	sl_tls_hello_start(&hello);
	sl_tls_hello_add(&hello, 0, s->payload.data, s->payload.len);
	return hello.state == SL_TLS_HELLO ? hello.host : NULL;
}

/* Bytes of the client for the hello that is being put together. */
static const char *
collect(struct sl_inspect *r, const struct segment *s)
{
	struct sl_span data = s->payload;
	int32_t off = ahead(s->seq, r->tls_base);
	enum sl_tls_hello_state state;
	struct sl_tls_hello *hello;

	if (off < 0) {
		uint32_t before = (uint32_t)-off;

		if (before >= data.len)
			return NULL;
		data.data += before;
		data.len -= before;
		off = 0;
	}
	hello = &sl_inspect_tls_cell(r)->hello;
	state = sl_tls_hello_add(hello, (uint32_t)off, data.data, data.len);
	if (state == SL_TLS_NOT || off >= SL_TLS_HELLO_MAX)
		sl_inspect_end_tls(r, true);
	if (state != SL_TLS_HELLO)
		return NULL;
	r->tls_known = true;
	r->tls_end = r->tls_base + hello->read;
	r->tls_ack = s->ack;
	return hello->host;
}

/* The hello is known: is this one of its packets? */
static const char *
repeat(struct sl_inspect *r, const struct segment *s)
{
	if (s->payload.len && ahead(s->seq, r->tls_end) < 0)
		return sl_inspect_tls_cell(r)->hello.host;
	if (ahead(s->ack, r->tls_ack) > 0)
		sl_inspect_end_tls(r, true);
	return NULL;
}

static const char *
read_in_connection(struct sl_conn *c, const struct segment *s)
{
	struct sl_inspect *r = sl_inspect_find(c);

	if (r && r->tls_known)
		return repeat(r, s);
	if (!r || !r->tls_wanted) {
		/* The first packet seen of the client: the stream begins here. */
		if (s->payload.len && s->payload.data[0] != TLS_HANDSHAKE)
			r = NULL;
		else
			r = sl_inspect_get(c);
		if (!r) {
			sl_conn_set_bits_owned(c, SL_CONN_TLS_OVER);
			return NULL;
		}
		r->tls_base = s->seq;
		r->tls_wanted = true;
	}
	return s->payload.len ? collect(r, s) : NULL;
}

static const char *
read_host(struct sl_pkt *pkt)
{
	struct segment s;

	if (!read_segment(pkt, &s))
		return NULL;
	if (!pkt->conn)
		return s.payload.len ? read_alone(&s) : NULL;
	if (pkt->dir != SL_ORIG || (pkt->flags & SL_PKT_ICMP_ERROR))
		return NULL;
	return read_in_connection(pkt->conn, &s);
}

const char *
sl_tls_stream_host(struct sl_pkt *pkt)
{
	struct sl_examined *e;

	if (pkt->l4proto != IPPROTO_TCP ||
	    (pkt->conn && sl_conn_has(pkt->conn, SL_CONN_TLS_OVER)))
		return NULL;
	e = sl_examined(pkt);
	if (!e->tls_read || e->tls_conn != pkt->conn) {
		e->tls_read = true;
		e->tls_conn = pkt->conn;
		e->tls_host = read_host(pkt);
	}
	return e->tls_host;
}
