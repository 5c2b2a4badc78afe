/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SL_BATCH_MAX buffers that each hold the largest frame, in one mapping.  Pages
 * become memory when first used, so a queue that never sees a large frame pays
 * for a few pages only.
 */
#ifndef SL_IO_FRAMEBUF_H
#define SL_IO_FRAMEBUF_H

#include <base/error.h>
#include <packet/pkt.h>

#define SL_FRAMEBUF_SIZE 69632u /* SL_FRAME_MAX in whole pages */
SL_STATIC_ASSERT(SL_FRAME_MAX <= SL_FRAMEBUF_SIZE, "a frame fits a buffer");

struct sl_framebuf {
	uint8_t *base; /* NULL: not set up */
};

int sl_framebuf_init(struct sl_framebuf *, struct sl_err *err);
void sl_framebuf_fini(struct sl_framebuf *); /* zeroed or set up */

/* Buffer 'i' < SL_BATCH_MAX, SL_FRAMEBUF_SIZE bytes. */
static inline uint8_t *
sl_framebuf_at(const struct sl_framebuf *f, uint32_t i)
{
	return f->base + (size_t)i * SL_FRAMEBUF_SIZE;
}

#endif
