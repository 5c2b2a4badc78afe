/* SPDX-License-Identifier: Apache-2.0 */
#include "chunk.h"

void
sctp_chunks_start(struct chunks *c, const struct sl_span *l4)
{
	c->at = l4->data + SCTP_HEADER;
	c->left = l4->len - SCTP_HEADER;
}

int
sctp_chunks_next(struct chunks *c, struct chunk *out)
{
	uint32_t len, padded;

	if (!c->left)
		return 0;
	if (c->left < SCTP_CHUNK_HEADER)
		return -1;
	len = sl_get_be16(c->at + 2);
	if (len < SCTP_CHUNK_HEADER || len > c->left)
		return -1;
	out->type = c->at[0];
	out->flags = c->at[1];
	out->value = c->at + SCTP_CHUNK_HEADER;
	out->len = len - SCTP_CHUNK_HEADER;
	/* The padding of the last one may be missing. */
	padded = (len + 3) & ~3u;
	if (padded > c->left)
		padded = c->left;
	c->at += padded;
	c->left -= padded;
	return 1;
}
