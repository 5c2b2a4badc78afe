/* SPDX-License-Identifier: Apache-2.0 */
#include <io/steer_bpf.h>

#include <base/hash.h>

#include <linux/if_ether.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>

#define NET(off) ((uint32_t)SKF_NET_OFF + (off)) /* from the IP header */

#define IP4_FRAGMENT_BITS 0x3fff /* more fragments, or an offset */
#define IP6_HEADER_LEN	  40

/* Scratch memory words. */
enum slot { L4_OFF, ID_A, ID_B, HASH_A };

/* Where jumps may go: all forward, resolved when the program is complete.
 * Labels from LABELS on are drawn by new_label(). */
enum label {
	NEXT,
	IP4,
	IP6,
	QUERY4,
	QUERY6,
	PORTS,
	ADDRS4,
	ADDRS6,
	MIX,
	LABELS
};

#define LABELS_MAX 32

struct assembler {
	struct sl_steer_bpf *out;
	unsigned labels;
	uint16_t at[LABELS_MAX];
	uint8_t jt[SL_STEER_BPF_MAX], jf[SL_STEER_BPF_MAX]; /* labels */
};

/* Types of ICMP messages that come in pairs with an id. */
struct query {
	uint8_t request, reply;
};

static const struct query queries4[] = {
    {ICMP_ECHO, ICMP_ECHOREPLY},
    {ICMP_TIMESTAMP, ICMP_TIMESTAMPREPLY},
    {ICMP_INFO_REQUEST, ICMP_INFO_REPLY},
    {ICMP_ADDRESS, ICMP_ADDRESSREPLY},
};

static const struct query queries6[] = {
    {ICMPV6_ECHO_REQUEST, ICMPV6_ECHO_REPLY},
};

/* As sl_tuple_has_ids(), but for ICMP. */
static const uint8_t protocols_with_ports[] = {
    IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_SCTP, IPPROTO_DCCP};

static void
emit(struct assembler *a, uint16_t code, uint32_t k)
{
	SL_ASSERT(a->out->n < SL_STEER_BPF_MAX);
	a->out->insns[a->out->n++] = (struct sock_filter){code, 0, 0, k};
}

static void
emit_jump(
    struct assembler *a, uint16_t code, uint32_t k, unsigned jt, unsigned jf)
{
	a->jt[a->out->n] = (uint8_t)jt;
	a->jf[a->out->n] = (uint8_t)jf;
	emit(a, BPF_JMP | code | BPF_K, k);
}

/* Unconditional: a comparison that goes to 'to' either way, since the 8-bit
 * targets of conditional jumps reach the whole program. */
static void
emit_go(struct assembler *a, enum label to)
{
	emit_jump(a, BPF_JEQ, 0, to, to);
}

static unsigned
new_label(struct assembler *a)
{
	SL_ASSERT(a->labels < LABELS_MAX);
	return a->labels++;
}

static void
put_label(struct assembler *a, unsigned label)
{
	a->at[label] = a->out->n;
}

static void
resolve(struct assembler *a)
{
	for (uint16_t i = 0; i < a->out->n; i++) {
		struct sock_filter *f = &a->out->insns[i];

		if (BPF_CLASS(f->code) != BPF_JMP)
			continue;
		f->jt = a->jt[i] ? (uint8_t)(a->at[a->jt[i]] - i - 1) : 0;
		f->jf = a->jf[i] ? (uint8_t)(a->at[a->jf[i]] - i - 1) : 0;
	}
}

/* A is the protocol number. */
static void
dispatch(
    struct assembler *a, uint8_t icmp, enum label queries, enum label addrs)
{
	emit_jump(a, BPF_JEQ, icmp, queries, NEXT);
	for (unsigned i = 0; i < sizeof(protocols_with_ports); i++)
		emit_jump(a, BPF_JEQ, protocols_with_ports[i], PORTS, NEXT);
	emit_go(a, addrs);
}

static void
ip4(struct assembler *a)
{
	put_label(a, IP4);
	emit(a, BPF_LD | BPF_H | BPF_ABS, NET(6));
	emit_jump(a, BPF_JSET, IP4_FRAGMENT_BITS, ADDRS4, NEXT);
	emit(a, BPF_LD | BPF_B | BPF_ABS, NET(0));
	emit(a, BPF_ALU | BPF_AND | BPF_K, 0xf);
	emit(a, BPF_ALU | BPF_LSH | BPF_K, 2);
	emit(a, BPF_ST, L4_OFF);
	emit(a, BPF_LD | BPF_B | BPF_ABS, NET(9));
	dispatch(a, IPPROTO_ICMP, QUERY4, ADDRS4);
}

static void
ip6(struct assembler *a)
{
	put_label(a, IP6);
	emit(a, BPF_LD | BPF_IMM, IP6_HEADER_LEN);
	emit(a, BPF_ST, L4_OFF);
	emit(a, BPF_LD | BPF_B | BPF_ABS, NET(6));
	dispatch(a, IPPROTO_ICMPV6, QUERY6, ADDRS6);
}

/* The request's type is one id for both messages of a pair. */
static void
query(struct assembler *a, const struct query *pairs, unsigned n,
    enum label addrs)
{
	emit(a, BPF_LDX | BPF_MEM, L4_OFF);
	emit(a, BPF_LD | BPF_B | BPF_IND, NET(0));
	for (unsigned i = 0; i < n; i++) {
		unsigned found = new_label(a), other = new_label(a);

		emit_jump(a, BPF_JEQ, pairs[i].request, found, NEXT);
		emit_jump(a, BPF_JEQ, pairs[i].reply, found, other);
		put_label(a, found);
		emit(a, BPF_LD | BPF_IMM, pairs[i].request);
		emit(a, BPF_ST, ID_A);
		emit(a, BPF_LD | BPF_H | BPF_IND, NET(4));
		emit(a, BPF_ST, ID_B);
		emit_go(a, MIX);
		put_label(a, other);
	}
	emit_go(a, addrs);
}

static void
ports(struct assembler *a)
{
	put_label(a, PORTS);
	emit(a, BPF_LDX | BPF_MEM, L4_OFF);
	emit(a, BPF_LD | BPF_H | BPF_IND, NET(0));
	emit(a, BPF_ST, ID_A);
	emit(a, BPF_LD | BPF_H | BPF_IND, NET(2));
	emit(a, BPF_ST, ID_B);
	emit_go(a, MIX);
}

/* M[slot] = the address of 'words' words at 'off', its words XORed. */
static void
fold(struct assembler *a, uint32_t off, unsigned words, enum slot slot)
{
	emit(a, BPF_LD | BPF_W | BPF_ABS, NET(off));
	for (unsigned i = 1; i < words; i++) {
		emit(a, BPF_MISC | BPF_TAX, 0);
		emit(a, BPF_LD | BPF_W | BPF_ABS, NET(off + 4 * i));
		emit(a, BPF_ALU | BPF_XOR | BPF_X, 0);
	}
	emit(a, BPF_ST, slot);
}

/* A ^= A >> 15 */
static void
fold_down(struct assembler *a)
{
	emit(a, BPF_MISC | BPF_TAX, 0);
	emit(a, BPF_ALU | BPF_RSH | BPF_K, 15);
	emit(a, BPF_ALU | BPF_XOR | BPF_X, 0);
}

/* A = sl_hash_id(M[slot]) */
static void
hash_id(struct assembler *a, enum slot slot)
{
	emit(a, BPF_LD | BPF_MEM, slot);
	emit(a, BPF_ALU | BPF_ADD | BPF_K, sl_hash_key.steer[0]);
	emit(a, BPF_ALU | BPF_MUL | BPF_K, sl_hash_key.steer[1]);
	fold_down(a);
	emit(a, BPF_ALU | BPF_MUL | BPF_K, sl_hash_key.steer[2]);
}

/* Returns (sl_hash_ids(M[ID_A], M[ID_B]) >> 16) % workers. */
static void
mix(struct assembler *a, uint16_t workers)
{
	put_label(a, MIX);
	hash_id(a, ID_A);
	emit(a, BPF_ST, HASH_A);
	hash_id(a, ID_B);
	emit(a, BPF_LDX | BPF_MEM, HASH_A);
	emit(a, BPF_ALU | BPF_ADD | BPF_X, 0);
	fold_down(a);
	emit(a, BPF_ALU | BPF_MUL | BPF_K, sl_hash_key.steer[3]);
	emit(a, BPF_ALU | BPF_RSH | BPF_K, 16);
	emit(a, BPF_ALU | BPF_MOD | BPF_K, workers);
	emit(a, BPF_RET | BPF_A, 0);
}

void
sl_steer_bpf_build(struct sl_steer_bpf *out, uint16_t workers)
{
	struct assembler a = {.out = out, .labels = LABELS};

	SL_ASSERT(workers > 0);
	out->n = 0;
	emit(&a, BPF_LD | BPF_W | BPF_ABS,
	    (uint32_t)SKF_AD_OFF + SKF_AD_PROTOCOL);
	emit_jump(&a, BPF_JEQ, ETH_P_IP, IP4, NEXT);
	emit_jump(&a, BPF_JEQ, ETH_P_IPV6, IP6, NEXT);
	emit(&a, BPF_RET | BPF_K, 0);
	ip4(&a);
	ip6(&a);
	put_label(&a, QUERY4);
	query(&a, queries4, SL_COUNT_OF(queries4), ADDRS4);
	put_label(&a, QUERY6);
	query(&a, queries6, SL_COUNT_OF(queries6), ADDRS6);
	ports(&a);
	put_label(&a, ADDRS4);
	fold(&a, 12, 1, ID_A);
	fold(&a, 16, 1, ID_B);
	emit_go(&a, MIX);
	put_label(&a, ADDRS6);
	fold(&a, 8, 4, ID_A);
	fold(&a, 24, 4, ID_B);
	mix(&a, workers);
	resolve(&a);
}
