/* SPDX-License-Identifier: Apache-2.0 */
#include <base/wake.h>

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

int
sl_wake_init(struct sl_wake *w, struct sl_err *err)
{
	atomic_init(&w->asleep, 0);
	w->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (w->fd < 0)
		return sl_err_sys(err, -errno, "eventfd");
	return 0;
}

void
sl_wake_fini(struct sl_wake *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

void
sl_wake_prepare(struct sl_wake *w)
{
	sl_store_relaxed(&w->asleep, 1);
	sl_fence_seq_cst(); /* pairs with the fence in sl_wake_up() */
}

void
sl_wake_done(struct sl_wake *w)
{
	eventfd_t n;

	sl_store_relaxed(&w->asleep, 0);
	(void)eventfd_read(w->fd, &n); // EAGAIN: nobody woke us
}

void
sl_wake_up(struct sl_wake *w)
{
	sl_fence_seq_cst(); /* pairs with the fence in sl_wake_prepare() */
	if (sl_load_relaxed(&w->asleep))
		eventfd_write(w->fd, 1);
}
