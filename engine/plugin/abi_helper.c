/* SPDX-License-Identifier: Apache-2.0 */
#include <plugin/abi_internal.h>

#include <netinet/in.h>

#define COUNTER_LEN 31
#define CLASS_MAX   65536 /* as many expectations as there can be in all */

/* Members up to here exist since ABI 1.0. */
#define HELPER_SIZE_MIN (offsetof(struct sl_helper_ops, data) + sizeof(void *))

#define REFUSE SL_ABI_REFUSE

static int
check_facts(
    const char *file, const struct sl_helper_ops *ops, struct sl_err *err)
{
	uint32_t known = SL_HELP_STREAM | SL_HELP_DEFAULT_OFF;

	if (!sl_abi_is_name(ops->name, SL_ABI_NAME_LEN))
		return REFUSE(
		    "%s: helper name is \"%.32s\", wanted " SL_ABI_NAME, file,
		    ops->name ? ops->name : "");
	if (ops->flags & ~known)
		return REFUSE("%s: helper %s has flags 0x%x, wanted 0x%x at "
			      "most",
		    file, ops->name, ops->flags, known);
	if (ops->families == 0 || ops->families > 3)
		return REFUSE("%s: helper %s has families %u, wanted 1 to 3",
		    file, ops->name, ops->families);
	if (ops->priv_size > SL_HELP_PRIV_MAX)
		return REFUSE("%s: helper %s wants %u private bytes, wanted at "
			      "most %d",
		    file, ops->name, ops->priv_size, SL_HELP_PRIV_MAX);
	if (ops->hold_max > SL_HELP_HOLD_MAX)
		return REFUSE("%s: helper %s holds %u bytes, wanted at most %d",
		    file, ops->name, ops->hold_max, SL_HELP_HOLD_MAX);
	if (ops->hold_max && !(ops->flags & SL_HELP_STREAM))
		return REFUSE("%s: helper %s holds bytes of no stream, wanted "
			      "SL_HELP_STREAM or hold_max 0",
		    file, ops->name);
	if (!ops->data)
		return REFUSE(
		    "%s: helper %s lacks data(), wanted it", file, ops->name);
	return 0;
}

static int
check_ports(
    const char *file, const struct sl_helper_ops *ops, struct sl_err *err)
{
	unsigned n = 0;

	for (; ops->ports && ops->ports[n].l4proto; n++) {
		const struct sl_port_match *p = &ops->ports[n];

		if (n == SL_HELP_PORTS_MAX)
			return REFUSE("%s: helper %s has more ports, wanted at "
				      "most %d",
			    file, ops->name, SL_HELP_PORTS_MAX);
		if (p->l4proto != IPPROTO_TCP && p->l4proto != IPPROTO_UDP)
			return REFUSE("%s: helper %s has a port of protocol "
				      "%u, wanted %d or %d",
			    file, ops->name, p->l4proto, IPPROTO_TCP,
			    IPPROTO_UDP);
		if (p->port == 0)
			return REFUSE("%s: helper %s has port 0, wanted 1 to "
				      "65535",
			    file, ops->name);
	}
	return 0;
}

static int
check_classes(
    const char *file, const struct sl_helper_ops *ops, struct sl_err *err)
{
	const struct sl_expect_class *c = ops->classes;

	for (unsigned n = 0; c && c->name; n++, c++) {
		if (n == SL_HELP_CLASSES_MAX)
			return REFUSE("%s: helper %s has more classes, wanted "
				      "at most %d",
			    file, ops->name, SL_HELP_CLASSES_MAX);
		if (!sl_abi_is_name(c->name, SL_ABI_NAME_LEN))
			return REFUSE("%s: class of helper %s is \"%.32s\", "
				      "wanted " SL_ABI_NAME,
			    file, ops->name, c->name);
		if (c->max == 0 || c->max > CLASS_MAX)
			return REFUSE("%s: class %s of helper %s has max %u, "
				      "wanted 1 to %d",
			    file, c->name, ops->name, c->max, CLASS_MAX);
		if (c->timeout_ms == 0)
			return REFUSE("%s: timeout of class %s of helper %s is "
				      "0, wanted more",
			    file, c->name, ops->name);
	}
	return 0;
}

static int
check_counters(
    const char *file, const struct sl_helper_ops *ops, struct sl_err *err)
{
	for (unsigned n = 0; ops->counters && ops->counters[n]; n++) {
		if (n == SL_HELP_COUNTERS_MAX)
			return REFUSE("%s: helper %s has more counters, wanted "
				      "at most %d",
			    file, ops->name, SL_HELP_COUNTERS_MAX);
		if (!sl_abi_is_name(ops->counters[n], COUNTER_LEN))
			return REFUSE("%s: counter of helper %s is \"%.40s\", "
				      "wanted [a-z][a-z0-9-]{0,30}",
			    file, ops->name, ops->counters[n]);
	}
	return 0;
}

int
sl_abi_check_helper(const char *file, const struct sl_helper_ops *raw,
    struct sl_helper_ops *out, struct sl_err *err)
{
	int rc;

	if (raw->size < HELPER_SIZE_MIN || raw->size > SL_ABI_STRUCT_MAX)
		return REFUSE("%s: helper size is %u, wanted %zu to %u", file,
		    raw->size, HELPER_SIZE_MIN, SL_ABI_STRUCT_MAX);
	if (!sl_abi_copy(out, sizeof(*out), raw, raw->size))
		return REFUSE("%s: helper has %u bytes in use, wanted at most "
			      "%zu",
		    file, raw->size, sizeof(*out));
	if ((rc = check_facts(file, out, err)) ||
	    (rc = check_ports(file, out, err)) ||
	    (rc = check_classes(file, out, err)))
		return rc;
	return check_counters(file, out, err);
}
