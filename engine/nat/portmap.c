/* SPDX-License-Identifier: Apache-2.0 */
#include <nat/portmap.h>

#include <base/random.h>
#include <conn/expect.h>
#include <mirror/mirror.h>
#include <mirror/sockets.h>
#include <nat/claim.h>
#include <nat/ein.h>
#include <nat/pool.h>

#include <errno.h>

#define SPREAD_TRIES 8u

/* An inside end has it for every remote. */
static bool
is_anybodys(const struct sl_portmap *p)
{
	struct sl_ein_end end = {p->reply->dst, p->reply->dst_id};

	return p->reply->l4proto == IPPROTO_UDP && sl_ein_count() &&
	       sl_ein_has(p->reply->family, &end, p->now_ns);
}

static bool
is_free(void *arg, uint16_t port)
{
	const struct sl_portmap *p = arg;

	p->reply->dst_id = htons(port);
	return (p->is_mapped || !is_anybodys(p)) &&
	       (p->is_reserved || !sl_expect_is_wanted_rcu(p->reply)) &&
	       sl_table_reply_is_free_rcu(p->table, p->reply, p->now_ns);
}

static bool
steers_here(const struct sl_portmap *p)
{
	return sl_tuple_owner(p->reply, sl_table_workers(p->table)) ==
	       p->worker;
}

static bool
is_mine(void *arg, uint16_t port)
{
	const struct sl_portmap *p = arg;

	p->reply->dst_id = htons(port);
	return steers_here(p);
}

static struct sl_claim
start(const struct sl_portmap *p)
{
	return (struct sl_claim){
	    .endpoint = sl_claim_endpoint(p->reply),
	    .pool = sl_pool_get(p->reply),
	    .workers = sl_table_workers(p->table),
	    .is_mine = is_mine,
	    .is_free = is_free,
	    .arg = (void *)(uintptr_t)p,
	};
}

const uint64_t *
sl_portmap_served_rcu(const struct sl_tuple *t)
{
	const uint64_t *bits =
	    sl_sockets_bound_rcu(t->family, t->l4proto, &t->dst);

	return bits && sl_mirror_is_local_rcu(t->family, &t->dst) ? bits : NULL;
}

static bool
is_in(const uint64_t *bits, uint16_t port)
{
	return bits && (bits[port / 64] >> (port % 64) & 1);
}

/* Claims that one; a connection of ours that has expired gives way. */
static int
claim_one(const struct sl_portmap *p, const struct sl_claim *c, uint16_t port)
{
	int rc = sl_claim_one(c, port);

	p->reply->dst_id = htons(port);
	if (rc == -EADDRINUSE &&
	    sl_shard_reap(
		sl_table_shard(p->table, p->worker), p->reply, p->now_ns))
		rc = sl_claim_one(c, port);
	return rc;
}

static int
claim_any(const struct sl_portmap *p, const struct sl_claim *c, uint16_t lo,
    uint16_t hi)
{
	uint16_t port;
	int rc = sl_claim_any(c, lo, hi, &port);

	if (!rc)
		p->reply->dst_id = htons(port);
	if (rc != -EADDRINUSE || hi - lo >= SL_PORTMAP_REAP)
		return rc;
	for (uint32_t i = lo; i <= hi && rc == -EADDRINUSE; i++)
		if (!is_in(c->avoid, (uint16_t)i))
			rc = claim_one(p, c, (uint16_t)i);
	return rc;
}

void
sl_portmap_class(uint16_t id, uint16_t *lo, uint16_t *hi)
{
	if (id < 512) {
		*lo = 1;
		*hi = 511;
	} else if (id < 1024) {
		*lo = 512;
		*hi = 1023;
	} else {
		*lo = 1024;
		*hi = 65535;
	}
}

int
sl_portmap_claim(const struct sl_portmap *p, uint16_t lo, uint16_t hi)
{
	struct sl_claim claim = start(p);
	uint16_t id = ntohs(p->reply->dst_id);
	int rc;

	if (lo == hi) // the one that was asked for by name
		return claim_one(p, &claim, lo);
	claim.avoid = sl_portmap_served_rcu(p->reply);
	if (p->reply->l4proto == IPPROTO_UDP && sl_ein_count())
		claim.others = sl_ein_ports(p->reply->family, &p->reply->dst);
	if (id >= lo && id <= hi && !is_in(claim.avoid, id)) {
		rc = claim_one(p, &claim, id);
		if (rc != -EADDRINUSE)
			return rc;
	}
	return claim_any(p, &claim, lo, hi);
}

int
sl_portmap_keep(const struct sl_portmap *p)
{
	struct sl_claim claim = start(p);

	return claim_one(p, &claim, ntohs(p->reply->dst_id));
}

bool
sl_portmap_occupy(const struct sl_tuple *tuple)
{
	struct sl_claim claim = {.pool = sl_pool_find(tuple)};

	if (!claim.pool)
		return false;
	claim.endpoint = sl_claim_endpoint(tuple);
	return sl_claim_one(&claim, ntohs(tuple->dst_id)) == 0;
}

void
sl_portmap_release(const struct sl_tuple *tuple)
{
	sl_claim_release(sl_claim_endpoint(tuple), ntohs(tuple->dst_id));
}

void
sl_portmap_spread(const struct sl_portmap *p, uint16_t lo, uint16_t hi)
{
	uint32_t n = (uint32_t)hi - lo + 1;
	uint16_t id = ntohs(p->reply->src_id), spare = 0;

	if (id < lo || id > hi)
		p->reply->src_id = htons((uint16_t)(lo + sl_random_below(n)));
	for (unsigned i = 0; i < SPREAD_TRIES; i++) {
		if (sl_table_reply_is_free_rcu(p->table, p->reply, p->now_ns)) {
			if (steers_here(p))
				return;
			spare = p->reply->src_id;
		}
		p->reply->src_id = htons((uint16_t)(lo + sl_random_below(n)));
	}
	if (spare)
		p->reply->src_id = spare;
}
