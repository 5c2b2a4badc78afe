/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An item of a rule menu on its way to the typed description of a rule.
 *
 * What describes a property that matches is a row of sl_firewall_matchers, by the
 * property's id; what describes an action, a row of the table in
 * firewall_action.c or firewall_action_nat.c.  Private to the firewall_*.c files.
 */
#ifndef SL_MENU_FIREWALL_DRAFT_H
#define SL_MENU_FIREWALL_DRAFT_H

#include <menu/firewall.h>

struct sl_firewall_draft {
	struct sl_list_ports *lists;
	const struct sl_firewall_menu *menu;
	const struct sl_item *item;
	struct sl_rule_spec *spec;
	bool six;
};

typedef void (*sl_firewall_describe_fn)(
    struct sl_firewall_draft *, const struct sl_value *);

/* By property; NULL: not a matcher. */
extern const sl_firewall_describe_fn sl_firewall_matchers[FW_IDS];
extern const sl_firewall_describe_fn sl_firewall_header_matchers[FW_IDS];
extern const sl_firewall_describe_fn sl_firewall_payload_matchers[FW_IDS];

/* Describers in files of their own: firewall_match_flow.c. */
void sl_firewall_connection_type(
    struct sl_firewall_draft *, const struct sl_value *);
void sl_firewall_connection_bytes(
    struct sl_firewall_draft *, const struct sl_value *);
void sl_firewall_connection_rate(
    struct sl_firewall_draft *, const struct sl_value *);
void sl_firewall_connection_limit(
    struct sl_firewall_draft *, const struct sl_value *);
void sl_firewall_psd(struct sl_firewall_draft *, const struct sl_value *);
void sl_firewall_dst_limit(struct sl_firewall_draft *, const struct sl_value *);
void sl_firewall_random(struct sl_firewall_draft *, const struct sl_value *);
void sl_firewall_nth(struct sl_firewall_draft *, const struct sl_value *);
void sl_firewall_pcc(struct sl_firewall_draft *, const struct sl_value *);
void sl_firewall_time(struct sl_firewall_draft *, const struct sl_value *);

/* Appends a matcher of that kind, negated as the value is.  Never NULL. */
struct sl_match *sl_firewall_match(struct sl_firewall_draft *,
    enum sl_match_kind kind, const struct sl_value *v);

/* An action by its name; 'describe' may be NULL.  Tables end with a NULL name. */
struct sl_firewall_act {
	const char *name;
	uint8_t action; /* enum sl_action */
	void (*describe)(struct sl_firewall_draft *);
};
extern const struct sl_firewall_act sl_firewall_acts_nat[];

/* The action and its parameters, or the reason why not. */
void sl_firewall_describe_action(struct sl_firewall_draft *);

/* The same for an action that changes packets; false: it is none. */
bool sl_firewall_describe_mangle(
    struct sl_firewall_draft *, const char *action);

/* What RouterOS refuses of such a rule in a chain of that hook (SL_HOOK_N: one of
 * the user's). */
int sl_firewall_check_mangle(
    const struct sl_item *, enum sl_hook hook, struct sl_err *err);

/* The number that packets bear for a table (sl_pkt.routing_mark). */
uint32_t sl_firewall_table(
    const struct sl_firewall_draft *, const struct sl_value *v);

/* The rule has no effect, for it asks for what is not to be had; 'kind' is put
 * before the name. */
void sl_firewall_set_absent(
    struct sl_rule_spec *, const char *kind, const char *name);

/* The value that was set for an id; NULL: none. */
static inline const struct sl_value *
sl_firewall_draft_get(const struct sl_firewall_draft *d, enum sl_firewall_id id)
{
	return sl_firewall_get(d->item, id);
}

/* Text of a value; "" if it has none. */
static inline const char *
sl_firewall_text(const struct sl_value *v)
{
	return v && v->type == SL_VALUE_STR ? v->str.s : "";
}

#endif
