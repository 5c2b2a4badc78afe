/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/clash.h>

#include <related/helpers.h>
#include <track/trackers.h>

#include <errno.h>
#include <string.h>

static bool
do_clash(const struct sl_tracker_ops *a, const struct sl_tracker_ops *b)
{
	return (a->families & b->families) && a->generic == b->generic &&
	       (a->generic || a->l4proto == b->l4proto);
}

/* Is it at work, and not to be replaced? */
static bool
is_in_the_way(uint8_t slot, const struct sl_object *former)
{
	for (unsigned i = 0; former && i < former->n_trackers; i++)
		if (former->slots[i] == slot)
			return false;
	return sl_trackers_is_led_to(slot);
}

int
sl_clash_trackers(const struct sl_object *o, const struct sl_object *former,
    struct sl_err *err)
{
	unsigned have = sl_trackers_count(), n = o->n_trackers;

	if (have + n > SL_TRACKERS_MAX && !former)
		return sl_err_set(err, -ENOSPC,
		    "%s: trackers in all are %u, wanted at most %d", o->file,
		    have - 1 + n, SL_TRACKERS_MAX - 1);
	for (unsigned i = 0; i < n; i++) {
		for (unsigned j = 1; j < have + i; j++) {
			const struct sl_tracker_ops *other =
			    j < have ? sl_trackers_ops((uint8_t)j)
				     : &o->trackers[j - have];

			if (j < have && !is_in_the_way((uint8_t)j, former))
				continue;
			if (do_clash(&o->trackers[i], other))
				return sl_err_set(err, -EEXIST,
				    "%s: tracker %s wants protocol %u, which "
				    "tracker %s has already",
				    o->file, o->trackers[i].name,
				    o->trackers[i].l4proto, other->name);
		}
	}
	return 0;
}

static bool
is_of(const struct sl_object *o, const struct sl_helper *h)
{
	for (unsigned i = 0; o && i < o->n_helpers; i++)
		if (o->versions[i] == h)
			return true;
	return false;
}

int
sl_clash_helpers(const struct sl_object *o, const struct sl_object *former,
    struct sl_err *err)
{
	for (unsigned i = 0; i < o->n_helpers; i++) {
		const char *name = o->helpers[i].name;
		uint8_t number = sl_helpers_number(name, false);
		struct sl_helper *h = number ? sl_helpers_own(number) : NULL;
		bool twice = h && !is_of(former, h);

		for (unsigned j = 0; j < i; j++)
			twice |= strcmp(o->helpers[j].name, name) == 0;
		if (twice)
			return sl_err_set(err, -EEXIST,
			    "%s: helper name is \"%s\", which is taken "
			    "already",
			    o->file, name);
	}
	return 0;
}
