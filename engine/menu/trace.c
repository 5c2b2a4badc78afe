/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /tool trace: packets that match, followed through every chain, as it happens.
 *
 * Rules are looked up when their event is shown: one that was removed meanwhile
 * shows its number only.
 */
#include <menu/engine_menus.h>

#include <base/clock.h>
#include <base/drop.h>
#include <base/protocol.h>
#include <menu/command.h>
#include <menu/firewall.h>
#include <menu/tx.h>
#include <rule/trace.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LOOK_NS (50 * SL_NS_PER_MS) /* between two looks at the rings */
#define SLICE	256		    /* events between two flushes */

enum { PROTOCOL, SRC4, DST4, SRC6, DST6, SRC_PORT, DST_PORT, IN, COUNT, TIME };

/* How the arguments are read. */
static const struct sl_prop args[] = {
    [PROTOCOL] = {"protocol", &sl_type_protocol},
    [SRC4] = {"src-address", &sl_type_net4},
    [DST4] = {"dst-address", &sl_type_net4},
    [SRC6] = {"src-address", &sl_type_net6},
    [DST6] = {"dst-address", &sl_type_net6},
    [SRC_PORT] = {"src-port", &sl_type_span, .max = 65535},
    [DST_PORT] = {"dst-port", &sl_type_span, .max = 65535},
    [IN] = {"in-interface", &sl_type_ref, .ref = &sl_ref_interface},
    [COUNT] = {"count", &sl_type_num, .min = 1, .max = 1 << 30},
    [TIME] = {"duration", &sl_type_time, .min = 0, .max = INT64_MAX},
};

/* Takes an argument if it was given. */
static int
take(struct sl_command *cmd, unsigned which, struct sl_value *out,
    struct sl_err *err)
{
	const struct sl_arg *arg = sl_command_arg(cmd, args[which].name);
	int rc;

	*out = (struct sl_value){0};
	if (!arg)
		return 0;
	rc =
	    sl_prop_take(cmd->menu->model, &args[which], &arg->value, out, err);
	if (rc && !err->place.line)
		err->place = arg->place;
	return rc;
}

/* An address of either family. */
static int
take_address(struct sl_command *cmd, unsigned four, struct sl_trace_filter *f,
    struct sl_err *err)
{
	bool src = four == SRC4;
	struct sl_err other = {0};
	struct sl_value v;
	uint8_t family = SL_IPV4;
	int rc;

	rc = take(cmd, four, &v, err);
	if (rc && take(cmd, src ? SRC6 : DST6, &v, &other) == 0) {
		*err = (struct sl_err){0};
		family = SL_IPV6;
		rc = 0;
	}
	if (rc || v.type == SL_VALUE_NONE)
		return rc;
	if (f->family && f->family != family)
		rc = sl_err_set(
		    err, -EINVAL, "failure: addresses of two families");
	f->family = family;
	if (src)
		sl_firewall_range(&v, &f->src_min, &f->src_max);
	else
		sl_firewall_range(&v, &f->dst_min, &f->dst_max);
	*(src ? &f->has_src : &f->has_dst) = true;
	sl_value_free(&v);
	return rc;
}

static int
take_ports(struct sl_command *cmd, unsigned which, struct sl_id_span *span,
    bool *has, struct sl_err *err)
{
	struct sl_value v;
	int rc = take(cmd, which, &v, err);

	if (rc || v.type == SL_VALUE_NONE)
		return rc;
	span->lo = (uint16_t)v.span[0];
	span->hi = (uint16_t)v.span[1];
	*has = true;
	return 0;
}

static int
take_in(struct sl_command *cmd, struct sl_trace_filter *f, struct sl_err *err)
{
	const struct sl_port *port;
	struct sl_value v;
	int rc = take(cmd, IN, &v, err);

	f->in_port = SL_PORT_NONE;
	if (rc || v.type == SL_VALUE_NONE)
		return rc;
	port = sl_port_by_name(v.str.s);
	if (port)
		f->in_port = port->number;
	else
		rc = sl_err_set(err, -ENOENT, "failure: %s not ready", v.str.s);
	sl_value_free(&v);
	return rc;
}

static int
take_protocol(
    struct sl_command *cmd, struct sl_trace_filter *f, struct sl_err *err)
{
	struct sl_value v;
	int rc = take(cmd, PROTOCOL, &v, err);

	if (rc || v.type == SL_VALUE_NONE)
		return rc;
	f->has_protocol = true;
	f->protocol = (uint8_t)sl_protocol_number(v.str.s);
	sl_value_free(&v);
	return 0;
}

static int
take_filter(
    struct sl_command *cmd, struct sl_trace_filter *f, struct sl_err *err)
{
	int rc;

	memset(f, 0, sizeof(*f));
	if ((rc = take_protocol(cmd, f, err)) ||
	    (rc = take_address(cmd, SRC4, f, err)) ||
	    (rc = take_address(cmd, DST4, f, err)) ||
	    (rc = take_ports(
		 cmd, SRC_PORT, &f->src_port, &f->has_src_port, err)) ||
	    (rc = take_ports(
		 cmd, DST_PORT, &f->dst_port, &f->has_dst_port, err)) ||
	    (rc = take_in(cmd, f, err)))
		return rc;
	return 0;
}

/* What one event says, in fields. */
struct line {
	uint64_t packet;
	const char *step, *table, *chain, *action;
	char rule[16];
	struct sl_text message;
};

static const char *const step_names[] = {
    [SL_TRACE_PACKET] = "packet",
    [SL_TRACE_STATE] = "state",
    [SL_TRACE_RULE] = "rule",
    [SL_TRACE_NAT] = "translated",
    [SL_TRACE_HANDED] = "handed-over",
    [SL_TRACE_END] = "end",
};

static const char *
port_name(uint16_t number)
{
	const struct sl_port *port = sl_port_by_number(number);

	return port ? port->name : "(gone)";
}

static void
put_end_point(struct sl_text *t, const struct sl_trace_event *e,
    const struct sl_addr *addr, uint16_t id)
{
	char text[SL_ADDR_TEXT];

	sl_addr_print(e->family, addr, text);
	if (!e->has_ids)
		sl_text_adds(t, text);
	else if (e->family == SL_IPV6)
		sl_text_printf(t, "[%s]:%u", text, id);
	else
		sl_text_printf(t, "%s:%u", text, id);
}

static void
put_ends(struct sl_text *t, const struct sl_trace_event *e)
{
	put_end_point(t, e, &e->src, e->src_id);
	sl_text_adds(t, "->");
	put_end_point(t, e, &e->dst, e->dst_id);
}

static void
put_flags(struct sl_text *t, const struct sl_trace_event *e)
{
	static const char letters[] = "FSRPAUEC";

	if (e->l4proto == IPPROTO_ICMP || e->l4proto == IPPROTO_ICMPV6)
		sl_text_printf(t, " type %u", e->flags);
	if (e->l4proto != IPPROTO_TCP || !e->flags)
		return;
	sl_text_addc(t, ' ');
	for (unsigned i = 0; letters[i]; i++)
		if (e->flags >> i & 1)
			sl_text_addc(t, letters[i]);
}

static void
put_packet(struct sl_text *t, const struct sl_trace_event *e)
{
	const char *name = sl_protocol_name(e->l4proto);

	if (e->from_host)
		sl_text_printf(t, "out:%s ", port_name(e->out_port));
	else
		sl_text_printf(t, "in:%s ", port_name(e->in_port));
	if (name)
		sl_text_adds(t, name);
	else
		sl_text_printf(t, "%u", e->l4proto);
	put_flags(t, e);
	sl_text_addc(t, ' ');
	put_ends(t, e);
	sl_text_printf(t, " len %u", e->len);
}

static void
put_end(struct sl_text *t, const struct sl_trace_event *e)
{
	switch (e->end) {
	case SL_TRACE_DROPPED:
		sl_text_printf(t, "dropped: %s (%s)",
		    sl_drop_name((enum sl_drop_reason)e->reason),
		    sl_drop_help((enum sl_drop_reason)e->reason));
		break;
	case SL_TRACE_SENT:
		sl_text_printf(t, "sent out:%s", port_name(e->out_port));
		break;
	case SL_TRACE_TO_HOST:
		sl_text_adds(t, "delivered to the router");
		break;
	case SL_TRACE_WAITS_NEIGHBOR:
		sl_text_printf(
		    t, "waits for its next hop out:%s", port_name(e->out_port));
		break;
	default:
		sl_text_adds(t, "waits for the rest of its datagram");
		break;
	}
}

/* The rule as the menu has it; its item may be gone. */
static void
put_rule(struct sl_model *model, const struct sl_trace_event *e, struct line *l)
{
	static const char *const tables[] = {[SL_TABLE_RAW] = "raw",
	    [SL_TABLE_MANGLE] = "mangle",
	    [SL_TABLE_FILTER] = "filter",
	    [SL_TABLE_NAT] = "nat"};
	const struct sl_item *item;
	struct sl_menu *menu;
	char path[64];

	l->table = tables[e->table];
	snprintf(path, sizeof(path), "/%s/firewall/%s",
	    e->family == SL_IPV4 ? "ip" : "ipv6", l->table);
	snprintf(l->rule, sizeof(l->rule), "*%X", e->item);
	menu = sl_model_find(model, path);
	item = menu ? sl_items_find(menu, e->item) : NULL;
	if (!item)
		return;
	l->chain =
	    sl_item_str(item, (unsigned)sl_menu_prop(menu, "chain", false));
	l->action =
	    sl_item_str(item, (unsigned)sl_menu_prop(menu, "action", false));
	sl_text_adds(&l->message, sl_item_comment(item));
}

static void
put_event(
    struct sl_model *model, const struct sl_trace_event *e, struct line *l)
{
	l->step = step_names[e->step];
	switch (e->step) {
	case SL_TRACE_PACKET:
		put_packet(&l->message, e);
		break;
	case SL_TRACE_STATE:
		sl_text_adds(&l->message, sl_state_names[e->state]);
		break;
	case SL_TRACE_RULE:
		put_rule(model, e, l);
		break;
	case SL_TRACE_NAT:
		put_ends(&l->message, e);
		break;
	case SL_TRACE_HANDED:
		sl_text_printf(&l->message, "to worker %u", e->owner);
		break;
	default:
		put_end(&l->message, e);
		break;
	}
}

/* Names and texts of the fields that have one. */
static size_t
list_fields(const struct line *l, const char *number, struct sl_field out[7])
{
	const struct sl_field all[] = {
	    {"packet", number, 0},
	    {"step", l->step, 0},
	    {"table", l->table, 0},
	    {"chain", l->chain, 0},
	    {"rule", l->rule[0] ? l->rule : NULL, 0},
	    {"action", l->action, 0},
	    {"message", sl_text_str(&l->message), 0},
	};
	size_t n = 0;

	for (size_t i = 0; i < SL_COUNT_OF(all); i++) {
		if (!all[i].text || !*all[i].text)
			continue;
		out[n] = all[i];
		out[n].len = strlen(all[i].text);
		n++;
	}
	return n;
}

static void
put_json(struct sl_text *t, const struct sl_field *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sl_text_addc(t, i ? ',' : '{');
		sl_text_add_json(t, f[i].name, strlen(f[i].name));
		sl_text_addc(t, ':');
		sl_text_add_json(t, f[i].text, f[i].len);
	}
	sl_text_adds(t, "}\n");
}

static void
put_text(struct sl_text *t, const struct line *l)
{
	sl_text_printf(
	    t, "%4llu %-10s ", (unsigned long long)l->packet, l->step);
	if (l->table)
		sl_text_printf(t, "%s %s %s %s%s", l->table,
		    l->chain ? l->chain : "", l->rule,
		    l->action ? l->action : "(removed)",
		    l->message.len ? " ;;; " : "");
	sl_text_adds(t, sl_text_str(&l->message));
	sl_text_addc(t, '\n');
}

static int
show(struct sl_command *cmd, const struct sl_trace_event *e, uint64_t packet)
{
	struct line l = {.packet = packet};
	struct sl_field fields[7];
	char number[24];
	size_t n;
	int rc = 0;

	put_event(cmd->menu->model, e, &l);
	snprintf(number, sizeof(number), "%llu", (unsigned long long)packet);
	n = list_fields(&l, number, fields);
	if (cmd->out->row)
		rc = cmd->out->row(cmd->out, fields, n);
	else if (cmd->out->json)
		put_json(&cmd->out->buf, fields, n);
	else
		put_text(&cmd->out->buf, &l);
	sl_text_free(&l.message);
	return rc;
}

/* One session. */
struct trace {
	struct sl_command *cmd;
	uint64_t count, until_ns; /* 0: no end */
	uint64_t begun, ended;
	uint64_t number[SL_WORKERS_MAX]; /* of a worker's packet; 0: none */
};

static bool
is_done(const struct trace *t)
{
	/* An end that did not fit into the rings would be waited for in vain. */
	return (t->count && t->ended == t->count) ||
	       (t->count && t->begun == t->count && sl_trace_lost()) ||
	       (t->until_ns && sl_now_ns() >= t->until_ns);
}

/* A packet that is handed over goes on under a new number. */
static int
take_event(struct trace *t, const struct sl_trace_event *e)
{
	uint64_t *number = &t->number[e->worker];

	if (e->step == SL_TRACE_PACKET)
		*number = t->count && t->begun == t->count ? 0 : ++t->begun;
	if (!*number)
		return 0;
	if (e->step == SL_TRACE_END)
		t->ended++;
	if (e->step == SL_TRACE_HANDED && t->count)
		t->count++;
	if (e->step == SL_TRACE_HANDED)
		t->ended++;
	return show(t->cmd, e, *number);
}

static int
follow(struct trace *t)
{
	struct sl_trace_event e;
	unsigned n = 0;
	int rc = 0;

	while (!rc && !is_done(t)) {
		if (sl_trace_next(&e)) {
			rc = take_event(t, &e);
			if (!rc && ++n % SLICE == 0)
				rc = sl_out_flush(t->cmd->out);
			continue;
		}
		rc = sl_out_flush(t->cmd->out);
		if (!rc)
			rc = sl_out_wait(t->cmd->out, LOOK_NS);
	}
	return rc;
}

static void
tell_lost(struct sl_command *cmd)
{
	uint64_t lost = sl_trace_lost();

	if (lost && !cmd->out->row && !cmd->out->json)
		sl_out_printf(cmd->out,
		    "%llu steps were lost: too many packets "
		    "match\n",
		    (unsigned long long)lost);
}

static int
run(struct sl_command *cmd, const uint64_t *ids, size_t n, struct sl_err *err)
{
	const struct sl_engine *engine = cmd->menu->model->engine;
	struct trace t = {.cmd = cmd};
	struct sl_value count = {0}, time = {0};
	struct sl_trace_filter filter;
	int rc;

	(void)ids;
	(void)n;
	if (!engine || sl_tx_is_open(cmd->menu->model))
		return sl_err_set(err, -EOPNOTSUPP,
		    "failure: not possible in a configuration");
	if ((rc = take_filter(cmd, &filter, err)) ||
	    (rc = take(cmd, COUNT, &count, err)) ||
	    (rc = take(cmd, TIME, &time, err)))
		return rc;
	t.count = count.type == SL_VALUE_NUM ? (uint64_t)count.num : 0;
	if (time.type == SL_VALUE_TIME)
		t.until_ns = sl_clock_tick() + (uint64_t)time.ns;
	if ((rc = sl_trace_start(&filter, engine->workers, err)))
		return rc;
	rc = follow(&t);
	tell_lost(cmd);
	sl_trace_stop();
	return rc;
}

static const char *const run_args[] = {"protocol", "src-address", "dst-address",
    "src-port", "dst-port", "in-interface", "count", "duration", NULL};

static const struct sl_verb verbs[] = {
    {"run", "follow packets that match through the rules", run_args, false,
	run},
    {NULL},
};

const struct sl_menu_def sl_menu_trace = {
    .path = "/tool/trace",
    .help = "follow packets through the rules",
    .kind = SL_MENU_FOLDER,
    .verbs = verbs,
    .runs = "run",
};
