/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes from a client of the control socket, shell or API, against a server
 * over the small menus of the doors' tests.  The client sends all it has, waits
 * until the server is quiet or does not stop talking, hangs up its sending side and
 * reads to the end.
 */
#define TOY_ROWS   3000u /* some slices, not a million */
#define QUIET_MS   10
#define TALK_BYTES 1000000 /* an endless loop was asked for */

#include "../unit/door/toy.h"

#include <base/control.h>
#include <base/hash.h>
#include <base/log.h>
#include <base/rcu.h>
#include <door/server.h>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct sl_model *model;
static struct sl_server *server;

static void
router_up(void)
{
	struct sl_err err = {0};

	sl_hash_init();
	sl_log_set_stderr_level(SL_LOG_ERROR);
	sl_control_lock();
	model = sl_model_new(toy_menus, NULL, &err);
	sl_control_unlock();
	SL_ASSERT(model);
	server =
	    sl_server_start(&(struct sl_server_config){.model = model}, &err);
	SL_ASSERT(server);
}

static void
router_down(void)
{
	sl_server_stop(server);
	sl_control_lock();
	SL_ASSERT(!sl_tx_is_open(model));
	sl_model_free(model);
	sl_control_unlock();
}

/* Sends while the server takes it, and drops what it answers. */
static void
converse(int fd, const uint8_t *data, size_t size)
{
	struct pollfd p = {.fd = fd};
	bool open = true;
	char answer[4096];
	size_t heard = 0;
	ssize_t n = 1;

	while (n > 0) {
		p.events = (short)(POLLIN | (size ? POLLOUT : 0));
		if (!poll(&p, 1, open && !size ? QUIET_MS : -1) ||
		    (open && !size && heard > TALK_BYTES)) {
			shutdown(fd, SHUT_WR);
			open = false;
			continue;
		}
		if (p.revents & (POLLIN | POLLHUP)) {
			n = recv(fd, answer, sizeof(answer), 0);
			heard += n > 0 ? (size_t)n : 0;
		}
		if (n <= 0 || !size || !(p.revents & POLLOUT))
			continue;
		n = send(fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n <= 0)
			continue;
		data += n;
		size -= (size_t)n;
	}
}

/* An import of the fuzzed text's choosing could read any file. */
static bool
reads_files(const uint8_t *data, size_t size)
{
	return memmem(data, size, "import", 6) != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fds[2];

	if (reads_files(data, size) ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return 0;
	router_up();
	if (!sl_server_adopt(server, fds[1]))
		converse(fds[0], data, size);
	router_down();
	close(fds[0]);
	return 0;
}
