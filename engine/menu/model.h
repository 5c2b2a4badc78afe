/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The menu model: every menu is one declarative table (struct sl_menu_def);
 * parsing, checking, printing, where, export, completion, API and JSON are
 * derived from it.  README.md shows how to add a menu.
 *
 * What it is.  A tree of menus (struct sl_menu), built from the definitions
 *   and from the list of menus we know but do not implement (menu/skip.h).
 * Life cycle.  sl_model_new() ... sl_model_free().  No globals: a test may have
 *   several models.
 * Who writes, who reads.  The holder of the control role.
 * Ordering.    None needed.
 * Bounds.      Stored items are bounded by memory; rows are walked in slices.
 *
 * The model knows nothing of the engine: menus find it in model->engine.
 */
#ifndef SL_MENU_MODEL_H
#define SL_MENU_MODEL_H

#include <base/error.h>
#include <menu/row.h>
#include <menu/type.h>
#include <menu/value.h>

struct sl_command;
struct sl_interface_names;
struct sl_item;
struct sl_items;
struct sl_menu;
struct sl_tx;

/* Flags of a property. */
enum {
	SL_PROP_READ_ONLY = 1 << 0,
	SL_PROP_REQUIRED = 1 << 1,  /* add needs it */
	SL_PROP_NEG = 1 << 2,	    /* one '!' before the whole value */
	SL_PROP_LIST = 1 << 3,	    /* comma list */
	SL_PROP_LIST_NEG = 1 << 4,  /* list whose members may have a '!' */
	SL_PROP_COLUMN = 1 << 5,    /* column of the brief table */
	SL_PROP_STATS = 1 << 6,	    /* column of print stats */
	SL_PROP_VIRTUAL = 1 << 7,   /* read from get(), never stored */
	SL_PROP_QUIET = 1 << 8,	    /* detail and terse leave the default out */
	SL_PROP_SENSITIVE = 1 << 9, /* not exported without show-sensitive */
	SL_PROP_EPHEMERAL = 1 << 10, /* stored, never exported */
	SL_PROP_WANTED = 1 << 11, /* known, not implemented: the item loads and
				   * gets flag I with a reason */
	SL_PROP_STATS_ONLY = 1 << 12, /* left out of detail and terse unless
				       * stats or proplist asks */
	SL_PROP_KEEP_EMPTY = 1 << 13, /* "" is a value, not unset */
	SL_PROP_LIVE = 1 << 14,	      /* changes by itself: follow and listen
				       * do not tell of it */

	/* What the machinery must find. */
	SL_PROP_NAME = 1 << 16, /* selects items: set NAME */
	SL_PROP_COMMENT = 1 << 17,
	SL_PROP_DISABLED = 1 << 18,
	SL_PROP_INVALID = 1 << 19,
	SL_PROP_DYNAMIC = 1 << 20,
	SL_PROP_BUILTIN = 1 << 21,
};

struct sl_prop {
	const char *name;
	const struct sl_type *type;
	uint32_t flags;
	char letter;	  /* shown as this flag letter, not as name=value */
	uint8_t group;	  /* letters of one group share a column; 0: its own */
	const char *dflt; /* text of the default; NULL: unset */
	const char *const *names; /* sl_type_enum, sl_type_open; NULL-ended */
	const struct sl_ref *ref; /* sl_type_ref */
	int64_t min, max;	  /* sl_type_num, sl_type_span, sl_type_time
				   * (ns); both 0: any */
	const char *title;	  /* of the column; NULL: NAME in capitals */
	uint8_t width;		  /* least width of the column */
	const char *help;
};

/* Rows that most item menus end with. */
#define SL_PROP_ROW_DISABLED                                                   \
	{                                                                      \
		.name = "disabled", .type = &sl_type_bool,                     \
		.flags = SL_PROP_DISABLED, .letter = 'X', .group = 1,          \
		.dflt = "no", .help = "not in use",                            \
	}
#define SL_PROP_ROW_INVALID                                                    \
	{                                                                      \
		.name = "invalid", .type = &sl_type_bool,                      \
		.flags = SL_PROP_INVALID | SL_PROP_READ_ONLY, .letter = 'I',   \
		.group = 1, .help = "has no effect; the reason is printed",    \
	}
#define SL_PROP_ROW_DYNAMIC                                                    \
	{                                                                      \
		.name = "dynamic", .type = &sl_type_bool,                      \
		.flags = SL_PROP_DYNAMIC | SL_PROP_READ_ONLY, .letter = 'D',   \
		.group = 2, .help = "made by the router, not saved",           \
	}
#define SL_PROP_ROW_COMMENT                                                    \
	{                                                                      \
		.name = "comment", .type = &sl_type_str,                       \
		.flags = SL_PROP_COMMENT, .help = "free text",                 \
	}

enum sl_menu_kind {
	SL_MENU_FOLDER,	  /* only submenus; made by the machinery */
	SL_MENU_ITEMS,	  /* stored, ordered list */
	SL_MENU_SETTINGS, /* one stored item */
	SL_MENU_ROWS,	  /* virtual: walked from the engine */
	SL_MENU_SKIPPED,  /* known, not implemented */
};

/* Flags of a menu. */
enum {
	SL_MENU_LONG = 1 << 0, /* print without a form word is detail (rules) */
	SL_MENU_LINES = 1 << 1,	  /* prints bare lines without numbers (/log) */
	SL_MENU_FIXED = 1 << 2,	  /* no add, no remove; export writes "set" */
	SL_MENU_ORDERED = 1 << 3, /* order matters: move, place-before */
	SL_MENU_FOREIGN = 1 << 4, /* dynamic items are somebody else's */
};

/* One change of a menu's items since its last apply. */
enum sl_change_op {
	SL_CHANGE_ADD,
	SL_CHANGE_REMOVE, /* item->... still readable, no longer listed */
	SL_CHANGE_SET,
	SL_CHANGE_MOVE,
};

struct sl_change {
	struct sl_change *next; /* of the same menu, in order */
	enum sl_change_op op;
	struct sl_item *item;
};

/* A command of one menu beyond the common ones. */
struct sl_verb {
	const char *name; /* NULL ends the table */
	const char *help;
	const char *const
	    *args;  /* names of its arguments, NULL-ended; or NULL */
	bool items; /* works on selected items */
	/* 'ids': the selected items (n_ids = 0 without selector). */
	int (*run)(struct sl_command *, const uint64_t *ids, size_t n_ids,
	    struct sl_err *);
};

struct sl_menu_def {
	const char *path; /* "/ip/firewall/filter" */
	const char *help;
	enum sl_menu_kind kind;
	uint32_t flags;
	const struct sl_prop
	    *props; /* in print order; index = the row's place */
	unsigned n_props;
	const struct sl_verb *verbs; /* optional */
	const char *runs; /* verb that the menu's name alone stands for */
	const char *key;  /* FIXED: property that export selects by */
	/* Properties of this kind name items of this menu: these are not
	 * removed while they are named, and a new name is followed. */
	const struct sl_ref *named_by;
	/* Columns of the brief table, if their order is not that of props. */
	const uint8_t *columns;
	unsigned n_columns;
	/* Paths whose changes make this menu's apply() run too (NULL-ended);
	 * they must be registered before it. */
	const char *const *depends;

	/* All below optional. => Role: control. */

	/* Once, when the model is made: sets menu->priv, adds built-in items. */
	int (*open)(struct sl_menu *, struct sl_err *);
	void (*close)(struct sl_menu *);

	/* Judges 'item', a candidate that is not in the list: a new one, or
	 * 'old' with changes.  Refuses with err ("failure: ..."), or accepts
	 * and may call sl_item_set_reason() for flag I.  May also put values
	 * into canonical form. */
	int (*check)(struct sl_menu *, struct sl_item *item,
	    const struct sl_item *old, struct sl_err *);

	/* The item enters or leaves the list (also by rollback), or changes
	 * (out, then in): for the menu's own hashes.  'in' must not fail for
	 * what has been in before. */
	int (*index)(
	    struct sl_menu *, struct sl_item *, bool in, struct sl_err *);

	/* Makes the engine do what the items say.  'changes' is what happened
	 * since the last apply; NULL: anything may have, take all items.  On
	 * error the machinery restores the items and applies them again with
	 * NULL. May call sl_item_set_reason(). */
	int (*apply)(
	    struct sl_menu *, const struct sl_change *changes, struct sl_err *);

	/* Value of a VIRTUAL property, or of any property of a virtual row;
	 * 'out' is NONE on entry. */
	void (*get)(const struct sl_row *, unsigned prop, struct sl_value *out);

	/* What export need not write for this very item, where the table's
	 * default does not do (a port's name that is its default-name): NONE
	 * on entry, NONE: as the table says. */
	void (*default_of)(
	    const struct sl_item *, unsigned prop, struct sl_value *out);

	/* A row for a name that "set" wants and nobody has: of what may come
	 * later.  NULL: there is no such item. */
	struct sl_item *(*adopt)(struct sl_menu *, const char *name);

	/* ROWS.  Visits about 'max' rows from the cursor on and moves it.  1:
	 * there may be more; 0: that was all; -errno.  Sets row->id and
	 * row->data; ids are stable while the row lives.  Must not block. */
	int (*walk)(struct sl_menu *, struct sl_cursor *, unsigned max,
	    sl_row_fn, void *arg);
	void (*walk_end)(struct sl_menu *, struct sl_cursor *);
	/* ROWS: visits the one row, -ENOENT if it is gone. Without it the
	 * machinery walks. */
	int (*find_row)(struct sl_menu *, uint64_t id, sl_row_fn, void *arg);
	/* ROWS: about how many there are: how wide a number can be. */
	uint64_t (*count)(struct sl_menu *);
	/* ROWS: those of the named that still are there; -ENOENT if none is.
	 * May let the control lock go. */
	int (*remove_rows)(
	    struct sl_menu *, const uint64_t *ids, size_t n, struct sl_err *);
};

struct sl_menu {
	const struct sl_menu_def *def; /* NULL: FOLDER or SKIPPED */
	struct sl_model *model;
	enum sl_menu_kind kind;
	void *priv; /* the menu's own */

	const char *name;		       /* last part of the path */
	char *path;			       /* "/ip/firewall/filter" */
	struct sl_menu *parent, *child, *next; /* children by name */
	struct sl_items *items;		       /* ITEMS, SETTINGS */
	struct sl_value *defaults;	       /* parsed, one a property */

	/* Private to the machinery. */
	unsigned skip;		 /* SL_SKIP_* of a skipped menu */
	bool warned;		 /* SKIPPED: warning was given */
	struct sl_value learned; /* SKIPPED: interfaces it would have made */
	bool touched, applied;	 /* in the open transaction */
	struct sl_change *changes, **changes_end;
};

struct sl_model {
	struct sl_menu *root;
	void *engine; /* the menus' way to the engine; NULL in unit tests */
	struct sl_interface_names *interfaces;

	/* Says once per skipped menu that it has no effect, and after a load
	 * why items have none (without a place).  NULL: the log. */
	void (*warn)(
	    struct sl_model *, const struct sl_place *, const char *text);
	void *warn_arg;

	/* Private. */
	struct sl_menu **menus; /* those with a def, in registration order */
	unsigned n_menus;
	unsigned n_made; /* skipped menus made as they were met */
	struct sl_tx *tx;
};

/* Builds the tree of 'defs' (NULL-ended; parents are made as needed) and of
 * the skipped menus.  NULL and err on failure. */
struct sl_model *sl_model_new(
    const struct sl_menu_def *const *defs, void *engine, struct sl_err *);
void sl_model_free(struct sl_model *);

/* Finds a menu by complete path, "/ip/firewall/filter" or with blanks;
 * NULL if there is none. */
struct sl_menu *sl_model_find(struct sl_model *, const char *path);

/* What a word means in a menu: exact names first, then unique prefixes over
 * submenus and commands together. */
enum sl_word {
	SL_WORD_UNKNOWN, /* "bad command name X" */
	SL_WORD_AMBIGUOUS,
	SL_WORD_MENU,
	SL_WORD_VERB,
};
struct sl_meaning {
	enum sl_word word;
	struct sl_menu *menu; /* MENU */
	const char *verb;     /* VERB: full name; in a skipped menu the word
			       * itself (caller's memory) */
};
struct sl_meaning sl_menu_resolve(struct sl_menu *, const char *word);

/* The verb of the menu's own table with this full name; NULL. */
const struct sl_verb *sl_menu_own_verb(const struct sl_menu *, const char *);

/* Words for completion in a menu: submenus and commands. */
void sl_menu_each_word(struct sl_menu *, sl_word_fn, void *arg);

/* "/ip firewall filter": as export and prompts write it. */
void sl_menu_print_path(const struct sl_menu *, struct sl_text *);

/* Index of the property 'name' is, or (prefix) is a unique prefix of; -1. */
int sl_menu_prop(const struct sl_menu *, const char *name, bool prefix);
/* Index of the property with this SL_PROP_NAME..BUILTIN flag; -1. */
int sl_menu_prop_flagged(const struct sl_menu *, uint32_t flag);

/* Have apply(NULL) run for a menu outside of any command (an address list
 * expired, an interface came): in a transaction of its own, dependants
 * included. => Role: control. */
int sl_menu_reapply(struct sl_menu *, struct sl_err *);

/* Visits every row of any menu in slices, yielding the control lock between
 * them; 'between' (may be NULL) runs after each slice, may block, and ends the
 * walk if not 0.  Rows that come or go meanwhile may be missed. 0 or -errno.
 * => Role: control.  => May sleep. */
int sl_menu_walk(
    struct sl_menu *, sl_row_fn, int (*between)(void *arg), void *arg);

/* Visits the row with this id; -ENOENT. */
int sl_menu_row(struct sl_menu *, uint64_t id, sl_row_fn, void *arg);

#endif
