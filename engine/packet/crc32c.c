/* SPDX-License-Identifier: Apache-2.0 */
#include <packet/crc32c.h>

#include <isa-l/crc.h>

static uint32_t
add(uint32_t crc, const uint8_t *data, uint32_t len)
{
	/* The library does not write to what it reads. */
	return crc32_iscsi((uint8_t *)(uintptr_t)data, (int)len, crc);
}

void
sl_crc32c(const uint8_t *data, uint32_t len, uint32_t field,
    uint8_t out[SL_CRC32C_LEN])
{
	static const uint8_t zero[SL_CRC32C_LEN];
	uint32_t behind = field + SL_CRC32C_LEN;
	uint32_t crc = add(UINT32_MAX, data, field);

	crc = add(crc, zero, sizeof(zero));
	crc = ~add(crc, data + behind, len - behind);
	for (unsigned i = 0; i < SL_CRC32C_LEN; i++) /* lowest byte first */
		out[i] = (uint8_t)(crc >> (8 * i));
}
