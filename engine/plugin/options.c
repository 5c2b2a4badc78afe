/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/options.h>

#include <base/rcu.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MS_PER_S 1000ull
#define MS_PER_M (60 * MS_PER_S)
#define MS_PER_H (60 * MS_PER_M)
#define MS_PER_D (24 * MS_PER_H)
#define MS_PER_W (7 * MS_PER_D)

static const struct {
	const char *name;
	uint64_t ms;
} units[] = {
    {"ms", 1},
    {"s", MS_PER_S},
    {"m", MS_PER_M},
    {"h", MS_PER_H},
    {"d", MS_PER_D},
    {"w", MS_PER_W},
};

/* Digits at *text; false if there are none or the number is too long. */
static bool
read_number(const char **text, uint64_t *n)
{
	const char *p = *text;

	*n = 0;
	while (*p >= '0' && *p <= '9') {
		if (p - *text == 15)
			return false;
		*n = *n * 10 + (uint64_t)(*p++ - '0');
	}
	if (p == *text)
		return false;
	*text = p;
	return true;
}

/* The unit at *text in milliseconds; none means seconds; 0: not a unit. */
static uint64_t
read_unit(const char **text)
{
	if (**text == '\0')
		return MS_PER_S;
	for (size_t i = 0; i < SL_COUNT_OF(units); i++) {
		size_t len = strlen(units[i].name);

		if (strncmp(*text, units[i].name, len) == 0) {
			*text += len;
			return units[i].ms;
		}
	}
	return 0;
}

/* "1d2h", "500ms", "30" (seconds). */
static bool
read_time(const char *text, uint64_t *ms)
{
	uint64_t n, unit;

	*ms = 0;
	do {
		if (!read_number(&text, &n) || !(unit = read_unit(&text)) ||
		    n > (UINT64_MAX - *ms) / unit)
			return false;
		*ms += n * unit;
	} while (*text);
	return true;
}

static int
bad_value(const struct sl_option *o, const char *value, struct sl_err *err)
{
	return sl_err_set(err, -EINVAL, "invalid value for argument %s: %.64s",
	    o->name, value);
}

static int
check_range(const struct sl_option *o, uint64_t n, struct sl_err *err)
{
	if (n >= o->min && n <= o->max)
		return 0;
	return sl_err_set(err, -ERANGE, "value of %s out of range (%llu..%llu)",
	    o->name, (unsigned long long)o->min, (unsigned long long)o->max);
}

static int
set_bool(
    const struct sl_option *o, void *at, const char *value, struct sl_err *err)
{
	bool on = strcmp(value, "yes") == 0;

	if (!on && strcmp(value, "no") != 0)
		return bad_value(o, value, err);
	memcpy(at, &on, sizeof(on));
	return 0;
}

static int
set_u32(
    const struct sl_option *o, void *at, const char *value, struct sl_err *err)
{
	const char *end = value;
	uint64_t n;
	uint32_t stored;
	int rc;

	if (!read_number(&end, &n) || *end)
		return bad_value(o, value, err);
	if ((rc = check_range(o, n, err)))
		return rc;
	if (n > UINT32_MAX)
		return bad_value(o, value, err);
	stored = (uint32_t)n;
	memcpy(at, &stored, sizeof(stored));
	return 0;
}

static int
set_time(
    const struct sl_option *o, void *at, const char *value, struct sl_err *err)
{
	uint64_t ms;
	int rc;

	if (!read_time(value, &ms))
		return bad_value(o, value, err);
	if ((rc = check_range(o, ms, err)))
		return rc;
	memcpy(at, &ms, sizeof(ms));
	return 0;
}

static int
set_enum(
    const struct sl_option *o, void *at, const char *value, struct sl_err *err)
{
	for (uint32_t i = 0; o->names[i]; i++) {
		if (strcmp(o->names[i], value) != 0)
			continue;
		memcpy(at, &i, sizeof(i));
		return 0;
	}
	return sl_err_set(
	    err, -EINVAL, "input does not match any value of %s", o->name);
}

static int
set_ports(
    const struct sl_option *o, void *at, const char *value, struct sl_err *err)
{
	struct sl_option_ports ports = {0};
	uint64_t n;

	while (*value) {
		const char *start = value;

		if (!read_number(&value, &n) || (*value && *value != ',') ||
		    (*value == ',' && !value[1]))
			return bad_value(o, start, err);
		if (n == 0 || n > UINT16_MAX)
			return sl_err_set(err, -ERANGE,
			    "value of %s out of range (1..65535)", o->name);
		if (ports.n == SL_OPTION_PORTS)
			return sl_err_set(err, -ERANGE,
			    "value of %s has more than %d ports", o->name,
			    SL_OPTION_PORTS);
		ports.port[ports.n++] = (uint16_t)n;
		value += *value == ',';
	}
	memcpy(at, &ports, sizeof(ports));
	return 0;
}

static int
set_addr(
    const struct sl_option *o, void *at, const char *value, struct sl_err *err)
{
	struct sl_option_addr a = {0};

	if (inet_pton(AF_INET, value, a.addr.u.b) == 1)
		a.family = SL_IPV4;
	else if (inet_pton(AF_INET6, value, a.addr.u.b) == 1)
		a.family = SL_IPV6;
	else if (*value)
		return bad_value(o, value, err);
	memcpy(at, &a, sizeof(a));
	return 0;
}

int
sl_options_read(
    const struct sl_option *o, void *at, const char *value, struct sl_err *err)
{
	switch ((enum sl_option_type)o->type) {
	case SL_OPT_BOOL:
		return set_bool(o, at, value, err);
	case SL_OPT_U32:
		return set_u32(o, at, value, err);
	case SL_OPT_TIME_MS:
		return set_time(o, at, value, err);
	case SL_OPT_ENUM:
		return set_enum(o, at, value, err);
	case SL_OPT_PORTS:
		return set_ports(o, at, value, err);
	case SL_OPT_ADDR:
		return set_addr(o, at, value, err);
	case SL_OPT_END:
		break;
	}
	return bad_value(o, value, err);
}

static int
set_one(const struct sl_option *o, void *block, const char *value,
    struct sl_err *err)
{
	return sl_options_read(o, (uint8_t *)block + o->off, value, err);
}

int
sl_options_set(const struct sl_option *table, void *block, const char *name,
    const char *value, struct sl_err *err)
{
	for (const struct sl_option *o = table; o && o->name; o++)
		if (strcmp(o->name, name) == 0)
			return set_one(o, block, value, err);
	return sl_err_set(err, -ENOENT, "no option %s", name);
}

/* What stands before every block. */
struct block {
	struct sl_rcu_head head;
	SL_ALIGNED(16) uint8_t bytes[];
};

static struct block *
block_of(void *bytes)
{
	return sl_container_of(bytes, struct block, bytes);
}

void *
sl_options_new(const struct sl_option *table, uint32_t size, struct sl_err *err)
{
	struct block *block = calloc(1, sizeof(*block) + size);

	if (!block) {
		sl_err_sys(err, -ENOMEM, "option block");
		return NULL;
	}
	for (const struct sl_option *o = table; o && o->name; o++) {
		if (set_one(o, block->bytes, o->def, err) == 0)
			continue;
		free(block);
		return NULL;
	}
	return block->bytes;
}

void *
sl_options_copy(const void *bytes, uint32_t size)
{
	struct block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		return NULL;
	memcpy(block->bytes, bytes, size);
	return block->bytes;
}

void
sl_options_free(void *bytes)
{
	if (bytes)
		free(block_of(bytes));
}

static void
reclaim(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct block, head));
}

void
sl_options_retire(void *bytes)
{
	sl_retire(&block_of(bytes)->head, reclaim);
}

void
sl_options_print_time(uint64_t ms, char *buf, size_t size)
{
	size_t at = 0;

	snprintf(buf, size, "0s");
	for (size_t i = SL_COUNT_OF(units); i-- > 0;) {
		uint64_t n = ms / units[i].ms;

		if (n == 0 || at >= size)
			continue;
		ms -= n * units[i].ms;
		at += (size_t)snprintf(buf + at, size - at, "%llu%s",
		    (unsigned long long)n, units[i].name);
	}
}
