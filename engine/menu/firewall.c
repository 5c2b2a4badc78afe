/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/firewall.h>

#include <menu/command.h>
#include <menu/firewall_draft.h>
#include <rule/ruleset.h>
#include <track/settings.h>

#include <errno.h>
#include <string.h>

static const struct sl_firewall_kind *const kinds[] = {
    &sl_firewall_filter4,
    &sl_firewall_filter6,
    &sl_firewall_nat4,
    &sl_firewall_nat6,
    &sl_firewall_mangle4,
    &sl_firewall_mangle6,
    &sl_firewall_raw4,
    &sl_firewall_raw6,
};

const char *const sl_firewall_depends[] = {SL_INTERFACE_LIST_PATH,
    SL_INTERFACE_LIST_MEMBER_PATH, "/interface", SL_LAYER7_PATH,
    "/ip/firewall/connection/tracking", SL_ROUTING_TABLE_PATH, NULL};

const struct sl_value *
sl_firewall_get(const struct sl_item *item, enum sl_firewall_id id)
{
	const struct sl_firewall_menu *m = item->menu->priv;

	return m->prop[id] < 0 ? NULL
			       : sl_item_get(item, (unsigned)m->prop[id]);
}

/* Checks: what RouterOS refuses, in its words. */

static const char *
text_of(const struct sl_item *item, enum sl_firewall_id id)
{
	const struct sl_value *v = sl_firewall_get(item, id);

	return v && v->type == SL_VALUE_STR ? v->str.s : "";
}

/* Is the protocol one of these (NULL-ended), and not negated? */
static bool
protocol_is(const struct sl_item *item, const char *const *names)
{
	const struct sl_value *v = sl_firewall_get(item, FW_PROTOCOL);

	if (!v || (v->flags & SL_VALUE_NEGATED))
		return false;
	for (; *names; names++)
		if (strcmp(*names, text_of(item, FW_PROTOCOL)) == 0)
			return true;
	return false;
}

static int
check_protocol(const struct sl_item *item, bool six, struct sl_err *err)
{
	static const char *const with_ports[] = {
	    "tcp", "udp", "udp-lite", "dccp", "sctp", NULL};
	static const char *const tcp[] = {"tcp", NULL};
	static const char *const icmp[] = {"icmp", NULL};
	static const char *const icmp6[] = {"icmpv6", NULL};

	if ((sl_firewall_get(item, FW_SRC_PORT) ||
		sl_firewall_get(item, FW_DST_PORT) ||
		sl_firewall_get(item, FW_PORT)) &&
	    !protocol_is(item, with_ports))
		return sl_err_set(err, -EINVAL,
		    "failure: ports can be specified if proto is "
		    "tcp,udp,udp-lite,dccp,sctp");
	if (sl_firewall_get(item, FW_TCP_FLAGS) && !protocol_is(item, tcp))
		return sl_err_set(
		    err, -EINVAL, "failure: tcp-flags works only with tcp");
	if (sl_firewall_get(item, FW_TCP_MSS) && !protocol_is(item, tcp))
		return sl_err_set(
		    err, -EINVAL, "failure: tcp-mss works only with tcp");
	if (strcmp(text_of(item, FW_ACTION), "change-mss") == 0 &&
	    !protocol_is(item, tcp))
		return sl_err_set(
		    err, -EINVAL, "failure: change-mss works only with tcp");
	if (sl_firewall_get(item, FW_ICMP_OPTIONS) &&
	    !protocol_is(item, six ? icmp6 : icmp))
		return sl_err_set(err, -EINVAL,
		    "failure: icmp-options can be specified if proto is %s",
		    six ? "icmpv6" : "icmp");
	return 0;
}

int
sl_firewall_check(struct sl_menu *menu, struct sl_item *item,
    const struct sl_item *old, struct sl_err *err)
{
	const struct sl_firewall_menu *m = menu->priv;
	enum sl_hook hook = sl_hook_by_name(
	    (enum sl_rule_table)m->kind->table, text_of(item, FW_CHAIN));

	(void)old;
	if (!*text_of(item, FW_CHAIN))
		return sl_err_set(
		    err, -EINVAL, "missing value(s) of argument(s) chain");
	/* Not a default of the table: exports always say it. */
	if (!*text_of(item, FW_ACTION) &&
	    sl_item_set_text(item, (unsigned)m->prop[FW_ACTION], "accept", err))
		return -ENOMEM;
	if (strcmp(text_of(item, FW_ACTION), "jump") == 0 &&
	    !*text_of(item, FW_JUMP_TARGET))
		return sl_err_set(
		    err, -EINVAL, "failure: no target chain specified");
	if (sl_firewall_get(item, FW_SRC_MAC_ADDRESS) &&
	    (hook == SL_HOOK_OUTPUT || hook == SL_HOOK_POSTROUTING ||
		hook == SL_HOOK_SRCNAT))
		return sl_err_set(err, -EINVAL,
		    "failure: source mac address matching not possible in "
		    "output and postrouting chains");
	if (sl_firewall_check_mangle(item, hook, err))
		return err->code;
	return check_protocol(item, m->kind->family == SL_IPV6, err);
}

/* Compiling. */

static void
describe_menu(
    struct sl_menu *menu, struct sl_specs *specs, struct sl_list_ports *lists)
{
	struct sl_firewall_menu *m = menu->priv;
	struct sl_item *item;

	sl_rule_counters_begin(&m->counters);
	SL_ITEM_EACH (item, menu) {
		if (!sl_item_is_disabled(item))
			sl_firewall_describe(item, specs, lists);
		else if (!sl_rule_counters_want(&m->counters, item->id))
			specs->failed = true;
	}
}

/* Flags I as the compiler found; what has none any more loses it. */
static void
settle_reasons(const struct sl_specs *specs)
{
	for (const struct sl_rule_spec *s = specs->first; s; s = s->next) {
		struct sl_item *item = s->owner;
		const char *was = item->reason ? item->reason : "";

		if (strcmp(was, s->reason) == 0)
			continue;
		if (s->reason[0])
			sl_item_set_reason(item, "%s", s->reason);
		else
			sl_item_clear_reason(item);
	}
}

static void
settle_menu(struct sl_menu *menu)
{
	struct sl_firewall_menu *m = menu->priv;
	struct sl_item *item;

	sl_rule_counters_end(&m->counters);
	SL_ITEM_EACH (item, menu)
		if (sl_item_is_disabled(item) && item->reason)
			sl_item_clear_reason(item);
}

/* Tracking with enabled=auto wakes with the first rule of a family. */
static int
tell_tracking(const struct sl_specs *specs, struct sl_err *err)
{
	bool have[SL_FAMILIES] = {false};
	int rc = 0;

	if (!sl_track_settings_own())
		return 0; /* no tracking in this process */
	for (const struct sl_rule_spec *s = specs->first; s; s = s->next)
		have[sl_family_index(s->family)] = true;
	for (unsigned six = 0; six < SL_FAMILIES && !rc; six++)
		if (sl_track_settings_own()->have_rules[six] != have[six])
			rc = sl_track_settings_set_have_rules(
			    six ? SL_IPV6 : SL_IPV4, have[six], err);
	return rc;
}

int
sl_firewall_publish(struct sl_model *model, struct sl_err *err)
{
	struct sl_list_ports lists = {.model = model};
	struct sl_menu *menus[SL_COUNT_OF(kinds)];
	struct sl_specs specs;
	int rc;

	sl_specs_init(&specs);
	for (unsigned i = 0; i < SL_COUNT_OF(kinds); i++) {
		menus[i] = sl_model_find(model, kinds[i]->def->path);
		if (menus[i] && menus[i]->def == kinds[i]->def)
			describe_menu(menus[i], &specs, &lists);
		else
			menus[i] = NULL;
	}
	sl_list_ports_fini(&lists);
	rc = sl_ruleset_publish(&specs, err);
	if (!rc) {
		settle_reasons(&specs);
		rc = tell_tracking(&specs, err);
	}
	for (unsigned i = 0; !rc && i < SL_COUNT_OF(kinds); i++)
		if (menus[i])
			settle_menu(menus[i]);
	sl_specs_fini(&specs);
	return rc;
}

int
sl_firewall_apply(
    struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	(void)changes; /* the set is compiled whole */
	return sl_firewall_publish(menu->model, err);
}

/* Life cycle. */

int
sl_firewall_open(struct sl_menu *menu, struct sl_err *err)
{
	struct sl_firewall_menu *m = calloc(1, sizeof(*m));

	if (!m)
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	for (unsigned i = 0; i < SL_COUNT_OF(kinds); i++)
		if (kinds[i]->def == menu->def)
			m->kind = kinds[i];
	SL_ASSERT(m->kind);
	memset(m->prop, 0xff, sizeof(m->prop)); /* -1 */
	for (unsigned i = 0; i < m->kind->n; i++)
		m->prop[m->kind->ids[i]] = (int16_t)i;
	m->prop[FW_TO_WANTED] = m->prop[FW_MATCH_WANTED] = -1;
	menu->priv = m;
	return 0;
}

void
sl_firewall_close(struct sl_menu *menu)
{
	struct sl_firewall_menu *m = menu->priv;

	if (!m)
		return;
	sl_rule_counters_fini(&m->counters);
	free(m);
	menu->priv = NULL;
}

/* Counters. */

void
sl_firewall_row(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct sl_firewall_menu *m = row->menu->priv;
	const struct sl_live *live =
	    sl_rule_counters_find(&m->counters, row->id);
	uint64_t packets = 0, bytes = 0;

	if (live)
		sl_live_read(live, &packets, &bytes);
	*out = sl_value_count(m->kind->ids[prop] == FW_BYTES ? bytes : packets);
}

static int
reset_counters(struct sl_command *cmd, const uint64_t *ids, size_t n_ids,
    struct sl_err *err)
{
	struct sl_firewall_menu *m = cmd->menu->priv;

	(void)err;
	for (size_t i = 0; i < n_ids; i++) {
		struct sl_live *live =
		    sl_rule_counters_find(&m->counters, ids[i]);

		if (live)
			sl_live_reset(live);
	}
	return 0;
}

static int
reset_counters_all(struct sl_command *cmd, const uint64_t *ids, size_t n_ids,
    struct sl_err *err)
{
	struct sl_firewall_menu *m = cmd->menu->priv;

	(void)ids;
	(void)n_ids;
	(void)err;
	sl_rule_counters_reset_all(&m->counters);
	return 0;
}

const struct sl_verb sl_firewall_verbs[] = {
    {.name = "reset-counters",
	.help = "sets the counters of rules to zero",
	.items = true,
	.run = reset_counters},
    {.name = "reset-counters-all",
	.help = "sets the counters of all rules to zero",
	.run = reset_counters_all},
    {.name = NULL},
};
