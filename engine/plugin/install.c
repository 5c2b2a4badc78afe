/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/install.h>

#include <plugin/clash.h>
#include <plugin/tuning.h>
#include <related/helpers.h>
#include <track/settings.h>
#include <track/trackers.h>

#include <errno.h>
#include <string.h>

/* The tracker of that name in 'former'; -1. */
static int
find_tracker(const struct sl_object *former, const char *name)
{
	for (unsigned i = 0; former && i < former->n_trackers; i++)
		if (strcmp(former->trackers[i].name, name) == 0)
			return (int)i;
	return -1;
}

static bool
is_for_the_same(const struct sl_tracker_ops *a, const struct sl_tracker_ops *b)
{
	return a->l4proto == b->l4proto && a->generic == b->generic &&
	       a->families == b->families;
}

/* What was tracked must be tracked on. */
static int
check_set(const struct sl_object *o, const struct sl_object *former,
    struct sl_err *err)
{
	for (unsigned i = 0; former && i < former->n_trackers; i++) {
		const struct sl_tracker_ops *old = &former->trackers[i];
		int at = find_tracker(o, old->name);

		if (at < 0 || !is_for_the_same(&o->trackers[at], old))
			return sl_err_set(err, -EINVAL,
			    "%s: tracker %s for protocol %u is missing, wanted "
			    "it as the one it replaces has it",
			    o->file, old->name, old->l4proto);
	}
	return 0;
}

static void
drop_versions(struct sl_object *o)
{
	for (unsigned i = 0; i < o->n_helpers; i++) {
		sl_helpers_free(o->versions[i]);
		o->versions[i] = NULL;
	}
}

static int
make_versions(struct sl_object *o, struct sl_err *err)
{
	for (unsigned i = 0; i < o->n_helpers; i++) {
		o->versions[i] =
		    sl_helpers_new(&o->helpers[i], o->options, err);
		if (!o->versions[i])
			return err->code;
	}
	return 0;
}

/* The slot that tracker 'i' goes on in; 0: it needs a new one. */
static uint8_t
slot_to_keep(
    const struct sl_object *o, unsigned i, const struct sl_object *former)
{
	int at = find_tracker(former, o->trackers[i].name);
	uint8_t slot = at < 0 ? 0 : former->slots[at];

	return slot && sl_trackers_is_same_layout(slot, &o->trackers[i]) ? slot
									 : 0;
}

static int
prepare_slots(
    struct sl_object *o, const struct sl_object *former, struct sl_err *err)
{
	for (unsigned i = 0; i < o->n_trackers; i++) {
		int slot;

		if (slot_to_keep(o, i, former))
			continue;
		slot = sl_trackers_prepare(&o->trackers[i], o->options, err);
		if (slot < 0)
			return slot;
		o->slots[i] = (uint8_t)slot;
		/* At the start the settings come after all trackers. */
		if (sl_track_settings_own() &&
		    sl_track_settings_adopt(o->slots[i], err))
			return -ENOMEM;
	}
	return 0;
}

static void
release_slots(struct sl_object *o)
{
	for (unsigned i = 0; i < o->n_trackers; i++) {
		if (o->slots[i])
			sl_trackers_release(o->slots[i]);
		o->slots[i] = 0;
	}
}

/* Trackers that keep their slot: the only step that may fail. */
static int
replace_trackers(
    struct sl_object *o, struct sl_object *former, struct sl_err *err)
{
	for (unsigned i = 0; i < o->n_trackers; i++) {
		uint8_t slot = slot_to_keep(o, i, former);
		int rc = !slot ? 0
			       : sl_trackers_replace(
				     slot, &o->trackers[i], o->options, err);

		if (!rc)
			continue;
		while (i--) {
			int at = find_tracker(former, o->trackers[i].name);

			slot = slot_to_keep(o, i, former);
			if (slot)
				sl_trackers_replace(slot, &former->trackers[at],
				    former->options, NULL);
		}
		return rc;
	}
	return 0;
}

/* Packets of new connections come to the new slots; slots that went over to 'o'
 * are no longer 'former's. */
static void
lead_to_slots(struct sl_object *o, struct sl_object *former)
{
	for (unsigned i = 0; i < o->n_trackers; i++) {
		int at = find_tracker(former, o->trackers[i].name);

		if (at < 0) {
			sl_trackers_expose(o->slots[i]);
		} else if (o->slots[i]) {
			sl_trackers_redirect(former->slots[at], o->slots[i]);
		} else {
			o->slots[i] = former->slots[at];
			former->slots[at] = 0;
		}
	}
}

static bool
has_helper(const struct sl_object *o, const char *name)
{
	for (unsigned i = 0; i < o->n_helpers; i++)
		if (strcmp(o->helpers[i].name, name) == 0)
			return true;
	return false;
}

/* All versions are published, or none.  A helper that 'o' no longer has goes. */
static int
publish_versions(
    struct sl_object *o, struct sl_object *former, struct sl_err *err)
{
	struct sl_helper *gone[SL_PLUGIN_HELPERS_MAX];
	unsigned n = 0;

	for (unsigned i = 0; former && i < former->n_helpers; i++)
		if (!has_helper(o, former->helpers[i].name))
			gone[n++] = former->versions[i];
	return sl_helpers_swap(o->versions, o->n_helpers, gone, n, err);
}

int
sl_install(struct sl_object *o, struct sl_object *former, struct sl_err *err)
{
	int rc;

	if ((rc = check_set(o, former, err)) ||
	    (rc = sl_clash_trackers(o, former, err)) ||
	    (rc = sl_clash_helpers(o, former, err)) ||
	    (rc = sl_tuning_commit(o, err)))
		return rc;
	if ((rc = make_versions(o, err)) || (rc = sl_tuning_commit(o, err)))
		goto out_versions;
	if ((rc = prepare_slots(o, former, err)))
		goto out_slots;
	if ((rc = replace_trackers(o, former, err)))
		goto out_slots;
	if ((rc = publish_versions(o, former, err)))
		goto out_trackers;
	lead_to_slots(o, former);
	return 0;

out_trackers:
	if (former)
		replace_trackers(former, former, NULL);
out_slots:
	release_slots(o);
out_versions:
	drop_versions(o);
	return rc;
}

int
sl_install_withdraw(struct sl_object *o, struct sl_err *err)
{
	return sl_helpers_swap(NULL, 0, o->versions, o->n_helpers, err);
}
