/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One API sentence as one command of the menu model, and its replies.
 *
 * Knows sentences and menus, nothing of sockets or threads: replies go to a
 * callback.  A request always ends in one !done; before it come !re for each
 * row, or one !trap with a category:
 *
 *   0  missing item or command     2  interrupted
 *   1  argument value              4  everything else
 */
#ifndef SL_DOOR_REQUEST_H
#define SL_DOOR_REQUEST_H

#include <door/sentence.h>
#include <menu/model.h>

enum sl_trap_category {
	SL_TRAP_MISSING = 0,
	SL_TRAP_ARGUMENT = 1,
	SL_TRAP_INTERRUPTED = 2,
	SL_TRAP_GENERAL = 4,
	SL_TRAP_API = 5,
};

struct sl_request {
	struct sl_model *model;
	const struct sl_sentence *sentence;

	/* Takes whole sentences.  May block, and then lets the control lock go
	 * meanwhile.  0, or -errno when the peer is gone. */
	int (*send)(void *arg, const void *bytes, size_t len);
	bool (*cancelled)(void *arg);
	void *arg;
};

/* The value of ".tag", NULL without. */
const char *sl_request_tag(const struct sl_sentence *sentence);

/* Does it run until it is cancelled (listen, follow, interval)? */
bool sl_request_is_streaming(const struct sl_sentence *sentence);

/* Runs the command and sends the replies.  0, or -errno of send().
 * => Role: any; takes the control lock.  => May sleep. */
int sl_request_run(struct sl_request *request);

/* Single replies: "!done", "!trap" + "!done", "!fatal"; 'tag' may be NULL. */
void sl_request_done(
    struct sl_sentence_out *out, const char *ret, const char *tag);
void sl_request_trap(struct sl_sentence_out *out,
    enum sl_trap_category category, const char *message, const char *tag);
void sl_request_fatal(struct sl_sentence_out *out, const char *message);

#endif
