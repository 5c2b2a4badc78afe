/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/model.h>

#include <menu/interface_names.h>
#include <menu/item.h>
#include <menu/skip.h>
#include <menu/tx.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Longest name of one menu. */
#define NAME_MAX_LEN 64

static struct sl_menu *
find_child(const struct sl_menu *menu, const char *name, size_t len)
{
	struct sl_menu *c = menu->child;

	while (c && (strncmp(c->name, name, len) != 0 || c->name[len]))
		c = c->next;
	return c;
}

/* A FOLDER below 'parent', among its siblings by name. */
static struct sl_menu *
add_child(struct sl_menu *parent, const char *name, size_t len)
{
	struct sl_menu *c = calloc(1, sizeof(*c)), **at = &parent->child;
	size_t above = parent->parent ? strlen(parent->path) : 0;

	if (!c || !(c->path = malloc(above + len + 2))) {
		free(c);
		return NULL;
	}
	memcpy(c->path, parent->path, above);
	c->path[above] = '/';
	memcpy(c->path + above + 1, name, len);
	c->path[above + 1 + len] = '\0';
	c->name = c->path + above + 1;
	c->kind = SL_MENU_FOLDER;
	c->model = parent->model;
	c->parent = parent;
	while (*at && strcmp((*at)->name, c->name) < 0)
		at = &(*at)->next;
	c->next = *at;
	*at = c;
	return c;
}

/* The menu at 'path', made with all its parents if need be. */
static struct sl_menu *
make_path(struct sl_model *model, const char *path)
{
	struct sl_menu *menu = model->root, *child;

	while (menu && *path++ == '/') {
		size_t len = strcspn(path, "/");

		child = find_child(menu, path, len);
		menu = child ? child : add_child(menu, path, len);
		path += len;
	}
	return menu;
}

static int
parse_defaults(struct sl_menu *menu, struct sl_err *err)
{
	const struct sl_menu_def *def = menu->def;
	int rc;

	menu->defaults = calloc(def->n_props + 1u, sizeof(*menu->defaults));
	if (!menu->defaults)
		return -ENOMEM;
	for (unsigned i = 0; i < def->n_props; i++) {
		if (!def->props[i].dflt)
			continue;
		rc = sl_prop_parse(menu->model, &def->props[i],
		    def->props[i].dflt, strlen(def->props[i].dflt),
		    &menu->defaults[i], err);
		if (rc)
			return rc;
	}
	return 0;
}

static int
add_def(
    struct sl_model *model, const struct sl_menu_def *def, struct sl_err *err)
{
	struct sl_menu *menu = make_path(model, def->path);
	struct sl_item *it;

	if (!menu)
		return -ENOMEM;
	if (menu->def)
		return sl_err_set(
		    err, -EEXIST, "%s is defined twice", def->path);
	menu->def = def;
	menu->kind = def->kind;
	model->menus[model->n_menus++] = menu;
	if (def->kind != SL_MENU_ITEMS && def->kind != SL_MENU_SETTINGS)
		return parse_defaults(menu, err);
	menu->items = sl_items_new();
	if (!menu->items)
		return -ENOMEM;
	if (def->kind == SL_MENU_SETTINGS) {
		it = sl_item_make(menu, SL_ITEM_BUILTIN);
		if (!it || sl_items_link(it, NULL)) {
			sl_item_free(it);
			return -ENOMEM;
		}
	}
	return parse_defaults(menu, err);
}

static int
add_skipped(struct sl_model *model)
{
	for (const struct sl_skip *s = sl_skip_menus; s->path; s++) {
		struct sl_menu *menu = make_path(model, s->path);

		if (!menu)
			return -ENOMEM;
		if (menu->def)
			continue;
		menu->kind = SL_MENU_SKIPPED;
		menu->skip = s->flags;
	}
	return 0;
}

static int
build(struct sl_model *model, const struct sl_menu_def *const *defs,
    struct sl_err *err)
{
	size_t n = 0;
	int rc = 0;

	while (defs[n])
		n++;
	model->menus = calloc(n + 1, sizeof(struct sl_menu *));
	model->root = calloc(1, sizeof(*model->root));
	model->interfaces = sl_interface_names_new();
	if (!model->menus || !model->root || !model->interfaces)
		return -ENOMEM;
	model->root->model = model;
	model->root->name = "";
	model->root->path = strdup("/");
	if (!model->root->path)
		return -ENOMEM;
	for (size_t i = 0; i < n && !rc; i++)
		rc = add_def(model, defs[i], err);
	if (!rc)
		rc = add_skipped(model);
	for (size_t i = 0; i < n && !rc; i++)
		if (defs[i]->open)
			rc = defs[i]->open(model->menus[i], err);
	return rc;
}

struct sl_model *
sl_model_new(
    const struct sl_menu_def *const *defs, void *engine, struct sl_err *err)
{
	struct sl_model *model = calloc(1, sizeof(*model));
	int rc;

	if (!model) {
		sl_err_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	model->engine = engine;
	rc = build(model, defs, err);
	if (!rc)
		return model;
	sl_err_set(err, rc, "menus could not be made");
	sl_model_free(model);
	return NULL;
}

static void
free_menu(struct sl_menu *menu)
{
	struct sl_menu *c, *next;

	for (c = menu->child; c; c = next) {
		next = c->next;
		free_menu(c);
	}
	sl_items_free(menu->items);
	for (unsigned i = 0; menu->defaults && i < menu->def->n_props; i++)
		sl_value_free(&menu->defaults[i]);
	free(menu->defaults);
	sl_value_free(&menu->learned);
	free(menu->path);
	free(menu);
}

void
sl_model_free(struct sl_model *model)
{
	if (!model)
		return;
	if (model->tx)
		sl_tx_rollback(model);
	for (unsigned i = model->n_menus; i-- > 0;)
		if (model->menus[i]->def->close)
			model->menus[i]->def->close(model->menus[i]);
	if (model->root)
		free_menu(model->root);
	sl_interface_names_free(model->interfaces);
	free(model->menus);
	free(model);
}

struct sl_menu *
sl_model_find(struct sl_model *model, const char *path)
{
	struct sl_menu *menu = model->root;

	while (menu && *(path += strspn(path, "/ "))) {
		size_t len = strcspn(path, "/ ");

		menu = find_child(menu, path, len);
		path += len;
	}
	return menu;
}

static bool
has_writable(const struct sl_menu *menu)
{
	for (unsigned i = 0; i < menu->def->n_props; i++)
		if (!(menu->def->props[i].flags & SL_PROP_READ_ONLY))
			return true;
	return false;
}

static bool
may_add(const struct sl_menu *menu)
{
	return !(menu->def->flags & SL_MENU_FIXED);
}

static bool
may_remove(const struct sl_menu *menu)
{
	return menu->kind == SL_MENU_ROWS ? menu->def->remove_rows != NULL
					  : may_add(menu);
}

static bool
may_move(const struct sl_menu *menu)
{
	return menu->def->flags & SL_MENU_ORDERED;
}

static bool
has_disabled(const struct sl_menu *menu)
{
	return sl_menu_prop_flagged(menu, SL_PROP_DISABLED) >= 0;
}

static bool
has_comment(const struct sl_menu *menu)
{
	return sl_menu_prop_flagged(menu, SL_PROP_COMMENT) >= 0;
}

#define ITEMS	 (1u << SL_MENU_ITEMS)
#define SETTINGS (1u << SL_MENU_SETTINGS)
#define ROWS	 (1u << SL_MENU_ROWS)
#define FOLDER	 (1u << SL_MENU_FOLDER)

/* The common commands, and which menus have them. */
static const struct {
	const char *name, *help;
	unsigned kinds;			     /* bits of enum sl_menu_kind */
	bool (*has)(const struct sl_menu *); /* NULL: all of these kinds */
} common_verbs[] = {
    {"add", "make a new item", ITEMS, may_add},
    {"comment", "set the comment of items", ITEMS, has_comment},
    {"disable", "put items out of use", ITEMS, has_disabled},
    {"enable", "put items into use", ITEMS, has_disabled},
    {"export", "print the configuration as commands", ~ROWS, NULL},
    {"find", "the items that satisfy a condition", ITEMS | ROWS, NULL},
    {"get", "the value of a property", ~FOLDER, NULL},
    {"move", "change the order of items", ITEMS, may_move},
    {"print", "print values", ~FOLDER, NULL},
    {"remove", "remove items", ITEMS | ROWS, may_remove},
    {"set", "change properties", ITEMS | SETTINGS, has_writable},
    {"unset", "take properties away", ITEMS | SETTINGS, has_writable},
};

static void
each_verb(const struct sl_menu *menu, sl_word_fn visit, void *arg)
{
	const struct sl_verb *v = menu->def ? menu->def->verbs : NULL;

	for (size_t i = 0; i < SL_COUNT_OF(common_verbs); i++)
		if ((common_verbs[i].kinds & 1u << menu->kind) &&
		    (!common_verbs[i].has || common_verbs[i].has(menu)))
			visit(common_verbs[i].name, common_verbs[i].help, arg);
	for (; v && v->name; v++)
		visit(v->name, v->help, arg);
}

const struct sl_verb *
sl_menu_own_verb(const struct sl_menu *menu, const char *name)
{
	const struct sl_verb *v = menu->def ? menu->def->verbs : NULL;

	for (; v && v->name; v++)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

void
sl_menu_each_word(struct sl_menu *menu, sl_word_fn visit, void *arg)
{
	struct sl_menu *c;

	for (c = menu->child; c; c = c->next)
		visit(c->name, c->def ? c->def->help : NULL, arg);
	if (menu->kind != SL_MENU_SKIPPED)
		each_verb(menu, visit, arg);
}

struct search {
	const char *word;
	size_t len;
	struct sl_menu *menu; /* searched */
	struct sl_meaning exact, prefix;
	unsigned n_prefixes;
};

static void
consider(struct search *s, const char *name, struct sl_meaning m)
{
	if (strncmp(name, s->word, s->len) != 0)
		return;
	if (!name[s->len]) {
		if (s->exact.word == SL_WORD_UNKNOWN)
			s->exact = m;
		return;
	}
	s->prefix = m;
	s->n_prefixes++;
}

static void
consider_verb(const char *name, const char *help, void *arg)
{
	(void)help;
	consider(
	    arg, name, (struct sl_meaning){.word = SL_WORD_VERB, .verb = name});
}

/* A word in a skipped menu that is no submenu yet. */
static struct sl_meaning
resolve_skipped(struct sl_menu *menu, const char *word, size_t len)
{
	struct sl_model *model = menu->model;
	struct sl_menu *made;

	if (sl_skip_is_verb(word))
		return (struct sl_meaning){.word = SL_WORD_VERB, .verb = word};
	if (model->n_made == SL_SKIP_MADE_MAX || len > NAME_MAX_LEN)
		return (struct sl_meaning){.word = SL_WORD_UNKNOWN};
	for (size_t i = 0; i < len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", word[i]))
			return (struct sl_meaning){.word = SL_WORD_UNKNOWN};
	made = add_child(menu, word, len);
	if (!made)
		return (struct sl_meaning){.word = SL_WORD_UNKNOWN};
	made->kind = SL_MENU_SKIPPED;
	model->n_made++;
	return (struct sl_meaning){.word = SL_WORD_MENU, .menu = made};
}

struct sl_meaning
sl_menu_resolve(struct sl_menu *menu, const char *word)
{
	struct search s = {.word = word, .len = strlen(word), .menu = menu};
	struct sl_menu *c;

	if (!s.len)
		return s.exact;
	for (c = menu->child; c; c = c->next)
		consider(&s, c->name,
		    (struct sl_meaning){.word = SL_WORD_MENU, .menu = c});
	if (menu->kind != SL_MENU_SKIPPED)
		each_verb(menu, consider_verb, &s);
	if (s.exact.word != SL_WORD_UNKNOWN)
		return s.exact;
	if (menu->kind == SL_MENU_SKIPPED &&
	    (!s.n_prefixes || sl_skip_is_verb(word)))
		return resolve_skipped(menu, word, s.len);
	if (s.n_prefixes > 1)
		s.prefix = (struct sl_meaning){.word = SL_WORD_AMBIGUOUS};
	return s.prefix;
}

void
sl_menu_print_path(const struct sl_menu *menu, struct sl_text *t)
{
	const char *p = menu->path;

	sl_text_addc(t, '/');
	for (p += *p == '/'; *p; p++)
		sl_text_addc(t, *p == '/' ? ' ' : *p);
}

int
sl_menu_prop(const struct sl_menu *menu, const char *name, bool prefix)
{
	size_t len = strlen(name);
	int found = -1;
	unsigned hits = 0;

	for (unsigned i = 0; len && menu->def && i < menu->def->n_props; i++) {
		const char *p = menu->def->props[i].name;

		if (strncmp(p, name, len) != 0)
			continue;
		if (!p[len])
			return (int)i;
		found = (int)i;
		hits++;
	}
	return prefix && hits == 1 ? found : -1;
}

int
sl_menu_prop_flagged(const struct sl_menu *menu, uint32_t flag)
{
	for (unsigned i = 0; menu->def && i < menu->def->n_props; i++)
		if (menu->def->props[i].flags & flag)
			return (int)i;
	return -1;
}

int
sl_menu_reapply(struct sl_menu *menu, struct sl_err *err)
{
	struct sl_model *model = menu->model;
	int rc;

	if (sl_tx_is_open(model)) {
		sl_tx_touch(menu);
		return 0;
	}
	rc = sl_tx_begin(model, err);
	if (rc)
		return rc;
	sl_tx_touch(menu);
	return sl_tx_commit(model, err);
}
