/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SNMP (RFC 3411 and before): a manager that looks for agents asks all hosts of
 * the network, and each answers from its own address.  For what runs on the
 * router itself.  Addresses within the messages are left as they are.
 */
#include <errno.h>
#include <netinet/in.h>

#include <sluice/broadcast.h>
#include <sluice/plugin.h>

enum { BER_SEQUENCE = 0x30 };

#define ANSWER_MS (30 * 1000)

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

static const struct sl_port_match ports[] = {{IPPROTO_UDP, 0, 161}, {0}};

static bool
is_question(struct sl_span payload)
{
	return payload.len && payload.data[0] == BER_SEQUENCE;
}

static enum sl_help
snmp_data(const struct sl_call *call)
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

static const struct sl_helper_ops snmp_ops = {
    .size = sizeof(struct sl_helper_ops),
    .flags = SL_HELP_DEFAULT_OFF,
    .name = "snmp",
    .ports = ports,
    .classes = classes,
    .counters = counters,
    .families = 1, /* IPv6 has no broadcast */
    .data = snmp_data,
};

static const struct sl_helper_ops *const helpers[] = {&snmp_ops, NULL};

static const struct sl_plugin plugin = {
    SL_PLUGIN_FACTS,
    .name = "snmp",
    .version = "1.0",
    .summary = "SNMP: answers to questions to all",
    .helpers = helpers,
};

SL_PLUGIN(plugin)
