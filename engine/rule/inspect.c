/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/inspect.h>

#include <conn/pages.h>
#include <conn/watch.h>
#include <rule/live.h>
#include <rule/tls_stream.h>

#include <base/counters.h>

#include <errno.h>

#define BUCKETS (SL_INSPECT_MAX / 2)

struct table {
	struct sl_inspect *records; /* number 0 is none */
	uint32_t *buckets;	    /* first record of a chain */
	uint32_t used, free;	    /* ever used; list through 'next' */
	struct sl_cells l7, tls;
};

/* SL_CONST once a ruleset needs them. */
static struct {
	SL_ALIGNED(SL_CACHE_LINE) struct table one;
} tables[SL_WORKERS_MAX];

static struct table *
mine(void)
{
	return &tables[sl_role_worker].one;
}

static uint32_t *
bucket_of(const struct table *t, const struct sl_conn *c)
{
	uint64_t h = (uint64_t)(uintptr_t)c / SL_CACHE_LINE;

	h *= 0x9e3779b97f4a7c15ull; /* Fibonacci hashing; the table is ours */
	return &t->buckets[h >> 32 & (BUCKETS - 1)];
}

struct sl_inspect *
sl_inspect_find(struct sl_conn *c)
{
	struct table *t = mine();
	uint32_t number;

	if (!sl_conn_has(c, SL_CONN_INSPECTED))
		return NULL;
	for (number = *bucket_of(t, c); number;
	     number = t->records[number].next)
		if (t->records[number].conn == c)
			return &t->records[number];
	return NULL;
}

struct sl_inspect *
sl_inspect_get(struct sl_conn *c)
{
	struct sl_inspect *r = sl_inspect_find(c);
	struct table *t = mine();
	uint32_t *bucket, number = t->free;

	if (r)
		return r;
	if (number) {
		t->free = t->records[number].next;
	} else if (t->used < SL_INSPECT_MAX) {
		number = t->used++;
	} else {
		sl_count(SL_COUNTER_INSPECT_REFUSED, 1);
		return NULL;
	}
	bucket = bucket_of(t, c);
	r = &t->records[number];
	*r = (struct sl_inspect){.conn = c, .next = *bucket, .number = number};
	*bucket = number;
	sl_conn_set_bits_owned(c, SL_CONN_INSPECTED);
	return r;
}

/* Takes the record out of its chain. */
static void
forget(struct sl_inspect *r)
{
	struct table *t = mine();
	uint32_t *link = bucket_of(t, r->conn);

	while (*link != r->number)
		link = &t->records[*link].next;
	*link = r->next;
	r->next = t->free;
	t->free = r->number;
	sl_store_relaxed(&r->conn->bits,
	    sl_conn_bits(r->conn) & ~(uint32_t)SL_CONN_INSPECTED);
	r->conn = NULL;
}

static void
forget_if_idle(struct sl_inspect *r)
{
	if (!r->l7_cell && !r->l7_n && !r->tls_wanted)
		forget(r);
}

static void
give_cells(struct sl_inspect *r)
{
	struct table *t = mine();

	if (r->l7_cell)
		sl_cells_give(&t->l7, r->l7_cell);
	if (r->tls_cell)
		sl_cells_give(&t->tls, r->tls_cell);
	r->l7_cell = r->tls_cell = 0;
}

void
sl_inspect_end_l7(struct sl_inspect *r)
{
	if (r->l7_cell)
		sl_cells_give(&mine()->l7, r->l7_cell);
	r->l7_cell = 0;
	r->l7_over = true;
	if (!r->l7_n)
		sl_conn_set_bits_owned(r->conn, SL_CONN_L7_UNKNOWN);
	forget_if_idle(r);
}

void
sl_inspect_end_tls(struct sl_inspect *r, bool for_good)
{
	if (r->tls_cell)
		sl_cells_give(&mine()->tls, r->tls_cell);
	r->tls_cell = 0;
	r->tls_wanted = r->tls_known = false;
	if (for_good)
		sl_conn_set_bits_owned(r->conn, SL_CONN_TLS_OVER);
	forget_if_idle(r);
}

struct sl_l7_cell *
sl_inspect_l7_cell(struct sl_inspect *r)
{
	struct table *t = mine();
	struct sl_l7_cell *cell;

	if (r->l7_cell)
		return sl_cells_at(&t->l7, r->l7_cell);
	cell = sl_cells_take(&t->l7, r->number);
	if (!cell) {
		sl_count(SL_COUNTER_INSPECT_CUT, 1);
		sl_inspect_end_l7(&t->records[sl_cells_oldest(&t->l7)->owner]);
		cell = sl_cells_take(&t->l7, r->number);
	}
	cell->len = 0;
	r->l7_cell = cell->cell.number;
	return cell;
}

struct sl_tls_cell *
sl_inspect_tls_cell(struct sl_inspect *r)
{
	struct table *t = mine();
	struct sl_tls_cell *cell;

	if (r->tls_cell)
		return sl_cells_at(&t->tls, r->tls_cell);
	cell = sl_cells_take(&t->tls, r->number);
	if (!cell) {
		sl_count(SL_COUNTER_INSPECT_CUT, 1);
		sl_inspect_end_tls(
		    &t->records[sl_cells_oldest(&t->tls)->owner], false);
		cell = sl_cells_take(&t->tls, r->number);
	}
	sl_tls_hello_start(&cell->hello);
	r->tls_cell = cell->cell.number;
	return cell;
}

/* The connection ended. */
static void
gone(struct sl_conn *c)
{
	struct sl_inspect *r = sl_inspect_find(c);

	if (!r)
		return;
	give_cells(r);
	forget(r);
}

static int
prepare(struct table *t)
{
	if (!t->buckets)
		t->buckets =
		    sl_pages_new(BUCKETS * sizeof(*t->buckets), SL_PAGES_SMALL);
	if (!t->l7.memory && t->buckets)
		sl_cells_init(&t->l7, sizeof(struct sl_l7_cell), SL_L7_CELLS);
	if (!t->tls.memory && t->l7.memory)
		sl_cells_init(
		    &t->tls, sizeof(struct sl_tls_cell), SL_TLS_CELLS);
	if (!t->tls.memory)
		return -ENOMEM;
	t->records =
	    sl_pages_new(SL_INSPECT_MAX * sizeof(*t->records), SL_PAGES_SMALL);
	t->used = 1;
	return t->records ? 0 : -ENOMEM;
}

int
sl_inspect_prepare(struct sl_err *err)
{
	for (uint16_t i = 0; i < sl_live_workers(); i++)
		if (!tables[i].one.records && prepare(&tables[i].one))
			return sl_err_set(err, -ENOMEM, "out of memory");
	return 0;
}

void
sl_inspect_init(void)
{
	sl_conn_watch(SL_CONN_INSPECTED, gone);
}

void
sl_inspect_fini(void)
{
	sl_conn_watch(SL_CONN_INSPECTED, NULL);
	for (unsigned i = 0; i < SL_WORKERS_MAX; i++) {
		struct table *t = &tables[i].one;

		sl_pages_free(t->buckets, BUCKETS * sizeof(*t->buckets));
		sl_pages_free(t->records, SL_INSPECT_MAX * sizeof(*t->records));
		sl_cells_fini(&t->l7);
		sl_cells_fini(&t->tls);
		*t = (struct table){0};
	}
}
