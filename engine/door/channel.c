/* SPDX-License-Identifier: Apache-2.0 */
#include <door/channel.h>

#include <base/control.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Below this many queued bytes a send does not bother the kernel. */
#define SEND_BATCH (32u * 1024)
#define FILL_BATCH (16u * 1024)

int
sl_channel_init(struct sl_channel *channel, int fd, int timeout_ms)
{
	int flags = fcntl(fd, F_GETFL);

	*channel = (struct sl_channel){.fd = fd, .timeout_ms = timeout_ms};
	channel->out = malloc(SL_CHANNEL_OUT);
	if (!channel->out)
		return -ENOMEM;
	channel->out_cap = SL_CHANNEL_OUT;
	if (flags >= 0)
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	pthread_mutex_init(&channel->lock, NULL);
	return 0;
}

void
sl_channel_fini(struct sl_channel *channel)
{
	close(channel->fd);
	free(channel->out);
	free(channel->in);
	pthread_mutex_destroy(&channel->lock);
}

int
sl_channel_error(struct sl_channel *channel)
{
	return sl_load_relaxed(&channel->error);
}

static int
die(struct sl_channel *channel, int error)
{
	int none = 0;

	if (!sl_cas_acq_rel(&channel->error, &none, error))
		return none;
	shutdown(channel->fd, SHUT_RDWR);
	return error;
}

void
sl_channel_cut(struct sl_channel *channel)
{
	die(channel, -EPIPE);
}

/* Gives the kernel what it takes without waiting. */
static int
push_locked(struct sl_channel *channel)
{
	while (channel->out_at < channel->out_len) {
		ssize_t n = send(channel->fd, channel->out + channel->out_at,
		    channel->out_len - channel->out_at,
		    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return 0;
		if (n < 0)
			return die(channel, -EPIPE);
		channel->out_at += (size_t)n;
	}
	channel->out_at = channel->out_len = 0;
	return 0;
}

/* A sentence longer than the whole buffer is let in when the buffer is empty:
 * its size is bounded by who made it. */
static int
append_locked(struct sl_channel *channel, const void *bytes, size_t len)
{
	size_t used = channel->out_len - channel->out_at;

	if (used && used + len > SL_CHANNEL_OUT)
		return -EAGAIN;
	if (channel->out_at) {
		memmove(channel->out, channel->out + channel->out_at, used);
		channel->out_at = 0;
		channel->out_len = used;
	}
	if (used + len > channel->out_cap) {
		uint8_t *out = realloc(channel->out, used + len);

		if (!out)
			return die(channel, -ENOMEM);
		channel->out = out;
		channel->out_cap = used + len;
	}
	memcpy(channel->out + used, bytes, len);
	channel->out_len = used + len;
	return 0;
}

/* Waits until the socket takes more; the control lock is not held meanwhile. */
static int
wait_writable(struct sl_channel *channel)
{
	struct pollfd p = {.fd = channel->fd, .events = POLLOUT};
	bool pause = sl_control_is_mine();
	int n;

	if (pause)
		sl_control_pause();
	do
		n = poll(&p, 1, channel->timeout_ms);
	while (n < 0 && errno == EINTR);
	if (pause)
		sl_control_resume();
	if (n == 0)
		return die(channel, -ETIMEDOUT);
	return sl_channel_error(channel);
}

int
sl_channel_send(struct sl_channel *channel, const void *bytes, size_t len)
{
	int rc;

	while (!(rc = sl_channel_error(channel))) {
		pthread_mutex_lock(&channel->lock);
		rc = append_locked(channel, bytes, len);
		if (!rc && channel->out_len < SEND_BATCH) {
			pthread_mutex_unlock(&channel->lock);
			return 0;
		}
		if (!rc || rc == -EAGAIN) {
			int pushed = push_locked(channel);

			rc = pushed ? pushed : rc;
		}
		pthread_mutex_unlock(&channel->lock);
		if (rc != -EAGAIN)
			return rc;
		if ((rc = wait_writable(channel)))
			return rc;
	}
	return rc;
}

int
sl_channel_flush(struct sl_channel *channel)
{
	int rc;

	while (!(rc = sl_channel_error(channel))) {
		bool done;

		pthread_mutex_lock(&channel->lock);
		rc = push_locked(channel);
		done = channel->out_len == 0;
		pthread_mutex_unlock(&channel->lock);
		if (rc || done)
			return rc;
		if ((rc = wait_writable(channel)))
			return rc;
	}
	return rc;
}

static int
make_room(struct sl_channel *channel, size_t max)
{
	size_t cap = channel->in_cap ? channel->in_cap : FILL_BATCH;
	uint8_t *in;

	if (channel->in_cap - channel->in_len >= FILL_BATCH / 4)
		return 0;
	while (cap - channel->in_len < FILL_BATCH)
		cap *= 2;
	cap = SL_MIN(cap, max);
	if (cap <= channel->in_cap)
		return 0;
	in = realloc(channel->in, cap);
	if (!in)
		return die(channel, -ENOMEM);
	channel->in = in;
	channel->in_cap = cap;
	return 0;
}

ssize_t
sl_channel_fill(struct sl_channel *channel, int timeout_ms, size_t max)
{
	struct pollfd p = {.fd = channel->fd, .events = POLLIN};
	ssize_t n;
	int rc = make_room(channel, max);

	if (rc || (rc = sl_channel_error(channel)))
		return rc;
	if (channel->in_len == channel->in_cap)
		return die(channel, -EMSGSIZE);
	do
		rc = poll(&p, 1, timeout_ms);
	while (rc < 0 && errno == EINTR);
	if (rc == 0)
		return 0;
	do
		n = recv(channel->fd, channel->in + channel->in_len,
		    channel->in_cap - channel->in_len, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (n < 0)
		return die(channel, -EPIPE);
	if (n == 0) /* the client may still read: leave our side open */
		return -EPIPE;
	channel->in_len += (size_t)n;
	return n;
}

void
sl_channel_consume(struct sl_channel *channel, size_t n)
{
	channel->in_len -= n;
	memmove(channel->in, channel->in + n, channel->in_len);
	if (!channel->in_len && channel->in_cap > SL_CHANNEL_OUT) {
		free(channel->in);
		channel->in = NULL;
		channel->in_cap = 0;
	}
}
