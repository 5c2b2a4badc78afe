/* SPDX-License-Identifier: Apache-2.0 */
#include "conversation.h"

#include "paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define NOW_NS 1000000000ull

/* What came of one play, to compare with another one. */
struct outcome {
	struct paper_text read[SL_DIRS]; /* by the receiver of a direction */
	struct paper_text asked;
};

static uint32_t
length(const char *text, uint32_t len)
{
	return len ? len : (uint32_t)strlen(text);
}

static int
by_offset(const void *a, const void *b)
{
	const struct paper_edit *x = a, *y = b;

	return (x->off > y->off) - (x->off < y->off);
}

/* bytes[0..used) with the edits of the call. */
static void
emit(struct paper *p, const uint8_t *bytes, uint32_t used,
    struct paper_text *out)
{
	uint32_t at = 0;

	qsort(p->edits, p->n_edits, sizeof(p->edits[0]), by_offset);
	for (unsigned i = 0; i < p->n_edits; i++) {
		const struct paper_edit *e = &p->edits[i];

		if (e->off + e->len > used)
			fail_msg("%s replaces bytes that it holds back",
			    p->ops->name);
		paper_add(out, bytes + at, e->off - at);
		paper_add(out, e->bytes, e->n);
		at = e->off + e->len;
	}
	paper_add(out, bytes + at, used - at);
}

/* Undoes what a dropped call asked for. */
static void
forget(struct paper *p, uint32_t asked, const uint32_t *classes)
{
	p->asked.len = asked;
	p->asked.text[asked] = '\0';
	memcpy(p->classes_used, classes, sizeof(p->classes_used));
}

/* One call of data() with exactly these bytes, so that a sanitizer sees who
 * reads past them. */
static enum sl_help
call_data(struct paper *p, enum sl_dir dir, uint8_t flags,
    const struct sl_span *payload, uint32_t *used)
{
	struct sl_tuple tuples[SL_DIRS];
	struct sl_call call = {
	    .size = sizeof(call),
	    .dir = (uint8_t)dir,
	    .flags = flags,
	    .l4proto = p->l4proto,
	    .family = p->family,
	    .payload = *payload,
	    .used = used,
	    .stream_off = p->stream_off[dir],
	    .tuples = tuples,
	    .options = p->options,
	    .priv = p->priv,
	    .now_ns = NOW_NS,
	    .host = &paper_host,
	    .engine = (struct sl_call_state *)p,
	};
	size_t priv = p->ops->priv_size, rest = sizeof(p->priv) - priv;
	uint8_t beyond[sizeof(p->priv)];
	enum sl_help verdict;

	memcpy(tuples, p->tuples, sizeof(tuples));
	memcpy(beyond, (uint8_t *)p->priv + priv, rest);
	*used = payload->len;
	p->n_edits = 0;
	p->call = &call;
	verdict = p->ops->data(&call);
	p->call = NULL;
	assert_memory_equal(tuples, p->tuples, sizeof(tuples));
	assert_memory_equal(beyond, (uint8_t *)p->priv + priv, rest);
	if (*used > payload->len)
		fail_msg("%s used %u of %u bytes", p->ops->name, *used,
		    payload->len);
	if (!(p->ops->flags & SL_HELP_STREAM))
		*used = payload->len;
	return verdict;
}

/* Bytes held back before, and these, through the helper. */
static enum sl_help
say_bytes(struct paper *p, const struct conversation_turn *turn,
    const char *bytes, uint32_t n, struct paper_text *out)
{
	struct paper_text *held = &p->held[turn->dir];
	uint32_t before = held->len, used, len = before + n;
	uint32_t asked = p->asked.len, classes[SL_HELP_CLASSES_MAX];
	uint8_t flags = turn->flags | (p->is_cut[turn->dir] ? SL_CALL_CUT : 0);
	uint8_t *exact = malloc(len ? len : 1);
	uint64_t priv[SL_HELP_PRIV_MAX / 8];
	enum sl_help verdict;

	assert_non_null(exact);
	memcpy(exact, held->text, before);
	memcpy(exact + before, bytes, n);
	if (p->detached) {
		paper_add(out, exact, len);
		held->len = 0;
		free(exact);
		return SL_HELP_DETACH;
	}
	memcpy(classes, p->classes_used, sizeof(classes));
	memcpy(priv, p->priv, sizeof(priv));
	verdict = call_data(p, turn->dir, flags,
	    &(struct sl_span){.data = exact, .len = len}, &used);
	if (verdict == SL_HELP_DROP) {
		forget(p, asked, classes);
		memcpy(p->priv, priv, sizeof(priv));
		free(exact);
		return verdict;
	}
	p->detached = verdict == SL_HELP_DETACH;
	p->is_cut[turn->dir] = len - used > p->ops->hold_max;
	if (p->is_cut[turn->dir] || p->detached || flags & SL_CALL_LAST)
		emit(p, exact, used = len, out);
	else
		emit(p, exact, used, out);
	held->len = 0;
	paper_add(held, exact + used, len - used);
	p->stream_off[turn->dir] += used;
	free(exact);
	return verdict;
}

static void
compare(const struct conversation_turn *turn, unsigned number,
    const struct paper_text *out, const char *asked)
{
	const char *want = turn->out ? turn->out : turn->in;
	uint32_t want_len = turn->out ? length(turn->out, turn->out_len)
				      : length(turn->in, turn->in_len);

	if (out->len != want_len || memcmp(out->text, want, want_len) != 0)
		fail_msg("turn %u: leaves \"%.*s\", not \"%.*s\"", number,
		    (int)out->len, out->text, (int)want_len, want);
	if (strcmp(asked, turn->asks ? turn->asks : "") != 0)
		fail_msg("turn %u: asked\n%s, not\n%s", number, asked,
		    turn->asks ? turn->asks : "");
}

/* True if every verdict was to pass. */
static bool
play_turns(const struct conversation *c, struct outcome *outcome)
{
	const struct conversation_turn *turn = c->turns;
	struct paper *p = calloc(1, sizeof(*p));
	struct paper_text *out = calloc(1, sizeof(*out));
	bool passes = true;

	assert_non_null(p);
	assert_non_null(out);
	paper_open(p, c);
	for (unsigned i = 1; turn->in; turn++, i++) {
		uint32_t asked = p->asked.len;
		enum sl_help verdict;

		out->len = 0;
		verdict = say_bytes(
		    p, turn, turn->in, length(turn->in, turn->in_len), out);
		if (verdict != turn->verdict)
			fail_msg("turn %u: verdict %d, not %d", i, verdict,
			    turn->verdict);
		compare(turn, i, out, p->asked.text + asked);
		paper_add(&outcome->read[turn->dir], out->text, out->len);
		passes &= verdict == SL_HELP_PASS && !turn->flags;
	}
	paper_add(&outcome->asked, p->asked.text, p->asked.len);
	passes &= (p->ops->flags & SL_HELP_STREAM) != 0;
	paper_close(p);
	free(p);
	free(out);
	return passes;
}

/* Plays every turn cut before byte 'at' of it; 'at' 0: after every byte. */
static void
play_cut(const struct conversation *c, uint32_t at, struct outcome *outcome)
{
	const struct conversation_turn *turn = c->turns;
	struct paper *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	paper_open(p, c);
	for (; turn->in; turn++) {
		struct paper_text *out = &outcome->read[turn->dir];
		uint32_t n = length(turn->in, turn->in_len), done = 0;

		while (done < n) {
			uint32_t step = at ? at : 1;

			if (step > n - done || (at && done))
				step = n - done;
			say_bytes(p, turn, turn->in + done, step, out);
			done += step;
		}
	}
	paper_add(&outcome->asked, p->asked.text, p->asked.len);
	paper_close(p);
	free(p);
}

/* Only what is expected must be the same however the bytes are cut. */
static void
keep_expected(struct paper_text *asked)
{
	char *to = asked->text, *line = asked->text, *end;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		size_t n = (size_t)(end + 1 - line);

		if (*line == 'c' || *line == 'k') /* count, keep */
			continue;
		memmove(to, line, n);
		to += n;
	}
	*to = '\0';
	asked->len = (uint32_t)(to - asked->text);
}

static void
compare_cut(const struct conversation *c, uint32_t at, struct outcome *whole,
    struct outcome *cut)
{
	keep_expected(&cut->asked);
	for (unsigned dir = 0; dir < SL_DIRS; dir++)
		if (cut->read[dir].len != whole->read[dir].len ||
		    memcmp(cut->read[dir].text, whole->read[dir].text,
			whole->read[dir].len) != 0)
			fail_msg("%s, cut at %u: leaves \"%s\", not \"%s\"",
			    c->helper, at, cut->read[dir].text,
			    whole->read[dir].text);
	if (strcmp(cut->asked.text, whole->asked.text) != 0)
		fail_msg("%s, cut at %u: asked\n%s, not\n%s", c->helper, at,
		    cut->asked.text, whole->asked.text);
}

void
conversation_play_whole(const struct conversation *c)
{
	struct outcome *whole = calloc(1, sizeof(*whole));

	assert_non_null(whole);
	play_turns(c, whole);
	free(whole);
}

void
conversation_play(const struct conversation *c)
{
	struct outcome *whole = calloc(1, sizeof(*whole));
	uint32_t longest = 1;

	assert_non_null(whole);
	if (!play_turns(c, whole)) {
		free(whole);
		return;
	}
	keep_expected(&whole->asked);
	for (const struct conversation_turn *t = c->turns; t->in; t++)
		if (length(t->in, t->in_len) > longest)
			longest = length(t->in, t->in_len);
	for (uint32_t at = 0; at < longest; at++) {
		struct outcome *cut = calloc(1, sizeof(*cut));

		assert_non_null(cut);
		play_cut(c, at, cut);
		compare_cut(c, at, whole, cut);
		free(cut);
	}
	free(whole);
}

void
conversation_survive(const struct conversation *c)
{
	struct paper *p = calloc(1, sizeof(*p));
	struct paper_text *out = calloc(1, sizeof(*out));

	assert_non_null(p);
	assert_non_null(out);
	paper_open(p, c);
	for (const struct conversation_turn *t = c->turns; t->in; t++) {
		out->len = 0;
		say_bytes(p, t, t->in, length(t->in, t->in_len), out);
	}
	paper_close(p);
	free(out);
	free(p);
}
