/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/abi_internal.h>

#include <string.h>

#define OPTIONS_MAX 64
#define BLOCK_MAX   65536

/* Members up to here exist since ABI 1.0. */
#define PLUGIN_SIZE_MIN                                                        \
	(offsetof(struct sl_plugin, check_options) + sizeof(void *))
#define TRACKER_SIZE_MIN                                                       \
	(offsetof(struct sl_tracker_ops, seq_shift) + sizeof(void *))

#define STRUCT_MAX SL_ABI_STRUCT_MAX
#define REFUSE	   SL_ABI_REFUSE
#define REFUSE_FIELD(ops, layout)                                              \
	REFUSE("%s: tracker %s has a layout field outside its header, wanted " \
	       "it below %u",                                                  \
	    file, (ops)->name, (layout)->min_len)

bool
sl_abi_is_name(const char *name, size_t max)
{
	size_t n = 0;

	if (!name || name[0] < 'a' || name[0] > 'z')
		return false;
	for (; name[n]; n++) {
		char c = name[n];

		if (n == max)
			return false;
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-')
			return false;
	}
	return true;
}

bool
sl_abi_copy(void *out, size_t ours, const void *raw, size_t theirs)
{
	const uint8_t *tail = raw;

	memset(out, 0, ours);
	memcpy(out, raw, SL_MIN(ours, theirs));
	for (size_t i = ours; i < theirs; i++)
		if (tail[i])
			return false;
	return true;
}

static int
check_versions(
    const char *file, const struct sl_plugin *raw, struct sl_err *err)
{
	if (raw->magic != SL_PLUGIN_MAGIC)
		return REFUSE("%s: magic is 0x%08x, wanted 0x%08x", file,
		    raw->magic, SL_PLUGIN_MAGIC);
	if (raw->abi_major != SL_ABI_MAJOR)
		return REFUSE("%s: ABI major is %u, wanted %u", file,
		    raw->abi_major, SL_ABI_MAJOR);
	if (raw->abi_minor > SL_ABI_MINOR)
		return REFUSE("%s: ABI minor is %u, wanted at most %u", file,
		    raw->abi_minor, SL_ABI_MINOR);
	if (raw->size < PLUGIN_SIZE_MIN || raw->size > STRUCT_MAX)
		return REFUSE("%s: descriptor size is %u, wanted %zu to %u",
		    file, raw->size, PLUGIN_SIZE_MIN, STRUCT_MAX);
	if (raw->layout != SL_LAYOUT_ID)
		return REFUSE("%s: layout is 0x%08x, wanted 0x%08x", file,
		    raw->layout, SL_LAYOUT_ID);
	return 0;
}

/* Pointers before the NULL; at most one more than any limit. */
static unsigned
count_list(const void *list)
{
	const void *const *at = list;
	unsigned n = 0;

	while (at && at[n] &&
	       n <= SL_MAX(SL_PLUGIN_TRACKERS_MAX, SL_PLUGIN_HELPERS_MAX))
		n++;
	return n;
}

static int
check_count(const char *file, const char *what, unsigned n, unsigned max,
    struct sl_err *err)
{
	if (n > max)
		return REFUSE("%s: number of %s is %u, wanted at most %u", file,
		    what, n, max);
	return 0;
}

int
sl_abi_check_plugin(const char *file, const struct sl_plugin *raw,
    struct sl_plugin *out, struct sl_err *err)
{
	int rc;

	if (!raw)
		return REFUSE("%s: descriptor is NULL, wanted one", file);
	if ((rc = check_versions(file, raw, err)))
		return rc;
	if (!sl_abi_copy(out, sizeof(*out), raw, raw->size))
		return REFUSE("%s: descriptor has %u bytes in use, wanted at "
			      "most %zu",
		    file, raw->size, sizeof(*out));
	if (!sl_abi_is_name(out->name, SL_ABI_NAME_LEN))
		return REFUSE("%s: plugin name is \"%.32s\", wanted "
			      "[a-z][a-z0-9-]{0,14}",
		    file, out->name ? out->name : "");
	if (!out->version || !out->summary)
		return REFUSE(
		    "%s: version or summary is NULL, wanted text", file);
	if ((rc = check_count(file, "trackers", count_list(out->trackers),
		 SL_PLUGIN_TRACKERS_MAX, err)) ||
	    (rc = check_count(file, "helpers", count_list(out->helpers),
		 SL_PLUGIN_HELPERS_MAX, err)))
		return rc;
	if (!count_list(out->trackers) && !count_list(out->helpers))
		return REFUSE(
		    "%s: plugin brings nothing, wanted trackers or helpers",
		    file);
	return 0;
}

/* A 16-bit field inside the shortest header. */
static bool
is_field(uint8_t off, const struct sl_l4_layout *layout)
{
	return off == SL_NONE || off + 2 <= layout->min_len;
}

/* The receiver's id is looked for in each packet: not all may have it. */
static int
check_ids(
    const char *file, const struct sl_tracker_ops *ops, struct sl_err *err)
{
	const struct sl_l4_layout *l = &ops->layout;

	if (l->flags & SL_L4_RECEIVER_ID) {
		if (l->src_off != SL_NONE || l->dst_off == SL_NONE)
			return REFUSE("%s: tracker %s names other ids than the "
				      "receiver's, wanted that alone",
			    file, ops->name);
		return 0;
	}
	if ((l->src_off == SL_NONE) != (l->dst_off == SL_NONE))
		return REFUSE(
		    "%s: tracker %s names one id, wanted both or none", file,
		    ops->name);
	if (!is_field(l->src_off, l) || !is_field(l->dst_off, l))
		return REFUSE_FIELD(ops, l);
	return 0;
}

static int
check_layout(
    const char *file, const struct sl_tracker_ops *ops, struct sl_err *err)
{
	const struct sl_l4_layout *l = &ops->layout;
	int rc;

	if ((rc = check_ids(file, ops, err)))
		return rc;
	if (!is_field(l->csum_off, l) ||
	    (l->slow_mask && l->slow_off >= l->min_len))
		return REFUSE_FIELD(ops, l);
	return 0;
}

static unsigned
count_names(const char *const *names)
{
	unsigned n = 0;

	while (names && names[n] && n <= SL_REASONS_MAX)
		n++;
	return n;
}

static int
check_tables(
    const char *file, const struct sl_tracker_ops *ops, struct sl_err *err)
{
	unsigned timeouts = 0, states = count_names(ops->states);
	unsigned reasons = count_names(ops->reasons);

	while (ops->timeouts && ops->timeouts[timeouts].name) {
		if (!ops->timeouts[timeouts].default_ms)
			return REFUSE("%s: default of %s is 0, wanted more",
			    file, ops->timeouts[timeouts].name);
		if (++timeouts > SL_TIMEOUTS_MAX)
			break;
	}
	if (timeouts == 0 || timeouts > SL_TIMEOUTS_MAX)
		return REFUSE("%s: tracker %s has %u timeouts, wanted 1 to %d",
		    file, ops->name, timeouts, SL_TIMEOUTS_MAX);
	if (reasons > SL_REASONS_MAX)
		return REFUSE(
		    "%s: tracker %s has %u reasons, wanted at most %d", file,
		    ops->name, reasons, SL_REASONS_MAX);
	if (states > SL_STATES_MAX)
		return REFUSE("%s: tracker %s has %u states, wanted at most %d",
		    file, ops->name, states, SL_STATES_MAX);
	return 0;
}

static int
check_facts(
    const char *file, const struct sl_tracker_ops *ops, struct sl_err *err)
{
	if (!sl_abi_is_name(ops->name, SL_ABI_NAME_LEN))
		return REFUSE("%s: tracker name is \"%.32s\", wanted "
			      "[a-z][a-z0-9-]{0,14}",
		    file, ops->name ? ops->name : "");
	if (ops->families == 0 || ops->families > 3)
		return REFUSE("%s: tracker %s has families %u, wanted 1 to 3",
		    file, ops->name, ops->families);
	if (!ops->generic && ops->l4proto == 0)
		return REFUSE("%s: tracker %s has protocol 0, wanted one", file,
		    ops->name);
	if (ops->priv_size > SL_TRACK_PRIV_MAX)
		return REFUSE(
		    "%s: tracker %s wants %u private bytes, wanted at "
		    "most %d",
		    file, ops->name, ops->priv_size, SL_TRACK_PRIV_MAX);
	if (!ops->key || !ops->open || !ops->update)
		return REFUSE("%s: tracker %s lacks %s(), wanted key, open and "
			      "update",
		    file, ops->name,
		    !ops->key	 ? "key"
		    : !ops->open ? "open"
				 : "update");
	return 0;
}

int
sl_abi_check_tracker(const char *file, const struct sl_tracker_ops *raw,
    struct sl_tracker_ops *out, struct sl_err *err)
{
	int rc;

	if (raw->size < TRACKER_SIZE_MIN || raw->size > STRUCT_MAX)
		return REFUSE("%s: tracker size is %u, wanted %zu to %u", file,
		    raw->size, TRACKER_SIZE_MIN, STRUCT_MAX);
	if (!sl_abi_copy(out, sizeof(*out), raw, raw->size))
		return REFUSE("%s: tracker has %u bytes in use, wanted at most "
			      "%zu",
		    file, raw->size, sizeof(*out));
	if ((rc = check_facts(file, out, err)) ||
	    (rc = check_layout(file, out, err)))
		return rc;
	return check_tables(file, out, err);
}

static uint32_t
size_of_option(uint32_t type)
{
	switch (type) {
	case SL_OPT_BOOL:
		return sizeof(bool);
	case SL_OPT_U32:
	case SL_OPT_ENUM:
		return sizeof(uint32_t);
	case SL_OPT_TIME_MS:
		return sizeof(uint64_t);
	case SL_OPT_PORTS:
		return sizeof(struct sl_option_ports);
	case SL_OPT_ADDR:
		return sizeof(struct sl_option_addr);
	default:
		return 0;
	}
}

static uint32_t
align_of_option(uint32_t type)
{
	switch (type) {
	case SL_OPT_PORTS:
		return _Alignof(struct sl_option_ports);
	case SL_OPT_ADDR:
		return _Alignof(struct sl_option_addr);
	default:
		return size_of_option(type);
	}
}

int
sl_abi_check_options(
    const char *file, const struct sl_plugin *plugin, struct sl_err *err)
{
	const struct sl_option *o = plugin->options;

	if (plugin->option_size > BLOCK_MAX)
		return REFUSE("%s: option block is %u bytes, wanted at most %d",
		    file, plugin->option_size, BLOCK_MAX);
	for (unsigned n = 0; o && o->name; o++, n++) {
		uint32_t size = size_of_option(o->type);

		if (n == OPTIONS_MAX)
			return REFUSE(
			    "%s: more than %d options", file, OPTIONS_MAX);
		if (!size || (o->type == SL_OPT_ENUM && !o->names))
			return REFUSE(
			    "%s: option %s has type %u, wanted a known "
			    "one with its names",
			    file, o->name, o->type);
		if (o->off % align_of_option(o->type) ||
		    plugin->option_size < size ||
		    o->off > plugin->option_size - size)
			return REFUSE(
			    "%s: option %s is at %u, wanted a place in "
			    "%u bytes",
			    file, o->name, o->off, plugin->option_size);
		if (!o->def)
			return REFUSE(
			    "%s: option %s has no default, wanted one", file,
			    o->name);
	}
	return 0;
}
