/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/loader.h>

#include <base/log.h>
#include <base/rcu.h>
#include <plugin/abi.h>
#include <plugin/options.h>
#include <track/settings.h>
#include <track/trackers.h>

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_DIR "/lib/sluice"

struct loaded {
	char *file;
	void *handle;		 /* NULL: refused */
	struct sl_plugin plugin; /* our copy of the descriptor */
	void *options;
	struct sl_err err; /* why it was refused */
};

static struct loaded plugins[SL_PLUGINS_MAX];
static unsigned n_plugins;

/* Who can write a plugin owns the router: everybody must not. */
static int
check_mode(const char *path, mode_t kind, struct sl_err *err)
{
	struct stat st;

	if (stat(path, &st))
		return sl_err_sys(err, -errno, "%s", path);
	if ((st.st_mode & S_IFMT) != kind)
		return sl_err_set(err, -EINVAL,
		    "%s: file type is %o, wanted %o", path,
		    (unsigned)(st.st_mode & S_IFMT), (unsigned)kind);
	if (st.st_mode & S_IWOTH)
		return sl_err_set(err, -EACCES,
		    "%s: mode is %04o, wanted one not writable by everybody",
		    path, (unsigned)(st.st_mode & 07777));
	return 0;
}

static int
open_file(struct loaded *p, const struct sl_plugin **raw)
{
	sl_plugin_query_fn query;
	void *symbol;
	int rc;

	if ((rc = check_mode(p->file, S_IFREG, &p->err)))
		return rc;
	p->handle = dlopen(p->file, RTLD_NOW | RTLD_LOCAL);
	if (!p->handle)
		return sl_err_set(&p->err, -EINVAL, "%s: does not load: %s",
		    p->file, dlerror());
	symbol = dlsym(p->handle, "sl_plugin_query");
	if (!symbol)
		return sl_err_set(&p->err, -EINVAL,
		    "%s: symbol sl_plugin_query is missing, wanted it",
		    p->file);
	/* ISO C has no cast from object to function pointer; POSIX promises
	 * that the bytes are the same. */
	memcpy(&query, &symbol, sizeof(query));
	*raw = query();
	return 0;
}

static int
check_name_free(struct loaded *p)
{
	for (unsigned i = 0; i < n_plugins; i++)
		if (plugins[i].handle &&
		    strcmp(plugins[i].plugin.name, p->plugin.name) == 0)
			return sl_err_set(&p->err, -EEXIST,
			    "%s: plugin name is \"%s\", which %s has already",
			    p->file, p->plugin.name, plugins[i].file);
	return 0;
}

static bool
do_clash(const struct sl_tracker_ops *a, const struct sl_tracker_ops *b)
{
	return (a->families & b->families) && a->generic == b->generic &&
	       (a->generic || a->l4proto == b->l4proto);
}

/* No tracker of 'ops[0..n)' wants what another one, here or loaded, has. */
static int
check_protocols(struct loaded *p, const struct sl_tracker_ops *ops, unsigned n)
{
	unsigned have = sl_trackers_count();

	if (have + n > SL_TRACKERS_MAX)
		return sl_err_set(&p->err, -ENOSPC,
		    "%s: trackers in all are %u, wanted at most %d", p->file,
		    have - 1 + n, SL_TRACKERS_MAX - 1);
	for (unsigned i = 0; i < n; i++) {
		for (unsigned j = 1; j < have + i; j++) {
			const struct sl_tracker_ops *other =
			    j < have ? sl_trackers_ops((uint8_t)j)
				     : &ops[j - have];

			if (do_clash(&ops[i], other))
				return sl_err_set(&p->err, -EEXIST,
				    "%s: tracker %s wants protocol %u, which "
				    "tracker %s has already",
				    p->file, ops[i].name, ops[i].l4proto,
				    other->name);
		}
	}
	return 0;
}

static int
make_options(struct loaded *p)
{
	struct sl_err bad = {0};
	char why[160] = "";
	int rc;

	if ((rc = sl_abi_check_options(p->file, &p->plugin, &p->err)))
		return rc;
	p->options =
	    sl_options_new(p->plugin.options, p->plugin.option_size, &bad);
	if (!p->options)
		return sl_err_set(&p->err, bad.code,
		    "%s: its own defaults are wrong: %.160s", p->file,
		    bad.text);
	if (!p->plugin.check_options)
		return 0;
	if (p->plugin.check_options(p->options, why, sizeof(why)) == 0)
		return 0;
	why[sizeof(why) - 1] = '\0';
	return sl_err_set(&p->err, -EINVAL,
	    "%s: its own defaults do not pass its check: %s", p->file, why);
}

static int
take_trackers(struct loaded *p)
{
	struct sl_tracker_ops ops[SL_PLUGIN_TRACKERS_MAX];
	unsigned n = 0;
	int rc;

	for (; p->plugin.trackers[n]; n++)
		if ((rc = sl_abi_check_tracker(
			 p->file, p->plugin.trackers[n], &ops[n], &p->err)))
			return rc;
	if ((rc = check_protocols(p, ops, n)) || (rc = make_options(p)))
		return rc;
	for (unsigned i = 0; i < n; i++) {
		rc = sl_trackers_add(&ops[i], p->options, &p->err);
		SL_ASSERT(rc > 0); /* everything it asks was checked above */
	}
	return 0;
}

static int
load_file(struct loaded *p)
{
	const struct sl_plugin *raw = NULL;
	int rc;

	if ((rc = open_file(p, &raw)) ||
	    (rc = sl_abi_check_plugin(p->file, raw, &p->plugin, &p->err)) ||
	    (rc = check_name_free(p)))
		return rc;
	return take_trackers(p);
}

static void
let_go(struct loaded *p)
{
	free(p->options);
	p->options = NULL;
	if (p->handle)
		dlclose(p->handle);
	p->handle = NULL;
}

static void
add_file(const char *file, struct sl_err *err)
{
	struct loaded *p = &plugins[n_plugins];
	int rc;

	if (n_plugins == SL_PLUGINS_MAX) {
		sl_err_set(err, -ENOSPC, "%s: more than %d plugins", file,
		    SL_PLUGINS_MAX);
		return;
	}
	*p = (struct loaded){.file = strdup(file)};
	if (!p->file) {
		sl_err_sys(err, -ENOMEM, "%s", file);
		return;
	}
	rc = load_file(p);
	n_plugins++;
	if (rc == 0)
		return;
	let_go(p);
	sl_log(SL_LOG_ERROR, "system", "plugin refused: %s", p->err.text);
	sl_err_set(err, rc, "%s", p->err.text);
}

static int
is_object(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 3 && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + len - 3, ".so") == 0;
}

static int
load_folder(const char *folder, struct sl_err *err)
{
	struct dirent **names;
	char file[PATH_MAX + NAME_MAX + 2];
	int n, rc;

	if ((rc = check_mode(folder, S_IFDIR, err)))
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
	if (n == 0)
		return sl_err_set(err, -ENOENT, "%s: no plugin there", folder);
	return err->code;
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
	char found[PATH_MAX - 16], folder[PATH_MAX];
	int rc;

	if (!dir && (rc = find_default_dir(found, sizeof(found), e)))
		return rc;
	if ((size_t)snprintf(folder, sizeof(folder), "%s/trackers",
		dir ? dir : found) >= sizeof(folder))
		return sl_err_set(e, -ENAMETOOLONG, "%s: too long", dir);
	rc = load_folder(folder, e);
	if (sl_track_settings_init(e))
		return e->code;
	return rc;
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
	while (n_plugins > 0) {
		struct loaded *p = &plugins[--n_plugins];

		let_go(p);
		free(p->file);
		*p = (struct loaded){0};
	}
}

bool
sl_plugins_at(unsigned n, struct sl_plugin_info *info)
{
	const struct loaded *p = &plugins[n];

	if (n >= n_plugins)
		return false;
	*info = (struct sl_plugin_info){.file = p->file};
	if (!p->handle) {
		info->why = p->err.text;
		return true;
	}
	info->name = p->plugin.name;
	info->version = p->plugin.version;
	info->summary = p->plugin.summary;
	return true;
}
