/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fallback tracker: any protocol without one of its own is followed by its
 * two addresses alone.
 */
#include <sluice/plugin.h>

static const struct sl_timeout timeouts[] = {
    {"generic-timeout", 10 * 60 * 1000, "all other protocols"},
    {NULL},
};

static const char *const reasons[] = {NULL};

static enum sl_key
generic_key(
    const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	(void)pkt;
	(void)tuple;
	(void)reason;
	return SL_KEY_TUPLE;
}

static enum sl_track_result
generic_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    void *priv, struct sl_track_out *out)
{
	(void)ctx;
	(void)pkt;
	(void)priv;
	(void)out;
	return SL_TRACK_VALID;
}

static enum sl_track_result
generic_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	(void)ctx;
	(void)pkt;
	(void)dir;
	(void)priv;
	(void)out;
	return SL_TRACK_VALID;
}

static const struct sl_tracker_ops generic_ops = {
    .size = sizeof(struct sl_tracker_ops),
    .generic = 1,
    .families = 3,
    .name = "generic",
    .layout =
	{
	    .src_off = SL_NONE,
	    .dst_off = SL_NONE,
	    .csum_off = SL_NONE,
	},
    .timeouts = timeouts,
    .reasons = reasons,
    .key = generic_key,
    .open = generic_open,
    .update = generic_update,
};

static const struct sl_tracker_ops *const trackers[] = {&generic_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "generic",
    .version = "1.0",
    .summary = "any other protocol, by addresses",
    .trackers = trackers,
};

SL_PLUGIN(plugin)
