/* SPDX-License-Identifier: Apache-2.0 */
#include <steer/handoff.h>

#include <ck_ring.h>
#include <errno.h>
#include <string.h>

#define RING	   512	/* packets on their way per pair; a power of two */
#define HOME	   1024 /* room for all buffers of a worker at once */
#define SMALL_ROOM 2048 /* an MTU frame and its offsets */
#define N_SMALL	   960	/* per worker: 2 MiB */
#define N_LARGE	   32	/* per worker: 2 MiB of GSO frames */

_Static_assert(N_SMALL + N_LARGE < HOME, "no buffer is lost on its way home");

/* A frame in transit; the frame's bytes follow. */
struct buffer {
	struct buffer *next_free;
	uint32_t room, len;
	uint16_t home; /* SL_CONST: the worker whose pool it is */
	uint16_t in_port, out_port, flags, max_frag;
	uint32_t frag_id, packet_mark;
	struct sl_offload offload;
	SL_ALIGNED(16) uint8_t bytes[];
};

struct pair {
	ck_ring_t ring, home;
	ck_ring_buffer_t ring_slots[RING];
	ck_ring_buffer_t home_slots[HOME];
};

/* What one worker keeps. */
struct station {
	/* SL_OWNED */
	struct buffer *free_small, *free_large;
	uint32_t n_held;
	struct buffer *held[SL_BATCH_MAX];
	uint16_t next_from; /* fairness: where the next recv starts */
	uint64_t sent_to[SL_WORKERS_MAX / 64];
	/* SL_CONST */
	void *memory_small, *memory_large;
} SL_ALIGNED(SL_CACHE_LINE);

struct sl_handoff {
	uint16_t workers;
	struct sl_wake *wakes;
	struct station *stations;
	struct pair *pairs; /* [from * workers + to] */
};

static struct pair *
pair_of(const struct sl_handoff *h, uint16_t from, uint16_t to)
{
	return &h->pairs[(size_t)from * h->workers + to];
}

static void *
make_pool(struct buffer **list, uint32_t n, uint32_t room, uint16_t home)
{
	size_t size = (sizeof(struct buffer) + room + SL_CACHE_LINE - 1) &
		      ~(size_t)(SL_CACHE_LINE - 1);
	uint8_t *memory = aligned_alloc(SL_CACHE_LINE, n * size);

	if (!memory)
		return NULL;
	for (uint32_t i = 0; i < n; i++) {
		struct buffer *b = (struct buffer *)(void *)(memory + i * size);

		b->room = room;
		b->home = home;
		b->next_free = *list;
		*list = b;
	}
	return memory;
}

static int
init_station(struct station *s, uint16_t worker)
{
	memset(s, 0, sizeof(*s));
	s->memory_small =
	    make_pool(&s->free_small, N_SMALL, SMALL_ROOM, worker);
	s->memory_large =
	    make_pool(&s->free_large, N_LARGE, SL_FRAME_MAX, worker);
	return s->memory_small && s->memory_large ? 0 : -ENOMEM;
}

static int
init_all(struct sl_handoff *h)
{
	size_t n_pairs = (size_t)h->workers * h->workers;

	h->stations =
	    aligned_alloc(SL_CACHE_LINE, h->workers * sizeof(*h->stations));
	h->pairs = calloc(n_pairs, sizeof(*h->pairs));
	if (!h->stations || !h->pairs)
		return -ENOMEM;
	memset(h->stations, 0, h->workers * sizeof(*h->stations));
	for (size_t i = 0; i < n_pairs; i++) {
		ck_ring_init(&h->pairs[i].ring, RING);
		ck_ring_init(&h->pairs[i].home, HOME);
	}
	for (uint16_t i = 0; i < h->workers; i++)
		if (init_station(&h->stations[i], i))
			return -ENOMEM;
	return 0;
}

struct sl_handoff *
sl_handoff_new(uint16_t workers, struct sl_wake *wakes, struct sl_err *err)
{
	struct sl_handoff *h = calloc(1, sizeof(*h));

	if (h) {
		h->workers = workers;
		h->wakes = wakes;
	}
	if (!h || init_all(h)) {
		sl_err_set(err, -ENOMEM, "hand-over rings: out of memory");
		sl_handoff_free(h);
		return NULL;
	}
	return h;
}

void
sl_handoff_free(struct sl_handoff *h)
{
	if (!h)
		return;
	for (uint16_t i = 0; h->stations && i < h->workers; i++) {
		free(h->stations[i].memory_small);
		free(h->stations[i].memory_large);
	}
	free(h->stations);
	free(h->pairs);
	free(h);
}

static void
put_free(struct station *s, struct buffer *b)
{
	struct buffer **list =
	    b->room == SMALL_ROOM ? &s->free_small : &s->free_large;

	b->next_free = *list;
	*list = b;
}

/* Buffers that came home from all others. */
static void
collect(struct sl_handoff *h, struct station *s)
{
	for (uint16_t to = 0; to < h->workers; to++) {
		struct pair *p = pair_of(h, sl_role_worker, to);
		struct buffer *b;

		while (ck_ring_dequeue_spsc(&p->home, p->home_slots, &b))
			put_free(s, b);
	}
}

static struct buffer *
take_free(struct sl_handoff *h, uint32_t len)
{
	struct station *s = &h->stations[sl_role_worker];
	struct buffer **list =
	    len <= SMALL_ROOM ? &s->free_small : &s->free_large;
	struct buffer *b;

	if (len > SL_FRAME_MAX)
		return NULL;
	if (!*list)
		collect(h, s);
	b = *list;
	if (b)
		*list = b->next_free;
	return b;
}

enum sl_verdict
sl_handoff_send(struct sl_handoff *h, const struct sl_pkt *pkt, uint16_t to)
{
	struct station *s = &h->stations[sl_role_worker];
	struct pair *p = pair_of(h, sl_role_worker, to);
	struct buffer *b;

	SL_ASSERT(to < h->workers && to != sl_role_worker);
	b = take_free(h, pkt->len);
	if (!b)
		return sl_drop(SL_DROP_HANDOFF_FULL);
	memcpy(b->bytes, pkt->data, pkt->len);
	b->len = pkt->len;
	b->offload = pkt->offload;
	b->in_port = pkt->in_port;
	b->out_port = pkt->out_port;
	b->flags = pkt->flags;
	b->max_frag = pkt->max_frag;
	b->frag_id = pkt->frag_id;
	b->packet_mark = pkt->packet_mark;
	if (!ck_ring_enqueue_spsc(&p->ring, p->ring_slots, b)) {
		put_free(s, b);
		return sl_drop(SL_DROP_HANDOFF_FULL);
	}
	s->sent_to[to / 64] |= 1ull << (to % 64);
	sl_count(SL_COUNTER_HANDOFF_SENT, 1);
	return SL_TAKEN;
}

void
sl_handoff_flush(struct sl_handoff *h)
{
	struct station *s = &h->stations[sl_role_worker];

	for (unsigned i = 0; i < SL_COUNT_OF(s->sent_to); i++) {
		while (s->sent_to[i]) {
			unsigned bit = (unsigned)__builtin_ctzll(s->sent_to[i]);

			s->sent_to[i] &= s->sent_to[i] - 1;
			sl_wake_up(&h->wakes[i * 64 + bit]);
		}
	}
}

static void
fill(struct sl_pkt *pkt, struct buffer *b)
{
	memset(pkt, 0, sizeof(*pkt));
	pkt->data = b->bytes;
	pkt->len = b->len;
	pkt->room = b->room;
	pkt->offload = b->offload;
	pkt->in_port = b->in_port;
	pkt->out_port = b->out_port;
	pkt->flags =
	    SL_PKT_HANDED | (b->flags & (SL_PKT_FROM_HOST | SL_PKT_NOTRACK |
					    SL_PKT_REASSEMBLED));
	pkt->max_frag = b->max_frag;
	pkt->frag_id = b->frag_id;
	pkt->packet_mark = b->packet_mark;
}

uint32_t
sl_handoff_recv(struct sl_handoff *h, struct sl_pkt *pkts, uint32_t max)
{
	struct station *s = &h->stations[sl_role_worker];
	uint16_t from = s->next_from;

	SL_ASSERT(!s->n_held);
	max = SL_MIN(max, (uint32_t)SL_BATCH_MAX);
	for (uint16_t i = 0; i < h->workers && s->n_held < max; i++) {
		struct pair *p = pair_of(h, from, sl_role_worker);
		struct buffer *b;

		while (s->n_held < max &&
		       ck_ring_dequeue_spsc(&p->ring, p->ring_slots, &b)) {
			fill(&pkts[s->n_held], b);
			s->held[s->n_held++] = b;
		}
		from = (uint16_t)((from + 1) % h->workers);
	}
	s->next_from = from;
	sl_count(SL_COUNTER_HANDOFF_RECV, s->n_held);
	return s->n_held;
}

void
sl_handoff_done(struct sl_handoff *h)
{
	struct station *s = &h->stations[sl_role_worker];

	for (uint32_t i = 0; i < s->n_held; i++) {
		struct buffer *b = s->held[i];
		struct pair *p = pair_of(h, b->home, sl_role_worker);

		/* Has room for every buffer its home worker has. */
		ck_ring_enqueue_spsc(&p->home, p->home_slots, b);
	}
	s->n_held = 0;
}

bool
sl_handoff_has_work(const struct sl_handoff *h)
{
	for (uint16_t from = 0; from < h->workers; from++)
		if (ck_ring_size(&pair_of(h, from, sl_role_worker)->ring))
			return true;
	return false;
}
