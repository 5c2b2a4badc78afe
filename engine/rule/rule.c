/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/rule.h>

#include <string.h>

const struct sl_reject_how sl_reject_how[SL_REJECT_N] = {
#define X(id, text, fam, t, c)                                                 \
	[SL_REJECT_##id] = {.name = text,                                      \
	    .family = fam,                                                     \
	    .type = t,                                                         \
	    .code = c,                                                         \
	    .reset = SL_REJECT_##id == SL_REJECT_TCP_RESET ||                  \
		     SL_REJECT_##id == SL_REJECT_TCP_RESET6},
    SL_REJECTS(X)
#undef X
};

static const char *const hook_names[SL_HOOK_N] = {"prerouting", "input",
    "forward", "output", "postrouting", "srcnat", "dstnat"};

#define HOOK(id) (1u << SL_HOOK_##id)
static const unsigned hooks_of[SL_TABLES] = {
    [SL_TABLE_RAW] = HOOK(PREROUTING) | HOOK(OUTPUT),
    [SL_TABLE_MANGLE] = HOOK(PREROUTING) | HOOK(INPUT) | HOOK(FORWARD) |
			HOOK(OUTPUT) | HOOK(POSTROUTING),
    [SL_TABLE_FILTER] = HOOK(INPUT) | HOOK(FORWARD) | HOOK(OUTPUT),
    [SL_TABLE_NAT] = HOOK(SRCNAT) | HOOK(DSTNAT) | HOOK(INPUT) | HOOK(OUTPUT),
};

enum sl_hook
sl_hook_by_name(enum sl_rule_table table, const char *name)
{
	for (unsigned h = 0; h < SL_HOOK_N; h++)
		if ((hooks_of[table] & (1u << h)) &&
		    strcmp(name, hook_names[h]) == 0)
			return (enum sl_hook)h;
	return SL_HOOK_N;
}
