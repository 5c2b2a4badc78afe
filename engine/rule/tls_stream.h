/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server name that a TLS client asks for, of connections over TCP; QUIC is
 * not looked into.
 *
 * The name is known with the packet that completes the hello, whatever the number
 * and order of its segments, and belongs to that packet and to every one that
 * repeats bytes of the hello: what a rule drops cannot get through on the second
 * try.  Packets behind the hello have no name.  Once the other side has answered
 * it, nothing is kept and later packets cost nothing.
 *
 * Without a connection (raw, notrack) a hello counts only if it is in one packet.
 */
#ifndef SL_RULE_TLS_STREAM_H
#define SL_RULE_TLS_STREAM_H

#include <packet/pkt.h>
#include <rule/cells.h>
#include <rule/tls_hello.h>

struct sl_tls_cell {
	struct sl_cell cell;
	struct sl_tls_hello hello;
};

/* NULL: no hello; "": one that names no server.  Good for this packet.
 * => Role: worker.  => Owner only.  => In a read section. */
const char *sl_tls_stream_host(struct sl_pkt *pkt);

#endif
