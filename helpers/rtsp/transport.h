/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One way of sending media, of those that a Transport header offers:
 *
 *	RTP/AVP;unicast;client_port=5000-5001;server_port=7000-7001
 */
#ifndef RTSP_TRANSPORT_H
#define RTSP_TRANSPORT_H

#include <sluice/text.h>

/* "5000", or "5000-5001". */
struct rtsp_ports {
	struct sl_span text; /* nothing: it does not say */
	uint16_t first;
	uint8_t ids; /* 1 or 2; 0: not such ports */
};

/* "=192.0.2.1" */
struct rtsp_host {
	struct sl_span text; /* nothing: it does not say */
	struct sl_addr addr;
	bool is_known; /* it says an address of our family */
};

struct rtsp_transport {
	bool is_udp;	 /* RTP by UDP to one receiver */
	bool is_unclear; /* it says something twice */
	struct rtsp_ports client, server;
	struct rtsp_host destination, source;
};

/* Takes one off the front of a header; false: there is none left. */
bool rtsp_transport_take(
    struct sl_span *at, uint8_t family, struct rtsp_transport *t);

#endif
