/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is remembered of a connection: the calls whose media is expected, and the
 * ports where its ends are to be called back.  A fixed number of each; the oldest
 * is forgotten first, and what was expected for it then ends by its time.
 */
#ifndef SIP_STATE_H
#define SIP_STATE_H

#include <sluice/types.h>

enum { SIP_CALLS = 24, SIP_CONTACTS = 4 };

struct sip_call {
	uint32_t id;		/* Call-ID, hashed; 0: free */
	uint16_t pair[SL_DIRS]; /* by the direction of the description */
};

struct sip_contact {
	sl_be16 real, seen; /* port, and what the other end was told */
	uint16_t pair;	    /* 0: free */
	uint8_t dir;	    /* of who is to be called there */
	uint8_t l4proto;
};

struct sip_state {
	uint16_t last_pair;
	uint8_t next_call, next_contact;
	uint32_t skip[SL_DIRS]; /* stream: bytes of a body that are not read */
	struct sip_contact contacts[SIP_CONTACTS];
	struct sip_call calls[SIP_CALLS];
};

/* A number that no expectation has. */
uint16_t sip_state_pair(struct sip_state *state);

/* NULL: unknown. */
struct sip_call *sip_state_call(struct sip_state *state, uint32_t id);
struct sip_call *sip_state_new_call(struct sip_state *state, uint32_t id);

/* By the port that is real, or that is seen; NULL. */
const struct sip_contact *sip_state_real(
    const struct sip_state *state, uint8_t dir, sl_be16 port);
const struct sip_contact *sip_state_seen(
    const struct sip_state *state, uint8_t dir, sl_be16 port);
/* The one for 'contact', which may be new. */
struct sip_contact *sip_state_contact(
    struct sip_state *state, const struct sip_contact *contact);

#endif
