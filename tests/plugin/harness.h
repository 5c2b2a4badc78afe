/* SPDX-License-Identifier: Apache-2.0 */
/* Trackers under test: loaded from their shared objects as the router does,
 * and called as the engine calls them. */
#ifndef SL_TEST_PLUGIN_HARNESS_H
#define SL_TEST_PLUGIN_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <base/compiler.h>
#include <track/trackers.h>

/* Loads the build's own trackers; for cmocka's group setup and teardown. */
int harness_load(void **state);
int harness_unload(void **state);

/* One connection as the engine would keep it. */
struct harness {
	const struct sl_tracker *tracker;
	struct sl_track_ctx ctx;
	struct sl_track_out out;
	SL_ALIGNED(8) uint8_t priv[SL_TRACK_PRIV_MAX];
	bool is_open;
	bool assured;
};

/* A tracker with its default timeouts, loose, no connection yet. */
void harness_start(struct harness *h, uint8_t family, uint8_t l4proto);

/* Gives a packet to key() and then, as needed, to open() or update().  Returns
 * the verdict; a restart is followed by open(), and *restarted is set.  An
 * invalid packet must not change anything: that is checked here. */
enum sl_track_result harness_packet(struct harness *h,
    const struct sl_pkt_view *view, enum sl_dir dir, bool *restarted);

const char *harness_reason(const struct harness *h, uint8_t reason);

/* A view of 'len' bytes of L4. */
struct sl_pkt_view harness_view(
    uint8_t family, uint8_t l4proto, const uint8_t *l4, uint32_t len);

#endif
