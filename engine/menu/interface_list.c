/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/interface_list.h>

#include <menu/engine_menus.h>
#include <menu/interface_names.h>
#include <menu/item.h>

#include <errno.h>
#include <string.h>

/* Lists may include one another in one long row: so deep is a walk. */
#define LISTS_MAX 1024

enum {
	LIST_NAME,
	LIST_INCLUDE,
	LIST_EXCLUDE,
	LIST_BUILTIN,
	LIST_DYNAMIC,
	LIST_COMMENT,
	LIST_N
};

static const struct sl_prop list_props[LIST_N] = {
    [LIST_NAME] = {.name = "name",
	.type = &sl_type_name,
	.flags = SL_PROP_NAME | SL_PROP_REQUIRED | SL_PROP_COLUMN},
    [LIST_INCLUDE] = {.name = "include",
	.type = &sl_type_ref,
	.flags = SL_PROP_LIST | SL_PROP_COLUMN,
	.ref = &sl_ref_interface_list,
	.help = "lists whose members belong to this one"},
    [LIST_EXCLUDE] = {.name = "exclude",
	.type = &sl_type_ref,
	.flags = SL_PROP_LIST | SL_PROP_COLUMN,
	.ref = &sl_ref_interface_list,
	.help = "lists whose members do not"},
    [LIST_BUILTIN] = {.name = "builtin",
	.type = &sl_type_bool,
	.flags = SL_PROP_BUILTIN | SL_PROP_READ_ONLY,
	.letter = '*'},
    [LIST_DYNAMIC] = SL_PROP_ROW_DYNAMIC,
    [LIST_COMMENT] = SL_PROP_ROW_COMMENT,
};

enum {
	MEMBER_LIST,
	MEMBER_INTERFACE,
	MEMBER_DISABLED,
	MEMBER_DYNAMIC,
	MEMBER_COMMENT,
	MEMBER_N
};

static const struct sl_prop member_props[MEMBER_N] = {
    [MEMBER_LIST] = {.name = "list",
	.type = &sl_type_ref,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN,
	.ref = &sl_ref_interface_list},
    [MEMBER_INTERFACE] = {.name = "interface",
	.type = &sl_type_ref,
	.flags = SL_PROP_REQUIRED | SL_PROP_COLUMN,
	.ref = &sl_ref_interface},
    [MEMBER_DISABLED] = SL_PROP_ROW_DISABLED,
    [MEMBER_DYNAMIC] = SL_PROP_ROW_DYNAMIC,
    [MEMBER_COMMENT] = SL_PROP_ROW_COMMENT,
};

static const struct {
	const char *name;
	const char *help;
	bool all; /* every interface, or none */
} builtin[] = {
    {"all", "contains all interfaces", true},
    {"none", "contains no interfaces", false},
    {"dynamic", "contains dynamic interfaces", false},
    {"static", "contains static interfaces", true},
};

static struct sl_item *
find_list(struct sl_model *model, const char *name)
{
	struct sl_menu *menu = sl_model_find(model, SL_INTERFACE_LIST_PATH);

	return menu && menu->items ? sl_items_named(menu, name) : NULL;
}

static bool
is_member(struct sl_model *model, const char *list, const char *interface)
{
	struct sl_menu *menu =
	    sl_model_find(model, SL_INTERFACE_LIST_MEMBER_PATH);
	struct sl_item *it;

	if (!menu)
		return false;
	SL_ITEM_EACH (it, menu) {
		if (strcmp(sl_item_str(it, MEMBER_LIST), list) == 0 &&
		    strcmp(sl_item_str(it, MEMBER_INTERFACE), interface) == 0 &&
		    sl_item_is_active(it))
			return true;
	}
	return false;
}

/*
 * A list that many include is asked once a question: what it answered stays in
 * item->priv, beside the number of the question, which menu->priv counts.
 */
static uintptr_t
new_question(struct sl_model *model)
{
	struct sl_menu *menu = sl_model_find(model, SL_INTERFACE_LIST_PATH);
	uintptr_t question = (uintptr_t)menu->priv + 2;

	menu->priv = (void *)question;
	return question;
}

static bool
has_answered(const struct sl_item *it, uintptr_t question, bool *answer)
{
	*answer = (uintptr_t)it->priv & 1;
	return ((uintptr_t)it->priv & ~(uintptr_t)1) == question;
}

static void
note_answer(struct sl_item *it, uintptr_t question, bool answer)
{
	it->priv = (void *)(question | answer);
}

static bool list_has(struct sl_model *, const char *list, const char *interface,
    uintptr_t question);

/* Is the interface in any of the lists that 'prop' names? */
static bool
any_has(struct sl_item *it, unsigned prop, const char *interface,
    uintptr_t question)
{
	const struct sl_value *lists = sl_item_get(it, prop), *name;

	for (size_t i = 0; lists && i < sl_array_len(lists); i++) {
		name = sl_array_at(lists, i);
		if (list_has(it->menu->model, name->str.s, interface, question))
			return true;
	}
	return false;
}

/* Lists do not contain themselves: check_list() sees to it. */
static bool
list_has(struct sl_model *model, const char *list, const char *interface,
    uintptr_t question)
{
	struct sl_item *it = find_list(model, list);
	bool has = false;

	if (!it || has_answered(it, question, &has))
		return has;
	for (size_t i = 0; i < SL_COUNT_OF(builtin); i++)
		if (strcmp(builtin[i].name, list) == 0)
			return builtin[i].all &&
			       sl_interface_names_sources(
				   model->interfaces, interface) != 0;
	has = is_member(model, list, interface) ||
	      (any_has(it, LIST_INCLUDE, interface, question) &&
		  !any_has(it, LIST_EXCLUDE, interface, question));
	note_answer(it, question, has);
	return has;
}

bool
sl_interface_list_has(
    struct sl_model *model, const char *list, const char *interface)
{
	return list_has(model, list, interface, new_question(model));
}

struct each {
	struct sl_model *model;
	const char *list;
	sl_word_fn visit;
	void *arg;
};

static void
visit_if_in(const char *name, const char *help, void *arg)
{
	struct each *e = arg;

	if (sl_interface_list_has(e->model, e->list, name))
		e->visit(name, help, e->arg);
}

void
sl_interface_list_each(
    struct sl_model *model, const char *list, sl_word_fn visit, void *arg)
{
	struct each e = {model, list, visit, arg};

	sl_interface_names_each(model->interfaces, visit_if_in, &e);
}

static bool
is_known(struct sl_model *model, const struct sl_prop *p, const char *name)
{
	(void)p;
	return find_list(model, name) != NULL;
}

static void
each_known(struct sl_model *model, const struct sl_prop *p, sl_word_fn visit,
    void *arg)
{
	struct sl_menu *menu = sl_model_find(model, SL_INTERFACE_LIST_PATH);
	struct sl_item *it;

	(void)p;
	if (!menu)
		return;
	SL_ITEM_EACH (it, menu)
		visit(sl_item_str(it, LIST_NAME), sl_item_comment(it), arg);
}

const struct sl_ref sl_ref_interface_list = {is_known, each_known};

static int
open_lists(struct sl_menu *menu, struct sl_err *err)
{
	struct sl_item *it;
	int rc = 0;

	for (size_t i = 0; i < SL_COUNT_OF(builtin) && !rc; i++) {
		it = sl_item_make(menu, SL_ITEM_BUILTIN);
		if (!it)
			return sl_err_set(err, -ENOMEM, "out of memory");
		rc = sl_item_set_text(it, LIST_NAME, builtin[i].name, err);
		if (!rc)
			rc = sl_item_set_text(
			    it, LIST_COMMENT, builtin[i].help, err);
		if (!rc)
			rc = sl_item_list(it, NULL, err);
		if (rc)
			sl_item_free(it);
	}
	return rc;
}

/* Would 'lists' lead back to 'name'? */
static bool
leads_to(struct sl_model *model, const struct sl_value *lists, const char *name,
    uintptr_t question)
{
	struct sl_item *it;
	bool leads;

	for (size_t i = 0; lists && i < sl_array_len(lists); i++) {
		const char *s = sl_array_at(lists, i)->str.s;

		if (strcmp(s, name) == 0)
			return true;
		it = find_list(model, s);
		if (!it || has_answered(it, question, &leads))
			continue; // a yes would have ended it all
		note_answer(it, question, false);
		if (leads_to(
			model, sl_item_get(it, LIST_INCLUDE), name, question) ||
		    leads_to(
			model, sl_item_get(it, LIST_EXCLUDE), name, question))
			return true;
	}
	return false;
}

static int
check_list(struct sl_menu *menu, struct sl_item *it, const struct sl_item *old,
    struct sl_err *err)
{
	const char *name = sl_item_str(it, LIST_NAME);
	struct sl_item *same = sl_items_named(menu, name);
	uintptr_t question = new_question(menu->model);

	if (!old && sl_items_count(menu) >= LISTS_MAX)
		return sl_err_set(err, -ENOSPC,
		    "failure: more than %d interface lists", LISTS_MAX);
	if (same && same != old)
		return sl_err_set(
		    err, -EEXIST, "failure: already have such entry");
	if (old && (old->flags & SL_ITEM_BUILTIN))
		return sl_err_set(
		    err, -EPERM, "failure: builtin items can not be changed");
	if (leads_to(
		menu->model, sl_item_get(it, LIST_INCLUDE), name, question) ||
	    leads_to(
		menu->model, sl_item_get(it, LIST_EXCLUDE), name, question))
		return sl_err_set(
		    err, -ELOOP, "failure: list would contain itself");
	return 0;
}

static int
check_member(struct sl_menu *menu, struct sl_item *it,
    const struct sl_item *old, struct sl_err *err)
{
	const char *list = sl_item_str(it, MEMBER_LIST);
	const char *interface = sl_item_str(it, MEMBER_INTERFACE);
	struct sl_item *other, *list_item = find_list(menu->model, list);

	if (list_item && (list_item->flags & SL_ITEM_BUILTIN))
		return sl_err_set(
		    err, -EPERM, "failure: builtin items can not be changed");
	SL_ITEM_EACH (other, menu) {
		if (other != old &&
		    strcmp(sl_item_str(other, MEMBER_LIST), list) == 0 &&
		    strcmp(sl_item_str(other, MEMBER_INTERFACE), interface) ==
			0)
			return sl_err_set(
			    err, -EEXIST, "failure: already have such entry");
	}
	return sl_interface_check_room(menu->model, interface, err);
}

const struct sl_menu_def sl_menu_interface_list = {
    .path = SL_INTERFACE_LIST_PATH,
    .help = "named sets of interfaces",
    .kind = SL_MENU_ITEMS,
    .named_by = &sl_ref_interface_list,
    .props = list_props,
    .n_props = LIST_N,
    .open = open_lists,
    .check = check_list,
};

const struct sl_menu_def sl_menu_interface_list_member = {
    .path = SL_INTERFACE_LIST_MEMBER_PATH,
    .help = "interfaces of the lists",
    .kind = SL_MENU_ITEMS,
    .props = member_props,
    .n_props = MEMBER_N,
    .check = check_member,
};
