/* SPDX-License-Identifier: Apache-2.0 */
#include <related/shift.h>

/* By how much the stream is longer behind 'e'. */
static uint32_t
growth(const struct sl_shift_edit *e)
{
	return (uint32_t)e->new_len - e->old_len;
}

uint32_t
sl_shift_map(const struct sl_shift *s, uint32_t seq)
{
	uint32_t shift = s->base;

	for (const struct sl_shift_edit *e = s->first; e; e = e->next) {
		if (!sl_seq_after(seq, e->seq))
			break;
		shift += growth(e);
		if (sl_seq_before(seq, sl_shift_end(e)))
			return sl_shift_end(e) + shift;
	}
	return seq + shift;
}

static uint32_t
unmap(const struct sl_shift *s, uint32_t seq, bool up)
{
	uint32_t shift = s->base;

	for (const struct sl_shift_edit *e = s->first; e; e = e->next) {
		uint32_t start = e->seq + shift;

		if (sl_seq_before(seq, start + e->new_len)) {
			if (!sl_seq_after(seq, start))
				break;
			return up ? sl_shift_end(e) : e->seq;
		}
		shift += growth(e);
	}
	return seq - shift;
}

uint32_t
sl_shift_unmap(const struct sl_shift *s, uint32_t seq)
{
	return unmap(s, seq, false);
}

uint32_t
sl_shift_unmap_up(const struct sl_shift *s, uint32_t seq)
{
	return unmap(s, seq, true);
}

void
sl_shift_append(struct sl_shift *s, struct sl_shift_edit *e)
{
	e->next = NULL;
	if (s->last)
		s->last->next = e;
	else
		s->first = e;
	s->last = e;
	s->n++;
}

const struct sl_shift_edit *
sl_shift_from(const struct sl_shift *s, uint32_t seq)
{
	const struct sl_shift_edit *e = s->first;

	while (e && !sl_seq_after(sl_shift_end(e), seq))
		e = e->next;
	return e;
}

struct sl_shift_edit *
sl_shift_take_acked(struct sl_shift *s, uint32_t ack)
{
	struct sl_shift_edit *e = s->first;

	if (!e || sl_seq_before(ack, e->seq + s->base + e->new_len))
		return NULL;
	s->base += growth(e);
	s->first = e->next;
	if (!s->first)
		s->last = NULL;
	s->n--;
	return e;
}
