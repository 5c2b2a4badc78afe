/* SPDX-License-Identifier: Apache-2.0 */
#include <daemon/signals.h>

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>

static void
fill(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
}

void
sl_signals_block(void)
{
	sigset_t set;

	fill(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int
sl_signals_open(struct sl_err *err)
{
	sigset_t set;
	int fd;

	fill(&set);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? sl_err_sys(err, -errno, "signalfd") : fd;
}
