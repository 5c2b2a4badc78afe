/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests that need the kernel run in a network namespace of their own, which
 * goes away with the process.  Without the privilege they are skipped.
 */
#ifndef TEST_IO_NETNS_H
#define TEST_IO_NETNS_H

#include <base/hash.h>
#include <io/port.h>

#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WAIT_MS	 2000 /* for what must come */
#define QUIET_MS 150  /* for what must not */

static bool has_netns;

static inline void SL_PRINTF(1, 2) sh(const char *fmt, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	if (system(command))
		fail_msg("failed: %s", command);
}

/* Group setup: the namespace, and every role for the one thread. */
static inline int
enter_netns(void **state)
{
	(void)state;
	sl_role_enter(
	    SL_ROLE_MAIN | SL_ROLE_CONTROL | SL_ROLE_WORKER, 0, "test");
	sl_hash_init();
	has_netns = !unshare(CLONE_NEWNET);
	if (!has_netns)
		print_message("no network namespace (not root): skipped\n");
	return 0;
}

/* "wire0" and "peer0", up, silent. */
static inline void
make_wire(uint32_t mtu)
{
	if (!has_netns)
		skip();
	sh("ip link add wire0 mtu %u type veth peer name peer0 mtu %u", mtu,
	    mtu);
	sh("echo 1 >/proc/sys/net/ipv6/conf/wire0/disable_ipv6;"
	   "echo 1 >/proc/sys/net/ipv6/conf/peer0/disable_ipv6");
	sh("ip link set wire0 up; ip link set peer0 up");
}

/* Test teardown. */
static inline int
remove_wire(void **state)
{
	(void)state;
	if (has_netns && system("ip link del wire0 2>/dev/null"))
		return 0; /* the test has deleted it */
	return 0;
}

/* At least one frame, or 0 after 'ms' milliseconds. */
static inline uint32_t
wait_rx(struct sl_dev *dev, uint16_t q, struct sl_pkt *pkts, int ms)
{
	struct pollfd pfd = {.fd = dev->ops->fd(dev, q), .events = POLLIN};
	uint32_t n;

	do {
		n = dev->ops->rx(dev, q, pkts, SL_BATCH_MAX);
		if (n)
			return n;
	} while (poll(&pfd, 1, ms) > 0);
	return dev->ops->rx(dev, q, pkts, SL_BATCH_MAX);
}

static inline void
send_one(struct sl_dev *dev, uint16_t q, void *bytes, uint32_t len)
{
	struct sl_pkt pkt = {.data = bytes, .len = len, .room = len};

	assert_true(dev->ops->tx(dev, q, &pkt));
	dev->ops->flush(dev, q);
}

static inline void
close_dev(struct sl_dev *dev)
{
	dev->ops->close(dev);
}

#endif
