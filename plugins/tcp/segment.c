/* SPDX-License-Identifier: Apache-2.0 */
#include "segment.h"

enum {
	OPT_END = 0,
	OPT_NOP = 1,
	OPT_SCALE = 3,
	OPT_SACK_OK = 4,
	OPT_SACK = 5,
};

/* The combinations of SYN, FIN, RST, ACK and URG that a TCP can send; PSH and
 * the ECN bits go with any of them. */
static bool
are_flags_possible(uint8_t flags)
{
	switch (flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK | TCP_URG)) {
	case TCP_SYN:
	case TCP_SYN | TCP_URG:
	case TCP_SYN | TCP_ACK:
	case TCP_RST:
	case TCP_RST | TCP_ACK:
	case TCP_FIN | TCP_ACK:
	case TCP_FIN | TCP_ACK | TCP_URG:
	case TCP_ACK:
	case TCP_ACK | TCP_URG:
		return true;
	default:
		return false;
	}
}

bool
sl_segment_fits(const struct sl_span *l4, bool *offset_ok, bool *flags_ok)
{
	uint32_t header;

	*offset_ok = *flags_ok = false;
	if (l4->len < TCP_HEADER_MIN)
		return false;
	header = (uint32_t)(l4->data[12] >> 4) * 4;
	*offset_ok = header >= TCP_HEADER_MIN && header <= l4->len;
	*flags_ok = are_flags_possible(l4->data[13]);
	return true;
}

static uint8_t
kind_of(uint8_t flags)
{
	if (flags & TCP_RST)
		return TCP_KIND_RST;
	if (flags & TCP_SYN)
		return flags & TCP_ACK ? TCP_KIND_SYNACK : TCP_KIND_SYN;
	return flags & TCP_FIN ? TCP_KIND_FIN : TCP_KIND_ACK;
}

static void
read_option(const uint8_t *opt, uint32_t len, struct segment *seg)
{
	bool syn = (seg->flags & TCP_SYN) != 0;

	if (opt[0] == OPT_SCALE && len == 3 && syn) {
		seg->scale = opt[2] < TCP_SCALE_MAX ? opt[2] : TCP_SCALE_MAX;
	} else if (opt[0] == OPT_SACK_OK && len == 2 && syn) {
		seg->sack_ok = true;
	} else if (opt[0] == OPT_SACK && !syn) {
		for (uint32_t off = 2; off + 8 <= len; off += 8) {
			uint32_t right = sl_get_be32(opt + off + 4);

			if (seq_after(right, seg->sack))
				seg->sack = right;
		}
	}
}

/* Options that lie about their length end the reading, not the segment: the
 * receiver ignores them too. */
static void
read_options(const uint8_t *opt, uint32_t len, struct segment *seg)
{
	while (len > 0 && opt[0] != OPT_END) {
		uint32_t size = 1;

		if (opt[0] != OPT_NOP) {
			if (len < 2 || opt[1] < 2 || opt[1] > len)
				return;
			size = opt[1];
			read_option(opt, size, seg);
		}
		opt += size;
		len -= size;
	}
}

void
sl_segment_read(const struct sl_span *l4, struct segment *seg)
{
	/* NOP NOP timestamp: nearly every segment of an open connection */
	static const uint8_t only_stamp[] = {OPT_NOP, OPT_NOP, 8, 10};
	const uint8_t *p = l4->data;
	uint32_t header = (uint32_t)(p[12] >> 4) * 4;
	uint32_t options = header - TCP_HEADER_MIN;

	seg->flags = p[13];
	seg->kind = kind_of(seg->flags);
	seg->seq = sl_get_be32(p + 4);
	seg->ack = seg->sack = sl_get_be32(p + 8);
	seg->win = sl_get_be16(p + 14);
	seg->end = seg->seq + (l4->len - header);
	seg->end += (seg->flags & TCP_SYN) ? 1 : 0;
	seg->end += (seg->flags & TCP_FIN) ? 1 : 0;
	seg->scale = TCP_NO_SCALE;
	seg->sack_ok = false;
	if (options == 12 &&
	    __builtin_memcmp(p + TCP_HEADER_MIN, only_stamp, 4) == 0)
		return;
	read_options(p + TCP_HEADER_MIN, options, seg);
}
