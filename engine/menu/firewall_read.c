/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/firewall_read.h>

#include <errno.h>
#include <string.h>

int
sl_firewall_keep(
    struct sl_value *out, const char *text, size_t len, struct sl_err *err)
{
	return sl_value_str(out, text, len)
		   ? sl_err_set(err, -ENOMEM, "failure: out of memory")
		   : 0;
}

bool
sl_firewall_as_string(const char *text, size_t len, char *buf, size_t size)
{
	if (len >= size || memchr(text, '\0', len))
		return false;
	memcpy(buf, text, len);
	buf[len] = '\0';
	return true;
}

bool
sl_firewall_read_number(const char **at, uint64_t max, uint64_t *out)
{
	const char *p = *at;
	uint64_t n = 0;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		if (digit > max || n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*at = p;
	*out = n;
	return true;
}

bool
sl_firewall_skip(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static uint64_t
scale_of(const char **at)
{
	if (sl_firewall_skip(at, 'k') || sl_firewall_skip(at, 'K'))
		return 1000;
	if (sl_firewall_skip(at, 'M'))
		return 1000000;
	return sl_firewall_skip(at, 'G') ? 1000000000 : 1;
}

bool
sl_firewall_read_scaled(const char **at, uint64_t max, uint64_t *out)
{
	return sl_firewall_read_number(at, max, out) &&
	       !__builtin_mul_overflow(*out, scale_of(at), out) && *out <= max;
}

bool
sl_firewall_read_period(const char **at, const char *ends, uint64_t *ns)
{
	size_t len = strcspn(*at, ends);
	struct sl_value v;

	if (!sl_value_parse(&v, SL_VALUE_TIME, *at, len) || v.ns <= 0)
		return false;
	*at += len;
	*ns = (uint64_t)v.ns;
	return true;
}
