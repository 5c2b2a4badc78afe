/* SPDX-License-Identifier: Apache-2.0 */
#include <cli/client.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

volatile int sl_client_interrupts;

static void
on_interrupt(int signo)
{
	(void)signo;
	sl_client_interrupts++;
}

static void
on_resize(int signo)
{
	(void)signo;
}

void
sl_client_catch_signals(void)
{
	struct sigaction sa = {.sa_handler = on_interrupt};
	sigset_t set;

	sigaction(SIGINT, &sa, NULL);
	sa.sa_handler = on_resize;
	sigaction(SIGWINCH, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

unsigned
sl_client_width(void)
{
	struct winsize ws;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws))
		return 0;
	return ws.ws_col;
}

static int
fail(struct sl_client *client, const char *what, int error)
{
	snprintf(client->error, sizeof(client->error), "%s%s%s", what,
	    error ? ": " : "", error ? strerror(error) : "");
	return -1;
}

static int
send_all(struct sl_client *client, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = send(client->fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		/* The server may have said why before it closed: read on. */
		if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
			return 0;
		if (n < 0)
			return fail(client, "cannot send", errno);
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int
send_frame(struct sl_client *client, enum sl_wire_type type, const void *head,
    size_t head_len)
{
	uint8_t header[SL_WIRE_HEADER_LEN];

	sl_wire_put_header(header, type, (uint32_t)head_len);
	if (send_all(client, header, sizeof(header)))
		return -1;
	return head_len ? send_all(client, head, head_len) : 0;
}

/* A frame whose payload is 'head' and then 'text'. */
static int
send_request(struct sl_client *client, enum sl_wire_type type, uint8_t head[4],
    size_t head_len, const char *text, size_t len)
{
	uint8_t header[SL_WIRE_HEADER_LEN];

	if (len > SL_WIRE_REQUEST_MAX - head_len)
		return fail(client, "commands are too long", 0);
	sl_wire_put_header(header, type, (uint32_t)(head_len + len));
	if (send_all(client, header, sizeof(header)) ||
	    send_all(client, head, head_len))
		return -1;
	return send_all(client, text, len);
}

/* Waits for input; a SIGINT meanwhile cancels the running command. */
static int
wait_input(struct sl_client *client)
{
	struct pollfd p = {.fd = client->fd, .events = POLLIN};
	int seen = sl_client_interrupts;
	sigset_t none;

	sigemptyset(&none);
	while (ppoll(&p, 1, NULL, &none) < 0) {
		if (errno != EINTR)
			return fail(client, "poll", errno);
		if (sl_client_interrupts == seen)
			continue;
		seen = sl_client_interrupts;
		if (seen >= 2) /* the server does not listen */
			return fail(client, "interrupted", 0);
		if (send_frame(client, SL_WIRE_CANCEL, NULL, 0))
			return -1;
	}
	return 0;
}

static int
receive(struct sl_client *client)
{
	ssize_t n;

	if (client->cap - client->len < SL_WIRE_REPLY_MAX) {
		size_t cap = client->cap + 2 * SL_WIRE_REPLY_MAX;
		uint8_t *in = realloc(client->in, cap);

		if (!in)
			return fail(client, "out of memory", 0);
		client->in = in;
		client->cap = cap;
	}
	if (wait_input(client))
		return -1;
	n = read(
	    client->fd, client->in + client->len, client->cap - client->len);
	if (n < 0 && errno == EINTR)
		return 0;
	if (n <= 0)
		return fail(
		    client, "sluiced closed the connection", n ? errno : 0);
	client->len += (size_t)n;
	return 0;
}

/* The next frame; its payload is valid until the next call of drop_frame. */
static int
get_frame(struct sl_client *client, struct sl_wire_frame *frame)
{
	for (;;) {
		int rc = sl_wire_get_frame(
		    client->in, client->len, SL_WIRE_REPLY_MAX, frame);

		if (rc < 0)
			return fail(
			    client, "not a sluiced at the other end", 0);
		if (rc && frame->type == SL_WIRE_FATAL) {
			snprintf(client->error, sizeof(client->error), "%.*s",
			    (int)frame->len, (const char *)frame->payload);
			return -1;
		}
		if (rc)
			return 0;
		if (receive(client))
			return -1;
	}
}

static void
drop_frame(struct sl_client *client, const struct sl_wire_frame *frame)
{
	size_t size = SL_WIRE_HEADER_LEN + frame->len;

	client->len -= size;
	memmove(client->in, client->in + size, client->len);
}

static int
take_prompt(
    struct sl_client *client, const struct sl_wire_frame *frame, char **to)
{
	char *prompt = strndup((const char *)frame->payload, frame->len);

	if (!prompt)
		return fail(client, "out of memory", 0);
	free(*to);
	*to = prompt;
	return 0;
}

static int
get_prompt(struct sl_client *client, char **to)
{
	struct sl_wire_frame frame;
	int rc;

	if (get_frame(client, &frame))
		return -1;
	if (frame.type != SL_WIRE_PROMPT)
		return fail(client, "unexpected answer from sluiced", 0);
	rc = take_prompt(client, &frame, to);
	drop_frame(client, &frame);
	return rc;
}

int
sl_client_connect(struct sl_client *client, const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int error;

	*client = (struct sl_client){.fd = -1};
	if (!*path || strlen(path) >= sizeof(sun.sun_path))
		return fail(client, "socket path is too long or empty", 0);
	strcpy(sun.sun_path, path);
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		return fail(client, "socket", errno);
	if (connect(client->fd, (const void *)&sun, sizeof(sun))) {
		error = errno;
		snprintf(client->error, sizeof(client->error),
		    "cannot connect to sluiced at %s: %s", path,
		    strerror(error));
		return -1;
	}
	if (send_all(client, SL_WIRE_MAGIC, SL_WIRE_MAGIC_LEN))
		return -1;
	return get_prompt(client, &client->prompt);
}

void
sl_client_close(struct sl_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	free(client->prompt);
	free(client->more);
	free(client->in);
	*client = (struct sl_client){.fd = -1};
}

static int
print_output(struct sl_client *client, const struct sl_wire_frame *frame)
{
	const uint8_t *p = frame->payload;
	size_t left = frame->len;

	while (left) {
		ssize_t n = write(STDOUT_FILENO, p, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(client, "cannot write output", errno);
		p += n;
		left -= (size_t)n;
	}
	return 0;
}

static int
take_status(struct sl_client *client, const struct sl_wire_frame *frame,
    struct sl_client_status *status)
{
	const uint8_t *p = frame->payload;

	if (frame->len < SL_WIRE_STATUS_LEN)
		return fail(client, "unexpected answer from sluiced", 0);
	status->ok = p[0] & SL_WIRE_OK;
	status->more = p[0] & SL_WIRE_MORE;
	status->quit = p[0] & SL_WIRE_QUIT;
	status->line = sl_wire_get32(p + 1);
	status->column = sl_wire_get32(p + 5);
	status->text = strndup((const char *)p + SL_WIRE_STATUS_LEN,
	    frame->len - SL_WIRE_STATUS_LEN);
	return status->text ? 0 : fail(client, "out of memory", 0);
}

int
sl_client_run(struct sl_client *client, const char *text, size_t len,
    unsigned flags, struct sl_client_status *status)
{
	struct sl_wire_frame frame;
	uint8_t head[4] = {(uint8_t)flags};

	*status = (struct sl_client_status){0};
	sl_client_interrupts = 0;
	sl_wire_put16(head + 1, (uint16_t)sl_client_width());
	if (send_request(client, SL_WIRE_RUN, head, SL_WIRE_RUN_LEN, text, len))
		return -1;
	for (;;) {
		int rc = 0;
		bool last = false;

		if (get_frame(client, &frame))
			return -1;
		if (frame.type == SL_WIRE_OUTPUT) {
			rc = print_output(client, &frame);
		} else if (frame.type == SL_WIRE_STATUS) {
			rc = take_status(client, &frame, status);
			last = true;
		}
		drop_frame(client, &frame);
		if (rc)
			return -1;
		if (last)
			break;
	}
	status->interrupted = sl_client_interrupts > 0;
	if (status->quit)
		return 0;
	return get_prompt(
	    client, status->more ? &client->more : &client->prompt);
}

/* The string at *p, which moves behind it; empty at the end. */
static const char *
take_string(const char **p, const char *end)
{
	const char *s = *p;

	if (s >= end)
		return "";
	*p = s + strlen(s) + 1; /* the copy ends in a NUL of ours */
	return s;
}

static int
take_words(struct sl_client *client, const struct sl_wire_frame *frame,
    struct sl_client_words *words)
{
	size_t len = frame->len - SL_WIRE_WORDS_LEN;
	const char *p, *end;

	words->start = sl_wire_get32(frame->payload);
	words->bytes = calloc(1, len + 1);
	words->v = calloc(len / 3 + 1, sizeof(*words->v));
	if (!words->bytes || !words->v)
		return fail(client, "out of memory", 0);
	memcpy(words->bytes, frame->payload + SL_WIRE_WORDS_LEN, len);
	p = words->bytes;
	end = p + len;
	while (end - p >= 3) {
		struct sl_client_word *w = &words->v[words->n++];

		w->tail = *p++;
		w->text = take_string(&p, end);
		w->help = take_string(&p, end);
	}
	return 0;
}

int
sl_client_complete(struct sl_client *client, const char *text, size_t len,
    size_t cursor, struct sl_client_words *words)
{
	struct sl_wire_frame frame;
	uint8_t head[4];
	int rc;

	*words = (struct sl_client_words){0};
	sl_wire_put32(head, (uint32_t)cursor);
	if (send_request(client, SL_WIRE_COMPLETE, head, SL_WIRE_COMPLETE_LEN,
		text, len) ||
	    get_frame(client, &frame))
		return -1;
	if (frame.type != SL_WIRE_WORDS || frame.len < SL_WIRE_WORDS_LEN)
		return fail(client, "unexpected answer from sluiced", 0);
	rc = take_words(client, &frame, words);
	drop_frame(client, &frame);
	return rc;
}

void
sl_client_words_free(struct sl_client_words *words)
{
	free(words->v);
	free(words->bytes);
	*words = (struct sl_client_words){0};
}
