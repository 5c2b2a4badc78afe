/* SPDX-License-Identifier: Apache-2.0 */
#include <io/steer_bpf.h>

#include <conn/tuple.h>

#include <linux/if_ether.h>
#include <stdarg.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#define PACKET_MAX 128

/* A classic BPF machine, as far as the program goes: linux/filter.h. */
struct machine {
	const uint8_t *ip;
	uint32_t len;
	uint16_t protocol;
	uint32_t a, x, m[BPF_MEMWORDS];
};

/* Loads from the packet; false ends the program with 0. */
static bool
load(struct machine *m, const struct sock_filter *f, uint32_t base)
{
	uint32_t k = f->k + base, off = k - (uint32_t)SKF_NET_OFF;
	uint32_t size = BPF_SIZE(f->code) == BPF_W   ? 4
			: BPF_SIZE(f->code) == BPF_H ? 2
						     : 1;

	if (k == (uint32_t)SKF_AD_OFF + SKF_AD_PROTOCOL) {
		m->a = m->protocol;
		return true;
	}
	assert_true(k >= (uint32_t)SKF_NET_OFF);
	if (off > m->len || size > m->len - off)
		return false;
	m->a = 0;
	while (size--)
		m->a = m->a << 8 | m->ip[off++];
	return true;
}

static void
alu(struct machine *m, const struct sock_filter *f)
{
	uint32_t v = BPF_SRC(f->code) == BPF_X ? m->x : f->k;

	switch (BPF_OP(f->code)) {
	case BPF_ADD:
		m->a += v;
		break;
	case BPF_MUL:
		m->a *= v;
		break;
	case BPF_AND:
		m->a &= v;
		break;
	case BPF_XOR:
		m->a ^= v;
		break;
	case BPF_LSH:
		m->a <<= v;
		break;
	case BPF_RSH:
		m->a >>= v;
		break;
	case BPF_MOD:
		m->a %= v;
		break;
	default:
		fail();
	}
}

static uint32_t
jump(const struct machine *m, const struct sock_filter *f)
{
	bool yes =
	    BPF_OP(f->code) == BPF_JEQ ? m->a == f->k : (m->a & f->k) != 0;

	assert_true(BPF_OP(f->code) == BPF_JEQ || BPF_OP(f->code) == BPF_JSET);
	return yes ? f->jt : f->jf;
}

static uint32_t
run(const struct sl_steer_bpf *p, struct machine *m)
{
	for (uint32_t pc = 0; pc < p->n; pc++) {
		const struct sock_filter *f = &p->insns[pc];

		switch (f->code) {
		case BPF_LD | BPF_IMM:
			m->a = f->k;
			continue;
		case BPF_LD | BPF_MEM:
			m->a = m->m[f->k];
			continue;
		case BPF_LDX | BPF_MEM:
			m->x = m->m[f->k];
			continue;
		case BPF_ST:
			m->m[f->k] = m->a;
			continue;
		case BPF_MISC | BPF_TAX:
			m->x = m->a;
			continue;
		case BPF_RET | BPF_K:
			return f->k;
		case BPF_RET | BPF_A:
			return m->a;
		}
		if (BPF_CLASS(f->code) == BPF_ALU)
			alu(m, f);
		else if (BPF_CLASS(f->code) == BPF_JMP)
			pc += jump(m, f);
		else if (!load(m, f, BPF_MODE(f->code) == BPF_IND ? m->x : 0))
			return 0;
	}
	fail_msg("ran off the end");
	return 0;
}

struct row {
	const char *name, *src, *dst;
	uint8_t proto;
	uint8_t ihl;   /* IPv4: words of header */
	uint16_t frag; /* IPv4: flags and offset */
	uint8_t l4[8];
	int src_id, dst_id; /* of the tuple; -1: by address */
};

#define A "192.0.2.1", "198.51.100.77"
#define B "198.51.100.77", "192.0.2.1"
#define C "2001:db8::1:2", "2001:db8:9:8:7:6:5:4"
#define D "2001:db8:9:8:7:6:5:4", "2001:db8::1:2"

#define PORTS                                                                  \
	{                                                                      \
		0x80, 1, 0, 80                                                 \
	}
#define BY_IP -1, -1
#define IDS   0x8001, 80
#define TYPE(t)                                                                \
	{                                                                      \
		t, 0, 0, 0, 0x12, 0x34                                         \
	}

static const struct row rows[] = {
    {"tcp", A, IPPROTO_TCP, 5, 0, PORTS, IDS},
    {"tcp back", B, IPPROTO_TCP, 5, 0, {0, 80, 0x80, 1}, 80, 0x8001},
    {"udp", A, IPPROTO_UDP, 5, 0x4000, PORTS, IDS},
    {"udplite", A, IPPROTO_UDPLITE, 5, 0, PORTS, IDS},
    {"sctp", A, IPPROTO_SCTP, 5, 0, PORTS, IDS},
    {"dccp", A, IPPROTO_DCCP, 5, 0, PORTS, IDS},
    {"options", A, IPPROTO_TCP, 15, 0, PORTS, IDS},
    {"gre", A, IPPROTO_GRE, 5, 0, PORTS, BY_IP},
    {"gre back", B, IPPROTO_GRE, 5, 0, PORTS, BY_IP},
    {"first fragment", A, IPPROTO_UDP, 5, 0x2000, PORTS, BY_IP},
    {"later fragment", A, IPPROTO_UDP, 5, 0x0001, PORTS, BY_IP},
    {"echo", A, IPPROTO_ICMP, 5, 0, TYPE(8), 0x1234, 8},
    {"echo reply", B, IPPROTO_ICMP, 5, 0, TYPE(0), 8, 0x1234},
    {"timestamp", A, IPPROTO_ICMP, 5, 0, TYPE(13), 0x1234, 13},
    {"timestamp reply", A, IPPROTO_ICMP, 5, 0, TYPE(14), 13, 0x1234},
    {"info", A, IPPROTO_ICMP, 5, 0, TYPE(15), 0x1234, 15},
    {"info reply", A, IPPROTO_ICMP, 5, 0, TYPE(16), 15, 0x1234},
    {"mask", A, IPPROTO_ICMP, 6, 0, TYPE(17), 0x1234, 17},
    {"mask reply", A, IPPROTO_ICMP, 5, 0, TYPE(18), 17, 0x1234},
    {"unreachable", A, IPPROTO_ICMP, 5, 0, TYPE(3), BY_IP},
    {"tcp6", C, IPPROTO_TCP, 0, 0, PORTS, IDS},
    {"udp6 back", D, IPPROTO_UDP, 0, 0, {0, 80, 0x80, 1}, 80, 0x8001},
    {"echo6", C, IPPROTO_ICMPV6, 0, 0, TYPE(128), 0x1234, 128},
    {"echo6 reply", D, IPPROTO_ICMPV6, 0, 0, TYPE(129), 128, 0x1234},
    {"too big", C, IPPROTO_ICMPV6, 0, 0, TYPE(2), BY_IP},
    {"icmp in ip6", C, IPPROTO_ICMP, 0, 0, TYPE(8), BY_IP},
    {"fragment6", C, IPPROTO_FRAGMENT, 0, 0, PORTS, BY_IP},
    {"esp6", C, IPPROTO_ESP, 0, 0, PORTS, BY_IP},
};

static uint32_t
build(const struct row *r, uint8_t out[PACKET_MAX], struct sl_tuple *t)
{
	uint32_t l4 = r->ihl ? r->ihl * 4u : 40;

	memset(out, 0, PACKET_MAX);
	memset(t, 0, sizeof(*t));
	assert_true(sl_addr_parse(r->src, &t->family, &t->src));
	assert_true(sl_addr_parse(r->dst, &t->family, &t->dst));
	/* by address: as a protocol that has no ids */
	t->l4proto = r->src_id < 0 ? IPPROTO_GRE : r->proto;
	t->src_id = htons((uint16_t)r->src_id);
	t->dst_id = htons((uint16_t)r->dst_id);
	if (r->ihl) {
		out[0] = (uint8_t)(0x40 | r->ihl);
		out[6] = (uint8_t)(r->frag >> 8);
		out[7] = (uint8_t)r->frag;
		out[9] = r->proto;
		memcpy(out + 12, &t->src, 4);
		memcpy(out + 16, &t->dst, 4);
	} else {
		out[0] = 0x60;
		out[6] = r->proto;
		memcpy(out + 8, &t->src, 16);
		memcpy(out + 24, &t->dst, 16);
	}
	memcpy(out + l4, r->l4, sizeof(r->l4));
	return l4 + (uint32_t)sizeof(r->l4);
}

static const uint16_t worker_counts[] = {1, 2, 3, 7, 64, 128};

static void
check_row(const struct row *r, const struct sl_steer_bpf *bpf, uint16_t workers)
{
	uint8_t packet[PACKET_MAX];
	struct sl_tuple tuple;
	struct machine m = {.ip = packet};
	uint32_t len = build(r, packet, &tuple), got;

	m.protocol = r->ihl ? ETH_P_IP : ETH_P_IPV6;
	m.len = len;
	got = run(bpf, &m);
	if (got != sl_tuple_owner(&tuple, workers))
		fail_msg("%s, %u workers: %u instead of %u", r->name, workers,
		    got, sl_tuple_owner(&tuple, workers));
	for (m.len = 0; m.len < len; m.len++)
		assert_true(run(bpf, &m) < workers);
}

static void
answers_as_the_engine_does(void **state)
{
	struct sl_steer_bpf bpf;

	(void)state;
	for (size_t w = 0; w < SL_COUNT_OF(worker_counts); w++) {
		sl_steer_bpf_build(&bpf, worker_counts[w]);
		for (size_t i = 0; i < SL_COUNT_OF(rows); i++)
			check_row(&rows[i], &bpf, worker_counts[w]);
	}
}

static void
gives_other_protocols_to_worker_0(void **state)
{
	uint8_t arp[28] = {0, 1, 8, 0, 6, 4};
	struct machine m = {
	    .ip = arp, .len = sizeof(arp), .protocol = ETH_P_ARP};
	struct sl_steer_bpf bpf;

	(void)state;
	sl_steer_bpf_build(&bpf, 128);
	assert_int_equal(run(&bpf, &m), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers_as_the_engine_does),
	    cmocka_unit_test(gives_other_protocols_to_worker_0),
	};

	sl_hash_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
