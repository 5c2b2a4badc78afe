/* SPDX-License-Identifier: Apache-2.0 */
/* sluice-plugin-check [--sanitized] FILE.so [TALK...] */
#include <check/report.h>
#include <check/sweep.h>

#include <plugin/elf.h>
#include <plugin/loader.h>
#include <related/helpers.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "sluice-plugin-check [--sanitized] FILE.so [TALK...]\n"
    "\n"
    "Reports what a plugin says of itself, checks its file, and plays the\n"
    "conversations through the engine in every manner: whole, cut at every\n"
    "byte, repeated, reordered, broken off and changed, with and without NAT.\n"
    "\n"
    "  --sanitized   FILE.so is built with sanitizers, which bring symbols "
    "and\n"
    "                data of their own: those are not looked at\n";

/* The helper that the talk is for: its first port, unless the talk says. */
static int
settle_talk(struct sl_talk *t, const struct sl_object *o, struct sl_err *err)
{
	for (unsigned i = 0; i < o->n_helpers; i++) {
		const struct sl_helper_ops *h = &o->helpers[i];

		if (t->helper[0] && strcmp(t->helper, h->name) != 0)
			continue;
		if (!t->port && h->ports && h->ports[0].l4proto) {
			t->l4proto = h->ports[0].l4proto;
			t->port = h->ports[0].port;
		}
		t->families &= h->families;
		if (!t->port)
			return sl_err_set(err, -EINVAL,
			    "%s: wanted \"over tcp PORT\": helper %s has no "
			    "port of its own",
			    t->file, h->name);
		return 0;
	}
	return sl_err_set(err, -EINVAL, "%s: %s has no helper \"%s\"", t->file,
	    o->plugin.name, t->helper);
}

/* What is off by default is tried nevertheless. */
static int
enable(struct sl_box *box, const struct sl_object *o, struct sl_err *err)
{
	char text[128];
	int rc = 0;

	for (unsigned i = 0; i < o->n_helpers && !rc; i++) {
		snprintf(text, sizeof(text),
		    "/ip firewall service-port set [find name=%s] disabled=no",
		    o->helpers[i].name);
		rc = sl_box_command(box, text, err);
	}
	return rc;
}

static int
play_talk(struct sl_box *box, const struct sl_object *o, const char *file,
    struct sl_err *err)
{
	struct sl_talk *talk = sl_talk_read(file, err);
	struct sl_ends ends = {0};
	uint32_t plays = 0;
	int rc;

	if (!talk)
		return err->code;
	if ((rc = settle_talk(talk, o, err)) == 0 &&
	    (rc = sl_box_allow(box, talk->l4proto, talk->port, err)) == 0 &&
	    (rc = sl_ends_init(&ends, box, err)) == 0)
		rc = sl_sweep(&ends, talk, &plays, err);
	printf("%s: %s, %u plays\n", file, rc ? "failed" : "passed", plays);
	sl_ends_fini(&ends);
	sl_talk_free(talk);
	return rc;
}

static const struct sl_object *
object_of(const char *file)
{
	struct sl_plugin_info info;

	for (unsigned n = 0; sl_plugins_at(n, &info); n++)
		if (info.object && strcmp(info.file, file) == 0)
			return info.object;
	return NULL;
}

static int
check(const char *file, char **talks, int n, struct sl_err *err)
{
	struct sl_box *box = sl_box_open(file, err);
	const struct sl_object *o = box ? object_of(file) : NULL;
	int rc = err->code;

	if (!box)
		return rc;
	sl_report_print(o);
	if (n > 0)
		rc = enable(box, o, err);
	for (int i = 0; i < n && !rc; i++)
		rc = play_talk(box, o, talks[i], err);
	sl_box_close(box);
	return rc;
}

int
main(int argc, char **argv)
{
	struct sl_err err = {0};
	int at = 1;

	if (argc > 1 && strcmp(argv[1], "--sanitized") == 0) {
		sl_elf_allow_sanitizers();
		at++;
	}
	if (at >= argc || argv[at][0] == '-') {
		fputs(usage,
		    at < argc && !strcmp(argv[at], "--help") ? stdout : stderr);
		return at < argc && !strcmp(argv[at], "--help") ? 0 : 2;
	}
	if (check(argv[at], argv + at + 1, argc - at - 1, &err)) {
		fprintf(stderr, "sluice-plugin-check: %s\n", err.text);
		return 1;
	}
	printf("%s: passed\n", argv[at]);
	return 0;
}
