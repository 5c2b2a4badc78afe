/* SPDX-License-Identifier: Apache-2.0 */
/* Matchers that look at the packet's connection. */
#include <rule/match.h>

static uint32_t
nat_state(const struct sl_conn *conn)
{
	uint32_t bits = conn ? sl_conn_bits(conn) : 0;

	return (bits & SL_CONN_SRCNAT ? SL_NAT_STATE_SRCNAT : 0) |
	       (bits & SL_CONN_DSTNAT ? SL_NAT_STATE_DSTNAT : 0) |
	       (bits & SL_CONN_EIN_SRC ? SL_NAT_STATE_EIN_SNAT : 0) |
	       (bits & SL_CONN_EIN_DST ? SL_NAT_STATE_EIN_DNAT : 0);
}

bool
sl_match_conn(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	struct sl_conn *conn = ctx->pkt->conn;

	switch (m->kind) {
	case SL_MATCH_CONN_STATE:
		return (m->set >> ctx->pkt->state & 1) != 0;
	case SL_MATCH_CONN_NAT_STATE:
		return (m->set & nat_state(conn)) != 0;
	default: /* SL_MATCH_CONN_MARK */
		return (conn ? sl_load_relaxed(&conn->mark) : 0) == m->mark;
	}
}
