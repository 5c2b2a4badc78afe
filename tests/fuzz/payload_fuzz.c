/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arbitrary segments put together into a ClientHello, and arbitrary expressions
 * translated.  An input is a kind, then for a hello a row of pieces: offset (16
 * bits), length (16 bits), big-endian, bytes.  What the pieces say in order must be what
 * they say at once, if none overlaps; a name is text without blanks.
 */
#include <rule/l7_regex.h>
#include <rule/tls_hello.h>

#include <stdlib.h>
#include <string.h>

#define KIND_REGEX 'r'

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct sl_tls_hello *h)
{
	if (h->have > SL_TLS_HELLO_MAX || h->read > h->have ||
	    h->message > h->read)
		abort();
	if (h->state != SL_TLS_HELLO)
		return;
	if (!memchr(h->host, '\0', sizeof(h->host)))
		abort();
	for (const char *p = h->host; *p; p++)
		if (*p <= ' ' || *p > '~')
			abort();
}

static void
put_together(const uint8_t *data, size_t size)
{
	static struct sl_tls_hello hello, whole;
	uint32_t next = 0;
	bool in_order = true;

	sl_tls_hello_start(&hello);
	sl_tls_hello_start(&whole);
	while (size >= 4) {
		uint32_t off = (uint32_t)data[0] << 8 | data[1];
		uint32_t len = (uint32_t)data[2] << 8 | data[3];

		data += 4;
		size -= 4;
		if (len > size)
			len = (uint32_t)size;
		sl_tls_hello_add(&hello, off, data, len);
		check(&hello);
		in_order = in_order && off == next;
		for (uint32_t i = 0; in_order && i < len; i++)
			sl_tls_hello_add(&whole, off + i, data + i, 1);
		next = off + len;
		data += len;
		size -= len;
	}
	check(&whole);
	if (in_order &&
	    (whole.state != hello.state || strcmp(whole.host, hello.host) != 0))
		abort();
}

static void
translate(const uint8_t *data, size_t size)
{
	char *out = malloc(SL_L7_REGEX_OUT);
	struct sl_err err = {0};
	struct sl_span regex = {data, (uint32_t)size};

	if (!out)
		abort();
	if (!sl_l7_regex_translate(regex, out, &err) &&
	    (!*out || strlen(out) >= SL_L7_REGEX_OUT))
		abort();
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	if (data[0] == KIND_REGEX)
		translate(data + 1, size - 1);
	else
		put_together(data + 1, size - 1);
	return 0;
}
