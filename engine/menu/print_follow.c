/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow: remembers a hash of each row's text by id, 24 bytes a row, so that a
 * pass shows what is new or different.  Values that change by themselves (a
 * timeout, a rate; counters, unless stats asks for them) make no row different.
 */
#include <menu/printer.h>

#include <errno.h>
#include <string.h>

#define SLOTS_MIN 64

struct slot {
	uint64_t id;
	uint64_t hash;
	uint64_t pass; /* last seen in; 0: empty slot */
};

struct sl_follow {
	struct slot *slots; /* linear probing; n_slots a power of two */
	size_t n_slots, n;
	uint64_t pass;
};

struct sl_follow *
sl_follow_new(void)
{
	struct sl_follow *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->slots = calloc(SLOTS_MIN, sizeof(*f->slots));
	if (!f->slots) {
		free(f);
		return NULL;
	}
	f->n_slots = SLOTS_MIN;
	f->pass = 1;
	return f;
}

void
sl_follow_free(struct sl_follow *f)
{
	if (!f)
		return;
	free(f->slots);
	free(f);
}

/* FNV-1a with a final mix: nobody gains by a collision here but a row that is
 * not shown again. */
static uint64_t
hash_text(const char *s, size_t len)
{
	uint64_t h = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3ull;
	return h ^ h >> 29;
}

static struct slot *
find_slot(struct sl_follow *f, uint64_t id)
{
	size_t i = (size_t)((id * 0x9e3779b97f4a7c15ull) >> 20);

	for (;; i++) {
		struct slot *s = &f->slots[i & (f->n_slots - 1)];

		if (!s->pass || s->id == id)
			return s;
	}
}

/* A table of 'n_slots' with the rows seen since pass 'since'. */
static int
rebuild(struct sl_follow *f, size_t n_slots, uint64_t since)
{
	struct sl_follow was = *f;

	f->slots = calloc(n_slots, sizeof(*f->slots));
	if (!f->slots) {
		f->slots = was.slots;
		return -ENOMEM;
	}
	f->n_slots = n_slots;
	f->n = 0;
	for (size_t i = 0; i < was.n_slots; i++) {
		if (!was.slots[i].pass || was.slots[i].pass < since)
			continue;
		*find_slot(f, was.slots[i].id) = was.slots[i];
		f->n++;
	}
	free(was.slots);
	return 0;
}

static bool
is_watched(const struct sl_printer *pr, const struct sl_prop *p)
{
	if (pr->p->stats && (p->flags & SL_PROP_STATS))
		return true;
	return !(p->flags & (SL_PROP_LIVE | SL_PROP_STATS_ONLY));
}

static int
hash_row(struct sl_printer *pr, const struct sl_row *row, uint64_t *hash)
{
	struct sl_text *t = &pr->line;
	struct sl_value v;

	sl_text_clear(t);
	for (unsigned i = 0; i < pr->def->n_props; i++) {
		if (!is_watched(pr, &pr->def->props[i]))
			continue;
		sl_row_get(row, i, &v);
		sl_value_print(t, &v, SL_FORM_PLAIN);
		sl_text_addc(t, '\0');
		sl_value_free(&v);
	}
	*hash = hash_text(sl_text_str(t), t->len);
	return t->failed ? -ENOMEM : 0;
}

bool
sl_follow_is_new(struct sl_printer *pr, const struct sl_row *row)
{
	struct sl_follow *f = pr->follow;
	struct slot *s;
	uint64_t hash;
	bool is_new;

	pr->rc = hash_row(pr, row, &hash);
	if (!pr->rc && f->n * 2 >= f->n_slots)
		pr->rc = rebuild(f, f->n_slots * 2, 0);
	if (pr->rc)
		return false;
	s = find_slot(f, row->id);
	is_new = !s->pass || s->hash != hash;
	f->n += !s->pass;
	*s = (struct slot){row->id, hash, f->pass};
	return is_new;
}

void
sl_follow_sweep(struct sl_printer *pr)
{
	struct sl_follow *f = pr->follow;
	bool gone = false;

	for (size_t i = 0; i < f->n_slots && !pr->rc; i++) {
		if (!f->slots[i].pass || f->slots[i].pass == f->pass)
			continue;
		gone = true;
		sl_print_data_dead(pr, f->slots[i].id);
	}
	if (gone && !pr->rc)
		pr->rc = rebuild(f, f->n_slots, f->pass);
	f->pass++;
}
