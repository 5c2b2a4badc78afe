/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Linux netdev as control sees and prepares it.  All functions work in the
 * calling thread's network namespace.  => Role of all: control.  May sleep.
 */
#ifndef SL_IO_NETDEV_H
#define SL_IO_NETDEV_H

#include <base/error.h>

struct sl_netdev_facts {
	uint32_t ifindex;
	uint32_t mtu;
	uint32_t flags; /* IFF_* */
	uint8_t mac[6];
};

/* Reads them; -ENODEV if there is no such netdev, -EPROTOTYPE if it is not an
 * Ethernet one. */
int sl_netdev_read(
    const char *netdev, struct sl_netdev_facts *, struct sl_err *err);

int sl_netdev_set_up(const char *netdev, bool up, struct sl_err *err);
int sl_netdev_set_mtu(const char *netdev, uint32_t mtu, struct sl_err *err);
int sl_netdev_set_mac(
    const char *netdev, const uint8_t mac[6], struct sl_err *err);

/* The kernel routes around this netdev while it has no carrier.  Best effort: a
 * kernel without IPv6 has one switch less. */
void sl_netdev_heed_carrier(const char *netdev);

/* Does a VLAN netdev sit on this one? */
bool sl_netdev_has_vlans(const char *netdev);

/*
 * A claim makes a netdev ours: the kernel does not forward what arrives on it
 * (net.ipv4 and net.ipv6 forwarding = 0), speaks no IPv6 on it (disable_ipv6 =
 * 1), and it is up.  Warns in the log if the kernel has addresses on it: they
 * belong into the config, and so onto the TAP.
 *
 * Release puts back what was there.  A process that is killed leaves the safe
 * values, and its successor takes those for the original ones.
 */
struct sl_netdev_claim;
struct sl_netdev_claim *sl_netdev_claim(const char *netdev, struct sl_err *err);
void sl_netdev_release(struct sl_netdev_claim *); /* NULL: nothing */

#endif
