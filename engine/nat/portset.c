/* SPDX-License-Identifier: Apache-2.0 */
#include <nat/portset.h>

#include <errno.h>
#include <string.h>

#define INLINE_MAX 3u
#define LIST_FIRST 12u	/* 32 bytes with its head; then 64, 128, 256 */
#define LIST_MAX   124u /* 256 bytes */
#define LIST_AGAIN 60u	/* a map with half as many becomes a list */

struct head {
	uint16_t tag;
	uint16_t room; /* of a list; 0: a map */
	uint32_t n;
};

struct list {
	struct head head;
	uint16_t ports[];
};

struct map {
	struct head head;
	uint64_t full[SL_PORTSET_WORDS / 64];
	uint64_t used[SL_PORTSET_WORDS];
};

/* The word: members in bits 16-63, tag in 2-15, their number in 0-1. */

static uint32_t
inline_count(const struct sl_portset *s)
{
	return s->v & 3;
}

static uint16_t
inline_port(const struct sl_portset *s, uint32_t i)
{
	return (uint16_t)(s->v >> (16 + 16 * i));
}

static struct head *
heap_of(const struct sl_portset *s)
{
	return (struct head *)(uintptr_t)s->v;
}

static struct list *
list_of(struct head *head)
{
	return sl_container_of(head, struct list, head);
}

static struct map *
map_of(struct head *head)
{
	return sl_container_of(head, struct map, head);
}

static struct sl_portset
make_inline(const uint16_t *ports, uint32_t n, uint16_t tag)
{
	struct sl_portset s = {(uint64_t)tag << 2 | n};

	for (uint32_t i = 0; i < n; i++)
		s.v |= (uint64_t)ports[i] << (16 + 16 * i);
	return s;
}

static void
set_heap(struct sl_portset *s, struct head *head)
{
	s->v = (uint64_t)(uintptr_t)head;
	SL_ASSERT((s->v & 3) == 0);
}

struct sl_portset
sl_portset_one(uint16_t port, uint16_t tag)
{
	return make_inline(&port, 1, tag);
}

void
sl_portset_clear(struct sl_portset *s)
{
	if (!inline_count(s))
		free(heap_of(s));
	s->v = 0;
}

uint16_t
sl_portset_tag(const struct sl_portset *s)
{
	if (!s->v)
		return 0;
	return inline_count(s) ? (s->v >> 2) & SL_PORTSET_TAG_MAX
			       : heap_of(s)->tag;
}

uint32_t
sl_portset_count(const struct sl_portset *s)
{
	if (!s->v)
		return 0;
	return inline_count(s) ? inline_count(s) : heap_of(s)->n;
}

/* Looking. */

static uint64_t
bit_in(uint16_t port, uint32_t word)
{
	uint16_t off = (uint16_t)(port - word * 64);

	return (uint64_t)(off < 64) << (off & 63);
}

uint64_t
sl_portset_word(const struct sl_portset *s, uint32_t word)
{
	uint64_t used = 0;
	struct head *head;

	for (uint32_t i = 0; i < inline_count(s); i++)
		used |= bit_in(inline_port(s, i), word);
	if (inline_count(s) || !s->v)
		return used;
	head = heap_of(s);
	if (!head->room)
		return map_of(head)->used[word];
	for (uint32_t i = 0; i < head->n; i++)
		used |= bit_in(list_of(head)->ports[i], word);
	return used;
}

bool
sl_portset_has(const struct sl_portset *s, uint16_t port)
{
	return sl_portset_word(s, port / 64) >> (port % 64) & 1;
}

uint32_t
sl_portset_skip(const struct sl_portset *s, uint32_t word)
{
	const struct map *map;
	uint64_t open;

	if (inline_count(s) || !s->v || heap_of(s)->room ||
	    word >= SL_PORTSET_WORDS)
		return word;
	map = map_of(heap_of(s));
	open = ~map->full[word / 64] & ~0ull << (word % 64);
	for (uint32_t i = word / 64;; open = ~map->full[i]) {
		if (open)
			return i * 64 + (uint32_t)__builtin_ctzll(open);
		if (++i == SL_COUNT_OF(map->full))
			return SL_PORTSET_WORDS;
	}
}

/* Growing. */

static void
map_add(struct map *map, uint16_t port)
{
	uint64_t *used = &map->used[port / 64];

	*used |= 1ull << (port % 64);
	if (*used == ~0ull)
		map->full[port / 4096] |= 1ull << (port / 64 % 64);
	map->head.n++;
}

static struct list *
make_list(uint32_t room, uint16_t tag)
{
	struct list *list =
	    malloc(sizeof(*list) + room * sizeof(list->ports[0]));

	if (list)
		list->head = (struct head){.tag = tag, .room = (uint16_t)room};
	return list;
}

static int
inline_to_list(struct sl_portset *s)
{
	struct list *list = make_list(LIST_FIRST, sl_portset_tag(s));

	if (!list)
		return -ENOMEM;
	for (uint32_t i = 0; i < inline_count(s); i++)
		list->ports[list->head.n++] = inline_port(s, i);
	set_heap(s, &list->head);
	return 0;
}

static int
list_to_longer(struct sl_portset *s)
{
	struct list *old = list_of(heap_of(s));
	struct list *list = make_list(old->head.room * 2u + 4, old->head.tag);

	if (!list)
		return -ENOMEM;
	memcpy(list->ports, old->ports, old->head.n * sizeof(list->ports[0]));
	list->head.n = old->head.n;
	set_heap(s, &list->head);
	free(old);
	return 0;
}

static int
list_to_map(struct sl_portset *s)
{
	struct list *old = list_of(heap_of(s));
	struct map *map = calloc(1, sizeof(*map));

	if (!map)
		return -ENOMEM;
	map->head.tag = old->head.tag;
	for (uint32_t i = 0; i < old->head.n; i++)
		map_add(map, old->ports[i]);
	set_heap(s, &map->head);
	free(old);
	return 0;
}

/* Room for one more, in whatever form. */
static int
make_room(struct sl_portset *s)
{
	struct head *head;

	if (inline_count(s))
		return inline_count(s) < INLINE_MAX ? 0 : inline_to_list(s);
	head = heap_of(s);
	if (!head->room || head->n < head->room)
		return 0;
	return head->room < LIST_MAX ? list_to_longer(s) : list_to_map(s);
}

int
sl_portset_add(struct sl_portset *s, uint16_t port)
{
	int rc = make_room(s);
	struct head *head;

	if (rc)
		return rc;
	if (inline_count(s)) {
		s->v |= (uint64_t)port << (16 + 16 * inline_count(s));
		s->v++;
		return 0;
	}
	head = heap_of(s);
	if (head->room)
		list_of(head)->ports[head->n++] = port;
	else
		map_add(map_of(head), port);
	return 0;
}

/* Shrinking: what finds no memory for that stays as it is. */

static void
inline_remove(struct sl_portset *s, uint16_t port)
{
	uint16_t left[INLINE_MAX];
	uint32_t n = 0;

	for (uint32_t i = 0; i < inline_count(s); i++)
		if (inline_port(s, i) != port)
			left[n++] = inline_port(s, i);
	*s = n ? make_inline(left, n, sl_portset_tag(s))
	       : (struct sl_portset){0};
}

static void
list_remove(struct sl_portset *s, struct list *list, uint16_t port)
{
	struct head *head = &list->head;

	for (uint32_t i = 0; i < head->n; i++) {
		if (list->ports[i] != port)
			continue;
		list->ports[i] = list->ports[--head->n];
		break;
	}
	if (head->n >= INLINE_MAX)
		return;
	*s = make_inline(list->ports, head->n, head->tag);
	free(list);
}

static void
map_to_list(struct sl_portset *s, struct map *map)
{
	struct list *list = make_list(LIST_AGAIN, map->head.tag);

	if (!list)
		return;
	for (uint32_t w = 0; w < SL_PORTSET_WORDS; w++)
		for (uint64_t b = map->used[w]; b; b &= b - 1)
			list->ports[list->head.n++] =
			    (uint16_t)(w * 64 + (uint32_t)__builtin_ctzll(b));
	set_heap(s, &list->head);
	free(map);
}

static void
map_remove(struct sl_portset *s, struct map *map, uint16_t port)
{
	uint64_t bit = 1ull << (port % 64);

	if (!(map->used[port / 64] & bit))
		return;
	map->used[port / 64] &= ~bit;
	map->full[port / 4096] &= ~(1ull << (port / 64 % 64));
	if (--map->head.n == LIST_AGAIN / 2)
		map_to_list(s, map);
	if (sl_portset_count(s) == 0)
		sl_portset_clear(s);
}

void
sl_portset_remove(struct sl_portset *s, uint16_t port)
{
	struct head *head;

	if (inline_count(s) || !s->v) {
		inline_remove(s, port);
		return;
	}
	head = heap_of(s);
	if (head->room)
		list_remove(s, list_of(head), port);
	else
		map_remove(s, map_of(head), port);
}
