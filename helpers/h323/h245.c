/* SPDX-License-Identifier: Apache-2.0 */
/*
 * H.245 (05/2006): what opens a logical channel and acknowledges it.  A channel of
 * a kind that has no description here (unknown_type) is not understood.
 */
#include "h225.h"

#include "asn1.h"

static const struct per_type octet = INT_OF(0, 255);
static const struct per_type number16 = INT_OF(0, 65535);
static const struct per_type number32 = INT_OF(0, UINT32_MAX);
static const struct per_type channel_number = INT_OF(1, 65535);
static const struct per_type session_number = INT_OF(1, 255);
static const struct per_type frames = INT_OF(1, 256);
static const struct per_type label_number = INT_OF(0, 192);
static const struct per_type payload_type = INT_OF(96, 127);
static const struct per_type octets16 = OCTETS_OF(16, 16);

static const struct per_field h221_fields[] = {
    IS(octet), IS(octet), IS(number16)};
static const struct per_type h221 = CLOSED_SEQUENCE_OF(h221_fields);
static const struct per_field non_standard_id_fields[] = {
    IS(oid_type), IS(h221)};
static const struct per_type non_standard_id =
    CLOSED_CHOICE_OF(non_standard_id_fields);
static const struct per_field non_standard_fields[] = {
    IS(non_standard_id), IS(any_octets)};
static const struct per_type non_standard =
    CLOSED_SEQUENCE_OF(non_standard_fields);
static const struct per_type non_standards = LIST_OF(non_standard);

/* TransportAddress: those of one host; a group's are nobody's to expect */
static const struct per_field ip4_fields[] = {IS(endpoint4)};
static const struct per_type ip4 = SEQUENCE_OF(1, ip4_fields);
static const struct per_type ipx_octets = OCTETS_OF(12, 12);
static const struct per_field ipx_fields[] = {IS(ipx_octets)};
static const struct per_type ipx = SEQUENCE_OF(1, ipx_fields);
static const struct per_field ip6_fields[] = {IS(endpoint6)};
static const struct per_type ip6 = SEQUENCE_OF(1, ip6_fields);
static const struct per_field unicast_fields[] = {
    IS(ip4), IS(ipx), IS(ip6), IS(octets16), IS(unknown_type)};
static const struct per_type unicast = CHOICE_OF(5, unicast_fields);
static const struct per_field transport_fields[] = {
    IS(unicast), IS(unknown_type)};
static const struct per_type transport = CHOICE_OF(2, transport_fields);

/* AudioCapability */
static const struct per_field g7231_fields[] = {IS(frames), IS(bool_type)};
static const struct per_type g7231 = CLOSED_SEQUENCE_OF(g7231_fields);
static const struct per_field audio_fields[] = {IS(non_standard), IS(frames),
    IS(frames), IS(frames), IS(frames), IS(frames), IS(frames), IS(frames),
    IS(g7231), IS(frames), IS(frames), IS(frames), IS(unknown_type),
    IS(unknown_type)};
static const struct per_type audio = CHOICE_OF(14, audio_fields);

/* VideoCapability: H.261, H.263; the newer ones are extensions */
static const struct per_type to_4 = INT_OF(1, 4);
static const struct per_type to_32 = INT_OF(1, 32);
static const struct per_type to_19200 = INT_OF(1, 19200);
static const struct per_type to_192400 = INT_OF(1, 192400);
static const struct per_type to_524287 = INT_OF(0, 524287);
static const struct per_field h261_fields[] = {
    MAY(to_4), MAY(to_4), IS(bool_type), IS(to_19200), IS(bool_type)};
static const struct per_type h261 = SEQUENCE_OF(5, h261_fields);
static const struct per_field h263_fields[] = {MAY(to_32), MAY(to_32),
    MAY(to_32), MAY(to_32), MAY(to_32), IS(to_192400), IS(bool_type),
    IS(bool_type), IS(bool_type), IS(bool_type), IS(bool_type), MAY(to_524287),
    MAY(number16)};
static const struct per_type h263 = SEQUENCE_OF(13, h263_fields);
static const struct per_field video_fields[] = {
    IS(non_standard), IS(h261), IS(unknown_type), IS(h263), IS(unknown_type)};
static const struct per_type video = CHOICE_OF(5, video_fields);

/* DataApplicationCapability */
static const struct per_field data_protocol_fields[] = {IS(non_standard),
    IS(null_type), IS(null_type), IS(null_type), IS(null_type), IS(null_type),
    IS(null_type)};
static const struct per_type data_protocol = CHOICE_OF(7, data_protocol_fields);
static const struct per_field application_fields[] = {IS(non_standard),
    IS(data_protocol), IS(data_protocol), IS(data_protocol), IS(unknown_type),
    IS(data_protocol), IS(data_protocol), IS(unknown_type), IS(null_type),
    IS(data_protocol)};
static const struct per_type application = CHOICE_OF(10, application_fields);
static const struct per_field data_fields[] = {IS(application), IS(number32)};
static const struct per_type data = SEQUENCE_OF(2, data_fields);

static const struct per_field data_type_fields[] = {IS(non_standard),
    IS(null_type), IS(video), IS(audio), IS(data), IS(unknown_type)};
static const struct per_type data_type = CHOICE_OF(6, data_type_fields);

/* H2250LogicalChannelParameters */
static const struct per_field label_fields[] = {
    IS(label_number), IS(label_number)};
static const struct per_type label = SEQUENCE_OF(2, label_fields);
static const struct per_field packetization_fields[] = {IS(null_type)};
static const struct per_type packetization = CHOICE_OF(1, packetization_fields);
static const struct per_field channel_fields[] = {
    MAY(non_standards),
    IS(octet),		 /* sessionID */
    MAY(session_number), /* associatedSessionID */
    MAY_FOR(transport, ROLE_MEDIA),
    MAY(bool_type),
    MAY_FOR(transport, ROLE_MEDIA),
    MAY(bool_type),
    MAY(bool_type),
    MAY(label),
    MAY(payload_type),
    MAY(packetization),
};
static const struct per_type channel = SEQUENCE_OF(11, channel_fields);

/* multiplexParameters: other kinds than H.225.0's carry no addresses of IP */
static const struct per_field forward_multiplex_fields[] = {IS(unknown_type),
    IS(unknown_type), IS(unknown_type), IS(channel), IS(null_type)};
static const struct per_type forward_multiplex =
    CHOICE_OF(3, forward_multiplex_fields);
static const struct per_field reverse_multiplex_fields[] = {
    IS(unknown_type), IS(unknown_type), IS(channel)};
static const struct per_type reverse_multiplex =
    CHOICE_OF(2, reverse_multiplex_fields);

static const struct per_field forward_fields[] = {
    MAY(number16), IS(data_type), IS(forward_multiplex)};
static const struct per_type forward = SEQUENCE_OF(3, forward_fields);
static const struct per_field reverse_fields[] = {
    IS(data_type), MAY(reverse_multiplex)};
static const struct per_type reverse = SEQUENCE_OF(2, reverse_fields);
static const struct per_field open_fields[] = {
    IS(channel_number), IS(forward), MAY(reverse)};
const struct per_type h245_open = SEQUENCE_OF(3, open_fields);

/* OpenLogicalChannelAck */
static const struct per_field ack_multiplex_fields[] = {
    IS(unknown_type), IS(channel)};
static const struct per_type ack_multiplex = CHOICE_OF(1, ack_multiplex_fields);
static const struct per_field ack_reverse_fields[] = {
    IS(channel_number), MAY(number16), MAY(ack_multiplex)};
static const struct per_type ack_reverse = SEQUENCE_OF(3, ack_reverse_fields);
static const struct per_field ack_channel_fields[] = {MAY(non_standards),
    MAY(session_number), MAY_FOR(transport, ROLE_MEDIA),
    MAY_FOR(transport, ROLE_MEDIA), MAY(payload_type)};
static const struct per_type ack_channel = SEQUENCE_OF(5, ack_channel_fields);
static const struct per_field ack_forward_fields[] = {IS(ack_channel)};
static const struct per_type ack_forward = CHOICE_OF(1, ack_forward_fields);
static const struct per_field ack_fields[] = {IS(channel_number),
    MAY(ack_reverse),
    /* extensions: separateStack */
    SKIPPED, MAY(ack_forward)};
static const struct per_type ack = SEQUENCE_OF(2, ack_fields);

#define NOTHING IS(rest_type)

static const struct per_field request_fields[] = {NOTHING, NOTHING, NOTHING,
    IS(h245_open), NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING,
    NOTHING};
static const struct per_type request = CHOICE_OF(11, request_fields);
static const struct per_field response_fields[] = {NOTHING, NOTHING, NOTHING,
    NOTHING, NOTHING, IS(ack), NOTHING, NOTHING, NOTHING, NOTHING, NOTHING,
    NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING};
static const struct per_type response = CHOICE_OF(19, response_fields);
static const struct per_field message_fields[] = {
    IS(request), IS(response), NOTHING, NOTHING};
const struct per_type h245_message = CHOICE_OF(4, message_fields);
