/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include <sluice/helper.h>

SL_STATIC_ASSERT(sizeof(struct sip_state) <= SL_HELP_PRIV_MAX, "priv");

uint16_t
sip_state_pair(struct sip_state *state)
{
	if (!++state->last_pair)
		++state->last_pair; /* 0 is no pair */
	return state->last_pair;
}

struct sip_call *
sip_state_call(struct sip_state *state, uint32_t id)
{
	for (unsigned i = 0; id && i < SIP_CALLS; i++)
		if (state->calls[i].id == id)
			return &state->calls[i];
	return NULL;
}

struct sip_call *
sip_state_new_call(struct sip_state *state, uint32_t id)
{
	struct sip_call *call = NULL;

	for (unsigned i = 0; i < SIP_CALLS && !call; i++)
		if (!state->calls[i].id)
			call = &state->calls[i];
	if (!call) {
		call = &state->calls[state->next_call];
		state->next_call =
		    (uint8_t)((state->next_call + 1) % SIP_CALLS);
	}
	*call = (struct sip_call){.id = id};
	return call;
}

const struct sip_contact *
sip_state_real(const struct sip_state *state, uint8_t dir, sl_be16 port)
{
	const struct sip_contact *c = state->contacts;

	for (; c < state->contacts + SIP_CONTACTS; c++)
		if (c->pair && c->dir == dir && c->real == port)
			return c;
	return NULL;
}

const struct sip_contact *
sip_state_seen(const struct sip_state *state, uint8_t dir, sl_be16 port)
{
	const struct sip_contact *c = state->contacts;

	for (; c < state->contacts + SIP_CONTACTS; c++)
		if (c->pair && c->dir == dir && c->seen == port)
			return c;
	return NULL;
}

struct sip_contact *
sip_state_contact(struct sip_state *state, const struct sip_contact *contact)
{
	struct sip_contact *c = state->contacts, *found = NULL;

	for (; c < state->contacts + SIP_CONTACTS; c++) {
		if (c->pair && c->dir == contact->dir &&
		    c->l4proto == contact->l4proto && c->real == contact->real)
			return c;
		if (!c->pair && !found)
			found = c;
	}
	if (!found) {
		found = &state->contacts[state->next_contact];
		state->next_contact =
		    (uint8_t)((state->next_contact + 1) % SIP_CONTACTS);
	}
	*found = *contact;
	found->pair = sip_state_pair(state);
	return found;
}
