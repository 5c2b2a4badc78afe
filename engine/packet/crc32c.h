/* SPDX-License-Identifier: Apache-2.0 */
/* The checksum of SCTP (RFC 9260, appendix A). */
#ifndef SL_PACKET_CRC32C_H
#define SL_PACKET_CRC32C_H

#include <sluice/types.h>

#define SL_CRC32C_LEN 4

/* Of 'len' bytes with the four at 'field' taken as zero, in the bytes that stand
 * there in a sound packet.  field + 4 <= len. */
void sl_crc32c(const uint8_t *data, uint32_t len, uint32_t field,
    uint8_t out[SL_CRC32C_LEN]);

#endif
