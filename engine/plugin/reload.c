/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/reload.h>

#include <base/clock.h>
#include <base/log.h>
#include <plugin/access.h>
#include <plugin/install.h>
#include <plugin/loaded.h>
#include <related/helpers.h>
#include <track/trackers.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define SLICE 8192 /* connections a tick */
/* A packet may wait for its neighbour with a connection that is in no table. */
#define SETTLE_NS (10 * SL_NS_PER_SEC)

static struct sl_object *outgoing;

/* One pass over all connections. */
static struct {
	struct sl_walk at;
	uint64_t begun_ns;
	bool is_on;
	bool seen[SL_TRACKERS_MAX];
} pass;

struct sl_object *
sl_outgoing(void)
{
	return outgoing;
}

static void
send_out(struct sl_object *o)
{
	o->since_ns = sl_now_ns();
	o->next = outgoing;
	outgoing = o;
}

/* Somebody else could have put it there. */
static int
check_folder_of(const char *file, struct sl_err *err)
{
	char folder[PATH_MAX];
	char *slash;

	if ((size_t)snprintf(folder, sizeof(folder), "%s", file) >=
	    sizeof(folder))
		return sl_err_set(err, -ENAMETOOLONG, "%s: too long", file);
	slash = strrchr(folder, '/');
	if (!slash)
		return sl_access_check_folder(".", err);
	slash[slash == folder] = '\0';
	return sl_access_check_folder(folder, err);
}

static struct sl_object *
open_checked(const char *file, struct sl_err *err)
{
	return check_folder_of(file, err) ? NULL : sl_object_open(file, err);
}

/* In the place of an entry's object. */
static int
put(struct sl_loaded *l, struct sl_object *o, struct sl_err *err)
{
	struct sl_object *former = l->object;
	int rc = sl_install(o, former, err);

	if (rc)
		return rc;
	sl_loaded_take(l, o);
	if (former)
		send_out(former);
	sl_log(SL_LOG_INFO, "system", "plugin %s %s %s", o->plugin.name,
	    o->plugin.version, former ? "loaded again" : "loaded");
	return 0;
}

int
sl_plugins_add(const char *file, const char **name, struct sl_err *err)
{
	struct sl_object *o = open_checked(file, err);
	struct sl_loaded *l;
	int rc;

	if (!o)
		return err->code;
	l = sl_loaded_find(o->plugin.name);
	if (l && l->object)
		rc = sl_err_set(err, -EEXIST,
		    "%s: plugin name is \"%s\", which %s has already", file,
		    o->plugin.name, l->file);
	else {
		l = l ? l : sl_loaded_add(file, err);
		rc = l ? put(l, o, err) : err->code;
	}
	if (rc) {
		if (l && !l->object)
			l->err = *err;
		sl_object_close(o);
		return rc;
	}
	if (name)
		*name = o->plugin.name;
	return 0;
}

int
sl_plugins_reload(const char *name, struct sl_err *err)
{
	struct sl_loaded *l = sl_loaded_find(name);
	struct sl_object *o;
	int rc;

	if (!l)
		return sl_err_set(err, -ENOENT, "no such plugin: %s", name);
	o = open_checked(l->file, err);
	if (!o)
		return err->code;
	if (l->object && strcmp(o->plugin.name, l->object->plugin.name) != 0)
		rc = sl_err_set(err, -EINVAL,
		    "%s: plugin name is \"%s\", wanted \"%s\"", l->file,
		    o->plugin.name, l->object->plugin.name);
	else
		rc = put(l, o, err);
	if (rc)
		sl_object_close(o);
	return rc;
}

int
sl_plugins_remove(const char *name, struct sl_err *err)
{
	struct sl_loaded *l = sl_loaded_find(name);
	int rc;

	if (!l || !l->object)
		return sl_err_set(err, -ENOENT, "no such plugin: %s", name);
	if (l->object->n_trackers)
		return sl_err_set(err, -EBUSY,
		    "plugin %s tracks connections: it can be loaded again, not "
		    "unloaded",
		    name);
	if ((rc = sl_install_withdraw(l->object, err)))
		return rc;
	send_out(l->object);
	l->object = NULL;
	l->err = (struct sl_err){0};
	sl_err_set(&l->err, -ENOENT, "unloaded");
	return 0;
}

static bool
note(void *arg, const struct sl_conn *conn)
{
	uint32_t *left = arg;

	pass.seen[conn->tracker] = true;
	return --*left > 0;
}

/* True when a whole pass over the connections is behind. */
static bool
look_on(struct sl_table *table, uint64_t now_ns)
{
	uint32_t left = SLICE;
	bool more;

	if (!pass.is_on) {
		memset(&pass, 0, sizeof(pass));
		pass.is_on = true;
		pass.begun_ns = now_ns;
	}
	sl_rcu_online();
	more = sl_walk_slice(table, &pass.at, SLICE, note, &left);
	sl_rcu_offline();
	pass.is_on = more;
	return !more;
}

static bool
has_slots(const struct sl_object *o)
{
	for (unsigned i = 0; i < o->n_trackers; i++)
		if (o->slots[i])
			return true;
	return false;
}

/* Has the pass that just ended found no connection of its trackers? */
static bool
are_slots_free(const struct sl_object *o)
{
	if (has_slots(o) && pass.begun_ns < o->since_ns + SETTLE_NS)
		return false;
	for (unsigned i = 0; i < o->n_trackers; i++)
		if (o->slots[i] && pass.seen[o->slots[i]])
			return false;
	return true;
}

static bool
are_helpers_free(const struct sl_object *o)
{
	for (unsigned i = 0; i < o->n_helpers; i++)
		if (o->versions[i] && sl_helpers_is_used(o->versions[i]))
			return false;
	return true;
}

static void
cut_off(struct sl_object *o)
{
	for (unsigned i = 0; i < o->n_helpers; i++)
		if (o->versions[i])
			sl_helpers_unlink(o->versions[i]);
	for (unsigned i = 0; i < o->n_trackers; i++) {
		if (o->slots[i])
			sl_trackers_release(o->slots[i]);
		o->slots[i] = 0;
	}
}

void
sl_plugins_tick(struct sl_table *table, uint64_t now_ns)
{
	struct sl_object **at = &outgoing;

	if (!outgoing || !look_on(table, now_ns))
		return;
	while (*at) {
		struct sl_object *o = *at;

		if (are_slots_free(o) && are_helpers_free(o)) {
			cut_off(o);
			/* Who was led to it meanwhile is counted now. */
			sl_rcu_synchronize();
			if (are_helpers_free(o)) {
				*at = o->next;
				sl_object_let_go(o);
				continue;
			}
		}
		at = &o->next;
	}
}

void
sl_outgoing_clear(void)
{
	while (outgoing) {
		struct sl_object *o = outgoing;

		outgoing = o->next;
		sl_object_let_go(o);
	}
	memset(&pass, 0, sizeof(pass));
}
