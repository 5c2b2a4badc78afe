/* SPDX-License-Identifier: Apache-2.0 */
#include <check/talk.h>

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX   (1 << 20)
#define WORD_MAX   64
#define LINE_WORDS 8

static const struct {
	const char *name;
	uint8_t place;
	bool has_id;
} places[] = {
    {"addr", SL_TALK_ADDR, false},
    {"host", SL_TALK_HOST, false},
    {"addr.b", SL_TALK_ADDR_B, false},
    {"addr.10", SL_TALK_ADDR_10, false},
    {"self", SL_TALK_SELF, false},
    {"peer", SL_TALK_PEER, false},
    {"port", SL_TALK_PORT, true},
    {"port.b", SL_TALK_PORT_B, true},
    {"commas", SL_TALK_COMMAS, true},
    {"family", SL_TALK_FAMILY, false},
    {"af", SL_TALK_AF, false},
    {"body", SL_TALK_BODY, false},
};

static const struct {
	const char *name;
	uint8_t l4proto;
} protocols[] = {
    {"tcp", IPPROTO_TCP},
    {"udp", IPPROTO_UDP},
    {"gre", IPPROTO_GRE},
};

/* One reading. */
struct reader {
	struct sl_talk *talk;
	uint32_t line;
	struct sl_err *err;
};

/* One line, in words. */
struct words {
	char text[WORD_MAX * LINE_WORDS];
	char *word[LINE_WORDS];
	unsigned n;
};

const char *
sl_talk_side_name(uint8_t side)
{
	return side == SL_ORIG ? "client" : "server";
}

static int
wrong(struct reader *r, const char *what, const char *word)
{
	if (r->err && !r->err->code)
		r->err->place = (struct sl_place){r->talk->file, r->line, 1};
	return sl_err_set(r->err, -EINVAL, "%s:%u: %s: %.60s", r->talk->file,
	    r->line, what, word);
}

static int
add_byte(struct reader *r, uint8_t byte)
{
	struct sl_talk *t = r->talk;
	struct sl_talk_piece *p =
	    t->n_pieces ? &t->pieces[t->n_pieces - 1] : NULL;
	struct sl_talk_step *s = &t->steps[t->n_steps - 1];

	if (t->n_bytes == SL_TALK_BYTES)
		return wrong(r, "too long", "talk");
	if (!s->n_pieces || p->place != SL_TALK_LITERAL) {
		if (t->n_pieces == SL_TALK_PIECES)
			return wrong(r, "too many places", "talk");
		p = &t->pieces[t->n_pieces++];
		*p = (struct sl_talk_piece){.off = t->n_bytes};
		s->n_pieces++;
	}
	t->bytes[t->n_bytes++] = byte;
	p->len++;
	return 0;
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "\r" "\n" "\t" "\0" "\\" "\{" "\xHH"; *text stands after the backslash. */
static int
add_escape(struct reader *r, const char **text, const char *end)
{
	static const char names[] = "rnt0\\{", bytes[] = "\r\n\t\0\\{";
	const char *p = *text, *name;

	if (p == end)
		return wrong(r, "nothing after", "\\");
	if (*p == 'x') {
		if (end - p < 3 || digit(p[1]) < 0 || digit(p[2]) < 0)
			return wrong(r, "wanted two digits after", "\\x");
		*text = p + 3;
		return add_byte(r, (uint8_t)(digit(p[1]) << 4 | digit(p[2])));
	}
	name = memchr(names, *p, sizeof(names) - 1);
	if (!name)
		return wrong(r, "no such escape", p);
	*text = p + 1;
	return add_byte(r, (uint8_t)bytes[name - names]);
}

static bool
read_id(const char *word, uint16_t *id)
{
	uint32_t v = 0;

	if (!*word)
		return false;
	for (; *word; word++) {
		if (*word < '0' || *word > '9')
			return false;
		v = v * 10 + (uint32_t)(*word - '0');
		if (v > UINT16_MAX)
			return false;
	}
	*id = (uint16_t)v;
	return true;
}

/* "{port 5000}"; *text stands after the brace. */
static int
add_place(struct reader *r, const char **text, const char *end)
{
	const char *close = memchr(*text, '}', (size_t)(end - *text));
	struct sl_talk *t = r->talk;
	struct sl_talk_piece p = {0};
	char word[WORD_MAX], *id;

	if (!close || close - *text >= WORD_MAX)
		return wrong(r, "not closed", "{");
	snprintf(word, sizeof(word), "%.*s", (int)(close - *text), *text);
	*text = close + 1;
	if (t->n_pieces == SL_TALK_PIECES)
		return wrong(r, "too many places", word);
	id = strchr(word, ' ');
	if (id)
		*id++ = '\0';
	for (unsigned i = 0; i < SL_COUNT_OF(places); i++) {
		if (strcmp(word, places[i].name) != 0)
			continue;
		if (places[i].has_id != (id != NULL) ||
		    (id && (!read_id(id, &p.id) || !p.id)))
			return wrong(r, "wanted a number, or none", word);
		p.place = places[i].place;
		t->pieces[t->n_pieces++] = p;
		t->steps[t->n_steps - 1].n_pieces++;
		return 0;
	}
	return wrong(r, "no such place", word);
}

static int
add_text(struct reader *r, const char *text, const char *end)
{
	int rc = 0;

	while (text < end && !rc) {
		char c = *text++;

		if (c == '\\')
			rc = add_escape(r, &text, end);
		else if (c == '{')
			rc = add_place(r, &text, end);
		else
			rc = add_byte(r, (uint8_t)c);
	}
	return rc;
}

static struct sl_talk_step *
add_step(struct reader *r, uint8_t kind, uint8_t side)
{
	struct sl_talk *t = r->talk;
	struct sl_talk_step *s;

	if (t->n_steps == SL_TALK_STEPS) {
		wrong(r, "too many steps", "talk");
		return NULL;
	}
	s = &t->steps[t->n_steps++];
	*s = (struct sl_talk_step){
	    .kind = kind, .side = side, .line = r->line, .piece = t->n_pieces};
	return s;
}

static int
add_says(struct reader *r, uint8_t side, const char *text, const char *end)
{
	if (!add_step(r, SL_TALK_SAYS, side))
		return -EINVAL;
	if (text < end && *text == ' ')
		text++;
	return add_text(r, text, end);
}

/* "+ TEXT" goes on with what was said last. */
static int
add_more(struct reader *r, const char *text, const char *end)
{
	struct sl_talk *t = r->talk;

	if (!t->n_steps || t->steps[t->n_steps - 1].kind != SL_TALK_SAYS)
		return wrong(r, "nothing was said before", "+");
	if (text < end && *text == ' ')
		text++;
	return add_text(r, text, end);
}

static bool
read_protocol(const char *word, uint8_t *l4proto)
{
	for (unsigned i = 0; i < SL_COUNT_OF(protocols); i++) {
		if (strcmp(word, protocols[i].name) != 0)
			continue;
		*l4proto = protocols[i].l4proto;
		return true;
	}
	return false;
}

/* "server opens tcp 5000", "client blocked udp *" */
static int
add_opening(struct reader *r, struct words *w)
{
	uint8_t side = strcmp(w->word[0], "server") ? SL_ORIG : SL_REPLY;
	bool opens = strcmp(w->word[1], "opens") == 0;
	struct sl_talk_step *s;

	if (!opens && strcmp(w->word[1], "blocked") != 0)
		return wrong(r, "wanted opens or blocked", w->word[1]);
	s = add_step(r, opens ? SL_TALK_OPENS : SL_TALK_BLOCKED, side);
	if (!s)
		return -EINVAL;
	if (!read_protocol(w->word[2], &s->l4proto))
		return wrong(r, "no such protocol", w->word[2]);
	if (strcmp(w->word[3], "*") != 0 && !read_id(w->word[3], &s->id))
		return wrong(r, "no number", w->word[3]);
	return 0;
}

static int
take_families(struct reader *r, struct words *w)
{
	r->talk->families = 0;
	for (unsigned i = 1; i < w->n; i++) {
		if (strcmp(w->word[i], "4") == 0)
			r->talk->families |= 1;
		else if (strcmp(w->word[i], "6") == 0)
			r->talk->families |= 2;
		else
			return wrong(r, "no such family", w->word[i]);
	}
	return 0;
}

static void
split(const char *text, const char *end, struct words *w)
{
	char *rest = w->text;

	w->n = 0;
	snprintf(w->text, sizeof(w->text), "%.*s",
	    (int)SL_MIN(end - text, (ptrdiff_t)sizeof(w->text) - 1), text);
	while (w->n < LINE_WORDS &&
	       (w->word[w->n] = strtok_r(rest, " \t", &rest)) != NULL)
		w->n++;
}

static int
take_words(struct reader *r, struct words *w)
{
	struct sl_talk *t = r->talk;
	const char *first = w->word[0];

	if (strcmp(first, "helper") == 0 && w->n == 2 &&
	    strlen(w->word[1]) < sizeof(t->helper)) {
		memcpy(t->helper, w->word[1], strlen(w->word[1]) + 1);
		return 0;
	}
	if (strcmp(first, "over") == 0 && w->n == 3) {
		if (!read_protocol(w->word[1], &t->l4proto))
			return wrong(r, "no such protocol", w->word[1]);
		if (!read_id(w->word[2], &t->port) || !t->port)
			return wrong(r, "no port", w->word[2]);
		return 0;
	}
	if (strcmp(first, "families") == 0 && w->n > 1)
		return take_families(r, w);
	if ((strcmp(first, "client") == 0 || strcmp(first, "server") == 0) &&
	    w->n == 4)
		return add_opening(r, w);
	return wrong(r, "not understood", first);
}

static bool
begins(const char *text, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - text) >= n && memcmp(text, word, n) == 0;
}

static int
take_line(struct reader *r, const char *text, const char *end)
{
	struct words w;

	if (end > text && end[-1] == '\r')
		end--;
	if (text == end || *text == '#')
		return 0;
	if (begins(text, end, "client:"))
		return add_says(r, SL_ORIG, text + 7, end);
	if (begins(text, end, "server:"))
		return add_says(r, SL_REPLY, text + 7, end);
	if (*text == '+')
		return add_more(r, text + 1, end);
	split(text, end, &w);
	return w.n ? take_words(r, &w) : 0;
}

struct sl_talk *
sl_talk_parse(
    const char *file, const char *text, size_t len, struct sl_err *err)
{
	struct sl_talk *talk = calloc(1, sizeof(*talk));
	struct reader r = {.talk = talk, .err = err};
	const char *end = text + len;

	if (!talk) {
		sl_err_sys(err, -ENOMEM, "%s", file);
		return NULL;
	}
	talk->file = file;
	talk->families = 3;
	while (text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));

		if (!eol)
			eol = end;
		r.line++;
		if (take_line(&r, text, eol)) {
			free(talk);
			return NULL;
		}
		text = eol < end ? eol + 1 : end;
	}
	return talk;
}

struct sl_talk *
sl_talk_read(const char *file, struct sl_err *err)
{
	FILE *f = fopen(file, "rb");
	char *text = malloc(FILE_MAX);
	struct sl_talk *talk = NULL;

	if (f && text)
		talk =
		    sl_talk_parse(file, text, fread(text, 1, FILE_MAX, f), err);
	else
		sl_err_sys(err, -errno, "%s", file);
	if (f)
		fclose(f);
	free(text);
	return talk;
}

void
sl_talk_free(struct sl_talk *talk)
{
	free(talk);
}
