/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A typed value: what a property holds, what an expression yields.
 *
 * Ownership.  A struct sl_value is held by value and owns its string or array;
 * who holds it calls sl_value_free() once.  Assigning the struct moves it.
 * sl_value_copy() makes a second owner.  Strings marked SL_VALUE_STATIC point
 * to memory that outlives the model (enum names) and are not freed.
 *
 * Functions that allocate return 0 or -ENOMEM and leave the target NONE.
 */
#ifndef SL_MENU_VALUE_H
#define SL_MENU_VALUE_H

#include <menu/text.h>

#include <regex.h>

enum sl_value_type {
	SL_VALUE_NONE, /* unset; "nothing" in a script */
	SL_VALUE_BOOL,
	SL_VALUE_NUM,	 /* 64-bit, signed */
	SL_VALUE_TIME,	 /* nanoseconds, signed */
	SL_VALUE_STR,	 /* bytes */
	SL_VALUE_IP,	 /* address; family says which */
	SL_VALUE_PREFIX, /* address and length */
	SL_VALUE_RANGE,	 /* first and last address */
	SL_VALUE_SPAN,	 /* first and last number: ports, lengths */
	SL_VALUE_MAC,
	SL_VALUE_ID, /* of an item: *1A */
	SL_VALUE_ARRAY,
};

/* How a NUM is meant; decides only how people see it. */
enum sl_unit {
	SL_UNIT_NONE,
	SL_UNIT_COUNT, /* "47 603" in a print */
	SL_UNIT_RATE,  /* "6.4kbps" in a print */
	SL_UNIT_SIZE,  /* "1024.0MiB" in a print */
};

#define SL_VALUE_NEGATED 1u /* written with a leading '!' */
#define SL_VALUE_STATIC	 2u /* str.s is not owned */
#define SL_VALUE_PORT	 4u /* an IP with a port behind it, in 'index' */

struct sl_array;

struct sl_value {
	uint8_t type;	/* enum sl_value_type */
	uint8_t flags;	/* SL_VALUE_NEGATED, SL_VALUE_STATIC */
	uint8_t family; /* 4 or 6, of IP, PREFIX, RANGE */
	uint8_t bits;	/* prefix length */
	uint8_t unit;	/* enum sl_unit, of NUM */
	uint16_t index; /* of an enum's STR: its place in prop->names */
	union {
		bool b;
		int64_t num;
		int64_t ns;
		uint64_t id;
		struct {
			char *s; /* NUL-terminated, may hold further NULs */
			size_t len;
		} str;
		uint8_t addr[2][16]; /* network order; IPv4 in the first 4 */
		int64_t span[2];
		uint8_t mac[6];
		struct sl_array *array;
	};
};

/* Elements in order; an element may have a key ({a=1;b=2}). */
struct sl_element {
	char *key; /* NULL: none; owned */
	struct sl_value value;
};

struct sl_array {
	size_t n, cap;
	struct sl_element *elements;
};

/* How a value is written.  PRINT: for people (yes/no, grouped counters).
 * PLAIN: as-value, API, JSON, :put (true/false, plain numbers).  CONFIG: reads
 * back (yes/no, plain numbers), not quoted. */
enum sl_form { SL_FORM_PRINT, SL_FORM_PLAIN, SL_FORM_CONFIG };

enum sl_compare_op {
	SL_COMPARE_EQ,
	SL_COMPARE_NE,
	SL_COMPARE_LT,
	SL_COMPARE_GT,
	SL_COMPARE_LE,
	SL_COMPARE_GE,
};

/* Life cycle. */
struct sl_value sl_value_bool(bool b);
struct sl_value sl_value_num(int64_t num);
struct sl_value sl_value_count(uint64_t num); /* SL_UNIT_COUNT */
struct sl_value sl_value_rate(uint64_t bits_per_s);
struct sl_value sl_value_size(uint64_t bytes);
struct sl_value sl_value_time(int64_t ns);
/* What is left until a deadline, in whole seconds and rounded down, as RouterOS
 * shows it everywhere: 0s in the last one and behind it. */
struct sl_value sl_value_time_left(uint64_t deadline_ns, uint64_t now_ns);
struct sl_value sl_value_id(uint64_t id);
struct sl_value sl_value_static(const char *s); /* outlives the value */
struct sl_value sl_value_ip4(const uint8_t addr[4]);
struct sl_value sl_value_ip6(const uint8_t addr[16]);
struct sl_value sl_value_endpoint4(const uint8_t addr[4], uint16_t port);
struct sl_value sl_value_prefix(const struct sl_value *ip, uint8_t bits);
int sl_value_str(struct sl_value *out, const char *s, size_t len);
int sl_value_array(struct sl_value *out); /* empty array */
int sl_value_copy(struct sl_value *out, const struct sl_value *from);
void sl_value_free(struct sl_value *);

/* Appends *v (moved: NONE afterwards, also when it fails); 'key' may be NULL
 * and is copied. */
int sl_array_add(struct sl_value *array, const char *key, struct sl_value *v);
size_t sl_array_len(const struct sl_value *array);
/* NULL when there is none. */
const struct sl_value *sl_array_at(const struct sl_value *array, size_t i);
const struct sl_value *sl_array_find(const struct sl_value *, const char *key);

/* Parses the whole of 'text' as 'type' (ARRAY: as a comma list of guesses);
 * false if it is not one.  'out' is untouched then. */
bool sl_value_parse(struct sl_value *out, enum sl_value_type type,
    const char *text, size_t len);

/* The type a bare word has in an expression: bool, id, num, time, ip, prefix,
 * else str.  For arguments pass the word as a STR instead: the property knows
 * better what it is.  0 or -ENOMEM. */
int sl_value_guess(struct sl_value *out, const char *text, size_t len);

/* Appends the value as text; an array is a comma list in CONFIG and PRINT
 * form, RouterOS's "a;b;k=v" in PLAIN form. */
void sl_value_print(struct sl_text *, const struct sl_value *, enum sl_form);
void sl_value_print_json(struct sl_text *, const struct sl_value *);

/* As the script must write it: quoted and escaped where needed.  Reads back
 * to the same bytes. */
void sl_value_quote(struct sl_text *, const char *s, size_t len, bool always);

/* Compares typed.  An address with a port equals the address, and the text
 * that has both.  A string beside another type is first read as that type;
 * where that fails, or for types without order, texts are compared.  An array
 * equals a text that lists the same.  NONE is equal to "" and to NONE only;
 * every ordering with NONE is false. */
bool sl_value_compare(
    const struct sl_value *a, enum sl_compare_op, const struct sl_value *b);

/* Search of a compiled POSIX ERE in the value's PLAIN text. */
bool sl_value_matches(const struct sl_value *, const regex_t *);

/* Is address or prefix (or text of one) inside prefix or range? */
bool sl_value_in(const struct sl_value *what, const struct sl_value *net);

/* yes, true, a number but 0, a non-empty string or array: what
 * "where disabled" and :if ask. */
bool sl_value_truth(const struct sl_value *);

/* "bool", "num", "str", "ip", "ip6-prefix", ...: what :typeof says. */
const char *sl_value_type_name(const struct sl_value *);

#endif
