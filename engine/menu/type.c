/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/type.h>

#include <menu/model.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int
sl_type_refuse(const struct sl_prop *p, struct sl_err *err)
{
	return sl_err_set(
	    err, -EINVAL, "invalid value for argument %s", p->name);
}

static int
no_match(const struct sl_prop *p, struct sl_err *err)
{
	return sl_err_set(
	    err, -EINVAL, "input does not match any value of %s", p->name);
}

static int
no_memory(struct sl_err *err)
{
	return sl_err_set(err, -ENOMEM, "failure: out of memory");
}

static int
parse_bool(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	static const char *const names[] = {"no", "yes", "false", "true", NULL};
	int i = sl_type_match(names, text, len);

	(void)m;
	if (i < 0)
		return no_match(p, err);
	*out = sl_value_bool(i & 1);
	return 0;
}

static void
complete_bool(
    struct sl_model *m, const struct sl_prop *p, sl_word_fn visit, void *arg)
{
	(void)m;
	(void)p;
	visit("no", NULL, arg);
	visit("yes", NULL, arg);
}

/* A number with k, M or G behind it. */
static bool
take_scaled(const char *text, size_t len, int64_t *out)
{
	struct sl_value v;
	int64_t scale = 1;

	if (!len)
		return false;
	switch (text[len - 1]) {
	case 'k':
	case 'K':
		scale = 1000;
		break;
	case 'M':
		scale = 1000000;
		break;
	case 'G':
		scale = 1000000000;
		break;
	}
	if (!sl_value_parse(&v, SL_VALUE_NUM, text, len - (scale > 1)))
		return false;
	return !__builtin_mul_overflow(v.num, scale, out);
}

static bool
is_within(const struct sl_prop *p, int64_t n)
{
	return (!p->min && !p->max) || (n >= p->min && n <= p->max);
}

static int
out_of_range(const struct sl_prop *p, const char *what, struct sl_err *err)
{
	return sl_err_set(err, -ERANGE,
	    "value of %s out of range (%" PRId64 "..%" PRId64 ")", what, p->min,
	    p->max);
}

static int
parse_num(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	int64_t n;

	(void)m;
	if (!take_scaled(text, len, &n))
		return sl_type_refuse(p, err);
	if (!is_within(p, n))
		return out_of_range(p, p->name, err);
	*out = sl_value_num(n);
	return 0;
}

static int
parse_count(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	int rc = parse_num(m, p, text, len, out, err);

	out->unit = SL_UNIT_COUNT;
	return rc;
}

static int
parse_rate(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	int rc = parse_num(m, p, text, len, out, err);

	out->unit = SL_UNIT_RATE;
	return rc;
}

static int
parse_span(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_value v;

	(void)m;
	if (!sl_value_parse(&v, SL_VALUE_SPAN, text, len))
		return sl_type_refuse(p, err);
	if (!is_within(p, v.span[0]) || !is_within(p, v.span[1]))
		return out_of_range(p, "range", err);
	*out = v;
	return 0;
}

static int
parse_time(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_value v;

	(void)m;
	if (!sl_value_parse(&v, SL_VALUE_TIME, text, len))
		return sl_type_refuse(p, err);
	if (!is_within(p, v.ns))
		return sl_err_set(
		    err, -ERANGE, "value of %s out of range", p->name);
	*out = v;
	return 0;
}

static int
parse_str(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	(void)m;
	(void)p;
	return sl_value_str(out, text, len) ? no_memory(err) : 0;
}

static int
parse_enum(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	int i = sl_type_match(p->names, text, len);

	(void)m;
	if (i < 0)
		return no_match(p, err);
	*out = sl_value_static(p->names[i]);
	out->index = (uint16_t)i;
	return 0;
}

/* The index of a word that is not among the names is past their end. */
static int
parse_open(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	size_t n = 0;

	for (; p->names[n]; n++)
		if (strlen(p->names[n]) == len &&
		    memcmp(p->names[n], text, len) == 0)
			return parse_enum(m, p, text, len, out, err);
	if (sl_value_str(out, text, len))
		return no_memory(err);
	out->index = (uint16_t)n;
	return 0;
}

static void
complete_names(
    struct sl_model *m, const struct sl_prop *p, sl_word_fn visit, void *arg)
{
	(void)m;
	for (size_t i = 0; p->names[i]; i++)
		visit(p->names[i], NULL, arg);
}

static int
parse_ref(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_value v;

	if (sl_value_str(&v, text, len))
		return no_memory(err);
	if (memchr(text, '\0', len) || !p->ref->known(m, p, v.str.s)) {
		sl_value_free(&v);
		return no_match(p, err);
	}
	*out = v;
	return 0;
}

static void
complete_ref(
    struct sl_model *m, const struct sl_prop *p, sl_word_fn visit, void *arg)
{
	if (p->ref->each)
		p->ref->each(m, p, visit, arg);
}

static int
take_address(const char *text, size_t len, struct sl_value *out, uint8_t family)
{
	struct sl_value v;

	if (!sl_value_parse(&v, SL_VALUE_IP, text, len) || v.family != family)
		return -EINVAL;
	*out = v;
	return 0;
}

static int
parse_ip4(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	(void)m;
	return take_address(text, len, out, 4) ? sl_type_refuse(p, err) : 0;
}

static int
parse_ip6(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	(void)m;
	return take_address(text, len, out, 6) ? sl_type_refuse(p, err) : 0;
}

/* "A/n" of which A is an address and n a number, but too large. */
static bool
is_long_prefix(const char *text, size_t len, uint8_t family)
{
	const char *slash = memchr(text, '/', len);
	struct sl_value ip, bits;

	return slash &&
	       sl_value_parse(&ip, SL_VALUE_IP, text, (size_t)(slash - text)) &&
	       ip.family == family &&
	       sl_value_parse(&bits, SL_VALUE_NUM, slash + 1,
		   len - (size_t)(slash - text) - 1) &&
	       bits.num > (family == 6 ? 128 : 32);
}

static int
long_prefix(uint8_t family, struct sl_err *err)
{
	return sl_err_set(err, -ERANGE, "value of netmask out of range (0..%d)",
	    family == 6 ? 128 : 32);
}

/* A bare address is its own host prefix. */
static int
take_prefix(const struct sl_prop *p, const char *text, size_t len,
    struct sl_value *out, uint8_t family, struct sl_err *err)
{
	struct sl_value v;

	if (is_long_prefix(text, len, family))
		return long_prefix(family, err);
	if (sl_value_parse(&v, SL_VALUE_IP, text, len))
		v = sl_value_prefix(&v, v.family == 6 ? 128 : 32);
	else if (!sl_value_parse(&v, SL_VALUE_PREFIX, text, len))
		return sl_type_refuse(p, err);
	if (v.family != family)
		return sl_type_refuse(p, err);
	*out = v;
	return 0;
}

static int
parse_prefix4(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	(void)m;
	return take_prefix(p, text, len, out, 4, err);
}

static int
parse_prefix6(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	(void)m;
	return take_prefix(p, text, len, out, 6, err);
}

/* What rules take: address, prefix, range. */
static int
take_net(const char *text, size_t len, struct sl_value *out, uint8_t family,
    struct sl_err *err)
{
	static const enum sl_value_type types[] = {
	    SL_VALUE_IP, SL_VALUE_PREFIX, SL_VALUE_RANGE};
	struct sl_value v;

	for (size_t i = 0; i < SL_COUNT_OF(types); i++) {
		if (!sl_value_parse(&v, types[i], text, len) ||
		    v.family != family)
			continue;
		*out = v;
		return 0;
	}
	if (is_long_prefix(text, len, family))
		return long_prefix(family, err);
	return sl_err_set(
	    err, -EINVAL, "value of range expects range of ip addresses");
}

static int
parse_net4(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	(void)m;
	(void)p;
	return take_net(text, len, out, 4, err);
}

static int
parse_net6(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	(void)m;
	(void)p;
	return take_net(text, len, out, 6, err);
}

static int
parse_mac(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	(void)m;
	if (!sl_value_parse(out, SL_VALUE_MAC, text, len))
		return sl_type_refuse(p, err);
	return 0;
}

static int
parse_id(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	(void)m;
	if (!sl_value_parse(out, SL_VALUE_ID, text, len))
		return sl_type_refuse(p, err);
	return 0;
}

/* clang-format off */
const struct sl_type sl_type_bool = {"yes or no", parse_bool, complete_bool};
const struct sl_type sl_type_num = {"number", parse_num, .number = true};
const struct sl_type sl_type_count = {"number", parse_count, .number = true};
const struct sl_type sl_type_rate = {"bits per second", parse_rate};
const struct sl_type sl_type_span = {"number or range", parse_span};
const struct sl_type sl_type_time = {"time interval", parse_time};
const struct sl_type sl_type_str = {"text", parse_str, .quoted = true};
const struct sl_type sl_type_name = {"name", parse_str};
const struct sl_type sl_type_enum = {"one of the names", parse_enum,
    complete_names};
const struct sl_type sl_type_open = {"name", parse_open, complete_names};
const struct sl_type sl_type_ref = {"name", parse_ref, complete_ref};
const struct sl_type sl_type_ip4 = {"IP address", parse_ip4};
const struct sl_type sl_type_ip6 = {"IPv6 address", parse_ip6};
const struct sl_type sl_type_prefix4 = {"IP prefix", parse_prefix4};
const struct sl_type sl_type_prefix6 = {"IPv6 prefix", parse_prefix6};
const struct sl_type sl_type_net4 = {"IP address, prefix or range", parse_net4};
const struct sl_type sl_type_net6 = {"IPv6 address or prefix", parse_net6};
const struct sl_type sl_type_mac = {"MAC address", parse_mac};
const struct sl_type sl_type_id = {"item id", parse_id};
/* clang-format on */

static int
parse_element(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	bool neg = (p->flags & SL_PROP_LIST_NEG) && len && *text == '!';
	int rc;

	*out = (struct sl_value){0};
	if (len == (size_t)neg && !(p->flags & SL_PROP_KEEP_EMPTY))
		return sl_type_refuse(p, err);
	rc = p->type->parse(m, p, text + neg, len - neg, out, err);
	if (!rc && neg)
		out->flags |= SL_VALUE_NEGATED;
	return rc;
}

static int
parse_list(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	const char *end = text + len, *comma;
	struct sl_value list, v;
	int rc;

	rc = sl_value_array(&list);
	while (!rc) {
		comma = memchr(text, ',', (size_t)(end - text));
		comma = comma ? comma : end;
		rc = parse_element(m, p, text, (size_t)(comma - text), &v, err);
		if (!rc)
			rc = sl_array_add(&list, NULL, &v);
		if (comma == end)
			break;
		text = comma + 1;
	}
	if (rc) {
		sl_value_free(&list);
		return rc == -ENOMEM ? no_memory(err) : rc;
	}
	*out = list;
	return 0;
}

int
sl_prop_parse(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	bool neg = (p->flags & SL_PROP_NEG) && len && *text == '!';
	int rc;

	*out = (struct sl_value){0};
	if (!len && !(p->flags & SL_PROP_KEEP_EMPTY))
		return 0;
	text += neg;
	len -= neg;
	if (p->flags & (SL_PROP_LIST | SL_PROP_LIST_NEG))
		rc = parse_list(m, p, text, len, out, err);
	else
		rc = parse_element(m, p, text, len, out, err);
	if (!rc && neg)
		out->flags |= SL_VALUE_NEGATED;
	return rc;
}

int
sl_prop_take(struct sl_model *m, const struct sl_prop *p,
    const struct sl_value *in, struct sl_value *out, struct sl_err *err)
{
	struct sl_text t = {0};
	int rc;

	if (in->type == SL_VALUE_STR)
		return sl_prop_parse(m, p, in->str.s, in->str.len, out, err);
	*out = (struct sl_value){0};
	sl_value_print(&t, in, SL_FORM_CONFIG);
	rc = t.failed ? no_memory(err)
		      : sl_prop_parse(m, p, sl_text_str(&t), t.len, out, err);
	sl_text_free(&t);
	return rc;
}

void
sl_prop_complete(
    struct sl_model *m, const struct sl_prop *p, sl_word_fn visit, void *arg)
{
	if (p->type->complete)
		p->type->complete(m, p, visit, arg);
}

int
sl_type_match(const char *const *names, const char *text, size_t len)
{
	int found = -1;

	for (int i = 0; len && names[i]; i++) {
		if (strncmp(names[i], text, len) != 0)
			continue;
		if (!names[i][len])
			return i;
		found = found == -1 ? i : -2;
	}
	return found;
}
