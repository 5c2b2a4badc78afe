/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/mark.h>

#include <base/atomic.h>

#include <errno.h>
#include <string.h>

#define BUCKETS 4096u

static const char *packet_names[SL_PACKET_MARKS_MAX + 1]; /* [0]: no-mark */
static const char *conn_names[SL_CONN_MARKS_MAX + 1];
static uint16_t packet_next[SL_PACKET_MARKS_MAX + 1]; /* same bucket; control */
static uint16_t conn_next[SL_CONN_MARKS_MAX + 1];

static struct {
	const char **names;
	uint16_t *next;
	uint32_t max;
	uint16_t buckets[BUCKETS]; /* numbers; 0: empty.  Control only */
	SL_ATOMIC(uint32_t) n;
} tables[SL_MARK_KINDS] = {
    [SL_MARK_PACKET] = {packet_names, packet_next, SL_PACKET_MARKS_MAX},
    [SL_MARK_CONN] = {conn_names, conn_next, SL_CONN_MARKS_MAX},
};

static uint32_t
bucket_of(const char *name)
{
	uint32_t h = 5381;

	while (*name)
		h = h * 33 + (uint8_t)*name++;
	return h % BUCKETS;
}

int
sl_mark_number(enum sl_mark_kind kind, const char *name)
{
	uint16_t *bucket = &tables[kind].buckets[bucket_of(name)];
	uint32_t n = sl_load_relaxed(&tables[kind].n) + 1;
	char *copy;

	if (strcmp(name, SL_NO_MARK) == 0)
		return 0;
	for (uint16_t i = *bucket; i; i = tables[kind].next[i])
		if (strcmp(tables[kind].names[i], name) == 0)
			return i;
	if (n > tables[kind].max)
		return -ENOSPC;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	tables[kind].names[n] = copy;
	tables[kind].next[n] = *bucket;
	*bucket = (uint16_t)n;
	sl_store_release(&tables[kind].n, n); /* pairs with sl_mark_name() */
	return (int)n;
}

const char *
sl_mark_name(enum sl_mark_kind kind, uint32_t number)
{
	if (number == 0 || number > sl_load_acquire(&tables[kind].n))
		return SL_NO_MARK; /* pairs with sl_mark_number() */
	return tables[kind].names[number];
}
