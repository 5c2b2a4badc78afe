/* SPDX-License-Identifier: Apache-2.0 */
#include <related/event.h>

#include <base/clock.h>
#include <base/counters.h>
#include <base/log.h>
#include <conn/conn.h>

#define PER_SECOND 50

static bool
may_say(struct sl_events *ev)
{
	uint64_t second = sl_now_ns() / SL_NS_PER_SEC;

	if (sl_likely(!sl_log_is_wanted(SL_LOG_DEBUG, "firewall")))
		return false;
	if (ev->second != second) {
		ev->second = second;
		ev->n = 0;
	}
	if (ev->n++ < PER_SECOND)
		return true;
	sl_count(SL_COUNTER_LOG_LOST, 1);
	return false;
}

void
sl_event_attached(struct sl_events *ev, const struct sl_pkt *pkt,
    const struct sl_helper *helper)
{
	char text[SL_TUPLE_TEXT];
	struct sl_tuple orig;

	if (!may_say(ev))
		return;
	sl_conn_tuple(pkt->conn, SL_ORIG, &orig);
	sl_log(SL_LOG_DEBUG, "firewall", "helper %s: follows %s",
	    sl_helpers_name(helper->number), sl_tuple_print(&orig, text));
}

void
sl_event_expected(struct sl_events *ev, const struct sl_expectation *e,
    const struct sl_helper *helper)
{
	char text[SL_TUPLE_TEXT];
	struct sl_tuple t = e->want;

	if (!may_say(ev))
		return;
	t.src = e->from;
	sl_log(SL_LOG_DEBUG, "firewall", "helper %s: expects %s (%s)",
	    sl_helpers_name(helper->number), sl_tuple_print(&t, text),
	    helper->ops.classes[e->class_no].name);
}

void
sl_event_opened(struct sl_events *ev, const struct sl_pkt *pkt)
{
	const char *name = sl_helpers_name(pkt->expected->number);
	char text[SL_TUPLE_TEXT];
	struct sl_tuple orig;

	if (!may_say(ev))
		return;
	sl_conn_tuple(pkt->conn, SL_ORIG, &orig);
	sl_log(SL_LOG_DEBUG, "firewall", "helper %s: %s was expected",
	    name ? name : "?", sl_tuple_print(&orig, text));
}
