/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/out.h>

#include <base/clock.h>
#include <base/control.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* How often a wait looks at cancelled(): a human's "at once". */
#define WAIT_STEP_NS (100 * SL_NS_PER_MS)

void
sl_out_put(struct sl_out *out, const char *data, size_t len)
{
	if (!out->failed)
		sl_text_add(&out->buf, data, len);
}

void
sl_out_puts(struct sl_out *out, const char *s)
{
	sl_out_put(out, s, strlen(s));
}

void
sl_out_printf(struct sl_out *out, const char *fmt, ...)
{
	char small[512];
	char *big;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < (int)sizeof(small)) {
		sl_out_put(out, small, n < 0 ? 0 : (size_t)n);
		return;
	}
	big = malloc((size_t)n + 1);
	if (!big) {
		out->buf.failed = true;
		return;
	}
	va_start(ap, fmt);
	vsnprintf(big, (size_t)n + 1, fmt, ap);
	va_end(ap);
	sl_out_put(out, big, (size_t)n);
	free(big);
}

int
sl_out_flush(struct sl_out *out)
{
	struct sl_text buf = out->buf;

	if (buf.failed && !out->failed)
		out->failed = -ENOMEM;
	if (!out->failed && buf.len && out->write) {
		/* The door may run others meanwhile; the buffer is ours. */
		out->buf = (struct sl_text){0};
		out->failed = out->write(out, buf.s, buf.len);
		sl_text_free(&out->buf);
		out->buf = buf;
	}
	sl_text_clear(&out->buf);
	if (!out->failed && out->flush_rows)
		out->failed = out->flush_rows(out);
	if (out->failed)
		return out->failed;
	return sl_out_is_cancelled(out) ? -ECANCELED : 0;
}

bool
sl_out_is_cancelled(struct sl_out *out)
{
	return out->failed || (out->cancelled && out->cancelled(out));
}

int
sl_out_wait(struct sl_out *out, uint64_t ns)
{
	struct timespec ts;
	uint64_t step;

	if (out->wait)
		return out->wait(out, ns);
	while (ns && !sl_out_is_cancelled(out)) {
		step = SL_MIN(ns, WAIT_STEP_NS);
		ts.tv_sec = 0;
		ts.tv_nsec = (long)step;
		sl_control_pause();
		nanosleep(&ts, NULL);
		sl_control_resume();
		sl_clock_tick();
		ns -= step;
	}
	return sl_out_is_cancelled(out) ? -ECANCELED : 0;
}

void
sl_out_fini(struct sl_out *out)
{
	sl_text_free(&out->buf);
}
