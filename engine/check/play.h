/* SPDX-License-Identifier: Apache-2.0 */
/* One conversation, played once: every message must be read as the other side
 * would have written it, every announced connection must come through to where it
 * belongs, and nothing may be left behind. */
#ifndef SL_CHECK_PLAY_H
#define SL_CHECK_PLAY_H

#include <check/ends.h>

struct sl_play {
	const struct sl_talk *talk;
	enum sl_box_way way;
	uint8_t family;
	struct sl_manner manner;
	uint32_t stop;	/* bytes that are said before it breaks off; 0: all */
	uint32_t flips; /* bytes changed in what is said */
	uint64_t seed;	/* of their places */
};

/* 0; or -EINVAL, and 'err' says what was wrong, with file and line.  *said: bytes
 * of all messages.  => Role: main. */
int sl_play(struct sl_ends *, const struct sl_play *, uint32_t *said,
    struct sl_err *err);

#endif
