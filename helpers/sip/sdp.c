/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Session descriptions (RFC 8866, RFC 3264): where the sender listens.  Each
 * medium is expected from the other end, RTP with the RTCP behind it, and stays
 * expected until the call is over: on hold, in later offers, from another port.
 * Nobody is expected at an address that is on hold (0.0.0.0), and an address that
 * is not the sender's counts only if media need not be direct.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include "talk.h"

enum {
	MEDIA_MAX = 8,
	STREAMS_MAX = 8, /* "m=video 4000/4": of one medium */
};

/* "c=" or the end of "o=" or "a=rtcp:". */
struct where {
	struct sl_span text;
	struct sl_addr addr; /* what it says */
	bool is_known;	     /* it says an address of our family */
	bool is_told;
	struct sl_addr told; /* what the other end must read */
};

struct medium {
	struct sl_span port_text, rtcp_text;
	uint32_t port, rtcp; /* 0: refused, or not written */
	uint32_t streams;
	uint8_t l4proto;
	bool is_rtp;
	struct where where, rtcp_where;
};

struct sdp {
	struct where origin, where;
	struct medium media[MEDIA_MAX];
	uint32_t n;
};

/* "IN IP4 192.0.2.1" */
static void
read_where(struct sl_span at, uint8_t family, struct where *where)
{
	if (!sl_text_take(&at, "IN") || !sl_text_blanks(&at) ||
	    !sl_text_take(&at, family == SL_IPV6 ? "IP6" : "IP4") ||
	    !sl_text_blanks(&at))
		return;
	where->text = at;
	where->is_known = sl_text_addr(&at, family, &where->addr) &&
			  (!at.len || sl_text_is_blank(at.data[0]));
	where->text.len -= at.len;
}

/* "o=name id version IN IP4 192.0.2.1" */
static void
read_origin(struct sl_span at, uint8_t family, struct where *where)
{
	struct sl_span word;

	for (int i = 0; i < 3; i++)
		if (!sl_text_word(&at, &word) || !sl_text_blanks(&at))
			return;
	read_where(at, family, where);
}

/* "m=audio 4000/1 RTP/AVP 0 8"; false: not a medium that can be followed. */
static void
read_medium(struct sl_span at, struct medium *m)
{
	struct sl_span word, digits;
	uint32_t off;

	*m = (struct medium){.streams = 1, .l4proto = IPPROTO_UDP};
	if (!sl_text_word(&at, &word) || !sl_text_blanks(&at))
		return;
	digits = at;
	if (!sl_text_number(&at, UINT16_MAX, &m->port))
		return;
	m->port_text = sl_text_first(digits, sl_text_off(digits, at));
	if (sl_text_byte(&at, '/') &&
	    (!sl_text_number(&at, STREAMS_MAX, &m->streams) || !m->streams))
		m->port = 0;
	if (!sl_text_blanks(&at) || !sl_text_word(&at, &word))
		m->port = 0;
	if (sl_text_begins(word, "TCP"))
		m->l4proto = IPPROTO_TCP;
	m->is_rtp = sl_text_find(word, "RTP/", &off);
}

/* "a=rtcp:4001", "a=rtcp:4001 IN IP4 192.0.2.1" */
static void
read_rtcp(struct sl_span at, uint8_t family, struct medium *m)
{
	struct sl_span digits = at;

	if (!sl_text_number(&at, UINT16_MAX, &m->rtcp))
		return;
	m->rtcp_text = sl_text_first(digits, sl_text_off(digits, at));
	sl_text_blanks(&at);
	read_where(at, family, &m->rtcp_where);
}

/* False: more media than can be followed. */
static bool
read_sdp(struct sl_span at, uint8_t family, struct sdp *sdp)
{
	struct medium *m = NULL;
	struct sl_span line;

	for (; at.len; line.len = 0) {
		if (!sl_text_line(&at, &line)) {
			line = at;
			at.len = 0;
		}
		if (sl_text_take(&line, "m=")) {
			if (sdp->n == MEDIA_MAX)
				return false;
			m = &sdp->media[sdp->n++];
			read_medium(line, m);
		} else if (sl_text_take(&line, "c=")) {
			read_where(line, family, m ? &m->where : &sdp->where);
		} else if (!m && sl_text_take(&line, "o=")) {
			read_origin(line, family, &sdp->origin);
		} else if (m && sl_text_take(&line, "a=rtcp:")) {
			read_rtcp(line, family, m);
		}
	}
	return true;
}

static struct where *
where_of(struct sdp *sdp, struct medium *m)
{
	return m->where.text.len ? &m->where : &sdp->where;
}

static bool
is_hold(const struct where *where)
{
	static const struct sl_addr nowhere;

	return where->is_known &&
	       !memcmp(&where->addr, &nowhere, sizeof(nowhere));
}

static bool
may_expect(struct sip_talk *talk, const struct where *where)
{
	if (!where->is_known || is_hold(where))
		return false;
	if (sip_talk_is_host(talk, SIP_SENDER, &where->addr) ||
	    !talk->options->direct_media)
		return true;
	sl_helper_count(talk->call, SIP_COUNT_THIRD_PARTY);
	return false;
}

/* 'ids' ports from 'port': 0, and where the other end is told to send. */
static int
expect_ports(struct sip_talk *talk, const struct medium *m, struct where *where,
    uint32_t port, uint32_t ids, uint16_t pair, struct sl_endpoint *seen)
{
	struct sl_expect e = {
	    .size = sizeof(e),
	    .class_no = SIP_CLASS_MEDIA,
	    .l4proto = m->l4proto,
	    .flags = SL_EXPECT_KEEP,
	    .opener = !talk->call->dir,
	    .ids = (uint8_t)ids,
	    .pair = pair,
	    .timeout_ms = (uint32_t)talk->options->timeout_ms,
	    .at = {.addr = where->addr, .id = htons((uint16_t)port)},
	};
	int rc;

	if (ids > 1 && port % 2 == 0)
		e.flags |= SL_EXPECT_EVEN;
	if (!talk->options->direct_media)
		e.flags |= SL_EXPECT_THIRD_PARTY | SL_EXPECT_FROM;
	rc = sip_talk_expect(talk, &e, seen);
	if (!rc) {
		where->is_told = true;
		where->told = seen->addr;
	}
	return rc;
}

/* RTCP that is not behind its RTP. */
static void
expect_rtcp(
    struct sip_talk *talk, struct sdp *sdp, struct medium *m, uint16_t pair)
{
	struct where *where =
	    m->rtcp_where.text.len ? &m->rtcp_where : where_of(sdp, m);
	struct sl_endpoint seen;

	if (may_expect(talk, where) &&
	    !expect_ports(talk, m, where, m->rtcp, 1, pair, &seen))
		sip_talk_replace_number(talk, m->rtcp_text, ntohs(seen.id));
}

static void
expect_medium(
    struct sip_talk *talk, struct sdp *sdp, struct medium *m, uint16_t pair)
{
	struct where *where = where_of(sdp, m);
	/* -1: behind it, 0: in one with it */
	bool is_apart = m->rtcp && m->rtcp - m->port > 1;
	uint32_t ids = m->streams * (m->is_rtp && !is_apart ? 2 : 1);
	struct sl_endpoint seen;

	if (!m->port || !may_expect(talk, where) ||
	    expect_ports(talk, m, where, m->port, ids, pair, &seen))
		return;
	sip_talk_replace_number(talk, m->port_text, ntohs(seen.id));
	if (is_apart)
		expect_rtcp(talk, sdp, m, pair);
	else if (m->rtcp)
		sip_talk_replace_number(
		    talk, m->rtcp_text, ntohs(seen.id) + m->rtcp - m->port);
}

/* The sender's own address, and what was told of another one. */
static void
translate_where(struct sip_talk *talk, struct where *where)
{
	struct sl_endpoint own = sip_talk_read(talk, SIP_SENDER);
	char text[SL_TEXT_IP6_MAX];
	struct sl_text_out out = sl_text_out(text, sizeof(text));

	if (!where->is_known)
		return;
	if (!where->is_told) {
		if (!sip_talk_is_host(talk, SIP_SENDER, &where->addr))
			return;
		where->told = own.addr;
	}
	if (!memcmp(&where->told, &where->addr, sizeof(where->addr)))
		return;
	sl_text_put_addr(&out, talk->call->family, &where->told);
	sip_talk_replace(talk, where->text, &out);
}

static bool
may_describe_media(const struct sip_message *msg)
{
	return msg->status < 300 && msg->method <= SIP_UPDATE;
}

/*
 * All that one side of a call announces has one pair, whatever later offers say:
 * ports that stay are renewed and keep what the other end knows them by, and
 * those that an offer leaves behind end with the call.
 */
static void
expect_media(struct sip_talk *talk, struct sdp *sdp)
{
	uint8_t dir = talk->call->dir;
	struct sip_call *call = sip_state_call(talk->state, talk->msg.call);

	if (!call)
		call = sip_state_new_call(talk->state, talk->msg.call);
	if (!call->pair[dir])
		call->pair[dir] = sip_state_pair(talk->state);
	for (uint32_t i = 0; i < sdp->n; i++)
		expect_medium(talk, sdp, &sdp->media[i], call->pair[dir]);
}

void
sip_sdp_translate(struct sip_talk *talk)
{
	struct sdp sdp = {.n = 0};

	if (!talk->msg.has_sdp || !may_describe_media(&talk->msg))
		return;
	if (!read_sdp(talk->msg.body, talk->call->family, &sdp)) {
		sl_helper_count(talk->call, SIP_COUNT_TOO_MANY_MEDIA);
		return;
	}
	if (talk->msg.call)
		expect_media(talk, &sdp);
	translate_where(talk, &sdp.origin);
	translate_where(talk, &sdp.where);
	for (uint32_t i = 0; i < sdp.n; i++) {
		translate_where(talk, &sdp.media[i].where);
		translate_where(talk, &sdp.media[i].rtcp_where);
	}
}

void
sip_sdp_end(struct sip_talk *talk)
{
	struct sip_call *call = sip_state_call(talk->state, talk->msg.call);

	if (!call)
		return;
	for (int dir = 0; dir < SL_DIRS; dir++)
		if (call->pair[dir])
			talk->call->host->withdraw(talk->call, call->pair[dir]);
	*call = (struct sip_call){0};
}
