/* SPDX-License-Identifier: Apache-2.0 */
#include <related/help_session.h>

#include <related/related.h>

#include <errno.h>
#include <string.h>

int
sl_help_sessions_init(struct sl_help_sessions *t)
{
	*t = (struct sl_help_sessions){
	    .store.max = (uint64_t)SL_HELP_SESSIONS_MAX * 2 *
			 sizeof(struct sl_help_session),
	};
	t->buckets = calloc(SL_HELP_SESSION_BUCKETS, sizeof(*t->buckets));
	return t->buckets ? 0 : -ENOMEM;
}

void
sl_help_sessions_fini(struct sl_related *rel)
{
	struct sl_help_sessions *t = &rel->sessions;

	for (uint32_t i = 0; t->buckets && i < SL_HELP_SESSION_BUCKETS; i++)
		while (t->buckets[i])
			sl_help_session_end(rel, t->buckets[i]);
	free(t->buckets);
	t->buckets = NULL;
	sl_store_fini(&t->store);
}

static struct sl_help_session **
bucket_of(const struct sl_help_sessions *t, const struct sl_conn *c)
{
	uint64_t h = (uint64_t)(uintptr_t)c / SL_CACHE_LINE;

	h *= 0x9e3779b97f4a7c15ull; // Fibonacci hashing: the table is ours
	return &t->buckets[h >> 32 & (SL_HELP_SESSION_BUCKETS - 1)];
}

struct sl_help_session *
sl_help_session_find(const struct sl_related *rel, const struct sl_conn *c)
{
	struct sl_help_session *s = *bucket_of(&rel->sessions, c);

	while (s && s->conn != c)
		s = s->next;
	return s;
}

static void
count_use(struct sl_related *rel, struct sl_helper *h, int64_t by)
{
	sl_bump_relaxed(&h->use[rel->worker].sessions, (uint64_t)by);
}

struct sl_help_session *
sl_help_session_begin(
    struct sl_related *rel, struct sl_conn *c, struct sl_helper *helper)
{
	struct sl_help_sessions *t = &rel->sessions;
	bool known = sl_conn_has(c, SL_CONN_SEEN_REPLY | SL_CONN_EXPECTED);
	uint32_t max = known ? SL_HELP_SESSIONS_MAX : SL_HELP_SESSIONS_MAX / 2;
	struct sl_help_session *s, **bucket;

	s = t->n < max ? sl_store_take(&t->store, sizeof(*s), NULL) : NULL;
	if (!s) {
		sl_count(SL_COUNTER_HELPER_FULL, 1);
		return NULL;
	}
	bucket = bucket_of(t, c);
	memset(s, 0, sizeof(*s));
	s->conn = c;
	s->helper = helper;
	s->next = *bucket;
	*bucket = s;
	t->n++;
	count_use(rel, helper, 1);
	sl_conn_set_bits_owned(c, SL_CONN_HELPED);
	return s;
}

void
sl_help_session_end(struct sl_related *rel, struct sl_help_session *s)
{
	struct sl_help_sessions *t = &rel->sessions;
	struct sl_help_session **link = bucket_of(t, s->conn);

	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
	t->n--;
	sl_expecting_end(rel, s);
	for (int d = 0; d < SL_DIRS; d++)
		sl_stream_end(&s->stream[d], &rel->store);
	count_use(rel, s->helper, -1);
	sl_store_give(&t->store, s, sizeof(*s));
}
