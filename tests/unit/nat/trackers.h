/* SPDX-License-Identifier: Apache-2.0 */
/* Trackers that lend their layouts; nobody asks them anything else here. */
#ifndef SL_TEST_TRACKERS_H
#define SL_TEST_TRACKERS_H

#include "packets.h"

#include <track/trackers.h>

static inline enum sl_key
never_key(const struct sl_pkt_view *view, struct sl_tuple *t, uint8_t *reason)
{
	(void)view;
	(void)t;
	(void)reason;
	return SL_KEY_INVALID;
}

static inline enum sl_track_result
never_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *view,
    void *priv, struct sl_track_out *out)
{
	(void)ctx;
	(void)view;
	(void)priv;
	(void)out;
	return SL_TRACK_INVALID;
}

static inline enum sl_track_result
never_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *view,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	(void)dir;
	return never_open(ctx, view, priv, out);
}

static const struct sl_timeout never_timeouts[] = {{"test", 1000, "test"}, {0}};

#define TRACKER(proto, families_, ...)                                         \
	{                                                                      \
		.size = sizeof(struct sl_tracker_ops), .l4proto = (proto),     \
		.generic = (proto) == 0, .families = (families_),              \
		.name = #proto, .layout = {__VA_ARGS__},                       \
		.timeouts = never_timeouts, .key = never_key,                  \
		.open = never_open, .update = never_update,                    \
	}

static const struct sl_tracker_ops never_trackers[] = {
    TRACKER(IPPROTO_TCP, 3, 0, 2, 16, SL_CSUM_PSEUDO, 13, 7, 20, 0),
    TRACKER(IPPROTO_UDP, 3, 0, 2, 6, SL_CSUM_PSEUDO | SL_CSUM_ZERO_MEANS_NONE,
	0, 0, 8, 0),
    TRACKER(IPPROTO_ICMP, 1, 4, 4, 2, 0, 0, 0, 8, 0),
    TRACKER(IPPROTO_ICMPV6, 2, 4, 4, 2, SL_CSUM_PSEUDO, 0, 0, 8, 0),
    TRACKER(0, 3, SL_NONE, SL_NONE, SL_NONE, 0, 0, 0, 0, 0),
};

static inline void
register_trackers(void)
{
	struct sl_err err = {0};

	for (unsigned i = 0; i < SL_COUNT_OF(never_trackers); i++)
		if (sl_trackers_add(&never_trackers[i], NULL, &err) < 0)
			fail_msg("%s", err.text);
}

#endif
