/* SPDX-License-Identifier: Apache-2.0 */
/* ClientHellos for tests. */
#ifndef SL_TEST_HELLO_H
#define SL_TEST_HELLO_H

#include <stdint.h>
#include <string.h>

#define HELLO_ROOM 1024

static inline uint32_t
hello_put(uint8_t *at, uint32_t n, uint64_t value, unsigned bytes)
{
	while (bytes--)
		at[n++] = (uint8_t)(value >> (8 * bytes));
	return n;
}

/* The server_name extension of a name; "": none. */
static inline uint32_t
hello_name(uint8_t *at, uint32_t n, const char *host)
{
	uint32_t len = (uint32_t)strlen(host);

	if (!len)
		return n;
	n = hello_put(at, n, 0, 2);
	n = hello_put(at, n, len + 5, 2);
	n = hello_put(at, n, len + 3, 2);
	n = hello_put(at, n, 0, 1);
	n = hello_put(at, n, len, 2);
	memcpy(at + n, host, len);
	return n + len;
}

/* A hello in one record; returns its length.  'at' has room for HELLO_ROOM. */
static inline uint32_t
hello_make(uint8_t *at, const char *host)
{
	uint32_t n = 9, extensions;

	n = hello_put(at, n, 0x0303, 2);
	memset(at + n, 'R', 32);
	n += 32;
	n = hello_put(at, n, 4, 1); /* session id */
	n = hello_put(at, n, 0x73657373, 4);
	n = hello_put(at, n, 4, 2); /* suites */
	n = hello_put(at, n, 0x13011302, 4);
	n = hello_put(at, n, 0x0100, 2); /* compressions */
	extensions = n;
	n = hello_put(at, n + 2, 0x00170000, 4); /* an extension before */
	n = hello_name(at, n, host);
	n = hello_put(at, n, 0x000b00020100, 6); /* and one behind */
	hello_put(at, extensions, n - extensions - 2, 2);
	hello_put(at, 0, 0x160301, 3);
	hello_put(at, 3, n - 5, 2);
	hello_put(at, 5, 1, 1);
	hello_put(at, 6, n - 9, 3);
	return n;
}

#endif
