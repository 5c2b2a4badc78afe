/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wheel: when a connection is due to be looked at.
 *
 * What it is.  1024 slots of 250 ms; one wheel per shard.  A slot is a doubly
 *   linked list of the shard's published connections, linked by 1 + ref.  A
 *   connection stands in the slot at or after its deadline as it was when it
 *   was armed, at most SL_WHEEL_SLOTS - 1 slots ahead.
 * Life cycle.  armed (sl_wheel_arm) -> taken when its slot is due
 *   (sl_wheel_pop) -> armed again, if packets moved the deadline or it lay
 *   beyond the horizon, or removed; disarmed (sl_wheel_disarm) when removed
 *   earlier.
 * Who writes.  The owner of the shard; there is no second reader or writer.
 * Who reads.   Nobody else; others read conn->deadline_ns.
 * Ordering.    None needed.
 * Bounds.      sl_wheel_pop() spends one unit of its caller's budget per
 *   connection or empty slot.  After a standstill of any length each slot is
 *   due once: at most SL_WHEEL_SLOTS empty ones.
 */
#ifndef SL_CONN_WHEEL_H
#define SL_CONN_WHEEL_H

#include <conn/slab.h>

#define SL_WHEEL_SLOTS	 1024
#define SL_WHEEL_SLOT_NS (250 * SL_NS_PER_MS)

struct sl_wheel {
	/* SL_OWNED */
	uint64_t next;			/* first slot time not done */
	uint32_t slots[SL_WHEEL_SLOTS]; /* heads: 1 + ref; 0: empty */
};

/* Everything due before 'now_ns' is done. */
void sl_wheel_init(struct sl_wheel *, uint64_t now_ns);

/* Puts 'c', which is in no slot, where its deadline belongs. => Owner only. */
void sl_wheel_arm(
    struct sl_wheel *, const struct sl_slab slabs[2], struct sl_conn *c);
/* Takes 'c' out of its slot, if it is in one.  => Owner only. */
void sl_wheel_disarm(
    struct sl_wheel *, const struct sl_slab slabs[2], struct sl_conn *c);
/* Takes out a connection whose slot is due; NULL when nothing is or *budget is
 * used up.  It need not have expired.  => Owner only. */
struct sl_conn *sl_wheel_pop(struct sl_wheel *, const struct sl_slab slabs[2],
    uint64_t now_ns, unsigned *budget);

/* Would a look at the wheel find a due slot? */
static inline bool
sl_wheel_is_due(const struct sl_wheel *wheel, uint64_t now_ns)
{
	return wheel->next <= now_ns / SL_WHEEL_SLOT_NS;
}

/* True if 'deadline_ns' comes before the slot that 'c' stands in. */
bool sl_wheel_is_late(
    const struct sl_wheel *, const struct sl_conn *c, uint64_t deadline_ns);

#endif
