/* SPDX-License-Identifier: Apache-2.0 */
#include <related/expecting.h>

#include <base/log.h>
#include <mirror/mirror.h>
#include <related/public_end.h>
#include <related/related.h>
#include <related/tie.h>

#include <errno.h>

#define SLICE_NS    SL_NS_PER_MS
#define LOG_GAP_NS  SL_NS_PER_SEC
#define PORT_LOWEST 1024

/* A wish on its way through the checks. */
struct wish {
	struct sl_related *rel;
	struct sl_help_session *session;
	struct sl_expect e; /* our copy */
	struct sl_tuple t[SL_DIRS];
	unsigned ids;
	bool receiver_id;
	const char *why; /* it is refused */
};

void
sl_expected_init(struct sl_expected *x)
{
	*x = (struct sl_expected){0};
	CDS_INIT_LIST_HEAD(&x->all);
}

/* Form. */

static bool
is_of_family(const struct wish *w, const struct sl_addr *addr)
{
	return w->t[0].family == SL_IPV6 ||
	       !(addr->u.w[1] | addr->u.w[2] | addr->u.w[3]);
}

static bool
has_form(struct wish *w, const struct sl_expect *raw)
{
	const uint8_t all_flags = SL_EXPECT_EVEN * 2 - 1;
	struct sl_expect *e = &w->e;
	const struct sl_l4_layout *layout;
	struct sl_conn *c = w->session->conn;
	uint8_t slot;

	if (raw->size < offsetof(struct sl_expect, helper) + sizeof(void *))
		return false;
	memset(e, 0, sizeof(*e));
	memcpy(e, raw, SL_MIN(raw->size, sizeof(*e)));
	for (int dir = 0; dir < SL_DIRS; dir++)
		sl_conn_tuple(c, dir, &w->t[dir]);
	w->ids = SL_MAX(e->ids, 1u);
	slot = sl_trackers_find(c->family, e->l4proto);
	if (slot == SL_TRACKER_NONE)
		return false;
	layout = &sl_trackers_ops(slot)->layout;
	w->receiver_id = layout->flags & SL_L4_RECEIVER_ID;
	return layout->dst_off != SL_NONE &&
	       e->class_no < w->session->helper->n_classes &&
	       e->opener < SL_DIRS && !(e->flags & ~all_flags) &&
	       w->ids <= SL_EXPECTING_IDS &&
	       ntohs(e->at.id) + w->ids - 1 <= UINT16_MAX &&
	       e->from_prefix <= (c->family == SL_IPV4 ? 32 : 128) &&
	       is_of_family(w, &e->at.addr) && is_of_family(w, &e->from) &&
	       !(w->receiver_id && (!e->pair || w->ids > 1));
}

/* Policy. */

/* Can somebody be sent there? */
static bool
is_host(uint8_t family, const struct sl_addr *a)
{
	enum sl_route_type type = sl_mirror_addr_type_rcu(family, a);

	if (type == SL_ROUTE_BROADCAST || type == SL_ROUTE_MULTICAST)
		return false;
	if (family == SL_IPV4)
		return a->u.b[0] != 0 && a->u.b[0] != 127 && a->u.b[0] < 224;
	/* Unspecified, loopback and the rest of ::/64; IPv4 in disguise. */
	return a->u.b[0] != 0xff && a->u.q[0] != 0;
}

static bool
may_be_at(const struct wish *w)
{
	const struct sl_addr *at = &w->e.at.addr;
	const struct sl_addr *speaker = &w->t[!w->e.opener].src;
	uint8_t family = w->t[0].family;

	if (memcmp(at, speaker, sizeof(*at)) == 0)
		return is_host(family, at);
	return (w->e.flags & SL_EXPECT_THIRD_PARTY) && is_host(family, at) &&
	       !sl_mirror_is_local_rcu(family, at);
}

static bool
may_be_port(const struct wish *w)
{
	uint16_t port = ntohs(w->e.at.id);

	if (w->receiver_id)
		return true;
	return port >= PORT_LOWEST ||
	       (port != 0 && (w->e.flags & SL_EXPECT_PRIVILEGED));
}

/* Refusal. */

static void
log_refusal(const struct wish *w)
{
	char from[SL_TUPLE_TEXT], at[SL_ADDR_TEXT];
	struct sl_expected *x = &w->rel->expected;
	uint64_t now = sl_now_ns();

	if (x->logged_ns && now - x->logged_ns < LOG_GAP_NS)
		return;
	x->logged_ns = now;
	sl_log(SL_LOG_DEBUG, "firewall", "helper %s: %s, of %s: %s port %u",
	    w->session->helper->ops.name, w->why,
	    sl_tuple_print(
		&w->t[w->e.opener == SL_ORIG ? SL_REPLY : SL_ORIG], from),
	    sl_addr_print(w->t[0].family, &w->e.at.addr, at),
	    ntohs(w->e.at.id));
}

static int
refuse(struct wish *w, unsigned counter, const char *why, int rc)
{
	w->why = why;
	sl_count(counter, 1);
	log_refusal(w);
	return rc;
}

/* Making. */

static void
fill(const struct wish *w, const struct sl_endpoint *seen, unsigned nth,
    struct sl_expectation *e)
{
	const struct sl_tuple *opener = &w->t[w->e.opener];
	const struct sl_tuple *speaker = &w->t[!w->e.opener];
	struct sl_conn *c = w->session->conn;
	bool from = w->e.flags & SL_EXPECT_FROM;

	e->want = (struct sl_tuple){
	    .dst = seen->addr,
	    .dst_id = htons((uint16_t)(ntohs(seen->id) + nth)),
	    .l4proto = w->e.l4proto,
	    .family = opener->family,
	    .zone = opener->zone,
	};
	e->from = from ? w->e.from : opener->src;
	e->from_prefix =
	    from ? w->e.from_prefix : (opener->family == SL_IPV4 ? 32 : 128);
	e->to = w->e.at;
	e->to.id = htons((uint16_t)(ntohs(w->e.at.id) + nth));
	e->source = opener->src;
	e->shown = speaker->dst;
	e->mark = sl_load_relaxed(&c->mark);
	e->pair = w->e.pair;
	e->flags = w->e.flags;
	e->class_no = w->e.class_no;
	e->opener = w->e.opener;
	e->number = w->session->helper->number;
	e->receiver_id = w->receiver_id;
	e->masquerade =
	    w->e.opener == SL_ORIG && sl_conn_has(c, SL_CONN_MASQUERADE);
}

static void
attach(const struct wish *w, struct sl_expectation *e)
{
	struct sl_helper *h =
	    w->e.helper ? sl_helpers_named_rcu(w->e.helper) : NULL;

	e->attach = h ? h->number : 0;
}

static uint64_t
deadline_of(const struct wish *w)
{
	uint32_t ms = w->e.timeout_ms ? w->e.timeout_ms
				      : sl_helper_class_timeout_ms(
					    w->session->helper, w->e.class_no);

	return sl_now_ns() + ms * SL_NS_PER_MS;
}

/* One that is listed and ours: out of everything. */
static void
drop(struct sl_expectation *e)
{
	if (e->in_use)
		sl_bump_relaxed(e->in_use, -1ull);
	cds_list_del_init(&e->of_session);
	cds_list_del_init(&e->of_worker);
	sl_expect_put(e);
}

/* What is being used up at this moment stays with the worker's until it is. */
static void
end(struct sl_expectation *e)
{
	sl_expect_close(e);
	if (sl_expect_is_over(e))
		drop(e);
	else
		cds_list_del_init(&e->of_session);
}

static int
make_one(struct wish *w, const struct sl_endpoint *seen, unsigned nth)
{
	struct sl_expecting *x = &w->session->expecting;
	struct sl_expectation *e = sl_expect_new(x->master);
	int rc;

	if (!e)
		return -ENOMEM;
	fill(w, seen, nth, e);
	attach(w, e);
	sl_store_relaxed(&e->deadline_ns, deadline_of(w));
	rc = sl_expect_list(e);
	if (rc) {
		sl_expect_put(e);
		return rc;
	}
	e->in_use = &w->session->helper->use[w->rel->worker].expectations;
	sl_bump_relaxed(e->in_use, 1);
	cds_list_add_tail(&e->of_session, &x->fresh);
	cds_list_add_tail(&e->of_worker, &w->rel->expected.all);
	return 0;
}

static int
make(struct wish *w, const struct sl_endpoint *seen)
{
	struct cds_list_head *fresh = &w->session->expecting.fresh;

	for (unsigned i = 0; i < w->ids; i++) {
		int rc = make_one(w, seen, i);

		if (!rc)
			continue;
		while (i-- > 0)
			end(cds_list_entry(
			    fresh->prev, struct sl_expectation, of_session));
		return rc;
	}
	return 0;
}

/* Asked again: found, all of it, and given its time anew. */

static struct sl_expectation *
find_same(const struct wish *w, struct cds_list_head *list, unsigned nth)
{
	struct sl_expectation like, *e;

	memset(&like, 0, sizeof(like));
	fill(w, &w->e.at, nth, &like);
	cds_list_for_each_entry (e, list, of_session) {
		if (!sl_expect_is_over(e) && e->opener == like.opener &&
		    e->class_no == like.class_no && e->pair == like.pair &&
		    e->flags == like.flags &&
		    e->want.l4proto == like.want.l4proto &&
		    e->from_prefix == like.from_prefix &&
		    memcmp(&e->from, &like.from, sizeof(e->from)) == 0 &&
		    memcmp(&e->to, &like.to, sizeof(e->to)) == 0)
			return e;
	}
	return NULL;
}

static bool
renew(struct wish *w, struct sl_endpoint *seen)
{
	struct sl_expectation *same[SL_EXPECTING_IDS];
	struct sl_expecting *x = &w->session->expecting;

	for (unsigned i = 0; i < w->ids; i++) {
		same[i] = find_same(w, &x->kept, i);
		if (!same[i])
			same[i] = find_same(w, &x->fresh, i);
		if (!same[i])
			return false;
	}
	for (unsigned i = 0; i < w->ids; i++)
		sl_store_relaxed(&same[i]->deadline_ns, deadline_of(w));
	*seen = (struct sl_endpoint){
	    .addr = same[0]->want.dst, .id = same[0]->want.dst_id};
	return true;
}

/* Room. */

static bool
has_master(struct sl_expecting *x)
{
	if (x->master)
		return true;
	x->master = sl_expect_master_new();
	CDS_INIT_LIST_HEAD(&x->fresh);
	CDS_INIT_LIST_HEAD(&x->kept);
	return x->master != NULL;
}

/* What was met or closed counts no more; late ones do until they are closed. */
static void
reap(struct sl_expecting *x, uint64_t now_ns)
{
	struct sl_expectation *e, *next;

	cds_list_for_each_entry_safe (e, next, &x->kept, of_session) {
		if (sl_load_relaxed(&e->deadline_ns) <= now_ns)
			sl_expect_close(e);
		if (sl_expect_is_over(e))
			drop(e);
	}
}

static bool
has_room(const struct wish *w)
{
	struct sl_expecting *x = &w->session->expecting;
	unsigned class_no = w->e.class_no;

	reap(x, sl_now_ns());
	return sl_load_relaxed(&x->master->listed[class_no]) + w->ids <=
	       sl_helper_class_max(w->session->helper, class_no);
}

/* The public end. */

/* Where the master itself ends is reached where the other side knows it. */
static bool
is_end_of_master(const struct wish *w)
{
	const struct sl_tuple *end = &w->t[!w->e.opener];

	return w->ids == 1 && w->e.l4proto == end->l4proto &&
	       w->e.at.id == end->src_id &&
	       memcmp(&w->e.at.addr, &end->src, sizeof(end->src)) == 0;
}

static bool
find_seen(struct wish *w, struct sl_endpoint *seen)
{
	struct sl_expectation like;
	struct sl_public_end end = {
	    .table = w->rel->track->table,
	    .like = &like,
	    .ids = w->ids,
	    .even = w->e.flags & SL_EXPECT_EVEN,
	};
	const struct sl_addr *known = &w->t[w->e.opener].dst;

	memset(&like, 0, sizeof(like));
	fill(w, &w->e.at, 0, &like);
	*seen = w->e.at;
	memset(seen->reserved, 0, sizeof(seen->reserved));
	if (is_end_of_master(w)) {
		seen->addr = *known;
		seen->id = w->t[w->e.opener].dst_id;
		return true;
	}
	if (memcmp(known, &w->t[!w->e.opener].src, sizeof(*known)) == 0)
		return sl_public_end_is_free_rcu(&end, ntohs(seen->id));
	seen->addr = like.want.dst = *known;
	return sl_public_end_choose_rcu(&end, &seen->id);
}

int
sl_expecting_add(struct sl_related *rel, struct sl_help_session *session,
    const struct sl_expect *raw, struct sl_endpoint *out)
{
	struct wish w = {.rel = rel, .session = session};
	struct sl_endpoint seen;
	int rc;

	if (!has_form(&w, raw))
		return refuse(
		    &w, SL_COUNTER_EXPECT_BAD_FORM, "nonsense", -EINVAL);
	if (!may_be_at(&w))
		return refuse(&w, SL_COUNTER_EXPECT_BAD_ADDRESS,
		    "no address to announce", -EACCES);
	if (!may_be_port(&w))
		return refuse(&w, SL_COUNTER_EXPECT_BAD_PORT,
		    "no port to announce", -EACCES);
	if (!has_master(&session->expecting))
		return refuse(
		    &w, SL_COUNTER_EXPECT_FULL, "out of memory", -ENOBUFS);
	if (renew(&w, out))
		return 0;
	if (!has_room(&w))
		return refuse(&w, SL_COUNTER_EXPECT_FULL, "too many", -ENOBUFS);
	if (!find_seen(&w, &seen))
		return refuse(
		    &w, SL_COUNTER_EXPECT_NO_ID, "no id is free", -EADDRINUSE);
	rc = make(&w, &seen);
	if (rc)
		return refuse(
		    &w, SL_COUNTER_EXPECT_FULL, "too many in all", -ENOBUFS);
	*out = seen;
	return 0;
}

void
sl_expecting_commit(struct sl_related *rel, struct sl_help_session *session)
{
	struct sl_expecting *x = &session->expecting;
	struct sl_expectation *e, *next;

	if (!x->master)
		return;
	cds_list_for_each_entry_safe (e, next, &x->fresh, of_session) {
		cds_list_move(&e->of_session, &x->kept);
		sl_expect_open(e);
		sl_count(SL_COUNTER_EXPECT_NEW, 1);
		sl_event_expected(&rel->events, e, session->helper);
	}
}

void
sl_expecting_rollback(struct sl_related *rel, struct sl_help_session *session)
{
	struct sl_expecting *x = &session->expecting;
	struct sl_expectation *e, *next;

	(void)rel;
	if (!x->master)
		return;
	cds_list_for_each_entry_safe (e, next, &x->fresh, of_session)
		end(e);
}

void
sl_expecting_withdraw(
    struct sl_related *rel, struct sl_help_session *session, uint16_t pair)
{
	struct sl_expecting *x = &session->expecting;
	struct sl_expectation *e, *next;

	(void)rel;
	if (!x->master || !pair)
		return;
	cds_list_for_each_entry_safe (e, next, &x->kept, of_session)
		if (e->pair == pair)
			end(e);
	sl_tie_tell(x->master, pair);
}

void
sl_expecting_end(struct sl_related *rel, struct sl_help_session *session)
{
	struct sl_expecting *x = &session->expecting;
	struct sl_expectation *e, *next;

	if (!x->master)
		return;
	sl_expecting_rollback(rel, session);
	cds_list_for_each_entry_safe (e, next, &x->kept, of_session)
		end(e);
	sl_tie_tell(x->master, 0);
	sl_expect_master_put(x->master);
	*x = (struct sl_expecting){0};
}

static void
look_at(struct sl_expected *x, struct sl_expectation *e, uint64_t now_ns)
{
	uint32_t state = sl_load_relaxed(&e->state);
	bool late = sl_load_relaxed(&e->deadline_ns) <= now_ns;

	if (late && state == SL_EXPECT_STATE_OPEN) {
		sl_expect_close(e);
		sl_count(SL_COUNTER_EXPECT_EXPIRED, 1);
	}
	if (sl_expect_is_over(e)) {
		drop(e);
		return;
	}
	cds_list_del(&e->of_worker);
	cds_list_add_tail(&e->of_worker, &x->all);
}

void
sl_expecting_tick(struct sl_related *rel, uint64_t now_ns)
{
	struct sl_expected *x = &rel->expected;
	struct sl_expectation *last;

	sl_tie_run(rel->track->shard, rel->worker);
	if (cds_list_empty(&x->all) || now_ns < x->next_ns)
		return;
	x->next_ns = now_ns + SLICE_NS;
	last = cds_list_entry(x->all.prev, struct sl_expectation, of_worker);
	for (unsigned i = 0; i < SL_EXPECTING_SLICE; i++) {
		struct sl_expectation *e = cds_list_first_entry(
		    &x->all, struct sl_expectation, of_worker);

		look_at(x, e, now_ns);
		if (e == last || cds_list_empty(&x->all))
			break;
	}
}

void
sl_expected_fini(struct sl_expected *x)
{
	struct sl_expectation *e, *next;

	if (!x->all.next) // never begun
		return;
	cds_list_for_each_entry_safe (e, next, &x->all, of_worker)
		drop(e);
}
