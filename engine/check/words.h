/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a talk to bytes and back: what a side writes of itself, and whether what
 * the other side reads is the same with every address and port as the other side
 * knows them.
 */
#ifndef SL_CHECK_WORDS_H
#define SL_CHECK_WORDS_H

#include <check/talk.h>

/* Who the two are, by side. */
struct sl_words_names {
	uint8_t family;
	struct sl_addr own[SL_DIRS];   /* as itself knows it */
	struct sl_addr known[SL_DIRS]; /* as the other knows it */
	uint16_t port[SL_DIRS], known_port[SL_DIRS];
};

/* What ids were announced as, as the other side has read them. */
struct sl_words_ids {
	uint32_t n;
	struct {
		uint8_t side;
		uint16_t id, seen;
	} list[SL_TALK_IDS];
};

/* A step as its speaker writes it, at most 'size' bytes; the number, 0 if it
 * does not fit. */
uint32_t sl_words_write(const struct sl_talk *, const struct sl_talk_step *,
    const struct sl_words_names *, uint8_t *out, uint32_t size);

/* Reads a step off the front of *text as its listener got it, and notes which ids
 * it announces.  -EINVAL, and 'err' says what was wanted there, where. */
int sl_words_read(const struct sl_talk *, const struct sl_talk_step *,
    const struct sl_words_names *, struct sl_words_ids *, struct sl_span *text,
    struct sl_err *err);

/* What 'id' of 'side' was announced as; 0: it was not. */
uint16_t sl_words_seen(const struct sl_words_ids *, uint8_t side, uint16_t id);

#endif
