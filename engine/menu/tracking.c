/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /ip firewall connection tracking.
 *
 * The timeouts' defaults are the trackers'; what the config leaves unset follows
 * them.  max-entries, read-only in RouterOS, may be set here.
 */
#include <menu/engine_menus.h>
#include <menu/item.h>
#include <menu/sluice.h>

#include <track/settings.h>

#include <errno.h>
#include <string.h>

enum col {
	ENABLED,
	ACTIVE4,
	ACTIVE6,
	SYN_SENT,
	SYN_RECEIVED,
	ESTABLISHED,
	FIN_WAIT,
	CLOSE_WAIT,
	LAST_ACK,
	TIME_WAIT,
	CLOSE,
	MAX_RETRANS,
	UNACKED,
	LOOSE,
	LIBERAL,
	UDP,
	UDP_STREAM,
	ICMP,
	GENERIC,
	MAX_ENTRIES,
	TOTAL,
	TOTAL4,
	TOTAL6,
	COLS
};

static const char *const modes[] = {"no", "yes", "auto", NULL};

#define TIMEOUT(col_, name_, default_, help_)                                  \
	[col_] = {.name = name_,                                               \
	    .type = &sl_type_time,                                             \
	    .dflt = default_,                                                  \
	    .min = (int64_t)SL_NS_PER_SEC,                                     \
	    .max = (int64_t)(SL_TIMEOUT_MAX_MS * SL_NS_PER_MS),                \
	    .help = help_}
#define SHOWN(col_, name_, type_, help_)                                       \
	[col_] = {.name = name_,                                               \
	    .type = &type_,                                                    \
	    .flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL,                      \
	    .help = help_}

static const struct sl_prop props[COLS] = {
    [ENABLED] = {.name = "enabled",
	.type = &sl_type_enum,
	.names = modes,
	.dflt = "auto",
	.help = "auto: as soon as there is a firewall rule"},
    SHOWN(ACTIVE4, "active-ipv4", sl_type_bool, "IPv4 is being tracked"),
    SHOWN(ACTIVE6, "active-ipv6", sl_type_bool, "IPv6 is being tracked"),
    TIMEOUT(SYN_SENT, "tcp-syn-sent-timeout", "5s", "SYN sent"),
    TIMEOUT(SYN_RECEIVED, "tcp-syn-received-timeout", "5s", "SYN answered"),
    TIMEOUT(ESTABLISHED, "tcp-established-timeout", "1d", "open and idle"),
    TIMEOUT(FIN_WAIT, "tcp-fin-wait-timeout", "10s", "first FIN sent"),
    TIMEOUT(
	CLOSE_WAIT, "tcp-close-wait-timeout", "10s", "first FIN acknowledged"),
    TIMEOUT(LAST_ACK, "tcp-last-ack-timeout", "10s", "both FINs sent"),
    TIMEOUT(
	TIME_WAIT, "tcp-time-wait-timeout", "10s", "both FINs acknowledged"),
    TIMEOUT(CLOSE, "tcp-close-timeout", "10s", "reset"),
    TIMEOUT(MAX_RETRANS, "tcp-max-retrans-timeout", "5m",
	"too many retransmissions without progress"),
    TIMEOUT(
	UNACKED, "tcp-unacked-timeout", "5m", "data sent and not acknowledged"),
    [LOOSE] = {.name = "loose-tcp-tracking",
	.type = &sl_type_bool,
	.dflt = "yes",
	.help = "pick up connections in the middle"},
    [LIBERAL] = {.name = "liberal-tcp-tracking",
	.type = &sl_type_bool,
	.dflt = "no",
	.help = "only an out-of-window RST is invalid"},
    TIMEOUT(UDP, "udp-timeout", "10s", "packets in one direction"),
    TIMEOUT(
	UDP_STREAM, "udp-stream-timeout", "3m", "packets in both directions"),
    TIMEOUT(ICMP, "icmp-timeout", "10s", "a query"),
    TIMEOUT(GENERIC, "generic-timeout", "10m", "other protocols"),
    [MAX_ENTRIES] = {.name = "max-entries",
	.type = &sl_type_num,
	.min = 1,
	.max = 1 << 30,
	.help = "most connections at once; unset: from installed memory"},
    SHOWN(TOTAL, "total-entries", sl_type_num, "connections now"),
    SHOWN(TOTAL4, "total-ip4-entries", sl_type_num, "of IPv4"),
    SHOWN(TOTAL6, "total-ip6-entries", sl_type_num, "of IPv6"),
};

static bool
is_timeout(unsigned prop)
{
	return props[prop].type == &sl_type_time;
}

static int
set_timeouts(const struct sl_item *item, struct sl_err *err)
{
	for (unsigned i = 0; i < COLS; i++) {
		uint64_t ms = (uint64_t)sl_item_num(item, i) / SL_NS_PER_MS;
		uint32_t now;
		int rc;

		if (!is_timeout(i) ||
		    (!sl_track_settings_get_timeout(props[i].name, &now) &&
			now == ms))
			continue;
		rc = sl_track_settings_set_timeout(props[i].name, ms, err);
		if (rc)
			return rc;
	}
	return 0;
}

/* RFC 5382 REQ-5: two hours and four minutes where somebody may still be there,
 * four minutes for what opens and closes; RFC 4787 REQ-5; RFC 5508 REQ-2. */
static const struct {
	uint8_t col;
	uint32_t s;
} rfc_timers[] = {
    {SYN_SENT, 4 * 60},
    {SYN_RECEIVED, 4 * 60},
    {ESTABLISHED, (2 * 60 + 4) * 60},
    {FIN_WAIT, 4 * 60},
    {CLOSE_WAIT, 4 * 60},
    {LAST_ACK, 4 * 60},
    {TIME_WAIT, 4 * 60},
    {CLOSE, 4 * 60},
    {MAX_RETRANS, (2 * 60 + 4) * 60},
    {UNACKED, (2 * 60 + 4) * 60},
    {UDP, 5 * 60},
    {UDP_STREAM, 5 * 60},
    {ICMP, 60},
};

int
sl_tracking_set_profile(
    struct sl_model *model, enum sl_timer_profile profile, struct sl_err *err)
{
	struct sl_menu *menu = sl_model_find(model, sl_menu_tracking.path);

	for (unsigned i = 0; i < SL_COUNT_OF(rfc_timers); i++) {
		const struct sl_prop *p = &props[rfc_timers[i].col];
		struct sl_value *dflt = &menu->defaults[rfc_timers[i].col];
		int rc;

		*dflt =
		    sl_value_time((int64_t)(rfc_timers[i].s * SL_NS_PER_SEC));
		if (profile == SL_TIMERS_ROUTEROS &&
		    (rc = sl_prop_parse(
			 model, p, p->dflt, strlen(p->dflt), dflt, err)))
			return rc;
	}
	return set_timeouts(sl_item_settings(menu), err);
}

static int
apply(struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	struct sl_engine *engine = menu->model->engine;
	const struct sl_item *item = sl_item_settings(menu);
	int64_t max = sl_item_num(item, MAX_ENTRIES);
	int rc;

	(void)changes;
	if ((rc = set_timeouts(item, err)) ||
	    (rc = sl_track_settings_set_enabled(
		 (enum sl_track_enabled)sl_item_num(item, ENABLED), err)) ||
	    (rc = sl_track_settings_set_loose(
		 sl_item_bool(item, LOOSE), err)) ||
	    (rc = sl_track_settings_set_liberal(
		 sl_item_bool(item, LIBERAL), err)))
		return rc;
	sl_table_set_max(
	    engine->table, max > 0 ? (uint64_t)max : sl_table_default_max());
	return 0;
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	struct sl_engine *engine = row->menu->model->engine;
	const struct sl_track_settings *s = sl_track_settings_own();
	const struct sl_table *table = engine->table;

	switch (prop) {
	case ACTIVE4:
		*out = sl_value_bool(sl_track_is_active(s, SL_IPV4));
		break;
	case ACTIVE6:
		*out = sl_value_bool(sl_track_is_active(s, SL_IPV6));
		break;
	case TOTAL:
		*out = sl_value_num((int64_t)sl_table_total(table));
		break;
	case TOTAL4:
		*out = sl_value_num(
		    (int64_t)sl_table_total_family(table, SL_IPV4));
		break;
	default:
		*out = sl_value_num(
		    (int64_t)sl_table_total_family(table, SL_IPV6));
		break;
	}
}

/* Unset is the machine's own value: shown by print, left out by export. */
static int
open_menu(struct sl_menu *menu, struct sl_err *err)
{
	struct sl_value v = sl_value_num((int64_t)sl_table_default_max());
	int rc = sl_item_set(sl_item_settings(menu), MAX_ENTRIES, &v);

	return rc ? sl_err_set(err, rc, "out of memory") : 0;
}

static void
max_default(const struct sl_item *item, unsigned prop, struct sl_value *out)
{
	(void)item;
	if (prop == MAX_ENTRIES)
		*out = sl_value_num((int64_t)sl_table_default_max());
}

const struct sl_menu_def sl_menu_tracking = {
    .path = "/ip/firewall/connection/tracking",
    .help = "settings of connection tracking",
    .kind = SL_MENU_SETTINGS,
    .props = props,
    .n_props = COLS,
    .open = open_menu,
    .apply = apply,
    .get = get,
    .default_of = max_default,
};
