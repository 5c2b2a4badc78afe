/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/sockdiag.h>

#include <base/clock.h>

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define EVERY_NS SL_NS_PER_SEC
#define BUFFER	 32768

/* What a dump has told so far. */
struct told {
	struct sl_socket *sockets;
	uint32_t n, room;
	uint8_t l4proto;
};

static struct mnl_socket *diag; /* control lock */
static uint64_t next_ns;
static uint32_t seq;

static int
add(struct told *t, const struct sl_socket *one)
{
	uint32_t room = t->room ? t->room * 2 : 32;
	struct sl_socket *longer;

	if (t->n == t->room) {
		longer = realloc(t->sockets, room * sizeof(*longer));
		if (!longer)
			return -ENOMEM;
		t->sockets = longer;
		t->room = room;
	}
	t->sockets[t->n++] = *one;
	return 0;
}

static bool
is_v6_only(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct inet_diag_msg))
	{
		if (mnl_attr_get_type(attr) == INET_DIAG_SKV6ONLY &&
		    mnl_attr_validate(attr, MNL_TYPE_U8) >= 0)
			return mnl_attr_get_u8(attr) != 0;
	}
	return false;
}

/* An IPv6 socket serves IPv4 too when it is bound to all addresses and not told
 * otherwise, or to an IPv4 address in IPv6's clothes. */
static int
add_socket(
    struct told *t, const struct nlmsghdr *nlh, const struct inet_diag_msg *msg)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct sl_socket one = {
	    .l4proto = t->l4proto, .port = ntohs(msg->id.idiag_sport)};
	const uint8_t *src = (const uint8_t *)msg->id.idiag_src;
	static const uint8_t zero[16];
	int rc;

	one.family = SL_IPV4;
	if (msg->idiag_family == AF_INET) {
		memcpy(&one.addr, src, 4);
		return add(t, &one);
	}
	if (!memcmp(src, mapped, sizeof(mapped))) {
		memcpy(&one.addr, src + 12, 4);
		return add(t, &one);
	}
	if (!memcmp(src, zero, 16) && !is_v6_only(nlh) && (rc = add(t, &one)))
		return rc;
	one.family = SL_IPV6;
	memcpy(&one.addr, src, 16);
	return add(t, &one);
}

static int
on_socket(const struct nlmsghdr *nlh, void *arg)
{
	const struct inet_diag_msg *msg = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*msg))
		return MNL_CB_OK;
	if (add_socket(arg, nlh, msg)) {
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	return MNL_CB_OK;
}

static int
read_answer(struct told *t)
{
	static char buf[BUFFER]; /* control lock */
	unsigned portid = mnl_socket_get_portid(diag);
	ssize_t n;
	int rc;

	do {
		n = mnl_socket_recvfrom(diag, buf, sizeof(buf));
		if (n < 0)
			return -errno;
		rc = mnl_cb_run(buf, (size_t)n, seq, portid, on_socket, t);
	} while (rc > 0);
	return rc < 0 ? -errno : 0;
}

static int
dump(struct told *t, uint8_t family, uint8_t l4proto, unsigned state)
{
	char buf[256] = {0};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *req;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = ++seq;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = family;
	req->sdiag_protocol = l4proto;
	req->idiag_states = 1u << state;
	t->l4proto = l4proto;
	if (mnl_socket_sendto(diag, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	return read_answer(t);
}

static int
dump_all(struct told *t)
{
	static const struct {
		uint8_t family, l4proto;
		unsigned state;
	} dumps[] = {
	    {AF_INET, IPPROTO_TCP, TCP_LISTEN},
	    {AF_INET6, IPPROTO_TCP, TCP_LISTEN},
	    {AF_INET, IPPROTO_UDP, TCP_CLOSE},
	    {AF_INET6, IPPROTO_UDP, TCP_CLOSE},
	};
	int rc = 0;

	for (unsigned i = 0; i < SL_COUNT_OF(dumps) && !rc; i++)
		rc = dump(t, dumps[i].family, dumps[i].l4proto, dumps[i].state);
	return rc;
}

static int
open_diag(struct sl_err *err)
{
	diag = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	if (!diag)
		return sl_err_sys(err, -errno, "sock_diag socket");
	if (mnl_socket_bind(diag, 0, MNL_SOCKET_AUTOPID) < 0) {
		sl_err_sys(err, -errno, "sock_diag bind");
		sl_sockdiag_close();
		return err->code;
	}
	return 0;
}

int
sl_sockdiag_refresh(struct sl_err *err)
{
	struct told told = {0};
	int rc;

	if (!diag && (rc = open_diag(err)))
		return rc;
	rc = dump_all(&told);
	if (rc) {
		/* What is left of the answer goes with the socket. */
		sl_sockdiag_close();
		free(told.sockets);
	} else {
		rc = sl_sockets_publish(told.sockets, told.n);
	}
	return rc ? sl_err_sys(err, rc, "sock_diag dump") : 0;
}

int
sl_sockdiag_look(uint64_t now_ns, struct sl_err *err)
{
	if (now_ns < next_ns)
		return 0;
	next_ns = now_ns + EVERY_NS;
	return sl_sockdiag_refresh(err);
}

void
sl_sockdiag_close(void)
{
	if (diag)
		mnl_socket_close(diag);
	diag = NULL;
}
