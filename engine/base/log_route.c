/* SPDX-License-Identifier: Apache-2.0 */
#include <base/log_route.h>

#include <base/atomic.h>

#include <base/counters.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define DATAGRAM_MAX 1024 /* RFC 3164 4.1 */

static struct sl_log_route routes[SL_LOG_ROUTES];
static unsigned n_routes;
static SL_ATOMIC(bool) has_debug;

/* Is 'word', of 'len' bytes, a topic of the line? */
static bool
is_topic(
    const char *word, size_t len, const char *topic, enum sl_log_level level)
{
	const char *name = sl_log_level_name(level);

	return (strlen(topic) == len && !memcmp(topic, word, len)) ||
	       (strlen(name) == len && !memcmp(name, word, len));
}

bool
sl_log_topics_fit(
    const char *topics, const char *topic, enum sl_log_level level)
{
	while (*topics) {
		size_t len = strcspn(topics, ",");
		bool negate = *topics == '!';

		if (is_topic(topics + negate, len - negate, topic, level) ==
		    negate)
			return false;
		topics += len + (topics[len] == ',');
	}
	return true;
}

static unsigned
priority(const struct sl_log_route *r, enum sl_log_level level)
{
	static const uint8_t severities[] = {[SL_LOG_ERROR] = 3,
	    [SL_LOG_WARNING] = 4,
	    [SL_LOG_INFO] = 6,
	    [SL_LOG_DEBUG] = 7};
	unsigned severity =
	    r->severity < 0 ? severities[level] : (unsigned)r->severity;

	return r->facility * 8u + severity;
}

/* "Oct  9 22:33:20", in English whatever the locale (RFC 3164 4.1.2). */
static void
print_time(int64_t wall_s, char out[16])
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t t = (time_t)wall_s;
	struct tm tm = {0};

	localtime_r(&t, &tm);
	snprintf(out, 16, "%.3s %2u %02u:%02u:%02u",
	    months + 3 * (tm.tm_mon % 12), (unsigned)tm.tm_mday % 100,
	    (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
	    (unsigned)tm.tm_sec % 100);
}

size_t
sl_log_syslog_print(const struct sl_log_route *r,
    const struct sl_log_line *line, char *buf, size_t size)
{
	char head[96] = "", when[16];
	int n;

	print_time(line->wall_s, when);
	if (r->target == SL_LOG_SYSLOG)
		snprintf(head, sizeof(head), "%s sluiced[%d]: ", when,
		    (int)getpid());
	else if (r->with_header)
		snprintf(head, sizeof(head), "%s %s ", when, r->host);
	n = snprintf(buf, size, "<%u>%s%s,%s %s%s%s", priority(r, line->level),
	    head, line->topic, sl_log_level_name(line->level), r->prefix,
	    r->prefix[0] ? ": " : "", line->text);
	return n < 0 ? 0 : SL_MIN((size_t)n, size - 1);
}

static void
send_line(const struct sl_log_route *r, const struct sl_log_line *line)
{
	char buf[DATAGRAM_MAX + 1];
	size_t len = sl_log_syslog_print(r, line, buf, sizeof(buf));

	if (sendto(r->fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL,
		(const struct sockaddr *)&r->to, r->to_len) < 0)
		sl_count(SL_COUNTER_LOG_LOST, 1);
}

struct sl_log_way
sl_log_route_line(const struct sl_log_line *line)
{
	struct sl_log_way way = {.keep = n_routes == 0};

	for (unsigned i = 0; i < n_routes; i++) {
		const struct sl_log_route *r = &routes[i];

		if (!sl_log_topics_fit(r->topics, line->topic, line->level))
			continue;
		if (r->target == SL_LOG_MEMORY)
			way.keep = true;
		else if (r->target == SL_LOG_ECHO)
			way.echo = true;
		else
			send_line(r, line);
	}
	return way;
}

static int
open_route(struct sl_log_route *r, struct sl_err *err)
{
	struct sockaddr_un *un = (struct sockaddr_un *)(void *)&r->to;

	r->fd = -1;
	if (r->target != SL_LOG_REMOTE && r->target != SL_LOG_SYSLOG)
		return 0;
	if (r->target == SL_LOG_SYSLOG) {
		memset(&r->to, 0, sizeof(r->to));
		un->sun_family = AF_UNIX;
		memcpy(un->sun_path, SL_LOG_LOCAL, sizeof(SL_LOG_LOCAL));
		r->to_len = sizeof(*un);
	}
	r->fd = socket(r->to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (r->fd < 0)
		return sl_err_sys(err, -errno, "syslog socket");
	return 0;
}

static void
close_routes(struct sl_log_route *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (list[i].fd >= 0)
			close(list[i].fd);
}

static void
note_debug(void)
{
	bool any = false;

	for (unsigned i = 0; i < n_routes; i++)
		any |= sl_log_topics_fit(
		    routes[i].topics, "firewall", SL_LOG_DEBUG);
	sl_store_relaxed(&has_debug, any);
}

int
sl_log_set_routes(
    const struct sl_log_route *list, unsigned n, struct sl_err *err)
{
	static struct sl_log_route next[SL_LOG_ROUTES]; /* control's */
	int rc;

	if (n > SL_LOG_ROUTES)
		return sl_err_set(err, -E2BIG,
		    "failure: more than %d logging rules", SL_LOG_ROUTES);
	for (unsigned i = 0; i < n; i++) {
		next[i] = list[i];
		rc = open_route(&next[i], err);
		if (rc) {
			close_routes(next, i);
			return rc;
		}
	}
	sl_log_lock();
	close_routes(routes, n_routes);
	memcpy(routes, next, n * sizeof(next[0]));
	n_routes = n;
	note_debug();
	sl_log_unlock();
	return 0;
}

bool
sl_log_route_has_debug(void)
{
	return sl_load_relaxed(&has_debug);
}
