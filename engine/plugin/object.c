/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/object.h>

#include <plugin/access.h>
#include <plugin/elf.h>
#include <plugin/options.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x10u /* Linux 6.3 */
#endif

/* The bytes of a file; malloc()ed. */
struct bytes {
	uint8_t *data;
	size_t len;
};

static int
read_all(int fd, const char *file, struct bytes *out, struct sl_err *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return sl_err_sys(err, -errno, "%s", file);
	if (st.st_size > (off_t)SL_OBJECT_MAX)
		return sl_err_set(err, -EFBIG,
		    "%s: size is %lld, wanted at most %u", file,
		    (long long)st.st_size, SL_OBJECT_MAX);
	out->data = malloc((size_t)st.st_size + 1);
	if (!out->data)
		return sl_err_sys(err, -ENOMEM, "%s", file);
	while (out->len < (size_t)st.st_size) {
		ssize_t n = read(
		    fd, out->data + out->len, (size_t)st.st_size - out->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return sl_err_sys(err, -errno, "%s", file);
		if (n == 0)
			break; /* cut meanwhile: what is there is judged */
		out->len += (size_t)n;
	}
	return 0;
}

static int
read_file(const char *file, struct bytes *out, struct sl_err *err)
{
	/* A FIFO must not make anybody wait. */
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc;

	if (fd < 0)
		return sl_err_sys(err, -errno, "%s", file);
	rc = sl_access_check_file(fd, file, err);
	if (!rc)
		rc = read_all(fd, file, out, err);
	close(fd);
	return rc;
}

static int
write_all(int fd, const struct bytes *b)
{
	for (size_t at = 0; at < b->len;) {
		ssize_t n = write(fd, b->data + at, b->len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += (size_t)n;
	}
	return 0;
}

/* A file without a name that nobody else can write, with these bytes. */
static int
make_copy(struct sl_object *o, const struct bytes *b, struct sl_err *err)
{
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	const char *base = strrchr(o->file, '/');
	int rc;

	base = base ? base + 1 : o->file;
	o->fd = memfd_create(base, flags | MFD_EXEC);
	if (o->fd < 0 && errno == EINVAL) /* an older kernel */
		o->fd = memfd_create(base, flags);
	if (o->fd < 0)
		return sl_err_sys(err, -errno, "%s: private copy", o->file);
	if ((rc = write_all(o->fd, b)))
		return sl_err_sys(err, rc, "%s: private copy", o->file);
	if (fcntl(
		o->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE))
		return sl_err_sys(err, -errno, "%s: private copy", o->file);
	return 0;
}

static int
map_copy(struct sl_object *o, struct sl_err *err)
{
	char name[32];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", o->fd);
	o->handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (!o->handle)
		return sl_err_set(
		    err, -EINVAL, "%s: does not load: %s", o->file, dlerror());
	return 0;
}

static int
ask(struct sl_object *o, struct sl_err *err)
{
	void *symbol = dlsym(o->handle, "sl_plugin_query");
	sl_plugin_query_fn query;

	if (!symbol)
		return sl_err_set(err, -EINVAL,
		    "%s: symbol sl_plugin_query is missing, wanted it",
		    o->file);
	/* ISO C has no cast from object to function pointer; POSIX promises
	 * that the bytes are the same. */
	memcpy(&query, &symbol, sizeof(query));
	return sl_abi_check_plugin(o->file, query(), &o->plugin, err);
}

static int
check_contents(struct sl_object *o, struct sl_err *err)
{
	const struct sl_tracker_ops *const *t = o->plugin.trackers;
	const struct sl_helper_ops *const *h = o->plugin.helpers;
	int rc;

	for (; t && t[o->n_trackers]; o->n_trackers++)
		if ((rc = sl_abi_check_tracker(o->file, t[o->n_trackers],
			 &o->trackers[o->n_trackers], err)))
			return rc;
	for (; h && h[o->n_helpers]; o->n_helpers++)
		if ((rc = sl_abi_check_helper(o->file, h[o->n_helpers],
			 &o->helpers[o->n_helpers], err)))
			return rc;
	return sl_abi_check_options(o->file, &o->plugin, err);
}

static int
make_options(struct sl_object *o, struct sl_err *err)
{
	struct sl_err bad = {0};
	char why[160] = "";

	o->options =
	    sl_options_new(o->plugin.options, o->plugin.option_size, &bad);
	if (!o->options)
		return sl_err_set(err, bad.code,
		    "%s: its own defaults are wrong: %.160s", o->file,
		    bad.text);
	if (!o->plugin.check_options ||
	    o->plugin.check_options(o->options, why, sizeof(why)) == 0)
		return 0;
	why[sizeof(why) - 1] = '\0';
	return sl_err_set(err, -EINVAL,
	    "%s: its own defaults do not pass its check: %s", o->file, why);
}

static int
open_object(struct sl_object *o, struct sl_err *err)
{
	struct bytes b = {0};
	int rc;

	rc = read_file(o->file, &b, err);
	if (!rc)
		rc = sl_elf_check(
		    o->file, (struct sl_span){b.data, (uint32_t)b.len}, err);
	if (!rc)
		rc = make_copy(o, &b, err);
	free(b.data);
	if (rc || (rc = map_copy(o, err)) || (rc = ask(o, err)) ||
	    (rc = check_contents(o, err)))
		return rc;
	return make_options(o, err);
}

struct sl_object *
sl_object_open(const char *file, struct sl_err *err)
{
	struct sl_object *o = calloc(1, sizeof(*o));

	if (o) {
		o->fd = -1;
		o->file = strdup(file);
	}
	if (!o || !o->file) {
		sl_err_sys(err, -ENOMEM, "%s", file);
		free(o);
		return NULL;
	}
	if (open_object(o, err) == 0)
		return o;
	sl_object_close(o);
	return NULL;
}

void
sl_object_close(struct sl_object *o)
{
	if (!o)
		return;
	sl_options_free(o->options);
	if (o->handle)
		dlclose(o->handle);
	if (o->fd >= 0)
		close(o->fd);
	free(o->file);
	free(o);
}

static void
reclaim(struct sl_rcu_head *head)
{
	sl_object_close(sl_container_of(head, struct sl_object, head));
}

void
sl_object_retire(struct sl_object *o)
{
	sl_retire(&o->head, reclaim);
}
