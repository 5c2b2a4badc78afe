/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/address_names.h>

#include <menu/address_list.h>

#include <base/clock.h>

#include <stdlib.h>
#include <string.h>

#define ASKING_MAX 64u
#define TTL_MIN_S  5u
#define TTL_MAX_S  86400u
#define RETRY_S	   30u /* after an error, or an answer without addresses */

struct child {
	uint64_t id; /* of the dynamic entry; it may have been removed */
	struct sl_addr addr;
};

struct sl_address_name {
	struct sl_address_name *next;
	struct sl_address_names *names;
	struct sl_item *item; /* NULL: left */
	uint64_t item_id;
	char *list, *name;
	uint64_t due_ns;
	bool asking; /* the resolver has our pointer */
	unsigned n;
	struct child *children;
};

static void
free_record(struct sl_address_name *r)
{
	free(r->list);
	free(r->name);
	free(r->children);
	free(r);
}

struct sl_address_name *
sl_address_names_enter(struct sl_address_names *names, struct sl_item *item)
{
	struct sl_address_name *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->names = names;
	r->item = item;
	r->item_id = item->id;
	r->list = strdup(sl_address_list_of(item));
	r->name = strdup(sl_address_list_name(item));
	if (!r->list || !r->name) {
		free_record(r);
		return NULL;
	}
	r->next = names->first;
	names->first = r;
	return r;
}

void
sl_address_names_leave(struct sl_address_name *r)
{
	if (r)
		r->item = NULL;
}

void
sl_address_names_fini(struct sl_address_names *names)
{
	struct sl_address_name *r = names->first, *next;

	SL_ASSERT(!names->asking);
	for (; r; r = next) {
		next = r->next;
		free_record(r);
	}
	names->first = NULL;
}

/* Children. */

static void
drop_children(struct sl_address_name *r, struct sl_menu *menu)
{
	for (unsigned i = 0; i < r->n; i++)
		sl_address_list_drop(menu, r->children[i].id);
	r->n = 0;
}

static bool
answer_has(const struct sl_resolver_answer *answer, const struct sl_addr *addr)
{
	for (unsigned i = 0; i < answer->n; i++)
		if (memcmp(&answer->addrs[i], addr, sizeof(*addr)) == 0)
			return true;
	return false;
}

static void
keep_only(struct sl_address_name *r, const struct sl_resolver_answer *answer)
{
	struct sl_menu *menu = r->item->menu;
	unsigned kept = 0;

	for (unsigned i = 0; i < r->n; i++) {
		struct child *c = &r->children[i];

		if (!answer_has(answer, &c->addr))
			sl_address_list_drop(menu, c->id);
		else if (sl_items_find(menu, c->id))
			r->children[kept++] = *c;
	}
	r->n = kept;
}

static bool
has_child(const struct sl_address_name *r, const struct sl_addr *addr)
{
	for (unsigned i = 0; i < r->n; i++)
		if (memcmp(&r->children[i].addr, addr, sizeof(*addr)) == 0)
			return true;
	return false;
}

static void
add_missing(struct sl_address_name *r, const struct sl_resolver_answer *answer)
{
	for (unsigned i = 0; i < answer->n; i++) {
		const struct sl_addr *addr = &answer->addrs[i];
		uint64_t id;

		if (has_child(r, addr))
			continue;
		id = sl_address_list_add(r->item->menu, r->list, addr, r->name);
		if (id)
			r->children[r->n++] = (struct child){id, *addr};
	}
}

/* Answers. */

static void
ask_again_in(struct sl_address_name *r, uint32_t seconds)
{
	r->due_ns = sl_now_ns() + seconds * SL_NS_PER_SEC;
}

static void
take_answer(struct sl_address_name *r, const struct sl_resolver_answer *answer)
{
	struct child *room;

	keep_only(r, answer);
	room = realloc(r->children, SL_MAX(answer->n, 1u) * sizeof(*room));
	if (!room) {
		ask_again_in(r, RETRY_S);
		return;
	}
	r->children = room;
	add_missing(r, answer);
	if (answer->n) {
		sl_item_clear_reason(r->item);
		ask_again_in(
		    r, SL_MIN(SL_MAX(answer->ttl_s, TTL_MIN_S), TTL_MAX_S));
	} else {
		sl_item_set_reason(r->item, "%s has no address", r->name);
		ask_again_in(r, RETRY_S);
	}
}

static void
on_answer(void *arg, const struct sl_resolver_answer *answer)
{
	struct sl_address_name *r = arg;

	r->asking = false;
	r->names->asking--;
	if (!r->item || answer->closing)
		return;
	if (!answer->error) {
		take_answer(r, answer);
		return;
	}
	sl_item_set_reason(
	    r->item, "cannot resolve %s: %s", r->name, answer->error);
	ask_again_in(r, RETRY_S);
}

/* Steps. */

/* The record of the same entry, which was only edited. */
static struct sl_address_name *
heir_of(const struct sl_address_name *r, const struct sl_menu *menu)
{
	const struct sl_item *item = sl_items_find(menu, r->item_id);
	struct sl_address_name *heir = NULL;

	if (item && *sl_address_list_name(item))
		heir = item->priv;
	return heir && !strcmp(heir->list, r->list) &&
		       !strcmp(heir->name, r->name)
		   ? heir
		   : NULL;
}

/* True if the record is done with. */
static bool
settle_left(struct sl_address_name *r, struct sl_menu *menu)
{
	struct sl_address_name *heir = heir_of(r, menu);

	if (heir && !heir->n && r->n) {
		free(heir->children);
		heir->children = r->children;
		heir->n = r->n;
		r->children = NULL;
		r->n = 0;
	}
	drop_children(r, menu);
	return !r->asking;
}

static void
step(struct sl_address_name *r, struct sl_resolver *resolver)
{
	uint64_t now = sl_now_ns();

	if (sl_address_list_deadline(r->item) <= now) {
		sl_item_drop(r->item);
	} else if (!resolver) {
		if (!r->due_ns)
			sl_item_set_reason(
			    r->item, "names are not resolved in a replay");
		r->due_ns = UINT64_MAX;
	} else if (!r->asking && r->due_ns <= now &&
		   r->names->asking < ASKING_MAX) {
		r->asking = true;
		r->names->asking++;
		sl_resolver_ask(resolver, sl_address_list_family(r->item->menu),
		    r->name, on_answer, r);
	}
}

void
sl_address_names_step(struct sl_address_names *names, struct sl_menu *menu,
    struct sl_resolver *resolver)
{
	struct sl_address_name **at = &names->first, *r;

	while ((r = *at) != NULL) {
		if (r->item)
			step(r, resolver);
		else if (settle_left(r, menu)) {
			*at = r->next;
			free_record(r);
			continue;
		}
		at = &r->next;
	}
}
