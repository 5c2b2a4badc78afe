/* SPDX-License-Identifier: Apache-2.0 */
#include "l7_fixture.h"

#include "../tests/unit/rule/hello.h"

#include <base/rcu.h>
#include <conn/table.h>
#include <conn/watch.h>
#include <rule/content.h>
#include <rule/inspect.h>
#include <rule/l7_stream.h>
#include <rule/live.h>
#include <rule/tls_stream.h>

#include <stdio.h>
#include <stdlib.h>

#define HEADERS (SL_ETH_LEN + 20 + 20)
#define SEGMENT 1448

struct frame {
	struct sl_pkt pkt;
	uint8_t bytes[HEADERS + SEGMENT];
};

struct l7b {
	struct sl_table *table;
	struct sl_l7 *l7;
	struct sl_content *content;
	struct sl_conn *conn, *unknown, *named;
	struct frame request, answer, syn, hello, behind;
};

static const char request[] =
    "GET /index.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: "
    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101\r\nAccept: "
    "text/html,application/xhtml+xml,application/xml;q=0.9\r\n"
    "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef\r\n\r\n";

static void
fill(struct frame *f, const void *data, uint32_t len, uint8_t flags,
    uint32_t seq)
{
	uint8_t *tcp = f->bytes + SL_ETH_LEN + 20;

	memset(f, 0, sizeof(*f));
	tcp[12] = 5 << 4;
	tcp[13] = flags;
	for (unsigned i = 0; i < 4; i++)
		tcp[4 + i] = (uint8_t)(seq >> (24 - 8 * i));
	tcp[11] = flags == 0x10 ? 2 : 1; /* what it acknowledges */
	memcpy(tcp + 20, data, len);
	f->pkt.data = f->bytes;
	f->pkt.len = HEADERS + len;
	f->pkt.family = SL_IPV4;
	f->pkt.l4proto = IPPROTO_TCP;
	f->pkt.l3_off = SL_ETH_LEN;
	f->pkt.l4_off = SL_ETH_LEN + 20;
	f->pkt.l3_len = 40 + len;
	f->pkt.l4_len = 20 + len;
}

static void
fill_frames(struct l7b *b)
{
	uint8_t data[SEGMENT], hello[HELLO_ROOM];
	uint32_t n = hello_make(hello, "www.example.org"), seed = 1;

	for (unsigned i = 0; i < SEGMENT; i++) {
		seed = seed * 1664525 + 1013904223;
		data[i] = (uint8_t)('a' + (seed >> 24) % 26);
	}
	fill(&b->request, request, sizeof(request) - 1, 0x18, 1);
	fill(&b->answer, data, SEGMENT, 0x18, 1);
	fill(&b->syn, "", 0, 0x02, 0);
	fill(&b->hello, hello, n, 0x18, 1);
	fill(&b->behind, "more", 4, 0x10, 1 + n);
}

/* Sites as people block them, every fourth a pattern with a set and a repeat. */
static struct sl_l7 *
make_l7(unsigned n)
{
	struct sl_l7_entry *entries = calloc(n, sizeof(*entries));
	char(*texts)[64] = calloc(n, sizeof(*texts));
	struct sl_err err = {0};
	struct sl_l7 *l7;

	for (unsigned i = 0; i < n; i++) {
		int len = snprintf(texts[i], sizeof(texts[i]),
		    i % 4 ? "^.+(site%u\\.com).*$"
			  : "^[\\x01-\\x1f]x%u.{2}[a-f0-9]+(foo|bar)",
		    i * 7919);

		entries[i].number = (uint16_t)i;
		entries[i].regex =
		    (struct sl_span){(uint8_t *)texts[i], (uint32_t)len};
	}
	l7 = sl_l7_get(entries, n, &err);
	if (!l7)
		fprintf(stderr, "l7: %s\n", err.text);
	free(entries);
	free(texts);
	return l7;
}

static struct sl_content *
make_content(unsigned n)
{
	struct sl_span *values = calloc(n, sizeof(*values));
	char(*texts)[32] = calloc(n, sizeof(*texts));
	struct sl_content *c;

	for (unsigned i = 0; i < n; i++) {
		int len = snprintf(
		    texts[i], sizeof(texts[i]), "Site%06u.com", i * 791);

		values[i] =
		    (struct sl_span){(uint8_t *)texts[i], (uint32_t)len};
	}
	qsort(values, n, sizeof(*values), sl_content_compare);
	c = sl_content_get(values, n, NULL);
	free(values);
	free(texts);
	return c;
}

static void
start(void)
{
	static bool started;

	if (started)
		return;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_WORKER | SL_ROLE_CONTROL, 0, "bench");
	sl_hash_init();
	sl_clock_tick();
	sl_live_set_workers(1);
	sl_rcu_register();
	sl_rcu_online();
	started = true;
}

static struct sl_conn *
conn_new(struct l7b *b, uint16_t port)
{
	struct sl_tuple t = {.family = SL_IPV4, .l4proto = IPPROTO_TCP};
	enum sl_drop_reason reason;

	t.src.u.w[0] = t.dst.u.w[0] = htonl(0xc0000201u);
	t.src_id = htons(port);
	return sl_shard_alloc(
	    sl_table_shard(b->table, 0), &t, sl_now_ns(), &reason);
}

static bool
ask(struct l7b *b, struct frame *f, struct sl_conn *c)
{
	f->pkt.flags = 0;
	f->pkt.conn = c;
	sl_conn_account_owned(c, SL_ORIG, f->pkt.l3_len, 1);
	return sl_l7_stream_is(b->l7, 0, &f->pkt);
}

static void
renew(struct sl_conn *c)
{
	sl_conn_tell_gone(c);
	sl_store_relaxed(&c->bits, 0);
	sl_store_relaxed(&c->dirs[SL_ORIG].packets, 0);
}

struct l7b *
l7b_new(unsigned n)
{
	struct l7b *b = calloc(1, sizeof(*b));

	start();
	sl_inspect_init();
	b->table = sl_table_new(1, 16, NULL);
	b->l7 = make_l7(n);
	b->content = make_content(n);
	if (!b->l7 || !b->content || sl_inspect_prepare(NULL))
		return NULL;
	fill_frames(b);
	b->conn = conn_new(b, 1);
	b->unknown = conn_new(b, 2);
	b->named = conn_new(b, 3);
	for (unsigned i = 0; i < L7B_PACKETS; i++)
		ask(b, &b->answer, b->unknown);
	sl_inspect_get(b->named)->l7_n = 1; /* the name with number 0 */
	for (unsigned i = 0; i < SL_L7_PACKETS; i++)
		ask(b, &b->behind, b->named);
	return b;
}

void
l7b_free(struct l7b *b)
{
	sl_l7_put(b->l7);
	sl_content_put(b->content);
	sl_table_free(b->table);
	sl_inspect_fini();
	free(b);
}

void
l7b_open(struct l7b *b)
{
	ask(b, &b->request, b->conn);
	for (unsigned i = 1; i < L7B_PACKETS; i++)
		ask(b, &b->answer, b->conn);
	renew(b->conn);
}

int
l7b_unknown(struct l7b *b)
{
	b->answer.pkt.flags = 0;
	b->answer.pkt.conn = b->unknown;
	return sl_l7_stream_is(b->l7, 0, &b->answer.pkt);
}

int
l7b_named(struct l7b *b)
{
	b->answer.pkt.flags = 0;
	b->answer.pkt.conn = b->named;
	return sl_l7_stream_is(b->l7, 0, &b->answer.pkt);
}

int
l7b_content(struct l7b *b)
{
	b->answer.pkt.flags = 0;
	return sl_content_is_in(b->content, 0, &b->answer.pkt);
}

static const char *
host(struct frame *f, struct sl_conn *c)
{
	f->pkt.flags = 0;
	f->pkt.conn = c;
	return sl_tls_stream_host(&f->pkt);
}

void
l7b_hello(struct l7b *b)
{
	host(&b->syn, b->conn);
	if (!host(&b->hello, b->conn))
		abort();
	host(&b->behind, b->conn);
	renew(b->conn);
}

int
l7b_past_hello(struct l7b *b)
{
	sl_conn_set_bits_owned(b->unknown, SL_CONN_TLS_OVER);
	return host(&b->answer, b->unknown) != NULL;
}
