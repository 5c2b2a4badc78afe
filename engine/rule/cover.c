/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/cover.h>

#include <base/addr.h>

#include <string.h>

/* How two sets of values lie to each other. */
struct relation {
	bool narrow_in_wide, wide_in_narrow, disjoint;
};

/* Both may be negated: the set is then all others. */
static bool
follows(const struct sl_match *wide, const struct sl_match *narrow,
    const struct relation *r)
{
	if (!narrow->negate)
		return wide->negate ? r->disjoint : r->narrow_in_wide;
	return wide->negate && r->wide_in_narrow;
}

static struct relation
relate_numbers(unsigned __int128 wide_lo, unsigned __int128 wide_hi,
    unsigned __int128 lo, unsigned __int128 hi)
{
	return (struct relation){
	    .narrow_in_wide = lo >= wide_lo && hi <= wide_hi,
	    .wide_in_narrow = wide_lo >= lo && wide_hi <= hi,
	    .disjoint = hi < wide_lo || lo > wide_hi,
	};
}

static bool
addr_follows(
    const struct sl_match *wide, const struct sl_match *narrow, uint8_t family)
{
	struct relation r =
	    relate_numbers(sl_addr_number(family, &wide->addr.min),
		sl_addr_number(family, &wide->addr.max),
		sl_addr_number(family, &narrow->addr.min),
		sl_addr_number(family, &narrow->addr.max));

	return follows(wide, narrow, &r);
}

static bool
span_follows(const struct sl_match *wide, const struct sl_match *narrow)
{
	struct relation r = relate_numbers(
	    wide->span.lo, wide->span.hi, narrow->span.lo, narrow->span.hi);

	if (wide->span.lo > wide->span.hi || narrow->span.lo > narrow->span.hi)
		return false;
	return follows(wide, narrow, &r);
}

static bool
ports_follow(const struct sl_match *wide, const struct sl_match *narrow)
{
	struct relation r = {true, true, true};

	for (unsigned i = 0; i < SL_COUNT_OF(wide->ports); i++) {
		r.narrow_in_wide &= !(narrow->ports[i] & ~wide->ports[i]);
		r.wide_in_narrow &= !(wide->ports[i] & ~narrow->ports[i]);
		r.disjoint &= !(wide->ports[i] & narrow->ports[i]);
	}
	return follows(wide, narrow, &r);
}

/* Every span of 'in' inside one of 'of'?  Merged spans, so one is enough. */
static bool
spans_in(const struct sl_match *in, const struct sl_match *of)
{
	unsigned j = 0;

	for (unsigned i = 0; i < in->n_spans; i++) {
		while (j < of->n_spans && of->spans[j].hi < in->spans[i].hi)
			j++;
		if (j == of->n_spans || of->spans[j].lo > in->spans[i].lo)
			return false;
	}
	return true;
}

static bool
spans_apart(const struct sl_match *a, const struct sl_match *b)
{
	unsigned i = 0, j = 0;

	while (i < a->n_spans && j < b->n_spans) {
		if (a->spans[i].hi < b->spans[j].lo)
			i++;
		else if (b->spans[j].hi < a->spans[i].lo)
			j++;
		else
			return false;
	}
	return true;
}

static bool
ids_follow(const struct sl_match *wide, const struct sl_match *narrow)
{
	struct relation r = {
	    .narrow_in_wide = spans_in(narrow, wide),
	    .wide_in_narrow = spans_in(wide, narrow),
	    /* one of a packet's two ports may be in each */
	    .disjoint =
		wide->kind != SL_MATCH_ANY_ID && spans_apart(wide, narrow),
	};

	return follows(wide, narrow, &r);
}

/* 'one': a packet has exactly one of the values. */
static bool
set_follows(
    const struct sl_match *wide, const struct sl_match *narrow, bool one)
{
	struct relation r = {
	    .narrow_in_wide = !(narrow->set & ~wide->set),
	    .wide_in_narrow = !(wide->set & ~narrow->set),
	    .disjoint = one && !(wide->set & narrow->set),
	};

	return follows(wide, narrow, &r);
}

/* The same value asked for, or the wider one asks for any other. */
static bool
value_follows(
    const struct sl_match *wide, const struct sl_match *narrow, bool equal)
{
	struct relation r = {equal, equal, !equal};

	return follows(wide, narrow, &r);
}

static bool
flags_follow(const struct sl_match *wide, const struct sl_match *narrow)
{
	return !wide->negate && !narrow->negate &&
	       !(wide->tcp_flags.set & ~narrow->tcp_flags.set) &&
	       !(wide->tcp_flags.clear & ~narrow->tcp_flags.clear);
}

static bool
icmp_follows(const struct sl_match *wide, const struct sl_match *narrow)
{
	struct relation r = relate_numbers(wide->icmp.code_lo,
	    wide->icmp.code_hi, narrow->icmp.code_lo, narrow->icmp.code_hi);

	return wide->icmp.type == narrow->icmp.type &&
	       follows(wide, narrow, &r);
}

/* The same list, whatever is in it. */
static bool
list_follows(const struct sl_match *wide, const struct sl_match *narrow)
{
	return wide->negate == narrow->negate && wide->list.name &&
	       narrow->list.name &&
	       strcmp(wide->list.name, narrow->list.name) == 0;
}

/* Interfaces and lists of them are both sets of ports. */
static unsigned
class_of(unsigned kind)
{
	if (kind == SL_MATCH_IN_LIST)
		return SL_MATCH_IN_PORT;
	return kind == SL_MATCH_OUT_LIST ? SL_MATCH_OUT_PORT : kind;
}

/* What rules of mangle between the two may change; those of IPv6 also addresses. */
static bool
is_changeable(const struct sl_rule_spec *rule, unsigned kind)
{
	if (rule->table != SL_TABLE_MANGLE)
		return false;
	switch (kind) {
	case SL_MATCH_SRC_ADDR:
	case SL_MATCH_DST_ADDR:
	case SL_MATCH_SRC_TYPE:
	case SL_MATCH_DST_TYPE:
	case SL_MATCH_SRC_LIST:
	case SL_MATCH_DST_LIST:
		return rule->family == SL_IPV6;
	case SL_MATCH_TTL:
	case SL_MATCH_DSCP:
	case SL_MATCH_PACKET_MARK:
	case SL_MATCH_CONN_MARK:
		return true;
	default:
		return false;
	}
}

static bool
match_follows(const struct sl_match *wide, const struct sl_match *narrow,
    const struct sl_rule_spec *rule)
{
	if (class_of(wide->kind) != class_of(narrow->kind))
		return false;
	if (is_changeable(rule, wide->kind))
		return false;
	switch (class_of(wide->kind)) {
	case SL_MATCH_SRC_ADDR:
	case SL_MATCH_DST_ADDR:
		return addr_follows(wide, narrow, rule->family);
	case SL_MATCH_IN_PORT:
	case SL_MATCH_OUT_PORT:
		return ports_follow(wide, narrow);
	case SL_MATCH_PROTOCOL:
	case SL_MATCH_TTL:
	case SL_MATCH_DSCP:
	case SL_MATCH_PACKET_SIZE:
		return span_follows(wide, narrow);
	case SL_MATCH_SRC_ID:
	case SL_MATCH_DST_ID:
	case SL_MATCH_ANY_ID:
		return ids_follow(wide, narrow);
	case SL_MATCH_SRC_TYPE:
	case SL_MATCH_DST_TYPE:
	case SL_MATCH_CONN_STATE:
		return set_follows(wide, narrow, true);
	case SL_MATCH_CONN_NAT_STATE:
		return set_follows(wide, narrow, false);
	case SL_MATCH_SRC_LIST:
	case SL_MATCH_DST_LIST:
		return list_follows(wide, narrow);
	case SL_MATCH_TCP_FLAGS:
		return flags_follow(wide, narrow);
	case SL_MATCH_ICMP:
		return icmp_follows(wide, narrow);
	case SL_MATCH_FRAGMENT:
		return value_follows(wide, narrow, wide->yes == narrow->yes);
	case SL_MATCH_SRC_MAC:
		return value_follows(
		    wide, narrow, memcmp(wide->mac, narrow->mac, 6) == 0);
	case SL_MATCH_PACKET_MARK:
	case SL_MATCH_CONN_MARK:
		return value_follows(wide, narrow, wide->mark == narrow->mark);
	default:
		return false;
	}
}

bool
sl_cover_rule(
    const struct sl_rule_spec *wide, const struct sl_rule_spec *narrow)
{
	for (unsigned i = 0; i < wide->n_matches; i++) {
		bool found = false;

		for (unsigned j = 0; j < narrow->n_matches && !found; j++)
			found = match_follows(
			    &wide->matches[i], &narrow->matches[j], wide);
		if (!found)
			return false;
	}
	return true;
}

bool
sl_cover_is_final(const struct sl_rule_spec *s)
{
	switch (s->action) {
	case SL_ACTION_ACCEPT:
	case SL_ACTION_DROP:
	case SL_ACTION_REJECT:
	case SL_ACTION_RETURN:
	case SL_ACTION_TARPIT:
		return true;
	case SL_ACTION_MANGLE:
		return !s->mangle.passthrough;
	case SL_ACTION_TRANSLATE: /* a user chain may serve both sides */
		return sl_hook_by_name(
			   (enum sl_rule_table)s->table, s->chain) != SL_HOOK_N;
	default:
		return false;
	}
}
