/* SPDX-License-Identifier: Apache-2.0 */
#include "addrlist_fixture.h"

#include <base/clock.h>
#include <base/hash.h>
#include <base/random.h>
#include <base/role.h>
#include <rule/addrlist.h>

#include <arpa/inet.h>
#include <stdlib.h>

#define SHORTEST 16u
#define LENGTHS	 17u
#define MISSES	 0xe0000000u /* what no prefix below has */

struct prefix {
	struct sl_addr min, max;
	struct sl_addrlist_entry *entry;
};

struct alb {
	uint32_t n;
	struct sl_addrlist *list;
	struct prefix *prefixes;
	struct sl_addr hits[ALB_LOOKUPS], misses[ALB_LOOKUPS];
};

static struct sl_addr
addr(uint32_t v)
{
	return (struct sl_addr){.u.w = {htonl(v)}};
}

static void
fill(struct alb *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		unsigned len = SHORTEST + sl_random_below(LENGTHS);
		uint32_t rest = (uint32_t)(0xffffffffull >> len);
		uint32_t at = sl_random_below(MISSES) & ~rest;

		b->prefixes[i].min = addr(at);
		b->prefixes[i].max = addr(at | rest);
	}
	for (uint32_t i = 0; i < ALB_LOOKUPS; i++) {
		b->hits[i] = b->prefixes[sl_random_below(b->n)].max;
		b->misses[i] = addr(MISSES + sl_random_below(~MISSES));
	}
}

struct alb *
alb_new(uint32_t prefixes)
{
	static bool started;
	struct alb *b = calloc(1, sizeof(*b));

	if (!started) {
		sl_role_enter(SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER,
		    0, "bench");
		sl_hash_init();
		sl_clock_tick();
		sl_rcu_register();
		sl_rcu_online();
		started = true;
	}
	if (!b)
		return NULL;
	b->n = prefixes;
	b->prefixes = calloc(prefixes, sizeof(*b->prefixes));
	b->list = sl_addrlist_get(SL_IPV4, "bench");
	if (b->prefixes && b->list) {
		fill(b);
		return b;
	}
	alb_free(b);
	return NULL;
}

void
alb_free(struct alb *b)
{
	sl_addrlist_put(b->list);
	free(b->prefixes);
	free(b);
	sl_rcu_quiescent();
}

bool
alb_load(struct alb *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		struct prefix *p = &b->prefixes[i];

		p->entry = sl_addrlist_add(
		    b->list, &p->min, &p->max, SL_ADDRLIST_FOREVER, NULL);
		if (!p->entry)
			return false;
	}
	return true;
}

void
alb_unload(struct alb *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		if (b->prefixes[i].entry)
			sl_addrlist_remove(b->prefixes[i].entry);
		b->prefixes[i].entry = NULL;
	}
	sl_rcu_quiescent();
}

uint32_t
alb_look(struct alb *b, bool hit)
{
	const struct sl_addr *addrs = hit ? b->hits : b->misses;
	uint64_t now = sl_now_ns();
	uint32_t n = 0;

	for (uint32_t i = 0; i < ALB_LOOKUPS; i++)
		n += sl_addrlist_has_rcu(b->list, &addrs[i], now);
	return n;
}
