/* SPDX-License-Identifier: Apache-2.0 */
/* The plugin that $SLUICE_FUZZ_PLUGIN names. */
#ifndef SL_FUZZ_PLUGIN_H
#define SL_FUZZ_PLUGIN_H

#include <sluice/plugin.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline const struct sl_plugin *
plugin_under_test(void)
{
	const char *path = getenv("SLUICE_FUZZ_PLUGIN");
	void *handle = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	void *symbol = handle ? dlsym(handle, "sl_plugin_query") : NULL;
	sl_plugin_query_fn query;

	if (!symbol) {
		fprintf(stderr, "SLUICE_FUZZ_PLUGIN: %s\n",
		    path ? dlerror() : "not set");
		abort();
	}
	memcpy(&query, &symbol, sizeof(query));
	return query();
}

#endif
