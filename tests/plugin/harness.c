/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <base/rcu.h>
#include <base/role.h>
#include <plugin/loader.h>
#include <track/settings.h>

/* An IP header as far as trackers look at one: version and hop limit. */
static uint8_t ip_header[40] = {[7] = 255};

int
harness_load(void **state)
{
	struct sl_err err = {0};

	(void)state;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_rcu_register();
	if (sl_plugins_load(NULL, &err)) {
		print_error("%s\n", err.text);
		return -1;
	}
	return 0;
}

int
harness_unload(void **state)
{
	(void)state;
	sl_plugins_unload();
	sl_rcu_unregister();
	return 0;
}

void
harness_start(struct harness *h, uint8_t family, uint8_t l4proto)
{
	uint8_t slot = sl_trackers_find(family, l4proto);

	assert_int_not_equal(slot, SL_TRACKER_NONE);
	*h = (struct harness){.tracker = sl_trackers_slot(slot)};
	h->ctx = (struct sl_track_ctx){
	    .size = sizeof(h->ctx),
	    .loose = 1,
	    .timeout_ms = sl_track_settings_own()->timeout_ms[slot],
	};
}

static enum sl_track_result
open_conn(
    struct harness *h, const struct sl_pkt_view *view, struct sl_track_out *out)
{
	enum sl_track_result result;
	bool seen = h->ctx.seen_reply;

	memset(h->priv, 0, sizeof(h->priv));
	*out = (struct sl_track_out){0};
	h->ctx.seen_reply = 0;
	h->assured = false;
	result = h->tracker->ops.open(&h->ctx, view, h->priv, out);
	h->is_open = result == SL_TRACK_VALID;
	if (!h->is_open)
		h->ctx.seen_reply = seen;
	return result;
}

static void
check_unchanged(const struct harness *h, const struct harness *before)
{
	assert_memory_equal(h->priv, before->priv, sizeof(h->priv));
}

static void
accept_answer(struct harness *h, const struct sl_track_out *out)
{
	assert_true(out->timeout < h->tracker->n_timeouts);
	if (h->tracker->n_states)
		assert_true(out->state < h->tracker->n_states);
	h->assured |= out->assured != 0;
}

enum sl_track_result
harness_packet(struct harness *h, const struct sl_pkt_view *view,
    enum sl_dir dir, bool *restarted)
{
	struct sl_track_out out = {
	    .state = h->out.state, .timeout = h->out.timeout};
	struct harness before = *h;
	struct sl_tuple tuple = {0};
	enum sl_track_result result;
	uint8_t reason = 0;

	*restarted = false;
	if (h->tracker->ops.key(view, &tuple, &reason) != SL_KEY_TUPLE) {
		h->out.reason = reason;
		return SL_TRACK_INVALID;
	}
	if (h->is_open)
		result =
		    h->tracker->ops.update(&h->ctx, view, dir, h->priv, &out);
	else
		result = open_conn(h, view, &out);
	if (result == SL_TRACK_RESTART) {
		*restarted = true;
		result = open_conn(h, view, &out);
		dir = SL_ORIG;
	}
	if (result == SL_TRACK_INVALID) {
		if (before.is_open)
			check_unchanged(h, &before);
		h->out.reason = out.reason;
		return result;
	}
	if (result == SL_TRACK_VALID) {
		accept_answer(h, &out);
		h->out = out;
	}
	if (dir == SL_REPLY)
		h->ctx.seen_reply = 1;
	return result;
}

const char *
harness_reason(const struct harness *h, uint8_t reason)
{
	assert_true(reason < h->tracker->n_reasons);
	return h->tracker->ops.reasons[reason];
}

struct sl_pkt_view
harness_view(uint8_t family, uint8_t l4proto, const uint8_t *l4, uint32_t len)
{
	return (struct sl_pkt_view){
	    .size = sizeof(struct sl_pkt_view),
	    .family = family,
	    .l4proto = l4proto,
	    .csum_ok = 1,
	    .l3 = {ip_header, family == SL_IPV6 ? 40 : 20},
	    .l4 = {l4, len},
	    .l4_total = len,
	};
}
