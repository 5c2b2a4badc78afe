/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SL_DAEMON_NOTIFY_H
#define SL_DAEMON_NOTIFY_H

/* Tells the service manager that the router forwards (sd_notify(3): READY=1 to
 * $NOTIFY_SOCKET); nothing without one. */
void sl_notify_ready(void);

#endif
