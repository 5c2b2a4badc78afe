/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log: lines with RouterOS topics, to stderr and to a history ring.
 *
 * What it is.  Control threads write at once.  A worker formats into a
 *   fixed-size record on its own ring and never waits; the control side drains.
 * Who writes.  Anybody.  Who reads.  Control (/log print).
 * Ordering.    Lines of one thread keep their order; across threads they are
 *   in order of draining.
 * Bounds.      SL_LOG_HISTORY lines are kept; a worker's ring holds
 *   SL_LOG_RING records, and what does not fit counts as log-lost.
 */
#ifndef SL_BASE_LOG_H
#define SL_BASE_LOG_H

#include <base/compiler.h>

#define SL_LOG_HISTORY 1000
#define SL_LOG_RING    256
#define SL_LOG_TEXT    384

enum sl_log_level {
	SL_LOG_NONE = -1, /* of no line: the level that shows none */
	SL_LOG_ERROR,
	SL_LOG_WARNING,
	SL_LOG_INFO,
	SL_LOG_DEBUG,
};

struct sl_log_line {
	uint64_t seq;	/* counts every line ever logged, from 1 */
	int64_t wall_s; /* seconds since 1970 */
	enum sl_log_level level;
	char topic[24]; /* "firewall", "system", ...; printed "firewall,info" */
	char text[SL_LOG_TEXT];
};

/* Formats and logs one line.  => Role: any; never blocks a worker. */
void sl_log(enum sl_log_level level, const char *topic, const char *fmt, ...)
    SL_PRINTF(3, 4);

/* Lines at or below this level go to stderr (default SL_LOG_INFO). */
void sl_log_set_stderr_level(enum sl_log_level level);

/* Moves the workers' lines into the history, to stderr and along their routes
 * (base/log_route.h), and tells how many were lost.
 * => Role: control. */
void sl_log_drain(void);

/* Copies the oldest kept line with seq > 'after' to 'out'; false if none.
 * => Role: control. */
bool sl_log_next(uint64_t after, struct sl_log_line *out);

/* Would anybody see a line of this level and topic?  For debug lines that cost
 * something; relaxed, and only debug lines of "firewall" are ever not wanted.
 * => Role: any. */
bool sl_log_is_wanted(enum sl_log_level level, const char *topic);

const char *sl_log_level_name(enum sl_log_level level);

#endif
