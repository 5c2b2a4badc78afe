/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bench/parse.cc measures, in plain C: frames that stay in the cache, so
 * that the figures are those of the instructions and not of memory.
 */
#ifndef BENCH_PARSE_FIXTURE_H
#define BENCH_PARSE_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pb_frame {
	PB_TCP4,
	PB_TCP6,
	PB_TCP6_EXTENSIONS, /* hop-by-hop and destination options */
	PB_VLAN_UDP4,
	PB_GSO_TCP4, /* 64 KiB, partial checksum */
};

struct pb;

/* NULL if memory is refused. */
struct pb *pb_new(enum pb_frame frame);
void pb_free(struct pb *);
uint32_t pb_frame_len(const struct pb *);

bool pb_parse(struct pb *);

/* Parse done before; there and back, so that the frame stays the same. */
void pb_rewrite_twice(struct pb *);
void pb_rewrite_masked_twice(struct pb *);
bool pb_csum_ok(struct pb *);

/* A folded sum over 'len' bytes; the engine's, and two bytes at a time. */
uint16_t pb_sum(const uint8_t *data, uint32_t len);
uint16_t pb_sum_plain(const uint8_t *data, uint32_t len);

#ifdef __cplusplus
}
#endif
#endif
