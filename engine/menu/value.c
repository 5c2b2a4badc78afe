/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/value.h>

#include <base/clock.h>

#include <errno.h>
#include <string.h>

struct sl_value
sl_value_bool(bool b)
{
	return (struct sl_value){.type = SL_VALUE_BOOL, .b = b};
}

struct sl_value
sl_value_num(int64_t num)
{
	return (struct sl_value){.type = SL_VALUE_NUM, .num = num};
}

static struct sl_value
with_unit(uint64_t num, enum sl_unit unit)
{
	return (struct sl_value){.type = SL_VALUE_NUM,
	    .unit = (uint8_t)unit,
	    .num = (int64_t)SL_MIN(num, (uint64_t)INT64_MAX)};
}

struct sl_value
sl_value_count(uint64_t num)
{
	return with_unit(num, SL_UNIT_COUNT);
}

struct sl_value
sl_value_rate(uint64_t bits_per_s)
{
	return with_unit(bits_per_s, SL_UNIT_RATE);
}

struct sl_value
sl_value_size(uint64_t bytes)
{
	return with_unit(bytes, SL_UNIT_SIZE);
}

struct sl_value
sl_value_time(int64_t ns)
{
	return (struct sl_value){.type = SL_VALUE_TIME, .ns = ns};
}

struct sl_value
sl_value_time_left(uint64_t deadline_ns, uint64_t now_ns)
{
	uint64_t left = deadline_ns > now_ns ? deadline_ns - now_ns : 0;

	return sl_value_time((int64_t)(left - left % SL_NS_PER_SEC));
}

struct sl_value
sl_value_id(uint64_t id)
{
	return (struct sl_value){.type = SL_VALUE_ID, .id = id};
}

struct sl_value
sl_value_static(const char *s)
{
	struct sl_value v = {.type = SL_VALUE_STR, .flags = SL_VALUE_STATIC};

	/* SL_VALUE_STATIC: nobody writes or frees through this pointer. */
	v.str.s = (char *)(uintptr_t)s;
	v.str.len = strlen(s);
	return v;
}

struct sl_value
sl_value_ip4(const uint8_t addr[4])
{
	struct sl_value v = {.type = SL_VALUE_IP, .family = 4};

	memcpy(v.addr[0], addr, 4);
	return v;
}

struct sl_value
sl_value_endpoint4(const uint8_t addr[4], uint16_t port)
{
	struct sl_value v = sl_value_ip4(addr);

	v.flags |= SL_VALUE_PORT;
	v.index = port;
	return v;
}

struct sl_value
sl_value_ip6(const uint8_t addr[16])
{
	struct sl_value v = {.type = SL_VALUE_IP, .family = 6};

	memcpy(v.addr[0], addr, 16);
	return v;
}

struct sl_value
sl_value_prefix(const struct sl_value *ip, uint8_t bits)
{
	struct sl_value v = *ip;

	v.type = SL_VALUE_PREFIX;
	v.bits = bits;
	return v;
}

int
sl_value_str(struct sl_value *out, const char *s, size_t len)
{
	struct sl_value v = {.type = SL_VALUE_STR};

	*out = (struct sl_value){0};
	v.str.s = malloc(len + 1);
	if (!v.str.s)
		return -ENOMEM;
	if (len)
		memcpy(v.str.s, s, len);
	v.str.s[len] = '\0';
	v.str.len = len;
	*out = v;
	return 0;
}

int
sl_value_array(struct sl_value *out)
{
	*out = (struct sl_value){0};
	struct sl_array *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	out->type = SL_VALUE_ARRAY;
	out->array = a;
	return 0;
}

static int
copy_array(struct sl_value *out, const struct sl_value *from)
{
	struct sl_value v;
	int rc;

	rc = sl_value_array(out);
	out->flags = from->flags;
	for (size_t i = 0; !rc && i < from->array->n; i++) {
		const struct sl_element *e = &from->array->elements[i];

		rc = sl_value_copy(&v, &e->value);
		if (!rc)
			rc = sl_array_add(out, e->key, &v);
	}
	if (rc)
		sl_value_free(out);
	return rc;
}

int
sl_value_copy(struct sl_value *out, const struct sl_value *from)
{
	struct sl_value v;
	int rc;

	if (from->type == SL_VALUE_ARRAY)
		return copy_array(out, from);
	if (from->type != SL_VALUE_STR || (from->flags & SL_VALUE_STATIC)) {
		*out = *from;
		return 0;
	}
	rc = sl_value_str(&v, from->str.s, from->str.len);
	v.flags = from->flags;
	v.index = from->index;
	*out = v;
	return rc;
}

void
sl_value_free(struct sl_value *v)
{
	if (v->type == SL_VALUE_STR && !(v->flags & SL_VALUE_STATIC))
		free(v->str.s);
	if (v->type == SL_VALUE_ARRAY) {
		for (size_t i = 0; i < v->array->n; i++) {
			free(v->array->elements[i].key);
			sl_value_free(&v->array->elements[i].value);
		}
		free(v->array->elements);
		free(v->array);
	}
	*v = (struct sl_value){0};
}

int
sl_array_add(struct sl_value *array, const char *key, struct sl_value *v)
{
	struct sl_array *a = array->array;
	struct sl_element *grown;
	char *copy = NULL;

	if (a->n == a->cap) {
		size_t cap = a->cap ? a->cap * 2 : 4;

		grown = realloc(a->elements, cap * sizeof(*grown));
		if (!grown)
			goto refused;
		a->elements = grown;
		a->cap = cap;
	}
	if (key && !(copy = strdup(key)))
		goto refused;
	a->elements[a->n++] = (struct sl_element){copy, *v};
	*v = (struct sl_value){0};
	return 0;

refused:
	sl_value_free(v);
	return -ENOMEM;
}

size_t
sl_array_len(const struct sl_value *array)
{
	return array->type == SL_VALUE_ARRAY ? array->array->n : 0;
}

const struct sl_value *
sl_array_at(const struct sl_value *array, size_t i)
{
	if (i >= sl_array_len(array))
		return NULL;
	return &array->array->elements[i].value;
}

const struct sl_value *
sl_array_find(const struct sl_value *array, const char *key)
{
	for (size_t i = 0; i < sl_array_len(array); i++) {
		const struct sl_element *e = &array->array->elements[i];

		if (e->key && strcmp(e->key, key) == 0)
			return &e->value;
	}
	return NULL;
}

const char *
sl_value_type_name(const struct sl_value *v)
{
	switch ((enum sl_value_type)v->type) {
	case SL_VALUE_NONE:
		return "nothing";
	case SL_VALUE_BOOL:
		return "bool";
	case SL_VALUE_NUM:
		return "num";
	case SL_VALUE_TIME:
		return "time";
	case SL_VALUE_IP:
		return v->family == 6 ? "ip6" : "ip";
	case SL_VALUE_PREFIX:
		return v->family == 6 ? "ip6-prefix" : "ip-prefix";
	case SL_VALUE_ID:
		return "id";
	case SL_VALUE_ARRAY:
		return "array";
	case SL_VALUE_STR:
	case SL_VALUE_RANGE:
	case SL_VALUE_SPAN:
	case SL_VALUE_MAC:
		break;
	}
	return "str";
}
