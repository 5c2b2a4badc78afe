/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/export_line.h>

#include <errno.h>
#include <string.h>

/* Blanks of a continued line; the lexer swallows them. */
#define INDENT 4

struct pen {
	struct sl_text *out;
	unsigned width; /* 0: never break */
	size_t column;
};

int
sl_export_line_add(struct sl_export_line *line, const char *name, char *value)
{
	struct sl_export_param *grown;
	size_t cap;

	if (line->n == line->cap) {
		cap = line->cap ? line->cap * 2 : 16;
		grown = realloc(line->params, cap * sizeof(*grown));
		if (!grown) {
			free(value);
			return -ENOMEM;
		}
		line->params = grown;
		line->cap = cap;
	}
	line->params[line->n++] = (struct sl_export_param){name, value};
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct sl_export_param *p = a, *q = b;

	return strcmp(p->name, q->name);
}

static void
put(struct pen *pen, const char *s, size_t len)
{
	sl_text_add(pen->out, s, len);
	pen->column += len;
}

/* Would 'len' more, then 'room' for what must follow on the line, fit? */
static bool
fits(const struct pen *pen, size_t len, size_t room)
{
	return !pen->width || pen->column + len + room <= pen->width;
}

static void
break_line(struct pen *pen)
{
	sl_text_adds(pen->out, "\\\n");
	sl_text_pad(pen->out, INDENT);
	pen->column = INDENT;
}

/* Length of the piece of a value that must stay together: an escape, or a byte
 * with the blanks behind it (a continued line may not start with one). */
static size_t
piece_len(const char *s)
{
	size_t n = 1;

	if (s[0] == '\\' && s[1])
		n = strchr("0123456789ABCDEF", s[1]) && s[2] ? 3 : 2;
	while (s[n] == ' ')
		n++;
	return n;
}

/* A value too long for any line: strings break anywhere, lists after a comma. */
static void
put_long(struct pen *pen, const char *s)
{
	bool quoted = *s == '"';
	size_t n;

	while (*s) {
		n = quoted ? piece_len(s) : strcspn(s, ",");
		n += !quoted && s[n] == ',';
		if (!fits(pen, n, 1) && pen->column > INDENT)
			break_line(pen);
		put(pen, s, n);
		s += n;
	}
}

static void
put_value(struct pen *pen, const char *s)
{
	size_t len = strlen(s);

	/* " \" may have to follow. */
	if (fits(pen, len, 2)) {
		put(pen, s, len);
		return;
	}
	break_line(pen);
	if (fits(pen, len, 2))
		put(pen, s, len);
	else
		put_long(pen, s);
}

static void
put_param(struct pen *pen, const struct sl_export_param *p)
{
	size_t len = strlen(p->name) + 1;

	put(pen, " ", 1);
	if (!fits(pen, len, 1))
		break_line(pen);
	if (!p->value)
		put(pen, "!", 1);
	put(pen, p->name, len - 1);
	if (!p->value)
		return;
	put(pen, "=", 1);
	put_value(pen, p->value);
}

void
sl_export_line_put(struct sl_export_line *line, struct sl_text *out,
    const char *head, unsigned width)
{
	struct pen pen = {.out = out, .width = width};

	if (line->n)
		qsort(line->params, line->n, sizeof(*line->params), by_name);
	put(&pen, head, strlen(head));
	for (size_t i = 0; i < line->n; i++)
		put_param(&pen, &line->params[i]);
	sl_text_addc(out, '\n');
}

void
sl_export_line_clear(struct sl_export_line *line)
{
	for (size_t i = 0; i < line->n; i++)
		free(line->params[i].value);
	line->n = 0;
}

void
sl_export_line_fini(struct sl_export_line *line)
{
	sl_export_line_clear(line);
	free(line->params);
	*line = (struct sl_export_line){0};
}
