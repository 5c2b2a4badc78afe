/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets of our own: ICMP errors (RFC 792, 1812 §4.3, 4443), TCP resets
 * (RFC 9293 §3.10.7) and TCP segments without data.  Built from the packet that
 * provoked them into a caller's buffer, as a complete Ethernet frame back to where
 * it came from (MACs swapped); the caller sends it.  Rate limits are the caller's
 * (path/reply).
 */
#ifndef SL_PACKET_REPLY_H
#define SL_PACKET_REPLY_H

#include <packet/pkt.h>

#define SL_REPLY_MAX 1300 /* IPv6: as much as fits 1280 (RFC 4443 2.4c) */

/* May an ICMP error be sent about 'pkt'?  Never about an ICMP error or redirect, a
 * later fragment, a broadcast or multicast (IPv6 would allow too-big there, but
 * multicast is not forwarded), or a source that is not one host (RFC 1122 3.2.2,
 * RFC 4443 2.4e).  Subnet broadcasts are the mirror's to know. */
bool sl_reply_may_icmp(const struct sl_pkt *pkt);

/* ICMP(v6) error of 'type' and 'code' from 'src' about 'pkt'; 'info' is the
 * second header word, whole, in host order (MTU; an IPv4 pointer is << 24).
 * Quotes the packet as it stands, up to 576 bytes of IPv4 and 1280 of IPv6 in all,
 * except that checksums are complete, and of a GSO frame it quotes the first
 * segment.  Returns the frame's length, 0 if 'pkt' is not IP. */
uint32_t sl_reply_icmp(const struct sl_pkt *pkt, const struct sl_addr *src,
    uint8_t type, uint8_t code, uint32_t info, uint8_t buf[SL_REPLY_MAX]);

/* A reset for the TCP segment 'pkt', as the receiver would send it.  0 for a
 * segment that is itself a RST, too short, or not from one host to one host. */
uint32_t sl_reply_tcp_reset(
    const struct sl_pkt *pkt, uint8_t buf[SL_REPLY_MAX]);

#define SL_TCP_FIN 0x01
#define SL_TCP_SYN 0x02
#define SL_TCP_RST 0x04
#define SL_TCP_ACK 0x10

struct sl_tcp_answer {
	uint32_t seq, ack;
	uint8_t flags; /* SL_TCP_* */
	uint16_t window;
	/* Timestamps (RFC 7323), as many as 'pkt' has: its two, swapped. */
	bool stamps;
	/* Whom 'pkt' went from and to, if it has been translated since. */
	const struct sl_tuple *sent_as;
};

/* A segment without data to the sender of 'pkt'.  0 as above, but that an answer
 * to a RST is the caller's to avoid. */
uint32_t sl_reply_tcp(const struct sl_pkt *pkt, const struct sl_tcp_answer *,
    uint8_t buf[SL_REPLY_MAX]);

#endif
