/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /ip settings and /ipv6 settings: what the packet path reads of them, and the
 * rest as RouterOS prints it.  A setting that has no effect here is taken, and
 * print and the load say that another value than the default does nothing.
 */
#include <menu/engine_menus.h>
#include <menu/item.h>

#include <fast/fast.h>

#include <errno.h>
#include <string.h>

enum col4 {
	FORWARD4,
	REDIRECTS,
	SOURCE_ROUTE,
	ACCEPT_REDIRECTS,
	SECURE_REDIRECTS,
	RP_FILTER,
	SYNCOOKIES,
	TIMESTAMPS,
	MAX_NEIGH4,
	ARP_TIMEOUT,
	RATE_LIMIT,
	RATE_MASK,
	INBOUND,
	MULTIPATH,
	ROUTE_CACHE,
	FAST_PATH4,
	FP_ACTIVE4,
	FP_PACKETS4,
	FP_BYTES4,
	FT_ACTIVE4,
	FT_PACKETS4,
	FT_BYTES4,
	COLS4
};
enum col6 {
	DISABLE6,
	FORWARD6,
	ACCEPT_RA,
	ACCEPT_REDIRECTS6,
	LINK_LOCAL6,
	MULTIPATH6,
	MIN_NEIGH6,
	SOFT_NEIGH6,
	MAX_NEIGH6,
	STALE_DETECT6,
	STALE_TIMEOUT6,
	FAST_PATH6,
	FT_ACTIVE6,
	FT_PACKETS6,
	FT_BYTES6,
	COLS6
};

static const char fixed_help[] = "the kernel's; kept, without effect";

#define FIXED(col_, name_, default_)                                           \
	[col_] = {.name = name_,                                               \
	    .type = &sl_type_name,                                             \
	    .dflt = default_,                                                  \
	    .help = fixed_help}
#define BOOL(col_, name_, default_, help_)                                     \
	[col_] = {.name = name_,                                               \
	    .type = &sl_type_bool,                                             \
	    .dflt = default_,                                                  \
	    .help = help_}
#define NUMBER(col_, name_, default_, max_, help_)                             \
	[col_] = {.name = name_,                                               \
	    .type = &sl_type_num,                                              \
	    .dflt = default_,                                                  \
	    .max = max_,                                                       \
	    .help = help_}
#define SHOWN(col_, name_, type_)                                              \
	[col_] = {.name = name_,                                               \
	    .type = &type_,                                                    \
	    .flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL,                      \
	    .help = "past the rules"}

static const struct sl_prop props4[COLS4] = {
    BOOL(FORWARD4, "ip-forward", "yes", "route packets between ports"),
    FIXED(REDIRECTS, "send-redirects", "yes"),
    FIXED(SOURCE_ROUTE, "accept-source-route", "no"),
    FIXED(ACCEPT_REDIRECTS, "accept-redirects", "no"),
    FIXED(SECURE_REDIRECTS, "secure-redirects", "yes"),
    FIXED(RP_FILTER, "rp-filter", "no"),
    FIXED(SYNCOOKIES, "tcp-syncookies", "no"),
    FIXED(TIMESTAMPS, "tcp-timestamps", "random-offset"),
    FIXED(MAX_NEIGH4, "max-neighbor-entries", "8192"),
    FIXED(ARP_TIMEOUT, "arp-timeout", "30s"),
    NUMBER(RATE_LIMIT, "icmp-rate-limit", "10", 60000,
	"least milliseconds between ICMP errors to one target; 0: none"),
    [RATE_MASK] = {.name = "icmp-rate-mask",
	.type = &sl_type_name,
	.dflt = "0x1818",
	.help = "ICMP types that are limited"},
    FIXED(INBOUND, "icmp-errors-use-inbound-interface-address", "no"),
    FIXED(MULTIPATH, "ipv4-multipath-hash-policy", "l3"),
    FIXED(ROUTE_CACHE, "route-cache", "yes"),
    BOOL(FAST_PATH4, "allow-fast-path", "yes", "let FastTrack be used"),
    SHOWN(FP_ACTIVE4, "ipv4-fast-path-active", sl_type_bool),
    SHOWN(FP_PACKETS4, "ipv4-fast-path-packets", sl_type_count),
    SHOWN(FP_BYTES4, "ipv4-fast-path-bytes", sl_type_count),
    SHOWN(FT_ACTIVE4, "ipv4-fasttrack-active", sl_type_bool),
    SHOWN(FT_PACKETS4, "ipv4-fasttrack-packets", sl_type_count),
    SHOWN(FT_BYTES4, "ipv4-fasttrack-bytes", sl_type_count),
};

static const struct sl_prop props6[COLS6] = {
    FIXED(DISABLE6, "disable-ipv6", "no"),
    BOOL(FORWARD6, "forward", "yes", "route packets between ports"),
    FIXED(ACCEPT_RA, "accept-router-advertisements",
	"yes-if-forwarding-disabled"),
    FIXED(ACCEPT_REDIRECTS6, "accept-redirects", "yes-if-forwarding-disabled"),
    FIXED(LINK_LOCAL6, "disable-link-local-address", "no"),
    FIXED(MULTIPATH6, "multipath-hash-policy", "l3"),
    FIXED(MIN_NEIGH6, "min-neighbor-entries", NULL),
    FIXED(SOFT_NEIGH6, "soft-max-neighbor-entries", NULL),
    FIXED(MAX_NEIGH6, "max-neighbor-entries", "8192"),
    FIXED(STALE_DETECT6, "stale-neighbor-detect-interval", NULL),
    FIXED(STALE_TIMEOUT6, "stale-neighbor-timeout", NULL),
    BOOL(FAST_PATH6, "allow-fast-path", "yes", "let FastTrack be used"),
    SHOWN(FT_ACTIVE6, "ipv6-fasttrack-active", sl_type_bool),
    SHOWN(FT_PACKETS6, "ipv6-fasttrack-packets", sl_type_count),
    SHOWN(FT_BYTES6, "ipv6-fasttrack-bytes", sl_type_count),
};

/* Is it one of the kernel's, and not as it is by default? */
static bool
is_idle(const struct sl_item *item, unsigned i)
{
	const struct sl_prop *prop = &item->menu->def->props[i];

	return prop->help == fixed_help &&
	       strcmp(sl_item_str(item, i), prop->dflt ? prop->dflt : "");
}

static int
rate_mask(const struct sl_item *item, uint32_t *mask)
{
	char *end;
	unsigned long n = strtoul(sl_item_str(item, RATE_MASK), &end, 0);

	*mask = (uint32_t)n;
	return *end || n > UINT32_MAX ? -EINVAL : 0;
}

/* Names what was set and has no effect. */
static void
judge_idle(struct sl_item *item)
{
	const struct sl_menu_def *def = item->menu->def;
	struct sl_text names = {0};

	for (unsigned i = 0; i < def->n_props; i++)
		if (is_idle(item, i))
			sl_text_printf(&names, "%s%s", names.len ? ", " : "",
			    def->props[i].name);
	if (names.len)
		sl_item_set_reason(
		    item, "without effect here: %s", sl_text_str(&names));
	sl_text_free(&names);
}

static int
check(struct sl_menu *menu, struct sl_item *item, const struct sl_item *old,
    struct sl_err *err)
{
	uint32_t mask;

	(void)old;
	judge_idle(item);
	if (menu->def == &sl_menu_settings4 && rate_mask(item, &mask))
		return sl_err_set(
		    err, -EINVAL, "invalid value for argument icmp-rate-mask");
	return 0;
}

static int
apply4(
    struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	struct sl_engine *engine = menu->model->engine;
	const struct sl_item *item = sl_item_settings(menu);
	uint32_t mask = 0;

	(void)changes;
	(void)err;
	rate_mask(item, &mask);
	sl_store_relaxed(&engine->ip.forward4, sl_item_bool(item, FORWARD4));
	sl_store_relaxed(
	    &engine->ip.icmp_rate_ms, (uint32_t)sl_item_num(item, RATE_LIMIT));
	sl_store_relaxed(&engine->ip.icmp_rate_mask, mask);
	sl_store_relaxed(&sl_fast.allowed[0], sl_item_bool(item, FAST_PATH4));
	return 0;
}

static int
apply6(
    struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	struct sl_engine *engine = menu->model->engine;

	(void)changes;
	(void)err;
	sl_store_relaxed(&engine->ip.forward6,
	    sl_item_bool(sl_item_settings(menu), FORWARD6));
	sl_store_relaxed(&sl_fast.allowed[1],
	    sl_item_bool(sl_item_settings(menu), FAST_PATH6));
	return 0;
}

static struct sl_value
is_active(unsigned six)
{
	return sl_value_bool(sl_load_relaxed(&sl_fast.allowed[six]) &&
			     sl_load_relaxed(&sl_fast.used[six]));
}

/* There is no fast path but FastTrack's. */
static void
get4(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	(void)row;
	switch (prop) {
	case FT_ACTIVE4:
		*out = is_active(0);
		break;
	case FT_PACKETS4:
		*out = sl_value_count(sl_counter_sum(SL_COUNTER_FAST4));
		break;
	case FT_BYTES4:
		*out = sl_value_count(sl_counter_sum(SL_COUNTER_FAST4_BYTES));
		break;
	case FP_ACTIVE4:
		*out = sl_value_bool(false);
		break;
	default:
		*out = sl_value_count(0);
		break;
	}
}

static void
get6(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	(void)row;
	if (prop == FT_ACTIVE6)
		*out = is_active(1);
	else
		*out = sl_value_count(sl_counter_sum(
		    prop == FT_PACKETS6 ? SL_COUNTER_FAST6
					: SL_COUNTER_FAST6_BYTES));
}

const struct sl_menu_def sl_menu_settings4 = {
    .path = "/ip/settings",
    .help = "settings of IPv4 forwarding",
    .kind = SL_MENU_SETTINGS,
    .props = props4,
    .n_props = COLS4,
    .check = check,
    .apply = apply4,
    .get = get4,
};

const struct sl_menu_def sl_menu_settings6 = {
    .path = "/ipv6/settings",
    .help = "settings of IPv6 forwarding",
    .kind = SL_MENU_SETTINGS,
    .props = props6,
    .n_props = COLS6,
    .check = check,
    .apply = apply6,
    .get = get6,
};
