/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/npt.h>

#include <netinet/icmp6.h>

#define SRC_OFF 8u /* in an IPv6 header */
#define DST_OFF 24u
#define HEADER	40u

#define SUBNET_WORD 3u /* the last one that a prefix of 48 bits leaves */
#define IID_WORD    4u
#define WORDS	    8u

static uint16_t
word_at(const uint8_t addr[16], unsigned word)
{
	return (uint16_t)(addr[word * 2] << 8 | addr[word * 2 + 1]);
}

/* One's complement. */
static uint16_t
add(uint16_t a, uint16_t b)
{
	uint32_t sum = (uint32_t)a + b;

	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

static uint16_t
sum_of(const struct sl_addr *addr)
{
	uint16_t sum = 0;

	for (unsigned i = 0; i < WORDS; i++)
		sum = add(sum, word_at(addr->u.b, i));
	return sum;
}

/* The bits of byte 'i' that are the prefix's. */
static uint8_t
prefix_mask(uint8_t bits, unsigned i)
{
	unsigned n = bits > i * 8 ? bits - i * 8 : 0;

	return (uint8_t)(0xff00 >> SL_MIN(n, 8u));
}

void
sl_npt_init(struct sl_npt *n, const struct sl_addr *from,
    const struct sl_addr *to, uint8_t bits)
{
	*n = (struct sl_npt){.from = *from, .to = *to, .bits = bits};
	n->adjust = add(sum_of(from), (uint16_t)~sum_of(to));
}

static bool
is_inside(const struct sl_npt *n, const uint8_t addr[16])
{
	for (unsigned i = 0; i < 16; i++)
		if ((addr[i] ^ n->from.u.b[i]) & prefix_mask(n->bits, i))
			return false;
	return true;
}

/* The word that makes up for the prefix; WORDS: none can. */
static unsigned
find_word(const struct sl_npt *n, const uint8_t addr[16])
{
	unsigned i = n->bits <= 48 ? SUBNET_WORD : IID_WORD;
	unsigned last = n->bits <= 48 ? SUBNET_WORD : WORDS - 1;

	while (i <= last && word_at(addr, i) == 0xffff)
		i++;
	return i <= last ? i : WORDS;
}

int
sl_npt_map(const struct sl_npt *n, uint8_t addr[16])
{
	unsigned word;
	uint16_t value;

	if (!is_inside(n, addr))
		return 0;
	word = find_word(n, addr);
	if (word == WORDS)
		return -1;
	value = add(word_at(addr, word), n->adjust);
	if (value == 0xffff)
		value = 0;
	for (unsigned i = 0; i < 16; i++)
		addr[i] = (uint8_t)((addr[i] & ~prefix_mask(n->bits, i)) |
				    n->to.u.b[i]);
	addr[word * 2] = (uint8_t)(value >> 8);
	addr[word * 2 + 1] = (uint8_t)value;
	return 1;
}

static bool
is_error(const struct sl_pkt *pkt)
{
	return pkt->l4proto == IPPROTO_ICMPV6 &&
	       !(pkt->flags & SL_PKT_LATER_FRAGMENT) &&
	       pkt->l4_len >= sizeof(struct icmp6_hdr) + HEADER &&
	       sl_pkt_l4(pkt)[0] < 128;
}

bool
sl_npt_apply(const struct sl_npt *n, struct sl_pkt *pkt, bool source)
{
	uint8_t *ip = sl_pkt_l3(pkt);
	int rc;

	if (pkt->family != SL_IPV6)
		return true;
	rc = sl_npt_map(n, ip + (source ? SRC_OFF : DST_OFF));
	if (rc <= 0)
		return rc == 0;
	if (is_error(pkt))
		sl_npt_map(n, sl_pkt_l4(pkt) + sizeof(struct icmp6_hdr) +
				  (source ? DST_OFF : SRC_OFF));
	return true;
}
