/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/resolver.h>

#include <base/compiler.h>

#include <ares.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define CONFIG	   "/etc/resolv.conf"
#define TIMEOUT_MS 2000
#define TRIES	   3

struct sl_resolver {
	ares_channel channel;
	struct timespec config; /* when CONFIG was written that we go by */
	unsigned asking;	/* questions without an answer */
};

struct question {
	struct sl_resolver *resolver;
	sl_resolver_fn fn;
	void *arg;
	uint8_t family;
};

static struct timespec
config_written(void)
{
	struct stat st;

	return stat(CONFIG, &st) ? (struct timespec){0} : st.st_mtim;
}

static int
open_channel(struct sl_resolver *r, struct sl_err *err)
{
	struct ares_options o = {.timeout = TIMEOUT_MS, .tries = TRIES};
	int rc;

	r->config = config_written();
	rc = ares_init_options(
	    &r->channel, &o, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
	if (rc != ARES_SUCCESS)
		return sl_err_set(
		    err, -ENOMEM, "resolver: %s", ares_strerror(rc));
	return 0;
}

struct sl_resolver *
sl_resolver_new(struct sl_err *err)
{
	struct sl_resolver *r = calloc(1, sizeof(*r));

	if (!r) {
		sl_err_set(err, -ENOMEM, "resolver: out of memory");
		return NULL;
	}
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
		sl_err_set(err, -ENOMEM, "resolver: out of memory");
	} else if (open_channel(r, err)) {
		ares_library_cleanup();
	} else {
		return r;
	}
	free(r);
	return NULL;
}

void
sl_resolver_free(struct sl_resolver *r)
{
	if (!r)
		return;
	ares_destroy(r->channel);
	ares_library_cleanup();
	free(r);
}

static void
take_node(struct sl_resolver_answer *out, const struct ares_addrinfo_node *node)
{
	struct sl_addr *a = &out->addrs[out->n];

	memset(a, 0, sizeof(*a));
	if (node->ai_family == AF_INET)
		memcpy(a->u.b,
		    &((const struct sockaddr_in *)(const void *)node->ai_addr)
			 ->sin_addr,
		    4);
	else
		memcpy(a->u.b,
		    &((const struct sockaddr_in6 *)(const void *)node->ai_addr)
			 ->sin6_addr,
		    16);
	out->n++;
	out->ttl_s = SL_MIN(out->ttl_s, (uint32_t)SL_MAX(node->ai_ttl, 0));
}

static void
take_result(
    struct sl_resolver_answer *out, int af, const struct ares_addrinfo *result)
{
	const struct ares_addrinfo_cname *c = result->cnames;

	out->ttl_s = UINT32_MAX;
	for (; c; c = c->next)
		out->ttl_s = SL_MIN(out->ttl_s, (uint32_t)SL_MAX(c->ttl, 0));
	for (const struct ares_addrinfo_node *n = result->nodes;
	     n && out->n < SL_RESOLVER_ADDRS; n = n->ai_next)
		if (n->ai_family == af)
			take_node(out, n);
	if (out->ttl_s == UINT32_MAX)
		out->ttl_s = 0;
}

static void
on_answer(void *arg, int status, int timeouts, struct ares_addrinfo *result)
{
	struct question *q = arg;
	struct sl_resolver_answer answer;

	(void)timeouts;
	answer.error = NULL;
	answer.closing = status == ARES_EDESTRUCTION;
	answer.n = answer.ttl_s = 0;
	if (status == ARES_SUCCESS)
		take_result(
		    &answer, q->family == SL_IPV6 ? AF_INET6 : AF_INET, result);
	else if (status != ARES_ENOTFOUND && status != ARES_ENODATA)
		answer.error = ares_strerror(status);
	if (result)
		ares_freeaddrinfo(result);
	q->resolver->asking--;
	q->fn(q->arg, &answer);
	free(q);
}

/* Other name servers than before?  Not while questions are open. */
static void
follow_config(struct sl_resolver *r)
{
	struct timespec now = config_written();
	struct sl_resolver fresh = {0};

	if (r->asking || (now.tv_sec == r->config.tv_sec &&
			     now.tv_nsec == r->config.tv_nsec))
		return;
	if (open_channel(&fresh, NULL))
		return;
	ares_destroy(r->channel);
	*r = fresh;
}

void
sl_resolver_ask(struct sl_resolver *r, uint8_t family, const char *name,
    sl_resolver_fn fn, void *arg)
{
	static const struct sl_resolver_answer no_memory = {
	    .error = "out of memory"};
	struct ares_addrinfo_hints hints = {
	    .ai_family = family == SL_IPV6 ? AF_INET6 : AF_INET,
	    .ai_socktype = SOCK_STREAM, /* each address once */
	    .ai_flags = ARES_AI_NOSORT,
	};
	struct question *q = malloc(sizeof(*q));

	if (!q) {
		fn(arg, &no_memory);
		return;
	}
	follow_config(r);
	*q = (struct question){r, fn, arg, family};
	r->asking++;
	ares_getaddrinfo(r->channel, name, NULL, &hints, on_answer, q);
}

void
sl_resolver_step(struct sl_resolver *r)
{
	ares_socket_t socks[ARES_GETSOCK_MAXNUM];
	unsigned ready;

	if (!r->asking)
		return;
	/* One bit a socket that waits to read, and above them one to write. */
	ready = (unsigned)ares_getsock(r->channel, socks, ARES_GETSOCK_MAXNUM);
	for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		bool in = ready >> i & 1;
		bool out = ready >> (i + ARES_GETSOCK_MAXNUM) & 1;

		if (in || out)
			ares_process_fd(r->channel,
			    in ? socks[i] : ARES_SOCKET_BAD,
			    out ? socks[i] : ARES_SOCKET_BAD);
	}
	ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}
