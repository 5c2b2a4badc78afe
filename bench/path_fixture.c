/* SPDX-License-Identifier: Apache-2.0 */
#include "path_fixture.h"

#include <base/control.h>
#include <io/mem.h>
#include <menu/engine_menus.h>
#include <menu/registry.h>
#include <mirror/neigh.h>
#include <mirror/static.h>
#include <packet/csum.h>
#include <path/worker.h>
#include <plugin/loader.h>
#include <rule/live.h>
#include <rule/ruleset.h>
#include <script/session.h>

#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdio.h>

#define SLOT	2048u /* as in a receive ring */
#define HALF	(PTB_ROUND / 2)
#define PAYLOAD 10 /* the smallest frame is 64 bytes with its FCS */

#define CLIENTS_AT  0xc0a8580au /* 192.168.88.10 */
#define SERVERS_AT  0xc6120001u /* 198.18.0.1 */
#define ROUTER_AT   0xc6336401u /* 198.51.100.1 */
#define GATEWAY	    0xc63364feu /* 198.51.100.254 */
#define PER_CLIENT  50000u
#define SERVERS	    251u /* prime to PER_CLIENT: no two share a reply tuple */
#define FIRST_PORT  1024u
#define CLIENTS_MAX 200u

enum { LAN, WAN, SIDES };

static const char config[] =
    "/interface list\n"
    "add name=WAN\n"
    "add name=LAN\n"
    "/interface list member\n"
    "add interface=wan list=WAN\n"
    "add interface=lan list=LAN\n"
    "/ip address\n"
    "add address=192.168.88.1/24 interface=lan\n"
    "add address=198.51.100.1/24 interface=wan\n"
    "/ip route\n"
    "add gateway=198.51.100.254\n"
    "/ip firewall filter\n"
    "add action=accept chain=forward "
    "connection-state=established,related,untracked\n"
    "add action=drop chain=forward connection-state=invalid\n"
    "add action=drop chain=forward connection-nat-state=!dstnat "
    "connection-state=new in-interface-list=WAN\n"
    "/ip firewall nat\n"
    "add action=masquerade chain=srcnat out-interface-list=WAN\n";

struct frame {
	uint8_t mac[12];
	sl_be16 type;
	struct iphdr ip;
	union {
		struct tcphdr tcp;
		struct udphdr udp;
	};
	uint8_t payload[PTB_TEXT];
} __attribute__((packed, aligned(2)));

struct stream {
	uint32_t sent, told; /* by the client, and by the server */
};

struct ptb {
	enum ptb_kind kind;
	const struct ptb_talk *talk;
	uint32_t n, opened, next;
	uint64_t random;
	struct stream *streams; /* [n] */
	uint8_t *ring[SIDES];
	struct sl_port *port[SIDES];
	struct sl_dev *dev[SIDES];
	uint32_t left; /* frames that left by any port */
	struct sl_engine *engine;
	struct sl_model *model;
};

static uint32_t
pick(struct ptb *b)
{
	b->random ^= b->random << 13;
	b->random ^= b->random >> 7;
	b->random ^= b->random << 17;
	return (uint32_t)((b->random >> 32) * b->n >> 32);
}

static void
finish_tcp(struct frame *f, uint32_t len)
{
	struct sl_addr src = {.u.w = {f->ip.saddr}},
		       dst = {.u.w = {f->ip.daddr}};
	uint64_t sum = sl_csum_pseudo(SL_IPV4, &src, &dst, IPPROTO_TCP, len);

	f->tcp.check = sl_csum_finish(sl_csum_add(sum, &f->tcp, len));
}

/* Packet of connection 'n' as it arrives on 'side'. */
static uint32_t
make_frame(struct ptb *b, struct frame *f, int side, uint32_t n, uint32_t len)
{
	uint32_t client = CLIENTS_AT + n / PER_CLIENT;
	uint32_t server = SERVERS_AT + n % SERVERS;
	uint16_t port = htons((uint16_t)(FIRST_PORT + n % PER_CLIENT));

	memset(f, 0, offsetof(struct frame, udp) + len);
	sl_port_mac(b->port[side], f->mac);
	f->mac[6] = 2;
	f->type = htons(0x0800);
	f->ip.version = 4;
	f->ip.ihl = 5;
	f->ip.ttl = 64;
	f->ip.tot_len = htons((uint16_t)(sizeof(f->ip) + len));
	f->ip.protocol = b->kind == PTB_TCP ? IPPROTO_TCP : IPPROTO_UDP;
	f->ip.saddr = htonl(side == LAN ? client : server);
	f->ip.daddr = htonl(side == LAN ? server : b->talk->address);
	f->ip.check = sl_csum_finish(sl_csum_add(0, &f->ip, sizeof(f->ip)));
	f->tcp.source = side == LAN ? port : htons(b->talk->port);
	f->tcp.dest = side == LAN ? htons(b->talk->port) : port;
	return 14 + (uint32_t)sizeof(f->ip) + len;
}

static uint32_t
say(const struct ptb *b, int side, uint32_t n, char *text)
{
	memset(text, 0, PAYLOAD);
	return b->talk->say && side == LAN ? b->talk->say(n, text) : PAYLOAD;
}

static uint32_t
make_udp(struct ptb *b, struct frame *f, int side, uint32_t n)
{
	char text[PTB_TEXT];
	uint32_t size = say(b, side, n, text);
	uint32_t len = make_frame(b, f, side, n, sizeof(f->udp) + size);

	f->udp.len = htons((uint16_t)(sizeof(f->udp) + size)); /* no checksum */
	memcpy((uint8_t *)&f->udp + sizeof(f->udp), text, size);
	return len;
}

/* The client's numbers start at 0, the server's too. */
static uint32_t
make_tcp(struct ptb *b, struct frame *f, int side, uint32_t n, const char *text,
    uint32_t payload)
{
	uint32_t l4 = (uint32_t)sizeof(f->tcp) + payload;
	uint32_t len = make_frame(b, f, side, n, l4);
	struct stream *s = &b->streams[n];

	f->tcp.seq = htonl(side == LAN ? s->sent : 1 + s->told);
	f->tcp.ack_seq = htonl(side == LAN ? 1 + s->told : s->sent);
	f->tcp.doff = 5;
	f->tcp.ack = 1;
	f->tcp.window = htons(65535);
	memcpy(f->payload, text, payload);
	*(side == LAN ? &s->sent : &s->told) += payload;
	finish_tcp(f, l4);
	return len;
}

static void
set_flags(struct frame *f, bool syn, bool ack)
{
	f->tcp.syn = syn;
	f->tcp.ack = ack;
	if (!ack)
		f->tcp.ack_seq = 0;
	if (syn)
		f->tcp.seq = 0;
	f->tcp.check = 0;
	finish_tcp(f, sizeof(f->tcp));
}

enum stage { OPEN, ANSWER, CONFIRM, GREET, BEGIN, ESTABLISHED, STAGES };

static void
offer(struct ptb *b, int side, uint32_t slot, uint32_t n, enum stage stage)
{
	struct frame *f = (void *)(b->ring[side] + slot * SLOT);
	struct sl_mem_frame mem = {.data = (uint8_t *)f, .room = SLOT};

	char text[PTB_TEXT] = "";
	uint32_t size = 0;

	if (stage == ESTABLISHED && side == LAN)
		size = say(b, side, n, text);
	else if (stage == GREET || stage == BEGIN)
		size = (uint32_t)snprintf(text, sizeof(text), "%s",
		    stage == GREET ? b->talk->greeting : b->talk->beginning);
	if (stage < GREET)
		b->streams[n].sent = 1;
	if (b->kind == PTB_UDP)
		mem.len = make_udp(b, f, side, n);
	else
		mem.len = make_tcp(b, f, side, n, text, size);
	if (b->kind == PTB_TCP && stage < GREET)
		set_flags(f, stage != CONFIRM, stage != OPEN);
	sl_mem_offer(b->dev[side], 0, &mem);
}

void
ptb_offer_established(struct ptb *b)
{
	for (uint32_t i = 0; i < HALF; i++)
		for (int side = 0; side < SIDES; side++)
			offer(b, side, i, pick(b), ESTABLISHED);
}

void
ptb_offer_talk(struct ptb *b)
{
	for (uint32_t i = 0; i < HALF; i++)
		offer(b, LAN, i, (b->next + i) % b->n, ESTABLISHED);
}

void
ptb_offer_acks(struct ptb *b)
{
	for (uint32_t i = 0; i < HALF; i++)
		offer(b, WAN, i, (b->next + i) % b->n, ESTABLISHED);
	b->next = (b->next + HALF) % b->n;
}

uint32_t
ptb_offer_opening(struct ptb *b)
{
	uint32_t i;

	for (i = 0; i < HALF && b->opened < b->n; i++)
		offer(b, LAN, i, b->opened++, OPEN);
	return i;
}

uint32_t
ptb_run(struct ptb *b)
{
	struct sl_worker *w = b->engine->worker[0];

	b->left = 0;
	do
		sl_clock_tick();
	while (sl_worker_step(w) && (sl_rcu_quiescent(), true));
	return b->left;
}

int
ptb_establish(struct ptb *b)
{
	for (uint32_t from = 0; from < b->n; from += HALF) {
		uint32_t n = SL_MIN(HALF, b->n - from);

		for (enum stage stage = OPEN; stage < STAGES; stage++) {
			int side =
			    stage == ANSWER || stage == GREET ? WAN : LAN;

			if ((stage == GREET || stage == BEGIN) &&
			    !b->talk->greeting)
				continue;

			for (uint32_t i = 0; i < n; i++)
				offer(b, side, i, from + i, stage);
			if (ptb_run(b) != n)
				return false;
		}
	}
	return true;
}

static bool
sink(void *arg, uint16_t q, const struct sl_pkt *pkt)
{
	struct ptb *b = arg;

	(void)q;
	(void)pkt;
	b->left++;
	return true;
}

static int
add_port(struct ptb *b, int side, const char *name, struct sl_err *err)
{
	struct sl_port *port = sl_port_add(name, name, err);

	b->ring[side] = calloc(HALF, SLOT);
	b->dev[side] = sl_mem_open(1, err);
	if (!port || !b->ring[side] || !b->dev[side] ||
	    sl_static_add_port(port, 1500))
		return -1;
	b->port[side] = port;
	sl_mem_set_sink(b->dev[side], sink, b);
	sl_port_set_wire(port, b->dev[side]);
	return 0;
}

static int
add_neighbor(const struct sl_port *port, uint32_t ip)
{
	struct sl_neigh_entry e = {.port = port->number,
	    .family = SL_IPV4,
	    .state = SL_NEIGH_OK,
	    .addr.u.w = {htonl(ip)},
	    .mac = {2, 0, 0, 0, 0, 1}};

	return sl_neigh_set(&e);
}

static int
add_neighbors(struct ptb *b)
{
	uint32_t clients = b->n / PER_CLIENT + 1;
	int rc =
	    clients > CLIENTS_MAX ? -1 : add_neighbor(b->port[WAN], GATEWAY);

	for (uint32_t i = 0; i < clients && !rc; i++)
		rc = add_neighbor(b->port[LAN], CLIENTS_AT + i);
	return rc;
}

static int
load_config(struct ptb *b, const char *text, struct sl_err *err)
{
	struct sl_errors errors = {0};
	struct sl_session *session = sl_session_new(b->model, NULL, err);
	int rc;

	if (!session)
		return err->code;
	rc =
	    sl_session_load_text(session, text, strlen(text), "bench", &errors);
	if (errors.n)
		*err = errors.list[0];
	sl_errors_fini(&errors);
	sl_session_free(session);
	if (!rc)
		sl_menu_kernel_changed(b->model);
	return rc;
}

static int
make_router(struct ptb *b, struct sl_err *err)
{
	int rc;

	if ((rc = sl_neigh_init(err)) || (rc = sl_mirror_init(err)) ||
	    (rc = sl_mirror_add_worker(0, err)) ||
	    (rc = sl_plugins_load(NULL, err)) ||
	    (rc = add_port(b, LAN, "lan", err)) ||
	    (rc = add_port(b, WAN, "wan", err)))
		return rc;
	sl_live_set_workers(1);
	b->engine = sl_engine_new(1, b->n + 1024u, err);
	if (!b->engine)
		return -1;
	b->model = sl_model_new(sl_menu_registry, b->engine, err);
	if (!b->model || (rc = load_config(b, config, err)) ||
	    (b->talk->config && (rc = load_config(b, b->talk->config, err))) ||
	    (rc = add_neighbors(b)))
		return -1;
	return 0;
}

static const struct ptb_talk browser = {.port = 443, .address = ROUTER_AT};

struct ptb *
ptb_new(enum ptb_kind kind, uint32_t n)
{
	return ptb_new_talk(kind, n, &browser);
}

struct ptb *
ptb_new_talk(enum ptb_kind kind, uint32_t n, const struct ptb_talk *talk)
{
	struct ptb *b = calloc(1, sizeof(*b));
	struct sl_err err = {0};

	if (!b)
		return NULL;
	b->kind = kind;
	b->talk = talk;
	b->n = n;
	b->random = 88172645463325252ull;
	b->streams = calloc(n, sizeof(*b->streams));
	sl_role_enter(SL_ROLE_MAIN | SL_ROLE_WORKER, 0, "bench");
	sl_rcu_register();
	sl_clock_tick();
	sl_control_lock();
	sl_mirror_backend = &sl_static_backend;
	if (b->streams && !make_router(b, &err)) {
		sl_rcu_online();
		return b;
	}
	fprintf(stderr, "bench_path: %s\n", err.text);
	ptb_free(b);
	return NULL;
}

void
ptb_free(struct ptb *b)
{
	sl_rcu_offline();
	sl_model_free(b->model);
	sl_ruleset_clear();
	sl_ports_clear();
	sl_rcu_drain();
	sl_engine_free(b->engine);
	sl_rcu_drain();
	sl_plugins_unload();
	sl_mirror_fini();
	sl_neigh_fini();
	sl_control_unlock();
	sl_rcu_unregister();
	free(b->ring[LAN]);
	free(b->ring[WAN]);
	free(b->streams);
	free(b);
}
