// SPDX-License-Identifier: Apache-2.0
// The connection table beside liburcu's cds_lfht, ck_ht and the memory's limit.
// Time is per connection (insert) or per lookup: the mean, and 'best', the
// fastest stretch of 16384, which says more on a shared machine.
#include "table_fixture.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace {

constexpr uint32_t kSizes[] = { 1000, 100000, 1000000 };
constexpr uint32_t kCount = 16384; // lookups per iteration

void
Insert(benchmark::State &state, tb_kind kind, uint32_t n)
{
	double bytes = 0;

	for (auto _ : state) {
		tb *subject = tb_new(kind, n);

		if (!subject) {
			state.SkipWithError("no memory");
			return;
		}
		auto begin = std::chrono::steady_clock::now();
		tb_fill(subject);
		std::chrono::duration<double> took =
		    std::chrono::steady_clock::now() - begin;
		state.SetIterationTime(took.count() / n);
		bytes = tb_bytes_per_connection(subject);
		tb_free(subject);
	}
	if (bytes > 0)
		state.counters["bytes"] = bytes;
}

void
Lookup(benchmark::State &state, tb_kind kind, uint32_t n, tb_want want,
    bool batch)
{
	tb *subject = tb_new(kind, n);
	uint64_t found = 0, asked = 0;
	double best = 1;

	if (!subject) {
		state.SkipWithError("no memory");
		return;
	}
	tb_fill(subject);
	for (auto _ : state) {
		auto begin = std::chrono::steady_clock::now();
		found += batch ? tb_lookup_batch(subject, want, kCount)
			       : tb_lookup_single(subject, want, kCount);
		std::chrono::duration<double> took =
		    std::chrono::steady_clock::now() - begin;
		state.SetIterationTime(took.count() / kCount);
		best = std::min(best, took.count() / kCount);
		asked += kCount;
	}
	if (found != (want == TB_HIT ? asked : 0))
		state.SkipWithError("wrong answers");
	state.counters["best"] = best * 1e9;
	tb_free(subject);
}

const struct {
	tb_kind kind;
	const char *name;
} kSubjects[] = {
	{ TB_SLUICE, "sluice" },
	{ TB_CDS_LFHT, "cds_lfht" },
	{ TB_CK_HT, "ck_ht" },
};

// Fixed iterations: the time of one is scaled to one lookup.
void
RegisterLookup(const std::string &name, tb_kind kind, uint32_t n, tb_want want,
    bool batch)
{
	benchmark::RegisterBenchmark(
	    (name + "/" + std::to_string(n)).c_str(), Lookup, kind, n, want,
	    batch)
	    ->UseManualTime()
	    ->Iterations(n / kCount * 2 + 40)
	    ->Unit(benchmark::kNanosecond);
}

int
RegisterAll()
{
	for (uint32_t n : kSizes) {
		RegisterLookup("limit", TB_LIMIT, n, TB_HIT, true);
		for (const auto &s : kSubjects) {
			std::string name = s.name;

			RegisterLookup(name + "/hit/batch", s.kind, n, TB_HIT,
			    true);
			RegisterLookup(name + "/hit/single", s.kind, n,
			    TB_HIT, false);
			RegisterLookup(name + "/miss/batch", s.kind, n,
			    TB_MISS, true);
			benchmark::RegisterBenchmark(
			    (name + "/insert/" + std::to_string(n)).c_str(),
			    Insert, s.kind, n)
			    ->UseManualTime()
			    ->Iterations(n < 100000 ? 20 : 1)
			    ->Unit(benchmark::kNanosecond);
		}
	}
	return 0;
}

const int registered = RegisterAll();

} // namespace
