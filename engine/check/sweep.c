/* SPDX-License-Identifier: Apache-2.0 */
#include <check/sweep.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CUTS	160 /* places of one message, at most */
#define STOPS	64  /* places of the whole talk, at most */
#define CHANGED 48
#define FLIPS	3

struct sweep {
	struct sl_ends *ends;
	struct sl_play play;
	uint32_t plays, said;
	struct sl_err *err;
};

static void
describe(const struct sl_play *p, char *text, size_t size)
{
	const struct sl_manner *m = &p->manner;
	size_t n = (size_t)snprintf(
	    text, size, "IPv%u, %s", p->family, sl_box_way_name(p->way));

	if (m->cut)
		n += (size_t)snprintf(
		    text + n, size - n, ", messages cut at byte %u", m->cut);
	if (p->stop)
		n += (size_t)snprintf(
		    text + n, size - n, ", broken off at byte %u", p->stop);
	snprintf(text + n, size - n, "%s%s%s%s",
	    m->bytewise ? ", a byte at a time" : "",
	    m->twice ? ", every packet twice" : "",
	    m->backwards ? ", segments last first" : "",
	    m->strange ? ", bytes changed" : "");
}

static int
once(struct sweep *s)
{
	struct sl_err why = {0};
	char how[160];
	uint32_t said;
	int rc = sl_play(s->ends, &s->play, &said, &why);

	s->plays++;
	if (!rc) {
		s->said = said;
		return 0;
	}
	describe(&s->play, how, sizeof(how));
	return sl_err_set(s->err, rc, "%.200s (%s)", why.text, how);
}

static int
with(struct sweep *s, struct sl_manner manner)
{
	s->play.manner = manner;
	return once(s);
}

static uint32_t
longest(const struct sweep *s)
{
	static uint8_t bytes[SL_TALK_BYTES];
	const struct sl_talk *t = s->play.talk;
	uint32_t max = 0;

	for (uint32_t i = 0; i < t->n_steps; i++) {
		if (t->steps[i].kind != SL_TALK_SAYS)
			continue;
		max = SL_MAX(max, sl_words_write(t, &t->steps[i],
				      &s->ends->names, bytes, sizeof(bytes)));
	}
	return max;
}

static int
cut_streams(struct sweep *s)
{
	uint32_t len = longest(s), step = len / CUTS + 1;
	int rc = 0;

	for (uint32_t at = 1; at < len && !rc; at += step) {
		rc = with(s, (struct sl_manner){.cut = at});
		if (!rc)
			rc = with(s,
			    (struct sl_manner){.cut = at, .backwards = true});
		if (!rc)
			rc = with(
			    s, (struct sl_manner){.cut = at, .twice = true});
	}
	if (!rc)
		rc = with(s, (struct sl_manner){.bytewise = true});
	return rc ? rc
		  : with(
			s, (struct sl_manner){.bytewise = true, .twice = true});
}

static int
break_off(struct sweep *s)
{
	uint32_t len = s->said, step = len / STOPS + 1;
	int rc = 0;

	s->play.manner = (struct sl_manner){0};
	for (uint32_t at = 1; at < len && !rc; at += step) {
		s->play.stop = at;
		rc = once(s);
	}
	s->play.stop = 0;
	return rc;
}

static int
change_bytes(struct sweep *s)
{
	int rc = 0;

	s->play.flips = FLIPS;
	for (uint32_t i = 1; i <= CHANGED && !rc; i++) {
		s->play.seed = i * 0x9e3779b97f4a7c15ull;
		rc = with(
		    s, (struct sl_manner){.strange = true, .cut = i % 8 * 3});
	}
	s->play.flips = 0;
	return rc;
}

static int
every_manner(struct sweep *s)
{
	bool stream = s->play.talk->l4proto == IPPROTO_TCP;
	int rc = with(s, (struct sl_manner){0});

	/* A datagram that comes twice is two datagrams. */
	if (!rc && stream)
		rc = with(s, (struct sl_manner){.twice = true});
	if (!rc && stream)
		rc = cut_streams(s);
	if (!rc)
		rc = break_off(s);
	return rc ? rc : change_bytes(s);
}

int
sl_sweep(struct sl_ends *ends, const struct sl_talk *talk, uint32_t *plays,
    struct sl_err *err)
{
	struct sweep s = {.ends = ends, .play = {.talk = talk}, .err = err};
	int rc = 0;

	for (uint8_t six = 0; six < 2 && !rc; six++) {
		if (!(talk->families & (1 << six)))
			continue;
		s.play.family = six ? SL_IPV6 : SL_IPV4;
		for (int way = 0; way < SL_BOX_WAYS && !rc; way++) {
			s.play.way = (enum sl_box_way)way;
			rc = every_manner(&s);
		}
	}
	*plays = s.plays;
	return rc;
}
