/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IRC (RFC 1459, 2812, tags of IRCv3) and its DCC: a client that wants to give a
 * file, or to chat, listens on a port and says so to another client in a message,
 *
 *	PRIVMSG anna :^ADCC SEND song.ogg 3232258058 5000 123456^A
 *
 * which the server passes on.  The other client, whose address nobody knows yet,
 * connects there.  The address is a number of 32 bits, or of IPv6 its text.
 *
 * Who got a part already asks "DCC RESUME file port position" and hears "DCC
 * ACCEPT" with the same: by port, so a port that changed is changed there too.
 * An offer to listen at the other side has port 0 and is none of ours.
 */
#include <netinet/in.h>

#include <sluice/helper.h>
#include <sluice/plugin.h>
#include <sluice/text.h>

enum {
	CTCP = 1,	/* begins and ends what is not for people */
	MOVED_MAX = 16, /* ports that were changed, the last ones */
	/* tags of a client (IRCv3), and a line */
	LINE_MAX_LEN = 4096 + 512
};

enum { CLASS_DCC };

static const struct sl_expect_class classes[] = {
    [CLASS_DCC] = {"dcc", 8, 5 * 60 * 1000},
    {NULL},
};

enum {
	COUNT_OFFERS,
	COUNT_REFUSED,
	COUNT_FOREIGN,
	COUNT_MALFORMED,
	COUNT_RESUMED,
	COUNT_OTHER_PROTOCOL,
	COUNT_TLS
};

static const char *const counters[] = {
    [COUNT_OFFERS] = "offers",
    [COUNT_REFUSED] = "refused-offers",
    [COUNT_FOREIGN] = "foreign-addresses",
    [COUNT_MALFORMED] = "malformed-offers",
    [COUNT_RESUMED] = "resumed",
    [COUNT_OTHER_PROTOCOL] = "other-protocol",
    [COUNT_TLS] = "starttls",
    NULL,
};

static const struct sl_port_match ports[] = {{IPPROTO_TCP, 0, 6667}, {0}};

struct moved {
	sl_be16 own, seen;
};

struct irc {
	bool speaks;	       /* the client's first line was IRC's */
	bool inside[SL_DIRS];  /* what comes next is the rest of a line */
	bool asks_tls;	       /* STARTTLS, not answered yet */
	uint8_t n_moved, next; /* entries of 'moved', and where to write */
	struct moved moved[MOVED_MAX];
};

/* Does a client begin with this word, or, if it is not whole, may it? */
static bool
is_command(struct sl_span word, bool whole)
{
	static const char *const words[] = {"CAP", "PASS", "NICK", "USER",
	    "PING", "AUTHENTICATE", "STARTTLS", "WEBIRC", "PROTOCTL"};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct sl_span command = sl_text(words[i]);

		if (!whole)
			command = sl_text_first(command, word.len);
		if (sl_text_same(word, command))
			return true;
	}
	return false;
}

/* Are these bytes, the first of a client, a line of IRC or the beginning of one?
 * A browser can be made to say any word, but then it says more: the line must
 * not be a request of HTTP.  Another protocol is not to wait for its line's end,
 * which may never come. */
static bool
may_begin(struct sl_span bytes)
{
	struct sl_span at = bytes, line = bytes, word;
	bool whole = sl_text_line(&at, &line);
	uint32_t off;

	at = line;
	if (!sl_text_word(&at, &word))
		return !whole;
	if (!is_command(word, whole || at.len))
		return false;
	sl_text_blanks(&at);
	return !sl_text_begins(at, "/") && !sl_text_find(at, "HTTP/", &off);
}

/* Takes what follows "DCC " out of a message; false: it is something else. */
static bool
find_dcc(struct sl_span line, struct sl_span *dcc)
{
	struct sl_span at = line, word;

	if (sl_text_begins(at, "@") && sl_text_word(&at, &word))
		sl_text_blanks(&at);
	if (sl_text_begins(at, ":") && sl_text_word(&at, &word))
		sl_text_blanks(&at);
	if (!sl_text_take(&at, "PRIVMSG") && !sl_text_take(&at, "NOTICE"))
		return false;
	if (!sl_text_blanks(&at) || !sl_text_word(&at, &word) ||
	    !sl_text_blanks(&at))
		return false;
	sl_text_byte(&at, ':');
	if (!sl_text_byte(&at, CTCP))
		return false;
	if (sl_text_until(&at, CTCP, &word))
		at = word;
	if (!sl_text_take(&at, "DCC") || !sl_text_blanks(&at))
		return false;
	*dcc = at;
	return true;
}

/* Takes a file's name, in quotes if it has blanks, and the blanks behind. */
static bool
skip_name(struct sl_span *at)
{
	struct sl_span name;

	if (sl_text_byte(at, '"'))
		return sl_text_until(at, '"', &name) && sl_text_byte(at, '"') &&
		       sl_text_blanks(at);
	return sl_text_word(at, &name) && sl_text_blanks(at);
}

/* Takes a port that ends where its word ends. */
static bool
take_port(struct sl_span *at, sl_be16 *port)
{
	uint32_t value;

	if (!sl_text_number(at, UINT16_MAX, &value) ||
	    (at->len && !sl_text_is_blank(at->data[0])))
		return false;
	*port = htons((uint16_t)value);
	return true;
}

static bool
take_address(struct sl_span *at, uint8_t family, struct sl_addr *addr)
{
	uint32_t value;

	memset(addr, 0, sizeof(*addr));
	if (family == SL_IPV6)
		return sl_text_ip6(at, addr) && sl_text_blanks(at);
	if (!sl_text_number(at, UINT32_MAX, &value) || !sl_text_blanks(at))
		return false;
	addr->u.w[0] = htonl(value);
	return true;
}

static void
put_address(struct sl_text_out *out, uint8_t family, const struct sl_addr *addr)
{
	if (family == SL_IPV6)
		sl_text_put_ip6(out, addr);
	else
		sl_text_put_number(out, ntohl(addr->u.w[0]));
}

/* Writes 'out' over what stands between 'from' and 'to' in the payload. */
static enum sl_help
write_over(const struct sl_call *call, struct sl_span from, struct sl_span to,
    const struct sl_text_out *out)
{
	uint32_t off = sl_text_off(call->payload, from);
	uint32_t len = sl_text_off(from, to);

	if (out->full || sl_replace(call, off, len, out->buf, out->len))
		return SL_HELP_DROP;
	return SL_HELP_PASS;
}

static enum sl_help
write_endpoint(const struct sl_call *call, struct sl_span from,
    struct sl_span to, const struct sl_endpoint *seen)
{
	char text[SL_TEXT_IP6_MAX + 1 + SL_TEXT_PORT_MAX];
	struct sl_text_out out = sl_text_out(text, sizeof(text));

	put_address(&out, call->family, &seen->addr);
	sl_text_put_byte(&out, ' ');
	sl_text_put_port(&out, seen->id);
	return write_over(call, from, to, &out);
}

static void
remember(struct irc *irc, sl_be16 own, sl_be16 seen)
{
	irc->moved[irc->next] = (struct moved){own, seen};
	irc->next = (uint8_t)((irc->next + 1) % MOVED_MAX);
	if (irc->n_moved < MOVED_MAX)
		irc->n_moved++;
}

static bool
is_same(const struct sl_addr *a, const struct sl_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* The client may say its own address or, if somebody told it, the one that it is
 * known by. */
static enum sl_help
expect_peer(const struct sl_call *call, struct sl_span from, struct sl_span to,
    const struct sl_endpoint *said)
{
	const struct sl_tuple *t = call->tuples;
	struct sl_expect e = {
	    .size = sizeof(e),
	    .class_no = CLASS_DCC,
	    .l4proto = IPPROTO_TCP,
	    .flags = SL_EXPECT_FROM, /* anybody */
	    .opener = SL_REPLY,
	    .at = {.addr = t[SL_ORIG].src, .id = said->id},
	};
	struct sl_endpoint seen;

	if (!is_same(&said->addr, &t[SL_ORIG].src) &&
	    !is_same(&said->addr, &t[SL_REPLY].dst)) {
		sl_helper_count(call, COUNT_FOREIGN);
		return SL_HELP_PASS;
	}
	if (sl_expect(call, &e, &seen)) {
		sl_helper_count(call, COUNT_REFUSED);
		return SL_HELP_PASS;
	}
	sl_helper_count(call, COUNT_OFFERS);
	if (seen.id != said->id)
		remember((struct irc *)call->priv, said->id, seen.id);
	else if (is_same(&seen.addr, &said->addr))
		return SL_HELP_PASS;
	return write_endpoint(call, from, to, &seen);
}

/* "name address port ...", of whatever is offered. */
static enum sl_help
read_offer(const struct sl_call *call, struct sl_span at)
{
	struct sl_endpoint said = {0};
	struct sl_span from;

	if (!skip_name(&at))
		goto malformed;
	from = at;
	if (!take_address(&at, call->family, &said.addr) ||
	    !take_port(&at, &said.id))
		goto malformed;
	if (!said.id)
		return SL_HELP_PASS; /* the other side will listen */
	return expect_peer(call, from, at, &said);

malformed:
	sl_helper_count(call, COUNT_MALFORMED);
	return SL_HELP_PASS;
}

/* "name port position": the port as its reader knows it. */
static enum sl_help
read_resume(const struct sl_call *call, struct sl_span at)
{
	const struct irc *irc = (const struct irc *)call->priv;
	bool outward = call->dir == SL_ORIG;
	char text[SL_TEXT_PORT_MAX];
	struct sl_text_out out = sl_text_out(text, sizeof(text));
	struct sl_span from;
	sl_be16 port;

	if (!skip_name(&at))
		return SL_HELP_PASS;
	from = at;
	if (!take_port(&at, &port))
		return SL_HELP_PASS;
	for (unsigned i = 0; i < irc->n_moved; i++) {
		const struct moved *m = &irc->moved[i];

		if (port != (outward ? m->own : m->seen))
			continue;
		sl_text_put_port(&out, outward ? m->seen : m->own);
		sl_helper_count(call, COUNT_RESUMED);
		return write_over(call, from, at, &out);
	}
	return SL_HELP_PASS;
}

/* Only the client's offers count: what comes from the server was written by
 * anybody. */
static enum sl_help
read_dcc(const struct sl_call *call, struct sl_span at)
{
	static const char *const offers[] = {
	    "SEND", "CHAT", "TSEND", "SCHAT", "MOVE"};
	struct sl_span kind;

	if (!sl_text_word(&at, &kind) || !sl_text_blanks(&at))
		return SL_HELP_PASS;
	if (call->dir == SL_REPLY)
		return sl_text_is(kind, "RESUME") ? read_resume(call, at)
						  : SL_HELP_PASS;
	if (sl_text_is(kind, "ACCEPT"))
		return read_resume(call, at);
	for (unsigned i = 0; i < sizeof(offers) / sizeof(offers[0]); i++)
		if (sl_text_is(kind, offers[i]))
			return read_offer(call, at);
	return SL_HELP_PASS;
}

/* ":server 670 nick :STARTTLS successful": what follows is not for us.  691 is
 * a refusal. */
static bool
begins_tls(struct irc *irc, struct sl_span line)
{
	struct sl_span at = line, word;

	if (sl_text_begins(at, ":") && sl_text_word(&at, &word))
		sl_text_blanks(&at);
	if (!sl_text_word(&at, &word))
		return false;
	if (sl_text_is(word, "691"))
		irc->asks_tls = false;
	return sl_text_is(word, "670");
}

static enum sl_help
read_line(const struct sl_call *call, struct sl_span line)
{
	struct irc *irc = (struct irc *)call->priv;
	struct sl_span dcc;

	if (call->dir == SL_ORIG) {
		irc->speaks = true;
		irc->asks_tls |= sl_text_is(line, "STARTTLS");
	} else if (irc->asks_tls && begins_tls(irc, line)) {
		sl_helper_count(call, COUNT_TLS);
		return SL_HELP_DETACH;
	}
	return find_dcc(line, &dcc) ? read_dcc(call, dcc) : SL_HELP_PASS;
}

/* Is a line that is not whole to wait for its rest?  The client's may be an
 * offer; the server's matter only now and then. */
static bool
must_be_whole(const struct irc *irc, uint8_t dir)
{
	return dir == SL_ORIG || irc->n_moved || irc->asks_tls;
}

static enum sl_help
irc_data(const struct sl_call *call)
{
	struct irc *irc = (struct irc *)call->priv;
	bool *inside = &irc->inside[call->dir];
	struct sl_span at = call->payload, line;
	enum sl_help help = SL_HELP_PASS;

	if (call->flags & SL_CALL_CUT)
		*inside = true;
	if (call->dir == SL_ORIG && !irc->speaks &&
	    (*inside || !may_begin(at))) {
		sl_helper_count(call, COUNT_OTHER_PROTOCOL);
		return SL_HELP_DETACH;
	}
	while (help == SL_HELP_PASS && sl_text_line(&at, &line)) {
		if (!*inside)
			help = read_line(call, line);
		*inside = false;
	}
	if (help != SL_HELP_PASS || !at.len || *inside)
		return help;
	if (must_be_whole(irc, call->dir) && !(call->flags & SL_CALL_LAST))
		*call->used = sl_text_off(call->payload, at);
	else
		*inside = true;
	return SL_HELP_PASS;
}

static const struct sl_helper_ops irc_ops = {
    .size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_STREAM | SL_HELP_DEFAULT_OFF,
    .name = "irc",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .priv_size = sizeof(struct irc),
    .hold_max = LINE_MAX_LEN,
    .families = 3,
    .data = irc_data,
};

static const struct sl_helper_ops *const helpers[] = {&irc_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "irc",
    .version = "1.0",
    .summary = "IRC: files and chats between clients (DCC)",
    .helpers = helpers,
};

SL_PLUGIN(plugin)
