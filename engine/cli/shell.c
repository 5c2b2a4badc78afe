/* SPDX-License-Identifier: Apache-2.0 */
#include <cli/shell.h>

#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#define HISTORY_FILE  ".sluice_history"
#define HISTORY_SIZE  1000
#define KEY_INTERRUPT 3 /* ^C */

struct shell {
	struct sl_client *client;
	EditLine *el;
	History *history;
	bool json;
	bool broken;	 /* the connection is gone */
	bool dropped;	 /* ^C: the line does not count */
	char *pending;	 /* lines of a command that is not complete; or NULL */
	bool pasting;	 /* keys come from a paste: TAB and '?' are bytes */
	char path[4096]; /* of the history; empty: none */
};

static struct shell *
shell_of(EditLine *el)
{
	void *shell;

	el_get(el, EL_CLIENTDATA, &shell);
	return shell;
}

static char *
prompt(EditLine *el)
{
	struct shell *shell = shell_of(el);

	return shell->pending ? shell->client->more : shell->client->prompt;
}

/* The lines before this one, and this one with its end; NULL without memory. */
static char *
join_pending(const struct shell *shell, const char *line, size_t len)
{
	size_t before = shell->pending ? strlen(shell->pending) : 0;
	char *text = malloc(before + len + 2);

	if (!text)
		return NULL;
	if (before)
		memcpy(text, shell->pending, before);
	memcpy(text + before, line, len);
	memcpy(text + before + len, "\n", 2);
	return text;
}

static void
set_pending(struct shell *shell, char *text)
{
	free(shell->pending);
	shell->pending = text;
}

/* --- keys --- */

/* Waits for a key.  SIGWINCH redraws, SIGINT comes as ^C, and a server that
 * goes away ends the shell. */
static int
wait_key(struct shell *shell)
{
	struct pollfd p[2] = {
	    {.fd = STDIN_FILENO, .events = POLLIN},
	    {.fd = shell->client->fd, .events = POLLIN},
	};
	int seen = sl_client_interrupts;
	sigset_t none;

	sigemptyset(&none);
	for (;;) {
		int n = ppoll(p, 2, NULL, &none);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n < 0 && sl_client_interrupts != seen)
			return KEY_INTERRUPT;
		if (n < 0) {
			el_resize(shell->el);
			continue;
		}
		if (p[0].revents)
			return 0;
		shell->broken = true;
		return -1;
	}
}

static int
get_key(EditLine *el, wchar_t *key)
{
	mbstate_t state = {0};

	for (;;) {
		int rc = wait_key(shell_of(el));
		char byte;
		size_t n;

		if (rc == KEY_INTERRUPT) {
			*key = KEY_INTERRUPT;
			return 1;
		}
		if (rc || read(STDIN_FILENO, &byte, 1) != 1)
			return rc ? -1 : 0;
		n = mbrtowc(key, &byte, 1, &state);
		if (n == (size_t)-2)
			continue;
		if (n == (size_t)-1)
			*key = (unsigned char)byte;
		else if (n == 0)
			*key = 0;
		return 1;
	}
}

static unsigned char
on_interrupt(EditLine *el, int ch)
{
	(void)ch;
	fputs("^C\n", stdout);
	fflush(stdout);
	shell_of(el)->dropped = true;
	return CC_NEWLINE;
}

/* --- completion --- */

/* How far all words agree. */
static size_t
common_prefix(const struct sl_client_words *words)
{
	size_t len = strlen(words->v[0].text);

	for (size_t i = 1; i < words->n; i++) {
		size_t same = 0;

		while (same < len &&
		       words->v[i].text[same] == words->v[0].text[same])
			same++;
		len = same;
	}
	return len;
}

static void
list_words(const struct sl_client_words *words)
{
	size_t widest = 0, columns, rows;
	unsigned width = sl_client_width();

	for (size_t i = 0; i < words->n; i++) {
		size_t len = strlen(words->v[i].text);

		widest = len > widest ? len : widest;
	}
	columns = (width ? width : 80) / (widest + 2);
	columns = columns ? columns : 1;
	rows = (words->n + columns - 1) / columns;
	fputc('\n', stdout);
	for (size_t r = 0; r < rows; r++) {
		for (size_t i = r; i < words->n; i += rows)
			printf("%-*s", (int)widest + 2, words->v[i].text);
		fputc('\n', stdout);
	}
	fflush(stdout);
}

static void
list_help(const struct sl_client_words *words)
{
	size_t widest = 0;

	for (size_t i = 0; i < words->n; i++) {
		size_t len = strlen(words->v[i].text);

		widest = len > widest ? len : widest;
	}
	fputc('\n', stdout);
	for (size_t i = 0; i < words->n; i++)
		if (*words->v[i].help)
			printf("%-*s -- %s\n", (int)widest, words->v[i].text,
			    words->v[i].help);
		else
			printf("%s\n", words->v[i].text);
	fflush(stdout);
}

static int
ask_words(
    struct shell *shell, const LineInfo *line, struct sl_client_words *words)
{
	size_t before = shell->pending ? strlen(shell->pending) : 0;
	size_t len = (size_t)(line->lastchar - line->buffer);
	size_t cursor = before + (size_t)(line->cursor - line->buffer);
	char *text = join_pending(shell, line->buffer, len);
	int rc;

	*words = (struct sl_client_words){0};
	sl_client_interrupts = 0;
	rc = text ? sl_client_complete(
			shell->client, text, before + len, cursor, words)
		  : -1;
	free(text);
	if (!rc && words->start >= before && words->start <= cursor) {
		words->start -= before;
		return 0;
	}
	sl_client_words_free(words);
	shell->broken = true;
	return -1;
}

/* Replaces what was typed of the word by what all words begin with. */
static unsigned char
insert_word(EditLine *el, size_t typed, const struct sl_client_words *words)
{
	size_t len = common_prefix(words);
	char *text;

	if (len < typed || (len == typed && words->n > 1)) {
		list_words(words);
		return CC_REDISPLAY;
	}
	text = malloc(len + 2);
	if (!text)
		return CC_ERROR;
	memcpy(text, words->v[0].text, len);
	text[len] = '\0';
	if (words->n == 1) {
		text[len] = words->v[0].tail;
		text[len + 1] = '\0';
	}
	el_deletestr(el, (int)typed);
	el_insertstr(el, text);
	free(text);
	return CC_REFRESH;
}

static unsigned char
on_tab(EditLine *el, int ch)
{
	const LineInfo *line = el_line(el);
	size_t cursor = (size_t)(line->cursor - line->buffer);
	struct sl_client_words words;
	unsigned char rc = CC_ERROR;

	(void)ch;
	if (shell_of(el)->pasting)
		return el_insertstr(el, "\t") ? CC_ERROR : CC_REFRESH;
	if (ask_words(shell_of(el), line, &words))
		return CC_EOF;
	if (words.n)
		rc = insert_word(el, cursor - words.start, &words);
	sl_client_words_free(&words);
	return rc;
}

/* '?' inside a string is a character. */
static bool
is_quoted(const LineInfo *line)
{
	bool quoted = false;

	for (const char *p = line->buffer; p < line->cursor; p++) {
		if (*p == '\\' && p + 1 < line->cursor)
			p++;
		else if (*p == '"')
			quoted = !quoted;
	}
	return quoted;
}

static unsigned char
on_help(EditLine *el, int ch)
{
	const LineInfo *line = el_line(el);
	struct sl_client_words words;

	(void)ch;
	if (is_quoted(line) || shell_of(el)->pasting)
		return el_insertstr(el, "?") ? CC_ERROR : CC_REFRESH;
	if (ask_words(shell_of(el), line, &words))
		return CC_EOF;
	list_help(&words);
	sl_client_words_free(&words);
	return CC_REDISPLAY;
}

/* --- pastes --- */

/* Terminals that know bracketed paste say where one begins and ends. */
static unsigned char
on_paste(EditLine *el, int ch)
{
	(void)ch;
	shell_of(el)->pasting = true;
	return CC_NORM;
}

static unsigned char
on_paste_end(EditLine *el, int ch)
{
	(void)ch;
	shell_of(el)->pasting = false;
	return CC_NORM;
}

static void
mark_pastes(bool on)
{
	fputs(on ? "\033[?2004h" : "\033[?2004l", stdout);
	fflush(stdout);
}

/* --- history --- */

static void
load_history(struct shell *shell)
{
	const char *home = getenv("HOME");
	HistEvent ev;

	history(shell->history, &ev, H_SETSIZE, HISTORY_SIZE);
	history(shell->history, &ev, H_SETUNIQUE, 1);
	if (!home || !*home ||
	    (size_t)snprintf(shell->path, sizeof(shell->path),
		"%s/" HISTORY_FILE, home) >= sizeof(shell->path)) {
		shell->path[0] = '\0';
		return;
	}
	history(shell->history, &ev, H_LOAD, shell->path);
}

/* Commands may hold passwords: the file is its owner's alone. */
static void
save_history(struct shell *shell)
{
	mode_t old = umask(077);
	HistEvent ev;

	if (shell->path[0])
		history(shell->history, &ev, H_SAVE, shell->path);
	umask(old);
}

/* --- lines --- */

static bool
is_blank(const char *line)
{
	return line[strspn(line, " \t\r\n")] == '\0';
}

/* Runs 'text', or keeps it if it needs more lines.  False ends the shell.
 * => Consumes text. */
static bool
run_text(struct shell *shell, char *text)
{
	unsigned flags = SL_WIRE_INTERACTIVE | (shell->json ? SL_WIRE_JSON : 0);
	struct sl_client_status status;
	size_t len = strlen(text) - 1; /* a '\\' before the end goes on */

	set_pending(shell, text);
	if (sl_client_run(shell->client, text, len, flags, &status)) {
		shell->broken = true;
		return false;
	}
	if (!status.more)
		set_pending(shell, NULL);
	if (status.interrupted) /* behind the terminal's ^C */
		fputc('\n', stdout);
	else if (!status.ok)
		fprintf(stderr, "%s\n", status.text);
	free(status.text);
	sl_client_interrupts = 0;
	return !status.quit;
}

static bool
run_line(struct shell *shell, const char *line)
{
	char *text;
	HistEvent ev;

	if (is_blank(line) && !shell->pending)
		return true;
	if (!is_blank(line))
		history(shell->history, &ev, H_ENTER, line);
	text = join_pending(shell, line, strcspn(line, "\r\n"));
	if (text)
		return run_text(shell, text);
	fputs("sluice: out of memory\n", stderr);
	return false;
}

static int
open_editor(struct shell *shell)
{
	shell->el = el_init("sluice", stdin, stdout, stderr);
	shell->history = history_init();
	if (!shell->el || !shell->history) {
		fputs("sluice: cannot set up the terminal\n", stderr);
		return -1;
	}
	el_set(shell->el, EL_CLIENTDATA, shell);
	el_set(shell->el, EL_PROMPT, prompt);
	el_set(shell->el, EL_EDITOR, "emacs");
	el_set(shell->el, EL_SIGNAL, 0);
	el_set(shell->el, EL_GETCFN, get_key);
	el_set(shell->el, EL_HIST, history, shell->history);
	el_set(shell->el, EL_ADDFN, "sl-tab", "complete the word", on_tab);
	el_set(shell->el, EL_ADDFN, "sl-help", "list words", on_help);
	el_set(shell->el, EL_ADDFN, "sl-int", "drop the line", on_interrupt);
	el_set(shell->el, EL_ADDFN, "sl-paste", "begin a paste", on_paste);
	el_set(
	    shell->el, EL_ADDFN, "sl-paste-end", "end a paste", on_paste_end);
	el_set(shell->el, EL_BIND, "\\e[200~", "sl-paste", NULL);
	el_set(shell->el, EL_BIND, "\\e[201~", "sl-paste-end", NULL);
	el_set(shell->el, EL_BIND, "^I", "sl-tab", NULL);
	el_set(shell->el, EL_BIND, "?", "sl-help", NULL);
	el_set(shell->el, EL_BIND, "^C", "sl-int", NULL);
	load_history(shell);
	mark_pastes(true);
	return 0;
}

static void
close_editor(struct shell *shell)
{
	set_pending(shell, NULL);
	if (shell->history)
		save_history(shell);
	if (shell->el)
		mark_pastes(false);
	if (shell->el)
		el_end(shell->el);
	if (shell->history)
		history_end(shell->history);
}

int
sl_shell_run(struct sl_client *client, bool json)
{
	struct shell shell = {.client = client, .json = json};
	const char *line;
	int n;

	setlocale(LC_CTYPE, "");
	signal(SIGTSTP, SIG_IGN); /* the terminal is in raw mode */
	if (open_editor(&shell)) {
		close_editor(&shell);
		return 1;
	}
	for (;;) {
		shell.dropped = false;
		line = el_gets(shell.el, &n);
		if (shell.dropped) {
			set_pending(&shell, NULL);
			continue;
		}
		if (!line || n <= 0 || !run_line(&shell, line))
			break;
	}
	if (!line)
		fputc('\n', stdout);
	close_editor(&shell);
	if (!shell.broken)
		return 0;
	fprintf(stderr, "sluice: %s\n",
	    *client->error ? client->error : "sluiced closed the connection");
	return 1;
}
