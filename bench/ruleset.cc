// SPDX-License-Identifier: Apache-2.0
// The first packet of a connection through a chain of 10 to 10,000 rules, and
// what compiling them takes.  An iteration is RSB_PACKETS packets.  Budget:
// design, "10 k filter rules".
#include "ruleset_fixture.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

namespace
{

const double kBudget = 3; // times 10 rules of the same mix

// Best of each mix at 10 rules, nanoseconds; filled by the first of its runs.
std::map<int, double> ten_rules;

void
Walk(benchmark::State &state, rsb_mix mix)
{
	uint32_t n = static_cast<uint32_t>(state.range(0));
	rsb *b = rsb_new(mix, n);
	double best = 1;

	if (!b) {
		state.SkipWithError("no memory");
		return;
	}
	for (auto _ : state) {
		auto begin = std::chrono::steady_clock::now();
		uint32_t decided = rsb_run(b);
		std::chrono::duration<double> took =
		    std::chrono::steady_clock::now() - begin;

		if (decided != RSB_PACKETS)
			state.SkipWithError("packets met no rule");
		state.SetIterationTime(took.count());
		best = std::min(best, took.count() / RSB_PACKETS);
	}
	best *= 1e9;
	if (n == 10)
		ten_rules[mix] = best;
	state.counters["best"] = best; // nanoseconds a packet
	state.counters["bytes_a_rule"] = double(rsb_bytes(b)) / n;
	if (ten_rules.count(mix)) {
		state.counters["of_10_rules"] = best / ten_rules[mix];
		state.counters["budget"] = kBudget;
	}
	rsb_free(b);
}

void
Compile(benchmark::State &state, rsb_mix mix)
{
	rsb *b = rsb_new(mix, static_cast<uint32_t>(state.range(0)));

	if (!b) {
		state.SkipWithError("no memory");
		return;
	}
	for (auto _ : state)
		if (!rsb_compile(b))
			state.SkipWithError("no memory");
	rsb_free(b);
}

const bool registered = [] {
	for (int mix = 0; mix < RSB_MIXES; mix++) {
		auto m = static_cast<rsb_mix>(mix);
		std::string name = rsb_name(m);

		benchmark::RegisterBenchmark(("Compile/" + name).c_str(),
		    [m](benchmark::State &s) { Compile(s, m); })
		    ->Arg(10000)
		    ->Unit(benchmark::kMillisecond);
		if (m == RSB_ONIONS)
			continue; // walked rule by rule
		benchmark::RegisterBenchmark(("Walk/" + name).c_str(),
		    [m](benchmark::State &s) { Walk(s, m); })
		    ->Arg(10)
		    ->Arg(100)
		    ->Arg(1000)
		    ->Arg(2000)
		    ->Arg(10000)
		    ->UseManualTime();
	}
	return true;
}();

} // namespace
