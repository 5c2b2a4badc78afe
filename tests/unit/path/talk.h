/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two TCPs that talk through the router in memory: the client at LAN, the server
 * behind WAN.  Their streams are given; what each must receive is known, byte by
 * byte.
 */
#ifndef SL_TEST_TALK_H
#define SL_TEST_TALK_H

#include "fixture.h"

#include <related/helpers.h>

#define TALK_PORT   7000
#define TALK_WINDOW 20000
#define TALK_MAX    60000 /* bytes of a stream */

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

struct end {
	unsigned port; /* of the router */
	struct sl_addr own, peer;
	uint16_t own_id, peer_id;
	uint8_t family;
	bool stamps, sack;

	/* sending; offsets in the stream, the FIN is one byte more */
	const uint8_t *plain;
	uint32_t len, isn, una, nxt;
	bool sacked[TALK_MAX];

	/* receiving */
	const uint8_t *want;
	uint32_t want_len, peer_isn, rcv;
	bool got[TALK_MAX];
	uint32_t stamp;
	uint32_t frames; /* received */
	uint16_t window; /* what the other side offered last */
};

struct wire_frame {
	struct sl_offload offload;
	uint32_t len;
	uint8_t bytes[FRAME_ROOM];
};

/* A segment of 'e' to be. */
struct say {
	uint32_t at, len; /* of the stream */
	uint8_t flags;
	uint16_t gso; /* 0: no GSO frame */
	bool partial;
};

static inline void
put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)(v >> 16));
	put16(p + 2, (uint16_t)v);
}

static inline uint32_t
put_sack(const struct end *e, uint8_t *opt)
{
	uint32_t n = 0, at = e->rcv;

	while (n < 3 && at < e->want_len) {
		uint32_t from;

		while (at < e->want_len && !e->got[at])
			at++;
		from = at;
		while (at < e->want_len && e->got[at])
			at++;
		if (at == from)
			break;
		put32(opt + 4 + 8 * n, e->peer_isn + 1 + from);
		put32(opt + 8 + 8 * n, e->peer_isn + 1 + at);
		n++;
	}
	if (!n)
		return 0;
	opt[0] = opt[1] = 1;
	opt[2] = 5;
	opt[3] = (uint8_t)(2 + 8 * n);
	return 4 + 8 * n;
}

static inline uint32_t
put_options(const struct end *e, uint8_t flags, uint8_t *opt)
{
	uint32_t n = 0;

	if (flags & SYN) {
		memcpy(opt, "\1\1\4\2", 4); // SACK permitted
		return 4;
	}
	if (e->stamps) {
		memcpy(opt, "\1\1\10\12", 4);
		put32(opt + 4, 1000 + e->nxt);
		put32(opt + 8, e->stamp);
		n = 12;
	}
	return e->sack ? n + put_sack(e, opt + n) : n;
}

static inline uint32_t
put_ip_header(const struct end *e, uint8_t *ip, uint32_t l4_len)
{
	uint16_t csum;

	memset(ip, 0, 40);
	if (e->family == SL_IPV6) {
		ip[0] = 0x60;
		put16(ip + 4, (uint16_t)l4_len);
		ip[6] = IPPROTO_TCP;
		ip[7] = 64;
		memcpy(ip + 8, &e->own, 16);
		memcpy(ip + 24, &e->peer, 16);
		return 40;
	}
	ip[0] = 0x45;
	put16(ip + 2, (uint16_t)(20 + l4_len));
	put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = IPPROTO_TCP;
	memcpy(ip + 12, &e->own, 4);
	memcpy(ip + 16, &e->peer, 4);
	csum = sl_csum_finish(sl_csum_add(0, ip, 20));
	memcpy(ip + 10, &csum, 2);
	return 20;
}

static inline void
put_csum(const struct end *e, const struct say *s, struct wire_frame *f,
    uint32_t l4, uint32_t l4_len)
{
	uint8_t *tcp = f->bytes + l4;
	uint64_t sum =
	    sl_csum_pseudo(e->family, &e->own, &e->peer, IPPROTO_TCP, l4_len);
	uint16_t csum;

	if (s->partial || s->gso) {
		f->offload.flags = SL_OFFLOAD_PARTIAL;
		f->offload.csum_start = (uint16_t)l4;
		f->offload.csum_offset = 16;
		csum = sl_csum_fold(sum);
	} else {
		csum = sl_csum_finish(sl_csum_add(sum, tcp, l4_len));
	}
	memcpy(tcp + 16, &csum, 2);
	if (!s->gso)
		return;
	f->offload.gso_type = e->family == SL_IPV6 ? SL_GSO_TCP6 : SL_GSO_TCP4;
	f->offload.gso_size = s->gso;
}

static inline void
make_segment(struct end *e, const struct say *s, struct wire_frame *f)
{
	uint8_t opt[40], *tcp;
	uint32_t n = put_options(e, s->flags, opt);
	uint32_t l4_len = 20 + n + s->len, l4, seq = e->isn + 1 + s->at;

	memset(f, 0, offsetof(struct wire_frame, bytes));
	sl_port_mac(sl_port_by_number((uint16_t)e->port), f->bytes);
	memcpy(f->bytes + 6, "\x02\0\0\0\0\xaa", 6);
	put16(f->bytes + 12, e->family == SL_IPV6 ? 0x86dd : 0x0800);
	l4 = SL_ETH_LEN + put_ip_header(e, f->bytes + SL_ETH_LEN, l4_len);
	tcp = f->bytes + l4;
	memset(tcp, 0, 20);
	put16(tcp, e->own_id);
	put16(tcp + 2, e->peer_id);
	put32(tcp + 4, s->flags & SYN ? seq - 1 : seq);
	if (s->flags & ACK)
		put32(tcp + 8, e->peer_isn + 1 + e->rcv);
	tcp[12] = (uint8_t)((5 + n / 4) << 4);
	tcp[13] = s->flags;
	put16(tcp + 14, TALK_WINDOW);
	memcpy(tcp + 20, opt, n);
	if (s->len)
		memcpy(tcp + 20 + n, e->plain + s->at, s->len);
	put_csum(e, s, f, l4, l4_len);
	f->len = l4 + l4_len;
}

static inline void
inject(unsigned port, const struct wire_frame *f)
{
	assert_true(sl_mem_inject(
	    sides[port][WIRE].dev, 0, f->bytes, f->len, &f->offload));
	run();
}

/* A frame that left by 'port'; false: there is none. */
static inline bool
collect(unsigned port, struct wire_frame *out)
{
	struct side_of_port *s = &sides[port][WIRE];
	const struct sl_mem_frame *f = next_frame(port, WIRE, 0);

	if (!f) {
		sl_mem_sent_clear(s->dev, 0);
		s->seen[0] = 0;
		return false;
	}
	assert_in_range(f->len, 1, FRAME_ROOM);
	out->offload = f->offload;
	out->len = f->len;
	memcpy(out->bytes, f->data, f->len);
	return true;
}

/* A partial checksum is that of the pseudo-header, its length included. */
static inline void
check_sums(const struct sl_pkt *pkt)
{
	struct sl_addr src, dst;
	uint16_t want, is;

	if (!(pkt->offload.flags & SL_OFFLOAD_PARTIAL)) {
		assert_true(checksums_are_right(pkt));
		assert_int_equal(pkt->offload.gso_type, SL_GSO_NONE);
		return;
	}
	sl_pkt_addrs(pkt, &src, &dst);
	want = sl_csum_fold(
	    sl_csum_pseudo(pkt->family, &src, &dst, IPPROTO_TCP, pkt->l4_len));
	memcpy(&is, sl_pkt_l4(pkt) + 16, 2);
	assert_int_equal(is, want);
}

/* What it has already, it does not look at: old duplicates may be anything. */
static inline void
take_payload(struct end *e, uint32_t seq, const uint8_t *p, uint32_t n)
{
	uint32_t at = seq - (e->peer_isn + 1);
	int32_t old = (int32_t)(e->rcv - at);

	if (old > 0) {
		if ((uint32_t)old >= n)
			return;
		at += (uint32_t)old;
		p += old;
		n -= (uint32_t)old;
	}
	if (n == 0)
		return;
	if (at > e->want_len || at + n > e->want_len)
		fail_msg("[%d, %d) of %u bytes", (int)at, (int)(at + n),
		    e->want_len);
	if (memcmp(p, e->want + at, n) != 0)
		fail_msg("stream differs within [%u, %u)", at, at + n);
	memset(e->got + at, true, n);
	while (e->rcv < e->want_len && e->got[e->rcv])
		e->rcv++;
}

static inline void
take_sack(struct end *e, const uint8_t *opt, uint32_t n)
{
	for (uint32_t i = 0; i + 8 <= n; i += 8) {
		uint32_t from = sl_get_be32(opt + i) - (e->isn + 1);
		uint32_t to = sl_get_be32(opt + i + 4) - (e->isn + 1);

		if (from == to)
			continue; // says nothing
		assert_true(from < to && to <= e->nxt);
		for (uint32_t k = from; k < to && k < e->len; k++)
			e->sacked[k] = true;
	}
}

static inline void
take_options(struct end *e, const uint8_t *tcp)
{
	uint32_t end = (tcp[12] >> 4) * 4u;

	for (uint32_t i = 20; i < end; i += tcp[i] == 1 ? 1 : tcp[i + 1]) {
		if (tcp[i] == 8)
			e->stamp = sl_get_be32(tcp + i + 2);
		if (tcp[i] == 5)
			take_sack(e, tcp + i + 2, tcp[i + 1] - 2u);
	}
}

/* What is acknowledged was sent, what is received was wanted. */
static inline void
hear(struct end *e, struct wire_frame *f)
{
	struct sl_pkt pkt = {.data = f->bytes,
	    .len = f->len,
	    .room = f->len,
	    .offload = f->offload};
	const uint8_t *tcp;
	uint32_t hlen, seq, ack, n;

	assert_int_equal(sl_parse_frame(&pkt), SL_GO);
	assert_int_equal(pkt.l4proto, IPPROTO_TCP);
	check_sums(&pkt);
	e->frames++;
	tcp = sl_pkt_l4(&pkt);
	hlen = (tcp[12] >> 4) * 4u;
	seq = sl_get_be32(tcp + 4);
	if (tcp[13] & SYN) {
		e->peer_isn = seq;
		e->peer_id = sl_get_be16(tcp);
		sl_pkt_addrs(&pkt, &e->peer, &(struct sl_addr){0});
	}
	n = pkt.l4_len - hlen;
	take_options(e, tcp);
	take_payload(e, seq, tcp + hlen, n);
	if ((tcp[13] & FIN) && seq - (e->peer_isn + 1) + n == e->want_len &&
	    e->rcv == e->want_len)
		e->rcv++;
	if (!(tcp[13] & ACK) || (tcp[13] & SYN))
		return;
	e->window = sl_get_be16(tcp + 14);
	ack = sl_get_be32(tcp + 8) - (e->isn + 1);
	if ((int32_t)ack <= (int32_t)e->una)
		return; // old
	assert_true(ack <= e->nxt);
	e->una = ack;
}

/* Says it, and it arrives. */
static inline void
say(struct end *e, const struct say *s)
{
	struct wire_frame f;

	make_segment(e, s, &f);
	if (s->at + s->len + !!(s->flags & FIN) > e->nxt)
		e->nxt = s->at + s->len + !!(s->flags & FIN);
	inject(e->port, &f);
}

/* Everything that is on its way to 'e' arrives.  How many frames. */
static inline uint32_t
listen_all(struct end *e)
{
	struct wire_frame f;
	uint32_t n = 0;

	for (; collect(e->port, &f); n++)
		hear(e, &f);
	return n;
}

static inline void
shake_hands(struct end *client, struct end *server)
{
	say(client, &(struct say){.flags = SYN});
	assert_int_equal(listen_all(server), 1);
	say(server, &(struct say){.flags = SYN | ACK});
	assert_int_equal(listen_all(client), 1);
	say(client, &(struct say){.flags = ACK});
	assert_int_equal(listen_all(server), 1);
}

static inline void
meet(struct end *client, struct end *server, bool six)
{
	client->port = LAN;
	server->port = WAN;
	client->family = server->family = six ? SL_IPV6 : SL_IPV4;
	test_addr(six ? "2001:db8:1::7" : "192.168.1.7", &client->own);
	test_addr(six ? "2001:db8:3::9" : "203.0.113.9", &server->own);
	client->peer = server->own;
	client->own_id = 40000;
	client->peer_id = server->own_id = TALK_PORT;
}

static inline uint64_t
count_invalid(void)
{
	const char *tracker, *reason;
	uint64_t n, sum = 0;

	for (unsigned i = 0; sl_trackers_reason_at(i, &tracker, &reason, &n);
	     i++)
		sum += n;
	return sum;
}

/* The helper for TALK_PORT; one at a time. */
static struct sl_helper *talk_helper;

static inline void
load_helper(const struct sl_helper_ops *ops)
{
	struct sl_err err = {0};

	talk_helper = sl_helpers_new(ops, NULL, &err);
	assert_non_null(talk_helper);
	assert_int_equal(sl_helpers_publish(talk_helper, &err), 0);
}

/* Ends the connections, then the helper, then the rest. */
static inline int
close_talk(void **state)
{
	struct sl_err err = {0};

	be(0);
	sl_ruleset_clear();
	sl_ports_clear();
	sl_rcu_drain();
	sl_engine_free(engine);
	engine = NULL;
	assert_int_equal(sl_helpers_withdraw(talk_helper, &err), 0);
	sl_rcu_drain();
	assert_false(sl_helpers_is_used(talk_helper));
	sl_helpers_unlink(talk_helper);
	sl_rcu_drain();
	sl_helpers_free(talk_helper);
	return close_router(state);
}

#endif
