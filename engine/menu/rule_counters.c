/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/rule_counters.h>

struct sl_rule_counter {
	struct sl_rule_counter *next; /* of the same bucket */
	struct sl_live *live;
	uint64_t id;
	uint32_t round;
};

static struct sl_rule_counter **
bucket_of(const struct sl_rule_counters *c, uint64_t id)
{
	return &c->buckets[id & (c->n_buckets - 1)]; /* ids count up */
}

static struct sl_rule_counter *
find(const struct sl_rule_counters *c, uint64_t id)
{
	struct sl_rule_counter *e = c->n_buckets ? *bucket_of(c, id) : NULL;

	while (e && e->id != id)
		e = e->next;
	return e;
}

static bool
grow(struct sl_rule_counters *c)
{
	struct sl_rule_counters bigger = *c;
	struct sl_rule_counter *e, *next;

	bigger.n_buckets = c->n_buckets ? c->n_buckets * 2 : 16;
	bigger.buckets = calloc(bigger.n_buckets, sizeof(*bigger.buckets));
	if (!bigger.buckets)
		return false;
	for (uint32_t i = 0; i < c->n_buckets; i++) {
		for (e = c->buckets[i]; e; e = next) {
			struct sl_rule_counter **b = bucket_of(&bigger, e->id);

			next = e->next;
			e->next = *b;
			*b = e;
		}
	}
	free(c->buckets);
	*c = bigger;
	return true;
}

static struct sl_rule_counter *
add(struct sl_rule_counters *c, uint64_t id)
{
	struct sl_rule_counter *e, **bucket;

	if (c->n >= c->n_buckets && !grow(c))
		return NULL;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->live = sl_live_new();
	if (!e->live) {
		free(e);
		return NULL;
	}
	e->id = id;
	bucket = bucket_of(c, id);
	e->next = *bucket;
	*bucket = e;
	c->n++;
	return e;
}

void
sl_rule_counters_begin(struct sl_rule_counters *c)
{
	c->round++;
}

struct sl_live *
sl_rule_counters_want(struct sl_rule_counters *c, uint64_t id)
{
	struct sl_rule_counter *e = find(c, id);

	if (!e)
		e = add(c, id);
	if (!e)
		return NULL;
	e->round = c->round;
	return e->live;
}

static void
drop_others(struct sl_rule_counters *c, uint32_t round)
{
	for (uint32_t i = 0; i < c->n_buckets; i++) {
		struct sl_rule_counter **at = &c->buckets[i], *e;

		while ((e = *at)) {
			if (e->round == round) {
				at = &e->next;
				continue;
			}
			*at = e->next;
			sl_live_put(e->live);
			free(e);
			c->n--;
		}
	}
}

void
sl_rule_counters_end(struct sl_rule_counters *c)
{
	drop_others(c, c->round);
}

struct sl_live *
sl_rule_counters_find(const struct sl_rule_counters *c, uint64_t id)
{
	struct sl_rule_counter *e = find(c, id);

	return e ? e->live : NULL;
}

void
sl_rule_counters_reset_all(struct sl_rule_counters *c)
{
	for (uint32_t i = 0; i < c->n_buckets; i++)
		for (struct sl_rule_counter *e = c->buckets[i]; e; e = e->next)
			sl_live_reset(e->live);
}

void
sl_rule_counters_fini(struct sl_rule_counters *c)
{
	drop_others(c, c->round + 1); /* no entry is of a round to come */
	free(c->buckets);
	*c = (struct sl_rule_counters){0};
}
