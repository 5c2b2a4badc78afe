/* SPDX-License-Identifier: Apache-2.0 */
/* From the actions of mangle and raw that change a packet to what the engine
 * changes, and what RouterOS refuses of them. */
#include <menu/firewall_draft.h>

#include <rule/mark.h>

#include <errno.h>
#include <string.h>

/* By index of the names in firewall_rows.h. */
enum { DSCP_FROM_PRIORITY, DSCP_FROM_HIGH_BITS };
enum { PRIORITY_FROM_DSCP, PRIORITY_FROM_HIGH_BITS, PRIORITY_FROM_INGRESS };

const char *const sl_firewall_new_mss[2] = {"clamp-to-pmtu"};
const char *const sl_firewall_new_dscp[3] = {
    [DSCP_FROM_PRIORITY] = "from-priority",
    [DSCP_FROM_HIGH_BITS] = "from-priority-to-high-3-bits"};
const char *const sl_firewall_new_priority[4] = {
    [PRIORITY_FROM_DSCP] = "from-dscp",
    [PRIORITY_FROM_HIGH_BITS] = "from-dscp-high-3-bits",
    [PRIORITY_FROM_INGRESS] = "from-ingress"};

#define HIGH_BITS 3 /* of a DSCP: the class */

/* The parameter that the action is nothing without; NULL: it is missing, and the
 * rule has no effect. */
static const struct sl_value *
needed(struct sl_firewall_draft *d, enum sl_firewall_id id, const char *name)
{
	const struct sl_value *v = sl_firewall_draft_get(d, id);

	if (!v)
		sl_spec_set_reason(d->spec, "%s is missing", name);
	return v;
}

static void
set(struct sl_firewall_draft *d, enum sl_mangle_what what, uint32_t value)
{
	d->spec->mangle.what = (uint8_t)what;
	d->spec->mangle.value = value;
}

static void
set_mark(struct sl_firewall_draft *d, enum sl_mangle_what what,
    enum sl_mark_kind kind, const struct sl_value *v)
{
	int number = v ? sl_mark_number(kind, sl_firewall_text(v)) : 0;

	if (number < 0)
		sl_spec_set_reason(d->spec, "too many mark names");
	else
		set(d, what, (uint32_t)number);
}

static void
mark_connection(struct sl_firewall_draft *d)
{
	set_mark(d, SL_MANGLE_CONN_MARK, SL_MARK_CONN,
	    needed(d, FW_NEW_CONNECTION_MARK, "new-connection-mark"));
}

static void
mark_packet(struct sl_firewall_draft *d)
{
	set_mark(d, SL_MANGLE_PACKET_MARK, SL_MARK_PACKET,
	    needed(d, FW_NEW_PACKET_MARK, "new-packet-mark"));
}

static void
mark_routing(struct sl_firewall_draft *d)
{
	const struct sl_value *v =
	    needed(d, FW_NEW_ROUTING_MARK, "new-routing-mark");

	set(d, SL_MANGLE_ROUTING_MARK, v ? sl_firewall_table(d, v) : 0);
}

static void
change_mss(struct sl_firewall_draft *d)
{
	const struct sl_value *v = needed(d, FW_NEW_MSS, "new-mss");

	if (v && v->type == SL_VALUE_NUM)
		set(d, SL_MANGLE_MSS, (uint32_t)v->num);
	else
		set(d, SL_MANGLE_MSS_CLAMP, 0);
}

static void
change_dscp(struct sl_firewall_draft *d)
{
	const struct sl_value *v = needed(d, FW_NEW_DSCP, "new-dscp");

	if (v && v->type == SL_VALUE_NUM)
		set(d, SL_MANGLE_DSCP, (uint32_t)v->num);
	else if (v)
		set(d, SL_MANGLE_DSCP_FROM_PRIORITY,
		    v->index == DSCP_FROM_HIGH_BITS ? HIGH_BITS : 0);
}

static void
change_ttl(struct sl_firewall_draft *d)
{
	static const uint8_t how[] = {
	    SL_MANGLE_TTL, SL_MANGLE_TTL_ADD, SL_MANGLE_TTL_SUB};
	const struct sl_value *v =
	    needed(d, FW_NEW_TTL, d->six ? "new-hop-limit" : "new-ttl");
	struct sl_firewall_new_ttl ttl = {0};

	if (!v)
		return;
	/* its type accepted it */
	sl_firewall_read_new_ttl(sl_firewall_text(v), &ttl);
	set(d, (enum sl_mangle_what)how[ttl.how], ttl.value);
}

static void
set_priority(struct sl_firewall_draft *d)
{
	const struct sl_value *v = needed(d, FW_NEW_PRIORITY, "new-priority");

	if (v && v->type == SL_VALUE_NUM)
		set(d, SL_MANGLE_PRIORITY, (uint32_t)v->num);
	else if (v && v->index == PRIORITY_FROM_INGRESS)
		set(d, SL_MANGLE_PRIORITY_FROM_INGRESS, 0);
	else if (v)
		set(d, SL_MANGLE_PRIORITY_FROM_DSCP,
		    v->index == PRIORITY_FROM_HIGH_BITS ? HIGH_BITS : 0);
}

static void
clear_df(struct sl_firewall_draft *d)
{
	set(d, SL_MANGLE_CLEAR_DF, 0);
}

static void
strip_options(struct sl_firewall_draft *d)
{
	set(d, SL_MANGLE_STRIP_OPTIONS, 0);
}

static void
route(struct sl_firewall_draft *d)
{
	const struct sl_value *v = needed(d, FW_ROUTE_DST, "route-dst");

	set(d, SL_MANGLE_ROUTE, 0);
	if (v)
		memcpy(&d->spec->mangle.next_hop, v->addr[0], 4);
}

static void
notrack(struct sl_firewall_draft *d)
{
	set(d, SL_MANGLE_NOTRACK, 0);
}

static unsigned
prefix_bits(const struct sl_value *v)
{
	return v->type == SL_VALUE_PREFIX ? v->bits : 128;
}

/* The shorter prefix counts as one of the longer's length (RFC 6296, 3.7). */
static void
translate_prefix(struct sl_firewall_draft *d, enum sl_mangle_what what)
{
	const struct sl_value *from = needed(d, FW_SRC_PREFIX, "src-prefix");
	const struct sl_value *to = needed(d, FW_DST_PREFIX, "dst-prefix");
	struct sl_addr a, b, last;
	unsigned bits;

	set(d, what, 0);
	if (!from || !to)
		return;
	bits = SL_MAX(prefix_bits(from), prefix_bits(to));
	if (bits > SL_NPT_BITS_MAX) {
		sl_spec_set_reason(
		    d->spec, "prefixes longer than 64 bits are not translated");
		return;
	}
	sl_firewall_range(from, &a, &last);
	sl_firewall_range(to, &b, &last);
	sl_npt_init(&d->spec->mangle.npt, &a, &b, (uint8_t)bits);
}

static void
snpt(struct sl_firewall_draft *d)
{
	translate_prefix(d, SL_MANGLE_SNPT);
}

static void
dnpt(struct sl_firewall_draft *d)
{
	translate_prefix(d, SL_MANGLE_DNPT);
}

static const struct {
	const char *name;
	void (*describe)(struct sl_firewall_draft *);
} changes[] = {
    {"mark-connection", mark_connection},
    {"mark-packet", mark_packet},
    {"mark-routing", mark_routing},
    {"change-mss", change_mss},
    {"change-dscp", change_dscp},
    {"change-ttl", change_ttl},
    {"change-hop-limit", change_ttl},
    {"set-priority", set_priority},
    {"clear-df", clear_df},
    {"strip-ipv4-options", strip_options},
    {"route", route},
    {"notrack", notrack},
    {"snpt", snpt},
    {"dnpt", dnpt},
};

bool
sl_firewall_describe_mangle(struct sl_firewall_draft *d, const char *action)
{
	const struct sl_value *v = sl_firewall_draft_get(d, FW_PASSTHROUGH);

	for (unsigned i = 0; i < SL_COUNT_OF(changes); i++) {
		if (strcmp(changes[i].name, action) != 0)
			continue;
		d->spec->action = SL_ACTION_MANGLE;
		d->spec->mangle.passthrough = !v || v->b;
		changes[i].describe(d);
		return true;
	}
	return false;
}

int
sl_firewall_check_mangle(
    const struct sl_item *item, enum sl_hook hook, struct sl_err *err)
{
	const char *action = sl_firewall_text(sl_firewall_get(item, FW_ACTION));
	const struct sl_value *mark = sl_firewall_get(item, FW_NEW_PACKET_MARK);
	bool built_in = hook != SL_HOOK_N;

	if (mark && sl_mark_number(SL_MARK_PACKET, sl_firewall_text(mark)) < 0)
		return sl_err_set(err, -ENOSPC, "failure: bad new packet mark");
	if (built_in && strcmp(action, "mark-routing") == 0 &&
	    hook != SL_HOOK_PREROUTING && hook != SL_HOOK_OUTPUT)
		return sl_err_set(err, -EINVAL,
		    "failure: routing-mark allowed only in output and "
		    "prerouting chains");
	if (built_in && strcmp(action, "route") == 0 &&
	    hook != SL_HOOK_PREROUTING)
		return sl_err_set(err, -EINVAL,
		    "failure: route allowed only in prerouting chain");
	return 0;
}
