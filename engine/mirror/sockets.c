/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/sockets.h>

#include <base/rcu.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#define WORDS (65536 / 64)

/* Everything bound to one address. */
struct group {
	uint8_t family, l4proto;
	struct sl_addr addr;
	uint64_t bits[WORDS];
};

struct snapshot {
	struct sl_rcu_head retire;
	uint32_t n_sockets, n;
	struct sl_socket *sockets; /* what it was made of, sorted */
	struct group groups[];	   /* sorted */
};

static SL_RCU_PTR(struct snapshot) current;

static void
free_snapshot(struct snapshot *s)
{
	if (s)
		free(s->sockets);
	free(s);
}

static void
reclaim(struct sl_rcu_head *head)
{
	free_snapshot(sl_container_of(head, struct snapshot, retire));
}

/* Order of groups: family, protocol, address. */
static int
compare_to(const struct sl_socket *a, uint8_t family, uint8_t l4proto,
    const struct sl_addr *addr)
{
	if (a->family != family)
		return a->family < family ? -1 : 1;
	if (a->l4proto != l4proto)
		return a->l4proto < l4proto ? -1 : 1;
	return memcmp(&a->addr, addr, sizeof(*addr));
}

static int
compare(const void *x, const void *y)
{
	const struct sl_socket *a = x, *b = y;
	int rc = compare_to(a, b->family, b->l4proto, &b->addr);

	return rc ? rc : a->port - b->port;
}

static const struct group *
find(const struct snapshot *s, const struct sl_socket *key)
{
	uint32_t lo = 0, hi = s->n;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		const struct group *g = &s->groups[mid];
		int rc = compare_to(key, g->family, g->l4proto, &g->addr);

		if (!rc)
			return g;
		if (rc < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const uint64_t *
sl_sockets_bound_rcu(
    uint8_t family, uint8_t l4proto, const struct sl_addr *addr)
{
	struct sl_socket key = {
	    .family = family, .l4proto = l4proto, .addr = *addr};
	const struct snapshot *s = sl_rcu_read(&current);
	const struct group *g;

	if (!s || (l4proto != IPPROTO_TCP && l4proto != IPPROTO_UDP))
		return NULL;
	g = find(s, &key);
	if (!g) {
		memset(&key.addr, 0, sizeof(key.addr));
		g = find(s, &key);
	}
	return g ? g->bits : NULL;
}

/* The number of different (family, protocol, address). */
static uint32_t
count_groups(const struct sl_socket *sorted, uint32_t n)
{
	uint32_t groups = 0;

	for (uint32_t i = 0; i < n; i++)
		groups += i == 0 || compare_to(&sorted[i - 1], sorted[i].family,
					sorted[i].l4proto, &sorted[i].addr);
	return groups;
}

/* All addresses stand before any: a group that begins finds its wildcard. */
static struct group *
new_group(struct snapshot *s, const struct sl_socket *of)
{
	struct sl_socket any = *of;
	const struct group *wild;
	struct group *g;

	memset(&any.addr, 0, sizeof(any.addr));
	wild = find(s, &any);
	g = &s->groups[s->n];
	if (wild)
		memcpy(g->bits, wild->bits, sizeof(g->bits));
	g->family = of->family;
	g->l4proto = of->l4proto;
	g->addr = of->addr;
	s->n++;
	return g;
}

static struct snapshot *
build(struct sl_socket *sockets, uint32_t n)
{
	uint32_t groups = count_groups(sockets, n);
	struct snapshot *s =
	    calloc(1, sizeof(*s) + groups * sizeof(s->groups[0]));
	struct group *g = NULL;

	if (!s)
		return NULL;
	s->sockets = sockets;
	s->n_sockets = n;
	for (uint32_t i = 0; i < n; i++) {
		const struct sl_socket *k = &sockets[i];

		if (!g || compare_to(k, g->family, g->l4proto, &g->addr))
			g = new_group(s, k);
		g->bits[k->port / 64] |= 1ull << (k->port % 64);
	}
	return s;
}

static bool
is_same(const struct snapshot *s, const struct sl_socket *sockets, uint32_t n)
{
	if (!s || s->n_sockets != n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (compare(&s->sockets[i], &sockets[i]))
			return false;
	return true;
}

int
sl_sockets_publish(struct sl_socket *sockets, uint32_t n)
{
	struct snapshot *s;

	if (n)
		qsort(sockets, n, sizeof(*sockets), compare);
	if (is_same(sl_rcu_own(&current), sockets, n)) {
		free(sockets);
		return 0;
	}
	s = build(sockets, n);
	if (!s) {
		free(sockets);
		return -ENOMEM;
	}
	s = sl_rcu_swap(&current, s);
	if (s)
		sl_retire(&s->retire, reclaim);
	return 0;
}

void
sl_sockets_fini(void)
{
	free_snapshot(sl_rcu_swap(&current, NULL));
}
