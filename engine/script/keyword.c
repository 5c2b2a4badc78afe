/* SPDX-License-Identifier: Apache-2.0 */
#include <script/keyword.h>

#include <string.h>

static const struct sl_keyword keywords[] = {
    {"delay", SL_KEYWORD_DELAY, true, "wait"},
    {"do", SL_KEYWORD_DO, true, "run a block; while=, on-error="},
    {"error", SL_KEYWORD_ERROR, true, "stop with a message"},
    {"find", SL_KEYWORD_FIND, false, "position of a value in another"},
    {"for", SL_KEYWORD_FOR, true, "count: for i from=1 to=9 do={}"},
    {"foreach", SL_KEYWORD_FOREACH, true, "for every element"},
    {"global", SL_KEYWORD_GLOBAL, true, "declare a session variable"},
    {"if", SL_KEYWORD_IF, true, "if (condition) do={} else={}"},
    {"len", SL_KEYWORD_LEN, true, "length of a string or array"},
    {"local", SL_KEYWORD_LOCAL, true, "declare a variable"},
    {"log", SL_KEYWORD_LOG, false, "log info|warning|error|debug TEXT"},
    {"nothing", SL_KEYWORD_NOTHING, false, "no value"},
    {"pick", SL_KEYWORD_PICK, true, "part of a string or array"},
    {"put", SL_KEYWORD_PUT, true, "print a value"},
    {"resolve", SL_KEYWORD_RESOLVE, true, "look up a name"},
    {"return", SL_KEYWORD_RETURN, true, "leave with a value"},
    {"set", SL_KEYWORD_SET, false, "change a variable"},
    {"toarray", SL_KEYWORD_TOARRAY, true, "convert to array"},
    {"tobool", SL_KEYWORD_TOBOOL, true, "convert to boolean"},
    {"toip", SL_KEYWORD_TOIP, true, "convert to IP address"},
    {"toip6", SL_KEYWORD_TOIP6, true, "convert to IPv6 address"},
    {"tonum", SL_KEYWORD_TONUM, true, "convert to number"},
    {"tostr", SL_KEYWORD_TOSTR, true, "convert to string"},
    {"totime", SL_KEYWORD_TOTIME, true, "convert to time"},
    {"typeof", SL_KEYWORD_TYPEOF, true, "type of a value"},
    {"while", SL_KEYWORD_WHILE, true, "while (condition) do={}"},
    {"convert", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"deserialize", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"environment", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"execute", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"jobname", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"onerror", SL_KEYWORD_UNSUPPORTED, true, NULL},
    {"parse", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"ping", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"beep", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"retry", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"rndnum", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"rndstr", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"serialize", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"terminal", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"time", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"timestamp", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"tocrlf", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"toid", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"tolf", SL_KEYWORD_UNSUPPORTED, false, NULL},
    {"tonsec", SL_KEYWORD_UNSUPPORTED, false, NULL},
};

const struct sl_keyword *
sl_keyword_find(const char *name, size_t len)
{
	for (size_t i = 0; i < SL_COUNT_OF(keywords); i++) {
		if (strlen(keywords[i].name) == len &&
		    !memcmp(keywords[i].name, name, len))
			return &keywords[i];
	}
	return NULL;
}

const struct sl_keyword *
sl_keyword_at(size_t i)
{
	return i < SL_COUNT_OF(keywords) ? &keywords[i] : NULL;
}
