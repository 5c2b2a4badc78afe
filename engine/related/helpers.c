/* SPDX-License-Identifier: Apache-2.0 */
#include <related/helpers.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#define N_ROUTEROS 7
#define MAP_MIN	   256 /* entries; a power of two */

/* A name, and what is configured of it. */
struct named {
	/* SL_CONST once SL_SHARED 'n_names' counts it */
	char name[SL_HELPER_NAME];
	/* Control's own. */
	struct sl_helper_settings settings;
	bool is_set; /* 'settings.is_off' is configured */
	/* SL_SHARED */
	SL_RCU_PTR(struct sl_helper) current; /* NULL: not loaded, or off */
	struct sl_helper *version;	      /* control's: off or not */
};

static struct named names[SL_HELPERS_MAX + 1] = {
    [1] = {.name = "ftp"},
    [2] = {.name = "pptp"},
    [3] = {.name = "h323"},
    [4] = {.name = "sip"},
    [5] = {.name = "irc"},
    [6] = {.name = "quake3"},
    [7] = {.name = "tftp"},
};
static SL_ATOMIC(unsigned) n_names = N_ROUTEROS;
static struct sl_helper *versions; /* all, newest first */

/* Server ports to helpers: open addressing, at most a quarter full. */
struct port_entry {
	uint32_t key; /* l4proto and port; 0: empty */
	struct sl_helper *helper;
};

struct port_map {
	struct sl_rcu_head head;
	unsigned shift; /* 32 - log2(entries) */
	uint32_t mask;
	struct port_entry entries[];
};

static SL_RCU_PTR(struct port_map) ports;

static uint32_t
key_of(uint8_t l4proto, uint16_t port)
{
	return (uint32_t)l4proto << 16 | port;
}

/* Where 'key' is, or the empty place where it would be. */
static uint32_t
place_of(const struct port_map *map, uint32_t key)
{
	uint32_t i = key * 0x9e3779b1u >> map->shift;

	while (map->entries[i].key && map->entries[i].key != key)
		i = (i + 1) & map->mask;
	return i;
}

static void
reclaim_map(struct sl_rcu_head *head)
{
	free(sl_container_of(head, struct port_map, head));
}

uint8_t
sl_helpers_number(const char *name, bool add)
{
	unsigned n = sl_load_relaxed(&n_names);

	for (unsigned i = 1; i <= n; i++)
		if (strcmp(names[i].name, name) == 0)
			return (uint8_t)i;
	if (!add || n == SL_HELPERS_MAX || strlen(name) >= SL_HELPER_NAME)
		return 0;
	strcpy(names[n + 1].name, name);
	/* Pairs with sl_helpers_name(). */
	sl_store_release(&n_names, n + 1);
	return (uint8_t)(n + 1);
}

const char *
sl_helpers_name(uint8_t number)
{
	if (number == 0 || number > sl_load_acquire(&n_names))
		return NULL;
	return names[number].name;
}

struct sl_helper *
sl_helpers_at_rcu(uint8_t family, uint8_t l4proto, uint16_t port)
{
	const struct port_map *map = sl_rcu_read(&ports);
	struct sl_helper *h;

	if (!map)
		return NULL;
	h = map->entries[place_of(map, key_of(l4proto, port))].helper;
	if (!h || !(h->ops.families & (family == SL_IPV6 ? 2 : 1)))
		return NULL;
	return h;
}

struct sl_helper *
sl_helpers_numbered_rcu(uint8_t number)
{
	return number && number <= SL_HELPERS_MAX
		   ? sl_rcu_read(&names[number].current)
		   : NULL;
}

struct sl_helper *
sl_helpers_named_rcu(const char *name)
{
	unsigned n = sl_load_acquire(&n_names);

	for (unsigned i = 1; i <= n; i++)
		if (strcmp(names[i].name, name) == 0)
			return sl_rcu_read(&names[i].current);
	return NULL;
}

static unsigned
count_ports(const struct sl_port_match *table)
{
	unsigned n = 0;

	while (table && table[n].l4proto && n < SL_HELP_PORTS_MAX)
		n++;
	return n;
}

/* Port 'i' that a named helper is attached to; false: there are not so many.
 * Configured ports hold for every protocol that the helper's own table has. */
static bool
port_at(const struct named *n, unsigned i, uint32_t *key)
{
	const struct sl_port_match *own = n->version->ops.ports;
	unsigned n_own = count_ports(own);

	if (n->settings.n_ports == 0) {
		if (i >= n_own)
			return false;
		*key = key_of(own[i].l4proto, own[i].port);
		return true;
	}
	if (i >= n_own * n->settings.n_ports)
		return false;
	*key = key_of(own[i / n->settings.n_ports].l4proto,
	    n->settings.ports[i % n->settings.n_ports]);
	return true;
}

static bool
is_on(const struct named *n)
{
	return n->version && !n->settings.is_off;
}

static void
fill(struct port_map *map)
{
	for (unsigned i = 1; i <= sl_load_relaxed(&n_names); i++) {
		uint32_t key;

		if (!is_on(&names[i]))
			continue;
		for (unsigned p = 0; port_at(&names[i], p, &key); p++) {
			struct port_entry *e =
			    &map->entries[place_of(map, key)];

			if (e->key)
				continue; /* who has the lower number */
			*e = (struct port_entry){key, names[i].version};
		}
	}
}

static struct port_map *
build_map(struct sl_err *err)
{
	unsigned n = 0, size = MAP_MIN;
	struct port_map *map;
	uint32_t key;

	for (unsigned i = 1; i <= sl_load_relaxed(&n_names); i++)
		for (unsigned p = 0;
		     is_on(&names[i]) && port_at(&names[i], p, &key); p++)
			n++;
	while (size < 4 * n)
		size *= 2;
	map = calloc(1, sizeof(*map) + size * sizeof(map->entries[0]));
	if (!map) {
		sl_err_sys(err, -ENOMEM, "ports of helpers");
		return NULL;
	}
	map->mask = size - 1;
	map->shift = 32 - (unsigned)__builtin_ctz(size);
	fill(map);
	return map;
}

/* Puts in force what 'names' say. */
static int
apply(struct sl_err *err)
{
	struct port_map *map = build_map(err), *old;

	if (!map)
		return -ENOMEM;
	for (unsigned i = 1; i <= SL_HELPERS_MAX; i++)
		sl_rcu_publish(&names[i].current,
		    is_on(&names[i]) ? names[i].version : NULL);
	old = sl_rcu_swap(&ports, map);
	if (old)
		sl_retire(&old->head, reclaim_map);
	for (struct sl_helper *h = versions; h; h = h->next)
		sl_store_relaxed(&h->is_off, names[h->number].settings.is_off);
	return 0;
}

struct sl_helper *
sl_helpers_new(
    const struct sl_helper_ops *ops, const void *options, struct sl_err *err)
{
	uint8_t number = sl_helpers_number(ops->name, true);
	struct sl_helper *h = calloc(1, sizeof(*h));

	if (h)
		h->use = aligned_alloc(
		    SL_CACHE_LINE, SL_WORKERS_MAX * sizeof(*h->use));
	if (!number || !h || !h->use) {
		sl_err_set(err, number ? -ENOMEM : -ENOSPC,
		    number ? "out of memory" : "more than %d helpers",
		    SL_HELPERS_MAX);
		free(h);
		return NULL;
	}
	memset(h->use, 0, SL_WORKERS_MAX * sizeof(*h->use));
	h->ops = *ops;
	h->number = number;
	sl_rcu_init(&h->options, options);
	while (ops->classes && ops->classes[h->n_classes].name) {
		const struct sl_expect_class *c = &ops->classes[h->n_classes];

		atomic_init(&h->class_max[h->n_classes], c->max);
		atomic_init(&h->class_timeout_ms[h->n_classes], c->timeout_ms);
		h->n_classes++;
	}
	while (ops->counters && ops->counters[h->n_counters])
		h->n_counters++;
	h->next = versions;
	versions = h;
	return h;
}

static bool
is_same_layout(const struct sl_helper *a, const struct sl_helper *b)
{
	return a->ops.priv_size == b->ops.priv_size &&
	       a->ops.priv_version == b->ops.priv_version;
}

/* Sessions of earlier versions go on with 'h'. */
static void
follow(struct sl_helper *h)
{
	for (struct sl_helper *v = versions; v; v = v->next)
		if (v != h && v->number == h->number && is_same_layout(v, h))
			sl_rcu_publish(&v->successor, h);
}

int
sl_helpers_swap(struct sl_helper *const *in, unsigned n_in,
    struct sl_helper *const *out, unsigned n_out, struct sl_err *err)
{
	struct {
		struct sl_helper *version;
		bool is_off;
	} former[SL_HELPERS_MAX + 1];
	int rc;

	for (unsigned i = 1; i <= SL_HELPERS_MAX; i++) {
		former[i].version = names[i].version;
		former[i].is_off = names[i].settings.is_off;
	}
	for (unsigned i = 0; i < n_out; i++)
		if (names[out[i]->number].version == out[i])
			names[out[i]->number].version = NULL;
	for (unsigned i = 0; i < n_in; i++) {
		struct named *n = &names[in[i]->number];

		if (!n->is_set)
			n->settings.is_off =
			    (in[i]->ops.flags & SL_HELP_DEFAULT_OFF) != 0;
		n->version = in[i];
	}
	if ((rc = apply(err))) {
		for (unsigned i = 1; i <= SL_HELPERS_MAX; i++) {
			names[i].version = former[i].version;
			names[i].settings.is_off = former[i].is_off;
		}
		return rc;
	}
	for (unsigned i = 0; i < n_in; i++)
		follow(in[i]);
	for (unsigned i = 0; i < n_out; i++)
		sl_helpers_unlink(out[i]);
	return 0;
}

int
sl_helpers_publish(struct sl_helper *h, struct sl_err *err)
{
	return sl_helpers_swap(&h, 1, NULL, 0, err);
}

int
sl_helpers_withdraw(struct sl_helper *h, struct sl_err *err)
{
	return sl_helpers_swap(NULL, 0, &h, 1, err);
}

void
sl_helpers_unlink(struct sl_helper *h)
{
	for (struct sl_helper *v = versions; v; v = v->next)
		if (sl_rcu_own(&v->successor) == h)
			sl_rcu_publish(
			    &v->successor, sl_rcu_own(&h->successor));
}

bool
sl_helpers_is_used(const struct sl_helper *h)
{
	struct sl_helper_total total;

	sl_helpers_total(h, &total);
	return total.sessions || total.expectations;
}

void
sl_helpers_free(struct sl_helper *h)
{
	struct sl_helper **at = &versions;

	if (!h)
		return;
	while (*at != h)
		at = &(*at)->next;
	*at = h->next;
	free(h->use);
	free(h);
}

struct sl_helper *
sl_helpers_own(uint8_t number)
{
	return names[number].version;
}

void
sl_helpers_settings(uint8_t number, struct sl_helper_settings *out)
{
	*out = names[number].settings;
}

int
sl_helpers_set(uint8_t number, const struct sl_helper_settings *settings,
    struct sl_err *err)
{
	struct named *n = &names[number];
	struct named former = *n;
	int rc;

	n->settings = *settings;
	n->is_set = true;
	if ((rc = apply(err))) {
		n->settings = former.settings;
		n->is_set = former.is_set;
	}
	return rc;
}

/* Does one of the names before 'number' ask for 'key'? */
static uint8_t
find_earlier(uint8_t number, uint32_t key)
{
	for (uint8_t i = 1; i < number; i++) {
		uint32_t other;

		for (unsigned p = 0;
		     is_on(&names[i]) && port_at(&names[i], p, &other); p++)
			if (other == key)
				return i;
	}
	return 0;
}

uint8_t
sl_helpers_rival(uint8_t number, uint16_t *port)
{
	uint32_t key;

	for (unsigned p = 0;
	     is_on(&names[number]) && port_at(&names[number], p, &key); p++) {
		uint8_t rival = find_earlier(number, key);

		*port = (uint16_t)key;
		if (rival)
			return rival;
	}
	return 0;
}

void
sl_helpers_total(const struct sl_helper *h, struct sl_helper_total *out)
{
	*out = (struct sl_helper_total){0};
	for (unsigned w = 0; w < SL_WORKERS_MAX; w++) {
		struct sl_helper_use *use = &h->use[w];

		out->sessions += sl_load_relaxed(&use->sessions);
		out->expectations += sl_load_relaxed(&use->expectations);
		for (unsigned i = 0; i < h->n_counters; i++)
			out->counters[i] += sl_load_relaxed(&use->counters[i]);
	}
}

void
sl_helpers_clear(void)
{
	SL_ASSERT(!versions);
	free(sl_rcu_swap(&ports, NULL));
	for (unsigned i = 1; i <= SL_HELPERS_MAX; i++) {
		names[i].settings = (struct sl_helper_settings){0};
		names[i].is_set = false;
		names[i].version = NULL;
		sl_rcu_init(&names[i].current, NULL);
		if (i > N_ROUTEROS)
			names[i].name[0] = '\0';
	}
	sl_store_relaxed(&n_names, N_ROUTEROS);
}
