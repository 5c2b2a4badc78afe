/* SPDX-License-Identifier: Apache-2.0 */
/* What the loader asks of the bytes of a plugin, for files that are named. */
#include <plugin/object.h>

#include <base/rcu.h>

#include <stdio.h>

int
main(int argc, char **argv)
{
	int failed = 0;

	sl_rcu_register();
	for (int i = 1; i < argc; i++) {
		struct sl_err err = {0};
		struct sl_object *o = sl_object_open(argv[i], &err);

		if (!o) {
			fprintf(stderr, "%s\n", err.text);
			failed = 1;
		}
		sl_object_close(o);
	}
	sl_rcu_unregister();
	return failed;
}
