/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/loader.h>

#include <base/log.h>
#include <base/rcu.h>
#include <plugin/access.h>
#include <plugin/install.h>
#include <plugin/loaded.h>
#include <plugin/tuning.h>
#include <related/helpers.h>
#include <track/settings.h>
#include <track/trackers.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_DIR "/lib/sluice"

static struct sl_loaded plugins[SL_PLUGINS_MAX];
static unsigned n_plugins;

struct sl_loaded *
sl_loaded_find(const char *name)
{
	for (unsigned i = 0; i < n_plugins; i++)
		if (strcmp(plugins[i].name, name) == 0)
			return &plugins[i];
	return NULL;
}

struct sl_object *
sl_plugins_find(const char *name)
{
	for (unsigned i = 0; i < n_plugins; i++)
		if (plugins[i].object &&
		    strcmp(plugins[i].object->plugin.name, name) == 0)
			return plugins[i].object;
	return NULL;
}

static int
check_name_free(const struct sl_object *o, struct sl_err *err)
{
	const struct sl_object *other = sl_plugins_find(o->plugin.name);

	return other ? sl_err_set(err, -EEXIST,
			   "%s: plugin name is \"%s\", which %s has already",
			   o->file, o->plugin.name, other->file)
		     : 0;
}

/* "ftp" of "/x/ftp.so": how a refused one is called. */
static void
name_after_file(struct sl_loaded *l)
{
	const char *slash = strrchr(l->file, '/');
	const char *base = slash ? slash + 1 : l->file;

	snprintf(
	    l->name, sizeof(l->name), "%.*s", (int)strcspn(base, "."), base);
}

struct sl_loaded *
sl_loaded_add(const char *file, struct sl_err *err)
{
	struct sl_loaded *l = &plugins[n_plugins];

	if (n_plugins == SL_PLUGINS_MAX) {
		sl_err_set(err, -ENOSPC, "%s: more than %d plugins", file,
		    SL_PLUGINS_MAX);
		return NULL;
	}
	*l = (struct sl_loaded){.file = strdup(file)};
	if (!l->file) {
		sl_err_sys(err, -ENOMEM, "%s", file);
		return NULL;
	}
	name_after_file(l);
	n_plugins++;
	return l;
}

void
sl_loaded_take(struct sl_loaded *l, struct sl_object *o)
{
	char *file = strdup(o->file);

	if (file) { /* else the path it had */
		free(l->file);
		l->file = file;
	}
	snprintf(l->name, sizeof(l->name), "%s", o->plugin.name);
	l->object = o;
	l->err = (struct sl_err){0};
}

static struct sl_object *
load_file(const char *file, struct sl_err *err)
{
	struct sl_object *o = sl_object_open(file, err);

	if (o && !check_name_free(o, err) && !sl_install(o, NULL, err))
		return o;
	sl_object_close(o);
	return NULL;
}

static void
add_file(const char *file, struct sl_err *err)
{
	struct sl_loaded *l = sl_loaded_add(file, err);
	struct sl_object *o;

	if (!l)
		return;
	o = load_file(file, &l->err);
	if (o) {
		sl_loaded_take(l, o);
		return;
	}
	sl_log(SL_LOG_ERROR, "system", "plugin refused: %s", l->err.text);
	sl_err_set(err, l->err.code, "%s", l->err.text);
}

static int
is_object(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 3 && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + len - 3, ".so") == 0;
}

/* The number of files, or -errno. */
static int
load_folder(const char *folder, struct sl_err *err)
{
	struct dirent **names;
	char file[PATH_MAX + NAME_MAX + 2];
	int n, rc;

	if ((rc = sl_access_check_folder(folder, err)))
		return rc;
	n = scandir(folder, &names, is_object, alphasort);
	if (n < 0)
		return sl_err_sys(err, -errno, "%s", folder);
	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", folder, names[i]->d_name);
		add_file(file, err);
		free(names[i]);
	}
	free(names);
	return n;
}

static void
load_trackers(const char *dir, struct sl_err *err)
{
	char folder[PATH_MAX + 16];

	snprintf(folder, sizeof(folder), "%s/trackers", dir);
	if (load_folder(folder, err) == 0)
		sl_err_set(err, -ENOENT, "%s: no plugin there", folder);
}

static void
load_helpers(const char *dir, struct sl_err *err)
{
	char folder[PATH_MAX + 16];
	struct sl_err why = {0};

	snprintf(folder, sizeof(folder), "%s/helpers", dir);
	if (load_folder(folder, &why) == -ENOENT)
		return;
	if (!why.code)
		return;
	sl_log(SL_LOG_ERROR, "system", "%s", why.text);
	sl_err_set(err, why.code, "%s", why.text);
}

/* The folder of the program, one up, and DEFAULT_DIR. */
static int
find_default_dir(char *dir, size_t size, struct sl_err *err)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len < 0)
		return sl_err_sys(err, -errno, "/proc/self/exe");
	exe[len] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(exe, '/');

		if (slash)
			*slash = '\0';
	}
	if ((size_t)snprintf(dir, size, "%s" DEFAULT_DIR, exe) >= size)
		return sl_err_set(err, -ENAMETOOLONG, "%s: too long", exe);
	return 0;
}

int
sl_plugins_load(const char *dir, struct sl_err *err)
{
	struct sl_err local = {0}, *e = err ? err : &local;
	char found[PATH_MAX];
	int rc;

	if (!dir && (rc = find_default_dir(found, sizeof(found), e)))
		return rc;
	if (!dir)
		dir = found;
	if (strlen(dir) >= PATH_MAX)
		return sl_err_set(e, -ENAMETOOLONG, "%s: too long", dir);
	load_trackers(dir, e);
	load_helpers(dir, e);
	sl_track_settings_init(e);
	return e->code;
}

int
sl_plugins_load_one(const char *file, struct sl_err *err)
{
	struct sl_err clashes = {0};
	char dir[PATH_MAX];

	if (find_default_dir(dir, sizeof(dir), err))
		return err->code;
	add_file(file, err);
	if (!err->code)
		load_trackers(dir, &clashes);
	sl_track_settings_init(err);
	return err->code;
}

int
sl_plugins_lack(struct sl_err *err)
{
	static const struct {
		uint8_t family, l4proto;
		const char *name;
	} wanted[] = {
	    {SL_IPV4, IPPROTO_TCP, "tcp"},
	    {SL_IPV6, IPPROTO_TCP, "tcp"},
	    {SL_IPV4, IPPROTO_UDP, "udp"},
	    {SL_IPV6, IPPROTO_UDP, "udp"},
	    {SL_IPV4, IPPROTO_ICMP, "icmp"},
	    {SL_IPV6, IPPROTO_ICMPV6, "icmpv6"},
	};

	for (size_t i = 0; i < SL_COUNT_OF(wanted); i++)
		if (!sl_trackers_taken(wanted[i].family, wanted[i].l4proto))
			return sl_err_set(err, -ENOENT,
			    "no plugin tracks %s of IPv%d", wanted[i].name,
			    wanted[i].family);
	/* What nobody has for himself: 255 is reserved. */
	if (sl_trackers_find(SL_IPV4, 255) == SL_TRACKER_NONE ||
	    sl_trackers_find(SL_IPV6, 255) == SL_TRACKER_NONE)
		return sl_err_set(err, -ENOENT,
		    "no plugin tracks protocols without a tracker (generic)");
	return 0;
}

void
sl_object_let_go(struct sl_object *o)
{
	for (unsigned i = 0; o && i < o->n_helpers; i++)
		sl_helpers_free(o->versions[i]);
	if (o)
		sl_object_retire(o);
}

void
sl_plugins_unload(void)
{
	sl_trackers_clear();
	/* A settings snapshot or connection on its way to reclamation may
	 * still hold what points into a plugin. */
	sl_rcu_synchronize();
	sl_rcu_drain();
	sl_track_settings_fini();
	sl_outgoing_clear();
	while (n_plugins > 0) {
		struct sl_loaded *l = &plugins[--n_plugins];

		sl_object_let_go(l->object);
		free(l->file);
		*l = (struct sl_loaded){0};
	}
	sl_helpers_clear();
	sl_tuning_clear();
	sl_rcu_drain();
}

static void
tell_object(struct sl_plugin_info *info, const struct sl_object *o)
{
	info->object = o;
	info->file = o->file;
	info->name = o->plugin.name;
	info->version = o->plugin.version;
	info->summary = o->plugin.summary;
}

bool
sl_plugins_at(unsigned n, struct sl_plugin_info *info)
{
	const struct sl_object *o = sl_outgoing();

	*info = (struct sl_plugin_info){0};
	if (n < n_plugins) {
		info->file = plugins[n].file;
		info->name = plugins[n].name;
		if (plugins[n].object)
			tell_object(info, plugins[n].object);
		else
			info->why = plugins[n].err.text;
		return true;
	}
	for (n -= n_plugins; o && n; n--)
		o = o->next;
	if (!o)
		return false;
	tell_object(info, o);
	info->is_outgoing = true;
	return true;
}
