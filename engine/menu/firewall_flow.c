/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/firewall_flow.h>

#include <related/helpers.h>

#include <menu/firewall_read.h>

#include <rule/rule.h>

#include <errno.h>
#include <string.h>

#define DAY_NS	  (86400 * SL_NS_PER_SEC)
#define TEXT_MAX  128
#define DAYS	  7
#define EVERY_DAY 0x7f

static void
list_helpers(const char *names[SL_HELPERS_MAX + 1])
{
	uint8_t n = 0;

	while (n < SL_HELPERS_MAX && (names[n] = sl_helpers_name(n + 1)))
		n++;
	names[n] = NULL;
}

static int
parse_helper(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	const char *names[SL_HELPERS_MAX + 1];
	int i;

	(void)m;
	list_helpers(names);
	i = sl_type_match(names, text, len);
	if (i < 0)
		return sl_err_set(err, -EINVAL,
		    "input does not match any value of %s", p->name);
	*out = sl_value_static(names[i]);
	out->index = (uint16_t)i;
	return 0;
}

static void
complete_helper(
    struct sl_model *m, const struct sl_prop *p, sl_word_fn visit, void *arg)
{
	const char *names[SL_HELPERS_MAX + 1];

	(void)m;
	(void)p;
	list_helpers(names);
	for (unsigned i = 0; names[i]; i++)
		visit(names[i], NULL, arg);
}

const struct sl_type sl_type_helper = {
    "name of a helper", parse_helper, complete_helper};

static int
keep_text(struct sl_value *out, struct sl_text *t, struct sl_err *err)
{
	int rc = t->failed ? sl_err_set(err, -ENOMEM, "failure: out of memory")
			   : sl_firewall_keep(out, sl_text_str(t), t->len, err);

	sl_text_free(t);
	return rc;
}

static void
add_time(struct sl_text *t, uint64_t ns)
{
	struct sl_value v = sl_value_time((int64_t)ns);

	sl_value_print(t, &v, SL_FORM_CONFIG);
}

/* connection-bytes, connection-rate: from-to. */

bool
sl_flow_read_span(const char *text, struct sl_flow_span *out)
{
	if (!sl_firewall_read_scaled(&text, UINT64_MAX, &out->lo) ||
	    !sl_firewall_skip(&text, '-') ||
	    !sl_firewall_read_scaled(&text, UINT64_MAX, &out->hi) || *text)
		return false;
	if (!out->hi)
		out->hi = UINT64_MAX;
	return out->lo <= out->hi;
}

static int
parse_span(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_flow_span span;
	char buf[TEXT_MAX];

	(void)m;
	if (!sl_firewall_as_string(text, len, buf, sizeof(buf)) ||
	    !sl_flow_read_span(buf, &span))
		return sl_type_refuse(p, err);
	return sl_firewall_keep(out, text, len, err);
}

/* connection-limit: count,prefix length. */

bool
sl_flow_read_conns(const char *text, struct sl_flow_conns *out)
{
	return sl_firewall_read_number(&text, UINT32_MAX - 1, &out->count) &&
	       sl_firewall_skip(&text, ',') &&
	       sl_firewall_read_number(&text, UINT32_MAX, &out->prefix_len) &&
	       !*text;
}

static int
parse_conns(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_flow_conns conns;
	char buf[TEXT_MAX];

	(void)m;
	if (!sl_firewall_as_string(text, len, buf, sizeof(buf)) ||
	    !sl_flow_read_conns(buf, &conns))
		return sl_type_refuse(p, err);
	if (conns.prefix_len > (uint64_t)p->max)
		return sl_err_set(err, -EINVAL,
		    "value of netmask out of range (0..%u)", (unsigned)p->max);
	return sl_firewall_keep(out, text, len, err);
}

/* psd: weight,delay,low,high. */

bool
sl_flow_read_scan(const char *text, struct sl_flow_scan *out)
{
	return sl_firewall_read_number(&text, 65535, &out->weight) &&
	       sl_firewall_skip(&text, ',') &&
	       sl_firewall_read_period(&text, ",", &out->delay_ns) &&
	       sl_firewall_skip(&text, ',') &&
	       sl_firewall_read_number(&text, 65535, &out->low) &&
	       sl_firewall_skip(&text, ',') &&
	       sl_firewall_read_number(&text, 65535, &out->high) && !*text;
}

static int
parse_scan(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_flow_scan scan;
	struct sl_text t = {0};
	char buf[TEXT_MAX];

	(void)m;
	if (!sl_firewall_as_string(text, len, buf, sizeof(buf)) ||
	    !sl_flow_read_scan(buf, &scan))
		return sl_type_refuse(p, err);
	sl_text_printf(&t, "%u,", (unsigned)scan.weight);
	add_time(&t, scan.delay_ns);
	sl_text_printf(&t, ",%u,%u", (unsigned)scan.low, (unsigned)scan.high);
	return keep_text(out, &t, err);
}

/* dst-limit: rate[/time],burst,mode[/expire]. */

/* What RouterOS forgets after when it is not told. */
#define EXPIRE_NS (100 * SL_NS_PER_SEC)

static const char *const flow_modes[] = {"dst-address", "dst-address-and-port",
    "src-address", "src-and-dst-addresses", "addresses-and-dst-port", NULL};
static const uint8_t flow_fields[] = {SL_FLOW_DST,
    SL_FLOW_DST | SL_FLOW_DST_PORT, SL_FLOW_SRC, SL_FLOW_SRC | SL_FLOW_DST,
    SL_FLOW_SRC | SL_FLOW_DST | SL_FLOW_DST_PORT};

/* The index of a mode up to '/' or the end; -1: none. */
static int
read_mode(const char **at)
{
	size_t len = strcspn(*at, "/");
	int mode = sl_type_match(flow_modes, *at, len);

	*at += len;
	return mode;
}

/* Also whether a time and an expiry were given: they are printed then. */
static bool
split_limit(const char *text, struct sl_flow_limit *out, int *mode,
    bool *has_time, bool *has_expire)
{
	out->time_ns = SL_NS_PER_SEC;
	out->expire_ns = EXPIRE_NS;
	if (!sl_firewall_read_scaled(&text, 32000000000, &out->rate) ||
	    !out->rate)
		return false;
	*has_time = sl_firewall_skip(&text, '/');
	if ((*has_time &&
		!sl_firewall_read_period(&text, ",", &out->time_ns)) ||
	    !sl_firewall_skip(&text, ',') ||
	    !sl_firewall_read_scaled(&text, 2000000000, &out->burst) ||
	    !sl_firewall_skip(&text, ',') || (*mode = read_mode(&text)) < 0)
		return false;
	out->fields = flow_fields[*mode];
	*has_expire = sl_firewall_skip(&text, '/');
	return (!*has_expire ||
		   sl_firewall_read_period(&text, "", &out->expire_ns)) &&
	       !*text;
}

bool
sl_flow_read_limit(const char *text, struct sl_flow_limit *out)
{
	bool has_time, has_expire;
	int mode;

	return split_limit(text, out, &mode, &has_time, &has_expire);
}

static int
parse_limit(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	bool has_time = false, has_expire = false;
	struct sl_flow_limit limit;
	struct sl_text t = {0};
	char buf[TEXT_MAX];
	int mode;

	(void)m;
	if (!sl_firewall_as_string(text, len, buf, sizeof(buf)) ||
	    !split_limit(buf, &limit, &mode, &has_time, &has_expire))
		return sl_type_refuse(p, err);
	sl_text_printf(&t, "%.*s", (int)strcspn(buf, "/,"), buf);
	if (has_time) {
		sl_text_addc(&t, '/');
		add_time(&t, limit.time_ns);
	}
	sl_text_printf(
	    &t, ",%llu,%s", (unsigned long long)limit.burst, flow_modes[mode]);
	if (has_expire) {
		sl_text_addc(&t, '/');
		add_time(&t, limit.expire_ns);
	}
	return keep_text(out, &t, err);
}

/* nth: every[,packet]; the first of them when it does not say. */

bool
sl_flow_read_nth(const char *text, struct sl_flow_nth *out)
{
	out->packet = 1;
	return sl_firewall_read_number(&text, UINT32_MAX, &out->every) &&
	       (!sl_firewall_skip(&text, ',') ||
		   sl_firewall_read_number(&text, UINT32_MAX, &out->packet)) &&
	       !*text && out->packet >= 1 && out->packet <= out->every;
}

static int
parse_nth(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_flow_nth nth;
	char buf[TEXT_MAX];

	(void)m;
	if (!sl_firewall_as_string(text, len, buf, sizeof(buf)) ||
	    !sl_flow_read_nth(buf, &nth))
		return sl_type_refuse(p, err);
	return sl_firewall_keep(out, text, len, err);
}

/* per-connection-classifier: fields:of/share. */

static const struct {
	const char *name;
	uint8_t fields;
} pcc_fields[] = {
    {"src-address", SL_PCC_SRC},
    {"dst-address", SL_PCC_DST},
    {"both-addresses", SL_PCC_SRC | SL_PCC_DST},
    {"src-port", SL_PCC_SRC_PORT},
    {"dst-port", SL_PCC_DST_PORT},
    {"both-ports", SL_PCC_SRC_PORT | SL_PCC_DST_PORT},
    {"src-address-and-port", SL_PCC_SRC | SL_PCC_SRC_PORT},
    {"dst-address-and-port", SL_PCC_DST | SL_PCC_DST_PORT},
    {"both-addresses-and-ports",
	SL_PCC_SRC | SL_PCC_DST | SL_PCC_SRC_PORT | SL_PCC_DST_PORT},
};

static uint8_t
read_fields(const char **at)
{
	size_t len = strcspn(*at, ":");

	for (unsigned i = 0; i < SL_COUNT_OF(pcc_fields); i++) {
		const char *name = pcc_fields[i].name;

		if (strlen(name) == len && memcmp(name, *at, len) == 0) {
			*at += len;
			return pcc_fields[i].fields;
		}
	}
	return 0;
}

bool
sl_flow_read_pcc(const char *text, struct sl_flow_pcc *out)
{
	out->fields = read_fields(&text);
	return out->fields && sl_firewall_skip(&text, ':') &&
	       sl_firewall_read_number(&text, UINT32_MAX, &out->of) &&
	       out->of && sl_firewall_skip(&text, '/') &&
	       sl_firewall_read_number(&text, UINT32_MAX, &out->share) &&
	       !*text;
}

static int
parse_pcc(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_flow_pcc pcc;
	char buf[TEXT_MAX];

	(void)m;
	if (!sl_firewall_as_string(text, len, buf, sizeof(buf)) ||
	    !sl_flow_read_pcc(buf, &pcc))
		return sl_type_refuse(p, err);
	return sl_firewall_keep(out, text, len, err);
}

static void
complete_pcc(
    struct sl_model *m, const struct sl_prop *p, sl_word_fn visit, void *arg)
{
	(void)m;
	(void)p;
	for (unsigned i = 0; i < SL_COUNT_OF(pcc_fields); i++)
		visit(pcc_fields[i].name, NULL, arg);
}

/* time: from-to[,days]; every day when it does not say. */

static const char *const days[] = {
    "sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

static bool
read_of_day(const char **at, const char *ends, uint64_t *ns)
{
	size_t len = strcspn(*at, ends);
	struct sl_value v;

	if (!sl_value_parse(&v, SL_VALUE_TIME, *at, len) || v.ns < 0 ||
	    (uint64_t)v.ns > DAY_NS)
		return false;
	*at += len;
	*ns = (uint64_t)v.ns;
	return true;
}

static bool
read_day(const char **at, uint8_t *set)
{
	size_t len = strcspn(*at, ",");
	int day = sl_type_match(days, *at, len);

	*at += len;
	if (day < 0 || !len)
		return false;
	*set |= (uint8_t)(1u << day);
	return true;
}

bool
sl_flow_read_time(const char *text, struct sl_flow_time *out)
{
	*out = (struct sl_flow_time){0};
	if (!read_of_day(&text, "-", &out->from_ns) ||
	    !sl_firewall_skip(&text, '-') ||
	    !read_of_day(&text, ",", &out->to_ns))
		return false;
	if (!*text)
		out->days = EVERY_DAY;
	while (*text)
		if (!sl_firewall_skip(&text, ',') ||
		    !read_day(&text, &out->days))
			return false;
	return true;
}

static int
parse_day_time(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_flow_time time;
	struct sl_text t = {0};
	char buf[TEXT_MAX];

	(void)m;
	if (!sl_firewall_as_string(text, len, buf, sizeof(buf)) ||
	    !sl_flow_read_time(buf, &time))
		return sl_type_refuse(p, err);
	add_time(&t, time.from_ns);
	sl_text_addc(&t, '-');
	add_time(&t, time.to_ns);
	for (unsigned i = 0; i < DAYS; i++)
		if (time.days >> i & 1)
			sl_text_printf(&t, ",%s", days[i]);
	return keep_text(out, &t, err);
}

const struct sl_type sl_type_conn_span = {
    .name = "from-to",
    .parse = parse_span,
};
const struct sl_type sl_type_conn_limit = {
    .name = "count,prefix length",
    .parse = parse_conns,
};
const struct sl_type sl_type_scan = {
    .name = "weight,delay,low,high",
    .parse = parse_scan,
};
const struct sl_type sl_type_flow_limit = {
    .name = "rate,burst,mode",
    .parse = parse_limit,
};
const struct sl_type sl_type_nth = {
    .name = "every,packet",
    .parse = parse_nth,
};
const struct sl_type sl_type_pcc = {
    .name = "fields:of/share",
    .parse = parse_pcc,
    .complete = complete_pcc,
};
const struct sl_type sl_type_day_time = {
    .name = "time of day and days",
    .parse = parse_day_time,
};
