/* SPDX-License-Identifier: Apache-2.0 */
#include <check/play.h>

#include <errno.h>
#include <string.h>

#define FIRST_PORT 20000u
#define PORTS	   20000u

struct playing {
	struct sl_ends *ends;
	const struct sl_play *play;
	struct sl_words_ids ids;
	uint32_t read[SL_DIRS];	     /* bytes of what each has got */
	uint32_t next_step[SL_DIRS]; /* the next that each has to read */
	uint32_t said;
	uint64_t random;
	bool is_over; /* it broke off */
};

/* xorshift64*: the same places for the same seed. */
static uint32_t
draw(struct playing *p, uint32_t below)
{
	p->random ^= p->random >> 12;
	p->random ^= p->random << 25;
	p->random ^= p->random >> 27;
	return (uint32_t)((p->random * 0x2545f4914f6cdd1dull) >> 33) % below;
}

static void
change(struct playing *p, uint8_t *bytes, uint32_t len)
{
	for (uint32_t i = 0; i < p->play->flips && len; i++)
		bytes[draw(p, len)] ^= (uint8_t)(1 + draw(p, 255));
}

/* What has come in full is compared; a message may come with a later one. */
static int
read_what_came(
    struct playing *p, uint8_t side, uint32_t upto, struct sl_err *err)
{
	const struct sl_talk *t = p->play->talk;
	struct sl_end *end = &p->ends->end[side];
	uint32_t *next = &p->next_step[side];

	for (; *next <= upto; (*next)++) {
		const struct sl_talk_step *s = &t->steps[*next];
		struct sl_span text = {
		    end->got + p->read[side], end->n_got - p->read[side]};
		int rc;

		if (s->kind != SL_TALK_SAYS || s->side == side)
			continue;
		rc = sl_words_read(t, s, &p->ends->names, &p->ids, &text, err);
		if (rc)
			return rc;
		p->read[side] = end->n_got - text.len;
	}
	return 0;
}

static int
say(struct playing *p, uint32_t n, struct sl_err *err)
{
	static uint8_t bytes[SL_TALK_BYTES];
	const struct sl_talk_step *s = &p->play->talk->steps[n];
	uint32_t len = sl_words_write(
	    p->play->talk, s, &p->ends->names, bytes, sizeof(bytes));
	int rc;

	change(p, bytes, len);
	if (p->play->stop && p->said + len >= p->play->stop) {
		len = p->play->stop - p->said;
		p->is_over = true;
	}
	p->said += len;
	if (!len)
		return 0;
	rc = sl_ends_say(p->ends, s->side, (struct sl_span){bytes, len}, err);
	if (rc || p->is_over || p->play->manner.strange)
		return rc;
	return read_what_came(p, !s->side, n, err);
}

static int
lost(const struct playing *p, const struct sl_talk_step *s, const char *what,
    struct sl_err *err)
{
	return sl_err_set(err, -EINVAL, "%s:%u: what the %s opens to %u %s",
	    p->play->talk->file, s->line, sl_talk_side_name(s->side), s->id,
	    what);
}

/* Did it come to who announced it, where he said? */
static bool
came_right(const struct playing *p, const struct sl_talk_step *s)
{
	const struct sl_words_names *n = &p->ends->names;
	const struct sl_arrival *a = &p->ends->other;
	uint16_t id = s->id ? s->id : n->port[!s->side];

	return a->came && a->side == !s->side && a->seg.l4proto == s->l4proto &&
	       a->seg.dst_id == id &&
	       memcmp(&a->seg.dst, &n->own[!s->side], sizeof(a->seg.dst)) ==
		   0 &&
	       memcmp(&a->seg.src, &n->known[s->side], sizeof(a->seg.src)) == 0;
}

static int
open_announced(struct playing *p, uint32_t n, struct sl_err *err)
{
	const struct sl_talk_step *s = &p->play->talk->steps[n];
	bool blocked = s->kind == SL_TALK_BLOCKED;
	uint16_t port = p->ends->names.known_port[!s->side];
	int rc;

	if (p->play->manner.strange)
		return 0;
	if (s->id)
		port = sl_words_seen(&p->ids, !s->side, s->id);
	if (!port)
		port = s->id; /* never announced: it must be blocked */
	rc = sl_ends_try(p->ends, s->side, s->l4proto, port, err);
	if (rc)
		return rc;
	if (blocked)
		return p->ends->other.came ? lost(p, s, "came through", err)
					   : 0;
	return came_right(p, s) ? 0 : lost(p, s, "did not arrive", err);
}

/* Connections and, with their masters, expectations go; nothing of a helper may
 * stay. */
static int
clean_up(struct playing *p, struct sl_err *err)
{
	struct sl_box *box = p->ends->box;
	int rc;

	rc = sl_box_command(box, "/ip firewall connection remove [find]", err);
	if (!rc)
		rc = sl_box_command(
		    box, "/ipv6 firewall connection remove [find]", err);
	sl_box_wait(box, 1100);
	if (!rc && sl_box_expectations(box))
		rc = sl_err_set(err, -EINVAL,
		    "%s: an expectation is left when its connection is gone",
		    p->play->talk->file);
	if (!rc && sl_box_sessions(box))
		rc = sl_err_set(err, -EINVAL,
		    "%s: a session is left when its connection is gone",
		    p->play->talk->file);
	return rc;
}

static int
play_steps(struct playing *p, struct sl_err *err)
{
	const struct sl_talk *t = p->play->talk;
	int rc = sl_ends_open(p->ends, err);

	for (uint32_t n = 0; n < t->n_steps && !rc && !p->is_over; n++)
		rc = t->steps[n].kind == SL_TALK_SAYS
			 ? say(p, n, err)
			 : open_announced(p, n, err);
	return rc ? rc : sl_ends_close(p->ends, err);
}

int
sl_play(struct sl_ends *ends, const struct sl_play *play, uint32_t *said,
    struct sl_err *err)
{
	static uint32_t plays;
	struct playing p = {
	    .ends = ends,
	    .play = play,
	    .random = play->seed | 1,
	};
	struct sl_words_names *names = &ends->names;
	int rc;

	sl_box_names(play->way, play->family, plays, names);
	names->port[SL_ORIG] = (uint16_t)(FIRST_PORT + plays++ % PORTS);
	names->port[SL_REPLY] = names->known_port[SL_REPLY] = play->talk->port;
	ends->manner = play->manner;
	ends->l4proto = play->talk->l4proto;
	rc = play_steps(&p, err);
	*said = p.said;
	return rc ? rc : clean_up(&p, err);
}
