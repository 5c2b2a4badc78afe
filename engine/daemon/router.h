/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything a running sluiced is made of, in the order in which it is made; taken
 * apart in reverse.  Both ways of running (live, replay) start from here.
 */
#ifndef SL_DAEMON_ROUTER_H
#define SL_DAEMON_ROUTER_H

#include <daemon/options.h>

#include <menu/model.h>
#include <path/engine.h>

struct sl_router {
	const struct sl_options *options;
	struct sl_engine *engine;
	struct sl_model *model;
};

/* Mirror, plugins, engine, menus; no config yet.  0 or -errno with *err and
 * nothing left behind.  The calling thread becomes control (and, in a replay,
 * worker 0).  => Role: main. */
int sl_router_init(
    struct sl_router *, const struct sl_options *, struct sl_err *err);
/* Workers have stopped. => Role: main. */
void sl_router_fini(struct sl_router *);

/* Runs until SIGTERM or SIGINT; returns the exit status. */
int sl_router_run_live(struct sl_router *);
/* Runs the captures of the options; returns the exit status. */
int sl_router_run_replay(struct sl_router *);

#endif
