/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/netlink.h>

#include <mirror/neigh.h>
#include <mirror/nlparse.h>

#include <base/log.h>
#include <conn/tuple.h>

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

enum stale {
	STALE_LINKS = 1,
	STALE_ADDRS = 2,
	STALE_ROUTES = 4,
	STALE_NEIGHS = 8,
	STALE_ALL = 15,
};

static struct mnl_socket *requests, *news;
static unsigned stale;
static uint32_t seq;

/* Messages of a dump come 32 KiB at a time at most (libmnl's manual). */
#define BUFFER 65536

/* A refused dump is repeated at once this often when the kernel changed under it. */
#define DUMP_TRIES 3

static char *
buffer(void)
{
	static char buf[BUFFER]; /* control lock */

	return buf;
}

static struct mnl_socket *
open_socket(int groups, struct sl_err *err)
{
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int one = 1, size = 4 << 20;

	if (!s) {
		sl_err_sys(err, -errno, "rtnetlink socket");
		return NULL;
	}
	if (mnl_socket_bind(s, (unsigned)groups, MNL_SOCKET_AUTOPID) < 0) {
		sl_err_sys(err, -errno, "rtnetlink bind");
		mnl_socket_close(s);
		return NULL;
	}
	setsockopt(mnl_socket_get_fd(s), SOL_NETLINK, NETLINK_GET_STRICT_CHK,
	    &one, sizeof(one)); /* an old kernel answers more; harmless */
	if (groups) {
		setsockopt(mnl_socket_get_fd(s), SOL_SOCKET, SO_RCVBUFFORCE,
		    &size, sizeof(size));
		fcntl(mnl_socket_get_fd(s), F_SETFL, O_NONBLOCK);
	}
	return s;
}

/* The rest of an answer that was given up would be taken for the next one. */
static int
give_up(int rc)
{
	ssize_t n;

	do {
		n = recv(mnl_socket_get_fd(requests), buffer(), BUFFER,
		    MSG_DONTWAIT);
	} while (n > 0 || (n < 0 && (errno == ENOBUFS || errno == EINTR)));
	return rc;
}

/* Sends 'nlh' and runs 'cb' over the answer.  Returns 0 or -errno; -EINTR: what
 * was dumped changed meanwhile. */
static int
talk(struct nlmsghdr *nlh, mnl_cb_t cb, void *arg)
{
	unsigned portid = mnl_socket_get_portid(requests);
	int rc;

	nlh->nlmsg_seq = ++seq;
	if (mnl_socket_sendto(requests, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		ssize_t n = mnl_socket_recvfrom(requests, buffer(), BUFFER);

		if (n < 0)
			return give_up(-errno);
		rc = mnl_cb_run(
		    buffer(), (size_t)n, nlh->nlmsg_seq, portid, cb, arg);
	} while (rc > 0);
	return rc < 0 ? give_up(-errno) : 0;
}

static int
dump(uint16_t type, uint8_t family, size_t header, mnl_cb_t cb)
{
	char buf[256] = {0};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	uint8_t *body;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	body = mnl_nlmsg_put_extra_header(nlh, header);
	body[0] = family; // every rtnetlink header starts with the family
	return talk(nlh, cb, NULL);
}

static int
on_link(const struct nlmsghdr *nlh, void *arg)
{
	struct sl_link link;

	(void)arg;
	if (sl_nlparse_link(nlh, &link) && sl_mirror_add_link(&link))
		return MNL_CB_ERROR;
	return MNL_CB_OK;
}

static int
on_addr(const struct nlmsghdr *nlh, void *arg)
{
	struct sl_ifaddr addr;

	(void)arg;
	if (sl_nlparse_addr(nlh, &addr) && sl_mirror_add_addr(&addr))
		return MNL_CB_ERROR;
	return MNL_CB_OK;
}

static int
on_route(const struct nlmsghdr *nlh, void *arg)
{
	struct sl_kroute route;

	(void)arg;
	if (sl_nlparse_route(nlh, &route) && sl_mirror_add_route(&route))
		return MNL_CB_ERROR;
	return MNL_CB_OK;
}

static int
on_neigh(const struct nlmsghdr *nlh, void *arg)
{
	struct sl_neigh_entry e;
	uint32_t ifindex;
	struct sl_port *port;

	(void)arg;
	if (!sl_nlparse_neigh(nlh, &ifindex, &e))
		return MNL_CB_OK;
	port = sl_port_by_ifindex(ifindex);
	/* What the netdev itself knew before it became a port is history. */
	if (!port || sl_load_relaxed(&port->host_ifindex) != ifindex)
		return MNL_CB_OK;
	e.port = port->number;
	if (nlh->nlmsg_type == RTM_DELNEIGH || e.nud == NUD_NONE)
		sl_neigh_delete(e.port, e.family, &e.addr);
	else
		sl_neigh_set(&e); // a full table leaves the entry unknown
	return MNL_CB_OK;
}

static int
dump_links(void)
{
	return dump(RTM_GETLINK, AF_UNSPEC, sizeof(struct ifinfomsg), on_link);
}

static int
dump_addrs(void)
{
	int rc;

	rc = dump(RTM_GETADDR, AF_INET, sizeof(struct ifaddrmsg), on_addr);
	return rc ? rc
		  : dump(RTM_GETADDR, AF_INET6, sizeof(struct ifaddrmsg),
			on_addr);
}

static int
dump_routes(void)
{
	int rc;

	rc = dump(RTM_GETROUTE, AF_INET, sizeof(struct rtmsg), on_route);
	return rc ? rc
		  : dump(
			RTM_GETROUTE, AF_INET6, sizeof(struct rtmsg), on_route);
}

static int
dump_neighs(void)
{
	int rc;

	sl_neigh_begin();
	rc = dump(RTM_GETNEIGH, AF_INET, sizeof(struct ndmsg), on_neigh);
	if (!rc)
		rc = dump(
		    RTM_GETNEIGH, AF_INET6, sizeof(struct ndmsg), on_neigh);
	if (!rc)
		sl_neigh_sweep();
	return rc;
}

/* The arrays of the kinds that are to be dumped, empty; the others as they are. */
static void
start_over(const struct sl_mirror_state *before, unsigned todo)
{
	struct sl_mirror_state *m = &sl_mirror_state;

	*m = *before;
	if (todo & STALE_LINKS) {
		m->links = NULL;
		m->n_links = m->cap_links = 0;
	}
	if (todo & STALE_ADDRS) {
		m->addrs = NULL;
		m->n_addrs = m->cap_addrs = 0;
	}
	if (todo & STALE_ROUTES) {
		m->routes = NULL;
		m->n_routes = m->cap_routes = 0;
	}
}

/* Frees those of 'state' that 'kept' does not have. */
static void
free_replaced(
    const struct sl_mirror_state *state, const struct sl_mirror_state *kept)
{
	if (state->links != kept->links)
		free(state->links);
	if (state->addrs != kept->addrs)
		free(state->addrs);
	if (state->routes != kept->routes)
		free(state->routes);
}

/* All that 'todo' says, or nothing: after a failure the state is as before. */
static int
dump_all(unsigned todo)
{
	static const struct {
		unsigned bit;
		int (*dump)(void);
	} steps[] = {{STALE_LINKS, dump_links}, {STALE_ADDRS, dump_addrs},
	    {STALE_ROUTES, dump_routes}, {STALE_NEIGHS, dump_neighs}};
	struct sl_mirror_state before = sl_mirror_state;
	int rc = 0;

	start_over(&before, todo);
	for (unsigned i = 0; i < SL_COUNT_OF(steps) && !rc; i++)
		if (todo & steps[i].bit)
			rc = steps[i].dump();
	if (rc) {
		free_replaced(&sl_mirror_state, &before);
		sl_mirror_state = before;
		return rc;
	}
	free_replaced(&before, &sl_mirror_state);
	return 0;
}

int
sl_netlink_sync(struct sl_err *err)
{
	unsigned todo = stale;
	int rc = -EINTR;

	for (int i = 0; i < DUMP_TRIES && rc == -EINTR; i++)
		rc = dump_all(todo);
	if (rc)
		return sl_err_sys(err, rc, "rtnetlink dump");
	rc = sl_mirror_publish();
	if (rc)
		return sl_err_sys(err, rc, "mirror");
	stale &= ~todo;
	return 0;
}

void
sl_netlink_mark_stale(void)
{
	stale = STALE_ALL;
}

static int
on_news(const struct nlmsghdr *nlh, void *arg)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		/* The kernel drops a dead link's routes without a word. */
		stale |= STALE_LINKS | STALE_ADDRS | STALE_ROUTES;
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		stale |= STALE_ADDRS | STALE_ROUTES;
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		stale |= STALE_ROUTES;
		break;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		return on_neigh(nlh, arg);
	default:
		break;
	}
	return MNL_CB_OK;
}

bool
sl_netlink_read(void)
{
	for (;;) {
		ssize_t n = mnl_socket_recvfrom(news, buffer(), BUFFER);

		if (n < 0 && errno == ENOBUFS) {
			sl_log(SL_LOG_WARNING, "system",
			    "rtnetlink overrun: reading everything again");
			stale = STALE_ALL;
			continue;
		}
		if (n <= 0)
			break;
		mnl_cb_run(buffer(), (size_t)n, 0, 0, on_news, NULL);
	}
	return stale != 0;
}

int
sl_netlink_fd(void)
{
	return mnl_socket_get_fd(news);
}

int
sl_netlink_open(struct sl_err *err)
{
	int groups = RTMGRP_LINK | RTMGRP_NEIGH | RTMGRP_IPV4_IFADDR |
		     RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;

	news = open_socket(groups, err);
	if (!news)
		return err->code;
	requests = open_socket(0, err);
	if (!requests) {
		sl_netlink_close();
		return err->code;
	}
	stale = STALE_ALL;
	return sl_netlink_sync(err);
}

void
sl_netlink_close(void)
{
	if (news)
		mnl_socket_close(news);
	if (requests)
		mnl_socket_close(requests);
	news = requests = NULL;
}

void
sl_netlink_resolve(uint16_t number, uint8_t family, const struct sl_addr *addr)
{
	struct sl_port *port = sl_port_by_number(number);
	uint32_t ifindex = port ? sl_load_relaxed(&port->host_ifindex) : 0;
	char buf[256] = {0};
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ndmsg *nd;

	if (!ifindex)
		return;
	nlh->nlmsg_type = RTM_NEWNEIGH;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK;
	nd = mnl_nlmsg_put_extra_header(nlh, sizeof(*nd));
	nd->ndm_family = family == SL_IPV4 ? AF_INET : AF_INET6;
	nd->ndm_ifindex = (int)ifindex;
	nd->ndm_flags = NTF_USE;
	nd->ndm_state = NUD_NONE;
	mnl_attr_put(nlh, NDA_DST, family == SL_IPV4 ? 4 : 16, addr);
	talk(nlh, NULL, NULL); // a refusal is asked again by the next packet
}

static int
write_addr(bool add, const struct sl_ifaddr *a, struct sl_err *err)
{
	char buf[256] = {0}, text[SL_ADDR_TEXT];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *ifa;
	size_t len = a->family == SL_IPV4 ? 4 : 16;
	int rc;

	nlh->nlmsg_type = add ? RTM_NEWADDR : RTM_DELADDR;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
			   (add ? NLM_F_CREATE | NLM_F_REPLACE : 0);
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = a->family == SL_IPV4 ? AF_INET : AF_INET6;
	ifa->ifa_prefixlen = a->prefix_len;
	ifa->ifa_scope = a->scope;
	ifa->ifa_index = a->ifindex;
	mnl_attr_put(nlh, IFA_LOCAL, len, &a->addr);
	mnl_attr_put(nlh, IFA_ADDRESS, len, &a->addr);
	if (a->family == SL_IPV4 && a->prefix_len < 31) {
		struct sl_addr b = a->addr;

		b.u.w[0] |= htonl(0xffffffffu >> a->prefix_len);
		mnl_attr_put(nlh, IFA_BROADCAST, 4, &b);
	}
	mnl_attr_put_u32(nlh, IFA_FLAGS, a->flags);
	rc = talk(nlh, NULL, NULL);
	if (rc)
		return sl_err_sys(err, rc, "address %s",
		    sl_addr_print(a->family, &a->addr, text));
	return 0;
}

static void
put_hop(struct nlmsghdr *nlh, const struct sl_kroute *k)
{
	const struct sl_fib_hop *hop = &k->route.hop[0];

	if (hop->gateway_family == k->family)
		mnl_attr_put(nlh, RTA_GATEWAY, k->family == SL_IPV4 ? 4 : 16,
		    &hop->gateway);
	if (k->hop_oif[0])
		mnl_attr_put_u32(nlh, RTA_OIF, k->hop_oif[0]);
}

static int
write_route(bool add, const struct sl_kroute *k, struct sl_err *err)
{
	static const uint8_t types[] = {[SL_ROUTE_UNICAST] = RTN_UNICAST,
	    [SL_ROUTE_BLACKHOLE] = RTN_BLACKHOLE,
	    [SL_ROUTE_UNREACHABLE] = RTN_UNREACHABLE,
	    [SL_ROUTE_PROHIBIT] = RTN_PROHIBIT};
	char buf[512] = {0}, text[SL_ADDR_TEXT];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtmsg *rtm;
	int rc;

	nlh->nlmsg_type = add ? RTM_NEWROUTE : RTM_DELROUTE;
	nlh->nlmsg_flags =
	    NLM_F_REQUEST | NLM_F_ACK | (add ? NLM_F_CREATE | NLM_F_EXCL : 0);
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = k->family == SL_IPV4 ? AF_INET : AF_INET6;
	rtm->rtm_dst_len = k->route.len;
	rtm->rtm_table = RT_TABLE_UNSPEC;
	rtm->rtm_protocol = k->protocol;
	rtm->rtm_type = types[k->route.type];
	rtm->rtm_scope = k->route.hop[0].gateway_family || !k->route.hops
			     ? RT_SCOPE_UNIVERSE
			     : RT_SCOPE_LINK;
	mnl_attr_put(
	    nlh, RTA_DST, k->family == SL_IPV4 ? 4 : 16, &k->route.dst);
	mnl_attr_put_u32(nlh, RTA_TABLE, k->table);
	if (k->route.metric)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, k->route.metric);
	if (k->route.hops)
		put_hop(nlh, k);
	rc = talk(nlh, NULL, NULL);
	if (rc)
		return sl_err_sys(err, rc, "route to %s/%u",
		    sl_addr_print(k->family, &k->route.dst, text),
		    k->route.len);
	return 0;
}

const struct sl_mirror_backend sl_netlink_backend = {
    .addr = write_addr,
    .route = write_route,
};
