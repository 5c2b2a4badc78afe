/* SPDX-License-Identifier: Apache-2.0 */
#include <script/pattern.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* The largest count inside the braces that begin at 's'. */
static unsigned long
interval(const char *s)
{
	unsigned long most = 1, n = 0;

	for (; *s && *s != '}'; s++) {
		n = isdigit((unsigned char)*s)
			? n * 10 + (unsigned long)(*s - '0')
			: 0;
		if (n > SL_PATTERN_REPEATS)
			return n;
		most = SL_MAX(most, n);
	}
	return most;
}

static bool
is_affordable(const char *s, size_t len)
{
	unsigned long repeats = 1;

	if (len > SL_PATTERN_LEN)
		return false;
	for (; *s; s++) {
		if (*s == '\\' && s[1]) {
			s++;
			if (isdigit((unsigned char)*s))
				return false;
		} else if (*s == '{') {
			repeats *= interval(s + 1);
		}
		if (repeats > SL_PATTERN_REPEATS)
			return false;
	}
	return true;
}

int
sl_pattern_compile(regex_t *re, const struct sl_value *v, struct sl_err *err)
{
	struct sl_text text = {0};
	char why[96];
	int rc;

	sl_value_print(&text, v, SL_FORM_PLAIN);
	if (text.failed) {
		rc = sl_err_set(err, -ENOMEM, "out of memory");
	} else if (!is_affordable(sl_text_str(&text), text.len)) {
		rc =
		    sl_err_set(err, -EINVAL, "regular expression is too large");
	} else {
		rc = regcomp(re, sl_text_str(&text), REG_EXTENDED | REG_NOSUB);
		if (rc) {
			regerror(rc, re, why, sizeof(why));
			rc = sl_err_set(
			    err, -EINVAL, "bad regular expression: %s", why);
		}
	}
	sl_text_free(&text);
	return rc;
}
