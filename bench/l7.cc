// SPDX-License-Identifier: Apache-2.0
// Looking into payloads.  Budgets: the first packets of a connection are flat in
// the number of expressions (1 to 100: at most three times), and a packet of a
// connection whose layer 7 is settled costs next to nothing (5 ns).
#include "l7_fixture.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

namespace {

constexpr double kFlat = 3;	 // of what one expression costs
constexpr double kAfterNs = 5;	 // a packet after the verdict

// Nanoseconds of one call, the fastest of many short stretches.
template <typename Call>
double
Best(Call call)
{
	double best = 1e9;

	for (int stretch = 0; stretch < 50; stretch++) {
		auto begin = std::chrono::steady_clock::now();

		for (int i = 0; i < 256; i++)
			call();
		std::chrono::duration<double, std::nano> took =
		    std::chrono::steady_clock::now() - begin;
		best = std::min(best, took.count() / 256);
	}
	return best;
}

template <typename Call>
void
Run(benchmark::State &state, Call call)
{
	l7b *b = l7b_new(static_cast<unsigned>(state.range(0)));

	if (!b) {
		state.SkipWithError("the expressions do not compile");
		return;
	}
	for (auto _ : state)
		call(b);
	state.counters["best_ns"] = Best([&] { call(b); });
	l7b_free(b);
}

// What the same costs with one expression: the budget is kFlat times that.
template <typename Call>
double
WithOne(Call call)
{
	l7b *b = l7b_new(1);
	double ns = b ? Best([&] { call(b); }) : 0;

	if (b)
		l7b_free(b);
	return ns;
}

void
FirstPackets(benchmark::State &state)
{
	state.counters["budget_ns"] = kFlat * WithOne(l7b_open);
	Run(state, l7b_open);
}

void
Content(benchmark::State &state)
{
	state.counters["budget_ns"] = kFlat * WithOne(l7b_content);
	Run(state, [](l7b *b) { benchmark::DoNotOptimize(l7b_content(b)); });
}

void
AfterUnknown(benchmark::State &state)
{
	state.counters["budget_ns"] = kAfterNs;
	Run(state, [](l7b *b) { benchmark::DoNotOptimize(l7b_unknown(b)); });
}

void
AfterNamed(benchmark::State &state)
{
	Run(state, [](l7b *b) { benchmark::DoNotOptimize(l7b_named(b)); });
}

void
TlsHello(benchmark::State &state)
{
	Run(state, l7b_hello);
}

void
AfterTlsHello(benchmark::State &state)
{
	state.counters["budget_ns"] = kAfterNs;
	Run(state, [](l7b *b) { benchmark::DoNotOptimize(l7b_past_hello(b)); });
}

// The number of expressions, of contents.
BENCHMARK(FirstPackets)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);
BENCHMARK(Content)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);
BENCHMARK(AfterUnknown)->Arg(100);
BENCHMARK(AfterNamed)->Arg(100);
BENCHMARK(TlsHello)->Arg(1);
BENCHMARK(AfterTlsHello)->Arg(1);

} // namespace
