/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings of /ip firewall connection tracking.
 *
 * What it is.  One immutable snapshot; timeouts as a table by tracker slot and
 *   row, so that a worker finds its own without a search.
 * Life cycle.  Built from the trackers' defaults by sl_track_settings_init();
 *   replaced by each set; the old one is retired.
 * Who writes.  Control.
 * Who reads.   Workers, inside a read section; control at any time.
 * Ordering.    sl_rcu_publish / sl_rcu_read.
 * Bounds.      Fixed size.
 */
#ifndef SL_TRACK_SETTINGS_H
#define SL_TRACK_SETTINGS_H

#include <base/rcu.h>
#include <track/trackers.h>

enum sl_track_enabled {
	SL_TRACK_OFF,  /* no */
	SL_TRACK_ON,   /* yes */
	SL_TRACK_AUTO, /* on for a family that has firewall rules */
};

/* Shortest and longest timeout that can be set. */
#define SL_TIMEOUT_MIN_MS 1u
#define SL_TIMEOUT_MAX_MS 4294967295u

struct sl_track_settings {
	struct sl_rcu_head head;
	uint8_t enabled;       /* enum sl_track_enabled */
	uint8_t have_rules[2]; /* IPv4, IPv6 */
	uint8_t active[2];     /* follows from the two above */
	uint8_t loose;	       /* loose-tcp-tracking */
	uint8_t liberal;       /* liberal-tcp-tracking */
	uint32_t timeout_ms[SL_TRACKERS_MAX][SL_TIMEOUTS_MAX];
};

/* Publishes the defaults of the trackers that are loaded: after the plugins,
 * before the first packet. => Role: main. */
int sl_track_settings_init(struct sl_err *err);
/* Frees the snapshot; no worker runs. => Role: main. */
void sl_track_settings_fini(void);

/* The settings in force; NULL before init.  => In a read section. */
const struct sl_track_settings *sl_track_settings_rcu(void);
/* The same for whoever may change them. => Role: control. */
const struct sl_track_settings *sl_track_settings_own(void);

static inline bool
sl_track_is_active(const struct sl_track_settings *s, uint8_t family)
{
	return s->active[family == SL_IPV6];
}

/* Each publishes a new snapshot; 0, or -ENOMEM and 'err'. => Role: control. */
int sl_track_settings_set_enabled(
    enum sl_track_enabled enabled, struct sl_err *err);
int sl_track_settings_set_loose(bool loose, struct sl_err *err);
int sl_track_settings_set_liberal(bool liberal, struct sl_err *err);
/* Tells whether a family has firewall rules (for enabled=auto). */
int sl_track_settings_set_have_rules(
    uint8_t family, bool have_rules, struct sl_err *err);

/* Timeouts by their name, which several trackers may share ("icmp-timeout").
 * -ENOENT: no tracker has it; -ERANGE.  Connections take the new value with
 * their next packet. => Role: control. */
int sl_track_settings_set_timeout(
    const char *name, uint64_t ms, struct sl_err *err);
int sl_track_settings_get_timeout(const char *name, uint32_t *ms);

/* Timeouts for a slot that takes over from another one: of its names that are
 * known already as they are, the others at their defaults. => Role: control. */
int sl_track_settings_adopt(uint8_t slot, struct sl_err *err);

struct sl_timeout_row {
	const char *name, *help;
	uint32_t ms, default_ms;
};

/* Walks all timeouts, each name once: *cursor starts at 0; false at the end.
 * => Role: control. */
bool sl_track_settings_next_timeout(
    unsigned *cursor, struct sl_timeout_row *row);

#endif
