/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A listening UNIX socket and its file: mode 0660, the directory created, a
 * stale file replaced, a living one respected.
 */
#ifndef SL_DOOR_LISTENER_H
#define SL_DOOR_LISTENER_H

#include <base/error.h>

#include <sys/types.h>
#include <sys/un.h>

struct sl_listener {
	int fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	dev_t dev; /* of the file we made: we remove no other */
	ino_t ino;
};

/* 0; -EADDRINUSE if somebody answers on 'path', -EEXIST if 'path' is not a
 * socket, -ENAMETOOLONG, or another -errno.  => Role: main. */
int sl_listener_open(
    struct sl_listener *listener, const char *path, struct sl_err *err);
void sl_listener_close(struct sl_listener *listener);

#endif
