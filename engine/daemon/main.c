/* SPDX-License-Identifier: Apache-2.0 */
#include <daemon/router.h>

#include <daemon/config.h>
#include <daemon/signals.h>

#include <stdio.h>

int
main(int argc, char **argv)
{
	struct sl_options options;
	struct sl_router router;
	struct sl_err err = {0};
	int status;

	switch (sl_options_parse(&options, argc, argv)) {
	case SL_OPTIONS_DONE:
		return 0;
	case SL_OPTIONS_BAD:
		return 2;
	default:
		break;
	}
	if (!sl_options_is_replay(&options) && !options.check)
		sl_signals_block();
	if (sl_router_init(&router, &options, &err)) {
		fprintf(stderr, "sluiced: %s\n", err.text);
		return 1;
	}
	if (options.check)
		status =
		    sl_config_load(router.model, options.config, true) != 0;
	else if (sl_options_is_replay(&options))
		status = sl_router_run_replay(&router);
	else
		status = sl_router_run_live(&router);
	sl_router_fini(&router);
	return status;
}
