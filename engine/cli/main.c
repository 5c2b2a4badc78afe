/* SPDX-License-Identifier: Apache-2.0 */
#include <cli/client.h>
#include <cli/shell.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_INTERRUPTED 130 /* as a shell reports SIGINT */

static const char usage[] =
    "Usage: sluice [--socket PATH] [--json] ['COMMAND' ...]\n"
    "\n"
    "Runs RouterOS commands on a running sluiced and prints what RouterOS\n"
    "would.  Without a command: an interactive shell, or the commands on\n"
    "standard input if that is not a terminal.\n"
    "\n"
    "  --socket PATH  socket of sluiced (default $SLUICE_SOCKET, else\n"
    "                 " SL_WIRE_SOCKET ")\n"
    "  --json         print items as JSON\n"
    "  --help         this text\n"
    "  --version      the version\n"
    "\n"
    "Stops at the first command that fails.  The exit status is 0 only if\n"
    "every command succeeded.\n"
    "\n"
    "Example: sluice '/ip firewall connection print where protocol=tcp'\n";

struct options {
	const char *socket;
	bool json;
	char **commands;
	int commands_n;
};

/* Returns -1 to go on, else the exit status. */
static int
parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
	    {"socket", required_argument, NULL, 's'},
	    {"json", no_argument, NULL, 'j'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'v'},
	    {0},
	};
	int c;

	o->socket = getenv("SLUICE_SOCKET");
	if (!o->socket || !*o->socket)
		o->socket = SL_WIRE_SOCKET;
	while ((c = getopt_long(argc, argv, "+h", longs, NULL)) != -1) {
		switch (c) {
		case 's':
			o->socket = optarg;
			break;
		case 'j':
			o->json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		case 'v':
			puts("sluice " SLUICE_VERSION);
			return EXIT_SUCCESS;
		default:
			fputs("Try 'sluice --help'.\n", stderr);
			return 2;
		}
	}
	o->commands = argv + optind;
	o->commands_n = argc - optind;
	return -1;
}

/* What is given to sluiced without anybody typing. */
struct batch {
	struct sl_client *client;
	bool json;
	bool is_script; /* many lines: an error says which */
	bool quit;	/* /quit was run */
};

static void
print_error(const struct batch *b, const struct sl_client_status *status)
{
	fputs(status->text, stderr);
	if (b->is_script && status->line && !strstr(status->text, "(line "))
		fprintf(stderr, " (line %u column %u)", status->line,
		    status->column);
	fputc('\n', stderr);
}

static int
run(struct batch *b, const char *text, size_t len)
{
	struct sl_client_status status;
	int rc = EXIT_SUCCESS;

	if (sl_client_run(
		b->client, text, len, b->json ? SL_WIRE_JSON : 0, &status)) {
		fprintf(stderr, "sluice: %s\n", b->client->error);
		return EXIT_FAILURE;
	}
	if (status.interrupted)
		rc = EXIT_INTERRUPTED;
	else if (!status.ok)
		rc = EXIT_FAILURE;
	if (!status.ok && !status.interrupted)
		print_error(b, &status);
	free(status.text);
	b->quit = status.quit;
	return rc;
}

static char *
read_stdin(size_t *len)
{
	size_t cap = 4096;
	char *text = malloc(cap);

	*len = 0;
	while (text) {
		ssize_t n = read(STDIN_FILENO, text + *len, cap - *len);
		char *more;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return text;
		*len += (size_t)n;
		if (*len < cap)
			continue;
		if (cap > SL_WIRE_REQUEST_MAX) /* run() will refuse it */
			return text;
		more = realloc(text, cap *= 2);
		if (!more)
			free(text);
		text = more;
	}
	return NULL;
}

static int
run_stdin(struct batch *b)
{
	size_t len;
	char *text = read_stdin(&len);
	int rc;

	if (!text) {
		fputs("sluice: out of memory\n", stderr);
		return EXIT_FAILURE;
	}
	b->is_script = true;
	rc = run(b, text, len);
	free(text);
	return rc;
}

static int
run_commands(struct batch *b, const struct options *o)
{
	int rc = EXIT_SUCCESS;

	for (int i = 0; i < o->commands_n && !rc && !b->quit; i++)
		rc = run(b, o->commands[i], strlen(o->commands[i]));
	return rc;
}

int
main(int argc, char **argv)
{
	struct options o = {0};
	struct sl_client client;
	struct batch batch = {.client = &client};
	int rc = parse_options(argc, argv, &o);

	if (rc >= 0)
		return rc;
	sl_client_catch_signals();
	if (sl_client_connect(&client, o.socket)) {
		fprintf(stderr, "sluice: %s\n", client.error);
		sl_client_close(&client);
		return EXIT_FAILURE;
	}
	batch.json = o.json;
	if (o.commands_n)
		rc = run_commands(&batch, &o);
	else if (isatty(STDIN_FILENO))
		rc = sl_shell_run(&client, o.json);
	else
		rc = run_stdin(&batch);
	sl_client_close(&client);
	return rc;
}
