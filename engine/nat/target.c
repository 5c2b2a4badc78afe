/* SPDX-License-Identifier: Apache-2.0 */
#include <nat/target.h>

#include <base/addr.h>
#include <base/hash.h>

typedef unsigned __int128 u128;

/* Further addresses of a pool that are tried when one has no port left. */
#define ADDRS_MAX 8

/* Addresses from first to last; 0: all of IPv6. */
static u128
size_of(const struct sl_nat_request *req, uint8_t family)
{
	return sl_addr_number(family, &req->addr_max) -
	       sl_addr_number(family, &req->addr_min) + 1;
}

unsigned
sl_target_count(const struct sl_nat_request *req, uint8_t family)
{
	u128 size;

	if (!req->has_addr || req->way != SL_NAT_POOL)
		return 1;
	size = size_of(req, family);
	return size && size < ADDRS_MAX ? (unsigned)size : ADDRS_MAX;
}

/* Where in a block of 'size' that starts at 'min' an address has its place: so
 * many steps on, in blocks of that size laid end to end. */
static u128
place_in_block(u128 addr, u128 min, u128 size)
{
	u128 at = addr % size, start = min % size;

	return at >= start ? at - start : at + (size - start);
}

static u128
hash_of(const struct sl_nat_request *req, const struct sl_target_of *of)
{
	uint64_t w[4] = {of->client.u.q[0], of->client.u.q[1],
	    of->remote.u.q[0], of->remote.u.q[1]};

	return sl_hash_words(w, req->by_remote ? 4 : 2);
}

void
sl_target_addr(const struct sl_nat_request *req, const struct sl_target_of *of,
    unsigned nth, struct sl_addr *out)
{
	u128 min = sl_addr_number(of->family, &req->addr_min);
	u128 size = size_of(req, of->family);
	u128 at = 0;

	switch (req->way) {
	case SL_NAT_NETMAP:
		if (!size) { /* every address is in its place */
			*out = of->was;
			return;
		}
		at = place_in_block(
		    sl_addr_number(of->family, &of->was), min, size);
		break;
	default: /* size 0: whatever the number, it is inside */
		at = hash_of(req, of) + nth;
		at = size ? at % size : at;
		break;
	}
	sl_addr_set_number(of->family, min + at, out);
}
