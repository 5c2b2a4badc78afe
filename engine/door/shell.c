/* SPDX-License-Identifier: Apache-2.0 */
#include <door/shell.h>

#include <base/clock.h>
#include <base/control.h>
#include <door/wire.h>
#include <script/blame.h>
#include <script/session.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct shell {
	struct sl_channel *channel;
	struct sl_session *session;
	bool cancelled; /* of the running command */
};

/* --- frames out --- */

/* One frame of 'head' and 'body', in one piece. */
static int
send_frame(
    struct sl_channel *ch, enum sl_wire_type type, const struct sl_text *body)
{
	uint8_t header[SL_WIRE_HEADER_LEN];
	struct sl_text frame = {0};
	int rc;

	if (body->failed)
		return -ENOMEM;
	sl_wire_put_header(header, type, (uint32_t)body->len);
	sl_text_add(&frame, (const char *)header, sizeof(header));
	sl_text_add(&frame, sl_text_str(body), body->len);
	rc = frame.failed ? -ENOMEM : sl_channel_send(ch, frame.s, frame.len);
	sl_text_free(&frame);
	return rc;
}

static int
send_text(struct sl_channel *ch, enum sl_wire_type type, const char *text)
{
	struct sl_text body = {0};
	int rc;

	sl_text_add(&body, text, SL_MIN(strlen(text), SL_WIRE_REPLY_MAX));
	rc = send_frame(ch, type, &body);
	sl_text_free(&body);
	return rc;
}

static int
send_prompt(struct shell *sh)
{
	struct sl_text prompt = {0};
	int rc;

	sl_control_lock();
	sl_session_prompt(sh->session, &prompt);
	sl_control_unlock();
	rc = send_frame(sh->channel, SL_WIRE_PROMPT, &prompt);
	sl_text_free(&prompt);
	return rc ? rc : sl_channel_flush(sh->channel);
}

static int
send_status(struct shell *sh, unsigned flags, const struct sl_err *err)
{
	uint8_t head[SL_WIRE_STATUS_LEN] = {(uint8_t)flags};
	char text[SL_BLAME_PRINTED];
	struct sl_text body = {0};
	int rc;

	if (!err->place.file) {
		sl_wire_put32(head + 1, err->place.line);
		sl_wire_put32(head + 5, err->place.column);
	}
	sl_text_add(&body, (const char *)head, sizeof(head));
	if (!(flags & SL_WIRE_OK)) {
		sl_blame_print(err, text, sizeof(text));
		sl_text_adds(&body, text);
	}
	rc = send_frame(sh->channel, SL_WIRE_STATUS, &body);
	sl_text_free(&body);
	return rc;
}

void
sl_shell_refuse(struct sl_channel *channel, const char *why)
{
	send_text(channel, SL_WIRE_FATAL, why);
}

/* --- the sink of a command --- */

static int
write_output(struct sl_out *out, const char *data, size_t len)
{
	struct shell *sh = out->arg;
	int rc = 0;

	while (len && !rc) {
		struct sl_text chunk = {0};
		size_t n = SL_MIN(len, SL_WIRE_REPLY_MAX);

		sl_text_add(&chunk, data, n);
		rc = send_frame(sh->channel, SL_WIRE_OUTPUT, &chunk);
		sl_text_free(&chunk);
		data += n;
		len -= n;
	}
	return rc ? rc : sl_channel_flush(sh->channel);
}

/* Looks for a CANCEL without waiting.  A client that left cancels too; one
 * that sends its next request early is heard when this one is done. */
static bool
is_cancelled(struct sl_out *out)
{
	struct shell *sh = out->arg;
	struct sl_channel *ch = sh->channel;
	struct sl_wire_frame frame;

	if (sh->cancelled)
		return true;
	if (sl_channel_fill(ch, 0, SL_WIRE_REQUEST_MAX + SL_WIRE_HEADER_LEN) <
	    0)
		sh->cancelled = true;
	if (sl_wire_get_frame(ch->in, ch->in_len, SL_WIRE_REQUEST_MAX, &frame) >
		0 &&
	    frame.type == SL_WIRE_CANCEL) {
		sl_channel_consume(ch, SL_WIRE_HEADER_LEN + frame.len);
		sh->cancelled = true;
	}
	return sh->cancelled;
}

/* --- requests --- */

static int
run_text(struct shell *sh, const uint8_t *head, const char *text, size_t len)
{
	struct sl_out out = {
	    .write = write_output,
	    .cancelled = is_cancelled,
	    .arg = sh,
	    .width = sl_wire_get16(head + 1),
	    .json = head[0] & SL_WIRE_JSON,
	};
	struct sl_err err = {0};
	unsigned flags = 0;
	int rc;

	sh->cancelled = false;
	sl_control_lock();
	sl_clock_tick();
	sl_session_set_out(sh->session, &out);
	rc = sl_session_run(sh->session, text, len, NULL, &err);
	sl_session_set_out(sh->session, NULL);
	sl_control_unlock();
	sl_out_fini(&out);
	if (!rc)
		flags = SL_WIRE_OK;
	else if (rc == -ECANCELED)
		snprintf(err.text, sizeof(err.text), "interrupted");
	rc = send_status(sh, flags, &err);
	if (!rc)
		rc = send_prompt(sh);
	return rc ? rc : 1;
}

/* Asks for the lines that the text still needs. */
static int
ask_more(struct shell *sh, char open)
{
	const char prompt[] = {open, '.', '.', '.', ' ', '\0'};
	int rc =
	    send_status(sh, SL_WIRE_OK | SL_WIRE_MORE, &(struct sl_err){0});

	if (!rc)
		rc = send_text(sh->channel, SL_WIRE_PROMPT, prompt);
	if (!rc)
		rc = sl_channel_flush(sh->channel);
	return rc ? rc : 1;
}

/* The session itself has no notion of leaving. */
static bool
is_quit(const char *text)
{
	static const char blanks[] = " \t\r\n;";
	size_t len;

	text += strspn(text, blanks);
	len = strcspn(text, blanks);
	if (text[len + strspn(text + len, blanks)])
		return false;
	return (len == 5 && !memcmp(text, "/quit", 5)) ||
	       (len == 4 && !memcmp(text, "quit", 4));
}

static int
run_request(struct shell *sh, const struct sl_wire_frame *frame)
{
	size_t len = frame->len - SL_WIRE_RUN_LEN;
	uint8_t head[SL_WIRE_RUN_LEN];
	char *text, open = '\0';
	int rc;

	if (frame->len < SL_WIRE_RUN_LEN)
		return -EPROTO;
	/* The input buffer moves while the command looks for a CANCEL. */
	text = malloc(len + 1);
	if (!text)
		return -ENOMEM;
	memcpy(head, frame->payload, sizeof(head));
	memcpy(text, frame->payload + SL_WIRE_RUN_LEN, len);
	text[len] = '\0';
	sl_channel_consume(sh->channel, SL_WIRE_HEADER_LEN + frame->len);
	if (head[0] & SL_WIRE_INTERACTIVE)
		open = sl_session_unfinished(text, len);
	if (open)
		rc = ask_more(sh, open);
	else if (is_quit(text))
		rc = send_status(
		    sh, SL_WIRE_OK | SL_WIRE_QUIT, &(struct sl_err){0});
	else
		rc = run_text(sh, head, text, len);
	free(text);
	return rc;
}

struct words {
	struct sl_text body; /* of the WORDS frame, its head included */
	size_t last;	     /* where in 'body' the last word is */
	size_t start;
	size_t n;
};

static void
add_word(const struct sl_candidate *c, void *arg)
{
	struct words *words = arg;
	const char *help = c->help ? c->help : "";

	if (words->body.len + strlen(c->word) + strlen(help) + 3 >
	    SL_WIRE_REPLY_MAX)
		return;
	if (words->last && !strcmp(words->body.s + words->last, c->word))
		return; /* known to two sources */
	if (!words->n++)
		words->start = c->from;
	sl_text_addc(&words->body, c->tail);
	words->last = words->body.len;
	sl_text_add(&words->body, c->word, strlen(c->word) + 1);
	sl_text_add(&words->body, help, strlen(help) + 1);
}

static int
complete_request(struct shell *sh, const struct sl_wire_frame *frame)
{
	const uint8_t head[SL_WIRE_WORDS_LEN] = {0};
	struct words words = {.n = 0};
	size_t cursor;
	int rc;

	if (frame->len < SL_WIRE_COMPLETE_LEN)
		return -EPROTO;
	cursor = sl_wire_get32(frame->payload);
	if (cursor > frame->len - SL_WIRE_COMPLETE_LEN)
		return -EPROTO;
	words.start = cursor;
	sl_text_add(&words.body, (const char *)head, sizeof(head));
	sl_control_lock();
	sl_clock_tick();
	sl_session_complete(sh->session,
	    (const char *)frame->payload + SL_WIRE_COMPLETE_LEN, cursor,
	    add_word, &words);
	sl_control_unlock();
	if (!words.body.failed)
		sl_wire_put32((uint8_t *)words.body.s, (uint32_t)words.start);
	sl_channel_consume(sh->channel, SL_WIRE_HEADER_LEN + frame->len);
	rc = send_frame(sh->channel, SL_WIRE_WORDS, &words.body);
	sl_text_free(&words.body);
	if (!rc)
		rc = sl_channel_flush(sh->channel);
	return rc ? rc : 1;
}

/* 1 to go on, 0 to end, -errno. */
static int
handle(struct shell *sh, const struct sl_wire_frame *frame)
{
	switch (frame->type) {
	case SL_WIRE_RUN:
		return run_request(sh, frame);
	case SL_WIRE_COMPLETE:
		return complete_request(sh, frame);
	case SL_WIRE_CANCEL: /* its command had just ended */
		sl_channel_consume(
		    sh->channel, SL_WIRE_HEADER_LEN + frame->len);
		return 1;
	default:
		return -EPROTO;
	}
}

static int
read_frames(struct shell *sh)
{
	struct sl_channel *ch = sh->channel;
	int rc = send_prompt(sh);

	while (rc >= 0) {
		struct sl_wire_frame frame;
		int have = sl_wire_get_frame(
		    ch->in, ch->in_len, SL_WIRE_REQUEST_MAX, &frame);

		if (have < 0) {
			rc = -EMSGSIZE;
		} else if (have) {
			rc = handle(sh, &frame);
			if (!rc)
				return 0;
		} else {
			rc = (int)sl_channel_fill(
			    ch, -1, SL_WIRE_REQUEST_MAX + SL_WIRE_HEADER_LEN);
		}
	}
	if (rc == -EPROTO || rc == -EMSGSIZE)
		sl_shell_refuse(ch, "malformed request");
	return rc == -EPIPE ? 0 : rc;
}

int
sl_shell_serve(struct sl_channel *channel, struct sl_model *model)
{
	struct shell sh = {.channel = channel};
	struct sl_err err = {0};
	int rc;

	sl_control_lock();
	sh.session = sl_session_new(model, NULL, &err);
	sl_control_unlock();
	if (!sh.session) {
		sl_shell_refuse(channel, err.text);
		return err.code;
	}
	rc = read_frames(&sh);
	sl_control_lock();
	sl_session_free(sh.session);
	sl_control_unlock();
	return rc;
}
