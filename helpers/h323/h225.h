/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The types of H.225.0 and H.245 that lead to transport addresses, and what the
 * addresses are for.
 */
#ifndef HELPERS_H323_H225_H
#define HELPERS_H323_H225_H

#include "per.h"

enum role {
	ROLE_NONE,
	ROLE_H245,   /* where its sender waits for a control channel */
	ROLE_CALLER, /* who calls, as he knows himself */
	ROLE_CALLEE, /* who is called, as the caller knows him */
	ROLE_MEDIA,  /* where its sender waits for RTP or RTCP */
	ROLE_SIGNAL, /* where a host waits for calls (RAS) */
	ROLE_RAS     /* where a host waits for its gatekeeper */
};

/* Of a call: H323-UserInformation; of a control channel:
 * MultimediaSystemControlMessage; between host and gatekeeper: RasMessage. */
extern const struct per_type h225_user_information;
extern const struct per_type h225_ras_message;
extern const struct per_type h245_message;
/* An element of fastStart: OpenLogicalChannel. */
extern const struct per_type h245_open;

#endif
