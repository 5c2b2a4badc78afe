/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sock_diag: which ports the programs of this router serve.  The kernel tells
 * nobody when that changes, so it is asked: every second, four short dumps
 * (listening TCP, unconnected UDP, both families).  A program is thus respected by
 * connections that begin a second after it opened its port.
 */
#ifndef SL_MIRROR_SOCKDIAG_H
#define SL_MIRROR_SOCKDIAG_H

#include <base/error.h>
#include <mirror/sockets.h>

/* Asks if a second has passed since the last time.  After a failure what was
 * known stays.  => Role: control. */
int sl_sockdiag_look(uint64_t now_ns, struct sl_err *err);
/* Asks now.  => Role: control. */
int sl_sockdiag_refresh(struct sl_err *err);
void sl_sockdiag_close(void);

#endif
