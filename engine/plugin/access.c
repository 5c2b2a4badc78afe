/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/access.h>

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who can replace the program itself gains nothing by a plugin. */
static bool
is_program_owner(uid_t uid)
{
	struct stat st;

	return stat("/proc/self/exe", &st) == 0 && st.st_uid == uid;
}

static bool
is_program_group(gid_t gid)
{
	struct stat st;

	return stat("/proc/self/exe", &st) == 0 && st.st_gid == gid &&
	       (st.st_mode & S_IWGRP);
}

static int
check_mode(const struct stat *st, const char *path, struct sl_err *err)
{
	unsigned mode = st->st_mode & 07777;

	if (mode & S_IWOTH)
		return sl_err_set(err, -EACCES,
		    "%s: mode is %04o, wanted one not writable by everybody",
		    path, mode);
	if ((mode & S_IWGRP) && st->st_gid != 0 &&
	    !is_program_group(st->st_gid))
		return sl_err_set(err, -EACCES,
		    "%s: mode is %04o and group %u, wanted one not writable "
		    "by that group",
		    path, mode, (unsigned)st->st_gid);
	return 0;
}

static int
check(const struct stat *st, mode_t kind, const char *path, struct sl_err *err)
{
	if ((st->st_mode & S_IFMT) != kind)
		return sl_err_set(err, -EINVAL, "%s: is no %s, wanted one",
		    path, kind == S_IFDIR ? "folder" : "regular file");
	if (st->st_uid != 0 && st->st_uid != geteuid() &&
	    !is_program_owner(st->st_uid))
		return sl_err_set(err, -EACCES,
		    "%s: owner is %u, wanted root, %u or who owns sluiced",
		    path, (unsigned)st->st_uid, (unsigned)geteuid());
	return check_mode(st, path, err);
}

/* 'path' is cut at each slash, from the end. */
static int
check_above(char *path, struct sl_err *err)
{
	char *slash;

	while ((slash = strrchr(path, '/')) && slash != path) {
		struct stat st;
		int rc;

		*slash = '\0';
		if (stat(path, &st))
			return sl_err_sys(err, -errno, "%s", path);
		if (st.st_mode & S_ISVTX)
			continue; /* others cannot rename what is in it */
		if ((rc = check_mode(&st, path, err)))
			return rc;
	}
	return 0;
}

int
sl_access_check_folder(const char *folder, struct sl_err *err)
{
	char path[PATH_MAX];
	struct stat st;
	int rc;

	if (!realpath(folder, path) || stat(path, &st))
		return sl_err_sys(err, -errno, "%s", folder);
	if ((rc = check(&st, S_IFDIR, folder, err)))
		return rc;
	return check_above(path, err);
}

int
sl_access_check_file(int fd, const char *file, struct sl_err *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return sl_err_sys(err, -errno, "%s", file);
	return check(&st, S_IFREG, file, err);
}
