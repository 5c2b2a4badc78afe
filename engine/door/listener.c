/* SPDX-License-Identifier: Apache-2.0 */
#include <door/listener.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 64

/* Makes the directories on the way to 'path' that are missing. */
static int
make_directories(const char *path, struct sl_err *err)
{
	char dir[sizeof(((struct sl_listener *)0)->path)];

	for (const char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		size_t len = (size_t)(p - path);

		memcpy(dir, path, len);
		dir[len] = '\0';
		if (mkdir(dir, 0755) && errno != EEXIST)
			return sl_err_sys(err, -errno, "cannot create %s", dir);
	}
	return 0;
}

/* Removes a socket file that nobody answers on. */
static int
clear_stale(const struct sockaddr_un *sun, struct sl_err *err)
{
	struct stat st;
	int fd, rc;

	if (lstat(sun->sun_path, &st))
		return errno == ENOENT
			   ? 0
			   : sl_err_sys(err, -errno, "%s", sun->sun_path);
	if (!S_ISSOCK(st.st_mode))
		return sl_err_set(
		    err, -EEXIST, "%s exists and is no socket", sun->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return sl_err_sys(err, -errno, "socket");
	rc = connect(fd, (const void *)sun, sizeof(*sun)) ? errno : 0;
	close(fd);
	/* EAGAIN: alive, with a full backlog. */
	if (rc == 0 || rc == EAGAIN)
		return sl_err_set(err, -EADDRINUSE, "another sluiced serves %s",
		    sun->sun_path);
	if (rc != ECONNREFUSED)
		return sl_err_sys(err, -rc, "%s", sun->sun_path);
	if (unlink(sun->sun_path) && errno != ENOENT)
		return sl_err_sys(
		    err, -errno, "cannot remove %s", sun->sun_path);
	return 0;
}

static int
bind_and_listen(struct sl_listener *listener, const struct sockaddr_un *sun,
    struct sl_err *err)
{
	struct stat st;

	/* Before bind the mode goes to the file that bind makes. */
	fchmod(listener->fd, 0660);
	if (bind(listener->fd, (const void *)sun, sizeof(*sun)))
		return sl_err_sys(err, -errno, "cannot bind %s", sun->sun_path);
	if (chmod(sun->sun_path, 0660) || lstat(sun->sun_path, &st) ||
	    listen(listener->fd, BACKLOG)) {
		int rc = -errno;

		unlink(sun->sun_path);
		return sl_err_sys(
		    err, rc, "cannot listen on %s", sun->sun_path);
	}
	listener->dev = st.st_dev;
	listener->ino = st.st_ino;
	return 0;
}

int
sl_listener_open(
    struct sl_listener *listener, const char *path, struct sl_err *err)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	size_t len = strlen(path);
	int rc;

	if (!len || len >= sizeof(sun.sun_path))
		return sl_err_set(err, -ENAMETOOLONG,
		    "socket path must have 1 to %zu bytes: %s",
		    sizeof(sun.sun_path) - 1, path);
	memcpy(sun.sun_path, path, len + 1);
	memcpy(listener->path, path, len + 1);
	if ((rc = make_directories(path, err)) || (rc = clear_stale(&sun, err)))
		return rc;
	listener->fd =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener->fd < 0)
		return sl_err_sys(err, -errno, "socket");
	rc = bind_and_listen(listener, &sun, err);
	if (rc)
		close(listener->fd);
	return rc;
}

void
sl_listener_close(struct sl_listener *listener)
{
	struct stat st;

	close(listener->fd);
	if (!lstat(listener->path, &st) && st.st_dev == listener->dev &&
	    st.st_ino == listener->ino)
		unlink(listener->path);
}
