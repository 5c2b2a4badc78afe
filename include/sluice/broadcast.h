/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions to all: a host asks at the broadcast address of its network, and any
 * host there answers from an address of its own.  For helpers of such protocols.
 */
#ifndef SLUICE_BROADCAST_H
#define SLUICE_BROADCAST_H

#include <string.h>
#include <sluice/helper.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * If the master is such a question: expects answers to the port that asked, of
 * any host of that network, for as long as class 'class_no' says; and keeps the
 * master for 'keep_ms'.  0; -ENOENT: the master goes to one host; or as expect() says.
 */
static inline int
sl_broadcast_expect(
    const struct sl_call *call, uint8_t class_no, uint32_t keep_ms)
{
	const struct sl_tuple *asked = &call->tuples[SL_ORIG];
	struct sl_expect e;
	struct sl_endpoint seen;
	int rc;

	memset(&e, 0, sizeof(e));
	e.size = sizeof(e);
	e.class_no = class_no;
	e.l4proto = asked->l4proto;
	/* whoever sends from a port may be answered there, whichever it is */
	e.flags = SL_EXPECT_FROM | SL_EXPECT_KEEP | SL_EXPECT_PRIVILEGED;
	e.opener = SL_REPLY;
	e.at.addr = asked->src;
	e.at.id = asked->src_id;
	rc = call->host->subnet(call, &e.from, &e.from_prefix);
	if (!rc)
		rc = sl_expect(call, &e, &seen);
	if (!rc)
		call->host->keep(call, keep_ms);
	return rc;
}

#ifdef __cplusplus
}
#endif
#endif
