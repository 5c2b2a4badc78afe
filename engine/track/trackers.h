/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol trackers at work, by slot, and the count of what they refuse.
 *
 * What it is.  An array of slots, each a published pointer to a tracker; a map from
 *   family and L4 protocol to a slot, with the generic tracker wherever no other
 *   is; per worker, slot and reason a counter of invalid packets.  Slot
 *   SL_TRACKER_IP is no plugin: its reasons are the engine's own.
 * Life cycle.  The plugin loader adds slots before any worker starts.  While they
 *   run, a slot may get another tracker of the same layout (_replace: connections
 *   go on with it), or its protocol may move to a new slot (_prepare, _redirect:
 *   connections finish on the old one, which is then let go: _release).
 *   sl_trackers_clear() comes after the last worker stopped.
 * Who writes.  Main or control (slots); each worker its own counters.
 * Who reads.   Anybody in a read section.
 * Ordering.    sl_rcu_publish / sl_rcu_read of a slot; a slot is published before
 *   the map names it (release, acquire).  Counters are relaxed.
 * Bounds.      SL_TRACKERS_MAX slots; a slot let go is not used again.
 */
#ifndef SL_TRACK_TRACKERS_H
#define SL_TRACK_TRACKERS_H

#include <base/error.h>
#include <base/rcu.h>
#include <sluice/tracker.h>

#define SL_TRACKERS_MAX 32
#define SL_TRACKER_NONE 0 /* sl_trackers_find(): nobody tracks that */
#define SL_TRACKER_IP	0 /* the engine's own reasons */

/* Why a packet is invalid before any tracker is asked. */
/* clang-format off */
#define SL_IP_REASONS(X)                                        \
	X(BAD_CHECKSUM,	"bad-checksum")          /* of L4 */    \
	X(FRAGMENT,	"not-reassembled")                      \
	X(NO_TRACKER,	"no-tracker")                           \
	X(TRACKER,	"tracker-failed")        /* answers nonsense */ \
	X(ERROR_QUOTE,	"icmp-error-bad-quote")  /* cut, or not sane */ \
	X(ERROR_NESTED,	"icmp-error-about-error")               \
	X(ERROR_UNKNOWN, "icmp-error-unknown")   /* no such connection */ \
	X(ERROR_ADDRESS, "icmp-error-address")   /* sent to somebody else */ \
	X(ERROR_FORGED,	"icmp-error-implausible") /* quotes what was not sent */
/* clang-format on */

enum sl_ip_reason {
#define X(id, name) SL_IP_REASON_##id,
	SL_IP_REASONS(X)
#undef X
	    SL_IP_REASON_N
};

struct sl_tracker {
	struct sl_rcu_head head;
	/* SL_CONST */
	struct sl_tracker_ops ops; /* zero where the plugin is older than us */
	const void *options;	   /* of its plugin; may be NULL */
	uint8_t n_timeouts, n_reasons, n_states;
};

struct sl_tracker_slot {
	SL_RCU_PTR(struct sl_tracker) tracker; /* never NULL */
};
extern struct sl_tracker_slot sl_tracker_slots[SL_TRACKERS_MAX];
extern SL_ATOMIC(uint8_t) sl_tracker_map[2][256];

/* Takes a tracker into a slot; 'ops' is copied, what it points to is not.
 * Returns the slot, or -EEXIST (protocol taken), -ENOSPC, -EINVAL.
 * => Role: main. */
int sl_trackers_add(
    const struct sl_tracker_ops *ops, const void *options, struct sl_err *err);

/* Would connections of 'slot' understand 'ops': the same protocol, private area,
 * states and timeouts?  => Role: main or control. */
bool sl_trackers_is_same_layout(uint8_t slot, const struct sl_tracker_ops *ops);
/* Gives 'slot' another tracker of the same layout, or other options; the former
 * is retired.  0 or -ENOMEM.  => Role: main or control. */
int sl_trackers_replace(uint8_t slot, const struct sl_tracker_ops *ops,
    const void *options, struct sl_err *err);
/* A new slot that the map does not lead to yet; the slot, -ENOSPC, -ENOMEM.
 * => Role: main or control. */
int sl_trackers_prepare(
    const struct sl_tracker_ops *ops, const void *options, struct sl_err *err);
/* Leads to 'slot' what its tracker is for; to 'to' what led to 'from'.
 * => Role: main or control. */
void sl_trackers_expose(uint8_t slot);
void sl_trackers_redirect(uint8_t from, uint8_t to);
bool sl_trackers_is_led_to(uint8_t slot);
/* No connection has the slot and the map does not lead to it: its tracker is
 * retired.  => Role: main or control. */
void sl_trackers_release(uint8_t slot);

/* Forgets all trackers.  No worker runs and no connection lives. => Role: main. */
void sl_trackers_clear(void);

/* The slot for a protocol, or SL_TRACKER_NONE. => Role: any. */
static inline uint8_t
sl_trackers_find(uint8_t family, uint8_t l4proto)
{
	return sl_load_acquire(&sl_tracker_map[family == SL_IPV6][l4proto]);
}

/* The tracker that has a protocol for itself (not the generic one), or NULL. */
const struct sl_tracker *sl_trackers_taken(uint8_t family, uint8_t l4proto);

static inline const struct sl_tracker *
sl_trackers_slot(uint8_t slot)
{
	return sl_rcu_read(&sl_tracker_slots[slot].tracker);
}

/* The ops in a slot; pointers to functions are NULL in SL_TRACKER_IP. */
static inline const struct sl_tracker_ops *
sl_trackers_ops(uint8_t slot)
{
	return &sl_trackers_slot(slot)->ops;
}

/* Slots in use, SL_TRACKER_IP included. => Role: any. */
unsigned sl_trackers_count(void);

/* Name of state 'state' of the tracker in 'slot'; NULL if it has none. */
const char *sl_trackers_state_name(uint8_t slot, uint8_t state);

/* Counts an invalid packet.  A reason the tracker does not name counts as
 * tracker-failed.  => Role: worker. */
void sl_trackers_count_invalid(uint8_t slot, uint8_t reason);

/* Row 'n' of the table of refusals: tracker, reason, packets refused; false if
 * there are no more than 'n' rows.  => Role: any. */
bool sl_trackers_reason_at(
    unsigned n, const char **tracker, const char **reason, uint64_t *packets);

/* Name of one reason, for logs. */
const char *sl_trackers_reason_name(uint8_t slot, uint8_t reason);

#endif
