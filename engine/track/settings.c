/* SPDX-License-Identifier: Apache-2.0 */
#include <track/settings.h>

#include <errno.h>
#include <string.h>

static SL_RCU_PTR(struct sl_track_settings) current;

static void
reclaim(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct sl_track_settings, head));
}

static void
replace(struct sl_track_settings *fresh)
{
	struct sl_track_settings *old;

	for (unsigned f = 0; f < 2; f++)
		fresh->active[f] =
		    fresh->enabled == SL_TRACK_ON ||
		    (fresh->enabled == SL_TRACK_AUTO && fresh->have_rules[f]);
	old = sl_rcu_swap(&current, fresh);
	if (old)
		sl_retire(&old->head, reclaim);
}

/* A copy to change; NULL and 'err' without memory. */
static struct sl_track_settings *
copy_current(struct sl_err *err)
{
	struct sl_track_settings *fresh = malloc(sizeof(*fresh));

	if (!fresh) {
		sl_err_sys(err, -ENOMEM, "tracking settings");
		return NULL;
	}
	*fresh = *sl_rcu_own(&current);
	return fresh;
}

int
sl_track_settings_init(struct sl_err *err)
{
	struct sl_track_settings *fresh = calloc(1, sizeof(*fresh));

	if (!fresh)
		return sl_err_sys(err, -ENOMEM, "tracking settings");
	fresh->enabled = SL_TRACK_AUTO;
	fresh->loose = 1;
	for (unsigned slot = 0; slot < sl_trackers_count(); slot++) {
		const struct sl_tracker *t = sl_trackers_slot((uint8_t)slot);

		for (unsigned i = 0; i < t->n_timeouts; i++)
			fresh->timeout_ms[slot][i] =
			    t->ops.timeouts[i].default_ms;
	}
	replace(fresh);
	return 0;
}

void
sl_track_settings_fini(void)
{
	free(sl_rcu_swap(&current, NULL));
}

const struct sl_track_settings *
sl_track_settings_rcu(void)
{
	return sl_rcu_read(&current);
}

const struct sl_track_settings *
sl_track_settings_own(void)
{
	return sl_rcu_own(&current);
}

int
sl_track_settings_set_enabled(enum sl_track_enabled enabled, struct sl_err *err)
{
	struct sl_track_settings *fresh = copy_current(err);

	if (!fresh)
		return -ENOMEM;
	fresh->enabled = (uint8_t)enabled;
	replace(fresh);
	return 0;
}

int
sl_track_settings_set_loose(bool loose, struct sl_err *err)
{
	struct sl_track_settings *fresh = copy_current(err);

	if (!fresh)
		return -ENOMEM;
	fresh->loose = loose;
	replace(fresh);
	return 0;
}

int
sl_track_settings_set_liberal(bool liberal, struct sl_err *err)
{
	struct sl_track_settings *fresh = copy_current(err);

	if (!fresh)
		return -ENOMEM;
	fresh->liberal = liberal;
	replace(fresh);
	return 0;
}

int
sl_track_settings_set_have_rules(
    uint8_t family, bool have_rules, struct sl_err *err)
{
	struct sl_track_settings *fresh;

	/* Called at every change of a rule; most change nothing here. */
	if (sl_rcu_own(&current)->have_rules[family == SL_IPV6] == have_rules)
		return 0;
	fresh = copy_current(err);
	if (!fresh)
		return -ENOMEM;
	fresh->have_rules[family == SL_IPV6] = have_rules;
	replace(fresh);
	return 0;
}

/* The row numbered *cursor = slot * SL_TIMEOUTS_MAX + row, or the next one that
 * exists; NULL at the end. */
static const struct sl_timeout *
next_row(unsigned *cursor)
{
	for (; *cursor < sl_trackers_count() * SL_TIMEOUTS_MAX; ++*cursor) {
		const struct sl_tracker *t =
		    sl_trackers_slot((uint8_t)(*cursor / SL_TIMEOUTS_MAX));

		if (*cursor % SL_TIMEOUTS_MAX < t->n_timeouts)
			return &t->ops.timeouts[*cursor % SL_TIMEOUTS_MAX];
	}
	return NULL;
}

/* The first row called 'name' from *cursor on. */
static const struct sl_timeout *
find_row(const char *name, unsigned *cursor)
{
	const struct sl_timeout *row;

	for (; (row = next_row(cursor)); ++*cursor)
		if (strcmp(row->name, name) == 0)
			return row;
	return NULL;
}

int
sl_track_settings_set_timeout(const char *name, uint64_t ms, struct sl_err *err)
{
	struct sl_track_settings *fresh;
	unsigned cursor = 0;

	if (!find_row(name, &cursor))
		return sl_err_set(err, -ENOENT, "no tracker has %s", name);
	if (ms < SL_TIMEOUT_MIN_MS || ms > SL_TIMEOUT_MAX_MS)
		return sl_err_set(err, -ERANGE,
		    "value of %s out of range (1ms..49d17h2m47s)", name);
	fresh = copy_current(err);
	if (!fresh)
		return -ENOMEM;
	for (; find_row(name, &cursor); cursor++)
		fresh->timeout_ms[cursor / SL_TIMEOUTS_MAX]
				 [cursor % SL_TIMEOUTS_MAX] = (uint32_t)ms;
	replace(fresh);
	return 0;
}

static uint32_t
value_at(unsigned cursor)
{
	return sl_rcu_own(&current)
	    ->timeout_ms[cursor / SL_TIMEOUTS_MAX][cursor % SL_TIMEOUTS_MAX];
}

int
sl_track_settings_get_timeout(const char *name, uint32_t *ms)
{
	unsigned cursor = 0;

	if (!find_row(name, &cursor))
		return -ENOENT;
	*ms = value_at(cursor);
	return 0;
}

int
sl_track_settings_adopt(uint8_t slot, struct sl_err *err)
{
	const struct sl_tracker *t = sl_trackers_slot(slot);
	struct sl_track_settings *fresh = copy_current(err);

	if (!fresh)
		return -ENOMEM;
	for (unsigned i = 0; i < t->n_timeouts; i++) {
		const struct sl_timeout *row = &t->ops.timeouts[i];
		uint32_t *ms = &fresh->timeout_ms[slot][i];
		unsigned cursor = 0;

		find_row(row->name, &cursor);
		*ms = cursor / SL_TIMEOUTS_MAX == slot ? row->default_ms
						       : value_at(cursor);
	}
	replace(fresh);
	return 0;
}

bool
sl_track_settings_next_timeout(unsigned *cursor, struct sl_timeout_row *out)
{
	const struct sl_timeout *row;

	for (; (row = next_row(cursor)); ++*cursor) {
		unsigned first = 0;

		find_row(row->name, &first);
		if (first != *cursor)
			continue;
		*out = (struct sl_timeout_row){
		    .name = row->name,
		    .help = row->help,
		    .ms = value_at(*cursor),
		    .default_ms = row->default_ms,
		};
		++*cursor;
		return true;
	}
	return false;
}
