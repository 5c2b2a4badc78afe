// SPDX-License-Identifier: Apache-2.0
// Port choice as the ports towards one server fill up: time per choice, and how
// many were refused although a port was free.  Budget: design, "NAT port choice".
#include "nat_port_fixture.h"

#include <benchmark/benchmark.h>

namespace {

void
Keep(benchmark::State &state)
{
	np *subject = np_new(1);

	if (!subject) {
		state.SkipWithError("no memory");
		return;
	}
	for (auto _ : state)
		benchmark::DoNotOptimize(np_keep(subject));
	np_free(subject);
}

void
Choose(benchmark::State &state)
{
	uint32_t used = uint32_t(NP_PORTS * state.range(0) / 1000);
	np *subject = np_new(used);
	uint64_t refused = 0;

	if (!subject) {
		state.SkipWithError("no memory");
		return;
	}
	for (auto _ : state)
		refused += !np_choose(subject);
	state.counters["free"] = double(NP_PORTS - used);
	state.counters["refused_%"] = benchmark::Counter(
	    100.0 * double(refused), benchmark::Counter::kAvgIterations);
	np_free(subject);
}

BENCHMARK(Keep);
// Tenths of a percent of the ports in use.
BENCHMARK(Choose)->Arg(1)->Arg(500)->Arg(900)->Arg(990)->Arg(999)->Arg(1000);

} // namespace
