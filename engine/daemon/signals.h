/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SL_DAEMON_SIGNALS_H
#define SL_DAEMON_SIGNALS_H

#include <base/error.h>

/* Blocks SIGTERM and SIGINT in the calling thread and all it starts, ignores
 * SIGPIPE.  First of all in main(): libraries start threads of their own. */
void sl_signals_block(void);

/* A descriptor that is readable when one of the blocked signals came; -errno. */
int sl_signals_open(struct sl_err *err);

#endif
