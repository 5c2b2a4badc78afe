/* SPDX-License-Identifier: Apache-2.0 */
#include <io/port.h>

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct sl_ports sl_ports;

int
sl_dev_init(struct sl_dev *dev, const struct sl_dev_ops *ops, uint16_t queues,
    struct sl_err *err)
{
	dev->ops = ops;
	dev->queues = queues;
	atomic_init(&dev->is_dead, false);
	dev->stats = aligned_alloc(SL_CACHE_LINE, queues * sizeof(*dev->stats));
	if (!dev->stats)
		return sl_err_set(err, -ENOMEM, "%s: out of memory", ops->kind);
	memset(dev->stats, 0, queues * sizeof(*dev->stats));
	return 0;
}

void
sl_dev_fini(struct sl_dev *dev)
{
	free(dev->stats);
	dev->stats = NULL;
}

void
sl_dev_totals(const struct sl_dev *dev, struct sl_dev_totals *out)
{
	memset(out, 0, sizeof(*out));
	for (uint16_t q = 0; q < dev->queues; q++) {
		const struct sl_dev_stats *s = &dev->stats[q];

		out->rx_packets += sl_load_relaxed(&s->rx_packets);
		out->rx_bytes += sl_load_relaxed(&s->rx_bytes);
		out->tx_packets += sl_load_relaxed(&s->tx_packets);
		out->tx_bytes += sl_load_relaxed(&s->tx_bytes);
		out->rx_dropped += sl_load_relaxed(&s->rx_dropped);
		out->tx_dropped += sl_load_relaxed(&s->tx_dropped);
	}
}

struct sl_port *
sl_port_by_name(const char *name)
{
	uint32_t n = sl_port_count();

	for (uint32_t i = 0; i < n; i++) {
		if (!strcmp(sl_ports.port[i]->name, name))
			return sl_ports.port[i];
	}
	return NULL;
}

struct sl_port *
sl_port_by_ifindex(uint32_t ifindex)
{
	uint32_t n = sl_port_count();

	if (!ifindex)
		return NULL;
	for (uint32_t i = 0; i < n; i++) {
		struct sl_port *port = sl_ports.port[i];

		if (sl_load_relaxed(&port->ifindex) == ifindex ||
		    sl_load_relaxed(&port->host_ifindex) == ifindex)
			return port;
	}
	return NULL;
}

struct sl_port *
sl_port_add(const char *name, const char *netdev, struct sl_err *err)
{
	uint32_t n = sl_load_relaxed(&sl_ports.n);
	struct sl_port *port;

	if (n == SL_PORTS_MAX) {
		sl_err_set(err, -ENOSPC, "more than %d ports", SL_PORTS_MAX);
		return NULL;
	}
	if (!*name || strlen(name) >= SL_PORT_NAME || !*netdev ||
	    strlen(netdev) >= SL_PORT_NAME) {
		sl_err_set(err, -ENAMETOOLONG,
		    "port %s: a name has 1 to %d characters", name,
		    SL_PORT_NAME - 1);
		return NULL;
	}
	if (sl_port_by_name(name)) {
		sl_err_set(err, -EEXIST, "port %s exists already", name);
		return NULL;
	}
	port = calloc(1, sizeof(*port));
	if (!port) {
		sl_err_set(err, -ENOMEM, "port %s: out of memory", name);
		return NULL;
	}
	port->number = (uint16_t)n;
	snprintf(port->name, sizeof(port->name), "%s", name);
	snprintf(port->netdev, sizeof(port->netdev), "%s", netdev);
	sl_rcu_init(&port->wire, NULL);
	sl_rcu_init(&port->host, NULL);
	sl_ports.port[n] = port;
	/* the entry is complete; pairs with sl_port_count() */
	sl_store_release(&sl_ports.n, n + 1);
	return port;
}

static void
reclaim_dev(struct sl_rcu_head *head)
{
	struct sl_dev *dev = sl_container_of(head, struct sl_dev, rcu);

	dev->ops->close(dev);
}

void
sl_port_set_wire(struct sl_port *port, struct sl_dev *dev)
{
	struct sl_dev *old = sl_rcu_swap(&port->wire, dev);

	if (old)
		sl_retire(&old->rcu, reclaim_dev);
}

void
sl_port_set_host(struct sl_port *port, struct sl_dev *dev)
{
	struct sl_dev *old = sl_rcu_swap(&port->host, dev);
	uint32_t flags = sl_load_relaxed(&port->flags) & ~SL_PORT_HAS_HOST;

	sl_store_relaxed(&port->flags, dev ? flags | SL_PORT_HAS_HOST : flags);
	if (old)
		sl_retire(&old->rcu, reclaim_dev);
}

void
sl_port_mac(const struct sl_port *port, uint8_t mac[6])
{
	uint64_t v = htole64(sl_load_relaxed(&port->mac));

	memcpy(mac, &v, 6);
}

void
sl_port_set_mac(struct sl_port *port, const uint8_t mac[6])
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 6; i++)
		v |= (uint64_t)mac[i] << (8 * i);
	sl_store_relaxed(&port->mac, v);
}

void
sl_ports_clear(void)
{
	uint32_t n = sl_port_count();

	sl_store_relaxed(&sl_ports.n, 0);
	for (uint32_t i = 0; i < n; i++) {
		struct sl_port *port = sl_ports.port[i];
		struct sl_dev *wire = sl_rcu_own(&port->wire);
		struct sl_dev *host = sl_rcu_own(&port->host);

		if (wire)
			wire->ops->close(wire);
		if (host)
			host->ops->close(host);
		free(port);
		sl_ports.port[i] = NULL;
	}
}
