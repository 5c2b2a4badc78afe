/* SPDX-License-Identifier: Apache-2.0 */
#include "table_fixture.h"

#include <base/rcu.h>
#include <conn/pages.h>
#include <conn/table.h>

#include <ck_ht.h>
#include <stdlib.h>
#include <urcu/rculfhash.h>

/* A timeout far away and not all the same, as deadlines are. */
#define TIMEOUT_NS (600 * SL_NS_PER_SEC)

struct query {
	struct sl_tuple tuple;
	uint64_t hash;
};

/* What the two reference tables find: a connection of the same size, whose
 * first lines hold the keys. */
struct other {
	struct cds_lfht_node nodes[SL_DIRS];
	struct sl_tuple tuples[SL_DIRS];
	uint64_t deadline_ns;
	uint8_t rest[192 - 2 * 16 - 2 * 40 - 8];
};

struct line {
	uint64_t word[SL_CACHE_LINE / 8];
};

/* The limit's slots lie as far apart as connections do. */
struct slot {
	struct line lines[3];
};

struct tb {
	enum tb_kind kind;
	uint32_t n;
	uint32_t next;		  /* query */
	struct query *queries[2]; /* by enum tb_want */
	struct sl_table *table;
	struct cds_lfht *lfht;
	ck_ht_t ck;
	struct other *others;
	struct line *first; /* limit: the index line names a slot */
	struct slot *second;
	uint32_t *order; /* limit: which index line */
};

static struct sl_tuple
nth(uint32_t n)
{
	struct sl_tuple t = {0};

	t.src.u.w[0] = htonl(0x0a000000 + n / 50000);
	t.dst.u.w[0] = htonl(0xc6336400 + n % 251);
	t.src_id = htons((uint16_t)(1024 + n % 50000));
	t.dst_id = htons(443);
	t.l4proto = IPPROTO_TCP;
	t.family = SL_IPV4;
	return t;
}

static uint64_t
xorshift(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

/* Queries for connections 'from' to 'from' + n in random order, either way. */
static struct query *
make_queries(uint32_t from, uint32_t n)
{
	struct query *q = malloc(n * sizeof(*q));
	uint64_t x = 88172645463325252ull;

	if (!q)
		return NULL;
	for (uint32_t i = 0; i < n; i++) {
		struct sl_tuple t = nth(from + i);

		if (i & 1)
			sl_tuple_invert(&t, &q[i].tuple);
		else
			q[i].tuple = t;
		q[i].hash = sl_tuple_hash(&q[i].tuple);
	}
	for (uint32_t i = n - 1; i > 0; i--) {
		uint32_t k = (uint32_t)(xorshift(&x) % (i + 1));
		struct query swap = q[i];

		q[i] = q[k];
		q[k] = swap;
	}
	return q;
}

/* Every subject has huge pages, so that layouts are compared and not TLBs. */
static void *
large(size_t len)
{
	return sl_pages_new(len, SL_PAGES_LARGE);
}

static void
ck_hash(ck_ht_hash_t *h, const void *key, size_t len, uint64_t seed)
{
	(void)len;
	(void)seed;
	h->value = sl_tuple_hash(key);
}

static void *
ck_alloc(size_t len)
{
	return malloc(len);
}

static void
ck_release(void *p, size_t len, bool defer)
{
	(void)len;
	(void)defer;
	free(p);
}

static struct ck_malloc ck_memory = {.malloc = ck_alloc, .free = ck_release};

/* Index lines and slots in random relation; each slot is named once. */
static bool
limit_new(struct tb *tb)
{
	uint64_t x = 362436069;

	tb->first = large(tb->n * sizeof(struct line));
	tb->second = large(tb->n * sizeof(struct slot));
	tb->order = malloc(tb->n * sizeof(uint32_t));
	if (!tb->first || !tb->second || !tb->order)
		return false;
	memset(tb->second, 0, tb->n * sizeof(struct slot)); /* page it in */
	for (uint32_t i = 0; i < tb->n; i++) {
		tb->first[i].word[0] = i;
		tb->order[i] = i;
	}
	for (uint32_t i = tb->n - 1; i > 0; i--) {
		uint32_t k = (uint32_t)(xorshift(&x) % (i + 1));
		uint32_t m = (uint32_t)(xorshift(&x) % (i + 1));
		uint64_t line = tb->first[i].word[0];
		uint32_t swap = tb->order[i];

		tb->first[i].word[0] = tb->first[k].word[0];
		tb->first[k].word[0] = line;
		tb->order[i] = tb->order[m];
		tb->order[m] = swap;
	}
	return true;
}

static bool
subject_new(struct tb *tb)
{
	switch (tb->kind) {
	case TB_SLUICE:
		tb->table = sl_table_new(1, tb->n, NULL);
		return tb->table != NULL;
	case TB_CDS_LFHT:
		tb->lfht = cds_lfht_new_flavor(1024, 1024, 0,
		    CDS_LFHT_AUTO_RESIZE | CDS_LFHT_ACCOUNTING,
		    &urcu_qsbr_flavor, NULL);
		tb->others = large(tb->n * sizeof(struct other));
		return tb->lfht && tb->others;
	case TB_CK_HT:
		tb->others = large(tb->n * sizeof(struct other));
		return tb->others && ck_ht_init(&tb->ck, CK_HT_MODE_BYTESTRING,
					 ck_hash, &ck_memory, 1024, 1);
	case TB_LIMIT:
		return limit_new(tb);
	}
	return false;
}

struct tb *
tb_new(enum tb_kind kind, uint32_t n)
{
	struct tb *tb = calloc(1, sizeof(*tb));

	if (!tb)
		return NULL;
	tb->kind = kind;
	tb->n = n;
	sl_role_enter(SL_ROLE_MAIN | SL_ROLE_WORKER, 0, "bench");
	sl_clock_tick();
	sl_rcu_register();
	sl_rcu_online();
	tb->queries[TB_HIT] = make_queries(0, n);
	tb->queries[TB_MISS] = make_queries(1u << 30, n);
	if (tb->queries[TB_HIT] && tb->queries[TB_MISS] && subject_new(tb))
		return tb;
	tb_free(tb);
	return NULL;
}

static void
free_lfht(struct tb *tb)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	cds_lfht_first(tb->lfht, &iter);
	while ((node = cds_lfht_iter_get_node(&iter))) {
		cds_lfht_del(tb->lfht, node);
		cds_lfht_next(tb->lfht, &iter);
	}
	sl_rcu_offline();
	cds_lfht_destroy(tb->lfht, NULL);
}

void
tb_free(struct tb *tb)
{
	if (tb->lfht)
		free_lfht(tb);
	sl_rcu_offline();
	sl_table_free(tb->table);
	sl_rcu_unregister();
	if (tb->ck.map)
		ck_ht_destroy(&tb->ck);
	sl_pages_free(tb->others, tb->n * sizeof(struct other));
	sl_pages_free(tb->first, tb->n * sizeof(struct line));
	sl_pages_free(tb->second, tb->n * sizeof(struct slot));
	free(tb->order);
	free(tb->queries[TB_HIT]);
	free(tb->queries[TB_MISS]);
	free(tb);
}

static void
insert_sluice(struct tb *tb, uint32_t n)
{
	struct sl_shard *shard = sl_table_shard(tb->table, 0);
	struct sl_tuple t = nth(n);
	enum sl_drop_reason reason;
	struct sl_conn *c = sl_shard_alloc(shard, &t, sl_now_ns(), &reason);

	SL_ASSERT(c);
	sl_shard_refresh(shard, c, sl_now_ns() + TIMEOUT_NS + n);
	if (sl_shard_insert(shard, c, sl_now_ns()))
		SL_ASSERT(!"insert");
	if (n % TB_BATCH == 0) {
		sl_rcu_quiescent();
		sl_shard_tick(shard, sl_now_ns());
	}
}

static struct other *
make_other(struct tb *tb, uint32_t n)
{
	struct other *o = &tb->others[n];

	memset(o, 0, sizeof(*o));
	o->tuples[SL_ORIG] = nth(n);
	sl_tuple_invert(&o->tuples[SL_ORIG], &o->tuples[SL_REPLY]);
	return o;
}

static int
lfht_match(struct cds_lfht_node *node, const void *key)
{
	/* Nodes are the first members: the low bits tell which. */
	struct other *o =
	    (struct other *)((uintptr_t)node & ~(uintptr_t)(SL_CACHE_LINE - 1));

	return sl_tuple_equal(&o->tuples[node == &o->nodes[1]], key);
}

static void
insert_lfht(struct tb *tb, uint32_t n)
{
	struct other *o = make_other(tb, n);

	for (int dir = 0; dir < SL_DIRS; dir++)
		if (cds_lfht_add_unique(tb->lfht,
			sl_tuple_hash(&o->tuples[dir]), lfht_match,
			&o->tuples[dir], &o->nodes[dir]) != &o->nodes[dir])
			SL_ASSERT(!"add_unique");
	if (n % TB_BATCH == 0)
		sl_rcu_quiescent();
}

static void
insert_ck(struct tb *tb, uint32_t n)
{
	struct other *o = make_other(tb, n);

	for (int dir = 0; dir < SL_DIRS; dir++) {
		ck_ht_hash_t h = {sl_tuple_hash(&o->tuples[dir])};
		ck_ht_entry_t entry;

		ck_ht_entry_set(
		    &entry, h, &o->tuples[dir], sizeof(struct sl_tuple), o);
		if (!ck_ht_put_spmc(&tb->ck, h, &entry))
			SL_ASSERT(!"put");
	}
}

void
tb_fill(struct tb *tb)
{
	for (uint32_t n = 0; n < tb->n; n++) {
		if (tb->kind == TB_SLUICE)
			insert_sluice(tb, n);
		else if (tb->kind == TB_CDS_LFHT)
			insert_lfht(tb, n);
		else if (tb->kind == TB_CK_HT)
			insert_ck(tb, n);
	}
}

static bool
look_sluice(struct tb *tb, const struct query *q)
{
	enum sl_dir dir;
	struct sl_conn *c = sl_table_lookup_rcu(
	    tb->table, 0, &q->tuple, q->hash, sl_now_ns(), &dir);

	if (!c)
		return false;
	sl_shard_refresh(
	    sl_table_shard(tb->table, 0), c, sl_now_ns() + TIMEOUT_NS + dir);
	return true;
}

static bool
look_lfht(struct tb *tb, const struct query *q)
{
	struct cds_lfht_iter iter;
	struct cds_lfht_node *node;

	cds_lfht_lookup(tb->lfht, q->hash, lfht_match, &q->tuple, &iter);
	node = cds_lfht_iter_get_node(&iter);
	if (!node)
		return false;
	((struct other *)((uintptr_t)node & ~(uintptr_t)(SL_CACHE_LINE - 1)))
	    ->deadline_ns = TIMEOUT_NS;
	return true;
}

static bool
look_ck(struct tb *tb, const struct query *q)
{
	ck_ht_hash_t h = {q->hash};
	ck_ht_entry_t entry;

	ck_ht_entry_key_set(&entry, &q->tuple, sizeof(q->tuple));
	if (!ck_ht_get_spmc(&tb->ck, h, &entry))
		return false;
	((struct other *)ck_ht_entry_value(&entry))->deadline_ns = TIMEOUT_NS;
	return true;
}

static const struct query *
take_queries(struct tb *tb, enum tb_want want, uint32_t n)
{
	if (tb->next + n > tb->n)
		tb->next = 0;
	tb->next += n;
	return &tb->queries[want][tb->next - n];
}

uint64_t
tb_lookup_single(struct tb *tb, enum tb_want want, uint32_t count)
{
	uint64_t found = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct query *q = take_queries(tb, want, 1);

		if (tb->kind == TB_SLUICE)
			found += look_sluice(tb, q);
		else if (tb->kind == TB_CDS_LFHT)
			found += look_lfht(tb, q);
		else
			found += look_ck(tb, q);
	}
	return found;
}

static uint64_t
limit_batch(struct tb *tb)
{
	uint32_t *order;

	if (tb->next + TB_BATCH > tb->n)
		tb->next = 0;
	order = &tb->order[tb->next];
	tb->next += TB_BATCH;
	for (int i = 0; i < TB_BATCH; i++)
		sl_prefetch(&tb->first[order[i]]);
	for (int i = 0; i < TB_BATCH; i++)
		sl_prefetch_write(&tb->second[tb->first[order[i]].word[0]]);
	for (int i = 0; i < TB_BATCH; i++)
		tb->second[tb->first[order[i]].word[0]].lines[0].word[0] += i;
	return TB_BATCH;
}

static uint64_t
sluice_batch(struct tb *tb, const struct query *q)
{
	struct sl_shard *shard = sl_table_shard(tb->table, 0);
	uint64_t found = 0;

	for (int i = 0; i < TB_BATCH; i++)
		sl_shard_prefetch_index(shard, q[i].hash);
	for (int i = 0; i < TB_BATCH; i++)
		sl_shard_prefetch_conn(shard, q[i].hash);
	for (int i = 0; i < TB_BATCH; i++)
		found += look_sluice(tb, &q[i]);
	return found;
}

uint64_t
tb_lookup_batch(struct tb *tb, enum tb_want want, uint32_t count)
{
	uint64_t found = 0;

	if (tb->kind == TB_CDS_LFHT || tb->kind == TB_CK_HT)
		return tb_lookup_single(tb, want, count);
	for (uint32_t i = 0; i < count; i += TB_BATCH) {
		if (tb->kind == TB_LIMIT)
			found += limit_batch(tb);
		else
			found +=
			    sluice_batch(tb, take_queries(tb, want, TB_BATCH));
	}
	return found;
}

double
tb_bytes_per_connection(const struct tb *tb)
{
	return tb->table ? (double)sl_table_bytes_rcu(tb->table) / tb->n : 0;
}
