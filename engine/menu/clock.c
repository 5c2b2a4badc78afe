/* SPDX-License-Identifier: Apache-2.0 */
/* /system clock: which clock the rules' time=, the log and exports go by. */
#include <menu/system.h>

#include <base/clock.h>
#include <menu/item.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ZONES  "/usr/share/zoneinfo/"
#define MANUAL "manual" /* no zone of ours: the machine's */

enum { AUTODETECT, ZONE, TIME, DATE, OFFSET, CLOCK_N };

#define READ_ONLY (SL_PROP_VIRTUAL | SL_PROP_READ_ONLY)

static const struct sl_prop props[CLOCK_N] = {
    [AUTODETECT] = {.name = "time-zone-autodetect",
	.type = &sl_type_bool,
	.dflt = "yes",
	.help = "kept, without effect: nothing is asked for the zone"},
    [ZONE] = {.name = "time-zone-name",
	.type = &sl_type_name,
	.dflt = MANUAL,
	.help = "Area/City; manual is the zone of the machine"},
    [TIME] = {"time", &sl_type_name, READ_ONLY, .help = "now, local"},
    [DATE] = {"date", &sl_type_name, READ_ONLY, .help = "today, local"},
    [OFFSET] = {"gmt-offset", &sl_type_name, READ_ONLY,
	.help = "local time less UTC"},
};

/* A name below the zones' folder, and nothing that leads out of it. */
static bool
is_name(const char *zone)
{
	static const char chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789_+-/";

	return *zone && *zone != '/' && strlen(zone) < SL_CLOCK_ZONE_MAX &&
	       !zone[strspn(zone, chars)];
}

static bool
is_manual(const struct sl_item *item)
{
	return strcmp(sl_item_str(item, ZONE), MANUAL) == 0;
}

/* A zone that this machine has no data of is kept: the configuration is right,
 * and says what it lacks. */
static int
check(struct sl_menu *menu, struct sl_item *item, const struct sl_item *old,
    struct sl_err *err)
{
	const char *zone = sl_item_str(item, ZONE);
	char path[sizeof(ZONES) + SL_CLOCK_ZONE_MAX];

	(void)menu;
	(void)old;
	if (!is_name(zone))
		return sl_err_set(err, -EINVAL,
		    "input does not match any value of time-zone-name");
	snprintf(path, sizeof(path), ZONES "%s", zone);
	if (!is_manual(item) && access(path, R_OK) != 0)
		sl_item_set_reason(item,
		    "no data of time zone %s (package tzdata): local time is "
		    "UTC",
		    zone);
	return 0;
}

static int
apply(struct sl_menu *menu, const struct sl_change *changes, struct sl_err *err)
{
	const struct sl_item *item = sl_item_settings(menu);

	(void)changes;
	if (sl_clock_set_zone(is_manual(item) ? NULL : sl_item_str(item, ZONE)))
		return sl_err_set(err, -ENOMEM, "failure: out of memory");
	return 0;
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	int64_t local = sl_clock_local_s(sl_clock_tick());
	int64_t ahead_min = (local - sl_clock_wall_s() + 30) / 60;
	time_t shown = (time_t)local;
	char text[32] = "";
	struct tm tm;

	(void)row;
	if (!gmtime_r(&shown, &tm))
		return;
	if (prop == TIME)
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
	else if (prop == DATE)
		strftime(text, sizeof(text), "%Y-%m-%d", &tm);
	else
		snprintf(text, sizeof(text), "%c%02d:%02d",
		    ahead_min < 0 ? '-' : '+', abs((int)ahead_min) / 60,
		    abs((int)ahead_min) % 60);
	sl_value_str(out, text, strlen(text));
}

const struct sl_menu_def sl_menu_system_clock = {
    .path = "/system/clock",
    .help = "time zone, date and time",
    .kind = SL_MENU_SETTINGS,
    .props = props,
    .n_props = CLOCK_N,
    .check = check,
    .apply = apply,
    .get = get,
};
