/* SPDX-License-Identifier: Apache-2.0 */
#include "netns.h"

#include "frames.h"

#include <io/afpacket.h>
#include <io/netdev.h>
#include <base/log.h>
#include <io/shield.h>

#include <errno.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sl_shield *
must_open(void)
{
	struct sl_err err = {0};
	struct sl_shield *s = sl_shield_open(&err);

	if (!s)
		fail_msg("%s", err.text);
	return s;
}

static void
must_add(struct sl_shield *s, const char *netdev, bool pass_vlans)
{
	struct sl_err err = {0};

	if (sl_shield_add(s, netdev, pass_vlans, &err))
		fail_msg("%s", err.text);
}

/* Is there a sluice table in the namespace? */
static bool
has_table(void)
{
	FILE *f = popen("nft list tables", "r");
	char line[128];
	bool found = false;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		found |= strstr(line, "sluice-") != NULL;
	assert_int_equal(pclose(f), 0);
	return found;
}

static bool
kernel_answers(struct sl_dev *peer)
{
	struct sl_pkt pkts[SL_BATCH_MAX];
	uint8_t frame[ARP_LEN];
	bool found = false;
	uint32_t n;

	build_arp(frame, 0, 0);
	send_one(peer, 0, frame, sizeof(frame));
	while ((n = wait_rx(peer, 0, pkts, QUIET_MS)) > 0) {
		for (uint32_t i = 0; i < n; i++)
			found |= is_arp_reply(pkts[i].data, pkts[i].len);
		peer->ops->rx_done(peer, 0);
	}
	return found;
}

static void
keeps_the_kernel_silent(void **state)
{
	struct sl_pkt pkts[SL_BATCH_MAX];
	struct sl_dev *peer, *wire;
	struct sl_shield *s;
	uint8_t frame[ARP_LEN];

	(void)state;
	make_wire(1500);
	sh("ip addr add 10.1.0.1/24 dev wire0");
	peer = sl_afpacket_open("peer0", 1, NULL);
	assert_true(kernel_answers(peer));
	s = must_open();
	must_add(s, "wire0", false);
	assert_false(kernel_answers(peer));
	/* the packet socket still sees all */
	wire = sl_afpacket_open("wire0", 1, NULL);
	build_arp(frame, 0, 0);
	send_one(peer, 0, frame, sizeof(frame));
	assert_int_equal(wait_rx(wire, 0, pkts, WAIT_MS), 1);
	wire->ops->rx_done(wire, 0);
	assert_int_equal(sl_shield_remove(s, "wire0", NULL), 0);
	assert_int_equal(sl_shield_remove(s, "wire0", NULL), 0);
	assert_true(kernel_answers(peer));
	must_add(s, "wire0", false);
	assert_false(kernel_answers(peer));
	close_dev(wire);
	sl_shield_close(s);
	assert_true(kernel_answers(peer));
	close_dev(peer);
}

/* Frames that got past the shield: a later ingress chain counts them. */
static int
passed(void)
{
	FILE *f = popen("nft list chain netdev count c |"
			" sed -n 's/.*packets \\([0-9]*\\).*/\\1/p'",
	    "r");
	int n = -1;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &n), 1);
	assert_int_equal(pclose(f), 0);
	return n;
}

static void
send_arp(struct sl_dev *peer, uint16_t tag_type, uint16_t vlan)
{
	uint8_t frame[ARP_LEN];

	build_arp(frame, tag_type, vlan);
	send_one(peer, 0, frame, sizeof(frame));
}

static void
lets_vlans_pass_if_told(void **state)
{
	struct sl_dev *peer, *wire;
	struct sl_pkt pkts[SL_BATCH_MAX];
	struct sl_shield *s;
	uint32_t n, got;

	(void)state;
	make_wire(1500);
	assert_false(sl_netdev_has_vlans("wire0"));
	sh("nft add table netdev count; nft 'add chain netdev count c"
	   " { type filter hook ingress device wire0 priority 0; }';"
	   "nft add rule netdev count c counter");
	peer = sl_afpacket_open("peer0", 1, NULL);
	wire = sl_afpacket_open("wire0", 1, NULL);
	s = must_open();
	must_add(s, "wire0", false);
	send_arp(peer, ETH_P_8021Q, 10);
	must_add(s, "wire0", true);
	send_arp(peer, 0, 0);
	send_arp(peer, ETH_P_8021Q, 0); /* priority tag: as untagged */
	/* these two pass */
	send_arp(peer, ETH_P_8021Q, 10);
	send_arp(peer, ETH_P_8021AD, 4094);
	must_add(s, "wire0", false);
	send_arp(peer, ETH_P_8021Q, 10);
	/* all are through ingress when the last is in the ring */
	send_arp(peer, 0, 0);
	for (n = 0; n < 3; n += got) {
		got = wait_rx(wire, 0, pkts, WAIT_MS);
		assert_true(got > 0);
		wire->ops->rx_done(wire, 0);
	}
	assert_int_equal(passed(), 2);
	sh("nft delete table netdev count");
	sl_shield_close(s);
	close_dev(wire);
	close_dev(peer);
}

static void
shields_a_netdev_that_returns(void **state)
{
	struct sl_dev *peer;
	struct sl_shield *s;

	(void)state;
	make_wire(1500);
	s = must_open();
	must_add(s, "wire0", false);
	sh("ip link del wire0");
	assert_int_equal(sl_shield_remove(s, "wire0", NULL), 0);
	make_wire(1500);
	must_add(s, "wire0", false);
	sh("ip link del wire0");
	make_wire(1500);
	must_add(s, "wire0", false); /* without remove in between */
	sh("ip addr add 10.1.0.1/24 dev wire0");
	peer = sl_afpacket_open("peer0", 1, NULL);
	assert_false(kernel_answers(peer));
	close_dev(peer);
	sl_shield_close(s);
}

static void
goes_with_the_process(void **state)
{
	int ready[2], status;
	char c;
	pid_t pid;

	(void)state;
	make_wire(1500);
	assert_false(has_table());
	assert_int_equal(pipe(ready), 0);
	for (int sig = SIGTERM; sig; sig = sig == SIGTERM ? SIGKILL : 0) {
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			must_add(must_open(), "wire0", false);
			if (write(ready[1], "x", 1) == 1)
				pause();
			_exit(1);
		}
		assert_int_equal(read(ready[0], &c, 1), 1);
		assert_true(has_table());
		kill(pid, sig);
		waitpid(pid, &status, 0);
		assert_false(has_table());
	}
	close(ready[0]);
	close(ready[1]);
}

static void
leaves_nothing_when_closed(void **state)
{
	struct sl_shield *s;

	(void)state;
	make_wire(1500);
	s = must_open();
	must_add(s, "wire0", true);
	must_add(s, "peer0", false);
	assert_true(has_table());
	sl_shield_close(s);
	assert_false(has_table());
}

static void
says_what_is_wrong(void **state)
{
	struct sl_shield *s;
	struct sl_err err = {0};

	(void)state;
	if (!has_netns)
		skip();
	s = must_open();
	assert_int_equal(sl_shield_add(s, "nosuch0", false, &err), -ENODEV);
	assert_non_null(strstr(err.text, "nosuch0"));
	assert_int_equal(sl_shield_add(s, "a\"b", false, NULL), -EINVAL);
	err = (struct sl_err){0};
	assert_null(sl_shield_open(&err)); /* one table a process */
	assert_non_null(strstr(err.text, "nftables"));
	sl_shield_close(s);
}

/* The value of wire0's sysctl. */
static int
sysctl_of(const char *family, const char *key)
{
	char path[128];
	int value = -1;
	FILE *f;

	snprintf(
	    path, sizeof(path), "/proc/sys/net/%s/conf/wire0/%s", family, key);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &value), 1);
	fclose(f);
	return value;
}

static void
claims_and_releases_a_netdev(void **state)
{
	struct sl_netdev_claim *claim;
	struct sl_netdev_facts facts;
	struct sl_err err = {0};

	(void)state;
	make_wire(1500);
	sh("ip link set wire0 down;"
	   "echo 1 >/proc/sys/net/ipv4/conf/wire0/forwarding;"
	   "echo 0 >/proc/sys/net/ipv6/conf/wire0/disable_ipv6");
	claim = sl_netdev_claim("wire0", &err);
	assert_non_null(claim);
	assert_int_equal(sysctl_of("ipv4", "forwarding"), 0);
	assert_int_equal(sysctl_of("ipv6", "forwarding"), 0);
	assert_int_equal(sysctl_of("ipv6", "disable_ipv6"), 1);
	assert_int_equal(sl_netdev_read("wire0", &facts, NULL), 0);
	assert_true(facts.flags & IFF_UP);
	sl_netdev_release(claim);
	assert_int_equal(sysctl_of("ipv4", "forwarding"), 1);
	assert_int_equal(sysctl_of("ipv6", "disable_ipv6"), 0);
	assert_int_equal(sl_netdev_read("wire0", &facts, NULL), 0);
	assert_false(facts.flags & IFF_UP);
	assert_null(sl_netdev_claim("nosuch0", &err));
	assert_int_equal(err.code, -ENODEV);
	err = (struct sl_err){0};
	assert_null(sl_netdev_claim("lo", &err));
	assert_int_equal(err.code, -EPROTOTYPE);
}

static void
warns_of_addresses(void **state)
{
	struct sl_log_line line = {0};

	(void)state;
	make_wire(1500);
	sh("ip addr add 10.1.0.1/24 dev wire0");
	sl_netdev_release(sl_netdev_claim("wire0", NULL));
	while (sl_log_next(line.seq, &line))
		;
	assert_non_null(strstr(line.text, "10.1.0.1"));
}

int
main(void)
{
#define T(f) cmocka_unit_test_teardown(f, remove_wire)
	const struct CMUnitTest tests[] = {
	    T(keeps_the_kernel_silent),
	    T(lets_vlans_pass_if_told),
	    T(shields_a_netdev_that_returns),
	    T(goes_with_the_process),
	    T(leaves_nothing_when_closed),
	    T(says_what_is_wrong),
	    T(claims_and_releases_a_netdev),
	    T(warns_of_addresses),
	};
#undef T

	return cmocka_run_group_tests(tests, enter_netns, NULL);
}
