/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/log.h>

#include <base/log.h>
#include <menu/command.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LOG_TIME, LOG_TOPICS, LOG_MESSAGE, LOG_N };

static const struct sl_prop props[LOG_N] = {
    [LOG_TIME] = {"time", &sl_type_name, SL_PROP_READ_ONLY | SL_PROP_COLUMN},
    [LOG_TOPICS] = {"topics", &sl_type_name,
	SL_PROP_READ_ONLY | SL_PROP_COLUMN},
    [LOG_MESSAGE] = {"message", &sl_type_str,
	SL_PROP_READ_ONLY | SL_PROP_COLUMN},
};

/* pos[0]: the last line seen.  The line lives in here while it is visited. */
static int
walk(struct sl_menu *menu, struct sl_cursor *cursor, unsigned max,
    sl_row_fn visit, void *arg)
{
	struct sl_log_line line;
	struct sl_row row = {.menu = menu, .data = &line};

	if (!cursor->pos[0])
		sl_log_drain();
	for (unsigned i = 0; i < max; i++) {
		if (!sl_log_next(cursor->pos[0], &line))
			return 0;
		cursor->pos[0] = row.id = line.seq;
		if (!visit(&row, arg))
			return 1;
	}
	return 1;
}

static int
find_row(struct sl_menu *menu, uint64_t id, sl_row_fn visit, void *arg)
{
	struct sl_log_line line;
	struct sl_row row = {.menu = menu, .data = &line, .id = id};

	if (!id || !sl_log_next(id - 1, &line) || line.seq != id)
		return -ENOENT;
	visit(&row, arg);
	return 0;
}

static void
get(const struct sl_row *row, unsigned prop, struct sl_value *out)
{
	const struct sl_log_line *line = row->data;
	time_t wall = (time_t)line->wall_s;
	char text[64];
	struct tm tm;

	switch (prop) {
	case LOG_TIME:
		if (localtime_r(&wall, &tm) &&
		    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
			sl_value_str(out, text, strlen(text));
		break;
	case LOG_TOPICS:
		snprintf(text, sizeof(text), "%s,%s", line->topic,
		    sl_log_level_name(line->level));
		sl_value_str(out, text, strlen(text));
		break;
	case LOG_MESSAGE:
		sl_value_str(out, line->text, strlen(line->text));
		break;
	}
}

/* /log info "text": level by the name of the command. */
static int
run_write(
    struct sl_command *cmd, const uint64_t *ids, size_t n, struct sl_err *err)
{
	const struct sl_arg *message = sl_command_arg(cmd, "message");
	enum sl_log_level level = SL_LOG_ERROR;
	struct sl_text t = {0};

	(void)ids;
	(void)n;
	if (!message)
		return sl_err_set(
		    err, -EINVAL, "missing value(s) of argument(s) message");
	while (strcmp(sl_log_level_name(level), cmd->verb) != 0)
		level++;
	sl_value_print(&t, &message->value, SL_FORM_PLAIN);
	sl_log(level, "script", "%s", sl_text_str(&t));
	sl_text_free(&t);
	return 0;
}

static const char *const write_args[] = {"message", NULL};

static const struct sl_verb verbs[] = {
    {"debug", "add a line", write_args, false, run_write},
    {"error", "add a line", write_args, false, run_write},
    {"info", "add a line", write_args, false, run_write},
    {"warning", "add a line", write_args, false, run_write},
    {NULL},
};

const struct sl_menu_def sl_menu_log = {
    .path = "/log",
    .help = "what happened",
    .kind = SL_MENU_ROWS,
    .flags = SL_MENU_LINES,
    .props = props,
    .n_props = LOG_N,
    .verbs = verbs,
    .get = get,
    .walk = walk,
    .find_row = find_row,
};
