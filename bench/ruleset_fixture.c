/* SPDX-License-Identifier: Apache-2.0 */
#include "ruleset_fixture.h"

#include <base/clock.h>
#include <base/hash.h>
#include <base/random.h>
#include <packet/csum.h>
#include <packet/parse.h>
#include <rule/classify.h>
#include <rule/eval.h>
#include <rule/spec.h>

#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdio.h>

#define CLIENTS_AT	 0x64400000u /* 100.64.0.0 */
#define SERVERS_AT	 0xc6120000u /* 198.18.0.0 */
#define CLIENTS_A_CHAIN	 32u
#define PORTS_A_CLIENT	 512u
#define PREFIX_SIZE	 16u
#define RANGE_STEP	 13u
#define RANGE_SIZE	 11u
#define INTERFACES	 100u
#define SOURCES_OF_PAIRS 100u
#define FRAME_MAX	 96u

/* What a packet is made of, and what a rule can ask of it. */
struct flow {
	bool six;
	uint32_t src, dst; /* the last 32 bits */
	uint8_t proto;
	uint16_t src_id, dst_id;
	uint16_t in, out;
};

struct packet {
	struct sl_pkt pkt;
	uint8_t frame[FRAME_MAX];
};

struct rsb {
	enum rsb_mix mix;
	uint32_t n;
	enum sl_rule_table table;
	enum sl_hook hook;
	struct sl_live **lives; /* as a menu would have them */
	struct packet packets[RSB_PACKETS];
};

static const char *const names[RSB_MIXES] = {
    [RSB_ADDRESS] = "address",
    [RSB_PREFIX] = "prefix",
    [RSB_RANGE] = "range",
    [RSB_ADDRESS6] = "address6",
    [RSB_PORT] = "port",
    [RSB_INTERFACE] = "interface",
    [RSB_PAIR] = "pair",
    [RSB_ANY_OF] = "any_of",
    [RSB_NAT_BLOCKS] = "nat_blocks",
    [RSB_ONIONS] = "onions",
};

const char *
rsb_name(enum rsb_mix mix)
{
	return names[mix];
}

/* Operands. */

static void
ask_addr(
    struct sl_rule_spec *s, enum sl_match_kind kind, uint32_t at, uint32_t size)
{
	struct sl_match *m = sl_spec_match(s, kind);
	unsigned w = s->family == SL_IPV6 ? 3 : 0;

	if (w)
		m->addr.min.u.w[0] = m->addr.max.u.w[0] = htonl(0x20010db8);
	m->addr.min.u.w[w] = htonl(at);
	m->addr.max.u.w[w] = htonl(at + size - 1);
}

static void
ask_ids(
    struct sl_rule_spec *s, enum sl_match_kind kind, uint16_t lo, uint16_t hi)
{
	struct sl_id_span span = {lo, hi};

	sl_spec_set_spans(s, sl_spec_match(s, kind), &span, 1);
}

static void
ask_protocol(struct sl_rule_spec *s, uint8_t protocol)
{
	struct sl_match *m = sl_spec_match(s, SL_MATCH_PROTOCOL);

	m->span.lo = m->span.hi = protocol;
}

static void
ask_port(struct sl_rule_spec *s, enum sl_match_kind kind, uint32_t port)
{
	sl_spec_match(s, kind)->ports[port / 64] |= 1ull << port % 64;
}

static uint8_t
protocol_of(uint32_t i)
{
	return i % 2 ? IPPROTO_TCP : IPPROTO_UDP;
}

/* What rule 'i' asks; 'flow' is a packet that it matches. */
static void
make_rule(
    enum rsb_mix mix, uint32_t i, struct sl_rule_spec *s, struct flow *flow)
{ /* straight-line: one case a mix */
	switch (mix) {
	case RSB_ADDRESS:
	case RSB_ADDRESS6:
		flow->src = CLIENTS_AT + i * 3;
		ask_addr(s, SL_MATCH_SRC_ADDR, flow->src, 1);
		break;
	case RSB_PREFIX:
		flow->dst = SERVERS_AT + i * PREFIX_SIZE;
		ask_addr(s, SL_MATCH_DST_ADDR, flow->dst, PREFIX_SIZE);
		break;
	case RSB_RANGE:
		flow->dst = SERVERS_AT + i * RANGE_STEP;
		ask_addr(s, SL_MATCH_DST_ADDR, flow->dst, RANGE_SIZE);
		break;
	case RSB_PORT:
		flow->proto = protocol_of(i);
		flow->dst_id = (uint16_t)(1000 + i / 2);
		ask_protocol(s, flow->proto);
		ask_ids(s, SL_MATCH_DST_ID, flow->dst_id, flow->dst_id);
		break;
	case RSB_INTERFACE:
		flow->in = (uint16_t)(i % INTERFACES);
		flow->out = (uint16_t)(i / INTERFACES % INTERFACES);
		ask_port(s, SL_MATCH_IN_PORT, flow->in);
		ask_port(s, SL_MATCH_OUT_PORT, flow->out);
		break;
	case RSB_PAIR:
		flow->src = CLIENTS_AT + i % SOURCES_OF_PAIRS;
		flow->dst = SERVERS_AT + i / SOURCES_OF_PAIRS;
		ask_addr(s, SL_MATCH_SRC_ADDR, flow->src, 1);
		ask_addr(s, SL_MATCH_DST_ADDR, flow->dst, 1);
		break;
	case RSB_ONIONS:
		flow->src = flow->dst = SERVERS_AT;
		ask_addr(s, SL_MATCH_SRC_ADDR, SERVERS_AT - i, 2 * i + 1);
		ask_addr(s, SL_MATCH_DST_ADDR, SERVERS_AT - i, 2 * i + 1);
		ask_ids(s, SL_MATCH_SRC_ID, (uint16_t)i, 65535);
		ask_ids(s, SL_MATCH_DST_ID, 0, (uint16_t)(i + 53));
		break;
	default: /* RSB_ANY_OF: the others in turn */
		make_rule(i % 8 == 0   ? RSB_INTERFACE
			  : i % 4 == 0 ? RSB_PORT
			  : i % 4 == 1 ? RSB_ADDRESS
			  : i % 4 == 2 ? RSB_PREFIX
				       : RSB_PAIR,
		    i, s, flow);
		break;
	}
}

/* The rules of one client: his block of ports for each protocol. */
static void
make_block(uint32_t i, struct sl_rule_spec *s, struct flow *flow)
{
	uint32_t client = i / 3;

	flow->src = CLIENTS_AT + client;
	flow->proto = i % 3 == 0   ? IPPROTO_TCP
		      : i % 3 == 1 ? IPPROTO_UDP
				   : IPPROTO_ICMP;
	ask_addr(s, SL_MATCH_SRC_ADDR, flow->src, 1);
	ask_protocol(s, flow->proto);
	s->action = SL_ACTION_TRANSLATE;
	s->nat.side = SL_NAT_SRC;
	s->nat.has_port = true;
	s->nat.port_min = (uint16_t)(1024 + client * PORTS_A_CLIENT % 64512);
	s->nat.port_max = (uint16_t)(s->nat.port_min + PORTS_A_CLIENT - 1);
}

/* Frames. */

static uint32_t
put_ip(uint8_t *ip, const struct flow *f)
{
	if (f->six) {
		struct ip6_hdr h = {.ip6_flow = htonl(6u << 28),
		    .ip6_plen = htons(sizeof(struct udphdr) + 12),
		    .ip6_nxt = f->proto,
		    .ip6_hlim = 64};

		h.ip6_src.s6_addr32[0] = h.ip6_dst.s6_addr32[0] =
		    htonl(0x20010db8);
		h.ip6_src.s6_addr32[3] = htonl(f->src);
		h.ip6_dst.s6_addr32[3] = htonl(f->dst);
		memcpy(ip, &h, sizeof(h));
		return sizeof(h);
	}
	struct iphdr h = {.version = 4,
	    .ihl = 5,
	    .tot_len = htons(sizeof(h) + sizeof(struct udphdr) + 12),
	    .ttl = 64,
	    .protocol = f->proto,
	    .saddr = htonl(f->src),
	    .daddr = htonl(f->dst)};

	h.check = sl_csum_finish(sl_csum_add(0, (uint8_t *)&h, sizeof(h)));
	memcpy(ip, &h, sizeof(h));
	return sizeof(h);
}

static bool
put_packet(struct packet *p, const struct flow *f)
{
	uint8_t *l4;
	uint32_t ip_len;

	memset(p, 0, sizeof(*p));
	p->frame[12] = f->six ? 0x86 : 0x08;
	p->frame[13] = f->six ? 0xdd : 0x00;
	ip_len = put_ip(p->frame + SL_ETH_LEN, f);
	l4 = p->frame + SL_ETH_LEN + ip_len;
	l4[0] = (uint8_t)(f->src_id >> 8);
	l4[1] = (uint8_t)f->src_id;
	l4[2] = (uint8_t)(f->dst_id >> 8);
	l4[3] = (uint8_t)f->dst_id;
	if (f->proto == IPPROTO_TCP)
		l4[12] = 5 << 4;
	if (f->proto == IPPROTO_UDP)
		l4[5] = sizeof(struct udphdr) + 12;
	if (f->proto == IPPROTO_ICMP)
		memcpy(l4, "\x08\0\0\0", 4);
	p->pkt.data = p->frame;
	p->pkt.len = SL_ETH_LEN + ip_len + sizeof(struct udphdr) + 12;
	p->pkt.room = FRAME_MAX;
	p->pkt.in_port = f->in;
	p->pkt.out_port = f->out;
	if (sl_parse_frame(&p->pkt) != SL_GO)
		return false;
	p->pkt.state = SL_STATE_NEW;
	p->pkt.now_ns = sl_now_ns();
	return true;
}

/* Rules. */

static struct flow
plain_flow(enum rsb_mix mix)
{
	return (struct flow){.six = mix == RSB_ADDRESS6,
	    .src = 0x0a000001,
	    .dst = 0x0a000002,
	    .proto = IPPROTO_UDP,
	    .src_id = 40000,
	    .dst_id = 53,
	    .in = 200,
	    .out = 201};
}

static struct sl_rule_spec *
add(struct rsb *b, struct sl_specs *specs, const char *chain,
    struct sl_live *live)
{
	struct sl_rule_spec *s = sl_specs_add(
	    specs, b->table, b->mix == RSB_ADDRESS6 ? SL_IPV6 : SL_IPV4, chain);

	if (s) {
		s->action = SL_ACTION_DROP;
		s->live = live;
	}
	return s;
}

/* The jump to the chain of a client, before its first rule. */
static bool
add_jump(
    struct rsb *b, struct sl_specs *specs, uint32_t client, const char *chain)
{
	struct sl_rule_spec *s =
	    add(b, specs, "srcnat", b->lives[b->n + client / CLIENTS_A_CHAIN]);

	if (!s)
		return false;
	s->action = SL_ACTION_JUMP;
	s->jump_target = sl_specs_text(specs, chain);
	ask_addr(s, SL_MATCH_SRC_ADDR, CLIENTS_AT + client, CLIENTS_A_CHAIN);
	return true;
}

/* Rule 'i', and the packet that hits it. */
static bool
add_rule(struct rsb *b, struct sl_specs *specs, uint32_t i, struct flow *flow)
{
	uint32_t client = i / 3;
	struct sl_rule_spec *s;
	char chain[16] = "forward";

	*flow = plain_flow(b->mix);
	if (b->mix == RSB_NAT_BLOCKS) {
		snprintf(
		    chain, sizeof(chain), "block%u", client / CLIENTS_A_CHAIN);
		if (i % (3 * CLIENTS_A_CHAIN) == 0 &&
		    !add_jump(b, specs, client, chain))
			return false;
	}
	s = add(b, specs, chain, b->lives[i]);
	if (!s)
		return false;
	if (b->mix == RSB_NAT_BLOCKS)
		make_block(i, s, flow);
	else
		make_rule(b->mix, i, s, flow);
	return true;
}

static bool
load(struct rsb *b, struct flow *flows)
{
	struct sl_err err = {0};
	struct sl_specs specs;
	bool ok = true;

	sl_specs_init(&specs);
	for (uint32_t i = 0; i < b->n && ok; i++)
		ok = add_rule(b, &specs, i, &flows[i]);
	ok = ok && sl_ruleset_publish(&specs, &err) == 0;
	sl_specs_fini(&specs);
	sl_rcu_quiescent();
	return ok;
}

static void
start(void)
{
	static bool started;

	if (started)
		return;
	started = true;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "bench");
	sl_hash_init();
	sl_live_set_workers(1);
	sl_clock_tick();
	sl_rcu_register();
	sl_rcu_online();
}

static bool
fill(struct rsb *b)
{
	struct flow *flows = calloc(b->n, sizeof(*flows));
	uint32_t n_lives = b->n * 2;
	bool ok;

	b->lives = calloc(n_lives, sizeof(struct sl_live *));
	ok = flows && b->lives;
	for (uint32_t i = 0; i < n_lives && ok; i++)
		ok = (b->lives[i] = sl_live_new()) != NULL;
	ok = ok && load(b, flows);
	for (uint32_t i = 0; i < RSB_PACKETS && ok; i++)
		ok = put_packet(&b->packets[i], &flows[sl_random_below(b->n)]);
	free(flows);
	return ok;
}

struct rsb *
rsb_new(enum rsb_mix mix, uint32_t rules)
{
	struct rsb *b = calloc(1, sizeof(*b));

	start();
	if (!b)
		return NULL;
	b->mix = mix;
	b->n = rules;
	b->table = mix == RSB_NAT_BLOCKS ? SL_TABLE_NAT : SL_TABLE_FILTER;
	b->hook = mix == RSB_NAT_BLOCKS ? SL_HOOK_SRCNAT : SL_HOOK_FORWARD;
	if (fill(b))
		return b;
	rsb_free(b);
	return NULL;
}

void
rsb_free(struct rsb *b)
{
	sl_ruleset_clear();
	for (uint32_t i = 0; b->lives && i < 2 * b->n; i++)
		sl_live_put(b->lives[i]);
	free(b->lives);
	sl_rcu_quiescent();
	free(b);
}

uint32_t
rsb_run(struct rsb *b)
{
	struct sl_rule_result result;
	uint32_t n = 0;

	for (uint32_t i = 0; i < RSB_PACKETS; i++) {
		sl_rule_eval(b->table, b->hook, &b->packets[i].pkt, &result);
		n += result.verdict != SL_RULE_ACCEPT;
	}
	sl_rcu_quiescent();
	return n;
}

bool
rsb_compile(struct rsb *b)
{
	struct flow *flows = calloc(b->n, sizeof(*flows));
	bool ok = flows && load(b, flows);

	free(flows);
	return ok;
}

size_t
rsb_bytes(const struct rsb *b)
{
	const struct sl_ruleset *set = sl_ruleset_rcu();
	size_t bytes = 0;

	(void)b;
	for (uint32_t i = 0; i < set->n_chains; i++)
		bytes += sl_classify_bytes(set->chains[i].rest);
	return bytes;
}
