/* SPDX-License-Identifier: Apache-2.0 */
#include <daemon/keeper.h>

#include <base/clock.h>
#include <base/log.h>
#include <io/afpacket.h>
#include <io/netdev.h>
#include <io/shield.h>
#include <io/tap.h>
#include <mirror/state.h>

#include <errno.h>
#include <linux/if.h>
#include <stdio.h>
#include <string.h>

/* A port that could not be opened is tried again after this long. */
#define RETRY_NS (5 * SL_NS_PER_SEC)

struct kept {
	struct sl_netdev_claim *claim;
	bool shielded, open;
	uint64_t retry_ns;
};

struct sl_keeper {
	uint16_t workers;
	struct sl_shield *shield;
	struct kept ports[SL_PORTS_MAX];
};

struct sl_keeper *
sl_keeper_new(uint16_t workers, struct sl_err *err)
{
	struct sl_keeper *k = calloc(1, sizeof(*k));

	if (!k) {
		sl_err_set(err, -ENOMEM, "out of memory");
		return NULL;
	}
	k->workers = workers;
	k->shield = sl_shield_open(err);
	if (!k->shield) {
		free(k);
		return NULL;
	}
	return k;
}

/* Undoes open_port() as far as it came. */
static void
close_port(struct sl_keeper *k, struct sl_port *port)
{
	struct kept *kept = &k->ports[port->number];
	struct sl_err err = {0};

	sl_store_relaxed(&port->flags, 0);
	sl_port_set_wire(port, NULL);
	sl_port_set_host(port, NULL);
	sl_rcu_drain(); // the packet socket is closed before the shield goes
	sl_store_relaxed(&port->host_ifindex, 0);
	sl_store_relaxed(&port->ifindex, 0);
	sl_netdev_release(kept->claim);
	kept->claim = NULL;
	if (kept->shielded && sl_shield_remove(k->shield, port->netdev, &err))
		sl_log(SL_LOG_WARNING, "interface", "%s: %s", port->name,
		    err.text);
	kept->shielded = kept->open = false;
}

/* "sl-NAME"; of a name that would not fit, the beginning and the port's number. */
static void
tap_name(const struct sl_port *port, char name[IFNAMSIZ])
{
	if (snprintf(name, IFNAMSIZ, "sl-%s", port->name) >= IFNAMSIZ)
		snprintf(name, IFNAMSIZ, "sl-%.8s-%u", port->name,
		    (uint8_t)port->number);
}

static int
open_host(struct sl_keeper *k, struct sl_port *port, const struct sl_link *link,
    struct sl_err *err)
{
	char name[IFNAMSIZ];
	struct sl_dev *tap;

	tap_name(port, name);
	tap = sl_tap_open(name, link->mac, link->mtu, k->workers, err);
	if (!tap)
		return err->code;
	sl_store_relaxed(&port->host_ifindex, sl_tap_ifindex(tap));
	sl_port_set_host(port, tap);
	return 0;
}

static int
open_port(struct sl_keeper *k, struct sl_port *port, const struct sl_link *link,
    struct sl_err *err)
{
	struct kept *kept = &k->ports[port->number];
	struct sl_dev *wire;
	int rc;

	rc = sl_shield_add(
	    k->shield, port->netdev, sl_netdev_has_vlans(port->netdev), err);
	if (rc)
		return rc;
	kept->shielded = true;
	kept->claim = sl_netdev_claim(port->netdev, err);
	if (!kept->claim)
		return err->code;
	sl_port_set_mac(port, link->mac);
	sl_store_relaxed(&port->mtu, link->mtu);
	sl_store_relaxed(&port->ifindex, link->ifindex);
	if ((rc = open_host(k, port, link, err)))
		return rc;
	wire = sl_afpacket_open(port->netdev, k->workers, err);
	if (!wire)
		return err->code;
	sl_port_set_wire(port, wire);
	kept->open = true;
	return 0;
}

/* The host side answers ARP with the port's MAC and sends what fits. */
static void
follow_on_host(struct sl_port *port, const struct sl_link *link)
{
	struct sl_err err = {0};
	char name[IFNAMSIZ];
	uint8_t mac[6];

	sl_port_mac(port, mac);
	if (!memcmp(mac, link->mac, sizeof(mac)) &&
	    sl_load_relaxed(&port->mtu) == link->mtu)
		return;
	tap_name(port, name);
	if (sl_tap_follow(name, link->mac, link->mtu, &err))
		sl_log(SL_LOG_WARNING, "interface", "%s: %s", port->name,
		    err.text);
}

static bool
port_is_up(struct sl_port *port)
{
	return (sl_load_relaxed(&port->flags) & SL_PORT_UP) != 0;
}

/* Not IFF_RUNNING: the kernel thinks about that for up to a second. */
static bool
link_is_up(const struct sl_link *link)
{
	uint32_t carries = IFF_UP | IFF_LOWER_UP;

	return (link->flags & (carries | IFF_DORMANT)) == carries;
}

static void
follow(struct sl_port *port, const struct sl_link *link)
{
	bool is_up = link_is_up(link);
	struct sl_dev *host = sl_rcu_own(&port->host);

	follow_on_host(port, link);
	if (host && (!is_up || !port_is_up(port)))
		sl_tap_set_carrier(host, is_up);
	sl_port_set_mac(port, link->mac);
	sl_store_relaxed(&port->mtu, link->mtu);
	sl_store_relaxed(&port->flags,
	    is_up ? SL_PORT_UP | SL_PORT_HAS_HOST : SL_PORT_HAS_HOST);
}

/* The netdev went, or one of its name is another one now. */
static bool
is_lost(struct sl_port *port, const struct sl_link *link)
{
	struct sl_dev *wire = sl_rcu_own(&port->wire);

	return !link || sl_load_relaxed(&port->ifindex) != link->ifindex ||
	       (wire && !sl_dev_is_alive(wire));
}

static bool
try_open(struct sl_keeper *k, struct sl_port *port, const struct sl_link *link)
{
	struct kept *kept = &k->ports[port->number];
	struct sl_err err = {0};

	if (sl_now_ns() < kept->retry_ns)
		return false;
	if (open_port(k, port, link, &err)) {
		sl_log(SL_LOG_ERROR, "interface", "%s: %s; trying again",
		    port->name, err.text);
		close_port(k, port);
		kept->retry_ns = sl_now_ns() + RETRY_NS;
		return false;
	}
	sl_log(SL_LOG_INFO, "interface", "%s: port opened on %s", port->name,
	    port->netdev);
	follow(port, link);
	return true;
}

bool
sl_keeper_look(struct sl_keeper *k)
{
	bool changed = false;

	for (uint16_t i = 0; i < sl_port_count(); i++) {
		struct sl_port *port = sl_port_by_number(i);
		const struct sl_link *link =
		    sl_mirror_link_by_name(port->netdev);

		if (k->ports[i].open && is_lost(port, link)) {
			sl_log(SL_LOG_WARNING, "interface",
			    "%s: netdev %s is gone", port->name, port->netdev);
			close_port(k, port);
			changed = true;
		}
		if (!k->ports[i].open && link)
			changed |= try_open(k, port, link);
		else if (k->ports[i].open)
			follow(port, link);
	}
	return changed;
}

bool
sl_keeper_is_ready(const struct sl_keeper *k)
{
	for (uint16_t i = 0; i < sl_port_count(); i++)
		if (!k->ports[i].open &&
		    sl_mirror_link_by_name(sl_port_by_number(i)->netdev))
			return false;
	return true;
}

void
sl_keeper_free(struct sl_keeper *k)
{
	if (!k)
		return;
	for (uint16_t i = 0; i < sl_port_count(); i++)
		if (k->ports[i].open)
			close_port(k, sl_port_by_number(i));
	sl_shield_close(k->shield);
	free(k);
}
