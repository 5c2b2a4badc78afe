/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames for the tests of packet/, a builder for more, and a plain reference
 * for every checksum that shares no code with the engine.
 */
#ifndef SL_TESTS_PACKET_SAMPLE_H
#define SL_TESTS_PACKET_SAMPLE_H

#include <base/role.h>
#include <packet/parse.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SAMPLE_MAX 2048

struct sample {
	const char *name;
	uint32_t len;
	struct sl_offload offload;
	uint8_t b[SAMPLE_MAX];
};

/* Sum of 16-bit big-endian words, RFC 1071 as written. */
static inline uint32_t
ref_sum(uint32_t sum, const uint8_t *p, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

static inline void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

/* Checksum that belongs at 'field' of the L4 part, from scratch. */
static inline uint32_t
ref_l4_csum(const uint8_t *ip, const uint8_t *l4, uint32_t len, uint32_t field)
{
	bool v4 = ip[0] >> 4 == 4;
	uint32_t sum = 0;
	uint8_t zero[2] = {0, 0};
	uint8_t proto[2] = {0, 0};

	proto[1] = field == 16 ? 6 : field == 6 ? 17 : v4 ? 1 : 58;
	if (proto[1] != 1) { /* the pseudo-header */
		uint8_t n[4];

		put32(n, len);
		sum = ref_sum(sum, v4 ? ip + 12 : ip + 8, v4 ? 8 : 32);
		sum = ref_sum(sum, proto, 2);
		sum = ref_sum(sum, n, 4);
	}
	sum = ref_sum(sum, l4, field);
	sum = ref_sum(sum, zero, 2);
	sum = ref_sum(sum, l4 + field + 2, len - field - 2);
	return ~sum & 0xffff;
}

static inline uint32_t
ref_ip4_csum(const uint8_t *ip)
{
	uint32_t hlen = (ip[0] & 15u) * 4;

	return ~ref_sum(ref_sum(0, ip, 10), ip + 12, hlen - 12) & 0xffff;
}

static inline void
fix_ip4(uint8_t *ip)
{
	put16(ip + 10, ref_ip4_csum(ip));
}

/* Pseudo-header sum, not inverted: what SL_OFFLOAD_PARTIAL wants stored. */
static inline uint32_t
ref_pseudo(const uint8_t *ip, uint8_t proto, uint32_t len)
{
	bool v4 = ip[0] >> 4 == 4;
	uint8_t tail[6] = {0};

	put32(tail, len);
	tail[5] = proto;
	return ref_sum(ref_sum(0, v4 ? ip + 12 : ip + 8, v4 ? 8 : 32), tail, 6);
}

/* Builder: append to s->b. */
static inline uint8_t *
add(struct sample *s, const void *bytes, uint32_t n)
{
	uint8_t *p = s->b + s->len;

	assert_true(s->len + n <= SAMPLE_MAX);
	if (bytes)
		memcpy(p, bytes, n);
	else
		memset(p, 0, n);
	s->len += n;
	return p;
}

static inline void
add_eth(struct sample *s, uint16_t type)
{
	static const uint8_t macs[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};

	add(s, macs, 12);
	put16(add(s, NULL, 2), type);
}

static inline uint8_t *
add_ip4(struct sample *s, uint8_t proto, uint32_t payload)
{
	static const uint8_t addrs[8] = {10, 0, 0, 1, 192, 0, 2, 9};
	uint8_t *ip = add(s, NULL, 20);

	ip[0] = 0x45;
	put16(ip + 2, 20 + payload);
	put16(ip + 4, 0x1234);
	ip[8] = 64;
	ip[9] = proto;
	memcpy(ip + 12, addrs, 8);
	fix_ip4(ip);
	return ip;
}

static inline uint8_t *
add_ip6(struct sample *s, uint8_t proto, uint32_t payload)
{
	static const uint8_t addrs[32] = {0x20, 1, 0xd,
	    0xb8, [15] = 1, [16] = 0x20, 1, 0xd, 0xb8, 0, 2, [31] = 9};
	uint8_t *ip = add(s, NULL, 40);

	ip[0] = 0x60;
	put16(ip + 4, payload);
	ip[6] = proto;
	ip[7] = 64;
	memcpy(ip + 8, addrs, 32);
	return ip;
}

static inline void
fill(uint8_t *p, uint32_t n, uint32_t seed)
{
	for (uint32_t i = 0; i < n; i++) {
		seed = seed * 1103515245u + 12345;
		p[i] = (uint8_t)(seed >> 16);
	}
}

/* L4 of 'len' bytes in all; checksum field as returned offset says. */
static inline uint32_t
write_l4(uint8_t *l4, uint8_t proto, uint32_t len)
{
	fill(l4, len, len + proto);
	if (proto == 6) {
		put16(l4, 40000);
		put16(l4 + 2, 80);
		put32(l4 + 4, 1000);
		put32(l4 + 8, 5000);
		l4[12] = 0x50;
		l4[13] = 0x18;
		return 16;
	}
	if (proto == 17) {
		put16(l4, 40000);
		put16(l4 + 2, 53);
		put16(l4 + 4, len);
		return 6;
	}
	l4[0] = proto == 1 ? 8 : 128;
	l4[1] = 0;
	put16(l4 + 4, 0x7777);
	put16(l4 + 6, 1);
	return 2;
}

/* Ethernet, IP of 'family', and L4 of 'len' bytes with its checksum. */
static inline void
build(
    struct sample *s, const char *name, int family, uint8_t proto, uint32_t len)
{
	uint8_t *ip, *l4;
	uint32_t field;

	memset(s, 0, sizeof(*s));
	s->name = name;
	add_eth(s, family == 4 ? 0x0800 : 0x86dd);
	ip = family == 4 ? add_ip4(s, proto, len) : add_ip6(s, proto, len);
	l4 = add(s, NULL, len);
	field = write_l4(l4, proto, len);
	put16(l4 + field, ref_l4_csum(ip, l4, len, field));
}

/* An ICMP error of 'type' whose quote is the IP packet of 'inner'. */
static inline void
build_error(struct sample *s, const char *name, uint8_t type,
    const struct sample *inner, uint32_t quoted)
{
	bool v4 = inner->b[14] >> 4 == 4;
	uint8_t *ip, *icmp;

	memset(s, 0, sizeof(*s));
	s->name = name;
	add_eth(s, v4 ? 0x0800 : 0x86dd);
	ip = v4 ? add_ip4(s, 1, 8 + quoted) : add_ip6(s, 58, 8 + quoted);
	icmp = add(s, NULL, 8);
	add(s, inner->b + 14, quoted);
	icmp[0] = type;
	icmp[1] = v4 ? 1 : 0;
	put16(icmp + 2, ref_l4_csum(ip, icmp, 8 + quoted, 2));
}

/* Inserts 'n' bytes at 'at'. */
static inline void
insert(struct sample *s, uint32_t at, const void *bytes, uint32_t n)
{
	add(s, NULL, n);
	memmove(s->b + at + n, s->b + at, s->len - n - at);
	memcpy(s->b + at, bytes, n);
}

/* Makes the L4 checksum partial, as a kernel that leaves it to the NIC. */
static inline void
make_partial(struct sample *s, uint32_t l4_off, uint8_t proto)
{
	uint32_t field = proto == 6 ? 16 : 6;

	s->offload.flags = SL_OFFLOAD_PARTIAL;
	s->offload.csum_start = (uint16_t)l4_off;
	s->offload.csum_offset = (uint16_t)field;
	put16(s->b + l4_off + field,
	    ref_pseudo(s->b + 14, proto, s->len - l4_off));
}

static inline void
make_gso(struct sample *s, uint8_t type, uint16_t size)
{
	s->offload.gso_type = type;
	s->offload.gso_size = size;
}

#define SAMPLES 24

/* Every shape of frame that the path meets. */
static inline struct sample *
samples(void)
{
	static const uint8_t tag[4] = {0x81, 0, 0x20, 7};
	static const uint8_t tags[8] = {0x88, 0xa8, 0, 5, 0x81, 0, 0, 6};
	static const uint8_t opts[8] = {0x94, 4, 0, 0, 1, 1, 1, 0};
	static const uint8_t ext[16] = {60, 0, 1, 4, 0, 0, 0, 0, 6, 0, 1, 4};
	static const uint8_t frag6[3][8] = {{17, 0, 0, 1, 0, 0, 0, 42},
	    {17, 0, 0, 0x18, 0, 0, 0, 42}, {17, 0, 0, 0, 0, 0, 0, 42}};
	static struct sample all[SAMPLES];
	struct sample *s = all;

	build(s++, "tcp4", 4, 6, 20 + 33);
	build(s++, "udp4", 4, 17, 8 + 18);
	build(s++, "echo4", 4, 1, 8 + 56);
	build(s++, "tcp6", 6, 6, 20 + 64);
	build(s++, "udp6", 6, 17, 8 + 31);
	build(s++, "echo6", 6, 58, 8 + 56);
	build(s, "padded udp4", 4, 17, 8 + 1);
	add(s++, NULL, 17);
	build_error(s++, "unreachable4", 3, &all[0], 20 + 8);
	build_error(s++, "time exceeded4", 11, &all[1], 20 + 26);
	build_error(s++, "too big6", 2, &all[3], 40 + 84);
	build_error(s++, "unreachable6", 1, &all[4], 40 + 8);
	build(s, "vlan tcp4", 4, 6, 20 + 5);
	insert(s++, 12, tag, 4);
	build(s, "qinq udp6", 6, 17, 8 + 5);
	insert(s++, 12, tags, 8);
	build(s, "options udp4", 4, 17, 8 + 12);
	insert(s, 34, opts, 8);
	s->b[14] = 0x47;
	put16(s->b + 16, 20 + 8 + 8 + 12);
	fix_ip4((s++)->b + 14);
	build(s, "extension tcp6", 6, 6, 20 + 12);
	insert(s, 54, ext, 16);
	put16(s->b + 18, 16 + 32);
	(s++)->b[20] = 0;
	build(s, "first fragment4", 4, 17, 8 + 16);
	put16(s->b + 20, 0x2000);
	fix_ip4((s++)->b + 14);
	build(s, "last fragment4", 4, 17, 8 + 13);
	put16(s->b + 20, 3);
	fix_ip4((s++)->b + 14);
	for (int i = 0; i < 3; i++, s++) {
		static const char *const names[3] = {
		    "first fragment6", "last fragment6", "atomic fragment6"};

		build(s, names[i], 6, 17, 8 + 16);
		insert(s, 54, frag6[i], 8);
		put16(s->b + 18, 8 + 24);
		s->b[20] = 44;
	}
	build(s, "gso tcp4", 4, 6, 20 + 900);
	make_partial(s, 34, 6);
	make_gso(s++, SL_GSO_TCP4, 300);
	build(s, "gso udp6", 6, 17, 8 + 900);
	make_partial(s, 54, 17);
	make_gso(s++, SL_GSO_UDP, 400);
	build(s, "partial udp4", 4, 17, 8 + 99);
	make_partial(s++, 34, 17);
	memset(s, 0, sizeof(*s));
	s->name = "arp";
	add_eth(s, 0x0806);
	add(s++, NULL, 28);
	assert_int_equal(s - all, SAMPLES);
	return all;
}

static inline const struct sample *
sample(const char *name)
{
	const struct sample *all = samples();

	for (int i = 0; i < SAMPLES; i++)
		if (strcmp(all[i].name, name) == 0)
			return &all[i];
	fail_msg("no sample %s", name);
	return NULL;
}

/* A packet over an exactly sized heap copy of the sample's first 'len' bytes,
 * so that a sanitizer sees every byte read beyond; release with free_pkt(). */
static inline struct sl_pkt
pkt_of(const struct sample *s, uint32_t len)
{
	struct sl_pkt pkt;

	memset(&pkt, 0, sizeof(pkt));
	pkt.data = malloc(len ? len : 1);
	assert_non_null(pkt.data);
	memcpy(pkt.data, s->b, len);
	pkt.len = len;
	pkt.room = len;
	pkt.offload = s->offload;
	pkt.origin = pkt.data;
	pkt.now_ns = 1000;
	return pkt;
}

static inline void
free_pkt(struct sl_pkt *pkt)
{
	free(pkt->origin);
}

static inline struct sl_pkt
parsed(const struct sample *s)
{
	struct sl_pkt pkt = pkt_of(s, s->len);

	assert_int_equal(sl_parse_frame(&pkt), SL_GO);
	return pkt;
}

static inline uint64_t
drops(enum sl_drop_reason why)
{
	return sl_counter_sum(SL_COUNTER_DROPS + (unsigned)why);
}

/* Checks every checksum of an IP packet from scratch: IPv4 header, and L4 at
 * 'field' (-1: none to check). */
static inline void
check_csums(const uint8_t *ip, uint32_t l4_off, uint32_t len, int field)
{
	if (ip[0] >> 4 == 4)
		assert_int_equal(sl_get_be16(ip + 10), ref_ip4_csum(ip));
	if (field >= 0) {
		uint32_t want =
		    ref_l4_csum(ip, ip + l4_off, len - l4_off, (uint32_t)field);

		if (want == 0 && field == 6)
			want = 0xffff;
		assert_int_equal(sl_get_be16(ip + l4_off + field), want);
	}
}

/* xorshift with a fixed seed: the same cases on every run. */
static inline uint32_t
draw(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
