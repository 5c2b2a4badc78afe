/* SPDX-License-Identifier: Apache-2.0 */
#include <daemon/router.h>

#include <base/control.h>
#include <base/hash.h>
#include <menu/registry.h>
#include <mirror/neigh.h>
#include <mirror/netlink.h>
#include <mirror/sockdiag.h>
#include <mirror/static.h>
#include <plugin/loader.h>
#include <rule/live.h>
#include <rule/ruleset.h>

#include <errno.h>
#include <string.h>

/* The kernel's view, read but never written here; a replay has its own. */
static int
open_mirror(const struct sl_options *o, struct sl_err *err)
{
	int rc;

	if ((rc = sl_neigh_init(err)) || (rc = sl_mirror_init(err)))
		return rc;
	for (uint16_t i = 0; i < o->workers && !rc; i++)
		rc = sl_mirror_add_worker(i, err);
	if (rc || sl_options_is_replay(o))
		return rc;
	return sl_netlink_open(err);
}

/* A port for every capture named on the command line. */
static int
add_replay_ports(const struct sl_options *o, struct sl_err *err)
{
	struct sl_port *port;

	for (unsigned i = 0; i < o->n_files; i++) {
		if (sl_port_by_name(o->files[i].port))
			continue;
		port = sl_port_add(o->files[i].port, o->files[i].port, err);
		if (!port)
			return err->code;
		if (sl_static_add_port(port, 1500))
			return sl_err_set(err, -ENOMEM, "out of memory");
	}
	return 0;
}

/* A plugin that is refused was logged and is shown; the rest runs, unless what
 * everybody needs is not there. */
static int
load_plugins(const struct sl_options *o, struct sl_err *err)
{
	struct sl_err first = {0}, lack = {0};

	if (!sl_plugins_load(o->plugins, &first) || !sl_plugins_lack(&lack))
		return 0;
	return sl_err_set(
	    err, first.code, "%.120s (%.120s)", lack.text, first.text);
}

static int
init_parts(struct sl_router *r, struct sl_err *err)
{
	const struct sl_options *o = r->options;
	int rc;

	if ((rc = open_mirror(o, err)) || (rc = load_plugins(o, err)) ||
	    (rc = add_replay_ports(o, err)))
		return rc;
	sl_live_set_workers(o->workers);
	r->engine = sl_engine_new(o->workers, 0, err);
	if (!r->engine)
		return err->code;
	r->model = sl_model_new(sl_menu_registry, r->engine, err);
	return r->model ? 0 : err->code;
}

int
sl_router_init(
    struct sl_router *r, const struct sl_options *o, struct sl_err *err)
{
	int rc;

	memset(r, 0, sizeof(*r));
	r->options = o;
	if (sl_options_is_replay(o))
		sl_clock_use_virtual();
	else
		sl_hash_init();
	sl_role_enter(
	    SL_ROLE_MAIN | (sl_options_is_replay(o) ? SL_ROLE_WORKER : 0u), 0,
	    "sluiced");
	sl_rcu_register();
	sl_clock_tick();
	sl_clock_sync_zone();
	sl_control_lock();
	rc = init_parts(r, err);
	if (rc)
		sl_router_fini(r);
	return rc;
}

void
sl_router_fini(struct sl_router *r)
{
	sl_model_free(r->model);
	sl_ruleset_clear();
	sl_ports_clear();
	sl_rcu_drain();
	sl_engine_free(r->engine);
	sl_rcu_drain();
	sl_plugins_unload();
	sl_netlink_close();
	sl_sockdiag_close();
	sl_sockets_fini();
	sl_mirror_fini();
	sl_neigh_fini();
	sl_control_unlock();
	sl_rcu_unregister();
}
