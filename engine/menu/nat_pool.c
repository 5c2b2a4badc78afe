/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /system sluice nat-pool: the addresses that sources were translated to, and how
 * near their ports are to their end.  Ours; RouterOS has nothing like it.
 */
#include <menu/engine_menus.h>

#include <base/protocol.h>
#include <nat/claim.h>
#include <nat/pool.h>

#include <errno.h>
#include <stdio.h>

enum col { PROTOCOL, ADDRESS, PORTS, REMOTES, BUSIEST, REFUSED, COLS };

#define COUNT_FLAGS                                                            \
	(SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_COLUMN | SL_PROP_LIVE)

static const struct sl_prop props[COLS] = {
    [PROTOCOL] = {.name = "protocol",
	.type = &sl_type_name,
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_COLUMN,
	.help = "IP protocol; each has ports of its own"},
    [ADDRESS] = {.name = "address",
	.type = &sl_type_name,
	.flags = SL_PROP_READ_ONLY | SL_PROP_VIRTUAL | SL_PROP_COLUMN,
	.help = "what sources are translated to"},
    [PORTS] = {.name = "connections",
	.type = &sl_type_count,
	.flags = COUNT_FLAGS,
	.help = "connections that occupy a port of it"},
    [REMOTES] = {.name = "remotes",
	.type = &sl_type_count,
	.flags = COUNT_FLAGS,
	.help = "different remote addresses and ports they go to"},
    [BUSIEST] = {.name = "busiest",
	.type = &sl_type_count,
	.flags = COUNT_FLAGS,
	.help = "ports in use towards the one that has most; 65535 is the end"},
    [REFUSED] = {.name = "refused",
	.type = &sl_type_count,
	.flags = COUNT_FLAGS,
	.help = "choices that found no port, since start"},
};

struct line {
	struct sl_pool pool;
	struct sl_claim_tally tally;
};

static int
walk(struct sl_menu *menu, struct sl_cursor *cursor, unsigned max, sl_row_fn fn,
    void *arg)
{
	struct sl_claim_tally *tallies = calloc(SL_POOL_MAX, sizeof(*tallies));
	int more = 1;

	if (!tallies)
		return -ENOMEM;
	sl_claim_tally(tallies, SL_POOL_MAX);
	while (max-- && more) {
		uint32_t number = (uint32_t)++cursor->pos[0];
		struct line line;
		struct sl_row row = {.menu = menu, .data = &line, .id = number};

		more = sl_pool_at(number, &line.pool);
		if (!more)
			break;
		line.tally = tallies[number];
		more = fn(&row, arg);
	}
	free(tallies);
	return more;
}

static void
put_protocol(uint8_t l4proto, struct sl_value *out)
{
	const char *name = sl_protocol_name(l4proto);
	char number[4];
	int n;

	if (name) {
		*out = sl_value_static(name);
		return;
	}
	n = snprintf(number, sizeof(number), "%u", l4proto);
	sl_value_str(out, number, (size_t)n);
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct line *line = row->data;
	const struct sl_pool *pool = &line->pool;

	switch (prop) {
	case PROTOCOL:
		put_protocol(pool->l4proto, out);
		break;
	case ADDRESS:
		*out = pool->family == SL_IPV4 ? sl_value_ip4(pool->addr.u.b)
					       : sl_value_ip6(pool->addr.u.b);
		break;
	case PORTS:
		*out = sl_value_count(line->tally.ports);
		break;
	case REMOTES:
		*out = sl_value_count(line->tally.endpoints);
		break;
	case BUSIEST:
		*out = sl_value_count(line->tally.busiest);
		break;
	default:
		*out = sl_value_count(pool->refused);
		break;
	}
}

const struct sl_menu_def sl_menu_sluice_nat_pool = {
    .path = "/system/sluice/nat-pool",
    .help = "ports in use by address that sources are translated to",
    .kind = SL_MENU_ROWS,
    .props = props,
    .n_props = COLS,
    .walk = walk,
    .get = get,
};
