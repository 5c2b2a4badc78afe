/* SPDX-License-Identifier: Apache-2.0 */
/* Types of rule properties about fields of headers: what a matcher compares them
 * with, and what an action makes of them. */
#include <menu/firewall_props.h>
#include <menu/firewall_read.h>

#include <packet/header.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number from 0 to 255 that is all of the 'len' bytes. */
static bool
read_byte(const char *text, size_t len, uint8_t *out)
{
	unsigned n = 0;

	if (!len || len > 3)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		n = n * 10 + (unsigned)(text[i] - '0');
	}
	*out = (uint8_t)n;
	return n <= 255;
}

/* tos: value[/mask]. */

bool
sl_firewall_read_tos(const char *text, struct sl_firewall_tos *out)
{
	size_t len = strcspn(text, "/");

	out->mask = 255;
	return read_byte(text, len, &out->value) &&
	       (!text[len] || read_byte(text + len + 1, strlen(text + len + 1),
				  &out->mask));
}

static int
parse_tos(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_firewall_tos tos;
	char buf[16], canonical[16];

	(void)m;
	if (len >= sizeof(buf))
		return sl_type_refuse(p, err);
	snprintf(buf, sizeof(buf), "%.*s", (int)len, text);
	if (strlen(buf) != len || !sl_firewall_read_tos(buf, &tos))
		return sl_type_refuse(p, err);
	if (tos.mask == 255)
		snprintf(canonical, sizeof(canonical), "%u", tos.value);
	else
		snprintf(
		    canonical, sizeof(canonical), "%u/%u", tos.value, tos.mask);
	return sl_firewall_keep(out, canonical, strlen(canonical), err);
}

/* headers: a list of kinds, then :exact or :contains. */

/* In the order of enum sl_header_kind: the bit is 1 << index. */
static const char *const kinds[] = {
    "hop", "dst", "route", "frag", "ah", "esp", "none", "proto", NULL};
static const char *const modes[] = {"exact", "contains", NULL};

_Static_assert(SL_HEADER_PROTO == 1 << 7, "kinds are in the order of the bits");

bool
sl_firewall_read_headers(const char *text, struct sl_firewall_headers *out)
{
	size_t list = strcspn(text, ":");
	int mode = 0;

	out->set = 0;
	if (text[list])
		mode = sl_type_match(
		    modes, text + list + 1, strlen(text + list + 1));
	while (list) {
		size_t len = strcspn(text, ",:");
		int kind = sl_type_match(kinds, text, len);

		if (kind < 0)
			return false;
		out->set |= (uint8_t)(1u << kind);
		if (len == list)
			break;
		text += len + 1;
		list -= len + 1;
	}
	out->exact = mode == 0;
	return mode >= 0 && out->set;
}

static int
parse_headers(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_firewall_headers h;
	char buf[80], canonical[80] = "";

	(void)m;
	if (len >= sizeof(buf))
		return sl_type_refuse(p, err);
	snprintf(buf, sizeof(buf), "%.*s", (int)len, text);
	if (strlen(buf) != len || !sl_firewall_read_headers(buf, &h))
		return sl_type_refuse(p, err);
	for (unsigned i = 0; kinds[i]; i++) {
		if (!(h.set >> i & 1))
			continue;
		if (*canonical)
			strcat(canonical, ",");
		strcat(canonical, kinds[i]); // all of them take 38 bytes
	}
	if (!h.exact)
		strcat(canonical, ":contains");
	return sl_firewall_keep(out, canonical, strlen(canonical), err);
}

static void
complete_headers(
    struct sl_model *m, const struct sl_prop *p, sl_word_fn visit, void *arg)
{
	(void)m;
	(void)p;
	for (unsigned i = 0; kinds[i]; i++)
		visit(kinds[i], NULL, arg);
}

/* A number in min..max, or one of the property's names. */

static int
parse_field(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	bool number = len && text[0] >= '0' && text[0] <= '9';

	return (number ? sl_type_num : sl_type_enum)
	    .parse(m, p, text, len, out, err);
}

static void
complete_field(
    struct sl_model *m, const struct sl_prop *p, sl_word_fn visit, void *arg)
{
	sl_type_enum.complete(m, p, visit, arg);
}

/* new-ttl, new-hop-limit: set:n, increment:n, decrement:n. */

static const char *const ttl_words[] = {"set", "increment", "decrement", NULL};

bool
sl_firewall_read_new_ttl(const char *text, struct sl_firewall_new_ttl *out)
{
	size_t len = strcspn(text, ":");
	int how = sl_type_match(ttl_words, text, len);

	if (how < 0 || !text[len])
		return false;
	out->how = (uint8_t)how;
	return read_byte(text + len + 1, strlen(text + len + 1), &out->value);
}

static int
parse_new_ttl(struct sl_model *m, const struct sl_prop *p, const char *text,
    size_t len, struct sl_value *out, struct sl_err *err)
{
	struct sl_firewall_new_ttl ttl;
	char buf[32], canonical[32];

	(void)m;
	if (len >= sizeof(buf))
		return sl_type_refuse(p, err);
	snprintf(buf, sizeof(buf), "%.*s", (int)len, text);
	if (strlen(buf) != len || !sl_firewall_read_new_ttl(buf, &ttl))
		return sl_type_refuse(p, err);
	snprintf(canonical, sizeof(canonical), "%s:%u", ttl_words[ttl.how],
	    ttl.value);
	return sl_firewall_keep(out, canonical, strlen(canonical), err);
}

static void
complete_new_ttl(
    struct sl_model *m, const struct sl_prop *p, sl_word_fn visit, void *arg)
{
	(void)m;
	(void)p;
	visit("set:", NULL, arg);
	visit("increment:", NULL, arg);
	visit("decrement:", NULL, arg);
}

const struct sl_type sl_type_tos = {
    .name = "number, or number/mask",
    .parse = parse_tos,
};
const struct sl_type sl_type_headers6 = {
    .name = "extension headers, then :exact or :contains",
    .parse = parse_headers,
    .complete = complete_headers,
};
const struct sl_type sl_type_field = {
    .name = "number, or one of the names",
    .parse = parse_field,
    .complete = complete_field,
};
const struct sl_type sl_type_new_ttl = {
    .name = "change",
    .parse = parse_new_ttl,
    .complete = complete_new_ttl,
};
