/* SPDX-License-Identifier: Apache-2.0 */
/*
 * add-src-to-address-list and add-dst-to-address-list: from a worker to the
 * control side, which alone writes lists.
 *
 * What it is.  One ring per worker, and the lines on it.
 * Life cycle.  A ring is made with the worker's first post and stays.
 * Who writes.  The worker enqueues; control dequeues.
 * Ordering.    Posts of one worker keep their order.
 * Bounds.      SL_LIST_POSTS per worker; more count as list-adds-lost, and the
 *   next packet posts again.  An address that the list already has for (nearly)
 *   as long is not posted: a flood of matches costs a lookup each.
 */
#ifndef SL_RULE_LIST_POST_H
#define SL_RULE_LIST_POST_H

#include <rule/rule.h>

#define SL_LIST_POSTS	  1024
#define SL_LIST_POST_NAME 64

struct sl_list_post {
	struct sl_addr addr;
	uint8_t family;
	bool is_static;	      /* none-static: keep as configuration */
	uint64_t deadline_ns; /* SL_ADDRLIST_FOREVER */
	char list[SL_LIST_POST_NAME];
};

/* => Role: worker.  => In a read section. */
void sl_list_post(
    const struct sl_rule *rule, const struct sl_addr *addr, uint64_t now_ns);

/* Takes the oldest post of a worker, of another one each time; false: none.
 * => Role: control. */
bool sl_list_post_next(struct sl_list_post *out);

#endif
