/* SPDX-License-Identifier: Apache-2.0 */
#include <nat/hold.h>

#include <conn/watch.h>
#include <nat/claim.h>
#include <nat/pool.h>
#include <nat/portmap.h>

static void
give_back(struct sl_conn *conn, enum sl_dir dir, uint32_t bit)
{
	uint32_t bits = sl_conn_bits(conn);
	struct sl_tuple tuple;

	if (!(bits & bit))
		return;
	sl_conn_tuple(conn, dir, &tuple);
	sl_portmap_release(&tuple);
	sl_store_relaxed(&conn->bits, bits & ~bit);
}

static void
give_back_orig(struct sl_conn *conn)
{
	give_back(conn, SL_ORIG, SL_CONN_POOL_GUEST);
}

void
sl_hold_init(void)
{
	sl_conn_watch(SL_CONN_POOLED, sl_hold_release_owned);
	sl_conn_watch(SL_CONN_POOL_GUEST, give_back_orig);
}

void
sl_hold_fini(void)
{
	sl_conn_watch(SL_CONN_POOLED, NULL);
	sl_conn_watch(SL_CONN_POOL_GUEST, NULL);
	sl_claim_clear();
	sl_pool_clear();
}

void
sl_hold_reply_owned(struct sl_conn *conn)
{
	sl_conn_set_bits_owned(conn, SL_CONN_POOLED);
}

void
sl_hold_release_owned(struct sl_conn *conn)
{
	give_back(conn, SL_REPLY, SL_CONN_POOLED);
}

void
sl_hold_orig_owned(struct sl_conn *conn)
{
	struct sl_tuple orig;

	if (sl_conn_has(conn, SL_CONN_POOL_GUEST))
		return;
	sl_conn_tuple(conn, SL_ORIG, &orig);
	if (sl_portmap_occupy(&orig))
		sl_conn_set_bits_owned(conn, SL_CONN_POOL_GUEST);
}
