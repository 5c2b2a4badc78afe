/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NetBIOS names over UDP (RFC 1002 §4.2): who wants to know a name asks all hosts
 * of the network, and the one that bears it answers from its own address.  For
 * what runs on the router itself (nmblookup, a browser of shares).
 */
#include <errno.h>
#include <netinet/in.h>

#include <sluice/broadcast.h>
#include <sluice/plugin.h>

enum { OFF_FLAGS = 2, FLAG_ANSWER = 0x80, HEADER = 12 };

#define ANSWER_MS (3 * 1000)

enum { CLASS_ANSWER };

static const struct sl_expect_class classes[] = {
    [CLASS_ANSWER] = {"answer", 1, ANSWER_MS},
    {NULL},
};

enum { COUNT_QUESTIONS, COUNT_REFUSED };

static const char *const counters[] = {
    [COUNT_QUESTIONS] = "questions",
    [COUNT_REFUSED] = "refused-questions",
    NULL,
};

static const struct sl_port_match ports[] = {{IPPROTO_UDP, 0, 137}, {0}};

static bool
is_question(struct sl_span payload)
{
	return payload.len >= HEADER &&
	       !(payload.data[OFF_FLAGS] & FLAG_ANSWER);
}

static enum sl_help
netbios_ns_data(const struct sl_call *call)
{
	int rc;

	if (call->dir != SL_ORIG || !is_question(call->payload))
		return SL_HELP_PASS;
	rc = sl_broadcast_expect(call, CLASS_ANSWER, ANSWER_MS);
	if (!rc)
		sl_helper_count(call, COUNT_QUESTIONS);
	else if (rc != -ENOENT)
		sl_helper_count(call, COUNT_REFUSED);
	return SL_HELP_PASS;
}

static const struct sl_helper_ops netbios_ns_ops = {
    .size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_DEFAULT_OFF,
    .name = "netbios-ns",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .families = 1, /* IPv6 has no broadcast */
    .data = netbios_ns_data,
};

static const struct sl_helper_ops *const helpers[] = {&netbios_ns_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "netbios-ns",
    .version = "1.0",
    .summary = "NetBIOS names: answers to questions to all",
    .helpers = helpers,
};

SL_PLUGIN(plugin)
