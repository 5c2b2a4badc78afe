/* SPDX-License-Identifier: Apache-2.0 */
/* Matchers that look into the payload. */
#include <rule/match.h>

#include <rule/content.h>
#include <rule/glob.h>
#include <rule/l7_stream.h>
#include <rule/tls_stream.h>

/* A packet without a hello has no name that could be another one. */
static bool
tls_host_is(const struct sl_match *m, struct sl_pkt *pkt)
{
	const char *host = sl_tls_stream_host(pkt);

	return host ? sl_glob_is(m->glob, host) : m->negate;
}

bool
sl_match_payload(const struct sl_match_ctx *ctx, const struct sl_match *m)
{
	switch (m->kind) {
	case SL_MATCH_CONTENT:
		return sl_content_is_in(
		    m->content.set, m->content.number, ctx->pkt);
	case SL_MATCH_LAYER7:
		return sl_l7_stream_is(m->l7.set, m->l7.number, ctx->pkt);
	default: /* SL_MATCH_TLS_HOST */
		return tls_host_is(m, ctx->pkt);
	}
}
