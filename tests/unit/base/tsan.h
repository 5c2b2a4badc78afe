/* SPDX-License-Identifier: Apache-2.0 */
/* ck's rings are inline assembly and liburcu's hash table is a library without
 * instrumentation: ThreadSanitizer sees neither's ordering, and tests of what is
 * built on them have no meaning under it. */
#ifndef TEST_BASE_TSAN_H
#define TEST_BASE_TSAN_H

#include <stdbool.h>

static inline bool
is_tsan(void)
{
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
	return true;
#endif
#endif
#ifdef __SANITIZE_THREAD__
	return true;
#endif
	return false;
}

#endif
