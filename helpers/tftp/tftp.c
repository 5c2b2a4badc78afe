/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TFTP (RFC 1350, options of RFC 2347): a client asks at the server's port 69, and
 * the server sends the file, or takes it, from a port of its own choice to the
 * port that asked.  Nothing of that stands in the payload, so nothing is
 * rewritten: the request alone says that a transfer comes.
 */
#include <netinet/in.h>

#include <sluice/helper.h>
#include <sluice/plugin.h>
#include <sluice/text.h>

enum { OP_READ = 1, OP_WRITE = 2, OP_LEN = 2 };

enum { CLASS_TRANSFER };

static const struct sl_expect_class classes[] = {
    [CLASS_TRANSFER] = {"transfer", 1, 5 * 60 * 1000},
    {NULL},
};

enum { COUNT_TRANSFERS, COUNT_MALFORMED, COUNT_REFUSED };

static const char *const counters[] = {
    [COUNT_TRANSFERS] = "transfers",
    [COUNT_MALFORMED] = "malformed-requests",
    [COUNT_REFUSED] = "refused-transfers",
    NULL,
};

static const struct sl_port_match ports[] = {{IPPROTO_UDP, 0, 69}, {0}};

/* Takes a string and its NUL. */
static bool
take_string(struct sl_span *at, struct sl_span *string)
{
	return sl_text_until(at, '\0', string) && sl_text_byte(at, '\0');
}

/* A file's name and a mode, then options in pairs. */
static bool
is_request(struct sl_span payload)
{
	static const char *const modes[] = {"octet", "netascii", "mail"};
	struct sl_span at = sl_text_after(payload, OP_LEN), name, mode;

	if (!take_string(&at, &name) || !name.len || !take_string(&at, &mode))
		return false;
	for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (sl_text_is(mode, modes[i]))
			return true;
	return false;
}

static enum sl_help
tftp_data(const struct sl_call *call)
{
	const struct sl_tuple *asked = &call->tuples[SL_ORIG];
	/* whoever sends from a port may be answered there, whichever it is */
	struct sl_expect e = {
	    .size = sizeof(e),
	    .class_no = CLASS_TRANSFER,
	    .l4proto = IPPROTO_UDP,
	    .flags = SL_EXPECT_PRIVILEGED,
	    .opener = SL_REPLY,
	    .at = {.addr = asked->src, .id = asked->src_id},
	};
	struct sl_endpoint seen;
	uint16_t op;

	if (call->dir != SL_ORIG || call->payload.len < OP_LEN)
		return SL_HELP_PASS;
	op = sl_get_be16(call->payload.data);
	if (op != OP_READ && op != OP_WRITE)
		return SL_HELP_PASS;
	if (!is_request(call->payload)) {
		sl_helper_count(call, COUNT_MALFORMED);
		return SL_HELP_PASS;
	}
	sl_helper_count(
	    call, sl_expect(call, &e, &seen) ? COUNT_REFUSED : COUNT_TRANSFERS);
	return SL_HELP_PASS;
}

static const struct sl_helper_ops tftp_ops = {
    .size = sizeof(struct sl_helper_ops),
    .name = "tftp",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .families = 3,
    .data = tftp_data,
};

static const struct sl_helper_ops *const helpers[] = {&tftp_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "tftp",
    .version = "1.0",
    .summary = "TFTP: the transfer comes from another port",
    .helpers = helpers,
};

SL_PLUGIN(plugin)
