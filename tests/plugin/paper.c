/* SPDX-License-Identifier: Apache-2.0 */
#include "paper.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <plugin/options.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define PRIVILEGED 1024
#define LINE	   512

void
paper_add(struct paper_text *t, const void *bytes, size_t len)
{
	if (len > sizeof(t->text) - 1 - t->len)
		fail_msg("more than %zu bytes", sizeof(t->text));
	memcpy(t->text + t->len, bytes, len);
	t->len += (uint32_t)len;
	t->text[t->len] = '\0';
}

static __attribute__((format(printf, 2, 3))) void
say(struct paper_text *t, const char *format, ...)
{
	char line[LINE];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	assert_in_range(n, 0, sizeof(line) - 1);
	paper_add(t, line, (size_t)n);
}

static void
say_addr(struct paper_text *t, uint8_t family, const struct sl_addr *a)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(
	    family == SL_IPV6 ? AF_INET6 : AF_INET, a, text, sizeof(text));
	say(t, family == SL_IPV6 ? "[%s]" : "%s", text);
}

static void
say_endpoint(struct paper_text *t, uint8_t family, const struct sl_endpoint *at)
{
	say_addr(t, family, &at->addr);
	say(t, ":%u", ntohs(at->id));
}

static struct paper *
paper_of(const struct sl_call *call)
{
	struct paper *p = (struct paper *)call->engine;

	if (p->call != call)
		fail_msg("%s uses a call that has returned", p->ops->name);
	return p;
}

static bool
addr_is(const struct sl_addr *a, const struct sl_addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static bool
may_be_sent_to(uint8_t family, const struct sl_addr *a)
{
	static const uint8_t loop6[16] = {[15] = 1}, none[16];

	if (memcmp(a, none, sizeof(none)) == 0)
		return false;
	if (family == SL_IPV6)
		return a->u.b[0] != 0xff &&
		       memcmp(a, loop6, sizeof(loop6)) != 0;
	return a->u.b[0] != 0 && a->u.b[0] != 127 && a->u.b[0] < 224;
}

static uint32_t
classes_of(const struct sl_helper_ops *ops)
{
	uint32_t n = 0;

	while (ops->classes && ops->classes[n].name)
		n++;
	return n;
}

static int
judge(struct paper *p, const struct sl_expect *e)
{
	uint16_t id = ntohs(e->at.id);
	uint32_t ids = e->ids ? e->ids : 1;

	if (e->size < sizeof(*e) || e->class_no >= classes_of(p->ops) ||
	    e->opener >= SL_DIRS || !e->l4proto || id + ids > 65536 ||
	    (!id && e->l4proto != IPPROTO_GRE))
		return -EINVAL;
	if (e->flags & SL_EXPECT_FROM &&
	    e->from_prefix > (p->family == SL_IPV6 ? 128 : 32))
		return -EINVAL;
	if (!may_be_sent_to(p->family, &e->at.addr))
		return -EACCES;
	if (!(e->flags & SL_EXPECT_THIRD_PARTY) &&
	    !addr_is(&e->at.addr, &p->tuples[!e->opener].src))
		return -EACCES;
	if (!(e->flags & SL_EXPECT_PRIVILEGED) && id < PRIVILEGED)
		return -EACCES;
	if (p->classes_used[e->class_no] >= p->ops->classes[e->class_no].max)
		return -ENOBUFS;
	return 0;
}

static void
say_head(struct paper *p, const struct sl_expect *e)
{
	struct paper_text *t = &p->asked;

	say(t, "expect %s ",
	    e->class_no < classes_of(p->ops) ? p->ops->classes[e->class_no].name
					     : "?");
	if (e->l4proto == IPPROTO_TCP || e->l4proto == IPPROTO_UDP)
		say(t, "%s", e->l4proto == IPPROTO_TCP ? "tcp" : "udp");
	else
		say(t, "%u", e->l4proto);
	say(t, " %s ", e->opener == SL_ORIG ? "orig" : "reply");
	say_endpoint(t, p->family, &e->at);
}

static void
say_words(struct paper *p, const struct sl_expect *e)
{
	static const struct {
		uint8_t flag;
		const char *word;
	} words[] = {
	    {SL_EXPECT_KEEP, " keep"},
	    {SL_EXPECT_TIED, " tied"},
	    {SL_EXPECT_THIRD_PARTY, " third-party"},
	    {SL_EXPECT_PRIVILEGED, " privileged"},
	    {SL_EXPECT_EVEN, " even"},
	};
	struct paper_text *t = &p->asked;

	if (e->ids > 1)
		say(t, " x%u", e->ids);
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (e->flags & words[i].flag)
			say(t, "%s", words[i].word);
	if (e->flags & SL_EXPECT_FROM) {
		say(t, " from ");
		say_addr(t, p->family, &e->from);
		say(t, "/%u", e->from_prefix);
	}
	if (e->pair)
		say(t, " pair %u", e->pair);
	if (e->timeout_ms)
		say(t, " for %u", e->timeout_ms);
	if (e->helper)
		say(t, " helper %s", e->helper);
	say(t, "\n");
}

/* Where the master itself ends is reached where the other side knows it. */
static bool
is_end_of_master(const struct paper *p, const struct sl_expect *e)
{
	const struct sl_tuple *end = &p->tuples[!e->opener];

	return e->l4proto == p->l4proto && e->at.id == end->src_id &&
	       addr_is(&e->at.addr, &end->src);
}

static int
paper_expect(const struct sl_call *call, const struct sl_expect *e,
    struct sl_endpoint *seen)
{
	struct paper *p = paper_of(call);
	const struct sl_tuple *t = p->tuples;
	struct sl_endpoint granted = e->at;
	int rc = judge(p, e);

	say_head(p, e);
	if (rc) {
		say(&p->asked, " refused %s\n", strerrorname_np(-rc));
		return rc;
	}
	if (is_end_of_master(p, e)) {
		granted.addr = t[e->opener].dst;
		granted.id = t[e->opener].dst_id;
	} else if (!addr_is(&t[e->opener].dst, &t[!e->opener].src)) {
		granted.addr = t[e->opener].dst;
		granted.id =
		    htons((uint16_t)(ntohs(e->at.id) + p->c->id_shift));
	}
	say(&p->asked, " seen ");
	say_endpoint(&p->asked, p->family, &granted);
	say_words(p, e);
	p->classes_used[e->class_no]++;
	*seen = granted;
	return 0;
}

static int
paper_replace(const struct sl_call *call, uint32_t off, uint32_t len,
    const void *bytes, uint32_t n)
{
	struct paper *p = paper_of(call);
	struct paper_edit *edit = &p->edits[p->n_edits];

	if (off > call->payload.len || len > call->payload.len - off)
		return -ERANGE;
	for (unsigned i = 0; i < p->n_edits; i++)
		if (off < p->edits[i].off + p->edits[i].len &&
		    p->edits[i].off < off + len)
			return -ERANGE;
	if (p->n_edits == SL_HELP_EDITS_MAX || n > SL_HELP_REPLACE_MAX)
		return -ENOBUFS;
	edit->off = off;
	edit->len = len;
	edit->n = n;
	memcpy(edit->bytes, bytes, n);
	p->n_edits++;
	return 0;
}

static void
paper_withdraw(const struct sl_call *call, uint16_t pair)
{
	say(&paper_of(call)->asked, "withdraw %u\n", pair);
}

static void
paper_keep(const struct sl_call *call, uint32_t ms)
{
	say(&paper_of(call)->asked, "keep %u\n", ms);
}

static void
paper_count(const struct sl_call *call, uint32_t counter)
{
	struct paper *p = paper_of(call);
	uint32_t n = 0;

	while (p->ops->counters && p->ops->counters[n])
		n++;
	assert_in_range(counter, 0, n ? n - 1 : 0);
	say(&p->asked, "count %s\n", p->ops->counters[counter]);
}

static int
paper_subnet(const struct sl_call *call, struct sl_addr *net, uint8_t *prefix)
{
	const char *subnet = paper_of(call)->c->subnet;
	char addr[64];
	unsigned bits;

	if (!subnet)
		return -ENOENT;
	assert_int_equal(sscanf(subnet, "%63[^/]/%u", addr, &bits), 2);
	memset(net, 0, sizeof(*net));
	assert_int_equal(inet_pton(AF_INET, addr, net), 1);
	*prefix = (uint8_t)bits;
	return 0;
}

const struct sl_host paper_host = {
    .size = sizeof(struct sl_host),
    .expect = paper_expect,
    .replace = paper_replace,
    .withdraw = paper_withdraw,
    .keep = paper_keep,
    .count = paper_count,
    .subnet = paper_subnet,
};

/* "192.0.2.1:1024", "[2001:db8::1]:1024" */
static struct sl_endpoint
read_endpoint(const char *text, uint8_t *family)
{
	struct sl_endpoint e = {0};
	char addr[64];
	const char *colon = strrchr(text, ':');
	bool six = text[0] == '[';

	assert_non_null(colon);
	snprintf(addr, sizeof(addr), "%.*s", (int)(colon - text - 2 * six),
	    text + six);
	*family = six ? SL_IPV6 : SL_IPV4;
	if (inet_pton(six ? AF_INET6 : AF_INET, addr, &e.addr) != 1)
		fail_msg("no address: %s", text);
	e.id = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	return e;
}

static void
set_tuples(struct paper *p)
{
	const struct conversation *c = p->c;
	struct sl_endpoint client = read_endpoint(c->client, &p->family);
	struct sl_endpoint server = read_endpoint(c->server, &p->family);
	struct sl_endpoint client_seen = client, server_seen = server;

	if (c->client_seen)
		client_seen = read_endpoint(c->client_seen, &p->family);
	if (c->server_seen)
		server_seen = read_endpoint(c->server_seen, &p->family);
	p->tuples[SL_ORIG] = (struct sl_tuple){
	    .src = client.addr,
	    .dst = server_seen.addr,
	    .src_id = client.id,
	    .dst_id = server_seen.id,
	    .l4proto = p->l4proto,
	    .family = p->family,
	};
	p->tuples[SL_REPLY] = (struct sl_tuple){
	    .src = server.addr,
	    .dst = client_seen.addr,
	    .src_id = server.id,
	    .dst_id = client_seen.id,
	    .l4proto = p->l4proto,
	    .family = p->family,
	};
}

/* "loose=yes sip-timeout=5m" onto the defaults. */
static void
set_options(struct paper *p)
{
	struct sl_err err = {0};
	char words[LINE], *rest = words, *word;

	if (!p->plugin->options)
		return;
	p->options =
	    sl_options_new(p->plugin->options, p->plugin->option_size, &err);
	if (!p->options)
		fail_msg("%s", err.text);
	snprintf(
	    words, sizeof(words), "%s", p->c->options ? p->c->options : "");
	while ((word = strtok_r(rest, " ", &rest)) != NULL) {
		char *value = strchr(word, '=');

		assert_non_null(value);
		*value++ = '\0';
		if (sl_options_set(
			p->plugin->options, p->options, word, value, &err))
			fail_msg("%s", err.text);
	}
}

static void
load(struct paper *p)
{
	sl_plugin_query_fn query;
	char path[4096];
	void *symbol;

	if (p->c->file)
		snprintf(path, sizeof(path), "%s", p->c->file);
	else
		snprintf(
		    path, sizeof(path), "%s/%s.so", HELPERS_DIR, p->c->helper);
	p->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!p->handle)
		fail_msg("%s", dlerror());
	symbol = dlsym(p->handle, "sl_plugin_query");
	assert_non_null(symbol);
	memcpy(&query, &symbol, sizeof(query));
	p->plugin = query();
	assert_non_null(p->plugin->helpers);
	for (unsigned i = 0; p->plugin->helpers[i]; i++)
		if (strcmp(p->plugin->helpers[i]->name, p->c->helper) == 0)
			p->ops = p->plugin->helpers[i];
	if (!p->ops)
		fail_msg("%s has no helper %s", path, p->c->helper);
	assert_in_range(p->ops->priv_size, 0, SL_HELP_PRIV_MAX);
	assert_in_range(p->ops->hold_max, 0, SL_HELP_HOLD_MAX);
	assert_non_null(p->ops->data);
}

void
paper_open(struct paper *p, const struct conversation *c)
{
	memset(p, 0, sizeof(*p));
	p->c = c;
	load(p);
	p->l4proto = c->l4proto;
	if (!p->l4proto)
		p->l4proto =
		    p->ops->ports ? p->ops->ports[0].l4proto : IPPROTO_TCP;
	set_tuples(p);
	set_options(p);
}

void
paper_close(struct paper *p)
{
	sl_options_free(p->options);
	dlclose(p->handle);
}
