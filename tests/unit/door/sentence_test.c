/* SPDX-License-Identifier: Apache-2.0 */
#include <door/sentence.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct length_row {
	uint32_t len;
	size_t n;
	uint8_t bytes[5];
};

/* Both sides of every boundary. */
static const struct length_row lengths[] = {
    {0, 1, {0}},
    {1, 1, {1}},
    {0x7f, 1, {0x7f}},
    {0x80, 2, {0x80, 0x80}},
    {0x3fff, 2, {0xbf, 0xff}},
    {0x4000, 3, {0xc0, 0x40, 0x00}},
    {0x1fffff, 3, {0xdf, 0xff, 0xff}},
    {0x200000, 4, {0xe0, 0x20, 0x00, 0x00}},
    {0xfffffff, 4, {0xef, 0xff, 0xff, 0xff}},
    {0x10000000, 5, {0xf0, 0x10, 0x00, 0x00, 0x00}},
    {0xffffffff, 5, {0xf0, 0xff, 0xff, 0xff, 0xff}},
};

static void
lengths_encode(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(lengths); i++) {
		uint8_t out[5];

		assert_int_equal(
		    sl_sentence_put_length(out, lengths[i].len), lengths[i].n);
		assert_memory_equal(out, lengths[i].bytes, lengths[i].n);
	}
}

/* The same length, in any of its (also longer) encodings, decodes. */
static const struct length_row prefixes[] = {
    {3, 1, {0x03}},
    {3, 2, {0x80, 0x03}},
    {3, 3, {0xc0, 0x00, 0x03}},
    {3, 4, {0xe0, 0x00, 0x00, 0x03}},
    {3, 5, {0xf0, 0x00, 0x00, 0x00, 0x03}},
};

static void
every_prefix_decodes(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(prefixes); i++) {
		struct sl_sentence s;
		uint8_t bytes[16];
		size_t n = prefixes[i].n;

		memcpy(bytes, prefixes[i].bytes, n);
		memcpy(bytes + n, "abc", 4); /* with the empty word */
		for (size_t cut = 0; cut < n + 4; cut++)
			assert_int_equal(
			    sl_sentence_decode(bytes, cut, &s, NULL), 0);
		assert_int_equal(
		    sl_sentence_decode(bytes, n + 4, &s, NULL), n + 4);
		assert_int_equal(s.n, 1);
		assert_string_equal(s.words[0], "abc");
		sl_sentence_free(&s);
	}
}

static void
words_survive_the_wire(void **state)
{
	static const size_t sizes[] = {1, 0x7f, 0x80, 0x3fff, 0x4000, 0x30000};
	struct sl_sentence_out out = {0};
	struct sl_sentence s;
	char *word = malloc(0x30001);

	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(sizes); i++) {
		out.len = 0;
		memset(word, 'x', sizes[i]);
		word[sizes[i]] = '\0';
		sl_sentence_word(&out, "/a/b");
		sl_sentence_word(&out, word);
		sl_sentence_pair(&out, "name", "va=lue");
		sl_sentence_end(&out);
		assert_false(out.failed);
		assert_int_equal(
		    sl_sentence_decode(out.bytes, out.len, &s, NULL), out.len);
		assert_int_equal(s.n, 3);
		assert_string_equal(s.words[1], word);
		assert_string_equal(s.words[2], "=name=va=lue");
		assert_string_equal(sl_sentence_value(&s, "name"), "va=lue");
		sl_sentence_free(&s);
	}
	sl_sentence_out_free(&out);
	free(word);
}

/* Cut anywhere, a sentence is incomplete, never an error and never a leak. */
static void
every_truncation_waits(void **state)
{
	struct sl_sentence_out out = {0};
	struct sl_sentence s;
	char word[300];

	(void)state;
	memset(word, 'y', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	sl_sentence_word(&out, "/interface/print");
	sl_sentence_pair(&out, ".proplist", word);
	sl_sentence_word(&out, "?#|!");
	sl_sentence_end(&out);
	for (size_t cut = 0; cut < out.len; cut++) {
		uint8_t *exact =
		    malloc(cut ? cut : 1); /* ASan sees overreads */

		memcpy(exact, out.bytes, cut);
		assert_int_equal(sl_sentence_decode(exact, cut, &s, NULL), 0);
		free(exact);
	}
	sl_sentence_out_free(&out);
}

static const struct {
	const char *bytes;
	size_t len;
	ssize_t want;
} malformed[] = {
    {"\xf1", 1, -EPROTO}, {"\xf8SL1", 4, -EPROTO}, {"\xff", 1, -EPROTO},
    {"\x01x\xf8", 3, -EPROTO},
    {"\x03"
     "a\0b\0",
	5, -EPROTO},
    {"\xf0\xff\xff\xff\xff", 5, -EMSGSIZE}, {"\xe0\x04\x00\x01", 4, -EMSGSIZE},
    {"", 0, 0}, {"\0", 1, 1}, /* an empty sentence is skipped */
};

static void
malformed_bytes_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(malformed); i++) {
		struct sl_err err = {0};
		struct sl_sentence s;

		assert_int_equal(sl_sentence_decode(malformed[i].bytes,
				     malformed[i].len, &s, &err),
		    malformed[i].want);
		assert_int_equal(
		    err.code, malformed[i].want < 0 ? malformed[i].want : 0);
		assert_null(s.text);
	}
}

static void
too_many_words_are_refused(void **state)
{
	struct sl_sentence_out out = {0};
	struct sl_sentence s;

	(void)state;
	for (unsigned i = 0; i < SL_SENTENCE_WORDS_MAX; i++)
		sl_sentence_word(&out, "w");
	sl_sentence_end(&out);
	assert_int_equal(
	    sl_sentence_decode(out.bytes, out.len, &s, NULL), out.len);
	assert_int_equal(s.n, SL_SENTENCE_WORDS_MAX);
	sl_sentence_free(&s);
	out.len--;
	sl_sentence_word(&out, "w");
	sl_sentence_end(&out);
	assert_int_equal(
	    sl_sentence_decode(out.bytes, out.len, &s, NULL), -EMSGSIZE);
	sl_sentence_out_free(&out);
}

static void
values_are_found(void **state)
{
	const char *words[] = {
	    "/x", "=detail=", "=flag", "=a=1", "=ab=2", "?a=3", "=e="};
	struct sl_sentence s = {.words = words, .n = SL_COUNT_OF(words)};

	(void)state;
	assert_string_equal(sl_sentence_value(&s, "a"), "1");
	assert_string_equal(sl_sentence_value(&s, "ab"), "2");
	assert_string_equal(sl_sentence_value(&s, "detail"), "");
	assert_string_equal(sl_sentence_value(&s, "flag"), "");
	assert_string_equal(sl_sentence_value(&s, "e"), "");
	assert_null(sl_sentence_value(&s, "b"));
	assert_null(sl_sentence_value(&s, "fla"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lengths_encode),
	    cmocka_unit_test(every_prefix_decodes),
	    cmocka_unit_test(words_survive_the_wire),
	    cmocka_unit_test(every_truncation_waits),
	    cmocka_unit_test(malformed_bytes_are_refused),
	    cmocka_unit_test(too_many_words_are_refused),
	    cmocka_unit_test(values_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
