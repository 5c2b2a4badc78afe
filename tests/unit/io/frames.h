/* SPDX-License-Identifier: Apache-2.0 */
/* ARP and ping, as a neighbour sends them to make a kernel answer. */
#ifndef TEST_IO_FRAMES_H
#define TEST_IO_FRAMES_H

#include <packet/csum.h>

#include <stdint.h>
#include <string.h>

#define ARP_LEN 60

/* Who has 10.1.0.1?  Tell 10.1.0.2.  With 'tag' nonzero, an 802.1Q tag. */
static inline void
build_arp(uint8_t frame[ARP_LEN], uint16_t tag_type, uint16_t vlan)
{
	static const uint8_t head[12] = {
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 9};
	static const uint8_t body[30] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0,
	    0, 0, 9, 10, 1, 0, 2, 0, 0, 0, 0, 0, 0, 10, 1, 0, 1};
	uint8_t *p = frame + sizeof(head);

	memset(frame, 0, ARP_LEN);
	memcpy(frame, head, sizeof(head));
	if (tag_type) {
		*p++ = (uint8_t)(tag_type >> 8);
		*p++ = (uint8_t)tag_type;
		*p++ = (uint8_t)(vlan >> 8);
		*p++ = (uint8_t)vlan;
	}
	memcpy(p, body, sizeof(body));
}

static inline bool
is_arp_reply(const uint8_t *frame, uint32_t len)
{
	return len >= 42 && frame[12] == 8 && frame[13] == 6 && frame[21] == 2;
}

/* An echo request of 'len' bytes (frame, even) from 10.1.0.2 to 10.1.0.1. */
static inline void
build_ping(uint8_t *frame, uint32_t len, const uint8_t dst_mac[6])
{
	uint32_t ip_len = len - 14;
	const uint8_t head[42] = {0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 9, 8, 0,
	    0x45, 0, (uint8_t)(ip_len >> 8), (uint8_t)ip_len, 0, 0, 0, 0, 64, 1,
	    0, 0, 10, 1, 0, 2, 10, 1, 0, 1, 8, 0, 0, 0, 0x12, 0x34, 0, 1};
	uint16_t sum;

	for (uint32_t i = 42; i < len; i++)
		frame[i] = (uint8_t)(i * 7);
	memcpy(frame, head, sizeof(head));
	memcpy(frame, dst_mac, 6);
	sum = sl_csum_finish(sl_csum_add(0, frame + 14, 20));
	memcpy(frame + 24, &sum, 2);
	sum = sl_csum_finish(sl_csum_add(0, frame + 34, len - 34));
	memcpy(frame + 36, &sum, 2);
}

static inline bool
is_echo_reply(const uint8_t *frame, uint32_t len)
{
	return len >= 42 && frame[12] == 8 && frame[13] == 0 &&
	       frame[23] == 1 && frame[34] == 0;
}

#endif
