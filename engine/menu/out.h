/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a command's output goes: a console, an API connection, a test.
 *
 * What it is.  A buffer and the door's callbacks.  Text is put into the buffer
 *   (never blocks) and leaves by sl_out_flush().
 * Life cycle.  The door fills in the callbacks and calls sl_out_fini() last.
 * Who writes.  The one command that runs on it.
 * Who reads.   The door.
 * Ordering.    In order.
 * Bounds.      The machinery flushes at least every SL_PRINT_SLICE rows.
 *
 * flush() and wait() may let the control lock go: whoever calls them must hold
 * no pointer to an item or a row.
 */
#ifndef SL_MENU_OUT_H
#define SL_MENU_OUT_H

#include <menu/text.h>

/* One property of a row, for a door that wants no text. */
struct sl_field {
	const char *name; /* ".id", "chain", ".dead" ... */
	const char *text; /* PLAIN form, NUL-terminated */
	size_t len;
};

struct sl_out {
	/* Takes 'len' bytes; may block, and then lets the control lock go
	 * meanwhile.  0, or -errno when the peer is gone. */
	int (*write)(struct sl_out *, const char *data, size_t len);

	/* True once the command should stop.  NULL: never. */
	bool (*cancelled)(struct sl_out *);

	/* Waits (interval=, follow, :delay).  NULL: lets the control lock go
	 * and sleeps, looking at cancelled() ten times a second.  0, or
	 * -ECANCELED. */
	int (*wait)(struct sl_out *, uint64_t ns);

	/* Set by a door that takes rows instead of text (API): print calls it
	 * for each row and writes no text.  Must not block: it adds to its
	 * own buffer, which 'flush_rows' (may block, may be NULL) empties. */
	int (*row)(struct sl_out *, const struct sl_field *, size_t n);
	int (*flush_rows)(struct sl_out *);

	void *arg;	/* the door's */
	unsigned width; /* columns of the terminal; 0: unlimited */
	bool json;	/* rows as JSON objects */

	/* Private. */
	struct sl_text buf;
	int failed; /* first -errno of write(); later output is dropped */
};

/* Add to the buffer; never block. */
void sl_out_put(struct sl_out *, const char *data, size_t len);
void sl_out_puts(struct sl_out *, const char *s);
void sl_out_printf(struct sl_out *, const char *fmt, ...) SL_PRINTF(2, 3);

/* Gives the buffer to the door.  0, -ECANCELED, or the door's -errno.
 * => Role: control.  => May sleep (control lock given up meanwhile). */
int sl_out_flush(struct sl_out *);

bool sl_out_is_cancelled(struct sl_out *);

/* => Role: control.  => May sleep (control lock given up meanwhile). */
int sl_out_wait(struct sl_out *, uint64_t ns);

void sl_out_fini(struct sl_out *);

#endif
