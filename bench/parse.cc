// SPDX-License-Identifier: Apache-2.0
// Parse, checksum and rewrite of frames in the cache; time is per packet.
#include "parse_fixture.h"

#include <benchmark/benchmark.h>

#include <vector>

namespace {

void
Parse(benchmark::State &state, pb_frame frame)
{
	pb *b = pb_new(frame);

	if (!b) {
		state.SkipWithError("frame not accepted");
		return;
	}
	for (auto _ : state)
		benchmark::DoNotOptimize(pb_parse(b));
	pb_free(b);
}

void
Rewrite(benchmark::State &state, pb_frame frame, bool masked)
{
	pb *b = pb_new(frame);

	if (!b) {
		state.SkipWithError("frame not accepted");
		return;
	}
	while (state.KeepRunningBatch(2)) {
		if (masked)
			pb_rewrite_masked_twice(b);
		else
			pb_rewrite_twice(b);
		benchmark::ClobberMemory();
	}
	pb_free(b);
}

void
VerifyChecksum(benchmark::State &state, pb_frame frame)
{
	pb *b = pb_new(frame);

	if (!b) {
		state.SkipWithError("frame not accepted");
		return;
	}
	for (auto _ : state)
		benchmark::DoNotOptimize(pb_csum_ok(b));
	state.SetBytesProcessed(state.iterations() * pb_frame_len(b));
	pb_free(b);
}

void
Sum(benchmark::State &state, uint16_t (*sum)(const uint8_t *, uint32_t))
{
	auto len = static_cast<uint32_t>(state.range(0));
	std::vector<uint8_t> data(len, 0x5a);

	for (auto _ : state)
		benchmark::DoNotOptimize(sum(data.data(), len));
	state.SetBytesProcessed(state.iterations() * len);
}

BENCHMARK_CAPTURE(Parse, tcp4, PB_TCP4);
BENCHMARK_CAPTURE(Parse, tcp6, PB_TCP6);
BENCHMARK_CAPTURE(Parse, tcp6_extensions, PB_TCP6_EXTENSIONS);
BENCHMARK_CAPTURE(Parse, vlan_udp4, PB_VLAN_UDP4);
BENCHMARK_CAPTURE(Parse, gso_tcp4, PB_GSO_TCP4);
BENCHMARK_CAPTURE(Rewrite, tcp4, PB_TCP4, false);
BENCHMARK_CAPTURE(Rewrite, tcp6, PB_TCP6, false);
BENCHMARK_CAPTURE(Rewrite, gso_tcp4, PB_GSO_TCP4, false);
BENCHMARK_CAPTURE(Rewrite, tcp4_masked, PB_TCP4, true);
BENCHMARK_CAPTURE(VerifyChecksum, tcp4_1400, PB_TCP4);
BENCHMARK_CAPTURE(Sum, engine, pb_sum)->Arg(20)->Arg(1480)->Arg(65536);
BENCHMARK_CAPTURE(Sum, plain, pb_sum_plain)->Arg(20)->Arg(1480)->Arg(65536);

} // namespace
