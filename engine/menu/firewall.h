/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule menus: what filter, nat, mangle and raw of both families share.
 *
 * A menu of rules is its rows (menu/firewall_rows.h) and the code here.  A
 * change in one compiles the rules of all into one set (rule/ruleset.h).
 */
#ifndef SL_MENU_FIREWALL_H
#define SL_MENU_FIREWALL_H

#include <menu/firewall_props.h>
#include <menu/item.h>
#include <menu/list_ports.h>
#include <menu/rule_counters.h>
#include <rule/spec.h>

/* The menus, for the registry: after /interface list and list member. */
extern const struct sl_menu_def sl_menu_filter4, sl_menu_filter6;
extern const struct sl_menu_def sl_menu_nat4, sl_menu_nat6;
extern const struct sl_menu_def sl_menu_mangle4, sl_menu_mangle6;
extern const struct sl_menu_def sl_menu_raw4, sl_menu_raw6;
extern const struct sl_menu_def sl_menu_firewall_check4;
extern const struct sl_menu_def sl_menu_firewall_check6;
extern const struct sl_menu_def sl_menu_address_list4;
extern const struct sl_menu_def sl_menu_address_list6;

/* What a menu's rows are. */
struct sl_firewall_kind {
	const struct sl_menu_def *def;
	uint8_t table, family; /* enum sl_rule_table, enum sl_family */
	uint8_t fw;	       /* FW_F ... FW_R */
	const uint8_t *ids;    /* enum sl_firewall_id of each row */
	unsigned n;
};
extern const struct sl_firewall_kind sl_firewall_filter4, sl_firewall_filter6;
extern const struct sl_firewall_kind sl_firewall_nat4, sl_firewall_nat6;
extern const struct sl_firewall_kind sl_firewall_mangle4, sl_firewall_mangle6;
extern const struct sl_firewall_kind sl_firewall_raw4, sl_firewall_raw6;

/* menu->priv of a rule menu. */
struct sl_firewall_menu {
	const struct sl_firewall_kind *kind;
	struct sl_rule_counters counters;
	int16_t prop[FW_IDS]; /* row of an id; -1: none, or several */
};

/* The value that was set for an id; NULL: none. */
const struct sl_value *sl_firewall_get(
    const struct sl_item *item, enum sl_firewall_id id);

/* Appends the rule that 'item' describes, with a reason if it cannot work; does
 * not touch the item.  NULL: no memory (specs->failed). */
struct sl_rule_spec *sl_firewall_describe(
    struct sl_item *item, struct sl_specs *specs, struct sl_list_ports *lists);

/* Compiles the rules of all menus and publishes them; items get their flags I.
 * Also for when ports came or went.  => Role: control. */
int sl_firewall_publish(struct sl_model *, struct sl_err *);

/* The operations of a rule menu's definition. */
int sl_firewall_open(struct sl_menu *, struct sl_err *);
void sl_firewall_close(struct sl_menu *);
int sl_firewall_check(struct sl_menu *, struct sl_item *,
    const struct sl_item *old, struct sl_err *);
int sl_firewall_apply(
    struct sl_menu *, const struct sl_change *, struct sl_err *);
void sl_firewall_row(const struct sl_row *, unsigned prop, struct sl_value *);
extern const struct sl_verb sl_firewall_verbs[];
extern const char *const sl_firewall_depends[];

/* Defines sl_menu_NAME and sl_firewall_NAME from props_NAME and ids_NAME. */
#define SL_FIREWALL_MENU(name, path_, help_, table_, fw_, family_)             \
	const struct sl_menu_def sl_menu_##name = {                            \
	    .path = path_,                                                     \
	    .help = help_,                                                     \
	    .kind = SL_MENU_ITEMS,                                             \
	    .flags = SL_MENU_LONG | SL_MENU_ORDERED,                           \
	    .props = props_##name,                                             \
	    .n_props = SL_COUNT_OF(props_##name),                              \
	    .verbs = sl_firewall_verbs,                                        \
	    .depends = sl_firewall_depends,                                    \
	    .open = sl_firewall_open,                                          \
	    .close = sl_firewall_close,                                        \
	    .check = sl_firewall_check,                                        \
	    .apply = sl_firewall_apply,                                        \
	    .get = sl_firewall_row,                                            \
	};                                                                     \
	const struct sl_firewall_kind sl_firewall_##name = {                   \
	    .def = &sl_menu_##name,                                            \
	    .table = table_,                                                   \
	    .family = family_,                                                 \
	    .fw = fw_,                                                         \
	    .ids = ids_##name,                                                 \
	    .n = SL_COUNT_OF(ids_##name),                                      \
	}

#endif
