/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /ip firewall service-port.
 *
 * A row for every service that RouterOS has, whether a plugin for it is loaded or
 * not, and one for every other helper that is.  What the last three do is the
 * tracker's, and cannot be set.
 */
#include <menu/service_port.h>

#include <menu/engine_menus.h>
#include <menu/item.h>

#include <plugin/loader.h>
#include <plugin/options.h>
#include <plugin/tuning.h>
#include <related/helpers.h>
#include <track/settings.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { DISABLED, INVALID, NAME, PORTS, SIP_DIRECT_MEDIA, SIP_TIMEOUT, COLS };

static const struct sl_prop props[COLS] = {
    [DISABLED] = SL_PROP_ROW_DISABLED,
    [INVALID] = SL_PROP_ROW_INVALID,
    [NAME] = {.name = "name",
	.type = &sl_type_name,
	.flags = SL_PROP_NAME | SL_PROP_READ_ONLY | SL_PROP_COLUMN,
	.help = "of the protocol"},
    [PORTS] = {.name = "ports",
	.type = &sl_type_num,
	.min = 1,
	.max = 65535,
	.flags = SL_PROP_LIST | SL_PROP_COLUMN,
	.help = "of the server; unset: those the protocol is known by"},
    [SIP_DIRECT_MEDIA] = {.name = "sip-direct-media",
	.type = &sl_type_bool,
	.help = "media may go to another host than the one who calls"},
    [SIP_TIMEOUT] = {.name = "sip-timeout",
	.type = &sl_type_time,
	.min = (int64_t)SL_NS_PER_SEC,
	.max = (int64_t)(SL_TIMEOUT_MAX_MS * SL_NS_PER_MS),
	.help = "how long a call is kept without a packet"},
};

enum kind {
	HAS_PORTS,
	NO_PORTS, /* ports of its own that are no list */
	TRACKED,  /* a tracker's */
};

static const struct service {
	const char *name, *ports;
	enum kind kind;
	bool is_off;
	uint8_t l4proto;
} services[] = {
    {"ftp", "21", HAS_PORTS, false, 0},
    {"tftp", "69", HAS_PORTS, false, 0},
    {"irc", "6667", HAS_PORTS, true, 0},
    {"h323", "", NO_PORTS, false, 0},
    {"sip", "5060,5061", HAS_PORTS, false, 0},
    {"pptp", "", NO_PORTS, false, 0},
    {"rtsp", "554", HAS_PORTS, true, 0},
    {"udplite", "", TRACKED, false, IPPROTO_UDPLITE},
    {"dccp", "", TRACKED, false, IPPROTO_DCCP},
    {"sctp", "", TRACKED, false, IPPROTO_SCTP},
};

static const struct service *
service_of(const char *name)
{
	for (size_t i = 0; i < SL_COUNT_OF(services); i++)
		if (strcmp(services[i].name, name) == 0)
			return &services[i];
	return NULL;
}

static bool
is_sip(const struct sl_item *it)
{
	return strcmp(sl_item_str(it, NAME), "sip") == 0;
}

/* Each server port once, as a list: what a helper is for by itself. */
static void
print_ports(const struct sl_helper *h, char *buf, size_t size)
{
	const struct sl_port_match *p = h->ops.ports;
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned i = 0; p && p[i].l4proto; i++) {
		bool again = false;

		for (unsigned j = 0; j < i; j++)
			again |= p[j].port == p[i].port;
		if (!again && at < size)
			at += (size_t)snprintf(buf + at, size - at, "%s%u",
			    at ? "," : "", p[i].port);
	}
}

/* The ports of a row by default; "" if it has none to set. */
static void
default_ports(const char *name, char *buf, size_t size)
{
	const struct service *s = service_of(name);
	uint8_t number = sl_helpers_number(name, false);
	const struct sl_helper *h = number ? sl_helpers_own(number) : NULL;

	buf[0] = '\0';
	if (s)
		snprintf(buf, size, "%s", s->ports);
	else if (h)
		print_ports(h, buf, size);
}

static bool
is_off_by_default(const char *name)
{
	const struct service *s = service_of(name);
	uint8_t number = sl_helpers_number(name, false);
	const struct sl_helper *h = number ? sl_helpers_own(number) : NULL;

	if (s)
		return s->is_off;
	return h && (h->ops.flags & SL_HELP_DEFAULT_OFF);
}

static void
default_of(const struct sl_item *it, unsigned prop, struct sl_value *out)
{
	const char *name = sl_item_str(it, NAME);
	struct sl_err err = {0};
	char ports[64];

	switch (prop) {
	case DISABLED:
		*out = sl_value_bool(is_off_by_default(name));
		break;
	case PORTS:
		default_ports(name, ports, sizeof(ports));
		sl_prop_parse(it->menu->model, &props[PORTS], ports,
		    strlen(ports), out, &err);
		break;
	case SIP_DIRECT_MEDIA:
		if (is_sip(it))
			*out = sl_value_bool(true);
		break;
	case SIP_TIMEOUT:
		if (is_sip(it))
			*out = sl_value_time((int64_t)(3600 * SL_NS_PER_SEC));
		break;
	default:
		break;
	}
}

/* What is unset is the row's own default, and said. */
static int
fill_in(struct sl_item *it, struct sl_err *err)
{
	for (unsigned p = 0; p < COLS; p++) {
		struct sl_value v = {0};

		if (sl_item_get(it, p))
			continue;
		default_of(it, p, &v);
		if (v.type != SL_VALUE_NONE && sl_item_set(it, p, &v))
			return sl_err_set(
			    err, -ENOMEM, "failure: out of memory");
	}
	return 0;
}

static int
check_ports(const struct sl_item *it, struct sl_err *err)
{
	const struct sl_value *ports = sl_item_get(it, PORTS);
	const char *name = sl_item_str(it, NAME);
	char own[64];

	if (!ports)
		return 0;
	default_ports(name, own, sizeof(own));
	if (!own[0])
		return sl_err_set(
		    err, -EINVAL, "failure: ports of %s can not be set", name);
	if (sl_array_len(ports) > SL_HELPER_PORTS)
		return sl_err_set(err, -EINVAL,
		    "failure: %s can have %d ports at most", name,
		    SL_HELPER_PORTS);
	return 0;
}

static bool
is_tracking_off(void)
{
	const struct sl_track_settings *s = sl_track_settings_own();

	return s && !sl_track_is_active(s, SL_IPV4) &&
	       !sl_track_is_active(s, SL_IPV6);
}

static void
show_rival(struct sl_item *it, uint8_t number)
{
	uint16_t port;
	uint8_t rival = sl_helpers_rival(number, &port);

	if (rival)
		sl_item_set_reason(it, "port %u is of %s already", port,
		    sl_helpers_name(rival));
}

/* Flag I, and why. */
static void
judge(struct sl_item *it, uint8_t number)
{
	const char *name = sl_item_str(it, NAME);
	const struct service *s = service_of(name);

	sl_item_clear_reason(it);
	if (s && s->kind == TRACKED ? !sl_trackers_taken(SL_IPV4, s->l4proto)
				    : !number || !sl_helpers_own(number))
		sl_item_set_reason(it, "no plugin for %s is loaded", name);
	else if (is_tracking_off())
		sl_item_set_reason(it, "connection tracking is off");
	else
		show_rival(it, number);
}

static int
check(struct sl_menu *menu, struct sl_item *it, const struct sl_item *old,
    struct sl_err *err)
{
	const struct service *s = service_of(sl_item_str(it, NAME));
	int rc;

	(void)menu;
	(void)old;
	if (s && s->kind == TRACKED && sl_item_is_disabled(it))
		return sl_err_set(err, -EINVAL,
		    "failure: %s is a part of connection tracking, it can not "
		    "be disabled",
		    s->name);
	if (!is_sip(it) &&
	    (sl_item_get(it, SIP_DIRECT_MEDIA) || sl_item_get(it, SIP_TIMEOUT)))
		return sl_err_set(err, -EINVAL,
		    "failure: sip-direct-media and sip-timeout can be set for "
		    "sip only");
	if ((rc = check_ports(it, err)) || (rc = fill_in(it, err)))
		return rc;
	judge(it, sl_helpers_number(sl_item_str(it, NAME), false));
	return 0;
}

static bool
is_default(const struct sl_item *it, unsigned prop)
{
	struct sl_value own = {0};
	bool same;

	default_of(it, prop, &own);
	same = sl_value_compare(sl_item_get(it, prop), SL_COMPARE_EQ, &own);
	sl_value_free(&own);
	return same;
}

static int
put_helper(const struct sl_item *it, uint8_t number, struct sl_err *err)
{
	const struct sl_value *ports = sl_item_get(it, PORTS);
	struct sl_helper_settings now, want = {
					   .is_off = sl_item_is_disabled(it),
				       };

	if (ports && !is_default(it, PORTS))
		want.n_ports = (uint8_t)sl_array_len(ports);
	for (unsigned i = 0; i < want.n_ports; i++)
		want.ports[i] = (uint16_t)sl_array_at(ports, i)->num;
	sl_helpers_settings(number, &now);
	if (memcmp(&now, &want, sizeof(now)) == 0)
		return 0;
	return sl_helpers_set(number, &want, err);
}

/* The sip plugin's options, by their RouterOS names. */
static int
put_sip(const struct sl_item *it, struct sl_err *err)
{
	struct sl_object *o = sl_plugins_find("sip");
	char time[32];
	int rc;

	sl_options_print_time(
	    (uint64_t)sl_item_num(it, SIP_TIMEOUT) / SL_NS_PER_MS, time,
	    sizeof(time));
	if ((rc = sl_tuning_set("sip", "sip-direct-media",
		 sl_item_bool(it, SIP_DIRECT_MEDIA) ? "yes" : "no", err)) ||
	    (rc = sl_tuning_set("sip", "sip-timeout", time, err)))
		return rc;
	return o ? sl_tuning_commit(o, err) : 0;
}

static int
apply(struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	struct sl_item *it;
	int rc;

	(void)changes;
	SL_ITEM_EACH (it, menu) {
		const char *name = sl_item_str(it, NAME);
		const struct service *s = service_of(name);
		uint8_t number = 0;

		if (!s || s->kind != TRACKED) {
			number = sl_helpers_number(name, true);
			rc = number ? put_helper(it, number, err) : 0;
			if (!rc && is_sip(it))
				rc = put_sip(it, err);
			if (rc)
				return rc;
		}
	}
	/* Who has a port is known when all have theirs. */
	SL_ITEM_EACH (it, menu)
		judge(it, sl_helpers_number(sl_item_str(it, NAME), false));
	return 0;
}

static int
add_row(struct sl_menu *menu, const char *name, struct sl_err *err)
{
	struct sl_item *it = sl_item_make(menu, SL_ITEM_BUILTIN);
	struct sl_value v;
	int rc = -ENOMEM;

	if (it && !sl_value_str(&v, name, strlen(name)) &&
	    !sl_item_set(it, NAME, &v) && !fill_in(it, err))
		rc = sl_item_list(it, NULL, err);
	if (!rc)
		return 0;
	if (it)
		sl_item_free(it);
	return sl_err_set(err, rc, "failure: out of memory");
}

int
sl_service_port_refresh(struct sl_model *model, struct sl_err *err)
{
	struct sl_menu *menu = sl_model_find(model, SL_SERVICE_PORT_PATH);
	const char *name;
	int rc;

	for (uint8_t n = 1; (name = sl_helpers_name(n)); n++)
		if (sl_helpers_own(n) && !sl_items_named(menu, name) &&
		    (rc = add_row(menu, name, err)))
			return rc;
	return sl_menu_reapply(menu, err);
}

static int
open_menu(struct sl_menu *menu, struct sl_err *err)
{
	const char *name;
	int rc;

	for (size_t i = 0; i < SL_COUNT_OF(services); i++)
		if ((rc = add_row(menu, services[i].name, err)))
			return rc;
	for (uint8_t n = 1; (name = sl_helpers_name(n)); n++)
		if (sl_helpers_own(n) && !sl_items_named(menu, name) &&
		    (rc = add_row(menu, name, err)))
			return rc;
	return apply(menu, NULL, err);
}

/* Flag I follows whether anything is tracked. */
static const char *const depends[] = {"/ip/firewall/connection/tracking",
    "/ip/firewall/filter", "/ip/firewall/nat", "/ip/firewall/mangle",
    "/ip/firewall/raw", "/ipv6/firewall/filter", "/ipv6/firewall/nat",
    "/ipv6/firewall/mangle", "/ipv6/firewall/raw", NULL};

const struct sl_menu_def sl_menu_service_port = {
    .path = SL_SERVICE_PORT_PATH,
    .help = "helpers: protocols that announce connections, and their ports",
    .kind = SL_MENU_ITEMS,
    .flags = SL_MENU_FIXED,
    .props = props,
    .n_props = COLS,
    .key = "name",
    .depends = depends,
    .open = open_menu,
    .check = check,
    .apply = apply,
    .default_of = default_of,
};
