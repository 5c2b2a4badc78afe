/* SPDX-License-Identifier: Apache-2.0 */
#include <track/trackers.h>

#include <base/atomic.h>
#include <base/role.h>

#include <errno.h>
#include <string.h>

static const char *const ip_reasons[] = {
#define X(id, name) [SL_IP_REASON_##id] = name,
    SL_IP_REASONS(X)
#undef X
	NULL,
};
_Static_assert(SL_IP_REASON_N <= SL_REASONS_MAX, "rows of a counter block");

struct sl_tracker sl_tracker_slots[SL_TRACKERS_MAX] = {
    [SL_TRACKER_IP] =
	{
	    .ops = {.name = "ip", .reasons = ip_reasons},
	    .n_reasons = SL_IP_REASON_N,
	},
};
uint8_t sl_tracker_map[2][256];

static unsigned n_slots = 1;

struct invalid_block {
	/* SL_STATS */
	SL_ALIGNED(SL_CACHE_LINE)
	SL_ATOMIC(uint64_t) n[SL_TRACKERS_MAX][SL_REASONS_MAX];
};

static struct invalid_block invalid_blocks[SL_WORKERS_MAX + 1];

static unsigned
count_names(const char *const *names)
{
	unsigned n = 0;

	while (names && names[n])
		n++;
	return n;
}

static unsigned
count_timeouts(const struct sl_timeout *timeouts)
{
	unsigned n = 0;

	while (timeouts && timeouts[n].name)
		n++;
	return n;
}

const struct sl_tracker *
sl_trackers_taken(uint8_t family, uint8_t l4proto)
{
	const struct sl_tracker *t =
	    &sl_tracker_slots[sl_trackers_find(family, l4proto)];

	return t->ops.key && !t->ops.generic ? t : NULL;
}

/* What stands in the way of 'ops' in one family; NULL if nothing. */
static const struct sl_tracker *
find_rival(const struct sl_tracker_ops *ops, uint8_t family)
{
	if (!ops->generic)
		return sl_trackers_taken(family, ops->l4proto);
	for (unsigned i = 1; i < n_slots; i++) {
		const struct sl_tracker *t = &sl_tracker_slots[i];

		if (t->ops.generic &&
		    (t->ops.families & (family == SL_IPV6 ? 2 : 1)))
			return t;
	}
	return NULL;
}

static void
map_slot(const struct sl_tracker_ops *ops, bool is_ip6, uint8_t slot)
{
	uint8_t *map = sl_tracker_map[is_ip6];

	if (!ops->generic) {
		map[ops->l4proto] = slot;
		return;
	}
	for (unsigned proto = 0; proto < 256; proto++)
		if (map[proto] == SL_TRACKER_NONE)
			map[proto] = slot;
}

static int
check(const struct sl_tracker_ops *ops, struct sl_err *err)
{
	if (!ops->name || !ops->key || !ops->open || !ops->update ||
	    !(ops->families & 3) || !count_timeouts(ops->timeouts))
		return sl_err_set(err, -EINVAL,
		    "tracker lacks a name, function, family or timeout");
	if (count_timeouts(ops->timeouts) > SL_TIMEOUTS_MAX ||
	    count_names(ops->reasons) > SL_REASONS_MAX ||
	    count_names(ops->states) > SL_STATES_MAX ||
	    ops->priv_size > SL_TRACK_PRIV_MAX)
		return sl_err_set(
		    err, -EINVAL, "tracker %s is too large", ops->name);
	if (n_slots == SL_TRACKERS_MAX)
		return sl_err_set(
		    err, -ENOSPC, "more than %d trackers", SL_TRACKERS_MAX - 1);
	return 0;
}

int
sl_trackers_add(
    const struct sl_tracker_ops *ops, const void *options, struct sl_err *err)
{
	struct sl_tracker *t;
	int rc;

	if ((rc = check(ops, err)))
		return rc;
	for (unsigned f = 0; f < 2; f++) {
		const struct sl_tracker *rival =
		    find_rival(ops, f ? SL_IPV6 : SL_IPV4);

		if ((ops->families & (1 << f)) && rival)
			return sl_err_set(err, -EEXIST,
			    "tracker %s: protocol %u of IPv%d is %s's",
			    ops->name, ops->l4proto, f ? 6 : 4,
			    rival->ops.name);
	}
	t = &sl_tracker_slots[n_slots];
	t->ops = *ops;
	t->options = options;
	t->n_timeouts = (uint8_t)count_timeouts(ops->timeouts);
	t->n_reasons = (uint8_t)count_names(ops->reasons);
	t->n_states = (uint8_t)count_names(ops->states);
	for (unsigned f = 0; f < 2; f++)
		if (ops->families & (1 << f))
			map_slot(ops, f, (uint8_t)n_slots);
	return (int)n_slots++;
}

void
sl_trackers_clear(void)
{
	memset(sl_tracker_map, 0, sizeof(sl_tracker_map));
	memset(&sl_tracker_slots[1], 0,
	    sizeof(sl_tracker_slots) - sizeof(sl_tracker_slots[0]));
	n_slots = 1;
}

unsigned
sl_trackers_count(void)
{
	return n_slots;
}

const char *
sl_trackers_state_name(uint8_t slot, uint8_t state)
{
	if (slot >= n_slots || state >= sl_tracker_slots[slot].n_states)
		return NULL;
	return sl_tracker_slots[slot].ops.states[state];
}

void
sl_trackers_count_invalid(uint8_t slot, uint8_t reason)
{
	unsigned worker =
	    sl_role_is(SL_ROLE_WORKER) ? sl_role_worker : SL_WORKERS_MAX;

	if (reason >= sl_tracker_slots[slot].n_reasons) {
		slot = SL_TRACKER_IP;
		reason = SL_IP_REASON_TRACKER;
	}
	sl_bump_relaxed(&invalid_blocks[worker].n[slot][reason], 1);
}

const char *
sl_trackers_reason_name(uint8_t slot, uint8_t reason)
{
	if (slot >= n_slots || reason >= sl_tracker_slots[slot].n_reasons)
		return ip_reasons[SL_IP_REASON_TRACKER];
	return sl_tracker_slots[slot].ops.reasons[reason];
}

static uint64_t
count_at(unsigned slot, unsigned reason)
{
	uint64_t sum = 0;

	for (unsigned w = 0; w <= SL_WORKERS_MAX; w++)
		sum += sl_load_relaxed(&invalid_blocks[w].n[slot][reason]);
	return sum;
}

bool
sl_trackers_reason_at(
    unsigned n, const char **tracker, const char **reason, uint64_t *packets)
{
	for (unsigned slot = 0; slot < n_slots; slot++) {
		const struct sl_tracker *t = &sl_tracker_slots[slot];

		if (n >= t->n_reasons) {
			n -= t->n_reasons;
			continue;
		}
		*tracker = t->ops.name;
		*reason = t->ops.reasons[n];
		*packets = count_at(slot, n);
		return true;
	}
	return false;
}
