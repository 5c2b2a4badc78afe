// SPDX-License-Identifier: Apache-2.0
// The whole way of a packet between two ports in memory: parse, lookup, track,
// filter, NAT, route, neighbour, counters.  Time is per packet: the mean, and
// 'best', the fastest round, which says more on a shared machine.
#include "round.h"

#include <algorithm>

namespace {

void
Established(benchmark::State &state, ptb_kind kind)
{
	ptb *b = ptb_new(kind, static_cast<uint32_t>(state.range(0)));
	double best = 1;

	if (!b) {
		state.SkipWithError("no router");
		return;
	}
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
Opening(benchmark::State &state, ptb_kind kind)
{
	ptb *b = ptb_new(kind, static_cast<uint32_t>(state.range(0)));
	double best = 1;

	if (!b) {
		state.SkipWithError("no router");
		return;
	}
	for (auto _ : state) {
		uint32_t n = ptb_offer_opening(b);

		best = std::min(best, Round(b, n, state));
	}
	state.counters["best"] = best * 1e9;
	ptb_free(b);
}

constexpr int kSizes[] = { 1000, 100000, 1000000 };

int
RegisterAll()
{
	for (auto [name, kind] : { std::pair{ "tcp", PTB_TCP },
		 std::pair{ "udp", PTB_UDP } }) {
		for (int n : kSizes)
			benchmark::RegisterBenchmark(
			    (std::string("established/") + name).c_str(),
			    Established, kind)
			    ->Arg(n)
			    ->UseManualTime()
			    ->Iterations(2 * n / PTB_ROUND + 500)
			    ->Unit(benchmark::kNanosecond);
		for (int n : kSizes)
			benchmark::RegisterBenchmark(
			    (std::string("opening/") + name).c_str(), Opening,
			    kind)
			    ->Arg(n)
			    ->UseManualTime()
			    ->Iterations(n / (PTB_ROUND / 2) + 1)
			    ->Unit(benchmark::kNanosecond);
	}
	return 0;
}

const int registered = RegisterAll();

} // namespace
