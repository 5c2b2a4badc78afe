/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/glob.h>

#include <stddef.h>

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* When the text does not fit behind the last "*", that one takes one character
 * more; earlier ones need not. */
bool
sl_glob_is(const char *glob, const char *text)
{
	const char *after_star = NULL, *retry = NULL;

	while (*text) {
		if (*glob == '*') {
			after_star = ++glob;
			retry = text;
		} else if (*glob == '?' ||
			   (*glob && lower(*glob) == lower(*text))) {
			glob++;
			text++;
		} else if (after_star) {
			glob = after_star;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !*glob;
}
