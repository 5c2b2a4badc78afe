/* SPDX-License-Identifier: Apache-2.0 */
#include <daemon/config.h>

#include <daemon/upgrade.h>
#include <menu/ethernet.h>
#include <script/session.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

/*
 * "set [find default-name=ether1] name=wan" names a netdev that may not be there
 * now: a port unplugged, or a config checked on another machine.  Such netdevs
 * are listed (flag I) before the load, so that the names given to them exist.
 */
static void
declare_netdevs(struct sl_model *model, const char *path)
{
	static const char key[] = "default-name=";
	FILE *f = fopen(path, "r");
	char *line = NULL, name[16];
	bool ethernet = false; /* the lines are about them */
	size_t cap = 0;

	while (f && getline(&line, &cap, f) >= 0) {
		const char *at = strstr(line, key);
		struct sl_err err = {0};

		if (line[0] == '/')
			ethernet = strstr(line, "ethernet") != NULL;
		if (ethernet && line[0] != '#' && at &&
		    sscanf(at + sizeof(key) - 1, "%15[A-Za-z0-9_.-]", name) ==
			1)
			sl_ethernet_declare(model, name, &err);
	}
	free(line);
	if (f)
		fclose(f);
}

static void
print_errors(const char *path, const struct sl_errors *errors)
{
	for (size_t i = 0; i < errors->n; i++) {
		const struct sl_err *e = &errors->list[i];

		if (e->place.line)
			fprintf(stderr, "%s:%u:%u: %s\n",
			    e->place.file ? e->place.file : path, e->place.line,
			    e->place.column, e->text);
		else
			fprintf(stderr, "%s: %s\n", path, e->text);
	}
	if (errors->total > errors->n)
		fprintf(stderr, "%s: and %zu more\n", path,
		    errors->total - errors->n);
}

int
sl_config_load(struct sl_model *model, const char *path, bool check)
{
	struct sl_errors errors = {0};
	struct sl_err err = {0};
	struct sl_session *session;
	int rc;

	declare_netdevs(model, path);
	sl_upgrade_add_tables(model, path);
	session = sl_session_new(model, NULL, &err);
	if (!session) {
		fprintf(stderr, "sluiced: %s\n", err.text);
		return err.code;
	}
	rc = check ? sl_session_check_file(session, path, &errors)
		   : sl_session_load_file(session, path, &errors);
	print_errors(path, &errors);
	sl_errors_fini(&errors);
	sl_session_free(session);
	return rc ? -EINVAL : 0;
}
