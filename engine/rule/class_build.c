/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building a classifier, from the root down.
 *
 * At each node every axis is tried, with every cut that rules make on it and
 * with every 4th, 16th, ... of them; the choice is what leaves the fewest rules
 * to a packet at worst: those of the fullest cell and of the rest.  Rules that
 * touch many cells go to the rest, where the same axis may be cut again: so
 * nested prefixes come apart level by level.
 *
 * Three budgets bound whatever an admin writes: lists a packet (design of the
 * walk), words (memory) and looks at rules (time).  Where one is used up, a
 * node becomes a list.
 */
#include <rule/classify.h>

#include <rule/class_cut.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_MAX      8u  /* see sl_classify_first() */
#define LIST_ENOUGH    4u  /* rules that are walked as fast as told apart */
#define WORDS_A_RULE   48u /* for tables and replicas, beside the rule itself */
#define LOOKS_A_RULE   192u /* rules tried on an axis, over all nodes */
#define DEPTH_MAX      24u
#define COARSEST_SHIFT 8u

/* The rules of a node to be. */
struct job {
	const uint32_t *rules; /* ascending */
	uint32_t n;
	unsigned lists; /* that it may cost a packet */
	unsigned depth;
	/* Ranks that get here; lo > hi: not to be cut. */
	struct sl_class_span region[SL_CLASS_AXES];
};

/* The best way to cut seen so far. */
struct plan {
	enum sl_class_axis axis;
	unsigned shift;
	uint32_t score; /* rules that a packet meets at worst; less is better */
};

struct build {
	struct sl_class_space space;
	uint32_t first; /* position of rule 0 */
	uint64_t words_left, looks_max;
	bool failed; /* no memory */
	/* what there is so far */
	uint32_t *words;
	uint32_t n_words, cap_words;
	struct sl_class_node *nodes;
	uint32_t n_nodes, cap_nodes;
	struct sl_class_cut cut;
};

static uint32_t build_node(
    struct build *b, const struct job *job, unsigned *used);

/* Words and nodes. */

static uint32_t *
add_words(struct build *b, uint32_t n)
{
	if (b->n_words + n > b->cap_words) {
		uint32_t cap = SL_MAX(b->cap_words * 2, b->n_words + n + 256);
		uint32_t *more = realloc(b->words, cap * sizeof(*more));

		if (!more) {
			b->failed = true;
			return NULL;
		}
		b->words = more;
		b->cap_words = cap;
	}
	b->n_words += n;
	return &b->words[b->n_words - n];
}

static uint32_t
add_node(struct build *b, const struct sl_class_node *node)
{
	if (b->n_nodes == b->cap_nodes) {
		uint32_t cap = SL_MAX(b->cap_nodes * 2, 64u);
		struct sl_class_node *more =
		    realloc(b->nodes, cap * sizeof(*more));

		if (!more) {
			b->failed = true;
			return SL_CLASS_NONE;
		}
		b->nodes = more;
		b->cap_nodes = cap;
	}
	b->nodes[b->n_nodes] = *node;
	return b->n_nodes++;
}

static uint32_t
build_list(struct build *b, const struct job *job, unsigned *used)
{
	uint32_t *out = add_words(b, job->n + 1);

	if (!out)
		return SL_CLASS_NONE;
	for (uint32_t i = 0; i < job->n; i++)
		out[i] = b->first + job->rules[i];
	out[job->n] = SL_CLASSIFY_END;
	*used = 1;
	return SL_CLASS_LIST | (uint32_t)(out - b->words);
}

/* Choosing a cut. */

/* How many lists a packet needs at least below a cut of this axis. */
static unsigned
visits_of(enum sl_class_axis axis)
{
	return axis == SL_CLASS_ANY_ID ? 2 : 1;
}

/* Every cell as an entry and most as a list's end, a rule more than once. */
static uint64_t
words_of(const struct sl_class_cut *cut)
{
	return 2ull * cut->n_cells + cut->n_entries + cut->n_rest - cut->n;
}

static bool
look(struct build *b, const struct job *job, enum sl_class_axis axis)
{
	return sl_class_cut_look(
	    &b->cut, axis, job->region[axis], job->rules, job->n);
}

static void
try_axis(struct build *b, const struct job *job, enum sl_class_axis axis,
    struct plan *best)
{
	struct sl_class_cut *cut = &b->cut;
	unsigned visits = visits_of(axis);

	if (!look(b, job, axis))
		return;
	for (unsigned shift = 0; shift <= COARSEST_SHIFT; shift += 2) {
		struct plan p = {axis, shift, 0};

		if (cut->n_cuts >> shift == 0)
			return;
		sl_class_cut_measure(cut, shift);
		p.score = cut->most * visits + cut->n_rest;
		if (p.score < best->score &&
		    visits + (cut->n_rest > 0) <= job->lists &&
		    words_of(cut) <= b->words_left)
			*best = p;
	}
}

/* Cutting. */

/* A cut carried out, in memory of its own: the cells below are cut with the
 * same struct sl_class_cut. */
struct split {
	uint32_t n_cells, n_rest;
	uint32_t *cuts;	   /* n_cells - 1 */
	uint32_t *ends;	   /* of each cell's rules in 'entries' */
	uint32_t *entries; /* rules of the cells, cell after cell */
	uint32_t *rest;
	uint32_t *cells; /* what they became */
	uint32_t rule;	 /* to be put */
	uint32_t *memory;
};

static bool
split_alloc(struct split *s, const struct sl_class_cut *cut)
{
	size_t n = cut->n_cells;

	s->n_cells = cut->n_cells;
	s->memory =
	    malloc((3 * n + cut->n_entries + cut->n_rest) * sizeof(uint32_t));
	if (!s->memory)
		return false;
	s->cuts = s->memory;
	s->ends = s->cuts + n;
	s->cells = s->ends + n;
	s->entries = s->cells + n;
	s->rest = s->entries + cut->n_entries;
	return true;
}

static void
put_rule(void *arg, uint32_t cell)
{
	struct split *s = arg;

	s->entries[s->ends[cell]++] = s->rule;
}

/* Sorts the rules into cells and rest; both stay ascending. */
static void
split_rules(struct split *s, const struct sl_class_cut *cut)
{
	uint32_t at = 0;

	for (uint32_t c = 0; c < s->n_cells; c++) {
		s->ends[c] = at; /* grows to the end as rules come */
		at += cut->filled[c];
		if (c)
			s->cuts[c - 1] =
			    cut->cuts[((size_t)c << cut->shift) - 1];
	}
	s->n_rest = 0;
	for (uint32_t i = 0; i < cut->n; i++) {
		s->rule = cut->rules[i];
		if (!sl_class_cut_each(cut, i, put_rule, s))
			s->rest[s->n_rest++] = s->rule;
	}
}

/* Ranks of cell 'c'. */
static struct sl_class_span
cell_region(const struct split *s, struct sl_class_span in, uint32_t c)
{
	return (struct sl_class_span){c ? s->cuts[c - 1] : in.lo,
	    c + 1 < s->n_cells ? s->cuts[c] - 1 : in.hi};
}

static void
build_cells(struct build *b, const struct job *job, const struct plan *p,
    struct split *s, unsigned lists, unsigned *used)
{
	struct job sub = *job;
	uint32_t begin = 0;

	sub.lists = lists;
	sub.depth++;
	for (uint32_t c = 0; c < s->n_cells && !b->failed; c++) {
		unsigned its = 0;

		sub.rules = &s->entries[begin];
		sub.n = s->ends[c] - begin;
		begin = s->ends[c];
		sub.region[p->axis] = cell_region(s, job->region[p->axis], c);
		/* Two cells a packet: a second cut would make four. */
		if (p->axis == SL_CLASS_ANY_ID)
			sub.region[p->axis] = (struct sl_class_span){1, 0};
		s->cells[c] = sub.n ? build_node(b, &sub, &its) : SL_CLASS_NONE;
		*used = SL_MAX(*used, its);
	}
}

static uint32_t
write_node(struct build *b, const struct job *job, const struct plan *p,
    const struct split *s, uint32_t rest)
{
	struct sl_class_span in = job->region[p->axis];
	struct sl_class_node node = {.axis = (uint8_t)p->axis, .rest = rest};
	uint32_t n_ranks = in.hi - in.lo + 1, *out;
	/* A table by rank saves a search, where it is not much larger. */
	bool direct = n_ranks / 4 <= s->n_cells && n_ranks <= b->words_left;
	uint32_t n = direct ? n_ranks : 2 * s->n_cells - 1;

	out = add_words(b, n);
	if (!out)
		return SL_CLASS_NONE;
	b->words_left -= SL_MIN(b->words_left, n);
	node.direct = direct;
	node.lo = in.lo;
	node.n = direct ? n_ranks : s->n_cells;
	node.cells = (uint32_t)(out - b->words);
	node.cuts = node.cells + s->n_cells;
	if (!direct) {
		memcpy(out, s->cells, s->n_cells * sizeof(*out));
		memcpy(
		    out + s->n_cells, s->cuts, (s->n_cells - 1) * sizeof(*out));
		return add_node(b, &node);
	}
	for (uint32_t c = 0, i = 0; i < n_ranks; i++) {
		if (c + 1 < s->n_cells && s->cuts[c] <= in.lo + i)
			c++;
		out[i] = s->cells[c];
	}
	return add_node(b, &node);
}

static uint32_t
build_split(struct build *b, const struct job *job, const struct plan *p,
    unsigned *used)
{
	unsigned visits = visits_of(p->axis), in_rest = 0, in_cells = 0;
	uint32_t rest = SL_CLASS_NONE, node = SL_CLASS_NONE;
	struct job sub = *job;
	struct split s;

	look(b, job, p->axis);
	sl_class_cut_measure(&b->cut, p->shift);
	if (!split_alloc(&s, &b->cut)) {
		b->failed = true;
		return SL_CLASS_NONE;
	}
	split_rules(&s, &b->cut);
	b->words_left -= SL_MIN(b->words_left, words_of(&b->cut));
	sub.rules = s.rest;
	sub.n = s.n_rest;
	sub.depth++;
	/* The rest leaves the cells two lists a visit, if there are so many. */
	sub.lists = job->lists - visits * (job->lists > 2 * visits ? 2 : 1);
	if (sub.n)
		rest = build_node(b, &sub, &in_rest);
	build_cells(b, job, p, &s, (job->lists - in_rest) / visits, &in_cells);
	if (!b->failed)
		node = write_node(b, job, p, &s, rest);
	*used = in_rest + visits * in_cells;
	free(s.memory);
	return node;
}

/* The node of a job with rules, and how many lists it costs a packet. */
static uint32_t
build_node(struct build *b, const struct job *job, unsigned *used)
{
	/* Less than a sixteenth gained is not worth the way there. */
	struct plan best = {.score = job->n - SL_MAX(job->n / 16, 1u) + 1};
	uint32_t none = best.score;

	if (b->failed)
		return SL_CLASS_NONE;
	if (job->n <= LIST_ENOUGH || job->depth == DEPTH_MAX ||
	    b->cut.looks > b->looks_max)
		return build_list(b, job, used);
	for (unsigned axis = 0; axis < SL_CLASS_AXES; axis++)
		try_axis(b, job, (enum sl_class_axis)axis, &best);
	if (best.score == none)
		return build_list(b, job, used);
	return build_split(b, job, &best, used);
}

/* The whole. */

static int
build_init(
    struct build *b, uint8_t family, const struct sl_rule *rules, uint32_t n)
{
	b->words_left = (uint64_t)WORDS_A_RULE * n;
	b->looks_max = (uint64_t)LOOKS_A_RULE * n;
	if (sl_class_space_init(&b->space, family, rules, n))
		return -ENOMEM;
	return sl_class_cut_init(&b->cut, &b->space);
}

static void *
keep(struct sl_arena *memory, const void *data, size_t size, size_t *bytes)
{
	void *p = sl_arena_alloc(memory, size);

	if (p && size)
		memcpy(p, data, size);
	*bytes += size;
	return p;
}

static int
keep_ranks(struct sl_class_ranks *out, const struct build *b,
    enum sl_class_axis axis, struct sl_arena *memory, size_t *bytes)
{
	const unsigned __int128 *from = b->space.axis[axis].starts;
	uint32_t n = b->space.axis[axis].n_ranks, *to;
	bool broad = b->space.family == SL_IPV6 && axis <= SL_CLASS_DST;

	out->n = n;
	if (!n)
		return 0;
	if (broad) {
		out->broad = keep(memory, from, n * sizeof(*from), bytes);
		return out->broad ? 0 : -ENOMEM;
	}
	to = sl_arena_alloc(memory, n * sizeof(*to));
	for (uint32_t i = 0; to && i < n; i++)
		to[i] = (uint32_t)from[i];
	out->narrow = to;
	*bytes += n * sizeof(*to);
	return to ? 0 : -ENOMEM;
}

/* What was built, moved to where it lives. */
static int
keep_all(struct build *b, uint32_t root, struct sl_arena *memory,
    const struct sl_classifier **out)
{
	struct sl_classifier *c = sl_arena_alloc(memory, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->root = root;
	c->first = b->first;
	c->family = b->space.family;
	c->bytes = sizeof(*c);
	c->words =
	    keep(memory, b->words, b->n_words * sizeof(*b->words), &c->bytes);
	c->nodes =
	    keep(memory, b->nodes, b->n_nodes * sizeof(*b->nodes), &c->bytes);
	if (!c->words || !c->nodes)
		return -ENOMEM;
	for (unsigned i = 0; i < SL_CLASS_AXES; i++)
		if (keep_ranks(&c->ranks[i], b, (enum sl_class_axis)i, memory,
			&c->bytes))
			return -ENOMEM;
	*out = c;
	return 0;
}

static int
build_all(
    struct build *b, struct sl_arena *memory, const struct sl_classifier **out)
{
	uint32_t n = b->space.n_rules, root;
	uint32_t *all = sl_arena_alloc(&b->space.memory, n * sizeof(*all));
	struct job job = {.rules = all, .n = n, .lists = SL_CLASSIFY_LISTS};
	unsigned used = 0;

	if (!all)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		all[i] = i;
	for (unsigned i = 0; i < SL_CLASS_AXES; i++)
		if (b->space.axis[i].n_ranks)
			job.region[i].hi = b->space.axis[i].n_ranks - 1;
	root = build_node(b, &job, &used);
	if (b->failed)
		return -ENOMEM;
	SL_ASSERT(used <= SL_CLASSIFY_LISTS);
	if (root & SL_CLASS_LIST)
		return 0;
	return keep_all(b, root, memory, out);
}

/* The rules up to the last of the first few that any packet meets. */
static uint32_t
count_first(const struct sl_rule *rules, uint32_t n)
{
	uint32_t first = 0;

	for (uint32_t i = 0; i < SL_MIN(n, FIRST_MAX); i++)
		if (!sl_class_space_sees(&rules[i]))
			first = i + 1;
	return first;
}

int
sl_classify_build(struct sl_arena *memory, uint8_t family,
    const struct sl_rule *rules, uint32_t n, const struct sl_classifier **out)
{
	struct build b = {.first = count_first(rules, n)};
	int rc;

	*out = NULL;
	if (n == b.first)
		return 0;
	rc = build_init(&b, family, rules + b.first, n - b.first);
	if (!rc)
		rc = build_all(&b, memory, out);
	free(b.words);
	free(b.nodes);
	sl_class_space_fini(&b.space);
	return rc;
}
