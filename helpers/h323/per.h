/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading packed ASN.1 (X.691, the aligned variant) by a description of its types,
 * far enough to find transport addresses in it.
 *
 * Every length is checked against what is left; depth, elements and addresses
 * are bounded.  Extensions that a description does not know are skipped by their
 * length, as the encoding means them to be.
 */
#ifndef HELPERS_H323_PER_H
#define HELPERS_H323_PER_H

#include <sluice/types.h>

enum per_kind {
	PER_NULL,
	PER_BOOL,
	PER_INT, /* low..high */
	PER_OID,
	PER_OCTETS, /* low..high of them; high 0: any number */
	PER_STRING, /* the same, of characters of 'bits' */
	PER_CHOICE,
	PER_SEQUENCE,
	PER_LIST,     /* low..high of 'of' */
	PER_HOLDS,    /* octets that are an encoding of 'of' */
	PER_ENDPOINT, /* 'low' octets of address, two of port */
	PER_REST,     /* nothing of interest follows in this encoding */
	PER_UNKNOWN   /* a type without description: the reader gives up */
};

struct per_field;

struct per_type {
	uint8_t kind; /* enum per_kind */
	bool extensible;
	uint8_t n_root; /* fields that are no extensions */
	uint8_t n;	/* fields, extensions included */
	uint8_t bits;
	uint32_t low, high;
	const struct per_field *fields;
	const struct per_type *of;
};

struct per_field {
	const struct per_type *type; /* NULL: an extension to be skipped */
	bool optional;
	uint8_t role; /* of addresses in it; 0: as that of what it is in */
};

/* An address and port with a role. */
struct per_found {
	uint32_t off; /* in the bytes that were read */
	uint8_t role;
	uint8_t size; /* of the address: 4 or 16 */
};

#define PER_FOUND_MAX 24

struct per_findings {
	uint32_t n;
	struct per_found at[PER_FOUND_MAX];
};

/* Reads 'bytes' as 'type' and finds what has a role.  False: they are not of that
 * type, or of a part of it that has no description; nothing is to be believed. */
bool per_find(struct sl_span bytes, const struct per_type *type,
    struct per_findings *findings);

#define PER_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
