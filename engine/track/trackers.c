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

static struct sl_tracker ip = {
    .ops = {.name = "ip", .reasons = ip_reasons},
    .n_reasons = SL_IP_REASON_N,
};
static enum sl_track_result
ignore(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	(void)ctx;
	(void)pkt;
	(void)dir;
	(void)priv;
	(void)out;
	return SL_TRACK_IGNORE;
}

/* In slots that are not used yet, or no more: no packet is led there.  Should a
 * connection of a slot let go turn up all the same, it passes until it expires. */
static struct sl_tracker nobody = {.ops = {.name = "", .update = ignore}};

struct sl_tracker_slot sl_tracker_slots[SL_TRACKERS_MAX] = {
    [SL_TRACKER_IP] = {{&ip}},
    [1 ... SL_TRACKERS_MAX - 1] = {{&nobody}},
};
SL_ATOMIC(uint8_t) sl_tracker_map[2][256];

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
	    sl_trackers_slot(sl_trackers_find(family, l4proto));

	return t->ops.key && !t->ops.generic ? t : NULL;
}

/* What stands in the way of 'ops' in one family; NULL if nothing. */
static const struct sl_tracker *
find_rival(const struct sl_tracker_ops *ops, uint8_t family)
{
	if (!ops->generic)
		return sl_trackers_taken(family, ops->l4proto);
	for (unsigned i = 1; i < n_slots; i++) {
		const struct sl_tracker *t = sl_trackers_slot((uint8_t)i);

		if (t->ops.generic &&
		    (t->ops.families & (family == SL_IPV6 ? 2 : 1)))
			return t;
	}
	return NULL;
}

static void
map_slot(const struct sl_tracker_ops *ops, bool is_ip6, uint8_t slot)
{
	SL_ATOMIC(uint8_t) *map = sl_tracker_map[is_ip6];

	if (!ops->generic) {
		sl_store_release(&map[ops->l4proto], slot);
		return;
	}
	for (unsigned proto = 0; proto < 256; proto++)
		if (sl_load_relaxed(&map[proto]) == SL_TRACKER_NONE)
			sl_store_release(&map[proto], slot);
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

static struct sl_tracker *
make(const struct sl_tracker_ops *ops, const void *options, struct sl_err *err)
{
	struct sl_tracker *t = calloc(1, sizeof(*t));

	if (!t) {
		sl_err_sys(err, -ENOMEM, "tracker %s", ops->name);
		return NULL;
	}
	t->ops = *ops;
	t->options = options;
	t->n_timeouts = (uint8_t)count_timeouts(ops->timeouts);
	t->n_reasons = (uint8_t)count_names(ops->reasons);
	t->n_states = (uint8_t)count_names(ops->states);
	return t;
}

int
sl_trackers_prepare(
    const struct sl_tracker_ops *ops, const void *options, struct sl_err *err)
{
	struct sl_tracker *t;

	if (n_slots == SL_TRACKERS_MAX)
		return sl_err_set(err, -ENOSPC,
		    "more than %d trackers since the start",
		    SL_TRACKERS_MAX - 1);
	t = make(ops, options, err);
	if (!t)
		return -ENOMEM;
	sl_rcu_publish(&sl_tracker_slots[n_slots].tracker, t);
	return (int)n_slots++;
}

void
sl_trackers_expose(uint8_t slot)
{
	const struct sl_tracker_ops *ops = sl_trackers_ops(slot);

	for (unsigned f = 0; f < 2; f++)
		if (ops->families & (1 << f))
			map_slot(ops, f, slot);
}

bool
sl_trackers_is_led_to(uint8_t slot)
{
	for (unsigned i = 0; i < 2 * 256; i++)
		if (sl_load_relaxed(&sl_tracker_map[i / 256][i % 256]) == slot)
			return true;
	return false;
}

int
sl_trackers_add(
    const struct sl_tracker_ops *ops, const void *options, struct sl_err *err)
{
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
	rc = sl_trackers_prepare(ops, options, err);
	if (rc > 0)
		sl_trackers_expose((uint8_t)rc);
	return rc;
}

static bool
are_timeouts_same(const struct sl_timeout *a, const struct sl_timeout *b)
{
	for (; a->name && b->name; a++, b++)
		if (strcmp(a->name, b->name) != 0)
			return false;
	return !a->name && !b->name;
}

static bool
are_names_same(const char *const *a, const char *const *b)
{
	unsigned n = count_names(a);

	if (count_names(b) != n)
		return false;
	for (unsigned i = 0; i < n; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

bool
sl_trackers_is_same_layout(uint8_t slot, const struct sl_tracker_ops *b)
{
	const struct sl_tracker_ops *a = sl_trackers_ops(slot);

	return a->l4proto == b->l4proto && a->generic == b->generic &&
	       a->families == b->families && a->priv_size == b->priv_size &&
	       a->priv_version == b->priv_version &&
	       memcmp(&a->layout, &b->layout, sizeof(a->layout)) == 0 &&
	       are_timeouts_same(a->timeouts, b->timeouts) &&
	       are_names_same(a->states, b->states);
}

static void
reclaim(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct sl_tracker, head));
}

static void
swap(uint8_t slot, struct sl_tracker *t)
{
	struct sl_tracker *old =
	    sl_rcu_swap(&sl_tracker_slots[slot].tracker, t);

	sl_retire(&old->head, reclaim);
}

int
sl_trackers_replace(uint8_t slot, const struct sl_tracker_ops *ops,
    const void *options, struct sl_err *err)
{
	struct sl_tracker *t = make(ops, options, err);

	if (!t)
		return -ENOMEM;
	swap(slot, t);
	return 0;
}

void
sl_trackers_redirect(uint8_t from, uint8_t to)
{
	for (unsigned i = 0; i < 2 * 256; i++) {
		SL_ATOMIC(uint8_t) *at = &sl_tracker_map[i / 256][i % 256];

		if (sl_load_relaxed(at) == from)
			sl_store_release(at, to);
	}
}

void
sl_trackers_release(uint8_t slot)
{
	swap(slot, &nobody);
}

void
sl_trackers_clear(void)
{
	for (unsigned i = 0; i < 2 * 256; i++)
		sl_store_relaxed(
		    &sl_tracker_map[i / 256][i % 256], SL_TRACKER_NONE);
	for (unsigned i = 1; i < n_slots; i++) {
		struct sl_tracker *t =
		    sl_rcu_swap(&sl_tracker_slots[i].tracker, &nobody);

		if (t != &nobody)
			free(t);
	}
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
	const struct sl_tracker *t;

	if (slot >= SL_TRACKERS_MAX)
		return NULL;
	t = sl_trackers_slot(slot);
	return state < t->n_states ? t->ops.states[state] : NULL;
}

void
sl_trackers_count_invalid(uint8_t slot, uint8_t reason)
{
	unsigned worker =
	    sl_role_is(SL_ROLE_WORKER) ? sl_role_worker : SL_WORKERS_MAX;

	if (reason >= sl_trackers_slot(slot)->n_reasons) {
		slot = SL_TRACKER_IP;
		reason = SL_IP_REASON_TRACKER;
	}
	sl_bump_relaxed(&invalid_blocks[worker].n[slot][reason], 1);
}

const char *
sl_trackers_reason_name(uint8_t slot, uint8_t reason)
{
	const struct sl_tracker *t;

	if (slot >= SL_TRACKERS_MAX)
		return ip_reasons[SL_IP_REASON_TRACKER];
	t = sl_trackers_slot(slot);
	return reason < t->n_reasons ? t->ops.reasons[reason]
				     : ip_reasons[SL_IP_REASON_TRACKER];
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
		const struct sl_tracker *t = sl_trackers_slot((uint8_t)slot);

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
