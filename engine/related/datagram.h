/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datagrams of a helped connection: each is one call.
 *
 * A GSO frame is several datagrams behind one header: each is shown, none can be
 * changed (-EMSGSIZE), since their sizes must stay one.
 */
#ifndef SL_RELATED_DATAGRAM_H
#define SL_RELATED_DATAGRAM_H

#include <base/drop.h>

struct sl_pkt;
struct sl_related;
struct sl_help_session;

/* => Owner only. */
enum sl_verdict sl_datagram_leave(
    struct sl_related *, struct sl_help_session *, struct sl_pkt *);

#endif
