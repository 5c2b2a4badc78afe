/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matchers that follow connections, senders and the clock: their syntax and what
 * it means.  A value is canonical text; its type has accepted it before anybody
 * reads it, so a describer need not check again.
 */
#ifndef SL_MENU_FIREWALL_FLOW_H
#define SL_MENU_FIREWALL_FLOW_H

#include <menu/model.h>

extern const struct sl_type sl_type_conn_span; /* from-to, 0: no upper bound */
/* count,length: up to the property's max */
extern const struct sl_type sl_type_conn_limit;
extern const struct sl_type sl_type_scan; /* weight,delay,low,high */
/* rate[/time],burst,mode[/expire] */
extern const struct sl_type sl_type_flow_limit;
extern const struct sl_type sl_type_nth;      /* every[,packet] */
extern const struct sl_type sl_type_pcc;      /* fields:of/share */
extern const struct sl_type sl_type_day_time; /* from-to[,days] */

/* connection-type: RouterOS's seven, and helpers that are loaded.  The value's index
 * is the helper's number less 1 (SL_CONN_HELPER_SHIFT). */
extern const struct sl_type sl_type_helper;

struct sl_flow_span {
	uint64_t lo, hi;
};
bool sl_flow_read_span(const char *text, struct sl_flow_span *out);

struct sl_flow_conns {
	uint64_t count, prefix_len;
};
bool sl_flow_read_conns(const char *text, struct sl_flow_conns *out);

struct sl_flow_scan {
	uint64_t weight, delay_ns, low, high;
};
bool sl_flow_read_scan(const char *text, struct sl_flow_scan *out);

struct sl_flow_limit {
	uint64_t rate, time_ns, burst, expire_ns;
	uint8_t fields; /* SL_FLOW_* */
};
bool sl_flow_read_limit(const char *text, struct sl_flow_limit *out);

struct sl_flow_nth {
	uint64_t every, packet;
};
bool sl_flow_read_nth(const char *text, struct sl_flow_nth *out);

struct sl_flow_pcc {
	uint8_t fields; /* SL_PCC_* */
	uint64_t of, share;
};
bool sl_flow_read_pcc(const char *text, struct sl_flow_pcc *out);

struct sl_flow_time {
	uint64_t from_ns, to_ns; /* of the day, inclusive */
	uint8_t days;		 /* 1: Sunday, 2: Monday.. */
};
bool sl_flow_read_time(const char *text, struct sl_flow_time *out);

#endif
