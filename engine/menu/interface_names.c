/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/interface_names.h>

#include <menu/model.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>

struct entry {
	char *name;
	unsigned sources;
};

struct sl_interface_names {
	struct entry *entries; /* sorted by name */
	size_t n, cap;
	void (*changed)(void *arg);
	void *changed_arg;
};

struct sl_interface_names *
sl_interface_names_new(void)
{
	return calloc(1, sizeof(struct sl_interface_names));
}

void
sl_interface_names_free(struct sl_interface_names *names)
{
	if (!names)
		return;
	for (size_t i = 0; i < names->n; i++)
		free(names->entries[i].name);
	free(names->entries);
	free(names);
}

/* Where the name is, or would be. */
static size_t
position(const struct sl_interface_names *names, const char *name, bool *found)
{
	size_t lo = 0, hi = names->n;

	*found = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(names->entries[mid].name, name);

		if (!c) {
			*found = true;
			return mid;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void
tell(struct sl_interface_names *names)
{
	if (names->changed)
		names->changed(names->changed_arg);
}

int
sl_interface_names_add(
    struct sl_interface_names *names, const char *name, unsigned sources)
{
	struct entry *grown;
	bool found;
	size_t at = position(names, name, &found), cap;
	char *copy;

	if (found) {
		names->entries[at].sources |= sources;
		return 0;
	}
	if (names->n == names->cap) {
		cap = names->cap ? names->cap * 2 : 16;
		grown = realloc(names->entries, cap * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		names->entries = grown;
		names->cap = cap;
	}
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	memmove(&names->entries[at + 1], &names->entries[at],
	    (names->n - at) * sizeof(*names->entries));
	names->entries[at] = (struct entry){copy, sources};
	names->n++;
	tell(names);
	return 0;
}

void
sl_interface_names_remove(
    struct sl_interface_names *names, const char *name, unsigned sources)
{
	bool found;
	size_t at = position(names, name, &found);

	if (!found)
		return;
	names->entries[at].sources &= ~sources;
	if (names->entries[at].sources)
		return;
	free(names->entries[at].name);
	names->n--;
	memmove(&names->entries[at], &names->entries[at + 1],
	    (names->n - at) * sizeof(*names->entries));
	tell(names);
}

/* RouterOS's default names: a kind and a number, "ether1", "sfp-sfpplus2",
 * "wlan2-5g" not included. */
static bool
is_hardware_shaped(const char *name)
{
	static const char *const kinds[] = {"bridge", "combo", "ether", "lte",
	    "pppoe-out", "qsfp", "qsfp28-", "qsfpplus", "sfp", "sfp-sfpplus",
	    "sfp28-", "sfpplus", "wifi", "wlan", NULL};

	for (size_t i = 0; kinds[i]; i++) {
		size_t len = strlen(kinds[i]);
		const char *p = name + len;

		if (strncmp(name, kinds[i], len) != 0)
			continue;
		/* qsfp ports have lanes: qsfp28-1-1 */
		while (isdigit((unsigned char)*p) ||
		       (*p == '-' && isdigit((unsigned char)p[1])))
			p++;
		if (!*p && p > name + len)
			return true;
	}
	return strcmp(name, "bridge") == 0;
}

unsigned
sl_interface_names_sources(
    const struct sl_interface_names *names, const char *name)
{
	bool found;
	size_t at = position(names, name, &found);

	if (found)
		return names->entries[at].sources;
	return is_hardware_shaped(name) ? SL_INTERFACE_SHAPED : 0;
}

void
sl_interface_names_each(
    const struct sl_interface_names *names, sl_word_fn visit, void *arg)
{
	for (size_t i = 0; i < names->n; i++)
		visit(names->entries[i].name, NULL, arg);
}

void
sl_interface_names_listen(
    struct sl_interface_names *names, void (*changed)(void *arg), void *arg)
{
	names->changed = changed;
	names->changed_arg = arg;
}

static bool
is_known(struct sl_model *model, const struct sl_prop *p, const char *name)
{
	(void)p;
	return sl_interface_names_sources(model->interfaces, name) != 0;
}

static void
each_known(struct sl_model *model, const struct sl_prop *p, sl_word_fn visit,
    void *arg)
{
	(void)p;
	sl_interface_names_each(model->interfaces, visit, arg);
}

const struct sl_ref sl_ref_interface = {is_known, each_known};
