/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a helped connection expects.
 */
#ifndef SL_RELATED_EXPECTING_H
#define SL_RELATED_EXPECTING_H

#include <sluice/helper.h>

struct sl_related;
struct sl_session;

struct sl_expecting {
	uint32_t n;
};

int sl_expecting_add(struct sl_related *, struct sl_session *,
    const struct sl_expect *, struct sl_endpoint *seen);
void sl_expecting_commit(struct sl_related *, struct sl_session *);
void sl_expecting_rollback(struct sl_related *, struct sl_session *);
void sl_expecting_withdraw(
    struct sl_related *, struct sl_session *, uint16_t pair);
void sl_expecting_end(struct sl_related *, struct sl_session *);
void sl_expecting_tick(struct sl_related *, uint64_t now_ns);

#endif
