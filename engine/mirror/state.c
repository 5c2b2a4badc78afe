/* SPDX-License-Identifier: Apache-2.0 */
#include <mirror/state.h>

#include <errno.h>
#include <string.h>

struct sl_mirror_state sl_mirror_state;
const struct sl_mirror_backend *sl_mirror_backend;

static int
grow(void **array, uint32_t *cap, uint32_t n, size_t size)
{
	uint32_t want = *cap ? *cap * 2 : 32;
	void *bigger;

	if (n < *cap)
		return 0;
	bigger = realloc(*array, want * size);
	if (!bigger)
		return -ENOMEM;
	*array = bigger;
	*cap = want;
	return 0;
}

#define APPEND(what, value)                                                    \
	do {                                                                   \
		struct sl_mirror_state *s = &sl_mirror_state;                  \
		void *array = s->what;                                         \
		int rc = grow(                                                 \
		    &array, &s->cap_##what, s->n_##what, sizeof(*s->what));    \
		if (rc)                                                        \
			return rc;                                             \
		s->what = array;                                               \
		s->what[s->n_##what++] = (value);                              \
	} while (0)

int
sl_mirror_add_link(const struct sl_link *link)
{
	APPEND(links, *link);
	return 0;
}

int
sl_mirror_add_addr(const struct sl_ifaddr *addr)
{
	APPEND(addrs, *addr);
	return 0;
}

int
sl_mirror_add_route(const struct sl_kroute *route)
{
	APPEND(routes, *route);
	return 0;
}

const struct sl_link *
sl_mirror_link_by_name(const char *name)
{
	for (uint32_t i = 0; i < sl_mirror_state.n_links; i++)
		if (!strcmp(sl_mirror_state.links[i].name, name))
			return &sl_mirror_state.links[i];
	return NULL;
}

const struct sl_link *
sl_mirror_link_by_index(uint32_t ifindex)
{
	for (uint32_t i = 0; i < sl_mirror_state.n_links; i++)
		if (sl_mirror_state.links[i].ifindex == ifindex)
			return &sl_mirror_state.links[i];
	return NULL;
}
