/* SPDX-License-Identifier: Apache-2.0 */
/* Words to describe types with, for h225.c and h245.c. */
#ifndef HELPERS_H323_ASN1_H
#define HELPERS_H323_ASN1_H

#include "per.h"

#define INT_OF(lowest, highest)                                                \
	{                                                                      \
		.kind = PER_INT, .low = (lowest), .high = (highest)            \
	}
#define OCTETS_OF(lowest, highest)                                             \
	{                                                                      \
		.kind = PER_OCTETS, .low = (lowest), .high = (highest)         \
	}
#define STRING_OF(width, lowest, highest)                                      \
	{                                                                      \
		.kind = PER_STRING, .bits = (width), .low = (lowest),          \
		.high = (highest)                                              \
	}
#define LIST_OF(type)                                                          \
	{                                                                      \
		.kind = PER_LIST, .of = &(type)                                \
	}
/* Of 'roots' fields and extensions behind; CLOSED: it cannot be extended. */
#define CHOICE_OF(roots, list)                                                 \
	{                                                                      \
		.kind = PER_CHOICE, .extensible = true, .n_root = (roots),     \
		.n = PER_COUNT(list), .fields = (list)                         \
	}
#define SEQUENCE_OF(roots, list)                                               \
	{                                                                      \
		.kind = PER_SEQUENCE, .extensible = true, .n_root = (roots),   \
		.n = PER_COUNT(list), .fields = (list)                         \
	}
#define CLOSED_CHOICE_OF(list)                                                 \
	{                                                                      \
		.kind = PER_CHOICE, .n_root = PER_COUNT(list),                 \
		.n = PER_COUNT(list), .fields = (list)                         \
	}
#define CLOSED_SEQUENCE_OF(list)                                               \
	{                                                                      \
		.kind = PER_SEQUENCE, .n_root = PER_COUNT(list),               \
		.n = PER_COUNT(list), .fields = (list)                         \
	}

#define IS(t)                                                                  \
	{                                                                      \
		&(t), false, 0                                                 \
	}
#define MAY(t)                                                                 \
	{                                                                      \
		&(t), true, 0                                                  \
	}
#define IS_FOR(t, r)                                                           \
	{                                                                      \
		&(t), false, (r)                                               \
	}
#define MAY_FOR(t, r)                                                          \
	{                                                                      \
		&(t), true, (r)                                                \
	}
#define SKIPPED                                                                \
	{                                                                      \
		NULL, true, 0                                                  \
	}

static const struct per_type null_type = {.kind = PER_NULL};
static const struct per_type bool_type = {.kind = PER_BOOL};
static const struct per_type oid_type = {.kind = PER_OID};
static const struct per_type any_octets = {.kind = PER_OCTETS};
static const struct per_type rest_type = {.kind = PER_REST};
static const struct per_type unknown_type = {.kind = PER_UNKNOWN};
static const struct per_type endpoint4 = {.kind = PER_ENDPOINT, .low = 4};
static const struct per_type endpoint6 = {.kind = PER_ENDPOINT, .low = 16};

#endif
