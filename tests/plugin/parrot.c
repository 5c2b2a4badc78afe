/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A helper that does what the conversation tells it, for tests of who calls
 * helpers.  A line is a letter and a number, ended by \n; the number is
 * replaced by what came of it.
 *
 *	e PORT	 expect the other side to connect to PORT of who says so
 *	t PORT	 the same with every word there is
 *	o PORT	 the same of another host (refused)
 *	w PAIR	 withdraw		k MS	keep
 *	c N	 count			x N	drop the packet
 *	d N	 detach			. N	nothing
 */
#include <sluice/helper.h>
#include <sluice/plugin.h>
#include <stdio.h>
#include <string.h>

enum { CLASS_DATA };
enum { COUNT_LINE, COUNT_OTHER };

static const struct sl_expect_class classes[] = {
    [CLASS_DATA] = {"data", 3, 60 * 1000},
    {NULL},
};

static const char *const counters[] = {
    [COUNT_LINE] = "line",
    [COUNT_OTHER] = "other",
    NULL,
};

static const struct sl_port_match ports[] = {{.l4proto = 6, .port = 7000}, {0}};

/* Replaces the number of the line by the id it is seen as. */
static enum sl_help
expect(const struct sl_call *call, char verb, uint32_t off, uint32_t len,
    uint32_t number)
{
	struct sl_expect e = {
	    .size = sizeof(e),
	    .class_no = CLASS_DATA,
	    .l4proto = call->l4proto,
	    .opener = !call->dir,
	    .at = {.addr = call->tuples[call->dir].src,
		.id = sl_to_be16((uint16_t)number)},
	};
	struct sl_endpoint seen;
	char text[8];
	int n;

	if (verb == 't') {
		e.flags = SL_EXPECT_FROM | SL_EXPECT_KEEP | SL_EXPECT_TIED |
			  SL_EXPECT_EVEN;
		e.ids = 2;
		e.pair = 7;
		e.timeout_ms = 1234;
		e.helper = "parrot";
		e.from = call->tuples[call->dir].dst;
		e.from_prefix = call->family == SL_IPV6 ? 128 : 32;
	}
	if (verb == 'o')
		e.at.addr.u.b[3] ^= 1;
	if (sl_expect(call, &e, &seen))
		return SL_HELP_PASS;
	n = snprintf(text, sizeof(text), "%u",
	    (unsigned)sl_get_be16((const uint8_t *)&seen.id));
	return sl_replace(call, off, len, text, (uint32_t)n) ? SL_HELP_DROP
							     : SL_HELP_PASS;
}

static enum sl_help
one_line(const struct sl_call *call, uint32_t off, uint32_t len)
{
	const uint8_t *p = call->payload.data + off;
	uint32_t number = 0;

	if (len < 3)
		return SL_HELP_PASS;
	for (uint32_t i = 2; i < len && p[i] >= '0' && p[i] <= '9'; i++)
		number = number * 10 + (uint32_t)(p[i] - '0');
	switch (p[0]) {
	case 'e':
	case 't':
	case 'o':
		return expect(call, (char)p[0], off + 2, len - 2, number);
	case 'w':
		call->host->withdraw(call, (uint16_t)number);
		return SL_HELP_PASS;
	case 'k':
		call->host->keep(call, number);
		return SL_HELP_PASS;
	case 'c':
		sl_helper_count(call, number);
		return SL_HELP_PASS;
	case 'x':
		return SL_HELP_DROP;
	case 'd':
		return SL_HELP_DETACH;
	default:
		return SL_HELP_PASS;
	}
}

static enum sl_help
parrot_data(const struct sl_call *call)
{
	uint32_t off = 0;
	enum sl_help verdict = SL_HELP_PASS;

	while (verdict == SL_HELP_PASS && off < call->payload.len) {
		const uint8_t *p = call->payload.data + off;
		const uint8_t *end = memchr(p, '\n', call->payload.len - off);

		if (!end)
			break;
		verdict = one_line(call, off, (uint32_t)(end - p));
		off += (uint32_t)(end - p) + 1;
	}
	*call->used = off;
	return verdict;
}

static const struct sl_helper_ops parrot_ops = {
    .size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_STREAM,
    .name = "parrot",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .hold_max = 64,
    .families = 3,
    .data = parrot_data,
};

static const struct sl_helper_ops *const helpers[] = {&parrot_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "parrot",
    .version = "1.0",
    .summary = "does what the conversation says",
    .helpers = helpers,
};

SL_PLUGIN(plugin)
