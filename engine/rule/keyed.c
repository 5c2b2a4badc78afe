/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/keyed.h>

#include <base/hash.h>
#include <base/spin.h>
#include <conn/pages.h>

#include <errno.h>
#include <string.h>

struct set {
	struct sl_spin lock;
	uint16_t tags[SL_KEYED_WAYS]; /* of the key's hash; 0: nobody's */
	/* then the entries: a key and a value each */
};

#define ENTRIES_AT 40 /* behind the set's head, aligned for a key */

_Static_assert(sizeof(struct set) <= ENTRIES_AT, "entries follow the head");
_Static_assert(ENTRIES_AT % 8 == 0, "keys are words");

int
sl_keyed_init(struct sl_keyed *k, uint32_t n_sets, uint32_t value_size)
{
	size_t len = ENTRIES_AT +
		     (sizeof(struct sl_keyed_key) + value_size) * SL_KEYED_WAYS;

	SL_ASSERT(n_sets && !(n_sets & (n_sets - 1)) && value_size % 8 == 0);
	len = (len + SL_CACHE_LINE - 1) / SL_CACHE_LINE * SL_CACHE_LINE;
	*k = (struct sl_keyed){
	    .n_sets = n_sets,
	    .value_size = value_size,
	    .set_size = len,
	    .sets = sl_pages_new(len * n_sets, SL_PAGES_SMALL),
	};
	return k->sets ? 0 : -ENOMEM;
}

void
sl_keyed_fini(struct sl_keyed *k)
{
	sl_pages_free(k->sets, k->set_size * k->n_sets);
	k->sets = NULL;
}

static struct sl_keyed_key *
key_at(const struct sl_keyed *k, struct set *s, unsigned way)
{
	size_t entry = sizeof(struct sl_keyed_key) + k->value_size;

	return (struct sl_keyed_key *)(void *)((uint8_t *)s + ENTRIES_AT +
					       way * entry);
}

/* The entry of a key; -1: none. */
static int
find_locked(const struct sl_keyed *k, struct set *s, uint16_t tag,
    const struct sl_keyed_key *key)
{
	for (int i = 0; i < SL_KEYED_WAYS; i++)
		if (s->tags[i] == tag &&
		    memcmp(key_at(k, s, (unsigned)i), key, sizeof(*key)) == 0)
			return i;
	return -1;
}

/* An entry that may be taken; -1: none. */
static int
choose_locked(const struct sl_keyed *k, struct set *s, uint64_t now_ns,
    const struct sl_keyed_policy *policy)
{
	uint64_t least = UINT64_MAX;
	int choice = -1;

	for (int i = 0; i < SL_KEYED_WAYS; i++) {
		uint64_t worth;

		if (!s->tags[i])
			return i;
		worth = policy->worth(
		    key_at(k, s, (unsigned)i) + 1, now_ns, policy->arg);
		if (worth <= policy->most && worth < least) {
			least = worth;
			choice = i;
		}
	}
	return choice;
}

void *
sl_keyed_enter(struct sl_keyed *k, const struct sl_keyed_key *key,
    uint64_t now_ns, const struct sl_keyed_policy *policy)
{
	uint64_t h = sl_hash_words(key->words, SL_COUNT_OF(key->words));
	uint16_t tag = (uint16_t)(h >> 48 ? h >> 48 : 1);
	struct set *s = (struct set *)(void *)(k->sets + (h & (k->n_sets - 1)) *
							     k->set_size);
	struct sl_keyed_key *at;
	int way;

	sl_spin_lock(&s->lock);
	way = find_locked(k, s, tag, key);
	if (way >= 0)
		return key_at(k, s, (unsigned)way) + 1;
	way = choose_locked(k, s, now_ns, policy);
	if (way < 0) {
		sl_spin_unlock(&s->lock);
		return NULL;
	}
	at = key_at(k, s, (unsigned)way);
	s->tags[way] = tag;
	*at = *key;
	return memset(at + 1, 0, k->value_size);
}

void
sl_keyed_leave(struct sl_keyed *k, const void *value)
{
	size_t off = (size_t)((const uint8_t *)value - k->sets);
	struct set *s =
	    (struct set *)(void *)(k->sets + off / k->set_size * k->set_size);

	sl_spin_unlock(&s->lock);
}
