/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where log lines go besides stderr: into the history, and to syslog.
 *
 * What it is.  Rules by topic, in order; a line goes wherever a rule that it fits
 *   says.  Without rules it is kept in the history.
 * Life cycle.  Replaced whole; the old sockets are closed.
 * Who writes.  Control.  Who reads.  base/log, under its own lock.
 * Ordering.    The lock's.
 * Bounds.      SL_LOG_ROUTES rules.  A datagram that cannot be sent at once is lost
 *   and counted: syslog never makes anybody wait.
 */
#ifndef SL_BASE_LOG_ROUTE_H
#define SL_BASE_LOG_ROUTE_H

#include <base/error.h>
#include <base/log.h>

#include <sys/socket.h>

#define SL_LOG_ROUTES 64
#define SL_LOG_LOCAL  "/dev/log" /* where the system's own syslog listens */

enum sl_log_target {
	SL_LOG_MEMORY, /* the history, /log print */
	SL_LOG_ECHO,   /* stderr, whatever the level */
	SL_LOG_REMOTE, /* syslog datagrams to 'to' */
	SL_LOG_SYSLOG, /* SL_LOG_LOCAL */
};

struct sl_log_route {
	enum sl_log_target target;
	char topics[96]; /* "firewall,!info": all, and none of those with '!' */
	char prefix[64]; /* before the text; "": none */
	/* REMOTE */
	struct sockaddr_storage to;
	socklen_t to_len;
	bool with_header; /* RFC 3164 timestamp and host name */
	/* REMOTE, SYSLOG */
	uint8_t facility; /* 0..23 */
	int8_t severity;  /* 0..7; -1: by level */
	char host[64];
	int fd; /* the module's own */
};

/* Copies 'n' routes and puts them in force.  n = 0: none (all is kept).  A socket
 * that cannot be made is an error and leaves the former routes.
 * => Role: main or control. */
int sl_log_set_routes(
    const struct sl_log_route *, unsigned n, struct sl_err *err);

/* Does a line of 'topic' and 'level' fit a list of topics? */
bool sl_log_topics_fit(
    const char *topics, const char *topic, enum sl_log_level level);

/* The datagram of a line; its length.  'now_s' is wall-clock time. */
size_t sl_log_syslog_print(const struct sl_log_route *,
    const struct sl_log_line *, char *buf, size_t size);

/* For base/log: sends the line along its routes, and says whether it is to be
 * kept and echoed.  Calls are serialized by the caller. */
struct sl_log_way {
	bool keep, echo;
};
struct sl_log_way sl_log_route_line(const struct sl_log_line *);

/* Excludes sl_log_route_line() while routes are changed; base/log's lock. */
void sl_log_lock(void);
void sl_log_unlock(void);

/* Does a route ask for debug lines of "firewall"? */
bool sl_log_route_has_debug(void);

#endif
