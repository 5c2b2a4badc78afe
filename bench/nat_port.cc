// SPDX-License-Identifier: Apache-2.0
// Port choice as the ports towards one server run out: time per choice beside the
// budget (design, "NAT port choice"), and choices refused although a port was
// free.  Each choice is timed by itself, the clock's own 20 to 40 ns included.
#include "nat_port_fixture.h"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdint>
#include <vector>

namespace {

constexpr double kBudgetNs = 1000;

class Times {
public:
	Times() { ns_.reserve(1 << 20); }

	template <class F>
	bool
	Take(benchmark::State &state, F &&f)
	{
		auto t0 = std::chrono::steady_clock::now();
		bool ok = f();
		auto t1 = std::chrono::steady_clock::now();
		std::chrono::duration<double> d = t1 - t0;

		state.SetIterationTime(d.count());
		ns_.push_back(float(d.count() * 1e9));
		return ok;
	}

	void
	Report(benchmark::State &state)
	{
		std::sort(ns_.begin(), ns_.end());
		state.counters["p50_ns"] = At(0.5);
		state.counters["p99.9_ns"] = At(0.999);
		state.counters["max_ns"] = ns_.back();
		state.counters["budget_ns"] = kBudgetNs;
	}

private:
	double
	At(double share) const
	{
		return ns_[size_t(share * double(ns_.size() - 1))];
	}

	std::vector<float> ns_;
};

void
Keep(benchmark::State &state)
{
	np *subject = np_new(64512, 1);
	Times times;

	if (!subject) {
		state.SkipWithError("no memory");
		return;
	}
	for (auto _ : state) {
		times.Take(state, [&] { return np_keep(subject); });
		np_give_back(subject);
	}
	times.Report(state);
	np_free(subject);
}

// Ports of the range, and how many of them are free.
void
Choose(benchmark::State &state)
{
	uint32_t size = uint32_t(state.range(0));
	uint32_t free = uint32_t(state.range(1));
	np *subject = np_new(size, size - free);
	uint64_t wrong = 0;
	Times times;

	if (!subject) {
		state.SkipWithError("no memory");
		return;
	}
	for (auto _ : state) {
		bool ok = times.Take(state, [&] { return np_choose(subject); });

		wrong += ok != (free > 0);
		if (ok)
			np_give_back(subject);
	}
	times.Report(state);
	state.counters["wrong"] = double(wrong);
	np_free(subject);
}

void
Pools(benchmark::internal::Benchmark *b)
{
	b->ArgNames({"ports", "free"});
	for (int64_t free : {1, 0})
		b->Args({2, free});
	for (int64_t size : {1000, 64512})
		for (int64_t free : {size - 1, size / 2, size / 100, int64_t(1),
			 int64_t(0)})
			b->Args({size, free});
	b->UseManualTime();
}

BENCHMARK(Keep)->UseManualTime();
BENCHMARK(Choose)->Apply(Pools);

} // namespace
