/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_table.h"

#include <stddef.h>

/* clang-format off */
const struct talk talks_open[] = {
{"handshake", 0, {
	C("S", 100, 0, 0, "syn-sent@syn-sent"),
	S("SA", 500, 101, 0, "syn-received@syn-received"),
	C("A", 101, 501, 0, "established+@established")}},
{"third segment carries data", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("SA", 500, 101, 0, "syn-received"),
	C("PA", 101, 501, 40, "established+@unacked"),
	S("A", 501, 141, 0, "established@established")}},
{"SYN again before the answer", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	C("S", 100, 0, 0, "~"),
	S("SA", 500, 101, 0, "syn-received"),
	C("A", 101, 501, 0, "established+")}},
{"SYN again with another number", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	C("S", 300, 0, 0, "~"),
	S("SA", 500, 301, 0, "syn-received"),
	C("A", 301, 501, 0, "established+")}},
{"SYN again with a lower number", 0, {
	C("S", 300, 0, 0, "syn-sent"),
	C("S", 100, 0, 0, "~"),
	S("SA", 500, 101, 0, "syn-received"),
	C("A", 101, 501, 0, "established+")}},
{"SYN/ACK again, before and after the third segment", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("SA", 500, 101, 0, "syn-received"),
	S("SA", 500, 101, 0, "~"),
	C("A", 101, 501, 0, "established+"),
	S("SA", 500, 101, 0, "~"),
	C("A", 101, 501, 0, "established+")}},
{"SYN again after the SYN/ACK", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("SA", 500, 101, 0, "syn-received"),
	C("S", 100, 0, 0, "~"),
	S("SA", 500, 101, 0, "~"),
	C("A", 101, 501, 0, "established+")}},
{"SYN with data, all taken (TCP fast open)", 0, {
	C("S", 100, 0, 50, "syn-sent"),
	S("SA", 500, 151, 0, "syn-received"),
	C("A", 151, 501, 0, "established+")}},
{"SYN with data, data refused", 0, {
	C("S", 100, 0, 50, "syn-sent"),
	S("SA", 500, 101, 0, "syn-received"),
	C("A", 101, 501, 50, "established+")}},
{"server talks before the third segment", 0, {
	C("S", 100, 0, 50, "syn-sent"),
	S("SA", 500, 151, 0, "syn-received"),
	S("A", 501, 151, 400, "syn-received"),
	S("A", 901, 151, 400, "syn-received"),
	C("A", 151, 1301, 0, "established+")}},
{"SYN/ACK to an older SYN: client rejects it and goes on", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("SA", 500, 91, 0, "~"),
	C("R", 91, 0, 0, "~"),
	S("SA", 700, 101, 0, "syn-received"),
	C("A", 101, 701, 0, "established+")}},
{"challenge ACK of an older connection: client rejects it and goes on", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("A", 7000, 9000, 0, "~"),
	C("R", 9001, 0, 0, "!rst-bad-ack"),
	C("R", 9000, 0, 0, "~"),
	C("S", 100, 0, 0, "~"),
	S("SA", 500, 101, 0, "syn-received"),
	C("A", 101, 501, 0, "established+")}},
{"simultaneous open, completed by the client", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("S", 500, 0, 0, "listen@syn-sent"),
	C("SA", 100, 501, 0, "syn-received"),
	S("SA", 500, 101, 0, "~"),
	C("A", 101, 501, 0, "established+")}},
{"simultaneous open, completed by the server", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("S", 500, 0, 0, "listen"),
	S("SA", 500, 101, 0, "syn-received"),
	C("SA", 100, 501, 0, "syn-received"),
	S("A", 501, 101, 0, "established+"),
	C("A", 101, 501, 10, "established+")}},
{"simultaneous open: SYNs again", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("S", 500, 0, 0, "listen"),
	C("S", 100, 0, 0, "~"),
	S("S", 500, 0, 0, "~"),
	C("SA", 100, 501, 0, "syn-received")}},
{"ACK of the client without SYN/ACK", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	C("A", 101, 501, 0, "!wrong-state")}},
{"FIN before an answer", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	C("FA", 101, 501, 0, "!wrong-state"),
	S("FA", 501, 101, 0, "!wrong-state")}},
{"server's SYN in an open connection", 0, {
	HANDSHAKE,
	S("S", 9000, 0, 0, "!wrong-state")}},
{"client's SYN/ACK in an open connection", 0, {
	HANDSHAKE,
	C("SA", 101, 501, 0, "!wrong-state")}},
{"SYN/ACK out of nothing", 0, {C("SA", 100, 500, 0, "!no-connection")}},
{"FIN out of nothing", 0, {C("FA", 100, 500, 0, "!no-connection")}},
{"RST out of nothing", 0, {C("R", 100, 0, 0, "!no-connection")}},
{NULL}};

const struct talk talks_close[] = {
{"client closes", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait@fin-wait"),
	S("A", 501, 102, 0, "close-wait@close-wait"),
	S("FA", 501, 102, 0, "last-ack@last-ack"),
	C("A", 102, 502, 0, "time-wait@time-wait")}},
{"server closes", 0, {
	HANDSHAKE,
	S("FA", 501, 101, 0, "fin-wait"),
	C("A", 101, 502, 0, "close-wait"),
	C("FA", 101, 502, 0, "last-ack"),
	S("A", 502, 102, 0, "time-wait")}},
{"FIN answered by FIN", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	S("FA", 501, 102, 0, "last-ack"),
	C("A", 102, 502, 0, "time-wait")}},
{"simultaneous close", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	S("FA", 501, 101, 0, "last-ack"),
	C("A", 102, 502, 0, "time-wait"),
	S("A", 502, 102, 0, "time-wait")}},
{"FIN again is not the other side's", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	C("FA", 101, 501, 0, "fin-wait"),
	S("A", 501, 102, 0, "close-wait"),
	C("FA", 101, 501, 0, "close-wait"),
	S("FA", 501, 102, 0, "last-ack"),
	S("FA", 501, 102, 0, "last-ack"),
	C("A", 102, 502, 0, "time-wait")}},
{"half closed: the other side goes on", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	S("A", 501, 102, 0, "close-wait"),
	S("PA", 501, 102, 300, "close-wait"),
	C("A", 102, 801, 0, "close-wait"),
	S("PA", 801, 102, 300, "close-wait"),
	C("A", 102, 1101, 0, "close-wait"),
	S("FA", 1101, 102, 0, "last-ack"),
	C("A", 102, 1102, 0, "time-wait")}},
{"FIN with data", 0, {
	HANDSHAKE,
	C("FPA", 101, 501, 30, "fin-wait"),
	S("A", 501, 132, 0, "close-wait"),
	S("A", 501, 133, 0, "!ack-not-sent")}},
{"FIN in the handshake", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("SA", 500, 101, 0, "syn-received"),
	C("FA", 101, 501, 0, "fin-wait")}},
{"last segments again in time-wait", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	S("FA", 501, 102, 0, "last-ack"),
	C("A", 102, 502, 0, "time-wait"),
	S("FA", 501, 102, 0, "time-wait"),
	C("A", 102, 502, 0, "time-wait"),
	S("SA", 500, 101, 0, "~")}},
{NULL}};

const struct talk talks_reset[] = {
{"refused", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("RA", 0, 101, 0, "close@close"),
	C("S", 900, 0, 0, "^syn-sent")}},
{"refused: RST must acknowledge the SYN", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("RA", 0, 100, 0, "!rst-bad-ack"),
	S("RA", 0, 102, 0, "!rst-bad-ack"),
	S("R", 0, 101, 0, "!rst-bad-ack"),
	S("SA", 500, 101, 0, "syn-received")}},
{"client gives up before an answer", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	C("R", 100, 0, 0, "!rst-bad-ack"),
	C("R", 101, 0, 0, "close")}},
{"refused in a simultaneous open", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("S", 500, 0, 0, "listen"),
	C("RA", 0, 777, 0, "!rst-bad-ack"),
	C("RA", 0, 501, 0, "close")}},
{"half open: client rejects the SYN/ACK", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("SA", 500, 101, 0, "syn-received"),
	C("R", 200, 0, 0, "!rst-not-exact"),
	C("R", 101, 0, 0, "close")}},
{"half open: server gives up", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("SA", 500, 101, 0, "syn-received"),
	S("R", 502, 0, 0, "!rst-not-exact"),
	S("R", 501, 0, 0, "close")}},
{"half open: server's listener went away", TALK_NO_BASE, {
	C("S", 100, 0, 0, "syn-sent"),
	S("SA", 500, 101, 0, "syn-received"),
	S("RA", 0, 99, 0, "!rst-not-exact"),
	S("RA", 0, 101, 0, "close")}},
{"exact: what the other side asked for last", 0, {
	HANDSHAKE,
	S("PA", 501, 101, 100, "established"),
	C("A", 101, 601, 0, "established"),
	S("R", 601, 0, 0, "close@close")}},
{"exact: data in flight, by the receiver's number", 0, {
	HANDSHAKE,
	S("PA", 501, 101, 100, "established"),
	S("R", 501, 0, 0, "close")}},
{"exact: data in flight, by the sender's number", 0, {
	HANDSHAKE,
	S("PA", 501, 101, 100, "established"),
	S("RA", 601, 101, 0, "close")}},
{"exact, from the client", 0, {
	HANDSHAKE,
	C("RA", 101, 501, 0, "close")}},
{"in the window but not exact: nothing changes", 0, {
	HANDSHAKE,
	S("R", 502, 0, 0, "!rst-not-exact"),
	S("R", 500, 0, 0, "!rst-not-exact"),
	S("R", 1501, 0, 0, "!rst-not-exact"),
	C("R", 102, 0, 0, "!rst-not-exact"),
	S("PA", 501, 101, 100, "established+@unacked"),
	C("A", 101, 601, 0, "established+@established")}},
{"out of the window", 0, {
	HANDSHAKE,
	S("R", 1502, 0, 0, "!rst-out-of-window"),
	S("R", 500000, 0, 0, "!rst-out-of-window"),
	S("R", 501 - 1001, 0, 0, "!rst-out-of-window"),
	C("A", 101, 501, 0, "established+@established")}},
{"exact number, nonsense acknowledgement", 0, {
	HANDSHAKE,
	S("RA", 501, 0, 0, "close")}},
{"what was in flight when the RST came", 0, {
	HANDSHAKE,
	S("R", 501, 0, 0, "close"),
	C("PA", 101, 501, 10, "close"),
	S("R", 501, 0, 0, "close"),
	S("FA", 501, 101, 0, "close")}},
{"after a FIN", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	S("R", 502, 0, 0, "!rst-not-exact"),
	S("R", 501, 0, 0, "close")}},
{"by the side that sent the FIN", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	C("R", 102, 0, 0, "close")}},
{"in time-wait", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	S("FA", 501, 102, 0, "last-ack"),
	C("A", 102, 502, 0, "time-wait"),
	S("R", 700, 0, 0, "!rst-not-exact"),
	S("R", 502, 0, 0, "close")}},
{NULL}};

const struct talk talks_reuse[] = {
{"after time-wait, higher number", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	S("FA", 501, 102, 0, "last-ack"),
	C("A", 102, 502, 0, "time-wait"),
	C("S", 103, 0, 0, "^syn-sent@syn-sent"),
	S("SA", 7000, 104, 0, "syn-received")}},
{"after time-wait, lower number, taken", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	S("FA", 501, 102, 0, "last-ack"),
	C("A", 102, 502, 0, "time-wait"),
	C("S", 50, 0, 0, "~"),
	S("SA", 7000, 51, 0, "syn-received"),
	C("A", 51, 7001, 0, "established+")}},
{"after time-wait, lower number, challenged", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	S("FA", 501, 102, 0, "last-ack"),
	C("A", 102, 502, 0, "time-wait"),
	C("S", 50, 0, 0, "~"),
	S("A", 502, 102, 0, "time-wait"),
	C("R", 102, 0, 0, "close"),
	C("S", 50, 0, 0, "^syn-sent")}},
{"after a reset, from either side", 0, {
	HANDSHAKE,
	S("R", 501, 0, 0, "close"),
	S("S", 9000, 0, 0, "^syn-sent")}},
{"time-wait, the other side calls", 0, {
	HANDSHAKE,
	C("FA", 101, 501, 0, "fin-wait"),
	S("FA", 501, 102, 0, "last-ack"),
	C("A", 102, 502, 0, "time-wait"),
	S("S", 9000, 0, 0, "^syn-sent")}},
{"client forgot, server still open: challenge ACK", 0, {
	HANDSHAKE,
	C("PA", 101, 501, 50, "established"),
	S("A", 501, 151, 0, "established"),
	C("S", 3000, 0, 0, "~"),
	S("A", 501, 151, 0, "established"),
	C("R", 151, 0, 0, "close"),
	C("S", 3000, 0, 0, "^syn-sent"),
	S("SA", 8000, 3001, 0, "syn-received"),
	C("A", 3001, 8001, 0, "established+")}},
{"client and server forgot: both agree on the new one", 0, {
	HANDSHAKE,
	C("S", 3000, 0, 0, "~"),
	S("SA", 8000, 3001, 0, "syn-received@syn-received"),
	C("A", 3001, 8001, 0, "established+"),
	S("PA", 8001, 3001, 100, "established"),
	S("PA", 601, 101, 0, "!seq-below-window")}},
{"the new one keeps its window scale", 0, {
	HANDSHAKE,
	CX("S", 3000, 0, 0, "w7", "~"),
	SX("SA", 8000, 3001, 0, "w7", "syn-received"),
	C("A", 3001, 8001, 0, "established"),
	S("A", 8001 + 128000, 3001, 0, "established"),
	S("A", 8002 + 128000, 3001, 0, "!seq-above-window")}},
{"client forgot, server refuses: the RST passes, nothing changes", 0, {
	HANDSHAKE,
	C("S", 3000, 0, 0, "~"),
	S("RA", 0, 3001, 0, "~"),
	C("A", 101, 501, 0, "established+@established")}},
{"a RST for a SYN that nobody sent", 0, {
	HANDSHAKE,
	S("RA", 0, 3001, 0, "!rst-out-of-window")}},
{"SYN/ACK for a SYN that nobody sent", 0, {
	HANDSHAKE,
	C("S", 3000, 0, 0, "~"),
	S("SA", 8000, 4001, 0, "~"),
	C("A", 101, 501, 0, "established+")}},
{"the first SYN late: no new connection", 0, {
	HANDSHAKE,
	C("PA", 101, 501, 50, "established"),
	C("S", 100, 0, 0, "~"),
	S("A", 501, 151, 0, "established+"),
	S("SA", 500, 101, 0, "~"),
	C("A", 151, 501, 0, "established+")}},
{"challenge ACK is not the last ACK", 0, {
	HANDSHAKE,
	S("FA", 501, 101, 0, "fin-wait"),
	C("FA", 101, 502, 0, "last-ack"),
	C("S", 3000, 0, 0, "~"),
	S("A", 502, 101, 0, "~"),
	S("A", 502, 102, 0, "time-wait")}},
{"a new call while the first is being answered", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("SA", 500, 101, 0, "syn-received"),
	C("S", 3000, 0, 0, "~"),
	S("SA", 8000, 3001, 0, "syn-received"),
	C("A", 3001, 8001, 0, "established+")}},
{NULL}};
/* clang-format on */
