/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of a plugin, as a table.  The engine parses, checks ranges, reports
 * mistakes with their place and hands the plugin one filled struct.
 */
#ifndef SLUICE_OPTION_H
#define SLUICE_OPTION_H

#include <sluice/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum sl_option_type {
	SL_OPT_END = 0,
	SL_OPT_BOOL,	/* bool */
	SL_OPT_U32,	/* uint32_t, min..max */
	SL_OPT_TIME_MS, /* uint64_t milliseconds, min..max */
	SL_OPT_ENUM,	/* uint32_t, index into 'names' */
	/* Since ABI 1.1. */
	SL_OPT_PORTS, /* struct sl_option_ports; "21,2121", "" for none */
	SL_OPT_ADDR   /* struct sl_option_addr; IPv4 or IPv6, "" for none */
};

#define SL_OPTION_PORTS 15

struct sl_option_ports {
	uint16_t n;
	uint16_t port[SL_OPTION_PORTS]; /* host order, 1..65535, as said */
};

struct sl_option_addr {
	struct sl_addr addr;
	uint8_t family; /* enum sl_family; 0: none */
	uint8_t reserved[7];
};

struct sl_option {
	const char *name; /* as in the config, "loose" */
	uint32_t type;	  /* enum sl_option_type */
	uint32_t off;	  /* offsetof() in the plugin's option struct */
	const char *def;  /* default, in config syntax */
	const char *help; /* one line */
	uint64_t min, max;
	const char *const *names; /* SL_OPT_ENUM: NULL-ended */
};

#ifdef __cplusplus
}
#endif
#endif
