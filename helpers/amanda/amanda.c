/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Amanda, the network backup: a server asks the host to back up at udp port
 * 10080, and its answer says on which TCP ports that host will wait for the
 * server:
 *
 *	Amanda 2.6 REP HANDLE 000-40D5CB80 SEQ 1180000000
 *	CONNECT DATA 50000 MESG 50001 INDEX 50002
 *	OPTIONS features=fffffeff9ffeffff7f;
 *
 * A backup may take long to begin, so the connection is kept for five minutes
 * after each answer.
 */
#include <netinet/in.h>

#include <sluice/helper.h>
#include <sluice/plugin.h>
#include <sluice/text.h>

#define KEEP_MS (5 * 60 * 1000)

enum { CLASS_STREAM };

static const struct sl_expect_class classes[] = {
    [CLASS_STREAM] = {"stream", 4, 3 * 60 * 1000},
    {NULL},
};

enum { COUNT_STREAMS, COUNT_REFUSED, COUNT_MALFORMED };

static const char *const counters[] = {
    [COUNT_STREAMS] = "streams",
    [COUNT_REFUSED] = "refused-streams",
    [COUNT_MALFORMED] = "malformed-answers",
    NULL,
};

static const struct sl_port_match ports[] = {{IPPROTO_UDP, 0, 10080}, {0}};

/* Takes the line CONNECT of an answer, whole. */
static bool
find_connect(struct sl_span payload, struct sl_span *streams)
{
	struct sl_span at = payload, line;

	if (!sl_text_line(&at, &line) || !sl_text_take(&line, "Amanda "))
		return false;
	while (sl_text_line(&at, &line)) {
		if (!sl_text_take(&line, "CONNECT "))
			continue;
		*streams = line;
		return true;
	}
	return false;
}

static bool
is_stream(struct sl_span word)
{
	static const char *const names[] = {"DATA", "MESG", "INDEX", "STATE"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sl_text_is(word, names[i]))
			return true;
	return false;
}

/* The server will come to 'port', which stands in 'text'. */
static enum sl_help
expect_stream(const struct sl_call *call, struct sl_span text, uint16_t port)
{
	struct sl_expect e = {
	    .size = sizeof(e),
	    .class_no = CLASS_STREAM,
	    .l4proto = IPPROTO_TCP,
	    .opener = SL_ORIG,
	    .at = {.addr = call->tuples[SL_REPLY].src, .id = htons(port)},
	};
	char buf[SL_TEXT_PORT_MAX];
	struct sl_text_out out = sl_text_out(buf, sizeof(buf));
	struct sl_endpoint seen;

	if (sl_expect(call, &e, &seen)) {
		sl_helper_count(call, COUNT_REFUSED);
		return SL_HELP_PASS;
	}
	sl_helper_count(call, COUNT_STREAMS);
	if (seen.id == e.at.id)
		return SL_HELP_PASS;
	sl_text_put_port(&out, seen.id);
	return sl_replace(call, sl_text_off(call->payload, text), text.len, buf,
		   out.len)
		   ? SL_HELP_DROP
		   : SL_HELP_PASS;
}

/* "DATA 50000 MESG 50001 INDEX 50002"; port 0 is a stream that there is not. */
static enum sl_help
read_streams(const struct sl_call *call, struct sl_span at)
{
	struct sl_span name, number;
	enum sl_help help = SL_HELP_PASS;
	uint32_t port;

	sl_text_blanks(&at);
	while (help == SL_HELP_PASS && sl_text_word(&at, &name)) {
		struct sl_span rest;

		if (!sl_text_blanks(&at) || !sl_text_word(&at, &number)) {
			sl_helper_count(call, COUNT_MALFORMED);
			return SL_HELP_PASS;
		}
		sl_text_blanks(&at);
		rest = number;
		if (!sl_text_number(&rest, UINT16_MAX, &port) || rest.len) {
			sl_helper_count(call, COUNT_MALFORMED);
			return SL_HELP_PASS;
		}
		if (port && is_stream(name))
			help = expect_stream(call, number, (uint16_t)port);
	}
	return help;
}

static enum sl_help
amanda_data(const struct sl_call *call)
{
	struct sl_span streams;

	if (call->dir != SL_REPLY)
		return SL_HELP_PASS;
	call->host->keep(call, KEEP_MS);
	return find_connect(call->payload, &streams)
		   ? read_streams(call, streams)
		   : SL_HELP_PASS;
}

static const struct sl_helper_ops amanda_ops = {
    .size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_DEFAULT_OFF,
    .name = "amanda",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .families = 3,
    .data = amanda_data,
};

static const struct sl_helper_ops *const helpers[] = {&amanda_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "amanda",
    .version = "1.0",
    .summary = "Amanda: the streams of a backup",
    .helpers = helpers,
};

SL_PLUGIN(plugin)
