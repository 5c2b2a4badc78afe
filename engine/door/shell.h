/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shell door: frames of wire.h on one side, a script session on the other.
 *
 * The session's thread does everything: it reads a frame, runs it, and looks
 * for a CANCEL frame whenever the running command asks whether to stop.
 */
#ifndef SL_DOOR_SHELL_H
#define SL_DOOR_SHELL_H

#include <door/channel.h>
#include <menu/model.h>

/* Serves the connection (the magic is already eaten) until it ends.  0 when
 * the client left or quit, -EPROTO or -EMSGSIZE for malformed bytes,
 * -ETIMEDOUT, -ENOMEM.  => Role: any.  => May sleep. */
int sl_shell_serve(struct sl_channel *channel, struct sl_model *model);

/* Queues a FATAL frame. */
void sl_shell_refuse(struct sl_channel *channel, const char *why);

#endif
