/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /ip firewall connection and /ipv6 firewall connection: the table, row by row.
 *
 * Rows are read under RCU while their owners go on writing, so that every value
 * is current but two of one row may be a packet apart.  A row that goes between
 * find and remove is simply gone, which is what remove wanted.
 */
#include <menu/engine_menus.h>

#include <base/control.h>
#include <base/protocol.h>
#include <base/rcu.h>
#include <conn/table.h>
#include <nat/nat.h>
#include <path/jobs.h>
#include <path/worker.h>
#include <related/helpers.h>
#include <rule/mark.h>
#include <track/trackers.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum col {
	EXPECTED,
	SEEN_REPLY,
	ASSURED,
	CONFIRMED,
	DYING,
	FASTTRACK,
	SRCNAT,
	DSTNAT,
	USES_HELPER,
	PROTOCOL,
	SRC_ADDRESS,
	SRC_PORT,
	DST_ADDRESS,
	DST_PORT,
	REPLY_SRC_ADDRESS,
	REPLY_SRC_PORT,
	REPLY_DST_ADDRESS,
	REPLY_DST_PORT,
	TCP_STATE,
	ICMP_TYPE,
	ICMP_CODE,
	ICMP_ID,
	CONNECTION_TYPE,
	HELPER,
	CONNECTION_MARK,
	TIMEOUT,
	ORIG_PACKETS,
	ORIG_BYTES,
	REPL_PACKETS,
	REPL_BYTES,
	ORIG_RATE,
	REPL_RATE,
	FILTER_RULE,
	SRCNAT_RULE,
	DSTNAT_RULE,
	COLS
};

#define FLAG(col_, name_, letter_, group_, help_)                              \
	[col_] = {.name = name_,                                               \
	    .type = &sl_type_bool,                                             \
	    .flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL,                      \
	    .letter = letter_,                                                 \
	    .group = group_,                                                   \
	    .help = help_}
#define FIELD(col_, name_, type_, flags_, help_)                               \
	[col_] = {.name = name_,                                               \
	    .type = &type_,                                                    \
	    .flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | (flags_),           \
	    .help = help_}

/* clang-format off */
#define FLAGS                                                             \
	FLAG(EXPECTED, "expected", 'E', 1, "opened by a helper"),         \
	FLAG(SEEN_REPLY, "seen-reply", 'S', 2, "the destination has answered"), \
	FLAG(ASSURED, "assured", 'A', 3, "stays when the table is full"), \
	FLAG(CONFIRMED, "confirmed", 'C', 4, "a packet has left the router"), \
	FLAG(DYING, "dying", 'D', 5, "being removed"),                    \
	FLAG(FASTTRACK, "fasttrack", 'F', 6, "carried by FastTrack"),     \
	FLAG(SRCNAT, "srcnat", 's', 7, "source translated"),              \
	FLAG(DSTNAT, "dstnat", 'd', 8, "destination translated"),         \
	FLAG(USES_HELPER, "uses-helper", 'h', 9, "a helper follows it")

#define FIELDS(port_flags)                                                \
	FIELD(PROTOCOL, "protocol", sl_type_name, SL_PROP_COLUMN | SL_PROP_STATS, "IP protocol"), \
	FIELD(SRC_ADDRESS, "src-address", sl_type_name, SL_PROP_COLUMN | SL_PROP_STATS, \
	    "who opened it"),                                             \
	FIELD(SRC_PORT, "src-port", sl_type_num, port_flags, "its port"), \
	FIELD(DST_ADDRESS, "dst-address", sl_type_name, SL_PROP_COLUMN | SL_PROP_STATS, \
	    "whom it asked for"),                                         \
	FIELD(DST_PORT, "dst-port", sl_type_num, port_flags, "its port"), \
	FIELD(REPLY_SRC_ADDRESS, "reply-src-address", sl_type_name, 0,    \
	    "who answers, after destination NAT"),                        \
	FIELD(REPLY_SRC_PORT, "reply-src-port", sl_type_num, port_flags, "its port"), \
	FIELD(REPLY_DST_ADDRESS, "reply-dst-address", sl_type_name, 0,    \
	    "whom it answers, after source NAT"),                         \
	FIELD(REPLY_DST_PORT, "reply-dst-port", sl_type_num, port_flags, "its port"), \
	FIELD(TCP_STATE, "tcp-state", sl_type_name, SL_PROP_COLUMN, "state of a TCP connection"), \
	FIELD(ICMP_TYPE, "icmp-type", sl_type_num, 0, "type of the query"), \
	FIELD(ICMP_CODE, "icmp-code", sl_type_num, 0, "code of the query"), \
	FIELD(ICMP_ID, "icmp-id", sl_type_num, 0, "id of the query"),     \
	FIELD(CONNECTION_TYPE, "connection-type", sl_type_name, 0, "helper that follows or expected it"), \
	FIELD(HELPER, "helper", sl_type_name, 0, "helper that follows it"), \
	FIELD(CONNECTION_MARK, "connection-mark", sl_type_name, 0, "set by mangle"), \
	FIELD(TIMEOUT, "timeout", sl_type_time, SL_PROP_COLUMN | SL_PROP_LIVE, "until it is removed"), \
	FIELD(ORIG_PACKETS, "orig-packets", sl_type_count, COUNTED, "from the source"), \
	FIELD(ORIG_BYTES, "orig-bytes", sl_type_count, COUNTED, "from the source"), \
	FIELD(REPL_PACKETS, "repl-packets", sl_type_count, COUNTED, "from the destination"), \
	FIELD(REPL_BYTES, "repl-bytes", sl_type_count, COUNTED, "from the destination"), \
	FIELD(ORIG_RATE, "orig-rate", sl_type_rate, SL_PROP_COLUMN | SL_PROP_LIVE, "of the last second"), \
	FIELD(REPL_RATE, "repl-rate", sl_type_rate, SL_PROP_COLUMN | SL_PROP_LIVE, "of the last second"), \
	FIELD(FILTER_RULE, "filter-rule", sl_type_name, 0, "filter rule that let it in"), \
	FIELD(SRCNAT_RULE, "srcnat-rule", sl_type_name, 0, "nat rule that translated its source"), \
	FIELD(DSTNAT_RULE, "dstnat-rule", sl_type_name, 0, "nat rule that translated its destination")

#define COUNTED (SL_PROP_COLUMN | SL_PROP_STATS | SL_PROP_LIVE)

/* IPv4 prints address and port as one; IPv6 apart, as the manual has it. */
static const struct sl_prop props4[COLS] = { FLAGS, FIELDS(SL_PROP_STATS_ONLY) };
static const struct sl_prop props6[COLS] = { FLAGS, FIELDS(0) };
/* clang-format on */

/* The table shows rates before counters, a detailed row behind them. */
static const uint8_t columns[] = {PROTOCOL, SRC_ADDRESS, DST_ADDRESS, TCP_STATE,
    TIMEOUT, ORIG_RATE, REPL_RATE, ORIG_PACKETS, REPL_PACKETS, ORIG_BYTES,
    REPL_BYTES};

static struct sl_table *
table_of(const struct sl_menu *menu)
{
	const struct sl_engine *engine = menu->model->engine;

	return engine->table;
}

static uint8_t
family_of(const struct sl_menu *menu)
{
	return menu->def == &sl_menu_connection4 ? SL_IPV4 : SL_IPV6;
}

struct slice {
	struct sl_menu *menu;
	sl_row_fn fn;
	void *arg;
	uint32_t left;
	uint64_t now_ns;
	bool stopped;
};

static bool
show(void *arg, const struct sl_conn *conn)
{
	struct slice *s = arg;
	struct sl_row row = {.menu = s->menu, .data = conn};

	if (s->stopped || conn->family != family_of(s->menu) ||
	    sl_conn_is_expired(conn, s->now_ns))
		return s->left > 0;
	row.id = sl_load_relaxed(&((struct sl_conn *)(uintptr_t)conn)->id);
	s->stopped = !s->fn(&row, s->arg);
	if (s->left)
		s->left--;
	return s->left > 0 && !s->stopped;
}

static int
walk(struct sl_menu *menu, struct sl_cursor *cursor, unsigned max, sl_row_fn fn,
    void *arg)
{
	struct slice slice = {.menu = menu,
	    .fn = fn,
	    .arg = arg,
	    .left = max,
	    .now_ns = sl_clock_tick()};
	struct sl_walk at;
	bool more;

	_Static_assert(sizeof(at) <= sizeof(cursor->pos), "cursor fits");
	memcpy(&at, cursor->pos, sizeof(at));
	sl_rcu_online();
	more = sl_walk_slice(table_of(menu), &at, max, show, &slice);
	sl_rcu_offline();
	memcpy(cursor->pos, &at, sizeof(at));
	return more && !slice.stopped;
}

static int
find_row(struct sl_menu *menu, uint64_t id, sl_row_fn fn, void *arg)
{
	const struct sl_conn *conn;
	struct sl_row row = {.menu = menu, .id = id};
	int rc = -ENOENT;

	sl_clock_tick();
	sl_rcu_online();
	conn = sl_table_by_id_rcu(table_of(menu), id);
	if (conn && conn->family == family_of(menu)) {
		row.data = conn;
		fn(&row, arg);
		rc = 0;
	}
	sl_rcu_offline();
	return rc;
}

static uint64_t
count(struct sl_menu *menu)
{
	return sl_table_total_family(table_of(menu), family_of(menu));
}

/* Removing is the owner's work: it gets its part of the list in slices that are
 * short beside a batch, and control gives others a turn between parts. */
#define REMOVE_PART  1024
#define REMOVE_SLICE 32

struct remove_job {
	struct sl_job job;
	const uint64_t *ids;
	size_t n, next;
	uint64_t removed;
};

static bool
remove_on_owner(struct sl_job *job, struct sl_worker *w)
{
	struct remove_job *r = sl_container_of(job, struct remove_job, job);
	size_t end = SL_MIN(r->n, r->next + REMOVE_SLICE);

	for (; r->next < end; r->next++) {
		const struct sl_conn *conn =
		    sl_table_by_id_rcu(w->engine->table, r->ids[r->next]);

		if (!conn || conn->owner != w->id)
			continue;
		sl_shard_remove(w->track.shard,
		    (struct sl_conn *)(uintptr_t)conn, SL_COUNTER_CONN_REMOVED);
		r->removed++;
	}
	return r->next == r->n;
}

/* The workers that own any of these. */
static void
owners_of(struct sl_menu *menu, const uint64_t *ids, size_t n,
    bool owners[SL_WORKERS_MAX])
{
	memset(owners, 0, SL_WORKERS_MAX * sizeof(*owners));
	sl_rcu_online();
	for (size_t i = 0; i < n; i++) {
		const struct sl_conn *conn =
		    sl_table_by_id_rcu(table_of(menu), ids[i]);

		if (conn)
			owners[conn->owner] = true;
	}
	sl_rcu_offline();
}

static int
remove_rows(
    struct sl_menu *menu, const uint64_t *ids, size_t n, struct sl_err *err)
{
	bool owners[SL_WORKERS_MAX];
	uint64_t removed = 0;

	for (size_t at = 0; at < n; at += REMOVE_PART) {
		struct remove_job r = {.job.run = remove_on_owner,
		    .ids = ids + at,
		    .n = SL_MIN(n - at, REMOVE_PART)};

		owners_of(menu, r.ids, r.n, owners);
		for (uint16_t w = 0; w < SL_WORKERS_MAX; w++) {
			if (!owners[w])
				continue;
			r.next = 0;
			sl_job_call(menu->model->engine, w, &r.job);
		}
		removed += r.removed;
		sl_control_yield();
	}
	if (!removed)
		return sl_err_set(err, -ENOENT, "no such item");
	return 0;
}

static bool
has_ports(const struct sl_conn *conn)
{
	switch (conn->l4proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	default:
		return false;
	}
}

/* "192.0.2.1:80", or the bare address where ports stand apart or are none. */
static void
put_address(const struct sl_conn *conn, const struct sl_addr *addr,
    sl_be16 port, struct sl_value *out)
{
	if (conn->family == SL_IPV6)
		*out = sl_value_ip6(addr->u.b);
	else if (has_ports(conn))
		*out = sl_value_endpoint4(addr->u.b, ntohs(port));
	else
		*out = sl_value_ip4(addr->u.b);
}

static void
put_port(const struct sl_conn *conn, sl_be16 port, struct sl_value *out)
{
	if (has_ports(conn))
		*out = sl_value_num(ntohs(port));
}

static void
put_protocol(const struct sl_conn *conn, struct sl_value *out)
{
	const char *name = sl_protocol_name(conn->l4proto);
	char number[4];

	if (name) {
		*out = sl_value_static(name);
	} else {
		snprintf(number, sizeof(number), "%u", conn->l4proto);
		sl_value_str(out, number, strlen(number));
	}
}

/* The request's type stands in the destination id (plugins/icmp). */
static void
put_icmp(const struct sl_conn *conn, unsigned prop, const struct sl_tuple *t,
    struct sl_value *out)
{
	if (conn->l4proto != IPPROTO_ICMP && conn->l4proto != IPPROTO_ICMPV6)
		return;
	if (prop == ICMP_TYPE)
		*out = sl_value_num(ntohs(t->dst_id));
	else if (prop == ICMP_ID)
		*out = sl_value_num(ntohs(t->src_id));
	else
		*out = sl_value_num(0); // every query has code 0
}

static void
put_state(const struct sl_conn *conn, struct sl_value *out)
{
	struct sl_conn *c = (struct sl_conn *)(uintptr_t)conn;
	const char *name =
	    sl_trackers_state_name(conn->tracker, sl_load_relaxed(&c->state));

	/* The text is the plugin's, which may be gone before the value. */
	if (name)
		sl_value_str(out, name, strlen(name));
}

static void
put_tuple(const struct sl_conn *conn, unsigned prop, struct sl_value *out)
{
	bool reply = prop >= REPLY_SRC_ADDRESS && prop <= REPLY_DST_PORT;
	struct sl_tuple t;

	sl_conn_tuple(conn, reply ? SL_REPLY : SL_ORIG, &t);
	switch (prop) {
	case SRC_ADDRESS:
	case REPLY_SRC_ADDRESS:
		put_address(conn, &t.src, t.src_id, out);
		break;
	case DST_ADDRESS:
	case REPLY_DST_ADDRESS:
		put_address(conn, &t.dst, t.dst_id, out);
		break;
	case SRC_PORT:
	case REPLY_SRC_PORT:
		put_port(conn, t.src_id, out);
		break;
	case DST_PORT:
	case REPLY_DST_PORT:
		put_port(conn, t.dst_id, out);
		break;
	default:
		put_icmp(conn, prop, &t, out);
		break;
	}
}

static void
put_counter(struct sl_conn *c, unsigned prop, struct sl_value *out)
{
	switch (prop) {
	case ORIG_PACKETS:
		*out =
		    sl_value_count(sl_load_relaxed(&c->dirs[SL_ORIG].packets));
		break;
	case REPL_PACKETS:
		*out =
		    sl_value_count(sl_load_relaxed(&c->dirs[SL_REPLY].packets));
		break;
	case ORIG_BYTES:
		*out = sl_value_count(sl_load_relaxed(&c->dirs[SL_ORIG].bytes));
		break;
	case REPL_BYTES:
		*out =
		    sl_value_count(sl_load_relaxed(&c->dirs[SL_REPLY].bytes));
		break;
	case ORIG_RATE:
		*out = sl_value_rate(sl_conn_rate(c, SL_ORIG, sl_now_ns()));
		break;
	default:
		*out = sl_value_rate(sl_conn_rate(c, SL_REPLY, sl_now_ns()));
		break;
	}
}

/* Rules by the ids of their items, as .id has them. */
static void
put_rule(const struct sl_conn *conn, unsigned prop, struct sl_value *out)
{
	struct sl_conn *c = (struct sl_conn *)(uintptr_t)conn;
	uint32_t item =
	    prop == FILTER_RULE
		? c->filter_rule
		: *sl_conn_nat_rule(
		      c, prop == SRCNAT_RULE ? SL_NAT_SRC : SL_NAT_DST);

	if (item)
		*out = sl_value_id(item);
}

/* Sessions are their owners' own: the helper of a connection is found as the owner
 * found it, by its server port; what was expected is followed, if at all, by a helper
 * of the one that expected it. */
static void
put_helper(const struct sl_conn *conn, struct sl_value *out)
{
	struct sl_tuple orig, reply;
	const char *name;
	struct sl_helper *h;

	if (!sl_conn_has(conn, SL_CONN_HELPED))
		return;
	sl_conn_tuple(conn, SL_ORIG, &orig);
	sl_conn_tuple(conn, SL_REPLY, &reply);
	h = sl_helpers_at_rcu(conn->family, conn->l4proto, ntohs(orig.dst_id));
	if (!h)
		h = sl_helpers_at_rcu(
		    conn->family, conn->l4proto, ntohs(reply.src_id));
	name = h ? sl_helpers_name(h->number)
		 : sl_helpers_name(
		       (uint8_t)(sl_conn_bits(conn) >> SL_CONN_HELPER_SHIFT));
	if (name)
		*out = sl_value_static(name);
}

static void
put_type(const struct sl_conn *conn, struct sl_value *out)
{
	const char *name = sl_helpers_name(
	    (uint8_t)(sl_conn_bits(conn) >> SL_CONN_HELPER_SHIFT));

	if (name)
		*out = sl_value_static(name);
	else
		put_helper(conn, out);
}

/* Whole seconds; the last one reads 0s, as in the manual. */
static struct sl_value
time_left(struct sl_conn *c)
{
	return sl_value_time_left(
	    sl_load_relaxed(&c->deadline_ns), sl_now_ns());
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	static const uint32_t bits[] = {[EXPECTED] = SL_CONN_EXPECTED,
	    [SEEN_REPLY] = SL_CONN_SEEN_REPLY,
	    [ASSURED] = SL_CONN_ASSURED,
	    [CONFIRMED] = SL_CONN_CONFIRMED,
	    [DYING] = SL_CONN_DYING,
	    [FASTTRACK] = SL_CONN_FASTTRACK,
	    [SRCNAT] = SL_CONN_SRCNAT,
	    [DSTNAT] = SL_CONN_DSTNAT,
	    [USES_HELPER] = SL_CONN_HELPED};
	struct sl_conn *conn = (struct sl_conn *)(uintptr_t)row->data;
	const char *mark;

	switch (prop) {
	case PROTOCOL:
		put_protocol(conn, out);
		break;
	case TCP_STATE:
		if (conn->l4proto == IPPROTO_TCP)
			put_state(conn, out);
		break;
	case CONNECTION_MARK:
		mark = sl_mark_name(SL_MARK_CONN, sl_load_relaxed(&conn->mark));
		if (mark && sl_load_relaxed(&conn->mark))
			sl_value_str(out, mark, strlen(mark));
		break;
	case CONNECTION_TYPE:
		put_type(conn, out);
		break;
	case HELPER:
		put_helper(conn, out);
		break;
	case TIMEOUT:
		*out = time_left(conn);
		break;
	default:
		if (prop < SL_COUNT_OF(bits))
			*out = sl_value_bool(sl_conn_has(conn, bits[prop]));
		else if (prop <= ICMP_ID)
			put_tuple(conn, prop, out);
		else if (prop >= FILTER_RULE)
			put_rule(conn, prop, out);
		else
			put_counter(conn, prop, out);
		break;
	}
}

#define CONNECTION_MENU(path_, props_, help_)                                  \
	{                                                                      \
		.path = path_, .help = help_, .kind = SL_MENU_ROWS,            \
		.props = props_, .n_props = COLS, .columns = columns,          \
		.n_columns = SL_COUNT_OF(columns), .get = get, .walk = walk,   \
		.find_row = find_row, .count = count,                          \
		.remove_rows = remove_rows                                     \
	}

const struct sl_menu_def sl_menu_connection4 = CONNECTION_MENU(
    "/ip/firewall/connection", props4, "tracked IPv4 connections");
const struct sl_menu_def sl_menu_connection6 = CONNECTION_MENU(
    "/ipv6/firewall/connection", props6, "tracked IPv6 connections");
