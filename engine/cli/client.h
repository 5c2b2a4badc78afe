/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's end of door/wire.h: connect, run a command, ask for words.
 * Blocking; one request at a time.
 */
#ifndef SL_CLI_CLIENT_H
#define SL_CLI_CLIENT_H

#include <door/wire.h>

#include <stdbool.h>

struct sl_client {
	int fd;
	char *prompt; /* the last one, never NULL after connect */
	char *more;   /* instead of it while a text needs further lines */
	uint8_t *in;  /* bytes received, not yet used */
	size_t len, cap;
	char error[512]; /* why the last call returned -1 */
};

struct sl_client_status {
	bool ok, quit, interrupted;
	bool more; /* nothing was run: the text needs further lines */
	uint32_t line, column;
	char *text; /* the error; to be freed */
};

struct sl_client_word {
	const char *text, *help;
	char tail; /* what follows it: ' ', '=', or '\0' if anything may */
};

struct sl_client_words {
	size_t start; /* they replace the text from here to the cursor */
	struct sl_client_word *v;
	size_t n;
	char *bytes; /* what the words point into */
};

/* Set by the SIGINT handler; a running command is then cancelled. */
extern volatile int sl_client_interrupts;

/* Blocks SIGINT and SIGWINCH but for the moments of waiting, and counts the
 * former.  Call first. */
void sl_client_catch_signals(void);

/* 0, or -1 with 'error' set. */
int sl_client_connect(struct sl_client *client, const char *path);
void sl_client_close(struct sl_client *client);

/* Runs 'len' bytes of commands; output goes to stdout as it comes.  0 with
 * 'status' filled, or -1 if the connection broke. */
int sl_client_run(struct sl_client *client, const char *text, size_t len,
    unsigned flags, struct sl_client_status *status);

/* Words that may stand at 'cursor'.  0 or -1. */
int sl_client_complete(struct sl_client *client, const char *text, size_t len,
    size_t cursor, struct sl_client_words *words);
void sl_client_words_free(struct sl_client_words *words);

/* Columns of the terminal on stdout; 0 if it is none. */
unsigned sl_client_width(void);

#endif
