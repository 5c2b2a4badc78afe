/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A helper that is wrong on purpose, as wrong.c is a tracker; without any macro a
 * good one, for TCP port 2121 of IPv4, that does nothing.
 */
#include <sluice/helper.h>
#include <sluice/plugin.h>

#ifndef WRONG_PORTS
#define WRONG_PORTS                                                            \
	{                                                                      \
		{6, 0, 2121},                                                  \
		{                                                              \
			0                                                      \
		}                                                              \
	}
#endif
#ifndef WRONG_CLASSES
#define WRONG_CLASSES                                                          \
	{                                                                      \
		{"data", 2, 60000},                                            \
		{                                                              \
			0                                                      \
		}                                                              \
	}
#endif
#ifndef WRONG_COUNTER
#define WRONG_COUNTER "refused"
#endif
#ifndef WRONG_HELPERS
#define WRONG_HELPERS                                                          \
	{                                                                      \
		&ops, 0                                                        \
	}
#endif

static enum sl_help
data(const struct sl_call *call)
{
	(void)call;
	return SL_HELP_PASS;
}

static const struct sl_port_match ports[] = WRONG_PORTS;
static const struct sl_expect_class classes[] = WRONG_CLASSES;
static const char *const counters[] = {WRONG_COUNTER, NULL};

static const struct sl_helper_ops ops = {.size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_STREAM,
    .name = "wrong",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .priv_size = 8,
    .priv_version = 1,
    .hold_max = 512,
    .families = 1,
    .data = data,
#ifdef WRONG_OP
    WRONG_OP
#endif
};

static const struct sl_helper_ops *const helpers[] = WRONG_HELPERS;

static const struct sl_plugin plugin = {SL_PLUGIN_FACTS, .name = "wrong",
    .version = "1.0", .summary = "wrong on purpose", .helpers = helpers,
#ifdef WRONG_FACT
    WRONG_FACT
#endif
};

SL_PLUGIN(plugin)
