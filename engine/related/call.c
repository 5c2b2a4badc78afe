/* SPDX-License-Identifier: Apache-2.0 */
#include <related/call.h>

#include <mirror/mirror.h>
#include <related/related.h>

#include <errno.h>
#include <string.h>

struct sl_call_state {
	struct sl_related *rel;
	struct sl_help_session *session;
	struct sl_draft *draft;
	uint32_t room;
};

/* An answer outside the contract is the helper's bug: seen, and without effect. */
static void
count_nonsense(void)
{
	sl_count(SL_COUNTER_HELPER_NONSENSE, 1);
}

static int
fail(const struct sl_call *call, int rc)
{
	call->engine->draft->failed = true;
	return rc;
}

static int
host_expect(const struct sl_call *call, const struct sl_expect *e,
    struct sl_endpoint *seen)
{
	struct sl_call_state *state = call->engine;

	return sl_expecting_add(state->rel, state->session, e, seen);
}

static void
host_withdraw(const struct sl_call *call, uint16_t pair)
{
	sl_expecting_withdraw(call->engine->rel, call->engine->session, pair);
}

/* Where a replacement of [off, off + len) belongs; -1: it overlaps another. */
static int
find_place(const struct sl_draft *d, uint32_t off, uint32_t len)
{
	uint32_t i = d->n;

	while (i > 0 && d->edits[i - 1].off >= off + (len == 0 ? 1 : 0))
		i--;
	if (i > 0 && d->edits[i - 1].off + d->edits[i - 1].old_len > off)
		return -1;
	if (i > 0 && len == 0 && d->edits[i - 1].off == off &&
	    d->edits[i - 1].old_len == 0)
		return -1;
	if (i < d->n && off + len > d->edits[i].off)
		return -1;
	return (int)i;
}

int32_t
sl_call_growth(const struct sl_draft *d)
{
	int32_t growth = 0;

	for (uint32_t i = 0; i < d->n; i++)
		growth += d->edits[i].new_len - d->edits[i].old_len;
	return growth;
}

static int
host_replace(const struct sl_call *call, uint32_t off, uint32_t len,
    const void *bytes, uint32_t n)
{
	struct sl_draft *d = call->engine->draft;
	uint32_t total = call->payload.len;
	int place;

	if (off > total || len > total - off || total == 0 || len > UINT16_MAX)
		return fail(call, -ERANGE);
	if (n > SL_HELP_REPLACE_MAX || d->n == SL_HELP_EDITS_MAX)
		return fail(call, -ENOBUFS);
	place = find_place(d, off, len);
	if (place < 0)
		return fail(call, -ERANGE);
	if ((int64_t)total + sl_call_growth(d) + n - len > call->engine->room)
		return fail(call, -EMSGSIZE);
	memmove(&d->edits[place + 1], &d->edits[place],
	    (d->n - (uint32_t)place) * sizeof(d->edits[0]));
	d->edits[place] = (struct sl_draft_edit){
	    .off = off,
	    .old_len = (uint16_t)len,
	    .new_len = (uint16_t)n,
	    .bytes = d->bytes + d->filled,
	};
	if (n)
		memcpy(d->bytes + d->filled, bytes, n);
	d->filled += n;
	d->n++;
	return 0;
}

static void
host_keep(const struct sl_call *call, uint32_t ms)
{
	struct sl_help_session *s = call->engine->session;
	uint64_t until = call->now_ns + ms * SL_NS_PER_MS;

	s->keep_ns = SL_MAX(s->keep_ns, until);
}

static void
host_count(const struct sl_call *call, uint32_t counter)
{
	struct sl_call_state *state = call->engine;

	if (counter >= SL_HELP_COUNTERS_MAX) {
		count_nonsense();
		return;
	}
	sl_bump_relaxed(
	    &state->session->helper->use[state->rel->worker].counters[counter],
	    1);
}

static int
host_subnet(const struct sl_call *call, struct sl_addr *net, uint8_t *prefix)
{
	const struct sl_addr *asked = &call->tuples[SL_ORIG].dst;

	if (call->family != SL_IPV4 ||
	    !sl_mirror_subnet_rcu(asked, net, prefix))
		return -ENOENT;
	return 0;
}

static const struct sl_host host = {
    .size = sizeof(struct sl_host),
    .expect = host_expect,
    .replace = host_replace,
    .withdraw = host_withdraw,
    .keep = host_keep,
    .count = host_count,
    .subnet = host_subnet,
};

/* An insertion takes a neighbour with it, so that no two numbers of the sender
 * mean one place.  False: both neighbours are replaced, too. */
static bool
widen(struct sl_draft *d, uint32_t i, const struct sl_span *payload)
{
	struct sl_draft_edit *e = &d->edits[i];
	uint32_t before = i > 0 ? e[-1].off + e[-1].old_len : 0;
	uint32_t after = i + 1 < d->n ? e[1].off : d->used;
	uint8_t *bytes = d->bytes + d->filled;
	uint32_t at;

	if (e->off > before) {
		e->off--;
		bytes[0] = payload->data[e->off];
		at = 1;
	} else if (e->off < after) {
		bytes[e->new_len] = payload->data[e->off];
		at = 0;
	} else {
		return false;
	}
	memcpy(bytes + at, e->bytes, e->new_len);
	e->bytes = bytes;
	e->new_len++;
	e->old_len = 1;
	d->filled += e->new_len;
	return true;
}

static bool
is_sound(struct sl_draft *d, const struct sl_span *payload)
{
	if (d->failed)
		return false;
	for (uint32_t i = 0; i < d->n; i++)
		if (d->edits[i].off + d->edits[i].old_len > d->used)
			return false;
	for (uint32_t i = 0; i < d->n; i++)
		if (d->edits[i].old_len == 0 && !widen(d, i, payload))
			return false;
	return true;
}

void
sl_call_renew(struct sl_related *rel, struct sl_help_session *s)
{
	struct sl_helper *next = sl_rcu_read(&s->helper->successor);

	if (next) {
		sl_bump_relaxed(
		    &s->helper->use[rel->worker].sessions, (uint64_t)-1);
		sl_bump_relaxed(&next->use[rel->worker].sessions, 1);
		s->helper = next;
	}
	if (sl_load_relaxed(&s->helper->is_off))
		s->quiet = true;
}

static enum sl_help
call(struct sl_related *rel, const struct sl_showing *show)
{
	struct sl_help_session *s = show->session;
	struct sl_call_state state = {rel, s, &rel->draft, show->room};
	struct sl_tuple tuples[SL_DIRS];
	struct sl_call call = {
	    .size = sizeof(call),
	    .dir = show->dir,
	    .flags = show->flags,
	    .l4proto = s->conn->l4proto,
	    .family = s->conn->family,
	    .payload = show->payload,
	    .used = &rel->draft.used,
	    .stream_off = show->stream_off,
	    .tuples = tuples,
	    .options = sl_rcu_read(&s->helper->options),
	    .priv = s->priv,
	    .now_ns = show->now_ns,
	    .host = &host,
	    .engine = &state,
	};

	sl_conn_tuple(s->conn, SL_ORIG, &tuples[SL_ORIG]);
	sl_conn_tuple(s->conn, SL_REPLY, &tuples[SL_REPLY]);
	return s->helper->ops.data(&call);
}

bool
sl_call_run(struct sl_related *rel, const struct sl_showing *show)
{
	struct sl_help_session *s = show->session;
	struct sl_draft *d = &rel->draft;
	enum sl_help help;

	d->n = d->filled = 0;
	d->failed = false;
	d->used = show->payload.len;
	memcpy(d->priv, s->priv, sizeof(d->priv));
	help = call(rel, show);
	if (d->used > show->payload.len) {
		count_nonsense();
		d->used = show->payload.len;
	}
	if (help == SL_HELP_DETACH)
		s->quiet = true;
	else if (help != SL_HELP_PASS)
		goto undo;
	if (show->flags & SL_CALL_LAST)
		d->used = show->payload.len;
	if (is_sound(d, &show->payload))
		return true;
	count_nonsense();
	s->quiet = false;
undo:
	sl_call_undo(rel, s);
	return false;
}

void
sl_call_commit(struct sl_related *rel, struct sl_help_session *s)
{
	sl_expecting_commit(rel, s);
}

void
sl_call_undo(struct sl_related *rel, struct sl_help_session *s)
{
	memcpy(s->priv, rel->draft.priv, sizeof(s->priv));
	sl_expecting_rollback(rel, s);
}
