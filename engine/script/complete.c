/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What could stand at the cursor.  The text up to it need not be complete, or
 * right: it is cut into words here, leniently, and the model is asked.
 */
#include <script/session.h>

#include <menu/command.h>
#include <menu/item.h>
#include <script/keyword.h>
#include <script/session_state.h>

#include <stdio.h>
#include <string.h>

#define NESTING	  32  /* brackets before the cursor that are followed */
#define WORD_MAX  128 /* longer words are not completed */
#define NAMES_MAX 200 /* items offered by name */

struct context {
	struct sl_session *session;
	sl_candidate_fn fn;
	void *arg;

	struct sl_menu *menu;
	char verb[64];
	bool in_where;

	size_t from;		    /* where the word to be replaced begins */
	char partial[WORD_MAX + 1]; /* what is there of it */
	char tail;
	bool properties; /* tail by word: "=" behind names of properties */
};

static void
offer(struct context *c, const char *word, const char *help, char tail)
{
	struct sl_candidate cand = {
	    .word = word,
	    .help = help,
	    .from = c->from,
	    .tail = tail,
	};

	if (!strncmp(word, c->partial, strlen(c->partial)))
		c->fn(&cand, c->arg);
}

static bool
takes_value(const struct context *c, const char *word)
{
	static const char *const names[] = {"numbers", "place-before",
	    "copy-from", "destination", "value-name", "interval", "from",
	    "proplist", "file", "comment", NULL};

	for (size_t i = 0; names[i]; i++) {
		if (!strcmp(names[i], word))
			return true;
	}
	return (!strcmp(c->verb, "add") || !strcmp(c->verb, "set")) &&
	       sl_menu_prop(c->menu, word, false) >= 0;
}

static void
offer_word(const char *word, const char *help, void *arg)
{
	struct context *c = arg;
	char tail = c->tail;

	if (c->properties && takes_value(c, word))
		tail = '=';
	offer(c, word, help, tail);
}

/* Where the commands begin that the cursor is in: behind the last ';', line
 * end or bracket of each level that is still open.  Returns how many levels
 * there are; 0 inside a string. */
static size_t
find_starts(const char *text, size_t cursor, size_t *starts)
{
	size_t depth = 0;

	starts[0] = 0;
	for (size_t i = 0; i < cursor; i++) {
		char ch = text[i];

		if (ch == '"') {
			while (++i < cursor && text[i] != '"')
				i += text[i] == '\\';
			if (i >= cursor)
				return 0;
		} else if (ch && strchr("[{(", ch)) {
			if (depth + 1 == NESTING)
				return 0;
			starts[++depth] = i + 1;
		} else if (ch && strchr("]})", ch)) {
			depth -= depth > 0;
		} else if (ch == ';' || ch == '\n' || ch == '\r') {
			starts[depth] = i + 1;
		}
	}
	return depth + 1;
}

/* The next word before 'end'; brackets and strings belong to the word. */
static bool
next_word(const char *text, size_t end, size_t *at, size_t *from)
{
	size_t i = *at, depth = 0;

	while (i < end && (text[i] == ' ' || text[i] == '\t'))
		i++;
	*from = i;
	for (; i < end; i++) {
		if (text[i] == '"') {
			while (++i < end && text[i] != '"')
				i += text[i] == '\\';
		} else if (strchr("[{(", text[i])) {
			depth++;
		} else if (strchr("]})", text[i])) {
			depth -= depth > 0;
		} else if (!depth && (text[i] == ' ' || text[i] == '\t')) {
			break;
		}
	}
	*at = SL_MIN(i, end);
	return *from < *at;
}

/* Follows one '/'-separated path; false if it leads nowhere. */
static bool
follow_path(struct context *c, const char *word, size_t len)
{
	size_t i = 0;

	if (len && word[0] == '/')
		c->menu = c->session->eval.model->root;
	while (i < len) {
		size_t n = 0;
		char part[64];
		struct sl_meaning m;

		while (i + n < len && word[i + n] != '/')
			n++;
		if (n >= sizeof(part) || c->verb[0])
			return false;
		snprintf(part, sizeof(part), "%.*s", (int)n, word + i);
		i += n + 1;
		if (!n)
			continue;
		if (!strcmp(part, "..")) {
			if (c->menu->parent)
				c->menu = c->menu->parent;
			continue;
		}
		m = sl_menu_resolve(c->menu, part);
		if (m.word == SL_WORD_MENU)
			c->menu = m.menu;
		else if (m.word == SL_WORD_VERB)
			snprintf(c->verb, sizeof(c->verb), "%s", m.verb);
		else
			return false;
	}
	return true;
}

/* Takes text[from..end) as what there is of the word. */
static bool
set_partial(struct context *c, const char *text, size_t from, size_t end)
{
	if (end - from > WORD_MAX)
		return false;
	c->from = from;
	memcpy(c->partial, text + from, end - from);
	c->partial[end - from] = '\0';
	return true;
}

static void
complete_path(struct context *c, const char *text, size_t from, size_t end)
{
	size_t last = end;
	const struct sl_keyword *k;

	if (from < end && text[from] == ':') {
		if (!set_partial(c, text, from + 1, end))
			return;
		for (size_t i = 0; (k = sl_keyword_at(i)) != NULL; i++) {
			if (k->help)
				offer(c, k->name, k->help, ' ');
		}
		return;
	}
	while (last > from && text[last - 1] != '/')
		last--;
	if (!follow_path(c, text + from, last - from) ||
	    !set_partial(c, text, last, end) || c->verb[0])
		return;
	c->tail = ' ';
	sl_menu_each_word(c->menu, offer_word, c);
	if (!c->menu->parent)
		offer(c, "import", "run the commands of a file", ' ');
}

static bool
selects_items(const char *verb)
{
	static const char *const verbs[] = {"set", "unset", "remove", "enable",
	    "disable", "move", "get", "comment", "print", NULL};

	for (size_t i = 0; verbs[i]; i++) {
		if (!strcmp(verbs[i], verb))
			return true;
	}
	return false;
}

static void
offer_names(struct context *c)
{
	int name = sl_menu_prop_flagged(c->menu, SL_PROP_NAME);
	const struct sl_item *item;
	unsigned n = 0;

	if (name < 0 || c->menu->kind != SL_MENU_ITEMS ||
	    !selects_items(c->verb))
		return;
	SL_ITEM_EACH (item, c->menu) {
		if (++n > NAMES_MAX)
			return;
		offer(c, sl_item_str(item, (unsigned)name), "item", ' ');
	}
}

static void
offer_properties(struct context *c)
{
	const struct sl_menu_def *def = c->menu->def;
	static const char *const words[] = {"and", "or", "not"};

	for (unsigned i = 0; def && i < def->n_props; i++)
		offer(c, def->props[i].name, def->props[i].help, '\0');
	for (size_t i = 0; i < SL_COUNT_OF(words); i++)
		offer(c, words[i], NULL, ' ');
}

/* May a comma follow a value of the property? */
static bool
is_list(const struct sl_menu *menu, int prop)
{
	return menu->def->props[prop].flags & (SL_PROP_LIST | SL_PROP_LIST_NEG);
}

/* Behind NAME= (or another comparison): the property's words. */
static void
complete_value(
    struct context *c, const char *text, size_t from, size_t op, size_t end)
{
	char name[64];
	size_t at = end;
	int prop;

	while (at > op && !strchr("=<>~!,", text[at - 1]))
		at--;
	if (!set_partial(c, text, at, end) || op - from >= sizeof(name))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)(op - from), text + from);
	c->properties = false;
	prop = sl_menu_prop(c->menu, name, true);
	c->tail = prop >= 0 && !is_list(c->menu, prop) ? ' ' : '\0';
	if (!c->in_where)
		sl_command_each_value(c->menu, c->verb, name, offer_word, c);
	else if (prop >= 0)
		sl_prop_complete(
		    c->menu->model, &c->menu->def->props[prop], offer_word, c);
}

static void
complete_arg(struct context *c, const char *text, size_t from, size_t end)
{
	size_t op = from;

	while (op < end && !strchr(c->in_where ? "=<>~!" : "=", text[op]))
		op++;
	if (op < end && op > from) {
		complete_value(c, text, from, op, end);
		return;
	}
	if (op < end) /* "!prop" */
		from = op + 1;
	if (!set_partial(c, text, from, end))
		return;
	if (c->in_where) {
		offer_properties(c);
		return;
	}
	c->tail = ' ';
	c->properties = true;
	sl_command_each_arg(c->menu, c->verb, offer_word, c);
	if (sl_command_has_where(c->menu, c->verb))
		offer(c, "where", "only items that satisfy a condition", ' ');
	offer_names(c);
}

/* Follows the words of a command up to 'end' and finds the one that touches
 * it; false if they lead nowhere. */
static bool
follow_command(
    struct context *c, const char *text, size_t at, size_t end, size_t *from)
{
	while (next_word(text, end, &at, from) && at < end) {
		size_t len = at - *from;

		if (text[*from] == ':' || text[*from] == '#')
			return false;
		if (!c->verb[0]) {
			if (!follow_path(c, text + *from, len))
				return false;
			c->in_where = !strcmp(c->verb, "find");
		} else if (len == 5 && !memcmp(text + *from, "where", 5)) {
			c->in_where = true;
		}
	}
	return true;
}

void
sl_session_complete(struct sl_session *s, const char *text, size_t cursor,
    sl_candidate_fn fn, void *arg)
{
	struct context c = {
	    .session = s,
	    .fn = fn,
	    .arg = arg,
	    .menu = s->eval.menu,
	};
	size_t starts[NESTING], from;
	size_t n = find_starts(text, cursor, starts);

	/* A command in brackets works in the menu of the one around it. */
	for (size_t i = 0; i + 1 < n; i++) {
		struct sl_menu *outside = c.menu;

		if (!follow_command(
			&c, text, starts[i], starts[i + 1] - 1, &from))
			c.menu = outside;
		c.verb[0] = '\0';
		c.in_where = false;
	}
	if (!n || !follow_command(&c, text, starts[n - 1], cursor, &from))
		return;
	if (c.verb[0])
		complete_arg(&c, text, from, cursor);
	else
		complete_path(&c, text, from, cursor);
}
