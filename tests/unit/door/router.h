/* SPDX-License-Identifier: Apache-2.0 */
/* A server over the toy menus, and clients of it on socket pairs. */
#ifndef ROUTER_H
#define ROUTER_H

#include "client.h"
#include "toy.h"

#include <base/control.h>
#include <base/hash.h>
#include <base/log.h>
#include <base/rcu.h>
#include <door/server.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct sl_model *model;
static struct sl_server *server;

static inline void
router_up(struct sl_server_config config)
{
	struct sl_err err = {0};

	sl_hash_init();
	sl_log_set_stderr_level(SL_LOG_ERROR);
	sl_control_lock();
	model = sl_model_new(toy_menus, NULL, &err);
	sl_control_unlock();
	if (!model)
		fail_msg("%s", err.text);
	config.model = model;
	server = sl_server_start(&config, &err);
	if (!server)
		fail_msg("%s", err.text);
}

static inline void
router_down(void)
{
	sl_server_stop(server);
	sl_control_lock();
	sl_model_free(model);
	sl_control_unlock();
	server = NULL;
	model = NULL;
}

static inline int
router_connect(void)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	client_guard(fds[0]);
	assert_int_equal(sl_server_adopt(server, fds[1]), 0);
	return fds[0];
}

#endif
