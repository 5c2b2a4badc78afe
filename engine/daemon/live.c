/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running on netdevs: the main thread follows the kernel, opens and closes ports,
 * answers the workers' questions and drains their logs; workers and sessions have
 * threads of their own.
 */
#include <daemon/router.h>

#include <daemon/config.h>
#include <daemon/keeper.h>
#include <daemon/notify.h>
#include <daemon/signals.h>

#include <base/control.h>
#include <base/log.h>
#include <door/server.h>
#include <menu/address_list.h>
#include <menu/engine_menus.h>
#include <menu/resolver.h>
#include <mirror/netlink.h>
#include <mirror/sockdiag.h>
#include <path/purge.h>
#include <plugin/reload.h>

#include <errno.h>
#include <linux/if_addr.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define TICK_MS	  100
#define SETTLE_MS 5000 /* at most this long for duplicate address detection */

struct live {
	struct sl_router *router;
	struct sl_keeper *keeper;
	struct sl_server *server;
	struct sl_resolver *resolver;
	struct sl_wake wake; /* workers ask the mirror */
	struct sl_purge purge;
	uint32_t neighbors; /* generation that the workers were woken for */
	int signals;
	bool is_blind; /* for sockets; it was said */
};

/* Packets may wait for a neighbour that has just answered. */
static void
wake_workers(struct live *l)
{
	struct sl_engine *e = l->router->engine;
	uint32_t now = sl_mirror_neigh_generation();

	if (now == l->neighbors)
		return;
	l->neighbors = now;
	for (uint16_t i = 0; i < e->workers; i++)
		sl_wake_up(&e->wakes[i]);
}

/* Which ports programs here serve; said once if the kernel does not tell. */
static void
look_at_sockets(struct live *l)
{
	struct sl_err err = {0};

	if (!sl_sockdiag_look(sl_now_ns(), &err)) {
		l->is_blind = false;
		return;
	}
	if (!l->is_blind)
		sl_log(SL_LOG_WARNING, "system",
		    "%s: translation may use ports of local services",
		    err.text);
	l->is_blind = true;
}

/* One turn of control work; the lock is held. */
static void
look_around(struct live *l)
{
	struct sl_err err = {0};
	bool news;

	sl_clock_tick();
	sl_clock_sync_zone();
	news = sl_netlink_read();
	if (news && sl_netlink_sync(&err))
		sl_log(SL_LOG_WARNING, "system", "%s", err.text);
	if ((news || !sl_keeper_is_ready(l->keeper)) &&
	    sl_keeper_look(l->keeper))
		sl_netlink_mark_stale();
	if (news) {
		sl_menu_kernel_changed(l->router->model);
		sl_purge_look(&l->purge, l->router->engine);
	}
	wake_workers(l);
	sl_mirror_take_asked(sl_netlink_resolve);
	look_at_sockets(l);
	sl_address_list_tick(l->router->model, l->resolver);
	sl_plugins_tick(l->router->engine->table, sl_now_ns());
	sl_log_drain();
}

/* Duplicate address detection is under way. */
static bool
is_tentative(void)
{
	for (uint32_t i = 0; i < sl_mirror_state.n_addrs; i++) {
		const struct sl_ifaddr *a = &sl_mirror_state.addrs[i];

		if ((a->flags & IFA_F_TENTATIVE) &&
		    sl_port_by_ifindex(a->ifindex))
			return true;
	}
	return false;
}

/* A TAP has its carrier, and the kernel has not noticed: it looks once a second. */
static bool
is_dead_yet(void)
{
	for (uint32_t i = 0; i < sl_mirror_state.n_routes; i++) {
		const struct sl_kroute *k = &sl_mirror_state.routes[i];
		struct sl_port *port =
		    k->dead ? sl_port_by_ifindex(k->oif) : NULL;

		if (port && (sl_load_relaxed(&port->flags) & SL_PORT_UP))
			return true;
	}
	return false;
}

/* Every port forwards, addresses are placed and usable: true.  Or a signal came. */
static bool
get_ready(struct live *l)
{
	struct pollfd fds[] = {
	    {sl_netlink_fd(), POLLIN, 0}, {l->signals, POLLIN, 0}};
	uint64_t give_up;

	sl_netlink_mark_stale();
	look_around(l);
	look_around(l); // the ports that the first look opened
	give_up = sl_clock_tick() + SETTLE_MS * SL_NS_PER_MS;
	while (!sl_keeper_is_ready(l->keeper) ||
	       ((is_tentative() || is_dead_yet()) && sl_now_ns() < give_up)) {
		poll(fds, SL_COUNT_OF(fds), 20);
		if (fds[1].revents)
			return false;
		look_around(l);
	}
	return true;
}

static void
serve(struct live *l)
{
	struct pollfd fds[] = {{l->signals, POLLIN, 0},
	    {sl_netlink_fd(), POLLIN, 0}, {l->wake.fd, POLLIN, 0}};

	for (;;) {
		sl_wake_prepare(&l->wake);
		look_around(l); // who asks after this look wakes us
		sl_control_unlock();
		poll(fds, SL_COUNT_OF(fds), TICK_MS);
		sl_control_lock();
		sl_wake_done(&l->wake);
		if (fds[0].revents)
			return;
	}
}

static int
start(struct live *l, struct sl_err *err)
{
	struct sl_router *r = l->router;
	struct sl_server_config door = {
	    .model = r->model, .path = r->options->socket};
	int rc;

	if ((rc = sl_wake_init(&l->wake, err)))
		return rc;
	l->resolver = sl_resolver_new(err);
	if (!l->resolver)
		return err->code;
	sl_mirror_set_wake(&l->wake);
	l->signals = sl_signals_open(err);
	if (l->signals < 0)
		return l->signals;
	l->keeper = sl_keeper_new(r->options->workers, err);
	if (!l->keeper)
		return err->code;
	if ((rc = sl_engine_start(r->engine, err)))
		return rc;
	if (!get_ready(l))
		return sl_err_set(err, -EINTR, "interrupted");
	l->server = sl_server_start(&door, err);
	return l->server ? 0 : err->code;
}

static void
stop(struct live *l)
{
	if (l->server)
		sl_server_stop(l->server);
	sl_resolver_free(l->resolver);
	sl_engine_stop(l->router->engine);
	sl_keeper_free(l->keeper);
	sl_mirror_set_wake(NULL);
	sl_wake_fini(&l->wake);
	if (l->signals >= 0)
		close(l->signals);
	sl_log_drain();
}

int
sl_router_run_live(struct sl_router *r)
{
	struct live l = {.router = r, .signals = -1, .wake.fd = -1};
	struct sl_err err = {0};
	int rc;

	sl_mirror_backend = &sl_netlink_backend;
	if (sl_config_load(r->model, r->options->config, false))
		return 1;
	rc = start(&l, &err);
	if (!rc) {
		printf("sluiced: ready\n");
		fflush(stdout);
		sl_notify_ready();
		serve(&l);
		sl_log(SL_LOG_INFO, "system", "stopping");
	} else if (rc != -EINTR) {
		fprintf(stderr, "sluiced: %s\n", err.text);
	}
	stop(&l);
	return rc && rc != -EINTR;
}
