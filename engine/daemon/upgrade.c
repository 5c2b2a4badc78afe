/* SPDX-License-Identifier: Apache-2.0 */
#include <daemon/upgrade.h>

#include <menu/routing_table.h>

#include <base/log.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The mark's name, which may stand on the next line, behind a backslash. */
static bool
read_name(const char *p, char name[64])
{
	if (*p == '\\')
		p += 1 + strspn(p + 1, "\r\n \t");
	p += *p == '!';
	p += *p == '"';
	return sscanf(p, "%63[A-Za-z0-9_.-]", name) == 1;
}

static void
add_table(struct sl_model *model, const char *name)
{
	struct sl_err err = {0};

	if (sl_routing_table_number(model, name))
		return;
	if (sl_routing_table_declare(model, name, &err))
		sl_log(SL_LOG_WARNING, "system", "routing table %s: %s", name,
		    err.text);
}

static void
add_named(struct sl_model *model, const char *text)
{
	static const char key[] = "routing-mark=";
	char name[64];

	for (const char *p = text; (p = strstr(p, key));) {
		p += sizeof(key) - 1;
		if (read_name(p, name))
			add_table(model, name);
	}
}

void
sl_upgrade_add_tables(struct sl_model *model, const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t cap = 0;

	if (f && getline(&text, &cap, f) > 0 && text[0] == '#' &&
	    strstr(text, " by RouterOS 6.") &&
	    getdelim(&text, &cap, '\0', f) > 0)
		add_named(model, text);
	free(text);
	if (f)
		fclose(f);
}
