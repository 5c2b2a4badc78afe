/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be set of a plugin: its options, limit and timeout of the classes that
 * its helpers expect, the timeouts of its trackers.
 *
 * What it is.  Rows, by the plugin's name and their own; and the texts that the
 *   configuration gave them, which outlive the plugin: one that is loaded again
 *   gets them before anybody uses it.
 * Life cycle.  sl_tuning_set() remembers, sl_tuning_commit() puts in force.
 * Who writes, who reads.  Main or control.
 * Ordering.    Workers see option blocks by sl_rcu_publish, the rest relaxed.
 * Bounds.      A text for each row.
 */
#ifndef SL_PLUGIN_TUNING_H
#define SL_PLUGIN_TUNING_H

#include <plugin/object.h>

#define SL_TUNING_TEXT 64
#define SL_TUNING_NAME 64

enum sl_tuning_kind {
	SL_TUNING_OPTION,
	SL_TUNING_CLASS_MAX,
	SL_TUNING_CLASS_TIMEOUT,
	SL_TUNING_TIMEOUT,
};

struct sl_tuning_row {
	enum sl_tuning_kind kind;
	char name[SL_TUNING_NAME]; /* "loose", "data-max" */
	char dflt[SL_TUNING_TEXT]; /* as the configuration writes it */
	const char *help;
	/* Private: what it is of. */
	unsigned helper, class_no;
	const struct sl_option *option;
	const struct sl_timeout *timeout;
};

/* Row 'n' of a plugin; false at the end. */
bool sl_tuning_at(
    const struct sl_object *o, unsigned n, struct sl_tuning_row *row);

/* Is 'value' good for the row?  -EINVAL, -ERANGE and 'err' as menus say it. */
int sl_tuning_check(const struct sl_object *o, const struct sl_tuning_row *row,
    const char *value, struct sl_err *err);

/* Remembers 'value' (NULL: the default) for a row of the plugin of that name.
 * 0 or -ENOMEM. */
int sl_tuning_set(const char *plugin, const char *name, const char *value,
    struct sl_err *err);

/* Puts in force what is remembered for 'o': all of it, or nothing and an error.
 * Versions and slots in 'o' may be registered or not. */
int sl_tuning_commit(struct sl_object *o, struct sl_err *err);

/* Forgets all. */
void sl_tuning_clear(void);

#endif
