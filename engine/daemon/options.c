/* SPDX-License-Identifier: Apache-2.0 */
#include <daemon/options.h>

#include <base/clock.h>
#include <base/log.h>
#include <base/role.h>

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: sluiced [options] CONFIG.rsc\n"
    "\n"
    "  --check             load the config, report every mistake, touch "
    "nothing\n"
    "  --socket PATH       control socket (default $SLUICE_SOCKET, or\n"
    "                      /run/sluice/sluice.sock)\n"
    "  --plugins DIR       where trackers/ and helpers/ are\n"
    "  --workers N         packet threads (default 1)\n"
    "  --log-level LEVEL   error, warning, info (default) or debug\n"
    "  --replay PORT=FILE  run on captures instead of netdevs, in virtual "
    "time;\n"
    "                      PORT:host is the port's host side; repeat per port\n"
    "  --record PORT=FILE  write what leaves by the port\n"
    "  --at SECONDS:CMD    in a replay, run a command at that virtual time\n"
    "  --help, --version\n";

enum {
	OPT_CHECK = 256,
	OPT_SOCKET,
	OPT_PLUGINS,
	OPT_WORKERS,
	OPT_LOG,
	OPT_REPLAY,
	OPT_RECORD,
	OPT_AT,
	OPT_HELP,
	OPT_VERSION
};

static const struct option long_options[] = {
    {"check", no_argument, NULL, OPT_CHECK},
    {"socket", required_argument, NULL, OPT_SOCKET},
    {"plugins", required_argument, NULL, OPT_PLUGINS},
    {"workers", required_argument, NULL, OPT_WORKERS},
    {"log-level", required_argument, NULL, OPT_LOG},
    {"replay", required_argument, NULL, OPT_REPLAY},
    {"record", required_argument, NULL, OPT_RECORD},
    {"at", required_argument, NULL, OPT_AT},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static enum sl_options_result
bad(const char *what, const char *arg)
{
	fprintf(stderr, "sluiced: %s: %s\n", what, arg);
	return SL_OPTIONS_BAD;
}

/* The entry of "PORT" or "PORT:host", made if new. */
static struct sl_option_file *
file_of(struct sl_options *o, const char *arg, const char *equals)
{
	size_t len = (size_t)(equals - arg);
	bool host = len > 5 && !strncmp(equals - 5, ":host", 5);
	struct sl_option_file *f;

	if (host)
		len -= 5;
	if (!len || len >= sizeof(f->port))
		return NULL;
	for (unsigned i = 0; i < o->n_files; i++) {
		f = &o->files[i];
		if (f->host == host && strlen(f->port) == len &&
		    !strncmp(f->port, arg, len))
			return f;
	}
	if (o->n_files == SL_OPTION_FILES_MAX)
		return NULL;
	f = &o->files[o->n_files++];
	f->host = host;
	memcpy(f->port, arg, len);
	return f;
}

static enum sl_options_result
add_file(struct sl_options *o, const char *arg, bool record)
{
	const char *equals = strchr(arg, '=');
	struct sl_option_file *f = equals ? file_of(o, arg, equals) : NULL;

	if (!f || !equals[1])
		return bad("expected PORT=FILE", arg);
	if (record)
		f->record = equals + 1;
	else
		f->replay = equals + 1;
	return SL_OPTIONS_RUN;
}

static enum sl_options_result
add_at(struct sl_options *o, const char *arg)
{
	char *end;
	double seconds = strtod(arg, &end);
	unsigned i = o->n_at;
	uint64_t ns;

	if (end == arg || *end != ':' || !(seconds >= 0 && seconds < 1e9))
		return bad("expected SECONDS:COMMAND", arg);
	if (o->n_at == SL_OPTION_AT_MAX)
		return bad("too many --at", arg);
	ns = (uint64_t)(seconds * SL_NS_PER_SEC + 0.5);
	for (; i && o->at[i - 1].at_ns > ns; i--)
		o->at[i] = o->at[i - 1];
	o->at[i].at_ns = ns;
	o->at[i].command = end + 1;
	o->n_at++;
	return SL_OPTIONS_RUN;
}

static enum sl_options_result
set_workers(struct sl_options *o, const char *arg)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (!*arg || *end || n < 1 || n > SL_WORKERS_MAX)
		return bad("expected a number of workers from 1 to 128", arg);
	o->workers = (uint16_t)n;
	return SL_OPTIONS_RUN;
}

static enum sl_options_result
set_log_level(const char *arg)
{
	for (int l = SL_LOG_ERROR; l <= SL_LOG_DEBUG; l++) {
		if (!strcmp(arg, sl_log_level_name(l))) {
			sl_log_set_stderr_level(l);
			return SL_OPTIONS_RUN;
		}
	}
	return bad("no such log level", arg);
}

static enum sl_options_result
take(struct sl_options *o, int opt)
{
	switch (opt) {
	case OPT_CHECK:
		o->check = true;
		return SL_OPTIONS_RUN;
	case OPT_SOCKET:
		o->socket = optarg;
		return SL_OPTIONS_RUN;
	case OPT_PLUGINS:
		o->plugins = optarg;
		return SL_OPTIONS_RUN;
	case OPT_WORKERS:
		return set_workers(o, optarg);
	case OPT_LOG:
		return set_log_level(optarg);
	case OPT_REPLAY:
		return add_file(o, optarg, false);
	case OPT_RECORD:
		return add_file(o, optarg, true);
	case OPT_AT:
		return add_at(o, optarg);
	case OPT_HELP:
		fputs(usage, stdout);
		return SL_OPTIONS_DONE;
	case OPT_VERSION:
		puts("sluiced " SLUICE_VERSION);
		return SL_OPTIONS_DONE;
	default:
		fputs(usage, stderr);
		return SL_OPTIONS_BAD;
	}
}

enum sl_options_result
sl_options_parse(struct sl_options *o, int argc, char **argv)
{
	const char *socket = getenv("SLUICE_SOCKET");
	int opt;

	memset(o, 0, sizeof(*o));
	o->workers = 1;
	o->socket = socket && *socket ? socket : "/run/sluice/sluice.sock";
	while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		enum sl_options_result r = take(o, opt);

		if (r != SL_OPTIONS_RUN)
			return r;
	}
	if (optind != argc - 1)
		return bad("expected one config file",
		    optind < argc ? argv[optind + 1] : "none given");
	o->config = argv[optind];
	if (sl_options_is_replay(o) && o->workers > 1)
		return bad("a replay has one worker", "--workers");
	return SL_OPTIONS_RUN;
}
