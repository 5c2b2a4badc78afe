/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of a classifier, for those who build (class_build) and who walk
 * it (classify).  Private to rule/.
 *
 * On each axis the rules' ends part the values into elementary spans, numbered
 * from 0: the ranks.  A packet's value becomes its rank by one search an axis;
 * all nodes speak of ranks.
 */
#ifndef SL_RULE_CLASS_TREE_H
#define SL_RULE_CLASS_TREE_H

#include <stddef.h>
#include <stdint.h>

enum sl_class_axis {
	SL_CLASS_SRC,
	SL_CLASS_DST,
	SL_CLASS_PROTOCOL,
	SL_CLASS_SRC_ID,
	SL_CLASS_DST_ID,
	SL_CLASS_ANY_ID, /* two ranks: a packet is in both cells */
	SL_CLASS_IN,
	SL_CLASS_OUT,
	SL_CLASS_AXES
};

/* First values of the ranks, ascending; the first is 0. */
struct sl_class_ranks {
	const uint32_t *narrow;		/* all axes but ... */
	const unsigned __int128 *broad; /* ... the addresses of IPv6 */
	uint32_t n;
};

/* Where a packet goes next: nothing, a list or a node. */
#define SL_CLASS_NONE UINT32_MAX
#define SL_CLASS_LIST 0x80000000u /* and where it starts in words[] */

struct sl_class_node {
	uint8_t axis;
	/* Cell = rank - lo if direct, else the number of cuts <= rank. */
	uint8_t direct;
	uint32_t lo;
	uint32_t n;	/* cells */
	uint32_t cuts;	/* in words[], n - 1 */
	uint32_t cells; /* in words[], n */
	uint32_t rest;
};

/* SL_CONST */
struct sl_classifier {
	struct sl_class_ranks ranks[SL_CLASS_AXES];
	const struct sl_class_node *nodes;
	const uint32_t *words; /* lists, cuts, cells */
	uint32_t root;
	uint32_t first; /* position of the first rule */
	uint8_t family;
	size_t bytes;
};

#endif
