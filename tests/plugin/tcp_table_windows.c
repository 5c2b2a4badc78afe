/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_table.h"

#include <stddef.h>

/* clang-format off */
const struct talk talks_window[] = {
{"upper edge", 0, {
	HANDSHAKE,
	S("A", 1501, 101, 0, "established"),
	S("A", 1502, 101, 0, "!seq-above-window"),
	C("A", 1101, 501, 0, "established"),
	C("A", 1102, 501, 0, "!seq-above-window")}},
{"upper edge moves with acknowledgements", 0, {
	HANDSHAKE,
	S("PA", 501, 101, 1000, "established"),
	C("A", 101, 1501, 0, "established"),
	S("PA", 2501, 101, 1, "established"),
	S("A", 2502, 101, 0, "!seq-above-window")}},
{"upper edge does not move back", 0, {
	HANDSHAKE,
	CW("A", 101, 501, 0, 10, "established"),
	S("PA", 1401, 101, 100, "established")}},
{"lower edge: one window back", 0, {
	HANDSHAKE,
	S("A", 501 - 1000, 101, 0, "established"),
	S("A", 501 - 1001, 101, 0, "!seq-below-window")}},
{"both sides scale", 0, {
	HANDSHAKE_WITH("w7"),
	S("A", 501 + 128000, 101, 0, "established"),
	S("A", 502 + 128000, 101, 0, "!seq-above-window")}},
{"one side scales: nobody does", 0, {
	CX("S", 100, 0, 0, "w7", "syn-sent"),
	S("SA", 500, 101, 0, "syn-received"),
	C("A", 101, 501, 0, "established"),
	S("A", 1501, 101, 0, "established"),
	S("A", 1502, 101, 0, "!seq-above-window")}},
{"only the server scales: nobody does", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	SX("SA", 500, 101, 0, "w7", "syn-received"),
	C("A", 101, 501, 0, "established"),
	S("A", 501, 101, 0, "established"),
	C("A", 1101, 501, 0, "established"),
	C("A", 1102, 501, 0, "!seq-above-window")}},
{"the window in a SYN is never scaled", 0, {
	CX("S", 100, 0, 0, "w7", "syn-sent"),
	SX("SA", 500, 101, 0, "w7", "syn-received"),
	C("A", 1102, 501, 0, "!seq-above-window"),
	C("A", 1101, 501, 0, "established")}},
{"a scale above 14 counts as 14", 0, {
	HANDSHAKE_WITH("w15"),
	S("A", 501 + (1000u << 14), 101, 0, "established"),
	S("A", 502 + (1000u << 14), 101, 0, "!seq-above-window")}},
{"simultaneous open scales too", 0, {
	CX("S", 100, 0, 0, "w3", "syn-sent"),
	SX("S", 500, 0, 0, "w3", "listen"),
	CX("SA", 100, 501, 0, "w3", "syn-received"),
	SX("SA", 500, 101, 0, "w3", "~"),
	C("A", 101, 501, 0, "established"),
	S("A", 501 + 8000, 101, 0, "established"),
	S("A", 502 + 8000, 101, 0, "!seq-above-window")}},
{"acknowledges what was not sent", 0, {
	HANDSHAKE,
	C("A", 101, 502, 0, "!ack-not-sent"),
	S("A", 501, 102, 0, "!ack-not-sent"),
	S("PA", 501, 101, 100, "established"),
	C("A", 101, 601, 0, "established"),
	C("A", 101, 602, 0, "!ack-not-sent")}},
{"acknowledges what is long past", 0, {
	C("S", 100, 0, 0, "syn-sent"),
	S("SA", 500, 101, 0, "syn-received"),
	CW("A", 101, 501, 0, 60000, "established"),
	S("A", 501, 101, 60000, "established"),
	CW("A", 101, 60501, 0, 60000, "established"),
	S("A", 60501, 101, 60000, "established"),
	CW("A", 101, 120501 - 66000, 0, 60000, "established"),
	CW("A", 101, 120501 - 66001, 0, 60000, "!ack-too-old")}},
{"SACK counts where it was agreed", 0, {
	HANDSHAKE_WITH("s"),
	S("A", 701, 101, 100, "established"),
	CX("A", 101, 501, 0, "k701-801", "established"),
	CX("A", 101, 501, 0, "k701-802", "!ack-not-sent")}},
{"SACK is ignored where it was not", 0, {
	HANDSHAKE,
	S("A", 701, 101, 100, "established"),
	CX("A", 101, 501, 0, "k701-802", "established")}},
{"SACK moves the upper edge", 0, {
	HANDSHAKE_WITH("s"),
	S("A", 1301, 101, 200, "established"),
	CX("A", 101, 501, 0, "k1301-1501", "established"),
	S("A", 2501, 101, 0, "established"),
	S("A", 2502, 101, 0, "!seq-above-window")}},
{"an old SACK block changes nothing", 0, {
	HANDSHAKE_WITH("s"),
	S("PA", 501, 101, 100, "established"),
	CX("A", 101, 601, 0, "k501-551", "established"),
	S("R", 601, 0, 0, "close")}},
{"old data again", 0, {
	HANDSHAKE,
	S("PA", 501, 101, 500, "established"),
	S("PA", 501, 101, 500, "established"),
	C("A", 101, 1001, 0, "established"),
	S("PA", 501, 101, 500, "established"),
	C("A", 101, 1001, 0, "established")}},
{"a hole is filled later", 0, {
	HANDSHAKE,
	S("PA", 601, 101, 100, "established"),
	C("A", 101, 501, 0, "established"),
	S("PA", 501, 101, 100, "established"),
	C("A", 101, 701, 0, "established@established")}},
{"keep-alive, with and without a byte", 0, {
	HANDSHAKE,
	C("PA", 101, 501, 50, "established"),
	S("A", 501, 151, 0, "established"),
	C("A", 150, 501, 0, "established"),
	S("A", 501, 151, 0, "established"),
	C("A", 150, 501, 1, "established"),
	S("A", 501, 151, 0, "established@established"),
	S("A", 500, 151, 0, "established"),
	C("A", 151, 501, 0, "established@established")}},
{"probes of a closed window", 0, {
	HANDSHAKE,
	S("PA", 501, 101, 1000, "established"),
	CW("A", 101, 1501, 0, 0, "established@max-retrans"),
	S("A", 1501, 101, 1, "established"),
	CW("A", 101, 1501, 0, 0, "established@unacked"),
	S("A", 1501, 101, 1, "established"),
	CW("A", 101, 1502, 0, 0, "established@max-retrans"),
	S("A", 1502, 101, 1, "established"),
	CW("A", 101, 1503, 0, 1000, "established@established"),
	S("PA", 1503, 101, 1000, "established")}},
{"the window closes and stays closed", 0, {
	HANDSHAKE,
	S("PA", 501, 101, 1000, "established"),
	CW("A", 101, 1501, 0, 0, "established"),
	S("A", 1503, 101, 1, "!seq-above-window")}},
{"the same segment three times again", 0, {
	HANDSHAKE,
	S("PA", 501, 101, 100, "established@unacked"),
	S("PA", 501, 101, 100, "established@unacked"),
	S("PA", 501, 101, 100, "established@unacked"),
	S("PA", 501, 101, 100, "established@max-retrans"),
	S("PA", 501, 101, 100, "established@max-retrans"),
	C("A", 101, 601, 0, "established@established")}},
{"data waits for its acknowledgement", 0, {
	HANDSHAKE,
	S("PA", 501, 101, 100, "established@unacked"),
	C("A", 101, 551, 0, "established@unacked"),
	C("A", 101, 601, 0, "established@established"),
	C("PA", 101, 601, 5, "established@unacked"),
	S("A", 601, 106, 0, "established@established")}},
{"data over the edge, begun inside it", 0, {
	HANDSHAKE,
	S("PA", 1401, 101, 200, "established"),
	S("PA", 1601, 101, 200, "!seq-above-window")}},
{"a super-segment of 60000 bytes", 0, {
	HANDSHAKE_WITH("w7"),
	S("PA", 501, 101, 60000, "established"),
	S("PA", 60501, 101, 60000, "established"),
	C("A", 101, 120501, 0, "established")}},
{"urgent data", 0, {
	HANDSHAKE,
	C("UA", 101, 501, 10, "established"),
	S("A", 501, 111, 0, "established")}},
{NULL}};

const struct talk talks_loose[] = {
{"picked up by the client's data", 0, {
	C("PA", 1000, 2000, 100, "established@unacked"),
	S("A", 2000, 1100, 0, "established@unacked"),
	C("A", 1100, 2000, 0, "established+@established")}},
{"picked up: the window's scale is unknown", 0, {
	CW("A", 1000, 2000, 0, 10, "established"),
	SW("A", 2000, 1000, 60000, 5, "established"),
	SW("A", 62000, 1000, 60000, 5, "established"),
	SW("A", 122000, 1000, 60000, 5, "established"),
	CW("A", 1000, 182000, 0, 10, "established+"),
	CW("PA", 1000, 182000, 60000, 10, "established")}},
{"picked up: acknowledges data that went by before", 0, {
	C("A", 1000, 2000, 0, "established"),
	C("A", 1000, 5000, 0, "established"),
	S("A", 5000, 4000, 0, "established"),
	C("A", 4000, 5000, 0, "established+")}},
{"picked up by something old", 0, {
	C("A", 1000, 9000, 0, "established"),
	S("A", 3000, 1000, 100, "established"),
	S("A", 9000, 1000, 100, "established"),
	C("A", 1000, 9100, 0, "established+@established")}},
{"picked up: a wild first answer teaches nothing", 0, {
	C("A", 1000, 2000, 0, "established"),
	S("A", 2000, 1000 + 0x50000000u, 0, "!ack-not-sent"),
	S("A", 2000, 1000, 0, "established"),
	C("A", 1000, 2000, 0, "established+")}},
{"picked up, then reset", 0, {
	C("PA", 1000, 2000, 100, "established"),
	S("R", 2100, 0, 0, "!rst-not-exact"),
	S("R", 2000, 0, 0, "close")}},
{"picked up, then reset by the client", 0, {
	C("PA", 1000, 2000, 100, "established"),
	C("R", 1000, 0, 0, "!rst-not-exact"),
	C("R", 1100, 0, 0, "close")}},
{"picked up, then closed", 0, {
	C("A", 1000, 2000, 0, "established"),
	S("A", 2000, 1000, 0, "established"),
	C("FA", 1000, 2000, 0, "fin-wait"),
	S("FA", 2000, 1001, 0, "last-ack"),
	C("A", 1001, 2001, 0, "time-wait")}},
{"picked up, then a new call", 0, {
	C("A", 1000, 2000, 0, "established"),
	C("S", 9000, 0, 0, "~"),
	S("SA", 500, 9001, 0, "syn-received"),
	C("A", 9001, 501, 0, "established+")}},
{"not loose: nothing is picked up", TALK_STRICT, {
	C("A", 1000, 2000, 0, "!not-loose")}},
{"not loose: a SYN is", TALK_STRICT, {HANDSHAKE}},
{"liberal: out of the window is not invalid", TALK_LIBERAL, {
	HANDSHAKE,
	S("PA", 900000, 101, 100, "established"),
	C("A", 101, 900100, 0, "established"),
	C("A", 101, 300, 0, "established")}},
{"liberal: but a RST is", TALK_LIBERAL, {
	HANDSHAKE,
	S("R", 900000, 0, 0, "!rst-out-of-window"),
	S("R", 601, 0, 0, "~"),
	S("PA", 501, 101, 100, "established+"),
	S("R", 601, 0, 0, "close")}},
{"liberal: states still count", TALK_LIBERAL, {
	C("S", 100, 0, 0, "syn-sent"),
	C("A", 101, 501, 0, "!wrong-state")}},
{"carried past us: numbers may have moved far", TALK_UNSEEN, {
	HANDSHAKE,
	S("PA", 3000000000u, 2000000, 100, "established"),
	C("A", 2000000, 3000000100u, 0, "established@established"),
	C("FA", 2000000, 3000000100u, 0, "fin-wait"),
	S("FA", 3000000100u, 2000001, 0, "last-ack"),
	C("A", 2000001, 3000000101u, 0, "time-wait")}},
{"carried past us: a RST only shortens the wait", TALK_UNSEEN, {
	HANDSHAKE,
	S("R", 77777777, 0, 0, "established@unacked"),
	S("PA", 501, 101, 0, "established@established")}},
{NULL}};
/* clang-format on */
