/* SPDX-License-Identifier: Apache-2.0 */
#include <related/expecting.h>

#include <errno.h>

/* There is no table of expectations yet: every wish is refused, and so there is
 * nothing to commit, undo or end. */
int
sl_expecting_add(struct sl_related *rel, struct sl_session *s,
    const struct sl_expect *e, struct sl_endpoint *seen)
{
	(void)rel, (void)s, (void)e, (void)seen;
	return -ENOBUFS;
}

void
sl_expecting_commit(struct sl_related *rel, struct sl_session *s)
{
	(void)rel, (void)s;
}

void
sl_expecting_rollback(struct sl_related *rel, struct sl_session *s)
{
	(void)rel, (void)s;
}

void
sl_expecting_withdraw(
    struct sl_related *rel, struct sl_session *s, uint16_t pair)
{
	(void)rel, (void)s, (void)pair;
}

void
sl_expecting_end(struct sl_related *rel, struct sl_session *s)
{
	(void)rel, (void)s;
}

void
sl_expecting_tick(struct sl_related *rel, uint64_t now_ns)
{
	(void)rel, (void)now_ns;
}
