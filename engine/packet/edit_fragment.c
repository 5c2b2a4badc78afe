/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/edit.h>

#include <base/random.h>
#include <packet/edit_internal.h>
#include <packet/parse_internal.h>

#include <errno.h>
#include <string.h>

#define IP4_MTU_MIN 68 /* RFC 791: a 60-byte header and one unit of data */

/* One datagram being cut. */
struct cut {
	const struct sl_pkt *pkt;
	uint32_t mtu;
	uint8_t *ip;		/* where fragments are built, behind L2 */
	const uint8_t *payload; /* what is divided */
	uint32_t len;
	uint32_t base;	  /* offset of payload within the whole datagram */
	uint32_t hdr_len; /* of the fragment at hand, IP and all */
	bool more;	  /* the packet is itself not the last fragment */
};

typedef void emit_fn(void *arg, uint8_t *frame, uint32_t len);

/* Completes a partial checksum whose field is in payload [off, off + n): the
 * packet stays as it is. */
static void
patch_partial(const struct cut *c, uint8_t *out, uint32_t off, uint32_t n)
{
	const struct sl_offload *o = &c->pkt->offload;
	sl_be16 csum;
	uint32_t at;

	if (!(o->flags & SL_OFFLOAD_PARTIAL))
		return;
	at = (uint32_t)o->csum_start + o->csum_offset -
	     (uint32_t)(c->payload - c->pkt->data);
	csum = sl_edit_partial_sum(c->pkt);
	for (uint32_t k = 0; k < 2; k++, at++)
		if (at >= off && at - off < n)
			out[at - off] = ((uint8_t *)&csum)[k];
}

/* Copies the piece at 'off' behind the headers; returns its length. */
static uint32_t
take_piece(const struct cut *c, uint32_t off, bool *more)
{
	uint8_t *out = c->ip + c->hdr_len;
	uint32_t n = c->len - off;

	*more = c->more;
	if (n > c->mtu - c->hdr_len) {
		n = (c->mtu - c->hdr_len) & ~7u;
		*more = true;
	}
	memcpy(out, c->payload + off, n);
	patch_partial(c, out, off, n);
	return n;
}

static void
emit_piece(const struct cut *c, uint32_t n, emit_fn *emit, void *arg)
{
	uint32_t l2 = c->pkt->l3_off;

	emit(arg, c->ip - l2, l2 + c->hdr_len + n);
}

/* Options that later fragments repeat (RFC 791 3.1: those with the copied
 * flag), padded to a word.  Returns their length, at most 40. */
static uint32_t
copied_options(const uint8_t *ip, uint8_t *opt)
{
	uint32_t end = (ip[0] & 15u) * 4, n = 0, len;

	for (uint32_t i = SL_IP4_HDR; i < end && ip[i] != 0; i += len) {
		len = ip[i] == 1 ? 1 : ip[i + 1];
		if (!(ip[i] & 0x80))
			continue;
		memcpy(opt + n, ip + i, len);
		n += len;
	}
	while (n % 4)
		opt[n++] = 0;
	return n;
}

static int
cut_ip4(struct cut *c, emit_fn *emit, void *arg)
{
	const uint8_t *whole = sl_pkt_l3(c->pkt);
	int fragments = 0;
	uint32_t n;
	bool more;

	c->hdr_len = (uint32_t)(c->pkt->l4_off - c->pkt->l3_off);
	memcpy(c->ip, whole, c->hdr_len);
	for (uint32_t off = 0; off < c->len; off += n, fragments++) {
		if (fragments == 1) {
			c->hdr_len = SL_IP4_HDR +
				     copied_options(whole, c->ip + SL_IP4_HDR);
			c->ip[0] = (uint8_t)(0x40 | c->hdr_len / 4);
		}
		n = take_piece(c, off, &more);
		sl_edit_put16(c->ip + 2, c->hdr_len + n);
		sl_edit_put16(c->ip + 6,
		    (c->base + off) / 8 | (more ? SL_FRAG_MORE4 : 0u));
		sl_edit_ip4_csum(c->ip, c->hdr_len);
		emit_piece(c, n, emit, arg);
	}
	return fragments;
}

/* Undoes what packet/defrag did: a fragment header behind the headers that
 * every fragment repeats (RFC 8200 4.5), with the datagram's own id; one that
 * was lost on the way between workers is drawn anew. */
static int
cut_ip6(struct cut *c, emit_fn *emit, void *arg)
{
	const uint8_t *whole = sl_pkt_l3(c->pkt);
	struct sl_ip6_chain chain;
	uint8_t *frag;
	int fragments = 0;
	uint32_t n, id;
	bool more;

	if (!sl_parse_ip6_chain(whole, c->pkt->l3_len, &chain) ||
	    chain.frag_off || chain.unfrag_end + SL_FRAG_HDR6 + 8 > c->mtu)
		return -EMSGSIZE;
	c->payload = whole + chain.unfrag_end;
	c->len = c->pkt->l3_len - chain.unfrag_end;
	c->hdr_len = chain.unfrag_end + SL_FRAG_HDR6;
	memcpy(c->ip, whole, chain.unfrag_end);
	frag = c->ip + chain.unfrag_end;
	frag[0] = whole[chain.unfrag_nh];
	frag[1] = 0;
	id = c->pkt->frag_id ? c->pkt->frag_id : (uint32_t)sl_random_u64();
	memcpy(frag + 4, &id, 4);
	c->ip[chain.unfrag_nh] = IPPROTO_FRAGMENT;
	for (uint32_t off = 0; off < c->len; off += n, fragments++) {
		n = take_piece(c, off, &more);
		sl_edit_put16(c->ip + 4, c->hdr_len - SL_IP6_HDR + n);
		sl_edit_put16(frag + 2, off | (more ? SL_FRAG_MORE6 : 0u));
		emit_piece(c, n, emit, arg);
	}
	return fragments;
}

int
sl_edit_fragment(const struct sl_pkt *pkt, uint32_t mtu, uint8_t *buf,
    void (*emit)(void *arg, uint8_t *frame, uint32_t len), void *arg)
{
	struct cut c = {
	    .pkt = pkt,
	    .mtu = mtu,
	    .ip = buf + pkt->l3_off,
	    .payload = sl_pkt_l4(pkt),
	    .len = pkt->l4_len,
	    .base = pkt->frag_off,
	};
	bool more;

	if (pkt->family == 0 || pkt->offload.gso_type != SL_GSO_NONE)
		return -EMSGSIZE;
	memcpy(buf, pkt->data, pkt->l3_off);
	if (pkt->l3_len <= mtu) {
		c.hdr_len = (uint32_t)(pkt->l4_off - pkt->l3_off);
		c.more = false;
		memcpy(c.ip, sl_pkt_l3(pkt), c.hdr_len);
		emit_piece(&c, take_piece(&c, 0, &more), emit, arg);
		return 1;
	}
	if (pkt->family == SL_IPV6 && !(pkt->flags & SL_PKT_REASSEMBLED))
		return -EMSGSIZE;
	if ((pkt->flags & SL_PKT_DF) || mtu < IP4_MTU_MIN)
		return -EMSGSIZE;
	c.more = pkt->family == SL_IPV4 &&
		 (sl_get_be16(sl_pkt_l3(pkt) + 6) & SL_FRAG_MORE4);
	return pkt->family == SL_IPV4 ? cut_ip4(&c, emit, arg)
				      : cut_ip6(&c, emit, arg);
}
