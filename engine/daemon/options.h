/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of sluiced. */
#ifndef SL_DAEMON_OPTIONS_H
#define SL_DAEMON_OPTIONS_H

#include <base/error.h>

#define SL_OPTION_FILES_MAX 32
#define SL_OPTION_AT_MAX    256

/* "--replay NAME=FILE": a capture for port NAME, or for its host side. */
struct sl_option_file {
	char port[16];
	bool host;
	const char *replay, *record; /* either may be NULL */
};

/* "--at SECONDS:COMMAND" of a replay. */
struct sl_option_at {
	uint64_t at_ns; /* after the first frame */
	const char *command;
};

struct sl_options {
	const char *config;
	const char *socket;  /* control socket */
	const char *plugins; /* NULL: beside the program */
	uint16_t workers;
	bool check;
	struct sl_option_file files[SL_OPTION_FILES_MAX];
	unsigned n_files;
	struct sl_option_at at[SL_OPTION_AT_MAX]; /* in order of time */
	unsigned n_at;
};

enum sl_options_result {
	SL_OPTIONS_RUN,	 /* go on */
	SL_OPTIONS_DONE, /* help or version was printed */
	SL_OPTIONS_BAD,	 /* the mistake was printed */
};

enum sl_options_result sl_options_parse(
    struct sl_options *, int argc, char **argv);

static inline bool
sl_options_is_replay(const struct sl_options *o)
{
	return o->n_files > 0 || o->n_at > 0;
}

#endif
