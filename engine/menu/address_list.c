/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /ip firewall address-list and /ipv6 firewall address-list.
 *
 * What it is.  Items, each with its entry in a list of rule/addrlist.h while it
 *   is active.  The entry follows the item into and out of the menu (index), so no
 *   pass over all items is ever needed: 60,000 lines load in linear time.
 * Life cycle.  By command, by a rule (add-src-to-address-list), by a deadline.
 *   An item with a deadline is dynamic: it is not exported.
 * Who writes, who reads.  Control.
 * Ordering.    None needed.
 * Bounds.      Duplicates are found by hash; a tick looks at what is due, and
 *   at TICK_MAX of it; rules add up to ADDED_MAX, and more counts as list-adds-lost.
 *
 * The stored timeout is the deadline itself, on the clock of sl_now_ns() and
 * marked as such (value.index); what is shown is the time that remains.
 */
#include <menu/address_list.h>
#include <menu/address_names.h>
#include <menu/firewall.h>
#include <menu/known_items.h>
#include <menu/tx.h>

#include <base/clock.h>
#include <base/counters.h>
#include <base/log.h>
#include <conn/tuple.h>
#include <rule/addrlist.h>
#include <rule/list_post.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum col {
	LIST,
	ADDRESS,
	CREATION_TIME,
	TIMEOUT,
	COMMENT,
	DISABLED,
	INVALID,
	DYNAMIC,
	COLS
};

/* value.index of a TIMEOUT that is a deadline. */
#define IS_DEADLINE 1

/* Entries that one tick removes, and posts that it takes: some milliseconds.  What
 * is left waits for the next; expired entries are in no list meanwhile. */
#define TICK_MAX 2048

/* Rules add no more to a menu that has so many entries: who fakes sources shall
 * not fill the memory (some 700 bytes each). */
#define ADDED_MAX 262144

struct entries {
	struct sl_known_items known; /* by list and address */
	/* Of the item taken out last, until it is back in, or gone for good: an
	 * edit leaves no moment without the address. */
	struct sl_addrlist_entry *leaving;
	struct sl_address_names names;
};

/* The first and last address, as the engine and comparisons take them. */
struct range {
	struct sl_addr min, max;
};

uint8_t
sl_address_list_family(const struct sl_menu *menu)
{
	return menu->def == &sl_menu_address_list4 ? SL_IPV4 : SL_IPV6;
}

#define ROWS(type_)                                                            \
	[LIST] = {.name = "list",                                              \
	    .type = &sl_type_name,                                             \
	    .flags = SL_PROP_REQUIRED | SL_PROP_COLUMN,                        \
	    .help = "name that rules use"},                                    \
	[ADDRESS] = {.name = "address",                                        \
	    .type = &(type_),                                                  \
	    .flags = SL_PROP_COLUMN,                                           \
	    .help = "what is in the list"},                                    \
	[CREATION_TIME] = {.name = "creation-time",                            \
	    .type = &sl_type_name,                                             \
	    .flags = SL_PROP_READ_ONLY | SL_PROP_EPHEMERAL | SL_PROP_COLUMN,   \
	    .help = "when it was added"},                                      \
	[TIMEOUT] = {.name = "timeout",                                        \
	    .type = &sl_type_time,                                             \
	    .flags = SL_PROP_VIRTUAL | SL_PROP_COLUMN,                         \
	    .max = INT64_MAX / 2,                                              \
	    .help = "how long it stays; unset: for good"},                     \
	[COMMENT] = SL_PROP_ROW_COMMENT, [DISABLED] = SL_PROP_ROW_DISABLED,    \
	[INVALID] = SL_PROP_ROW_INVALID, [DYNAMIC] = SL_PROP_ROW_DYNAMIC

static const struct sl_prop props4[COLS] = {ROWS(sl_type_list_address4)};
static const struct sl_prop props6[COLS] = {ROWS(sl_type_list_address6)};

/* False: nothing that could be in a list (a DNS name, no address). */
static bool
range_of(const struct sl_item *item, struct range *out)
{
	const struct sl_value *v = sl_item_get(item, ADDRESS);

	memset(out, 0, sizeof(*out));
	if (!v || v->type == SL_VALUE_STR)
		return false;
	sl_firewall_range(v, &out->min, &out->max);
	return true;
}

/* Duplicates. */

static uint64_t
hash_of(const char *list, const struct range *r, const char *name)
{
	uint64_t w[6] = {
	    r->min.u.q[0], r->min.u.q[1], r->max.u.q[0], r->max.u.q[1]};

	for (; *list; list++)
		w[4] = w[4] * 1099511628211ull + (uint8_t)*list;
	for (; *name; name++)
		w[5] = w[5] * 1099511628211ull + (uint8_t)*name;
	return sl_hash_words(w, SL_COUNT_OF(w));
}

static bool
has_dns_name(const struct sl_item *item)
{
	const struct sl_value *v = sl_item_get(item, ADDRESS);

	return v && v->type == SL_VALUE_STR;
}

/* What stands for the address beside a range: an item that only declares its
 * list is no duplicate of 0.0.0.0. */
static const char *
name_of(const struct sl_item *item)
{
	const struct sl_value *v = sl_item_get(item, ADDRESS);

	if (!v)
		return "-";
	return v->type == SL_VALUE_STR ? v->str.s : "";
}

static uint64_t
hash_item(const struct sl_item *item)
{
	struct range r;

	range_of(item, &r);
	return hash_of(sl_item_str(item, LIST), &r, name_of(item));
}

/* What an entry is a duplicate of. */
struct wanted {
	const char *list, *name;
	struct range range;
};

static bool
is_same(const struct sl_item *item, const void *arg)
{
	const struct wanted *w = arg;
	struct range other;

	if (strcmp(sl_item_str(item, LIST), w->list) != 0 ||
	    strcmp(name_of(item), w->name) != 0)
		return false;
	range_of(item, &other);
	return memcmp(&other, &w->range, sizeof(other)) == 0;
}

static struct sl_item *
find_same(const struct entries *t, const struct wanted *w)
{
	return sl_known_items_find(
	    &t->known, hash_of(w->list, &w->range, w->name), is_same, w);
}

/* The menu's operations. */

static void
stamp(struct sl_item *item)
{
	time_t now = (time_t)sl_clock_wall_s();
	struct sl_value v;
	struct tm tm;
	char text[32];
	size_t n;

	gmtime_r(&now, &tm);
	n = strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	if (!sl_value_str(&v, text, n))
		sl_item_set(item, CREATION_TIME, &v);
}

/* A timeout as it was written becomes a deadline; one that was taken away leaves
 * an entry for good. */
static int
settle_timeout(
    struct sl_item *item, const struct sl_item *old, struct sl_err *err)
{
	const struct sl_value *v = sl_item_get(item, TIMEOUT);
	struct sl_value deadline;

	if (!v && old && sl_item_get(old, TIMEOUT))
		item->flags &= (uint8_t)~SL_ITEM_DYNAMIC;
	if (v && v->ns == 0 && v->index != IS_DEADLINE)
		v = NULL; /* 00:00:00: until reboot, without a deadline */
	if (!v)
		return 0;
	item->flags |= SL_ITEM_DYNAMIC;
	if (v->index == IS_DEADLINE)
		return 0;
	deadline = sl_value_time((int64_t)sl_now_ns() + v->ns);
	deadline.index = IS_DEADLINE;
	return sl_item_set(item, TIMEOUT, &deadline)
		   ? sl_err_set(err, -ENOMEM, "failure: out of memory")
		   : 0;
}

static int
check(struct sl_menu *menu, struct sl_item *item, const struct sl_item *old,
    struct sl_err *err)
{
	struct wanted w = {
	    .list = sl_item_str(item, LIST), .name = name_of(item)};
	struct sl_item *same;

	range_of(item, &w.range);
	same = find_same(menu->priv, &w);
	if (same && same != old)
		return sl_err_set(
		    err, -EEXIST, "failure: already have such entry");
	if (!old)
		stamp(item);
	return settle_timeout(item, old, err);
}

uint64_t
sl_address_list_deadline(const struct sl_item *item)
{
	const struct sl_value *v = sl_item_get(item, TIMEOUT);

	return v && v->index == IS_DEADLINE ? (uint64_t)v->ns
					    : SL_ADDRLIST_FOREVER;
}

static int
enter(struct sl_menu *menu, struct sl_item *item, struct sl_err *err)
{
	struct sl_addrlist_entry *entry;
	struct sl_addrlist *list;
	struct entries *t = menu->priv;
	struct range r;

	if (has_dns_name(item) && !sl_item_is_disabled(item)) {
		item->priv = sl_address_names_enter(&t->names, item);
		return item->priv
			   ? 0
			   : sl_err_set(err, -ENOMEM, "failure: out of memory");
	}
	if (!sl_item_is_active(item) || !range_of(item, &r))
		return 0;
	list = sl_addrlist_get(
	    sl_address_list_family(menu), sl_item_str(item, LIST));
	if (!list)
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	entry = sl_addrlist_add(
	    list, &r.min, &r.max, sl_address_list_deadline(item), err);
	sl_addrlist_put(list); /* the entry has its own reference */
	if (!entry)
		return -ENOMEM;
	sl_addrlist_set_owner(entry, item);
	item->priv = entry;
	return 0;
}

static void
let_go(struct sl_menu *menu)
{
	struct entries *t = menu->priv;

	if (t->leaving)
		sl_addrlist_remove(t->leaving);
	t->leaving = NULL;
}

static int
index_item(
    struct sl_menu *menu, struct sl_item *item, bool in, struct sl_err *err)
{
	struct entries *t = menu->priv;
	int rc;

	if (!in) {
		let_go(menu);
		sl_known_items_remove(&t->known, hash_item(item), item);
		if (has_dns_name(item))
			sl_address_names_leave(item->priv);
		else
			t->leaving = item->priv;
		item->priv = NULL;
		return 0;
	}
	if (sl_known_items_add(&t->known, hash_item(item), item))
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	rc = enter(menu, item, err);
	if (rc)
		sl_known_items_remove(&t->known, hash_item(item), item);
	else
		let_go(menu);
	return rc;
}

/* The items are in their lists already. */
static int
apply(struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	(void)changes;
	(void)err;
	let_go(menu);
	return 0;
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	uint64_t deadline = sl_address_list_deadline(row->item),
		 now = sl_now_ns();
	if (prop != TIMEOUT || deadline == SL_ADDRLIST_FOREVER)
		return;
	*out = sl_value_time_left(deadline, now);
}

static int
open_menu(struct sl_menu *menu, struct sl_err *err)
{
	menu->priv = calloc(1, sizeof(struct entries));
	return menu->priv ? 0
			  : sl_err_set(err, -ENOMEM, "failure: out of memory");
}

static void
close_menu(struct sl_menu *menu)
{
	struct entries *t = menu->priv;
	struct sl_item *item;

	if (!t)
		return;
	SL_ITEM_EACH (item, menu)
		index_item(menu, item, false, NULL);
	let_go(menu);
	sl_address_names_fini(&t->names);
	sl_known_items_fini(&t->known);
	free(t);
	menu->priv = NULL;
}

/* What rules add, and what runs out. */

/* The item stays; its deadline moves away, or goes. */
static void
refresh(struct sl_item *item, const struct sl_list_post *post)
{
	struct sl_value v = {0};

	if (post->deadline_ns <= sl_address_list_deadline(item) || !item->priv)
		return;
	if (post->deadline_ns != SL_ADDRLIST_FOREVER) {
		v = sl_value_time((int64_t)post->deadline_ns);
		v.index = IS_DEADLINE;
	}
	if (sl_item_set(item, TIMEOUT, &v))
		return;
	if (post->is_static)
		item->flags &= (uint8_t)~SL_ITEM_DYNAMIC;
	sl_addrlist_set_deadline(item->priv, post->deadline_ns);
}

/* An item of the menu's own, not listed yet; NULL: no memory. */
static struct sl_item *
make_own(struct sl_menu *menu, const char *list, const struct sl_addr *addr,
    uint8_t flags)
{
	struct sl_item *item = sl_item_make(menu, flags);
	struct sl_err err = {0};
	char text[SL_ADDR_TEXT];

	if (!item)
		return NULL;
	stamp(item);
	sl_addr_print(sl_address_list_family(menu), addr, text);
	if (!sl_item_set_text(item, LIST, list, &err) &&
	    !sl_item_set_text(item, ADDRESS, text, &err))
		return item;
	sl_item_free(item);
	return NULL;
}

/* Lists it, or frees it and logs why not. */
static bool
list_own(struct sl_item *item)
{
	struct sl_err err = {0};

	if (!sl_item_list(item, NULL, &err))
		return true;
	sl_log(SL_LOG_WARNING, "firewall", "address list %s: %s",
	    sl_item_str(item, LIST), err.text);
	sl_item_free(item);
	return false;
}

static void
add_posted(struct sl_menu *menu, const struct sl_list_post *post)
{
	struct sl_item *item = make_own(menu, post->list, &post->addr,
	    post->is_static ? 0 : SL_ITEM_DYNAMIC);
	struct sl_value timeout = sl_value_time((int64_t)post->deadline_ns);

	if (!item)
		return;
	timeout.index = IS_DEADLINE;
	if (post->deadline_ns != SL_ADDRLIST_FOREVER &&
	    sl_item_set(item, TIMEOUT, &timeout))
		sl_item_free(item);
	else
		list_own(item);
}

uint64_t
sl_address_list_add(struct sl_menu *menu, const char *list,
    const struct sl_addr *addr, const char *comment)
{
	struct sl_item *item = make_own(menu, list, addr, SL_ITEM_DYNAMIC);

	if (!item)
		return 0;
	if (sl_item_set_text(item, COMMENT, comment, NULL)) {
		sl_item_free(item);
		return 0;
	}
	return list_own(item) ? item->id : 0;
}

void
sl_address_list_drop(struct sl_menu *menu, uint64_t id)
{
	struct sl_item *item = sl_items_find(menu, id);

	if (!item)
		return;
	sl_item_drop(item);
	let_go(menu);
}

const char *
sl_address_list_of(const struct sl_item *item)
{
	return sl_item_str(item, LIST);
}

const char *
sl_address_list_name(const struct sl_item *item)
{
	return has_dns_name(item) ? name_of(item) : "";
}

static struct sl_menu *
menu_of(struct sl_model *model, uint8_t family)
{
	struct sl_menu *menu = sl_model_find(
	    model, family == SL_IPV4 ? sl_menu_address_list4.path
				     : sl_menu_address_list6.path);

	return menu && menu->kind == SL_MENU_ITEMS ? menu : NULL;
}

static void
take_post(struct sl_model *model, const struct sl_list_post *post)
{
	struct sl_menu *menu = menu_of(model, post->family);
	struct wanted w = {post->list, "", {post->addr, post->addr}};
	struct sl_item *item;

	if (!menu)
		return;
	item = find_same(menu->priv, &w);
	if (item)
		refresh(item, post);
	else if (sl_items_count(menu) < ADDED_MAX)
		add_posted(menu, post);
	else
		sl_count(SL_COUNTER_LIST_LOST, 1);
}

/* Nothing that left stays behind: its owner is gone. */
static void
let_go_all(struct sl_model *model)
{
	static const uint8_t families[] = {SL_IPV4, SL_IPV6};

	for (unsigned i = 0; i < SL_COUNT_OF(families); i++) {
		struct sl_menu *menu = menu_of(model, families[i]);

		if (menu)
			let_go(menu);
	}
}

static void
drop_expired(struct sl_model *model)
{
	struct sl_addrlist_entry *entry;

	for (unsigned n = 0; n < TICK_MAX; n++) {
		entry = sl_addrlist_expired(sl_now_ns());
		if (!entry)
			return;
		sl_item_drop(sl_addrlist_owner(entry)); /* to 'leaving' ... */
		let_go_all(model);			/* ... and away */
	}
}

static void
resolve_names(struct sl_model *model, struct sl_resolver *resolver)
{
	static const uint8_t families[] = {SL_IPV4, SL_IPV6};

	if (resolver)
		sl_resolver_step(resolver);
	for (unsigned i = 0; i < SL_COUNT_OF(families); i++) {
		struct sl_menu *menu = menu_of(model, families[i]);
		struct entries *t = menu ? menu->priv : NULL;

		if (t)
			sl_address_names_step(&t->names, menu, resolver);
	}
}

void
sl_address_list_tick(struct sl_model *model, struct sl_resolver *resolver)
{
	struct sl_list_post post;

	if (sl_tx_is_open(model))
		return;
	let_go_all(model); /* of a transaction that was rolled back */
	drop_expired(model);
	for (unsigned n = 0; n < TICK_MAX && sl_list_post_next(&post); n++)
		take_post(model, &post);
	resolve_names(model, resolver);
}

#define MENU(name_, path_, props_)                                             \
	const struct sl_menu_def name_ = {                                     \
	    .path = path_,                                                     \
	    .help = "named sets of addresses for rules",                       \
	    .kind = SL_MENU_ITEMS,                                             \
	    .props = props_,                                                   \
	    .n_props = COLS,                                                   \
	    .open = open_menu,                                                 \
	    .close = close_menu,                                               \
	    .check = check,                                                    \
	    .index = index_item,                                               \
	    .apply = apply,                                                    \
	    .get = get,                                                        \
	}

MENU(sl_menu_address_list4, "/ip/firewall/address-list", props4);
MENU(sl_menu_address_list6, "/ipv6/firewall/address-list", props6);
