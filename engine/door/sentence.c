/* SPDX-License-Identifier: Apache-2.0 */
#include <door/sentence.h>

#include <errno.h>
#include <string.h>

/* Reads the length prefix at 'p'.  Returns its size, 0 if cut, or -EPROTO. */
static int
get_length(const uint8_t *p, size_t have, uint32_t *len)
{
	unsigned more;
	uint32_t v;

	if (!have)
		return 0;
	if (p[0] < 0x80) {
		more = 0;
		v = p[0];
	} else if (p[0] < 0xc0) {
		more = 1;
		v = p[0] & 0x3f;
	} else if (p[0] < 0xe0) {
		more = 2;
		v = p[0] & 0x1f;
	} else if (p[0] < 0xf0) {
		more = 3;
		v = p[0] & 0x0f;
	} else if (p[0] == 0xf0) {
		more = 4;
		v = 0;
	} else {
		return -EPROTO;
	}
	if (have < 1 + more)
		return 0;
	for (unsigned i = 1; i <= more; i++)
		v = v << 8 | p[i];
	*len = v;
	return (int)(1 + more);
}

/* Walks the words without copying.  Returns the sentence's size on the wire,
 * 0 if cut, -errno; counts words and their bytes. */
static ssize_t
measure(const uint8_t *p, size_t have, size_t *words, size_t *bytes)
{
	size_t at = 0;

	*words = *bytes = 0;
	for (;;) {
		uint32_t len;
		int prefix = get_length(p + at, have - at, &len);

		if (prefix <= 0)
			return prefix;
		at += (size_t)prefix;
		if (!len)
			return (ssize_t)at;
		if (len > SL_SENTENCE_BYTES_MAX ||
		    at + len > SL_SENTENCE_BYTES_MAX ||
		    *words == SL_SENTENCE_WORDS_MAX)
			return -EMSGSIZE;
		if (have - at < len)
			return 0;
		if (memchr(p + at, 0, len))
			return -EPROTO;
		at += len;
		*words += 1;
		*bytes += len + 1;
	}
}

static void
copy_words(const uint8_t *p, struct sl_sentence *out)
{
	char *to = out->text;

	for (size_t i = 0; i < out->n; i++) {
		uint32_t len = 0;

		/* measured before: neither cut nor malformed */
		p += get_length(p, 5, &len);
		memcpy(to, p, len);
		to[len] = '\0';
		out->words[i] = to;
		to += len + 1;
		p += len;
	}
}

ssize_t
sl_sentence_decode(
    const void *bytes, size_t len, struct sl_sentence *out, struct sl_err *err)
{
	size_t words, text;
	ssize_t size = measure(bytes, len, &words, &text);

	*out = (struct sl_sentence){0};
	if (size == -EPROTO)
		return sl_err_set(err, -EPROTO, "malformed word");
	if (size == -EMSGSIZE)
		return sl_err_set(err, -EMSGSIZE, "sentence is too long");
	if (size <= 0 || !words)
		return size;
	out->text = malloc(text);
	out->words = calloc(words, sizeof(*out->words));
	if (!out->text || !out->words) {
		sl_sentence_free(out);
		return sl_err_set(err, -ENOMEM, "out of memory");
	}
	out->n = words;
	copy_words(bytes, out);
	return size;
}

void
sl_sentence_free(struct sl_sentence *sentence)
{
	free(sentence->text);
	free(sentence->words);
	*sentence = (struct sl_sentence){0};
}

const char *
sl_sentence_value(const struct sl_sentence *sentence, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 1; i < sentence->n; i++) {
		const char *word = sentence->words[i];

		if (word[0] != '=' || strncmp(word + 1, name, len))
			continue;
		if (word[1 + len] == '=')
			return word + 2 + len;
		if (!word[1 + len])
			return word + 1 + len;
	}
	return NULL;
}

size_t
sl_sentence_put_length(uint8_t out[5], uint32_t len)
{
	static const uint8_t marks[] = {0, 0x80, 0xc0, 0xe0, 0xf0};
	unsigned more = len < 0x80	   ? 0
			: len < 0x4000	   ? 1
			: len < 0x200000   ? 2
			: len < 0x10000000 ? 3
					   : 4;

	for (unsigned i = more; i > 0; i--, len >>= 8)
		out[i] = len & 0xff;
	out[0] = more == 4 ? marks[4] : (uint8_t)(marks[more] | len);
	return 1 + more;
}

static bool
make_room(struct sl_sentence_out *out, size_t more)
{
	size_t cap = out->cap ? out->cap : 256;
	uint8_t *bytes;

	if (out->failed)
		return false;
	while (cap - out->len < more)
		cap *= 2;
	if (cap == out->cap)
		return true;
	bytes = realloc(out->bytes, cap);
	if (!bytes) {
		out->failed = true;
		return false;
	}
	out->bytes = bytes;
	out->cap = cap;
	return true;
}

static void
append(struct sl_sentence_out *out, const void *bytes, size_t len)
{
	if (!len)
		return;
	memcpy(out->bytes + out->len, bytes, len);
	out->len += len;
}

void
sl_sentence_word_bytes(
    struct sl_sentence_out *out, const void *word, size_t len)
{
	if (!make_room(out, len + 5))
		return;
	out->len +=
	    sl_sentence_put_length(out->bytes + out->len, (uint32_t)len);
	append(out, word, len);
}

void
sl_sentence_word(struct sl_sentence_out *out, const char *word)
{
	sl_sentence_word_bytes(out, word, strlen(word));
}

void
sl_sentence_join(
    struct sl_sentence_out *out, const char *const *parts, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += strlen(parts[i]);
	if (!make_room(out, len + 5))
		return;
	out->len +=
	    sl_sentence_put_length(out->bytes + out->len, (uint32_t)len);
	for (size_t i = 0; i < n; i++)
		append(out, parts[i], strlen(parts[i]));
}

void
sl_sentence_pair(
    struct sl_sentence_out *out, const char *name, const char *value)
{
	const char *parts[] = {"=", name, "=", value};

	sl_sentence_join(out, parts, SL_COUNT_OF(parts));
}

void
sl_sentence_end(struct sl_sentence_out *out)
{
	sl_sentence_word_bytes(out, "", 0);
}

void
sl_sentence_out_free(struct sl_sentence_out *out)
{
	free(out->bytes);
	*out = (struct sl_sentence_out){0};
}
