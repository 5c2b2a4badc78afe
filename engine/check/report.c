/* SPDX-License-Identifier: Apache-2.0 */
#include <check/report.h>

#include <base/protocol.h>

#include <stdio.h>

static const char *
families(uint8_t bits)
{
	static const char *const names[] = {"no", "IPv4", "IPv6", "IPv4, IPv6"};

	return names[bits & 3];
}

static void
print_options(const struct sl_option *o)
{
	for (; o && o->name; o++)
		printf(
		    "  option %s, default %s: %s\n", o->name, o->def, o->help);
}

static void
print_helper(const struct sl_helper_ops *h)
{
	printf("  helper %s, %s%s%s\n", h->name, families(h->families),
	    h->flags & SL_HELP_STREAM ? ", streams" : ", datagrams",
	    h->flags & SL_HELP_DEFAULT_OFF ? ", off by default" : "");
	printf("    private area %u bytes, version %u; holds %u bytes\n",
	    h->priv_size, h->priv_version, h->hold_max);
	for (const struct sl_port_match *p = h->ports; p && p->l4proto; p++)
		printf("    port %s %u\n", p->l4proto == 6 ? "tcp" : "udp",
		    p->port);
	for (const struct sl_expect_class *c = h->classes; c && c->name; c++)
		printf("    expects %s: at most %u, for %u ms\n", c->name,
		    c->max, c->timeout_ms);
	for (const char *const *c = h->counters; c && *c; c++)
		printf("    counts %s\n", *c);
}

static void
print_tracker(const struct sl_tracker_ops *t)
{
	printf("  tracker %s, protocol %u%s, %s\n", t->name, t->l4proto,
	    t->generic ? " and all without" : "", families(t->families));
	printf("    private area %u bytes, version %u\n", t->priv_size,
	    t->priv_version);
	for (const struct sl_timeout *o = t->timeouts; o && o->name; o++)
		printf(
		    "    timeout %s, default %u ms\n", o->name, o->default_ms);
	for (const char *const *s = t->states; s && *s; s++)
		printf("    state %s\n", *s);
	for (const char *const *r = t->reasons; r && *r; r++)
		printf("    refuses for %s\n", *r);
}

void
sl_report_print(const struct sl_object *o)
{
	const struct sl_plugin *p = &o->plugin;

	printf("%s %s: %s\n", p->name, p->version, p->summary);
	printf("  ABI %u.%u, the engine's is %u.%u\n", p->abi_major,
	    p->abi_minor, SL_ABI_MAJOR, SL_ABI_MINOR);
	print_options(p->options);
	for (unsigned i = 0; i < o->n_trackers; i++)
		print_tracker(&o->trackers[i]);
	for (unsigned i = 0; i < o->n_helpers; i++)
		print_helper(&o->helpers[i]);
}
