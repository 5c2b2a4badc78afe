/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences of the RouterOS API protocol: words with a length in front, ended
 * by an empty word.
 *
 *   length          bytes on the wire (big endian)
 *   below 0x80      0xxxxxxx
 *   below 0x4000    10xxxxxx +1
 *   below 0x200000  110xxxxx +2
 *   below 2^28      1110xxxx +3
 *   up to 2^32-1    11110000 +4
 *
 * A first byte of 0xF1 or more is a control byte nobody has defined, and an
 * error here; wire.h uses one to tell its own protocol from this one.
 */
#ifndef SL_DOOR_SENTENCE_H
#define SL_DOOR_SENTENCE_H

#include <base/compiler.h>
#include <base/error.h>

#include <sys/types.h>

#define SL_SENTENCE_BYTES_MAX (256u * 1024) /* the longest rule is 2 KiB */
#define SL_SENTENCE_WORDS_MAX 512u

/* A decoded sentence.  Owns its bytes; every word ends in a NUL of ours and
 * holds none of its own. */
struct sl_sentence {
	char *text;	    /* all words, NUL after each */
	const char **words; /* n pointers into text */
	size_t n;
};

/* Decodes the sentence at the start of 'len' bytes.  Returns the number of
 * bytes it took, 0 while it is incomplete, -EPROTO for a control byte or a
 * NUL inside a word, -EMSGSIZE beyond the limits above, -ENOMEM.  On success
 * the caller frees 'out'; an empty sentence (n == 0) needs no free.
 * => Role: any. */
ssize_t sl_sentence_decode(
    const void *bytes, size_t len, struct sl_sentence *out, struct sl_err *err);
void sl_sentence_free(struct sl_sentence *sentence);

/* The value of attribute word "=name=value", NULL if there is none; the value
 * of a word without second '=' is empty. */
const char *sl_sentence_value(
    const struct sl_sentence *sentence, const char *name);

/* Bytes of a length prefix, and the prefix itself into 'out' (5 bytes). */
size_t sl_sentence_put_length(uint8_t out[5], uint32_t len);

/* A sentence under construction; grows.  After a refused allocation 'failed'
 * stays set and further words are ignored. */
struct sl_sentence_out {
	uint8_t *bytes;
	size_t len, cap;
	bool failed;
};

void sl_sentence_word(struct sl_sentence_out *out, const char *word);
void sl_sentence_word_bytes(
    struct sl_sentence_out *out, const void *word, size_t len);
/* One word of several parts. */
void sl_sentence_join(
    struct sl_sentence_out *out, const char *const *parts, size_t n);
/* The word "=name=value". */
void sl_sentence_pair(
    struct sl_sentence_out *out, const char *name, const char *value);
/* The empty word. */
void sl_sentence_end(struct sl_sentence_out *out);
void sl_sentence_out_free(struct sl_sentence_out *out);

#endif
