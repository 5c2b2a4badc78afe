/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the language that belong to no menu: ":if", ":put", ...
 */
#ifndef SL_SCRIPT_KEYWORD_H
#define SL_SCRIPT_KEYWORD_H

#include <base/compiler.h>

enum sl_keyword_id {
	SL_KEYWORD_UNSUPPORTED, /* of the language, but not of ours */
	SL_KEYWORD_DELAY,
	SL_KEYWORD_DO,
	SL_KEYWORD_ERROR,
	SL_KEYWORD_FIND,
	SL_KEYWORD_FOR,
	SL_KEYWORD_FOREACH,
	SL_KEYWORD_GLOBAL,
	SL_KEYWORD_IF,
	SL_KEYWORD_LEN,
	SL_KEYWORD_LOCAL,
	SL_KEYWORD_LOG,
	SL_KEYWORD_NOTHING,
	SL_KEYWORD_PICK,
	SL_KEYWORD_PUT,
	SL_KEYWORD_RESOLVE,
	SL_KEYWORD_RETURN,
	SL_KEYWORD_SET,
	SL_KEYWORD_TOARRAY,
	SL_KEYWORD_TOBOOL,
	SL_KEYWORD_TOIP,
	SL_KEYWORD_TOIP6,
	SL_KEYWORD_TONUM,
	SL_KEYWORD_TOSTR,
	SL_KEYWORD_TOTIME,
	SL_KEYWORD_TYPEOF,
	SL_KEYWORD_WHILE,
	SL_KEYWORDS,
};

struct sl_keyword {
	const char *name;
	enum sl_keyword_id id;
	bool bare;	  /* works without the colon, too */
	const char *help; /* one line for completion */
};

/* The keyword of that name (without colon), or NULL. */
const struct sl_keyword *sl_keyword_find(const char *name, size_t len);

/* The i-th keyword, for completion; NULL behind the last. */
const struct sl_keyword *sl_keyword_at(size_t i);

#endif
