/* SPDX-License-Identifier: Apache-2.0 */
/*
 * H.225.0 (12/2009), annex H: calls and the talk with gatekeepers.  Types stand
 * under their names there; what lies behind the last address of a message is left
 * out (rest_type), extensions nobody wants are skipped.
 */
#include "h225.h"

#include "asn1.h"

static const struct per_type octet = INT_OF(0, 255);
static const struct per_type number16 = INT_OF(0, 65535);
static const struct per_type number32 = INT_OF(0, UINT32_MAX);
static const struct per_type one_to_256 = INT_OF(1, 256);
static const struct per_type request_number = INT_OF(1, 65535);
static const struct per_type guid = OCTETS_OF(16, 16);
static const struct per_type octets4 = OCTETS_OF(4, 4);
static const struct per_type octets_to_20 = OCTETS_OF(1, 20);
static const struct per_type octets_to_256 = OCTETS_OF(1, 256);
static const struct per_type digits = STRING_OF(4, 1, 128);
static const struct per_type unicode_to_128 = STRING_OF(16, 1, 128);
static const struct per_type unicode_to_256 = STRING_OF(16, 1, 256);

static const struct per_field h221_fields[] = {
    IS(octet), IS(octet), IS(number16)};
static const struct per_type h221 = SEQUENCE_OF(3, h221_fields);
static const struct per_field non_standard_id_fields[] = {
    IS(oid_type), IS(h221)};
static const struct per_type non_standard_id =
    CHOICE_OF(2, non_standard_id_fields);
static const struct per_field non_standard_fields[] = {
    IS(non_standard_id), IS(any_octets)};
static const struct per_type non_standard =
    CLOSED_SEQUENCE_OF(non_standard_fields);

/* TransportAddress */
static const struct per_field ip4_fields[] = {IS(endpoint4)};
static const struct per_type ip4 = CLOSED_SEQUENCE_OF(ip4_fields);
static const struct per_field routing_fields[] = {IS(null_type), IS(null_type)};
static const struct per_type routing = CHOICE_OF(2, routing_fields);
static const struct per_type route = LIST_OF(octets4);
static const struct per_field source_route_fields[] = {
    IS(octets4), IS(number16), IS(route), IS(routing)};
static const struct per_type source_route = SEQUENCE_OF(4, source_route_fields);
static const struct per_type ipx = OCTETS_OF(12, 12);
static const struct per_field ip6_fields[] = {IS(endpoint6)};
static const struct per_type ip6 = SEQUENCE_OF(1, ip6_fields);
static const struct per_field transport_fields[] = {IS(ip4), IS(source_route),
    IS(ipx), IS(ip6), IS(guid), IS(octets_to_20), IS(non_standard)};
static const struct per_type transport = CHOICE_OF(7, transport_fields);
static const struct per_type transports = LIST_OF(transport);

static const struct per_field alias_fields[] = {IS(digits), IS(unicode_to_256)};
static const struct per_type alias = CHOICE_OF(2, alias_fields);
static const struct per_type aliases = LIST_OF(alias);

/* EndpointType */
static const struct per_field data_rate_fields[] = {
    MAY(non_standard), IS(number32), MAY(one_to_256)};
static const struct per_type data_rate = SEQUENCE_OF(3, data_rate_fields);
static const struct per_type data_rates = LIST_OF(data_rate);
static const struct per_field prefix_fields[] = {MAY(non_standard), IS(alias)};
static const struct per_type prefix = SEQUENCE_OF(2, prefix_fields);
static const struct per_type prefixes = LIST_OF(prefix);
static const struct per_field caps_fields[] = {
    MAY(non_standard), MAY(data_rates), IS(prefixes)};
static const struct per_type caps = SEQUENCE_OF(1, caps_fields);
static const struct per_field protocol_fields[] = {IS(non_standard), IS(caps),
    IS(caps), IS(caps), IS(caps), IS(caps), IS(caps), IS(caps), IS(caps)};
static const struct per_type protocol = CHOICE_OF(9, protocol_fields);
static const struct per_type protocols = LIST_OF(protocol);
static const struct per_field vendor_fields[] = {
    IS(h221), MAY(octets_to_256), MAY(octets_to_256)};
static const struct per_type vendor = SEQUENCE_OF(3, vendor_fields);
static const struct per_field only_non_standard_fields[] = {MAY(non_standard)};
static const struct per_type only_non_standard =
    SEQUENCE_OF(1, only_non_standard_fields);
static const struct per_field gateway_fields[] = {
    MAY(protocols), MAY(non_standard)};
static const struct per_type gateway = SEQUENCE_OF(2, gateway_fields);
static const struct per_field endpoint_type_fields[] = {MAY(non_standard),
    MAY(vendor), MAY(only_non_standard), MAY(gateway), MAY(only_non_standard),
    MAY(only_non_standard), IS(bool_type), IS(bool_type)};
static const struct per_type endpoint_type =
    SEQUENCE_OF(8, endpoint_type_fields);

static const struct per_field q954_fields[] = {IS(bool_type), IS(bool_type)};
static const struct per_type q954 = SEQUENCE_OF(2, q954_fields);
static const struct per_field services_fields[] = {IS(bool_type), IS(bool_type),
    IS(bool_type), IS(bool_type), IS(bool_type), IS(bool_type), IS(bool_type),
    IS(q954)};
static const struct per_type services = SEQUENCE_OF(8, services_fields);

static const struct per_field nulls[] = {IS(null_type), IS(null_type),
    IS(null_type), IS(null_type), IS(null_type), IS(null_type), IS(null_type),
    IS(null_type), IS(null_type), IS(null_type), IS(null_type), IS(null_type)};
#define ONE_OF(count)                                                          \
	{                                                                      \
		.kind = PER_CHOICE, .extensible = true, .n_root = (count),     \
		.n = (count), .fields = nulls                                  \
	}
static const struct per_type call_type = ONE_OF(4);
static const struct per_type call_model = ONE_OF(2);
static const struct per_type conference_goal = ONE_OF(3);
static const struct per_type release_reason = ONE_OF(12);
static const struct per_type facility_reason = ONE_OF(4);

static const struct per_type open_held = {.kind = PER_HOLDS, .of = &h245_open};
static const struct per_type fast_start = LIST_OF(open_held);
static const struct per_type h245_held = {
    .kind = PER_HOLDS, .of = &h245_message};
static const struct per_type h245_control = LIST_OF(h245_held);
static const struct per_type numbers16 = LIST_OF(number16);

/* The bodies of a call's messages: *-UUIE. */
static const struct per_field setup_fields[] = {
    IS(oid_type), MAY_FOR(transport, ROLE_H245),
    MAY(aliases),		     /* sourceAddress */
    IS(endpoint_type), MAY(aliases), /* destinationAddress */
    MAY_FOR(transport, ROLE_CALLEE), MAY(aliases), MAY(numbers16),
    IS(bool_type), IS(guid), IS(conference_goal), MAY(services), IS(call_type),
    /* extensions */
    MAY_FOR(transport, ROLE_CALLER), SKIPPED, /* remoteExtensionAddress */
    SKIPPED,				      /* callIdentifier */
    SKIPPED,				      /* h245SecurityCapability */
    SKIPPED,				      /* tokens */
    SKIPPED,				      /* cryptoTokens */
    MAY(fast_start), SKIPPED,		      /* mediaWaitForConnect */
    SKIPPED,				      /* canOverlapSend */
    SKIPPED,				      /* endpointIdentifier */
    SKIPPED,				      /* multipleCalls */
    SKIPPED,				      /* maintainConnection */
    SKIPPED,				      /* connectionParameters */
    SKIPPED,				      /* language */
    SKIPPED,				      /* presentationIndicator */
    SKIPPED,				      /* screeningIndicator */
    SKIPPED,				      /* serviceControl */
    SKIPPED,				      /* symmetricOperationRequired */
    SKIPPED,				      /* capacity */
    SKIPPED,				      /* circuitInfo */
    SKIPPED,				      /* desiredProtocols */
    SKIPPED,				      /* neededFeatures */
    SKIPPED,				      /* desiredFeatures */
    SKIPPED,				      /* supportedFeatures */
    MAY(h245_control),			      /* parallelH245Control */
};
static const struct per_type setup = SEQUENCE_OF(13, setup_fields);

/* callProceeding, alerting */
static const struct per_field proceeding_fields[] = {IS(oid_type),
    IS(endpoint_type), MAY_FOR(transport, ROLE_H245),
    /* extensions: callIdentifier, h245SecurityMode, tokens, cryptoTokens */
    SKIPPED, SKIPPED, SKIPPED, SKIPPED, MAY(fast_start)};
static const struct per_type proceeding = SEQUENCE_OF(3, proceeding_fields);

static const struct per_field connect_fields[] = {IS(oid_type),
    MAY_FOR(transport, ROLE_H245), IS(endpoint_type), IS(guid),
    /* extensions, the same */
    SKIPPED, SKIPPED, SKIPPED, SKIPPED, MAY(fast_start)};
static const struct per_type connected = SEQUENCE_OF(4, connect_fields);

static const struct per_field information_fields[] = {IS(oid_type),
    /* extensions: callIdentifier, tokens, cryptoTokens */
    SKIPPED, SKIPPED, SKIPPED, MAY(fast_start)};
static const struct per_type information = SEQUENCE_OF(1, information_fields);

static const struct per_field release_fields[] = {
    IS(oid_type), MAY(release_reason)};
static const struct per_type release = SEQUENCE_OF(2, release_fields);

static const struct per_field facility_fields[] = {IS(oid_type),
    MAY(transport), /* alternativeAddress: somebody else's */
    MAY(aliases), MAY(guid), IS(facility_reason),
    /* extensions: callIdentifier, destExtraCallInfo, remoteExtensionAddress,
     * tokens, cryptoTokens, conferences */
    SKIPPED, SKIPPED, SKIPPED, SKIPPED, SKIPPED, SKIPPED,
    MAY_FOR(transport, ROLE_H245), MAY(fast_start)};
static const struct per_type facility = SEQUENCE_OF(5, facility_fields);

static const struct per_field call_id_fields[] = {IS(guid)};
static const struct per_type call_id = SEQUENCE_OF(1, call_id_fields);
static const struct per_field progress_fields[] = {IS(oid_type),
    IS(endpoint_type), MAY_FOR(transport, ROLE_H245), IS(call_id),
    MAY(unknown_type), /* h245SecurityMode, tokens, cryptoTokens */
    MAY(unknown_type), MAY(unknown_type), MAY(fast_start)};
static const struct per_type progress = SEQUENCE_OF(8, progress_fields);

static const struct per_field body_fields[] = {IS(setup), IS(proceeding),
    IS(connected), IS(proceeding), IS(information), IS(release), IS(facility),
    /* extensions */
    IS(progress)};
static const struct per_type body = CHOICE_OF(7, body_fields);

static const struct per_field pdu_fields[] = {IS(body), MAY(non_standard),
    /* extensions: h4501SupplementaryService, h245Tunnelling */
    SKIPPED, SKIPPED, MAY(h245_control)};
static const struct per_type pdu = SEQUENCE_OF(2, pdu_fields);

static const struct per_field information_root[] = {IS(pdu), MAY(rest_type)};
const struct per_type h225_user_information = SEQUENCE_OF(2, information_root);

/* RasMessage */
static const struct per_field gatekeeper_request_fields[] = {IS(request_number),
    IS(oid_type), MAY(non_standard), IS_FOR(transport, ROLE_RAS),
    IS(endpoint_type), MAY(rest_type), MAY(rest_type), MAY(rest_type)};
static const struct per_type gatekeeper_request =
    SEQUENCE_OF(8, gatekeeper_request_fields);

static const struct per_field registration_fields[] = {IS(request_number),
    IS(oid_type), MAY(non_standard), IS(bool_type),
    IS_FOR(transports, ROLE_SIGNAL), IS_FOR(transports, ROLE_RAS),
    IS(endpoint_type), MAY(rest_type), MAY(rest_type), IS(rest_type)};
static const struct per_type registration =
    SEQUENCE_OF(10, registration_fields);

static const struct per_field unregistration_fields[] = {IS(request_number),
    IS_FOR(transports, ROLE_SIGNAL), MAY(rest_type), MAY(rest_type),
    MAY(rest_type)};
static const struct per_type unregistration =
    SEQUENCE_OF(5, unregistration_fields);

static const struct per_field admission_fields[] = {IS(request_number),
    IS(call_type), MAY(call_model), IS(unicode_to_128), MAY(aliases),
    MAY_FOR(transport, ROLE_SIGNAL), MAY(aliases), IS(aliases),
    MAY_FOR(transport, ROLE_SIGNAL), IS(number32), IS(number16), MAY(rest_type),
    MAY(rest_type), IS(rest_type)};
static const struct per_type admission = SEQUENCE_OF(14, admission_fields);

static const struct per_field admission_confirm_fields[] = {IS(request_number),
    IS(number32), IS(call_model), IS_FOR(transport, ROLE_SIGNAL),
    MAY(rest_type), MAY(rest_type)};
static const struct per_type admission_confirm =
    SEQUENCE_OF(6, admission_confirm_fields);

#define NOTHING IS(rest_type)

static const struct per_field ras_fields[] = {IS(gatekeeper_request), NOTHING,
    NOTHING, IS(registration), NOTHING, NOTHING, IS(unregistration), NOTHING,
    NOTHING, IS(admission), IS(admission_confirm), NOTHING, NOTHING, NOTHING,
    NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING,
    NOTHING, NOTHING, NOTHING};
const struct per_type h225_ras_message = CHOICE_OF(25, ras_fields);
