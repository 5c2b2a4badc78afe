/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/wheel.h>

void
sl_wheel_init(struct sl_wheel *wheel, uint64_t now_ns)
{
	*wheel = (struct sl_wheel){.next = now_ns / SL_WHEEL_SLOT_NS};
}

/* The first slot time at which 'deadline_ns' has passed, in reach. */
static uint64_t
slot_time(const struct sl_wheel *wheel, uint64_t deadline_ns)
{
	uint64_t time = deadline_ns / SL_WHEEL_SLOT_NS +
			(deadline_ns % SL_WHEEL_SLOT_NS != 0);

	/* Not 'next' itself: it may be being emptied. */
	time = SL_MAX(time, wheel->next + 1);
	return SL_MIN(time, wheel->next + SL_WHEEL_SLOTS - 1);
}

void
sl_wheel_arm(
    struct sl_wheel *wheel, const struct sl_slab slabs[2], struct sl_conn *c)
{
	uint64_t time = slot_time(wheel, sl_load_relaxed(&c->deadline_ns));
	uint32_t *head = &wheel->slots[time % SL_WHEEL_SLOTS];

	c->wheel_slot = (uint16_t)(time % SL_WHEEL_SLOTS);
	c->wheel_prev = 0;
	c->wheel_next = *head;
	if (*head)
		sl_slab_conn(slabs, *head - 1)->wheel_prev = c->ref + 1;
	*head = c->ref + 1;
}

void
sl_wheel_disarm(
    struct sl_wheel *wheel, const struct sl_slab slabs[2], struct sl_conn *c)
{
	if (c->wheel_slot == SL_CONN_NO_SLOT)
		return;
	if (c->wheel_next)
		sl_slab_conn(slabs, c->wheel_next - 1)->wheel_prev =
		    c->wheel_prev;
	if (c->wheel_prev)
		sl_slab_conn(slabs, c->wheel_prev - 1)->wheel_next =
		    c->wheel_next;
	else
		wheel->slots[c->wheel_slot] = c->wheel_next;
	c->wheel_slot = SL_CONN_NO_SLOT;
	c->wheel_next = 0;
	c->wheel_prev = 0;
}

struct sl_conn *
sl_wheel_pop(struct sl_wheel *wheel, const struct sl_slab slabs[2],
    uint64_t now_ns, unsigned *budget)
{
	uint64_t now = now_ns / SL_WHEEL_SLOT_NS;
	struct sl_conn *c;

	/* After a long standstill all slots are due, each of them once. */
	if (now >= wheel->next + SL_WHEEL_SLOTS)
		wheel->next = now - SL_WHEEL_SLOTS + 1;
	while (wheel->next <= now && *budget > 0) {
		uint32_t head = wheel->slots[wheel->next % SL_WHEEL_SLOTS];

		(*budget)--;
		if (!head) {
			wheel->next++;
			continue;
		}
		c = sl_slab_conn(slabs, head - 1);
		if (c->wheel_next)
			sl_prefetch_write(
			    sl_slab_conn(slabs, c->wheel_next - 1));
		sl_wheel_disarm(wheel, slabs, c);
		return c;
	}
	return NULL;
}

bool
sl_wheel_is_late(
    const struct sl_wheel *wheel, const struct sl_conn *c, uint64_t deadline_ns)
{
	uint64_t ahead = (c->wheel_slot - wheel->next) % SL_WHEEL_SLOTS;

	return slot_time(wheel, deadline_ns) < wheel->next + ahead;
}
