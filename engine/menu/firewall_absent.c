/* SPDX-License-Identifier: Apache-2.0 */
/* Why a property or an action that RouterOS has is not to be had here. */
#include <menu/firewall_draft.h>

#include <string.h>

#define BRIDGE	"frames between a bridge's ports stay in the kernel"
#define HOTSPOT "there is no hotspot gateway"
#define P2P	"the protocols it knew are gone, and RouterOS gave it up too"
#define SNIFF	"capture on the port itself, with tcpdump"
#define SOCKS	"there is no SOCKS client"

static const struct {
	const char *name, *why;
} absent[] = {
    {"in-bridge-port", BRIDGE},
    {"out-bridge-port", BRIDGE},
    {"in-bridge-port-list", BRIDGE},
    {"out-bridge-port-list", BRIDGE},
    {"hotspot", HOTSPOT},
    {"p2p", P2P},
    {"sniff-target", SNIFF},
    {"sniff-target-port", SNIFF},
    {"sniff-id", SNIFF},
    {"sniff-pc", SNIFF},
    {"sniff-tzsp", SNIFF},
    {"socksify", SOCKS},
    {"socksify-service", SOCKS},
    {"socks5-server", SOCKS},
    {"socks5-port", SOCKS},
};

void
sl_firewall_set_absent(
    struct sl_rule_spec *spec, const char *kind, const char *name)
{
	for (unsigned i = 0; i < SL_COUNT_OF(absent); i++)
		if (strcmp(absent[i].name, name) == 0)
			sl_spec_set_reason(spec, "%s%s is not supported: %s",
			    kind, name, absent[i].why);
	sl_spec_set_reason(spec, "%s%s is not supported yet", kind, name);
}
