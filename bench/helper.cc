// SPDX-License-Identifier: Apache-2.0
// What a helper costs: per packet of a connection that it follows, and per packet,
// and per new connection, of those that no helper is for.  Each is timed twice in
// one run, with helpers on and off; the difference is the price.
#include "round.h"

#include <algorithm>
#include <cstdio>
#include <string>

namespace
{

// 198.51.100.10 has as many digits as 192.168.88.10: texts keep their lengths, and
// so do the numbers that the other side acknowledges.
constexpr uint32_t kPublic = 0xc633640a;
const char kOn[] = "/ip firewall nat\n"
		   "set 0 action=src-nat to-addresses=198.51.100.10\n";
const char kOff[] = "/ip firewall nat\n"
		    "set 0 action=src-nat to-addresses=198.51.100.10\n"
		    "/ip firewall service-port\n"
		    "set ftp,tftp,h323,sip,pptp disabled=yes\n";

uint32_t
SayNothing(uint32_t, char *text)
{
	return static_cast<uint32_t>(
	    std::snprintf(text, PTB_TEXT, "NOOP    \r\n"));
}

// A port of its own for each, so that it stays.
uint32_t
SayPort(uint32_t n, char *text)
{
	return static_cast<uint32_t>(std::snprintf(text, PTB_TEXT,
	    "PORT 192,168,88,10,1%02u,1%02u\r\n", n / 100 % 100, n % 100));
}

uint32_t
SayInvite(uint32_t n, char *text)
{
	char sdp[300];
	int body = std::snprintf(sdp, sizeof(sdp),
	    "v=0\r\no=- 1 1 IN IP4 192.168.88.10\r\ns=-\r\n"
	    "c=IN IP4 192.168.88.10\r\nt=0 0\r\nm=audio %u RTP/AVP 0 8 101\r\n"
	    "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n",
	    20000 + n % 10000 * 2);

	return static_cast<uint32_t>(std::snprintf(text, PTB_TEXT,
	    "INVITE sip:anna@198.18.0.1 SIP/2.0\r\n"
	    "Via: SIP/2.0/UDP 192.168.88.10:%u;branch=z9hG4bK%u;rport\r\n"
	    "Max-Forwards: 70\r\n"
	    "From: <sip:bob@192.168.88.10>;tag=a\r\n"
	    "To: <sip:anna@198.18.0.1>\r\nCall-ID: %u@192.168.88.10\r\n"
	    "CSeq: 1 INVITE\r\nContact: <sip:bob@192.168.88.10:%u>\r\n"
	    "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s",
	    1024 + n, n, n, 1024 + n, body, sdp));
}

struct Case {
	const char *name;
	ptb_kind kind;
	uint32_t n;
	ptb_talk talk;
};

const Case kFollowed[] = {
    {"ftp/idle-line", PTB_TCP, 1000,
	{21, kPublic, nullptr, "220 ftp\r\n", "USER a\r\n", SayNothing}},
    {"ftp/port-line", PTB_TCP, 1000,
	{21, kPublic, nullptr, "220 ftp\r\n", "USER a\r\n", SayPort}},
    {"sip/invite", PTB_UDP, 1000,
	{5060, kPublic, nullptr, nullptr, nullptr, SayInvite}},
};

const Case kOthers[] = {
    {"tcp", PTB_TCP, 1000, {443, kPublic, nullptr, nullptr, nullptr, nullptr}},
    {"tcp", PTB_TCP, 100000,
	{443, kPublic, nullptr, nullptr, nullptr, nullptr}},
    {"udp", PTB_UDP, 1000, {443, kPublic, nullptr, nullptr, nullptr, nullptr}},
};

const Case kNew[] = {
    {"tcp", PTB_TCP, 200000,
	{443, kPublic, nullptr, nullptr, nullptr, nullptr}},
    {"udp", PTB_UDP, 200000,
	{443, kPublic, nullptr, nullptr, nullptr, nullptr}},
};

ptb *
Open(benchmark::State &state, const Case &c, ptb_talk &talk, bool on)
{
	talk = c.talk;
	talk.config = on ? kOn : kOff;
	ptb *b = ptb_new_talk(c.kind, c.n, &talk);
	if (!b)
		state.SkipWithError("no router");
	return b;
}

void
Followed(benchmark::State &state, const Case &c, bool on)
{
	ptb_talk talk;
	double best = 1;
	ptb *b = Open(state, c, talk, on);

	if (!b)
		return;
	if (!ptb_establish(b))
		state.SkipWithError("connections were not established");
	for (auto _ : state) {
		ptb_offer_talk(b);
		best = std::min(best, Round(b, PTB_ROUND / 2, state));
		ptb_offer_acks(b);
		if (ptb_run(b) != PTB_ROUND / 2)
			state.SkipWithError("answers were lost");
	}
	state.counters["best"] = best * 1e9;
	ptb_free(b);
}

void
Established(benchmark::State &state, const Case &c, bool on)
{
	ptb_talk talk;
	double best = 1;
	ptb *b = Open(state, c, talk, on);

	if (!b)
		return;
	if (!ptb_establish(b))
		state.SkipWithError("connections were not established");
	for (auto _ : state) {
		ptb_offer_established(b);
		best = std::min(best, Round(b, PTB_ROUND, state));
	}
	state.counters["best"] = best * 1e9;
	ptb_free(b);
}

void
Opening(benchmark::State &state, const Case &c, bool on)
{
	ptb_talk talk;
	double best = 1;
	ptb *b = Open(state, c, talk, on);

	if (!b)
		return;
	for (auto _ : state) {
		uint32_t n = ptb_offer_opening(b);

		best = std::min(best, Round(b, n, state));
	}
	state.counters["best"] = best * 1e9;
	ptb_free(b);
}

using Run = void (*)(benchmark::State &, const Case &, bool);

// Off and on beside each other, so that a machine's mood meets both.
void
Register(const char *what, Run run, const Case &c, int iterations)
{
	for (bool on : {false, true})
		benchmark::RegisterBenchmark(
		    (std::string(what) + "/" + c.name + "/" +
			std::to_string(c.n) + (on ? "/on" : "/off"))
			.c_str(),
		    run, c, on)
		    ->UseManualTime()
		    ->Iterations(iterations)
		    ->Unit(benchmark::kNanosecond);
}

int
RegisterAll()
{
	for (const Case &c : kFollowed)
		Register("followed", Followed, c, 500);
	for (const Case &c : kOthers)
		Register("other", Established, c, 500);
	for (const Case &c : kNew)
		Register("opening", Opening, c,
		    static_cast<int>(c.n / (PTB_ROUND / 2) + 1));
	return 0;
}

const int registered = RegisterAll();

} // namespace
