/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arbitrary talk through one helper, $SLUICE_FUZZ_PLUGIN, with a host that grants
 * what the contract of sluice/helper.h allows.
 *
 * An input is a byte of SETUP_* bits, then turns: a byte of TURN_* bits, a length
 * (16 bits, big-endian), bytes.  What a helper must never do ends the program:
 * nonsense in what it expects, bytes replaced that it did not use, going on after
 * a refused replacement, writing past its private area.
 */
#include "plugin.h"

#include <sluice/helper.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRIVILEGED   1024
#define ID_SHIFT     1000
#define OPTIONS_SIZE 1024

enum {
	SETUP_SIX = 1,
	SETUP_SRCNAT = 2,
	SETUP_DSTNAT = 4,
	SETUP_OTHER = 8,
	SETUP_FULL = 16
};
enum { TURN_REPLY = 1, TURN_CUT = 2, TURN_LAST = 4 };

struct edit {
	uint32_t off, len;
};

struct sl_call_state {
	const struct sl_helper_ops *ops;
	uint32_t classes;
	uint8_t setup, l4proto, family;
	struct sl_tuple tuples[SL_DIRS];
	uint64_t priv[SL_HELP_PRIV_MAX / 8 + 1]; /* and a canary */
	uint8_t *held[SL_DIRS];
	uint32_t held_len[SL_DIRS];
	uint64_t off[SL_DIRS];
	bool is_cut[SL_DIRS];
	struct edit edits[SL_HELP_EDITS_MAX];
	uint32_t n_edits;
	bool failed; /* a replacement was refused in this call */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of one helper, all of the plugin's in turn. */
static const struct sl_plugin *plugin;
static uint64_t options[OPTIONS_SIZE / 8];

static bool
is_same(const struct sl_addr *a, const struct sl_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static int
fuzz_expect(const struct sl_call *call, const struct sl_expect *e,
    struct sl_endpoint *seen)
{
	struct sl_call_state *s = call->engine;
	const struct sl_tuple *t = s->tuples;
	uint32_t ids = e->ids ? e->ids : 1, id = ntohs(e->at.id);

	if (e->size != sizeof(*e) || e->class_no >= s->classes ||
	    e->opener >= SL_DIRS || !e->l4proto ||
	    e->from_prefix > (s->family == SL_IPV6 ? 128 : 32))
		abort();
	if (id + ids > UINT16_MAX + 1u)
		return -EINVAL;
	if (!(e->flags & SL_EXPECT_THIRD_PARTY) &&
	    !is_same(&e->at.addr, &t[!e->opener].src))
		return -EACCES;
	if (!(e->flags & SL_EXPECT_PRIVILEGED) && id < PRIVILEGED)
		return -EACCES;
	if (s->setup & SETUP_FULL)
		return -ENOBUFS;
	*seen = e->at;
	if (is_same(&t[e->opener].dst, &t[!e->opener].src))
		return 0;
	seen->addr = t[e->opener].dst;
	seen->id = htons((uint16_t)(id + ID_SHIFT));
	return 0;
}

static int
fuzz_replace(const struct sl_call *call, uint32_t off, uint32_t len,
    const void *bytes, uint32_t n)
{
	struct sl_call_state *s = call->engine;
	uint8_t copy[SL_HELP_REPLACE_MAX];
	int rc = 0;

	if (off > call->payload.len || len > call->payload.len - off)
		rc = -ERANGE;
	for (uint32_t i = 0; i < s->n_edits && !rc; i++)
		if (off < s->edits[i].off + s->edits[i].len &&
		    s->edits[i].off < off + len)
			rc = -ERANGE;
	if (!rc && (s->n_edits == SL_HELP_EDITS_MAX || n > sizeof(copy)))
		rc = -ENOBUFS;
	if (rc) {
		s->failed = true;
		return rc;
	}
	memcpy(copy, bytes, n); /* a sanitizer looks at all of them */
	s->edits[s->n_edits++] = (struct edit){off, len};
	return 0;
}

static void
fuzz_withdraw(const struct sl_call *call, uint16_t pair)
{
	(void)call;
	if (!pair)
		abort();
}

static void
fuzz_keep(const struct sl_call *call, uint32_t ms)
{
	(void)call;
	(void)ms;
}

static void
fuzz_count(const struct sl_call *call, uint32_t counter)
{
	const char *const *names = call->engine->ops->counters;

	for (uint32_t i = 0; i <= counter; i++)
		if (!names || !names[i])
			abort();
}

static int
fuzz_subnet(const struct sl_call *call, struct sl_addr *net, uint8_t *prefix)
{
	if (call->family != SL_IPV4 || call->engine->setup & SETUP_DSTNAT)
		return -ENOENT;
	*net = call->tuples[SL_ORIG].dst;
	*prefix = 24;
	return 0;
}

static const struct sl_host host = {
    .size = sizeof(struct sl_host),
    .expect = fuzz_expect,
    .replace = fuzz_replace,
    .withdraw = fuzz_withdraw,
    .keep = fuzz_keep,
    .count = fuzz_count,
    .subnet = fuzz_subnet,
};

/* The options as their defaults say, as far as these matter: numbers. */
static void
set_options(void)
{
	const struct sl_option *o = plugin->options;

	if (plugin->option_size > sizeof(options))
		abort();
	for (; o && o->type != SL_OPT_END; o++) {
		uint8_t *at = (uint8_t *)options + o->off;

		if (o->type == SL_OPT_BOOL)
			*at = !strcmp(o->def, "yes");
		else if (o->type == SL_OPT_TIME_MS)
			memcpy(at, &o->max, sizeof(uint64_t));
	}
}

static void
load(void)
{
	plugin = plugin_under_test();
	set_options();
}

static struct sl_addr
address(uint8_t family, uint8_t last)
{
	struct sl_addr a = {{{0}}};
	uint8_t *end = a.u.b + (family == SL_IPV6 ? 12 : 0);

	/* 192.168.88.N, 2001:db8::c0a8:58N */
	if (family == SL_IPV6)
		memcpy(a.u.b, "\x20\x01\x0d\xb8", 4);
	memcpy(end, (uint8_t[]){192, 168, 88, last}, 4);
	return a;
}

static void
open_master(struct sl_call_state *s, const struct sl_helper_ops *ops)
{
	const struct sl_port_match *port = ops->ports;
	bool src = s->setup & SETUP_SRCNAT, dst = s->setup & SETUP_DSTNAT;
	struct sl_tuple *t = s->tuples;

	s->ops = ops;
	s->l4proto = IPPROTO_TCP;
	while (port && s->setup & SETUP_OTHER && port->l4proto &&
	       port->l4proto == ops->ports->l4proto)
		port++;
	if (port && !port->l4proto) // it has but one protocol
		port = ops->ports;
	if (port)
		s->l4proto = port->l4proto;
	s->family =
	    s->setup & SETUP_SIX && ops->families & 2 ? SL_IPV6 : SL_IPV4;
	while (ops->classes && ops->classes[s->classes].name)
		s->classes++;
	for (int d = 0; d < SL_DIRS; d++) {
		t[d].l4proto = s->l4proto;
		t[d].family = s->family;
	}
	t[SL_ORIG].src = address(s->family, 10);
	t[SL_REPLY].src = address(s->family, 20);
	t[SL_ORIG].dst = dst ? address(s->family, 21) : t[SL_REPLY].src;
	t[SL_REPLY].dst = src ? address(s->family, 11) : t[SL_ORIG].src;
	t[SL_ORIG].src_id = htons(40000);
	t[SL_REPLY].dst_id = htons(src ? 50000 : 40000);
	t[SL_REPLY].src_id = t[SL_ORIG].dst_id = htons(port ? port->port : 9);
	memset(s->priv, 0, ops->priv_size);
	memset((uint8_t *)s->priv + ops->priv_size, 0xa5,
	    sizeof(s->priv) - ops->priv_size);
}

static void
check(const struct sl_call_state *s, enum sl_help help, uint32_t used,
    uint32_t len)
{
	const uint8_t *priv = (const uint8_t *)s->priv;

	for (size_t i = s->ops->priv_size; i < sizeof(s->priv); i++)
		if (priv[i] != 0xa5)
			abort();
	if (help > SL_HELP_DETACH || used > len ||
	    (s->failed && help == SL_HELP_PASS))
		abort();
	for (uint32_t i = 0; i < s->n_edits; i++)
		if (help == SL_HELP_PASS &&
		    s->edits[i].off + s->edits[i].len > used)
			abort();
}

/* One call with what was held back and what is new.  False: that was the end. */
static bool
say(struct sl_call_state *s, uint8_t turn, const uint8_t *bytes, uint32_t n)
{
	uint8_t dir = turn & TURN_REPLY;
	uint32_t len = s->held_len[dir] + n, used = len;
	uint8_t *exact = malloc(len ? len : 1);
	bool is_stream = s->l4proto == IPPROTO_TCP;
	struct sl_call call = {.size = sizeof(call),
	    .dir = dir,
	    .l4proto = s->l4proto,
	    .family = s->family,
	    .payload = {exact, len},
	    .used = &used,
	    .stream_off = s->off[dir],
	    .tuples = s->tuples,
	    .options = options,
	    .priv = s->priv,
	    .now_ns = 1,
	    .host = &host,
	    .engine = s};
	uint64_t priv[sizeof(s->priv) / sizeof(s->priv[0])];
	enum sl_help help;

	if (!exact)
		return false;
	memcpy(priv, s->priv, sizeof(priv));
	if (s->held_len[dir])
		memcpy(exact, s->held[dir], s->held_len[dir]);
	if (n)
		memcpy(exact + s->held_len[dir], bytes, n);
	if (is_stream && (s->is_cut[dir] || turn & TURN_CUT))
		call.flags |= SL_CALL_CUT;
	if (is_stream && turn & TURN_LAST)
		call.flags |= SL_CALL_LAST;
	s->n_edits = 0;
	s->failed = false;
	help = s->ops->data(&call);
	check(s, help, used, len);
	if (help == SL_HELP_DROP) { /* as if it had not come */
		memcpy(s->priv, priv, sizeof(priv));
		free(exact);
		return true;
	}
	if (!is_stream || turn & TURN_LAST)
		used = len;
	s->is_cut[dir] = len - used > s->ops->hold_max;
	if (s->is_cut[dir])
		used = len;
	free(s->held[dir]);
	s->held[dir] = malloc(len - used + 1);
	s->held_len[dir] = s->held[dir] ? len - used : 0;
	memcpy(s->held[dir], exact + used, s->held_len[dir]);
	s->off[dir] += used;
	free(exact);
	return help != SL_HELP_DETACH;
}

static void
talk(const struct sl_helper_ops *ops, const uint8_t *data, size_t size)
{
	struct sl_call_state s = {.setup = data[0]};
	bool goes_on = true;

	open_master(&s, ops);
	data++;
	size--;
	while (goes_on && size >= 3) {
		uint32_t len = sl_get_be16(data + 1);

		if (len > size - 3)
			len = (uint32_t)size - 3;
		goes_on = say(&s, data[0], data + 3, len);
		data += 3 + len;
		size -= 3 + len;
	}
	free(s.held[SL_ORIG]);
	free(s.held[SL_REPLY]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!plugin)
		load();
	for (int i = 0; size && plugin->helpers[i]; i++)
		talk(plugin->helpers[i], data, size);
	return 0;
}
