// SPDX-License-Identifier: Apache-2.0
// Address lists: loading prefixes, and looking addresses up in lists of 10 to
// 60,000 of them.  Budget: design, "start with 60 k address-list lines".
#include "addrlist_fixture.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

namespace
{

void
Load(benchmark::State &state)
{
	alb *b = alb_new(static_cast<uint32_t>(state.range(0)));

	if (!b) {
		state.SkipWithError("no memory");
		return;
	}
	for (auto _ : state) {
		if (!alb_load(b))
			state.SkipWithError("no memory");
		state.PauseTiming();
		alb_unload(b);
		state.ResumeTiming();
	}
	state.counters["budget_ms"] = 1000;
	alb_free(b);
}

// An iteration is ALB_LOOKUPS lookups; 'best' is nanoseconds of one.
void
Look(benchmark::State &state, bool hit)
{
	alb *b = alb_new(static_cast<uint32_t>(state.range(0)));
	double best = 1;

	if (!b || !alb_load(b)) {
		state.SkipWithError("no memory");
		return;
	}
	for (auto _ : state) {
		auto begin = std::chrono::steady_clock::now();
		uint32_t found = alb_look(b, hit);
		std::chrono::duration<double> took =
		    std::chrono::steady_clock::now() - begin;

		if (found != (hit ? ALB_LOOKUPS : 0))
			state.SkipWithError("wrong answers");
		state.SetIterationTime(took.count());
		best = std::min(best, took.count() / ALB_LOOKUPS);
	}
	state.counters["best"] = best * 1e9;
	alb_unload(b);
	alb_free(b);
}

BENCHMARK(Load)->Arg(60000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Look, hit, true)
    ->Arg(10)
    ->Arg(1000)
    ->Arg(60000)
    ->UseManualTime();
BENCHMARK_CAPTURE(Look, miss, false)
    ->Arg(10)
    ->Arg(1000)
    ->Arg(60000)
    ->UseManualTime();

} // namespace
