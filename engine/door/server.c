/* SPDX-License-Identifier: Apache-2.0 */
#include <door/server.h>

#include <base/control.h>
#include <base/log.h>
#include <base/rcu.h>
#include <base/role.h>
#include <door/api.h>
#include <door/channel.h>
#include <door/listener.h>
#include <door/shell.h>
#include <door/wire.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* Threads beyond sessions_max that only say "too many sessions". */
#define LOBBY 8
/* How long the refused have to say which protocol they speak, ms. */
#define LOBBY_TIMEOUT 2000

enum slot_state { SLOT_FREE, SLOT_BUSY, SLOT_DONE };

struct slot {
	enum slot_state state;
	bool over; /* beyond sessions_max: to be refused */
	pthread_t thread;
	struct sl_server *server;
	struct sl_channel channel;
};

struct sl_server {
	/* SL_CONST */
	struct sl_model *model;
	unsigned sessions_max;
	unsigned slots_n;
	int write_timeout_ms;
	bool has_acceptor;
	struct sl_listener listener;
	int wake_fd;
	pthread_t acceptor;

	/* SL_SHARED: under 'lock' */
	pthread_mutex_t lock;
	bool stopping;
	struct slot *slots;

	/* SL_STATS */
	struct sl_server_counts counts;
};

static void
bump(SL_ATOMIC(uint64_t) * count)
{
	sl_add_relaxed(count, 1);
}

static bool
is_trusted(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len))
		return false;
	return peer.uid == 0 || peer.uid == geteuid();
}

/* Waits for the first bytes.  1: shell (magic eaten), 0: API, -errno. */
static int
choose_door(struct sl_channel *ch, int timeout_ms)
{
	while (ch->in_len < SL_WIRE_MAGIC_LEN) {
		size_t have = ch->in_len;
		ssize_t n;

		if (have && memcmp(ch->in, SL_WIRE_MAGIC, have))
			return 0;
		n = sl_channel_fill(ch, timeout_ms, SL_CHANNEL_OUT);
		if (n <= 0)
			return n ? (int)n : -ETIMEDOUT;
	}
	if (memcmp(ch->in, SL_WIRE_MAGIC, SL_WIRE_MAGIC_LEN))
		return 0;
	sl_channel_consume(ch, SL_WIRE_MAGIC_LEN);
	return 1;
}

static void
refuse(struct slot *slot, SL_ATOMIC(uint64_t) * count, const char *why)
{
	int door = choose_door(&slot->channel, LOBBY_TIMEOUT);

	bump(count);
	sl_log(SL_LOG_WARNING, "system", "client refused: %s", why);
	if (door == 1)
		sl_shell_refuse(&slot->channel, why);
	else if (door == 0)
		sl_api_refuse(&slot->channel, why);
	sl_channel_flush(&slot->channel);
}

static int
serve(struct slot *slot)
{
	int door = choose_door(&slot->channel, SL_SERVER_HELLO_TIMEOUT);

	if (door == -ETIMEDOUT) /* never spoke: nobody to blame or tell */
		return 0;
	if (door < 0)
		return door;
	return door ? sl_shell_serve(&slot->channel, slot->server->model)
		    : sl_api_serve(&slot->channel, slot->server->model);
}

static void
count_end(struct sl_server *server, int rc)
{
	if (rc == -EPROTO || rc == -EMSGSIZE) {
		bump(&server->counts.malformed);
		sl_log(SL_LOG_WARNING, "system",
		    "client closed: it sent malformed data");
	} else if (rc == -ETIMEDOUT) {
		bump(&server->counts.slow);
		sl_log(SL_LOG_WARNING, "system",
		    "client closed: it does not read its socket");
	}
}

static void *
session_main(void *arg)
{
	struct slot *slot = arg;
	struct sl_server *server = slot->server;
	int rc;

	sl_role_enter(SL_ROLE_NONE, 0, "session");
	sl_rcu_register();
	if (slot->over) {
		refuse(slot, &server->counts.refused, "too many sessions");
	} else if (!is_trusted(slot->channel.fd)) {
		refuse(
		    slot, &server->counts.denied, "not enough permissions (9)");
	} else {
		rc = serve(slot);
		if (!sl_channel_error(&slot->channel))
			sl_channel_flush(&slot->channel);
		if (sl_channel_error(&slot->channel) == -ETIMEDOUT)
			rc = -ETIMEDOUT;
		count_end(server, rc);
	}
	sl_rcu_unregister();

	pthread_mutex_lock(&server->lock);
	sl_channel_fini(&slot->channel);
	slot->state = SLOT_DONE;
	pthread_mutex_unlock(&server->lock);
	return NULL;
}

static unsigned
count_busy_locked(struct sl_server *server)
{
	unsigned n = 0;

	for (unsigned i = 0; i < server->slots_n; i++)
		n += server->slots[i].state == SLOT_BUSY &&
		     !server->slots[i].over;
	return n;
}

/* A slot without thread; joins the thread of one that is done. */
static struct slot *
find_slot_locked(struct sl_server *server)
{
	for (unsigned i = 0; i < server->slots_n; i++) {
		struct slot *slot = &server->slots[i];

		if (slot->state == SLOT_BUSY)
			continue;
		if (slot->state == SLOT_DONE)
			pthread_join(slot->thread, NULL);
		slot->state = SLOT_FREE;
		return slot;
	}
	return NULL;
}

/* Threads of ours take no signals: they are the main thread's. */
static int
start_thread(pthread_t *thread, void *(*main)(void *), void *arg)
{
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(thread, NULL, main, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -rc;
}

static int
adopt_locked(struct sl_server *server, int fd)
{
	struct slot *slot = find_slot_locked(server);
	int rc;

	if (!slot || server->stopping)
		return -EMFILE;
	if ((rc = sl_channel_init(
		 &slot->channel, fd, server->write_timeout_ms)))
		return rc;
	slot->server = server;
	slot->over = count_busy_locked(server) >= server->sessions_max;
	slot->state = SLOT_BUSY;
	rc = start_thread(&slot->thread, session_main, slot);
	if (rc) {
		slot->state = SLOT_FREE;
		free(slot->channel.out);
		pthread_mutex_destroy(&slot->channel.lock);
	}
	return rc;
}

int
sl_server_adopt(struct sl_server *server, int fd)
{
	int rc;

	bump(&server->counts.accepted);
	pthread_mutex_lock(&server->lock);
	rc = adopt_locked(server, fd);
	pthread_mutex_unlock(&server->lock);
	if (rc) {
		bump(&server->counts.refused);
		close(fd);
	}
	return rc;
}

static void *
accept_main(void *arg)
{
	struct sl_server *server = arg;
	struct pollfd p[2] = {
	    {.fd = server->listener.fd, .events = POLLIN},
	    {.fd = server->wake_fd, .events = POLLIN},
	};

	sl_role_enter(SL_ROLE_NONE, 0, "accept");
	for (;;) {
		int fd;

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents)
			break;
		fd = accept4(server->listener.fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			sl_server_adopt(server, fd);
		else if (errno == EMFILE || errno == ENFILE ||
			 errno == ENOMEM || errno == ENOBUFS)
			poll(p + 1, 1, 100); /* until somebody leaves */
	}
	return NULL;
}

static struct sl_server *
new_server(const struct sl_server_config *config)
{
	struct sl_server *server = calloc(1, sizeof(*server));

	if (!server)
		return NULL;
	server->model = config->model;
	server->sessions_max =
	    config->sessions_max ? config->sessions_max : SL_SERVER_SESSIONS;
	server->slots_n = server->sessions_max + LOBBY;
	server->write_timeout_ms = config->write_timeout_ms
				       ? config->write_timeout_ms
				       : SL_SERVER_WRITE_TIMEOUT;
	server->slots = calloc(server->slots_n, sizeof(*server->slots));
	if (!server->slots) {
		free(server);
		return NULL;
	}
	pthread_mutex_init(&server->lock, NULL);
	return server;
}

static void
free_server(struct sl_server *server)
{
	pthread_mutex_destroy(&server->lock);
	free(server->slots);
	free(server);
}

struct sl_server *
sl_server_start(const struct sl_server_config *config, struct sl_err *err)
{
	struct sl_server *server = new_server(config);
	int rc;

	if (!server) {
		sl_err_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	if (!config->path)
		return server;
	if (sl_listener_open(&server->listener, config->path, err))
		goto out_server;
	server->wake_fd = eventfd(0, EFD_CLOEXEC);
	if (server->wake_fd < 0) {
		sl_err_sys(err, -errno, "eventfd");
		goto out_listener;
	}
	rc = start_thread(&server->acceptor, accept_main, server);
	if (rc) {
		sl_err_sys(err, rc, "cannot start a thread");
		goto out_wake;
	}
	server->has_acceptor = true;
	return server;

out_wake:
	close(server->wake_fd);
out_listener:
	sl_listener_close(&server->listener);
out_server:
	free_server(server);
	return NULL;
}

static void
stop_acceptor(struct sl_server *server)
{
	uint64_t one = 1;

	if (!server->has_acceptor)
		return;
	if (write(server->wake_fd, &one, sizeof(one)) != sizeof(one))
		shutdown(server->listener.fd, SHUT_RDWR);
	pthread_join(server->acceptor, NULL);
	sl_listener_close(&server->listener);
	close(server->wake_fd);
}

/* Adoption has ended, so a slot with a thread keeps it until here. */
static void
join_slot(struct sl_server *server, struct slot *slot)
{
	bool has_thread;

	pthread_mutex_lock(&server->lock);
	has_thread = slot->state != SLOT_FREE;
	pthread_mutex_unlock(&server->lock);
	if (has_thread)
		pthread_join(slot->thread, NULL);
}

void
sl_server_stop(struct sl_server *server)
{
	bool pause = sl_control_is_mine();

	if (pause)
		sl_control_pause();
	stop_acceptor(server);
	pthread_mutex_lock(&server->lock);
	server->stopping = true;
	for (unsigned i = 0; i < server->slots_n; i++)
		if (server->slots[i].state == SLOT_BUSY)
			sl_channel_cut(&server->slots[i].channel);
	pthread_mutex_unlock(&server->lock);
	for (unsigned i = 0; i < server->slots_n; i++)
		join_slot(server, &server->slots[i]);
	free_server(server);
	if (pause)
		sl_control_resume();
}

const struct sl_server_counts *
sl_server_counts(const struct sl_server *server)
{
	return &server->counts;
}

unsigned
sl_server_sessions(struct sl_server *server)
{
	unsigned n;

	pthread_mutex_lock(&server->lock);
	n = count_busy_locked(server);
	pthread_mutex_unlock(&server->lock);
	return n;
}
