/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a configuration, as typed commands, and under the tab key: on a
 * small router without an engine.
 */
#include <script/session.h>

#include <base/log.h>
#include <base/role.h>
#include <script/session_state.h>

#include "../unit/script/toy.h"

#define LOOKS 2000 /* loop iterations before the user interrupts */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned looks;

static bool
is_tired(struct sl_out *out)
{
	(void)out;
	return ++looks > LOOKS;
}

static int
do_not_wait(struct sl_out *out, uint64_t ns)
{
	(void)ns;
	return is_tired(out) ? -125 /* ECANCELED */ : 0;
}

static void
offer(const struct sl_candidate *c, void *arg)
{
	*(size_t *)arg += strlen(c->word);
}

/* Places of mistakes lie inside the text. */
static void
check_places(const struct sl_errors *errors, size_t size)
{
	for (size_t i = 0; i < errors->n; i++) {
		SL_ASSERT(errors->list[i].code < 0);
		SL_ASSERT(errors->list[i].text[0]);
		SL_ASSERT(errors->list[i].place.line <= size + 1);
		SL_ASSERT(errors->list[i].place.column <= size + 1);
	}
}

static void
load(struct toy *toy, struct sl_session *s, const char *text, size_t size)
{
	struct sl_errors errors = {0};
	int rc = sl_session_load_text(s, text, size, "fuzz.rsc", &errors);

	SL_ASSERT((rc != 0) == (errors.total != 0));
	SL_ASSERT(toy->model->tx == NULL);
	check_places(&errors, size);
	sl_errors_fini(&errors);
}

/* An import of the fuzzed text's choosing could read any file. */
static bool
reads_files(const char *text, size_t size)
{
	return memmem(text, size, "import", 6) != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct sl_err err = {0};
	struct sl_session *s;
	size_t offered = 0;
	struct toy toy;

	sl_log_set_stderr_level(SL_LOG_ERROR);
	if (!sl_role_is(SL_ROLE_CONTROL))
		sl_role_enter(SL_ROLE_MAIN | SL_ROLE_CONTROL, 0, "fuzz");
	if (reads_files(text, size) || !toy_open(&toy))
		return 0;
	toy.out.cancelled = is_tired;
	toy.out.wait = do_not_wait;
	looks = 0;
	s = sl_session_new(toy.model, &toy.out, &err);
	SL_ASSERT(s);
	s->load_steps = LOOKS;
	load(&toy, s, text, size);
	sl_session_run(s, text, size, NULL, &err);
	SL_ASSERT(toy.model->tx == NULL);
	for (size_t at = 0; at <= size; at += 1 + size / 16)
		sl_session_complete(s, text, at, offer, &offered);
	sl_session_free(s);
	toy_close(&toy);
	return 0;
}
