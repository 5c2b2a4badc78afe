/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/system.h>

#include <base/clock.h>
#include <menu/item.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define IDENTITY_DEFAULT "sluice"

enum { IDENTITY_NAME, IDENTITY_N };

static const struct sl_prop identity_props[IDENTITY_N] = {
    [IDENTITY_NAME] = {.name = "name",
	.type = &sl_type_name,
	.dflt = IDENTITY_DEFAULT,
	.help = "name of the router"},
};

const struct sl_menu_def sl_menu_system_identity = {
    .path = "/system/identity",
    .help = "name of the router",
    .kind = SL_MENU_SETTINGS,
    .props = identity_props,
    .n_props = IDENTITY_N,
};

const char *
sl_system_identity(struct sl_model *model)
{
	struct sl_menu *menu = sl_model_find(model, "/system/identity");

	return menu && menu->items
		   ? sl_item_str(sl_item_settings(menu), IDENTITY_NAME)
		   : IDENTITY_DEFAULT;
}

enum {
	RESOURCE_UPTIME,
	RESOURCE_VERSION,
	RESOURCE_FREE_MEMORY,
	RESOURCE_TOTAL_MEMORY,
	RESOURCE_CPU,
	RESOURCE_CPU_COUNT,
	RESOURCE_ARCHITECTURE,
	RESOURCE_BOARD,
	RESOURCE_PLATFORM,
	RESOURCE_N
};

#define READ_ONLY (SL_PROP_VIRTUAL | SL_PROP_READ_ONLY)

static const struct sl_prop resource_props[RESOURCE_N] = {
    [RESOURCE_UPTIME] = {"uptime", &sl_type_time, READ_ONLY,
	.help = "time since the router was started"},
    [RESOURCE_VERSION] = {"version", &sl_type_name, READ_ONLY},
    [RESOURCE_FREE_MEMORY] = {"free-memory", &sl_type_num, READ_ONLY,
	.help = "memory that new programs could have"},
    [RESOURCE_TOTAL_MEMORY] = {"total-memory", &sl_type_num, READ_ONLY},
    [RESOURCE_CPU] = {"cpu", &sl_type_name, READ_ONLY},
    [RESOURCE_CPU_COUNT] = {"cpu-count", &sl_type_num, READ_ONLY},
    [RESOURCE_ARCHITECTURE] = {"architecture-name", &sl_type_name, READ_ONLY},
    [RESOURCE_BOARD] = {"board-name", &sl_type_name, READ_ONLY},
    [RESOURCE_PLATFORM] = {"platform", &sl_type_name, READ_ONLY},
};

struct resource {
	uint64_t started_ns;
};

static int
resource_open(struct sl_menu *menu, struct sl_err *err)
{
	struct resource *r = calloc(1, sizeof(*r));

	if (!r)
		return sl_err_set(err, -ENOMEM, "out of memory");
	r->started_ns = sl_clock_tick();
	menu->priv = r;
	return 0;
}

static void
resource_close(struct sl_menu *menu)
{
	free(menu->priv);
}

/* The rest of the first line of 'path' that starts with 'key', without the
 * separators in front and the newline. */
static void
read_line(const char *path, const char *key, char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	char line[256], *s;

	*out = '\0';
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		s = line + strlen(key);
		s += strspn(s, " \t:");
		s[strcspn(s, "\n")] = '\0';
		snprintf(out, size, "%s", s);
		break;
	}
	if (f)
		fclose(f);
}

static void
get_text(const char *s, struct sl_value *out)
{
	if (*s)
		sl_value_str(out, s, strlen(s));
}

/* A value of /proc/meminfo, in bytes. */
static struct sl_value
get_memory(const char *key)
{
	char text[128];

	read_line("/proc/meminfo", key, text, sizeof(text));
	return sl_value_size(strtoull(text, NULL, 10) * 1024);
}

static void
get_machine(unsigned prop, struct sl_value *out)
{
	struct utsname u;
	char text[128];

	if (uname(&u) < 0)
		return;
	switch (prop) {
	case RESOURCE_CPU:
		read_line("/proc/cpuinfo", "model name", text, sizeof(text));
		get_text(*text ? text : u.machine, out);
		break;
	case RESOURCE_BOARD:
		read_line(
		    "/sys/class/dmi/id/product_name", "", text, sizeof(text));
		get_text(*text ? text : u.machine, out);
		break;
	case RESOURCE_ARCHITECTURE:
		get_text(u.machine, out);
		break;
	default:
		snprintf(
		    text, sizeof(text), "%.40s %.80s", u.sysname, u.release);
		get_text(text, out);
	}
}

static void
resource_get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct resource *r = row->menu->priv;
	uint64_t up = sl_clock_tick() - r->started_ns;

	switch (prop) {
	case RESOURCE_UPTIME:
		*out = sl_value_time((int64_t)(up - up % SL_NS_PER_SEC));
		break;
	case RESOURCE_VERSION:
		*out = sl_value_static(SLUICE_VERSION);
		break;
	case RESOURCE_FREE_MEMORY:
		*out = get_memory("MemAvailable");
		break;
	case RESOURCE_TOTAL_MEMORY:
		*out = get_memory("MemTotal");
		break;
	case RESOURCE_CPU_COUNT:
		*out = sl_value_num(sysconf(_SC_NPROCESSORS_ONLN));
		break;
	default:
		get_machine(prop, out);
	}
}

const struct sl_menu_def sl_menu_system_resource = {
    .path = "/system/resource",
    .help = "uptime, memory and processor",
    .kind = SL_MENU_SETTINGS,
    .props = resource_props,
    .n_props = RESOURCE_N,
    .open = resource_open,
    .close = resource_close,
    .get = resource_get,
};
