/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arbitrary packets through one tracker, $SLUICE_FUZZ_PLUGIN.
 *
 * An input is a byte of SETUP_* bits, then packets: a byte of PACKET_* bits, a
 * length (16 bits, big-endian), the transport header and payload.  What a tracker
 * must never do ends the program: an answer outside its own tables, an address
 * changed, an invalid packet that changes what is remembered, writing past its
 * private area.
 */
#include "plugin.h"

#include <stdlib.h>
#include <string.h>

#define OPTIONS_SIZE 1024
#define CANARY	     0xa5

enum { SETUP_SIX = 1, SETUP_LOOSE = 2, SETUP_LIBERAL = 4 };
enum {
	PACKET_REPLY = 1,
	PACKET_QUOTED = 2,
	PACKET_UNSEEN = 4,
	PACKET_EDITED = 8,
	PACKET_BAD_CSUM = 16
};

struct conn {
	const struct sl_tracker_ops *ops;
	struct sl_track_ctx ctx;
	uint32_t timeouts, reasons, states;
	uint32_t timeout_ms[SL_TIMEOUTS_MAX];
	uint64_t priv[SL_TRACK_PRIV_MAX / 8 + 1];
	struct sl_track_out out;
	bool is_open;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct sl_plugin *plugin;
static uint64_t options[OPTIONS_SIZE / 8];
static const uint8_t ip_header[40] = {[7] = 255}; /* hop limit */

static void
load(void)
{
	plugin = plugin_under_test();
	if (plugin->option_size > sizeof(options))
		abort();
}

static uint32_t
count_words(const char *const *words)
{
	uint32_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

static void
start(struct conn *c, const struct sl_tracker_ops *ops, uint8_t setup)
{
	memset(c, 0, sizeof(*c));
	c->ops = ops;
	c->reasons = count_words(ops->reasons);
	c->states = count_words(ops->states);
	for (; ops->timeouts[c->timeouts].name; c->timeouts++)
		c->timeout_ms[c->timeouts] =
		    ops->timeouts[c->timeouts].default_ms;
	c->ctx = (struct sl_track_ctx){
	    .size = sizeof(c->ctx),
	    .loose = (setup & SETUP_LOOSE) != 0,
	    .liberal = (setup & SETUP_LIBERAL) != 0,
	    .timeout_ms = c->timeout_ms,
	    .options = options,
	};
	memset((uint8_t *)c->priv + ops->priv_size, CANARY,
	    sizeof(c->priv) - ops->priv_size);
}

/* True: the packet may go on to open() or update(). */
static bool
ask_key(const struct conn *c, const struct sl_pkt_view *view)
{
	struct sl_tuple tuple = {.l4proto = view->l4proto,
			    .family = view->family,
			    .zone = 7},
			before;
	uint8_t reason = 0xff;
	enum sl_key key;

	memset(&tuple.src, 1, sizeof(tuple.src));
	memset(&tuple.dst, 2, sizeof(tuple.dst));
	before = tuple;
	key = c->ops->key(view, &tuple, &reason);
	if (key > SL_KEY_INVALID ||
	    (key == SL_KEY_INVALID && reason >= c->reasons))
		abort();
	before.src_id = tuple.src_id;
	before.dst_id = tuple.dst_id;
	if (memcmp(&before, &tuple, sizeof(tuple)) != 0)
		abort();
	if (c->ops->layout.flags & SL_L4_RECEIVER_ID && tuple.src_id &&
	    tuple.src_id != tuple.dst_id)
		abort();
	return key == SL_KEY_TUPLE;
}

static void
check(const struct conn *c, enum sl_track_result result,
    const struct sl_track_out *out, const uint64_t *before)
{
	const uint8_t *priv = (const uint8_t *)c->priv;

	for (size_t i = c->ops->priv_size; i < sizeof(c->priv); i++)
		if (priv[i] != CANARY)
			abort();
	if (result > SL_TRACK_IGNORE)
		abort();
	if (result == SL_TRACK_INVALID &&
	    (out->reason >= c->reasons ||
		memcmp(before, c->priv, sizeof(c->priv)) != 0))
		abort();
	if (result == SL_TRACK_VALID &&
	    (out->timeout >= c->timeouts ||
		(c->states ? out->state >= c->states : out->state != 0)))
		abort();
}

static void
open_conn(struct conn *c, const struct sl_pkt_view *view)
{
	uint64_t before[sizeof(c->priv) / sizeof(c->priv[0])];
	struct sl_track_out out = {0};
	enum sl_track_result result;

	memset(c->priv, 0, c->ops->priv_size);
	memcpy(before, c->priv, sizeof(before));
	c->ctx.seen_reply = 0;
	result = c->ops->open(&c->ctx, view, c->priv, &out);
	check(c, result, &out, before);
	c->is_open = result == SL_TRACK_VALID;
	c->out = out;
}

static void
update_conn(struct conn *c, const struct sl_pkt_view *view, enum sl_dir dir)
{
	uint64_t before[sizeof(c->priv) / sizeof(c->priv[0])];
	struct sl_track_out out = {
	    .timeout = c->out.timeout, .state = c->out.state};
	enum sl_track_result result;

	memcpy(before, c->priv, sizeof(before));
	result = c->ops->update(&c->ctx, view, dir, c->priv, &out);
	check(c, result, &out, before);
	if (result == SL_TRACK_RESTART)
		open_conn(c, view);
	if (result != SL_TRACK_VALID)
		return;
	c->out = out;
	c->ctx.seen_reply |= dir == SL_REPLY;
}

static void
pass(struct conn *c, uint8_t family, uint8_t packet, struct sl_span l4)
{
	struct sl_pkt_view view = {
	    .size = sizeof(view),
	    .family = family,
	    .l4proto = c->ops->generic ? 99 : c->ops->l4proto,
	    .quoted = (packet & PACKET_QUOTED) != 0,
	    .csum_ok = !(packet & PACKET_BAD_CSUM),
	    .l3 = {ip_header, family == SL_IPV6 ? 40 : 20},
	    .l4 = l4,
	    .l4_total = l4.len,
	    .now_ns = 1,
	};
	enum sl_dir dir = packet & PACKET_REPLY ? SL_REPLY : SL_ORIG;

	c->ctx.unseen = (packet & PACKET_UNSEEN) != 0;
	if (l4.len < c->ops->layout.min_len && !view.quoted)
		return; // the engine's to refuse
	if (!ask_key(c, &view))
		return;
	if (view.quoted) {
		if (c->is_open && c->ops->quoted)
			c->ops->quoted(&c->ctx, &view, dir, c->priv);
	} else if (c->is_open) {
		update_conn(c, &view, dir);
		if (packet & PACKET_EDITED && c->ops->seq_shift)
			c->ops->seq_shift(c->priv, dir, 9);
	} else {
		open_conn(c, &view);
	}
}

static void
follow(const struct sl_tracker_ops *ops, const uint8_t *data, size_t size)
{
	uint8_t family =
	    data[0] & SETUP_SIX && ops->families & 2 ? SL_IPV6 : SL_IPV4;
	struct conn c;

	if (!(ops->families & 1))
		family = SL_IPV6;
	start(&c, ops, data[0]);
	data++;
	size--;
	while (size >= 3) {
		uint32_t len = sl_get_be16(data + 1);
		uint8_t *exact;

		if (len > size - 3)
			len = (uint32_t)size - 3;
		exact = malloc(len ? len : 1);
		if (!exact)
			return;
		memcpy(exact, data + 3, len);
		pass(&c, family, data[0], (struct sl_span){exact, len});
		free(exact);
		data += 3 + len;
		size -= 3 + len;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!plugin)
		load();
	for (int i = 0; size && plugin->trackers[i]; i++)
		follow(plugin->trackers[i], data, size);
	return 0;
}
