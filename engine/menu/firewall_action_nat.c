/* SPDX-License-Identifier: Apache-2.0 */
/* From an action that translates and its parameters to what is asked of nat/. */
#include <menu/firewall_draft.h>

#include <string.h>

/* to-addresses and to-ports into the request.  Zero, as exports of old routers
 * have it, asks for nothing. */
static void
targets(struct sl_firewall_draft *d)
{
	const struct sl_value *addr = sl_firewall_draft_get(d, FW_TO_ADDRESSES);
	const struct sl_value *ports = sl_firewall_draft_get(d, FW_TO_PORTS);
	struct sl_nat_request *nat = &d->spec->nat;

	if (addr) {
		sl_firewall_range(addr, &nat->addr_min, &nat->addr_max);
		nat->has_addr = nat->addr_max.u.q[0] || nat->addr_max.u.q[1];
	}
	if (ports && ports->span[1]) {
		nat->has_port = true;
		nat->port_min = (uint16_t)SL_MAX(ports->span[0], 1);
		nat->port_max = (uint16_t)ports->span[1];
	}
}

static void
src_nat(struct sl_firewall_draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_SRC;
	if (!d->spec->nat.has_addr && !d->spec->nat.has_port)
		sl_spec_set_reason(d->spec, "to-addresses is missing");
}

static void
dst_nat(struct sl_firewall_draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_DST;
	if (!d->spec->nat.has_addr && !d->spec->nat.has_port)
		sl_spec_set_reason(
		    d->spec, "to-addresses or to-ports is missing");
}

static void
masquerade(struct sl_firewall_draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_SRC;
	d->spec->nat.has_addr = false; /* the port's, when the time comes */
	d->spec->nat.masquerade = true;
	d->spec->nat_port_address = true;
}

/* netmap and same go by the chain they are met from. */
static void
either_side(struct sl_firewall_draft *d, enum sl_nat_way way)
{
	targets(d);
	d->spec->nat.either_side = true;
	d->spec->nat.way = (uint8_t)way;
	if (!d->spec->nat.has_addr)
		sl_spec_set_reason(d->spec, "to-addresses is missing");
}

static void
netmap(struct sl_firewall_draft *d)
{
	either_side(d, SL_NAT_NETMAP);
}

static void
same(struct sl_firewall_draft *d)
{
	const struct sl_value *v = sl_firewall_draft_get(d, FW_SAME_NOT_BY_DST);

	either_side(d, SL_NAT_SAME);
	d->spec->nat.by_remote = !v || !v->b;
}

/* In srcnat it makes mappings, in dstnat it lets anybody use them. */
static void
endpoint_independent(struct sl_firewall_draft *d)
{
	const struct sl_value *v = sl_firewall_draft_get(d, FW_RANDOMISE_PORTS);
	struct sl_nat_request *nat = &d->spec->nat;

	targets(d);
	nat->either_side = true;
	nat->way = SL_NAT_EIN;
	nat->random = v && v->b;
	nat->masquerade = d->spec->nat_port_address = !nat->has_addr;
	if ((nat->has_addr || nat->has_port || nat->random) &&
	    strcmp(d->spec->chain, "dstnat") == 0)
		sl_spec_set_reason(d->spec,
		    "to-addresses, to-ports and randomise-ports are for chain "
		    "srcnat");
}

static void
redirect(struct sl_firewall_draft *d)
{
	targets(d);
	d->spec->nat.side = SL_NAT_DST;
	d->spec->nat.has_addr = false;
	d->spec->nat_port_address = true;
}

const struct sl_firewall_act sl_firewall_acts_nat[] = {
    {"src-nat", SL_ACTION_TRANSLATE, src_nat},
    {"dst-nat", SL_ACTION_TRANSLATE, dst_nat},
    {"masquerade", SL_ACTION_TRANSLATE, masquerade},
    {"redirect", SL_ACTION_TRANSLATE, redirect},
    {"netmap", SL_ACTION_TRANSLATE, netmap},
    {"same", SL_ACTION_TRANSLATE, same},
    {"endpoint-independent-nat", SL_ACTION_TRANSLATE, endpoint_independent},
    {NULL, 0, NULL},
};
