/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/sluice.h>

#include <menu/item.h>

enum { TIMER_PROFILE, COLS };

static const char *const profiles[] = {
    [SL_TIMERS_ROUTEROS] = "routeros",
    [SL_TIMERS_RFC] = "rfc",
    NULL,
};

static const struct sl_prop props[COLS] = {
    [TIMER_PROFILE] = {.name = "timer-profile",
	.type = &sl_type_enum,
	.names = profiles,
	.dflt = "routeros",
	.help = "defaults of the tracking timeouts: RouterOS's, or those of "
		"RFC 4787, 5382 and 5508"},
};

static int
apply(struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	(void)changes;
	return sl_tracking_set_profile(menu->model,
	    (enum sl_timer_profile)sl_item_num(
		sl_item_settings(menu), TIMER_PROFILE),
	    err);
}

const struct sl_menu_def sl_menu_sluice = {
    .path = "/system/sluice",
    .help = "what RouterOS has no setting for",
    .kind = SL_MENU_SETTINGS,
    .props = props,
    .n_props = COLS,
    .apply = apply,
};
