/* SPDX-License-Identifier: Apache-2.0 */
#include <door/api.h>

#include <base/random.h>
#include <base/rcu.h>
#include <base/role.h>
#include <door/request.h>

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum call_state { CALL_FREE, CALL_RUNNING, CALL_DONE };

struct call {
	enum call_state state; /* under conn->lock */
	SL_ATOMIC(bool) cancelled;
	bool streaming;
	uint64_t ticket; /* its turn, unless streaming */
	pthread_t thread;
	struct conn *conn;
	struct sl_sentence sentence;
};

struct conn {
	/* SL_CONST */
	struct sl_channel *channel;
	struct sl_model *model;

	/* SL_SHARED: under 'lock' */
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a call ended, or a turn passed */
	uint64_t serving;	/* ticket of the command whose turn it is */

	/* the reader's own */
	uint64_t tickets;
	struct call calls[SL_API_CALLS];
};

/* --- a call's thread --- */

static int
send_replies(void *arg, const void *bytes, size_t len)
{
	struct call *call = arg;
	int rc = sl_channel_send(call->conn->channel, bytes, len);

	return rc ? rc : sl_channel_flush(call->conn->channel);
}

static bool
is_cancelled(void *arg)
{
	struct call *call = arg;

	return sl_load_relaxed(&call->cancelled) ||
	       sl_channel_error(call->conn->channel);
}

static void
await_turn(struct call *call)
{
	struct conn *conn = call->conn;

	if (call->streaming)
		return;
	pthread_mutex_lock(&conn->lock);
	while (conn->serving != call->ticket)
		pthread_cond_wait(&conn->changed, &conn->lock);
	pthread_mutex_unlock(&conn->lock);
}

static void *
call_main(void *arg)
{
	struct call *call = arg;
	struct conn *conn = call->conn;
	struct sl_request request = {
	    .model = conn->model,
	    .sentence = &call->sentence,
	    .send = send_replies,
	    .cancelled = is_cancelled,
	    .arg = call,
	};

	sl_role_enter(SL_ROLE_NONE, 0, "api-call");
	sl_rcu_register();
	await_turn(call);
	if (sl_request_run(&request) == -ENOMEM)
		sl_channel_cut(conn->channel);
	sl_rcu_unregister();

	pthread_mutex_lock(&conn->lock);
	if (!call->streaming)
		conn->serving++;
	call->state = CALL_DONE;
	pthread_cond_broadcast(&conn->changed);
	pthread_mutex_unlock(&conn->lock);
	return NULL;
}

/* --- the reader --- */

static int
send_now(struct conn *conn, struct sl_sentence_out *out)
{
	int rc = out->failed
		     ? -ENOMEM
		     : sl_channel_send(conn->channel, out->bytes, out->len);

	sl_sentence_out_free(out);
	return rc ? rc : sl_channel_flush(conn->channel);
}

static int
trap(struct conn *conn, const struct sl_sentence *s, const char *message)
{
	struct sl_sentence_out out = {0};

	sl_request_trap(&out, SL_TRAP_API, message, sl_request_tag(s));
	return send_now(conn, &out);
}

static void
join_locked(struct conn *conn, struct call *call)
{
	pthread_mutex_unlock(&conn->lock);
	pthread_join(call->thread, NULL);
	sl_sentence_free(&call->sentence);
	pthread_mutex_lock(&conn->lock);
	call->state = CALL_FREE;
}

/* A free call, after waiting if one will end by itself; else NULL. */
static struct call *
find_call(struct conn *conn)
{
	struct call *found = NULL;
	bool may_end = true;

	pthread_mutex_lock(&conn->lock);
	while (!found && may_end) {
		may_end = false;
		for (unsigned i = 0; i < SL_API_CALLS; i++) {
			struct call *call = &conn->calls[i];

			if (call->state == CALL_DONE)
				join_locked(conn, call);
			if (call->state == CALL_FREE)
				found = call;
			may_end |= !call->streaming ||
				   sl_load_relaxed(&call->cancelled);
		}
		if (!found && may_end)
			pthread_cond_wait(&conn->changed, &conn->lock);
	}
	pthread_mutex_unlock(&conn->lock);
	return found;
}

/* => Consumes the sentence. */
static int
start_call(struct conn *conn, struct sl_sentence *s)
{
	struct call *call = find_call(conn);
	int rc;

	if (!call) {
		rc = trap(conn, s, "too many commands");
		sl_sentence_free(s);
		return rc;
	}
	*call = (struct call){.conn = conn, .sentence = *s};
	call->streaming = sl_request_is_streaming(s);
	call->ticket = conn->tickets;
	call->state = CALL_RUNNING;
	rc = pthread_create(&call->thread, NULL, call_main, call);
	if (rc) {
		call->state = CALL_FREE;
		rc = trap(conn, s, "cannot start a thread");
		sl_sentence_free(s);
		return rc;
	}
	conn->tickets += !call->streaming;
	return 0;
}

static void
cancel_calls(struct conn *conn, const char *tag)
{
	pthread_mutex_lock(&conn->lock);
	for (unsigned i = 0; i < SL_API_CALLS; i++) {
		struct call *call = &conn->calls[i];
		const char *its;

		if (call->state != CALL_RUNNING)
			continue;
		its = sl_request_tag(&call->sentence);
		if (!tag || (its && !strcmp(its, tag)))
			sl_store_relaxed(&call->cancelled, true);
	}
	pthread_mutex_unlock(&conn->lock);
}

/* Before 6.43 a client first asked for a challenge. */
static int
answer_login(struct conn *conn, const struct sl_sentence *s)
{
	struct sl_sentence_out out = {0};
	char challenge[33];

	snprintf(challenge, sizeof(challenge), "%016" PRIx64 "%016" PRIx64,
	    sl_random_u64(), sl_random_u64());
	sl_request_done(&out, sl_sentence_value(s, "name") ? NULL : challenge,
	    sl_request_tag(s));
	return send_now(conn, &out);
}

static int
answer_cancel(struct conn *conn, const struct sl_sentence *s)
{
	struct sl_sentence_out out = {0};

	cancel_calls(conn, sl_sentence_value(s, "tag"));
	sl_request_done(&out, NULL, sl_request_tag(s));
	return send_now(conn, &out);
}

/* Streams are over when nobody can cancel them; other commands finish. */
static void
end_calls(struct conn *conn)
{
	pthread_mutex_lock(&conn->lock);
	for (unsigned i = 0; i < SL_API_CALLS; i++)
		if (conn->calls[i].streaming)
			sl_store_relaxed(&conn->calls[i].cancelled, true);
	for (unsigned i = 0; i < SL_API_CALLS; i++)
		if (conn->calls[i].state != CALL_FREE)
			join_locked(conn, &conn->calls[i]);
	pthread_mutex_unlock(&conn->lock);
}

static int
fatal(struct conn *conn, const char *why, int rc)
{
	sl_api_refuse(conn->channel, why);
	sl_channel_flush(conn->channel);
	return rc;
}

/* 1 to go on, 0 to end, -errno.  => Consumes the sentence. */
static int
handle(struct conn *conn, struct sl_sentence *s)
{
	int rc;

	if (!strcmp(s->words[0], "/quit")) {
		sl_sentence_free(s);
		end_calls(conn);
		return fatal(conn, "session terminated on request", 0);
	}
	if (!strcmp(s->words[0], "/login")) {
		rc = answer_login(conn, s);
	} else if (!strcmp(s->words[0], "/cancel")) {
		rc = answer_cancel(conn, s);
	} else {
		rc = start_call(conn, s);
		return rc ? rc : 1;
	}
	sl_sentence_free(s);
	return rc ? rc : 1;
}

static int
read_sentences(struct conn *conn)
{
	struct sl_channel *ch = conn->channel;

	for (;;) {
		struct sl_err err = {0};
		struct sl_sentence s;
		ssize_t n = sl_sentence_decode(ch->in, ch->in_len, &s, &err);
		int rc = 1;

		if (n < 0)
			return fatal(conn, err.text, (int)n);
		if (n == 0) {
			n = sl_channel_fill(ch, -1, 2 * SL_SENTENCE_BYTES_MAX);
			if (n < 0)
				return n == -EPIPE ? 0 : (int)n;
			continue;
		}
		sl_channel_consume(ch, (size_t)n);
		if (s.n)
			rc = handle(conn, &s);
		if (rc <= 0)
			return rc == -EPIPE ? 0 : rc;
	}
}

int
sl_api_serve(struct sl_channel *channel, struct sl_model *model)
{
	struct conn *conn = calloc(1, sizeof(*conn));
	int rc;

	if (!conn)
		return -ENOMEM;
	conn->channel = channel;
	conn->model = model;
	pthread_mutex_init(&conn->lock, NULL);
	pthread_cond_init(&conn->changed, NULL);
	rc = read_sentences(conn);
	end_calls(conn);
	pthread_cond_destroy(&conn->changed);
	pthread_mutex_destroy(&conn->lock);
	free(conn);
	return rc;
}

void
sl_api_refuse(struct sl_channel *channel, const char *why)
{
	struct sl_sentence_out out = {0};

	sl_request_fatal(&out, why);
	if (!out.failed)
		sl_channel_send(channel, out.bytes, out.len);
	sl_sentence_out_free(&out);
}
