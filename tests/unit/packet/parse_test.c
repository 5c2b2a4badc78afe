/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include <packet/parse_internal.h>

#define NO_DROP SL_DROP_N
#define FIX	1 /* recompute the IPv4 header checksum after the patch */

/* One byte, or two if 'wide', put into a sample before parsing. */
struct patch {
	uint16_t at;
	uint16_t value;
	bool wide;
};

/* What the shapes of sample.h parse to. */
static void
shapes(void **state)
{
	static const struct {
		const char *name;
		uint8_t family, proto;
		uint16_t l3_off, l4_off;
		uint32_t l3_len, l4_len;
		uint16_t flags, vlan;
	} rows[] = {
	    {"tcp4", 4, 6, 14, 34, 73, 53, 0, 0},
	    {"udp4", 4, 17, 14, 34, 46, 26, 0, 0},
	    {"echo4", 4, 1, 14, 34, 84, 64, 0, 0},
	    {"tcp6", 6, 6, 14, 54, 124, 84, 0, 0},
	    {"udp6", 6, 17, 14, 54, 79, 39, 0, 0},
	    {"padded udp4", 4, 17, 14, 34, 29, 9, 0, 0},
	    {"vlan tcp4", 4, 6, 18, 38, 45, 25, 0, 7},
	    {"qinq udp6", 6, 17, 22, 62, 53, 13, 0, 5},
	    {"options udp4", 4, 17, 14, 42, 48, 20, SL_PKT_IP_OPTIONS, 0},
	    {"extension tcp6", 6, 6, 14, 70, 88, 32, SL_PKT_IP_OPTIONS, 0},
	    {"first fragment4", 4, 17, 14, 34, 44, 24, SL_PKT_FRAGMENT, 0},
	    {"last fragment4", 4, 17, 14, 34, 41, 21,
		SL_PKT_FRAGMENT | SL_PKT_LATER_FRAGMENT, 0},
	    {"first fragment6", 6, 17, 14, 62, 72, 24,
		SL_PKT_FRAGMENT | SL_PKT_IP_OPTIONS, 0},
	    {"last fragment6", 6, 17, 14, 62, 72, 24,
		SL_PKT_FRAGMENT | SL_PKT_LATER_FRAGMENT | SL_PKT_IP_OPTIONS, 0},
	    {"atomic fragment6", 6, 17, 14, 62, 72, 24, SL_PKT_IP_OPTIONS, 0},
	    {"gso tcp4", 4, 6, 14, 34, 940, 920, 0, 0},
	    {"arp", 0, 0, 14, 14, 28, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sl_pkt pkt = parsed(sample(rows[i].name));

		assert_int_equal(pkt.family, rows[i].family);
		assert_int_equal(pkt.l4proto, rows[i].proto);
		assert_int_equal(pkt.l3_off, rows[i].l3_off);
		assert_int_equal(pkt.l4_off, rows[i].l4_off);
		assert_int_equal(pkt.l3_len, rows[i].l3_len);
		assert_int_equal(pkt.l4_len, rows[i].l4_len);
		assert_int_equal(pkt.flags, rows[i].flags);
		assert_int_equal(pkt.vlan_id, rows[i].vlan);
		assert_int_equal(pkt.ttl, rows[i].family ? 64 : 0);
		free_pkt(&pkt);
	}
}

static void
fields(void **state)
{
	struct sample s = *sample("last fragment6");
	struct sl_pkt pkt;
	struct sl_pkt_view view;

	(void)state;
	s.b[0] = 1; /* group MAC */
	s.b[14] = 0x6b;
	s.b[15] = 0x80; /* traffic class b8: DSCP 46 */
	pkt = pkt_of(&s, s.len);
	pkt.flags = SL_PKT_FROM_HOST | SL_PKT_DF; /* DF: of another life */
	assert_int_equal(sl_parse_frame(&pkt), SL_GO);
	assert_true(pkt.flags & SL_PKT_L2_BROADCAST);
	assert_true(pkt.flags & SL_PKT_FROM_HOST);
	assert_false(pkt.flags & SL_PKT_DF);
	assert_int_equal(pkt.dscp, 46);
	assert_int_equal(pkt.frag_off, 0x18);
	assert_memory_equal(&pkt.frag_id, "\0\0\0\x2a", 4);
	sl_pkt_view(&pkt, &view);
	assert_int_equal(view.l4.len, 0);
	assert_int_equal(view.l3.len, 48);
	free_pkt(&pkt);

	s = *sample("last fragment4");
	s.b[15] = 0xb8;
	put16(s.b + 20, 0x4003);
	fix_ip4(s.b + 14);
	pkt = parsed(&s);
	assert_true(pkt.flags & SL_PKT_DF);
	assert_int_equal(pkt.dscp, 46);
	assert_int_equal(pkt.frag_off, 24);
	assert_memory_equal(&pkt.frag_id, "\x12\x34\0\0", 4);
	free_pkt(&pkt);
}

static void
views(void **state)
{
	struct sl_pkt pkt = parsed(sample("partial udp4"));
	struct sl_pkt_view view;

	(void)state;
	sl_pkt_view(&pkt, &view);
	assert_int_equal(view.size, sizeof(view));
	assert_int_equal(view.family, 4);
	assert_int_equal(view.l4proto, 17);
	assert_int_equal(view.csum_ok, 1);
	assert_int_equal(view.quoted, 0);
	assert_ptr_equal(view.l3.data, pkt.data + 14);
	assert_int_equal(view.l3.len, 20);
	assert_ptr_equal(view.l4.data, pkt.data + 34);
	assert_int_equal(view.l4.len, 107);
	assert_int_equal(view.l4_total, 107);
	assert_int_equal(view.now_ns, 1000);
	free_pkt(&pkt);
}

/* A frame that is not as it should be, and the reason it is dropped for. */
static void
lies(void **state)
{
	static const struct {
		const char *what, *name;
		uint32_t len; /* 0: all of it */
		struct patch patch[3];
		int fix;
		enum sl_drop_reason want;
	} rows[] = {
	    {"empty", "tcp4", 1, {{0}}, 0, SL_DROP_SHORT_ETH},
	    {"13 bytes", "tcp4", 13, {{0}}, 0, SL_DROP_SHORT_ETH},
	    {"cut tag", "vlan tcp4", 17, {{0}}, 0, SL_DROP_SHORT_ETH},
	    {"cut second tag", "qinq udp6", 20, {{0}}, 0, SL_DROP_SHORT_ETH},
	    {"third tag", "qinq udp6", 0, {{20, 0x8100, true}}, 0,
		SL_DROP_ETHERTYPE},
	    {"802.3 length", "tcp4", 0, {{12, 60, true}}, 0, SL_DROP_ETHERTYPE},
	    {"no IP header", "tcp4", 33, {{0}}, 0, SL_DROP_SHORT_IP},
	    {"version 6 in 0800", "tcp4", 0, {{14, 0x65}}, 0,
		SL_DROP_IP_VERSION},
	    {"version 4 in 86dd", "tcp6", 0, {{14, 0x40}}, 0,
		SL_DROP_IP_VERSION},
	    {"ihl 4", "tcp4", 0, {{14, 0x44}}, 0, SL_DROP_IP_HEADER},
	    {"ihl beyond frame", "tcp4", 40, {{14, 0x4f}}, 0, SL_DROP_SHORT_IP},
	    {"cut", "tcp4", 86, {{0}}, 0, SL_DROP_SHORT_IP},
	    {"total below header", "tcp4", 0, {{16, 19, true}}, FIX,
		SL_DROP_IP_HEADER},
	    {"total zero, no gso", "tcp4", 0, {{16, 0, true}}, FIX,
		SL_DROP_IP_HEADER},
	    {"header checksum", "tcp4", 0, {{24, 0x5555, true}}, 0,
		SL_DROP_IP_CSUM},
	    {"option of length 1", "options udp4", 0, {{35, 1}}, FIX,
		SL_DROP_IP_HEADER},
	    {"option too long", "options udp4", 0, {{35, 9}}, FIX,
		SL_DROP_IP_HEADER},
	    {"option without length", "options udp4", 0,
		{{34, 0x0101, true}, {36, 0x0101, true}, {41, 0x94}}, FIX,
		SL_DROP_IP_HEADER},
	    {"option up to the end", "options udp4", 0, {{35, 8}}, FIX,
		NO_DROP},
	    {"multicast source", "tcp4", 0, {{26, 224}}, FIX,
		SL_DROP_IP_ADDRESS},
	    {"broadcast source", "tcp4", 0,
		{{26, 0xffff, true}, {28, 0xffff, true}}, FIX,
		SL_DROP_IP_ADDRESS},
	    {"loopback source", "tcp4", 0, {{26, 127}}, FIX,
		SL_DROP_IP_ADDRESS},
	    {"loopback destination", "tcp4", 0, {{30, 127}}, FIX,
		SL_DROP_IP_ADDRESS},
	    {"source 0.0.0.1", "tcp4", 0, {{26, 0}}, FIX, SL_DROP_IP_ADDRESS},
	    {"source 0.0.0.0", "udp4", 0, {{26, 0, true}, {28, 0, true}}, FIX,
		NO_DROP},
	    {"destination 0.0.2.9", "udp4", 0, {{30, 0, true}}, FIX,
		SL_DROP_IP_ADDRESS},
	    {"land", "tcp4", 0, {{30, 0x0a00, true}, {32, 1, true}}, FIX,
		NO_DROP},
	    {"middle fragment of 21", "last fragment4", 0, {{20, 0x2003, true}},
		FIX, SL_DROP_FRAG_LIE},
	    {"beyond 65535", "last fragment4", 0, {{20, 0x1fff, true}}, FIX,
		SL_DROP_FRAG_LIE},
	    {"empty fragment", "last fragment4", 0, {{16, 20, true}}, FIX,
		SL_DROP_FRAG_LIE},
	    {"last of 65535", "last fragment4", 0, {{20, 8186, true}}, FIX,
		NO_DROP},

	    {"no IPv6 header", "tcp6", 53, {{0}}, 0, SL_DROP_SHORT_IP},
	    {"cut", "tcp6", 137, {{0}}, 0, SL_DROP_SHORT_IP},
	    {"multicast source", "tcp6", 0, {{22, 0xff}}, 0,
		SL_DROP_IP_ADDRESS},
	    {"loopback source", "tcp6", 0, {{22, 0, true}, {24, 0, true}}, 0,
		SL_DROP_IP_ADDRESS},
	    {"destination ::9", "tcp6", 0,
		{{38, 0, true}, {40, 0, true}, {42, 0, true}}, 0, NO_DROP},
	    {"loopback destination", "last fragment6", 0,
		{{38, 0, true}, {42, 0, true}, {53, 1}}, 0,
		NO_DROP}, /* 0:0db8:: is not ::1 */
	    {"payload length 0", "tcp6", 0, {{18, 0, true}}, 0, NO_DROP},
	    {"extension beyond packet", "extension tcp6", 0, {{55, 200}}, 0,
		SL_DROP_EXT_HEADER},
	    {"extension cut", "extension tcp6", 0, {{18, 7, true}}, 0,
		SL_DROP_EXT_HEADER},
	    {"two fragment headers", "first fragment6", 0, {{54, 44}}, 0,
		SL_DROP_EXT_HEADER},
	    {"first fragment without L4", "first fragment6", 0, {{18, 8, true}},
		0, SL_DROP_EXT_HEADER},
	    {"first fragment, half a TCP", "first fragment6", 0,
		{{18, 24, true}, {54, 6}}, 0, SL_DROP_EXT_HEADER},
	    {"first fragment, chain cut", "first fragment6", 0,
		{{54, 60}, {63, 9}}, 0, SL_DROP_EXT_HEADER},
	    {"middle fragment of 23", "last fragment6", 0,
		{{57, 0x19}, {18, 31, true}}, 0, SL_DROP_FRAG_LIE},
	    {"beyond 65535", "last fragment6", 0, {{56, 0xfff8, true}}, 0,
		SL_DROP_FRAG_LIE},
	    {"last of 65535", "last fragment6", 0,
		{{56, 0xffe0, true}, {18, 39, true}}, 0, SL_DROP_SHORT_IP},
	    {"empty fragment", "last fragment6", 0, {{18, 8, true}}, 0,
		SL_DROP_FRAG_LIE},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = *sample(rows[i].name);
		enum sl_verdict want =
		    rows[i].want == NO_DROP ? SL_GO : SL_DROP;
		uint64_t before = 0;
		struct sl_pkt pkt;

		for (int k = 0; k < 3 && rows[i].patch[k].at; k++) {
			const struct patch *p = &rows[i].patch[k];

			if (p->wide)
				put16(s.b + p->at, p->value);
			else
				s.b[p->at] = (uint8_t)p->value;
		}
		if (rows[i].fix)
			fix_ip4(s.b + 14);
		pkt = pkt_of(&s, rows[i].len ? rows[i].len : s.len);
		if (rows[i].want != NO_DROP)
			before = drops(rows[i].want);
		if (sl_parse_frame(&pkt) != want)
			fail_msg("%s: %s", rows[i].name, rows[i].what);
		if (rows[i].want != NO_DROP &&
		    drops(rows[i].want) != before + 1)
			fail_msg(
			    "%s: %s: other reason", rows[i].name, rows[i].what);
		free_pkt(&pkt);
	}
}

static void
special_addresses6(void **state)
{
	static const struct {
		uint8_t at, bytes[16];
		bool ok;
	} rows[] = {
	    {22, {[15] = 1}, false},		      /* ::1 */
	    {38, {[15] = 1}, false}, {22, {0}, true}, /* :: */
	    {38, {0}, false},
	    {22, {[10] = 255, 255, 10, 0, 0, 1}, false}, /* mapped */
	    {38, {[10] = 255, 255, 10, 0, 0, 1}, false},
	    {38, {0xff, 2, [15] = 1}, true},		 /* ff02::1 */
	    {22, {0, 0x64, 0xff, 0x9b, [15] = 1}, true}, /* 64:ff9b:: */
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = *sample("udp6");
		struct sl_pkt pkt;

		memcpy(s.b + rows[i].at, rows[i].bytes, 16);
		pkt = pkt_of(&s, s.len);
		assert_int_equal(
		    sl_parse_frame(&pkt), rows[i].ok ? SL_GO : SL_DROP);
		free_pkt(&pkt);
	}
}

/* Chains of extension headers: the first byte of each row is the IPv6
 * header's next header; then the headers, 8 bytes each unless AH. */
static void
chains(void **state)
{
	static const struct {
		const char *what;
		uint8_t next, bytes[72];
		uint32_t len; /* payload in all */
		int proto;    /* -1: dropped */
		uint32_t l4_off;
	} rows[] = {
	    {"no next header", 59, {1, 2, 3}, 3, 59, 54},
	    {"ESP ends it", 50, {6}, 20, 50, 54},
	    {"AH in words", 51, {17, 4}, 24 + 8, 17, 54 + 24},
	    {"AH cut", 51, {17, 4}, 23, -1, 0},
	    {"routing", 43, {6}, 8 + 20, 6, 62},
	    {"mobility", 135, {59}, 8, 59, 62},
	    {"hip", 139, {59, 1}, 16, 59, 70},
	    {"shim6", 140, {6}, 28, 6, 62},
	    {"odd order", 60,
		{0, 0, 0, 0, 0, 0, 0, 0, 43, 0, 0, 0, 0, 0, 0, 0, 17}, 24 + 8,
		17, 54 + 24},
	    {"eight", 60,
		{60, [8] = 60, [16] = 60, [24] = 60, [32] = 60, [40] = 60,
		    [48] = 60, [56] = 17},
		72, 17, 54 + 64},
	    {"nine", 60,
		{60, [8] = 60, [16] = 60, [24] = 60, [32] = 60, [40] = 60,
		    [48] = 60, [56] = 60, [64] = 17},
		72, -1, 0},
	    {"unknown is L4", 253, {60}, 8, 253, 54},
	    {"empty L4", 60, {17}, 8, 17, 62},
	    {"seven bytes", 60, {17}, 7, -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = {0};
		struct sl_pkt pkt;

		add_eth(&s, 0x86dd);
		add_ip6(&s, rows[i].next, rows[i].len);
		add(&s, rows[i].bytes, rows[i].len);
		pkt = pkt_of(&s, s.len);
		if ((sl_parse_frame(&pkt) == SL_GO) != (rows[i].proto >= 0))
			fail_msg("%s", rows[i].what);
		if (rows[i].proto >= 0) {
			assert_int_equal(pkt.l4proto, rows[i].proto);
			assert_int_equal(pkt.l4_off, rows[i].l4_off);
			assert_int_equal(
			    pkt.l4_len, 54 + rows[i].len - rows[i].l4_off);
		}
		free_pkt(&pkt);
	}
}

#define PARTIAL SL_OFFLOAD_PARTIAL
#define VALID	SL_OFFLOAD_VALID

static void
offloads(void **state)
{
	static const struct {
		const char *what, *name;
		struct sl_offload o;
		bool ok;
	} rows[] = {
	    {"vouched", "tcp4", {VALID}, true},
	    {"partial tcp", "tcp4", {PARTIAL, 0, 0, 0, 34, 16}, true},
	    {"partial udp6", "udp6", {PARTIAL, 0, 0, 0, 54, 6}, true},
	    {"behind vlan", "vlan tcp4", {PARTIAL, 0, 0, 0, 38, 16}, true},
	    {"unknown flag", "tcp4", {4}, false},
	    {"wrong field", "tcp4", {PARTIAL, 0, 0, 0, 34, 6}, false},
	    {"wrong start", "tcp4", {PARTIAL, 0, 0, 0, 33, 16}, false},
	    {"start in payload", "tcp4", {PARTIAL, 0, 0, 0, 36, 16}, false},
	    {"inside a tunnel", "udp4", {PARTIAL, 0, 0, 0, 42, 16}, true},
	    {"beyond the tunnel", "udp4", {PARTIAL, 0, 0, 0, 42, 17}, false},
	    {"far beyond", "udp4", {PARTIAL, 0, 0, 0, 65535, 65535}, false},
	    {"in padding", "padded udp4", {PARTIAL, 0, 0, 0, 42, 2}, false},
	    {"icmp", "echo4", {PARTIAL, 0, 0, 0, 34, 2}, false},
	    {"fragment", "first fragment4", {PARTIAL, 0, 0, 0, 34, 6}, false},
	    {"arp", "arp", {PARTIAL, 0, 0, 0, 14, 6}, false},
	    {"arp vouched", "arp", {VALID}, true},
	    {"arp gso", "arp", {VALID, 1, 0, 10}, false},
	    {"tso", "tcp4", {PARTIAL, 1, 999, 10, 34, 16}, true},
	    {"tso ecn", "tcp4", {PARTIAL, 0x81, 0, 10, 34, 16}, true},
	    {"tso vouched", "tcp4", {VALID, 1, 0, 10}, true},
	    {"tso, nobody vouches", "tcp4", {0, 1, 0, 10}, false},
	    {"tso size 0", "tcp4", {PARTIAL, 1, 0, 0, 34, 16}, false},
	    {"tso6 on IPv4", "tcp4", {PARTIAL, 4, 0, 10, 34, 16}, false},
	    {"tso4 on IPv6", "tcp6", {PARTIAL, 1, 0, 10, 54, 16}, false},
	    {"tso6", "tcp6", {PARTIAL, 4, 0, 10, 54, 16}, true},
	    {"tso of udp", "udp4", {PARTIAL, 1, 0, 10, 34, 6}, false},
	    {"ufo", "udp4", {PARTIAL, 3, 0, 10, 34, 6}, false},
	    {"udp segments", "udp4", {PARTIAL, 5, 0, 10, 34, 6}, true},
	    {"udp segments ecn", "udp4", {PARTIAL, 0x85, 0, 10, 34, 6}, false},
	    {"udp6 segments", "udp6", {PARTIAL, 5, 0, 10, 54, 6}, true},
	    {"segments of tunnel", "udp4", {PARTIAL, 5, 0, 10, 42, 6}, false},
	    {"only ecn", "tcp4", {PARTIAL, 0x80, 0, 10, 34, 16}, false},
	    {"type 2", "tcp4", {PARTIAL, 2, 0, 10, 34, 16}, false},
	    {"fragment gso", "first fragment4", {VALID, 5, 0, 10}, false},
	};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = *sample(rows[i].name);
		uint64_t before = drops(SL_DROP_OFFLOAD);
		struct sl_pkt pkt;

		s.offload = rows[i].o;
		pkt = pkt_of(&s, s.len);
		if ((sl_parse_frame(&pkt) == SL_GO) != rows[i].ok)
			fail_msg("%s", rows[i].what);
		if (!rows[i].ok)
			assert_int_equal(drops(SL_DROP_OFFLOAD), before + 1);
		else if (rows[i].o.gso_type)
			assert_int_equal(pkt.offload.hdr_len,
			    pkt.l4_off + (pkt.l4proto == 6 ? 20 : 8));
		free_pkt(&pkt);
	}
}

static void
tcp_header_of_gso(void **state)
{
	static const struct {
		uint8_t doff;
		bool ok;
	} rows[] = {{0x40, false}, {0x50, true}, {0xd0, true}, {0xe0, false}};

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(rows); i++) {
		struct sample s = *sample("tcp4"); /* 53 bytes of L4 */
		struct sl_pkt pkt;

		s.offload = (struct sl_offload){PARTIAL, 1, 0, 10, 34, 16};
		s.b[34 + 12] = rows[i].doff;
		pkt = pkt_of(&s, s.len);
		assert_int_equal(sl_parse_frame(&pkt) == SL_GO, rows[i].ok);
		if (rows[i].ok)
			assert_int_equal(
			    pkt.offload.hdr_len, 34 + rows[i].doff / 4);
		free_pkt(&pkt);
	}
}

/* BIG TCP: a length of zero means "all of the frame", but only with GSO. */
static void
jumbo_frames(void **state)
{
	struct sample s = *sample("gso tcp4");
	struct sl_pkt pkt;

	(void)state;
	put16(s.b + 16, 0);
	fix_ip4(s.b + 14);
	pkt = parsed(&s);
	assert_int_equal(pkt.l3_len, 940);
	free_pkt(&pkt);
	s = *sample("gso udp6");
	put16(s.b + 18, 0);
	pkt = parsed(&s);
	assert_int_equal(pkt.l4_len, 908);
	free_pkt(&pkt);
}

/* Cut at every length: never a read beyond (sanitizer), never a lie. */
static void
truncated_everywhere(void **state)
{
	const struct sample *all = samples();

	(void)state;
	for (int i = 0; i < SAMPLES; i++) {
		for (uint32_t len = 0; len <= all[i].len; len++) {
			struct sl_pkt pkt = pkt_of(&all[i], len);
			struct sl_pkt_view view;
			struct sl_tuple tuple;
			uint32_t off;

			if (sl_parse_frame(&pkt) == SL_GO && pkt.family) {
				assert_true(pkt.l3_off + pkt.l3_len <= len);
				assert_int_equal(pkt.l3_off + pkt.l3_len,
				    pkt.l4_off + pkt.l4_len);
				sl_pkt_view(&pkt, &view);
				sl_parse_quoted(&pkt, &view, &tuple, &off);
			}
			free_pkt(&pkt);
		}
	}
}

/* Every single byte of every sample set to every value: no crash. */
static void
every_byte_flipped(void **state)
{
	const struct sample *all = samples();

	(void)state;
	for (int i = 0; i < SAMPLES; i++) {
		for (uint32_t at = 12; at < SL_MIN(all[i].len, 110u); at++) {
			for (uint32_t v = 0; v < 256; v += 5) {
				struct sl_pkt pkt = pkt_of(&all[i], all[i].len);
				struct sl_pkt_view view;
				struct sl_tuple tuple;
				uint32_t off;

				pkt.data[at] = (uint8_t)v;
				if (pkt.data[12] == 8 && pkt.data[14] == 0x45)
					fix_ip4(pkt.data + 14);
				if (sl_parse_frame(&pkt) == SL_GO)
					sl_parse_quoted(
					    &pkt, &view, &tuple, &off);
				free_pkt(&pkt);
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shapes),
	    cmocka_unit_test(fields),
	    cmocka_unit_test(views),
	    cmocka_unit_test(lies),
	    cmocka_unit_test(special_addresses6),
	    cmocka_unit_test(chains),
	    cmocka_unit_test(offloads),
	    cmocka_unit_test(tcp_header_of_gso),
	    cmocka_unit_test(jumbo_frames),
	    cmocka_unit_test(truncated_everywhere),
	    cmocka_unit_test(every_byte_flipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
