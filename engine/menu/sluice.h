/* SPDX-License-Identifier: Apache-2.0 */
/* /system sluice: what RouterOS has no setting for. */
#ifndef SL_MENU_SLUICE_H
#define SL_MENU_SLUICE_H

#include <menu/model.h>

extern const struct sl_menu_def sl_menu_sluice;

enum sl_timer_profile {
	SL_TIMERS_ROUTEROS,
	SL_TIMERS_RFC, /* what RFC 4787, 5382 and 5508 ask for */
};

/* Makes the profile's timeouts the defaults of /ip firewall connection tracking;
 * what is set there stays. (tracking.c) */
int sl_tracking_set_profile(
    struct sl_model *, enum sl_timer_profile, struct sl_err *);

#endif
