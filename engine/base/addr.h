/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as numbers, for ranges of them. */
#ifndef SL_BASE_ADDR_H
#define SL_BASE_ADDR_H

#include <arpa/inet.h>
#include <sluice/types.h>
#include <string.h>

/* => Role: any. */
static inline unsigned __int128
sl_addr_number(uint8_t family, const struct sl_addr *addr)
{
	unsigned __int128 v = 0;

	if (family == SL_IPV4)
		return ntohl(addr->u.w[0]);
	for (unsigned i = 0; i < 16; i++)
		v = v << 8 | addr->u.b[i];
	return v;
}

/* => Role: any. */
static inline void
sl_addr_set_number(uint8_t family, unsigned __int128 v, struct sl_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (family == SL_IPV4) {
		addr->u.w[0] = htonl((uint32_t)v);
		return;
	}
	for (unsigned i = 16; i-- > 0; v >>= 8)
		addr->u.b[i] = (uint8_t)v;
}

#endif
