/* SPDX-License-Identifier: Apache-2.0 */
/* Types of rule properties that have a syntax of their own. */
#include <menu/firewall_props.h>
#include <menu/firewall_read.h>

#include <base/protocol.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

void
sl_firewall_range(
    const struct sl_value *v, struct sl_addr *min, struct sl_addr *max)
{
	unsigned size = v->family == SL_IPV6 ? 16 : 4, bits;

	memset(min, 0, sizeof(*min));
	memset(max, 0, sizeof(*max));
	memcpy(min, v->addr[0], size);
	memcpy(max, v->addr[v->type == SL_VALUE_RANGE], size);
	if (v->type != SL_VALUE_PREFIX)
		return;
	for (unsigned i = 0; i < size; i++) {
		bits = v->bits > i * 8 ? v->bits - i * 8 : 0;
		bits = SL_MIN(bits, 8u);
		min->u.b[i] &= (uint8_t)(0xff00 >> bits);
		max->u.b[i] |= (uint8_t)(0xff >> bits);
	}
}

/* protocol: a name or a number; a number with a name becomes the name. */

static int
parse_protocol(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	char buf[32];
	const char *name;
	int n;

	(void)m;
	n = sl_firewall_as_string(text, len, buf, sizeof(buf))
		? sl_protocol_number(buf)
		: -1;
	if (n < 0)
		return sl_err_set(err, -EINVAL,
		    "input does not match any value of %s", p->name);
	name = sl_protocol_name((uint8_t)n);
	if (!name)
		return sl_firewall_keep(out, buf, strlen(buf), err);
	*out = sl_value_static(name);
	return 0;
}

static void
complete_protocol(
    struct sl_model *m, const struct sl_prop *p, sl_word_fn visit, void *arg)
{
	(void)m;
	(void)p;
	for (unsigned i = 0; sl_protocol_names[i]; i++)
		visit(sl_protocol_names[i], NULL, arg);
}

/* icmp-options: type, type:code, type:code-code. */

bool
sl_firewall_read_icmp(const char *text, struct sl_firewall_icmp *out)
{
	uint64_t type, lo = 0, hi = 255;

	if (!sl_firewall_read_number(&text, 255, &type))
		return false;
	if (sl_firewall_skip(&text, ':')) {
		if (!sl_firewall_read_number(&text, 255, &lo))
			return false;
		hi = lo;
		if (sl_firewall_skip(&text, '-') &&
		    !sl_firewall_read_number(&text, 255, &hi))
			return false;
	}
	*out =
	    (struct sl_firewall_icmp){(uint8_t)type, (uint8_t)lo, (uint8_t)hi};
	return !*text && lo <= hi;
}

static int
parse_icmp(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_firewall_icmp icmp;
	char buf[32];

	(void)m;
	if (!sl_firewall_as_string(text, len, buf, sizeof(buf)) ||
	    !sl_firewall_read_icmp(buf, &icmp))
		return sl_type_refuse(p, err);
	return sl_firewall_keep(out, text, len, err);
}

/* ttl, hop-limit: equal:n, not-equal:n, less-than:n, greater-than:n. */

static const char *const ttl_words[] = {
    "equal", "not-equal", "less-than", "greater-than", NULL};

/* The word's index; -1 if the text is malformed. */
static int
split_ttl(const char *text, uint64_t *n)
{
	const char *colon = strchr(text, ':');
	int word;

	if (!colon)
		return -1;
	word = sl_type_match(ttl_words, text, (size_t)(colon - text));
	text = colon + 1;
	return sl_firewall_read_number(&text, 255, n) && !*text ? word : -1;
}

bool
sl_firewall_read_ttl(const char *text, struct sl_firewall_ttl *out)
{
	uint64_t n;
	int word = split_ttl(text, &n);

	if (word < 0)
		return false;
	*out = (struct sl_firewall_ttl){(uint32_t)n, (uint32_t)n, word == 1};
	if (word == 2) {
		out->lo = n ? 0 : 1;
		out->hi = n ? (uint32_t)n - 1 : 0;
	} else if (word == 3) {
		out->lo = (uint32_t)n + 1;
		out->hi = 255;
	}
	return true;
}

static int
parse_ttl(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	char buf[32], canonical[32];
	uint64_t n;
	int word;

	(void)m;
	word = sl_firewall_as_string(text, len, buf, sizeof(buf))
		   ? split_ttl(buf, &n)
		   : -1;
	if (word < 0)
		return sl_type_refuse(p, err);
	len = (size_t)snprintf(canonical, sizeof(canonical), "%s:%u",
	    ttl_words[word], (unsigned)n);
	return sl_firewall_keep(out, canonical, len, err);
}

/* limit: rate[/time],burst[:packet|bit]. */

bool
sl_firewall_read_limit(const char *text, struct sl_firewall_limit *out)
{
	static const char *const modes[] = {"packet", "bit", NULL};
	int mode = 0;

	out->time_ns = SL_NS_PER_SEC;
	if (!sl_firewall_read_scaled(&text, 32000000000, &out->rate) ||
	    !out->rate ||
	    (sl_firewall_skip(&text, '/') &&
		!sl_firewall_read_period(&text, ",", &out->time_ns)) ||
	    !sl_firewall_skip(&text, ',') ||
	    !sl_firewall_read_scaled(&text, 2000000000, &out->burst))
		return false;
	if (sl_firewall_skip(&text, ':')) {
		mode = sl_type_match(modes, text, strlen(text));
		text = "";
	}
	out->bits = mode == 1;
	return mode >= 0 && !*text;
}

static int
parse_limit(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_firewall_limit limit;
	struct sl_text t = {0};
	struct sl_value period;
	const char *burst;
	char buf[64];
	int rc;

	(void)m;
	if (!sl_firewall_as_string(text, len, buf, sizeof(buf)) ||
	    !sl_firewall_read_limit(buf, &limit))
		return sl_type_refuse(p, err);
	sl_text_printf(&t, "%.*s", (int)strcspn(buf, "/,"), buf);
	if (strchr(buf, '/')) {
		sl_text_printf(&t, "/");
		period = sl_value_time((int64_t)limit.time_ns);
		sl_value_print(&t, &period, SL_FORM_CONFIG);
	}
	burst = strchr(buf, ',');
	sl_text_printf(&t, "%.*s:%s", (int)strcspn(burst, ":"), burst,
	    limit.bits ? "bit" : "packet");
	rc = t.failed ? sl_err_set(err, -ENOMEM, "failure: out of memory")
		      : sl_firewall_keep(out, sl_text_str(&t), t.len, err);
	sl_text_free(&t);
	return rc;
}

/* ipsec-policy: in|out,ipsec|none. */

static int
parse_ipsec(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	static const char *const forms[] = {
	    "in,ipsec", "in,none", "out,ipsec", "out,none", NULL};
	int i = sl_type_match(forms, text, len);

	(void)m;
	if (i < 0)
		return sl_type_refuse(p, err);
	*out = sl_value_static(forms[i]);
	return 0;
}

static void
complete_ipsec(
    struct sl_model *m, const struct sl_prop *p, sl_word_fn visit, void *arg)
{
	(void)m;
	(void)p;
	visit("in,ipsec", NULL, arg);
	visit("in,none", NULL, arg);
	visit("out,ipsec", NULL, arg);
	visit("out,none", NULL, arg);
}

/* address-list-timeout: a time, none-dynamic or none-static. */

static int
parse_timeout(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_value v;

	(void)m;
	if ((len == 11 && memcmp(text, "none-static", len) == 0) ||
	    (len == 12 && memcmp(text, "none-dynamic", len) == 0))
		return sl_firewall_keep(out, text, len, err);
	/* A deadline, the sum of it and of the time now, has to fit as well. */
	if (!sl_value_parse(&v, SL_VALUE_TIME, text, len) || v.ns < 0 ||
	    v.ns > INT64_MAX / 2)
		return sl_type_refuse(p, err);
	*out = v;
	return 0;
}

/* Entries of address lists: addresses as in rules, or a name. */

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

/* A name has a letter and nothing that no name has. */
static bool
is_dns_name(const char *text, size_t len)
{
	bool letter = false;

	for (size_t i = 0; i < len; i++) {
		if (!is_name_char(text[i]))
			return false;
		letter = letter || text[i] > '9';
	}
	return letter;
}

/* Host bits away; a range that is exactly a prefix becomes the prefix. */
static void
make_canonical(struct sl_value *v)
{
	unsigned size = v->family == SL_IPV6 ? 16 : 4, bits = 0;
	uint8_t *a = v->addr[0], *b = v->addr[1];

	if (v->type == SL_VALUE_PREFIX) {
		for (unsigned i = 0; i < size * 8; i++)
			if (i >= v->bits)
				a[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
		if (v->bits == size * 8)
			v->type = SL_VALUE_IP;
		return;
	}
	if (v->type != SL_VALUE_RANGE)
		return;
	while (bits < size * 8 &&
	       !((a[bits / 8] ^ b[bits / 8]) & (0x80 >> bits % 8)))
		bits++;
	for (unsigned i = bits; i < size * 8; i++)
		if ((a[i / 8] & (0x80 >> i % 8)) ||
		    !(b[i / 8] & (0x80 >> i % 8)))
			return;
	v->type = bits == size * 8 ? SL_VALUE_IP : SL_VALUE_PREFIX;
	v->bits = (uint8_t)bits;
	memset(b, 0, sizeof(v->addr[1]));
}

static int
parse_address(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err, bool six)
{
	const struct sl_type *type = six ? &sl_type_net6 : &sl_type_net4;
	int rc;

	if (is_dns_name(text, len) && !(six && memchr(text, ':', len)))
		return sl_value_str(out, text, len)
			   ? sl_err_set(err, -ENOMEM, "failure: out of memory")
			   : 0;
	rc = type->parse(m, p, text, len, out, err);
	if (!rc)
		make_canonical(out);
	return rc;
}

static int
parse_address4(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	return parse_address(m, p, text, len, out, err, false);
}

static int
parse_address6(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	return parse_address(m, p, text, len, out, err, true);
}

const struct sl_type sl_type_protocol = {
    .name = "protocol",
    .parse = parse_protocol,
    .complete = complete_protocol,
};
const struct sl_type sl_type_icmp_options = {
    .name = "ICMP type and code",
    .parse = parse_icmp,
};
const struct sl_type sl_type_ttl = {
    .name = "comparison",
    .parse = parse_ttl,
};
const struct sl_type sl_type_limit = {
    .name = "rate and burst",
    .parse = parse_limit,
};
const struct sl_type sl_type_ipsec_policy = {
    .name = "direction and policy",
    .parse = parse_ipsec,
    .complete = complete_ipsec,
};
const struct sl_type sl_type_list_timeout = {
    .name = "time, none-dynamic or none-static",
    .parse = parse_timeout,
};
const struct sl_type sl_type_list_address4 = {
    .name = "address, prefix, range or DNS name",
    .parse = parse_address4,
};
const struct sl_type sl_type_list_address6 = {
    .name = "address, prefix or DNS name",
    .parse = parse_address6,
};
