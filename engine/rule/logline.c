/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/logline.h>

#include <base/log.h>
#include <rule/live.h>
#include <rule/mark.h>
#include <rule/match.h>

#include <stdarg.h>
#include <stdio.h>

/* Text that stops growing when the buffer is full. */
struct line {
	char *buf;
	size_t len;
};

static void SL_PRINTF(2, 3) add(struct line *l, const char *fmt, ...)
{
	size_t room = SL_LOGLINE_TEXT - l->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->buf + l->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len += SL_MIN((size_t)n, room - 1);
}

/* In the order in which RouterOS writes them. */
static const struct {
	uint8_t bit;
	const char *name;
} tcp_flags[] = {
    {0x02, "SYN"},
    {0x10, "ACK"},
    {0x01, "FIN"},
    {0x04, "RST"},
    {0x08, "PSH"},
    {0x20, "URG"},
    {0x40, "ECE"},
    {0x80, "CWR"},
};

/* All others go by their numbers. */
static const struct {
	uint8_t l4proto;
	const char *name;
} protocols[] = {
    {IPPROTO_TCP, "TCP"},
    {IPPROTO_UDP, "UDP"},
    {IPPROTO_ICMP, "ICMP"},
    {IPPROTO_ICMPV6, "ICMPv6"},
};

static void
add_port_name(struct line *l, const char *word, uint16_t number)
{
	const struct sl_port *port = sl_port_by_number(number);

	add(l, "%s:%s", word, port ? port->name : "(unknown 0)");
}

static void
add_state(struct line *l, const struct sl_pkt *pkt)
{
	uint32_t bits = pkt->conn ? sl_conn_bits(pkt->conn) : 0;
	uint32_t mark = pkt->conn ? sl_load_relaxed(&pkt->conn->mark) : 0;

	if (mark)
		add(l, "connection-mark:%s ", sl_mark_name(SL_MARK_CONN, mark));
	add(l, "connection-state:%s%s%s ", sl_state_names[pkt->state],
	    bits & SL_CONN_SRCNAT ? ",snat" : "",
	    bits & SL_CONN_DSTNAT ? ",dnat" : "");
}

static void
add_mac(struct line *l, const struct sl_pkt *pkt)
{
	const uint8_t *mac = pkt->data + 6;

	if (pkt->in_port != SL_PORT_NONE && !(pkt->flags & SL_PKT_FROM_HOST))
		add(l, "src-mac %02x:%02x:%02x:%02x:%02x:%02x, ", mac[0],
		    mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static void
add_tcp_flags(struct line *l, uint8_t flags)
{
	const char *sep = "";

	add(l, " (");
	for (unsigned i = 0; i < SL_COUNT_OF(tcp_flags); i++) {
		if (flags & tcp_flags[i].bit) {
			add(l, "%s%s", sep, tcp_flags[i].name);
			sep = ",";
		}
	}
	add(l, ")");
}

static void
add_protocol(struct line *l, const struct sl_pkt *pkt, bool has_l4)
{
	const uint8_t *l4 = sl_pkt_l4(pkt);
	const char *name = NULL;

	for (unsigned i = 0; i < SL_COUNT_OF(protocols); i++)
		if (protocols[i].l4proto == pkt->l4proto)
			name = protocols[i].name;
	if (name)
		add(l, "proto %s", name);
	else
		add(l, "proto %u", pkt->l4proto);
	if (!has_l4)
		return;
	if (pkt->l4proto == IPPROTO_TCP && pkt->l4_len >= 14)
		add_tcp_flags(l, l4[13]);
	else if ((pkt->l4proto == IPPROTO_ICMP ||
		     pkt->l4proto == IPPROTO_ICMPV6) &&
		 pkt->l4_len >= 2)
		add(l, " (type %u, code %u)", l4[0], l4[1]);
}

struct endpoint {
	struct sl_addr addr;
	sl_be16 id;
};

static void
add_endpoint(struct line *l, const struct sl_pkt *pkt, const struct endpoint *e)
{
	char text[SL_ADDR_TEXT];

	sl_addr_print(pkt->family, &e->addr, text);
	if (!sl_match_has_ids(pkt))
		add(l, "%s", text);
	else if (pkt->family == SL_IPV6)
		add(l, "[%s]:%u", text, ntohs(e->id));
	else
		add(l, "%s:%u", text, ntohs(e->id));
}

/* "a", or "(a->b)" when the translation changes it. */
static void
add_change(struct line *l, const struct sl_pkt *pkt,
    const struct endpoint *from, const struct endpoint *to)
{
	if (from->id == to->id &&
	    memcmp(&from->addr, &to->addr, sizeof(from->addr)) == 0) {
		add_endpoint(l, pkt, from);
		return;
	}
	add(l, "(");
	add_endpoint(l, pkt, from);
	add(l, "->");
	add_endpoint(l, pkt, to);
	add(l, ")");
}

static void
add_nat(struct line *l, const struct sl_pkt *pkt)
{
	struct endpoint from_src, from_dst, to_src, to_dst;
	struct sl_tuple from, back;

	if (!pkt->conn ||
	    !sl_conn_has(pkt->conn, SL_CONN_SRCNAT | SL_CONN_DSTNAT))
		return;
	sl_conn_tuple(pkt->conn, pkt->dir, &from);
	sl_conn_tuple(pkt->conn, !pkt->dir, &back);
	from_src = (struct endpoint){from.src, from.src_id};
	from_dst = (struct endpoint){from.dst, from.dst_id};
	to_src = (struct endpoint){back.dst, back.dst_id};
	to_dst = (struct endpoint){back.src, back.src_id};
	add(l, "NAT ");
	add_change(l, pkt, &from_src, &to_src);
	add(l, "->");
	add_change(l, pkt, &from_dst, &to_dst);
	add(l, ", ");
}

static void
add_packet(struct line *l, const struct sl_pkt *pkt)
{
	struct endpoint src = {.id = 0}, dst = {.id = 0};

	sl_pkt_addrs(pkt, &src.addr, &dst.addr);
	if (sl_match_has_ids(pkt)) {
		src.id = sl_raw_be16(sl_pkt_l4(pkt));
		dst.id = sl_raw_be16(sl_pkt_l4(pkt) + 2);
	}
	add_endpoint(l, pkt, &src);
	add(l, "->");
	add_endpoint(l, pkt, &dst);
	add(l, ", ");
}

const char *
sl_logline_print(const char *prefix, const char *chain,
    const struct sl_pkt *pkt, bool has_state, char buf[SL_LOGLINE_TEXT])
{
	struct line l = {.buf = buf};

	buf[0] = '\0';
	add(&l, "%s%s%s: ", prefix, *prefix ? " " : "", chain);
	add_port_name(&l, "in", pkt->in_port);
	add_port_name(&l, " out", pkt->out_port);
	add(&l, ", ");
	if (has_state)
		add_state(&l, pkt);
	add_mac(&l, pkt);
	add_protocol(&l, pkt, !(pkt->flags & SL_PKT_LATER_FRAGMENT));
	add(&l, ", ");
	add_packet(&l, pkt);
	add_nat(&l, pkt);
	add(&l, "len %u", pkt->l3_len);
	return buf;
}

void
sl_logline_write(const struct sl_rule *rule, const char *chain,
    const struct sl_pkt *pkt, bool has_state)
{
	const uint64_t cost = SL_NS_PER_SEC * 64 / SL_LOGLINE_RATE;
	char text[SL_LOGLINE_TEXT];

	if (!sl_live_take(&rule->live->log, pkt->now_ns, cost, cost,
		cost * SL_LOGLINE_BURST)) {
		sl_count(SL_COUNTER_LOG_LOST, 1);
		return;
	}
	sl_log(SL_LOG_INFO, "firewall", "%s",
	    sl_logline_print(rule->log_prefix, chain, pkt, has_state, text));
}
