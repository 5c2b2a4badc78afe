/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of properties: how text becomes a value, with RouterOS's error texts.
 * A menu uses these, or brings its own (struct sl_type is three fields; a
 * special syntax such as "5,10:packet" is checked in parse() and kept as its
 * canonical text).
 */
#ifndef SL_MENU_TYPE_H
#define SL_MENU_TYPE_H

#include <base/error.h>
#include <menu/value.h>

struct sl_model;
struct sl_prop;

/* A word offered for completion; 'help' may be NULL. */
typedef void (*sl_word_fn)(const char *word, const char *help, void *arg);

struct sl_type {
	const char *name; /* for help: "time", "IP address" */

	/* One element ('!' and commas are already dealt with by the flags of
	 * the property).  0, or -errno with err->text as RouterOS says it. */
	int (*parse)(struct sl_model *, const struct sl_prop *,
	    const char *text, size_t len, struct sl_value *out,
	    struct sl_err *err);
	/* optional: words to complete */
	void (*complete)(
	    struct sl_model *, const struct sl_prop *, sl_word_fn, void *arg);

	bool number; /* right-aligned in tables */
	bool quoted; /* print detail shows it in quotes */
};

extern const struct sl_type sl_type_bool;
extern const struct sl_type sl_type_num;   /* prop->min..max; k, M, G */
extern const struct sl_type sl_type_count; /* counter: "47 603" in a print */
extern const struct sl_type sl_type_rate;  /* bit/s: "6.4kbps" in a print */
extern const struct sl_type sl_type_span;  /* n or lo-hi in min..max: ports */
extern const struct sl_type sl_type_time;
extern const struct sl_type sl_type_str;  /* free text; quoted in detail */
extern const struct sl_type sl_type_name; /* free word; not quoted */
extern const struct sl_type sl_type_enum; /* prop->names; prefixes do */
extern const struct sl_type sl_type_open; /* prop->names or any other word */
extern const struct sl_type sl_type_ref;  /* prop->ref knows the names */
extern const struct sl_type sl_type_ip4;
extern const struct sl_type sl_type_ip6;
extern const struct sl_type sl_type_prefix4; /* A/n; host bits kept */
extern const struct sl_type sl_type_prefix6;
extern const struct sl_type sl_type_net4; /* A, A/n or A-B, as in rules */
extern const struct sl_type sl_type_net6; /* A or A/n */
extern const struct sl_type sl_type_mac;
extern const struct sl_type sl_type_id;

/* Names that live elsewhere: interfaces, lists.  'known' says whether the
 * name is accepted, 'each' lists them for completion. */
struct sl_ref {
	bool (*known)(
	    struct sl_model *, const struct sl_prop *, const char *name);
	void (*each)(
	    struct sl_model *, const struct sl_prop *, sl_word_fn, void *arg);
};

/* Parses the text of a whole property: '!', list commas, elements.  Empty text
 * gives NONE (unset).  A list is an ARRAY even with one element.  Errors:
 * "input does not match any value of NAME", "invalid value for argument NAME",
 * or what the type says. */
int sl_prop_parse(struct sl_model *, const struct sl_prop *, const char *text,
    size_t len, struct sl_value *out, struct sl_err *);

/* The same from a script's value, by way of its text. */
int sl_prop_take(struct sl_model *, const struct sl_prop *,
    const struct sl_value *in, struct sl_value *out, struct sl_err *);

/* Words that may follow "name=". */
void sl_prop_complete(
    struct sl_model *, const struct sl_prop *, sl_word_fn, void *arg);

/* For parse(): "invalid value for argument NAME"; -EINVAL. */
int sl_type_refuse(const struct sl_prop *, struct sl_err *);

/* Index of the enum name that 'text' is, or is a unique prefix of; -1 none,
 * -2 ambiguous.  'names' ends with NULL. */
int sl_type_match(const char *const *names, const char *text, size_t len);

#endif
