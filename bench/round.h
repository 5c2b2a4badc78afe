/* SPDX-License-Identifier: Apache-2.0 */
// A round of packets through the router of path_fixture.h, timed by hand.
#ifndef SL_BENCH_ROUND_H
#define SL_BENCH_ROUND_H

#include "path_fixture.h"

#include <benchmark/benchmark.h>
#include <chrono>

// Seconds per packet of one round.
inline double
Round(ptb *b, uint32_t offered, benchmark::State &state)
{
	auto begin = std::chrono::steady_clock::now();
	uint32_t left = ptb_run(b);
	std::chrono::duration<double> took =
	    std::chrono::steady_clock::now() - begin;

	if (left != offered)
		state.SkipWithError("packets were lost");
	state.SetIterationTime(took.count() / offered);
	return took.count() / offered;
}

#endif
