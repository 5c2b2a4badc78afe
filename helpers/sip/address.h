/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses as SIP headers write them: lists of name-addr, URIs, host and port,
 * parameters (RFC 3261 §19.1, §20.10).  Only literal addresses of the
 * connection's family count: a name is the DNS's business.
 */
#ifndef SIP_ADDRESS_H
#define SIP_ADDRESS_H

#include <sluice/text.h>

enum { SIP_PORT = 5060, SIP_TLS_PORT = 5061 };

/* A host and perhaps a port, and where they stand. */
struct sip_place {
	struct sl_span text; /* host, or host:port */
	struct sl_addr addr;
	uint16_t port; /* what is meant if it is not written */
	bool has_port;
};

/* One of a list. */
struct sip_address {
	struct sl_span uri;
	struct sl_span params; /* behind it: ";tag=a;expires=60" */
};

/* Takes the next address of a list; false at its end. */
bool sip_address_take(struct sl_span *at, struct sip_address *address);
/* False: its host is no literal address. */
bool sip_uri_place(struct sl_span uri, uint8_t family, struct sip_place *place);
/* The parameters of the URI itself. */
struct sl_span sip_uri_params(struct sl_span uri);
/* What 'text' begins with. */
bool sip_place_parse(struct sl_span text, uint8_t family, uint16_t port,
    struct sip_place *place);
/* ";name=value": the value. */
bool sip_param(struct sl_span params, const char *name, struct sl_span *value);

/* Takes blanks and line folds. */
void sip_take_space(struct sl_span *at);

#endif
