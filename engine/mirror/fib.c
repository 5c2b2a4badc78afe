/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/fib.h>

#include <string.h>

struct level {
	struct sl_addr keep; /* one bits in the network part */
	uint32_t mask;	     /* slots - 1 */
	uint32_t *slots;     /* route number + 1; 0: empty */
};

struct sl_fib {
	uint8_t family;
	uint32_t n_levels;
	struct level levels[129]; /* longest prefix first */
	struct sl_fib_route routes[];
};

void
sl_addr_mask(uint8_t family, struct sl_addr *addr, unsigned len)
{
	unsigned bytes = family == SL_IPV4 ? 4 : 16;

	for (unsigned i = 0; i < bytes; i++) {
		unsigned keep = len > i * 8 ? SL_MIN(len - i * 8, 8u) : 0;

		addr->u.b[i] &= (uint8_t)(0xff00u >> keep);
	}
}

/* Nobody outside chooses routes, so a hash without key does. */
static inline uint32_t
slot_of(const struct level *level, const struct sl_addr *net)
{
	uint64_t h = net->u.q[0] * 0x9e3779b97f4a7c15ull ^
		     net->u.q[1] * 0xd6e8feb86659fd93ull;

	return (uint32_t)(h >> 32) & level->mask;
}

/* The slot that holds 'net', or the empty one where it belongs. */
static inline uint32_t *
find_slot(const struct sl_fib *fib, const struct level *level,
    const struct sl_addr *net)
{
	uint32_t i = slot_of(level, net);

	for (;; i = (i + 1) & level->mask) {
		uint32_t r = level->slots[i];

		if (!r || !memcmp(&fib->routes[r - 1].dst, net, sizeof(*net)))
			return &level->slots[i];
	}
}

static int
add_level(struct sl_fib *fib, uint8_t len, uint32_t count)
{
	struct level *level = &fib->levels[fib->n_levels];
	uint32_t size = 4;

	while (size < 2 * count)
		size *= 2;
	level->slots = calloc(size, sizeof(*level->slots));
	if (!level->slots)
		return -1;
	memset(&level->keep, 0xff, sizeof(level->keep));
	sl_addr_mask(fib->family, &level->keep, len);
	level->mask = size - 1;
	fib->n_levels++;
	return 0;
}

static void
insert(struct sl_fib *fib, struct level *level, uint32_t r)
{
	uint32_t *slot = find_slot(fib, level, &fib->routes[r].dst);

	if (!*slot || fib->routes[*slot - 1].metric > fib->routes[r].metric)
		*slot = r + 1;
}

struct sl_fib *
sl_fib_build(uint8_t family, const struct sl_fib_route *routes, uint32_t n)
{
	uint32_t count[129] = {0};
	struct level *by_len[129] = {NULL};
	struct sl_fib *fib;

	fib = calloc(1, sizeof(*fib) + (size_t)n * sizeof(fib->routes[0]));
	if (!fib)
		return NULL;
	fib->family = family;
	memcpy(fib->routes, routes, (size_t)n * sizeof(fib->routes[0]));
	for (uint32_t r = 0; r < n; r++) {
		sl_addr_mask(family, &fib->routes[r].dst, fib->routes[r].len);
		count[routes[r].len]++;
	}
	for (int len = 128; len >= 0; len--) {
		if (!count[len])
			continue;
		if (add_level(fib, (uint8_t)len, count[len])) {
			sl_fib_free(fib);
			return NULL;
		}
		by_len[len] = &fib->levels[fib->n_levels - 1];
	}
	for (uint32_t r = 0; r < n; r++)
		insert(fib, by_len[fib->routes[r].len], r);
	return fib;
}

void
sl_fib_free(struct sl_fib *fib)
{
	if (!fib)
		return;
	for (uint32_t i = 0; i < fib->n_levels; i++)
		free(fib->levels[i].slots);
	free(fib);
}

const struct sl_fib_route *
sl_fib_lookup(const struct sl_fib *fib, const struct sl_addr *dst)
{
	for (uint32_t i = 0; i < fib->n_levels; i++) {
		const struct level *level = &fib->levels[i];
		struct sl_addr net;
		uint32_t r;

		net.u.q[0] = dst->u.q[0] & level->keep.u.q[0];
		net.u.q[1] = dst->u.q[1] & level->keep.u.q[1];
		r = *find_slot(fib, level, &net);
		if (r)
			return &fib->routes[r - 1];
	}
	return NULL;
}
