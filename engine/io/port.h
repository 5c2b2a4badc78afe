/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ports: where frames come from and go to.
 *
 * What it is.  A port is a Linux netdev that sluice forwards on.  It has two
 *   devices behind one ops table: the *wire* (AF_PACKET; pcap or mem in tests)
 *   and the *host* (the TAP "sl-NAME": the kernel's own end of the port).
 * Life cycle.  sl_port_add gives it a number for good; its devices open and
 *   close as the netdev comes and goes (sl_port_open, sl_port_close).
 * Who writes.  Control opens and closes; each worker uses its own queue of a
 *   device.
 * Who reads.   Workers: number, name, mac, mtu, flags.
 * Ordering.    A device's queues are published with sl_rcu_publish and retired
 *   after a grace period: a worker in the middle of a batch is never cut off.
 * Bounds.      SL_PORTS_MAX ports; queues are fixed-size rings.
 */
#ifndef SL_IO_PORT_H
#define SL_IO_PORT_H

#include <base/error.h>
#include <base/rcu.h>
#include <packet/pkt.h>

#define SL_PORTS_MAX 256
#define SL_PORT_NAME 64 /* a config's names are longer than netdevs' */

struct sl_dev;

/* One kind of device.  'q' is the worker's queue number. */
struct sl_dev_ops {
	const char *kind; /* "afpacket", "tap", "pcap", "mem" */

	/* Frames on hand, at most 'max' (no device gives more than SL_BATCH_MAX):
	 * fills data, len, room, offload and origin.  Their bytes stay valid until
	 * rx_done(), which must come before the next rx().  => Role: worker. */
	uint32_t (*rx)(
	    struct sl_dev *, uint16_t q, struct sl_pkt *pkts, uint32_t max);
	/* Gives back all frames of the last rx().  Flush tx first. => Role: worker. */
	void (*rx_done)(struct sl_dev *, uint16_t q);

	/* Queues a frame for sending with its offload metadata (or sends it at
	 * once); the bytes must stay valid until flush().  False: frame refused,
	 * the caller counts the drop.  => Role: worker. */
	bool (*tx)(struct sl_dev *, uint16_t q, const struct sl_pkt *pkt);
	/* Sends what is queued; frames refused now count as tx-full drops.
	 * => Role: worker. */
	void (*flush)(struct sl_dev *, uint16_t q);

	/* Readable when rx() has something; -1: poll by calling rx().  After an
	 * error event, too, call rx(): it clears the error or marks the device
	 * dead, and a dead device answers -1.  => Role: worker. */
	int (*fd)(struct sl_dev *, uint16_t q);

	/* Frees everything; no worker uses it any more.
	 * => Role: any (after a grace period: the reclaim thread). */
	void (*close)(struct sl_dev *);
};

/* Frames and bytes of one queue since the device was opened. */
struct sl_dev_stats {
	/* SL_STATS: the queue's worker writes, anybody reads */
	SL_ALIGNED(SL_CACHE_LINE) SL_ATOMIC(uint64_t) rx_packets;
	SL_ATOMIC(uint64_t) rx_bytes, tx_packets, tx_bytes;
	SL_ATOMIC(uint64_t) rx_dropped; /* ring overrun, cut frames */
	SL_ATOMIC(uint64_t) tx_dropped; /* refused by the other side */
};

/* The same, summed over the queues. */
struct sl_dev_totals {
	uint64_t rx_packets, rx_bytes, tx_packets, tx_bytes;
	uint64_t rx_dropped, tx_dropped;
};

/* Implementations embed this, and set it up with sl_dev_init(). */
struct sl_dev {
	/* SL_CONST */
	const struct sl_dev_ops *ops;
	uint16_t queues;
	struct sl_dev_stats *stats; /* [queues] */
	/* SL_SHARED: the netdev is gone, rx() and tx() do nothing any more;
	 * set once by any worker, control closes.  Relaxed: only a hint. */
	SL_ATOMIC(bool) is_dead;
	struct sl_rcu_head rcu; /* sl_port_set_wire(), sl_port_set_host() */
};

/* Fills the common part; -ENOMEM.  => Role: control. */
int sl_dev_init(struct sl_dev *, const struct sl_dev_ops *, uint16_t queues,
    struct sl_err *err);
/* Frees what sl_dev_init() allocated; the last act of every close(). */
void sl_dev_fini(struct sl_dev *);

/* Sums what the device counted. => Role: any, in a read section if the device
 * was reached through a port. */
void sl_dev_totals(const struct sl_dev *, struct sl_dev_totals *);

/* False once the netdev behind the device has gone: close and reopen it when
 * the netdev returns. => Role: any. */
static inline bool
sl_dev_is_alive(const struct sl_dev *dev)
{
	return !sl_load_relaxed(&dev->is_dead);
}

/* One queue's counts. => Role: worker. */
static inline void
sl_dev_count_rx(
    struct sl_dev *dev, uint16_t q, uint32_t packets, uint64_t bytes)
{
	sl_bump_relaxed(&dev->stats[q].rx_packets, packets);
	sl_bump_relaxed(&dev->stats[q].rx_bytes, bytes);
}

static inline void
sl_dev_count_tx(
    struct sl_dev *dev, uint16_t q, uint32_t packets, uint64_t bytes)
{
	sl_bump_relaxed(&dev->stats[q].tx_packets, packets);
	sl_bump_relaxed(&dev->stats[q].tx_bytes, bytes);
}

enum sl_port_flag {
	SL_PORT_UP = 1 << 0, /* admin up and carrier */
	SL_PORT_HAS_HOST = 1 << 1,
};

struct sl_port {
	/* SL_CONST */
	uint16_t number;
	char name[SL_PORT_NAME]; /* as in the config */
	/* SL_SHARED: control writes, workers read, relaxed */
	char netdev[SL_PORT_NAME];   /* the netdev's own name; control only */
	SL_ATOMIC(uint32_t) flags;   /* enum sl_port_flag */
	SL_ATOMIC(uint32_t) ifindex; /* of the netdev; 0: absent */
	SL_ATOMIC(uint32_t) host_ifindex; /* of the TAP */
	SL_ATOMIC(uint32_t) mtu;
	SL_ATOMIC(uint64_t) mac; /* six bytes, first byte lowest */
	SL_RCU_PTR(struct sl_dev) wire;
	SL_RCU_PTR(struct sl_dev) host;
};

/* The process's ports, by number.  Entries are added, never removed.
 * sl_ports.n is released after the entry is complete. */
struct sl_ports {
	SL_ATOMIC(uint32_t) n;
	struct sl_port *port[SL_PORTS_MAX];
};
extern struct sl_ports sl_ports;

static inline uint32_t
sl_port_count(void)
{
	return sl_load_acquire(&sl_ports.n); /* pairs with sl_port_add() */
}

/* The port of number 'n'; NULL if there is none.  => Role: any. */
static inline struct sl_port *
sl_port_by_number(uint16_t n)
{
	return n < sl_port_count() ? sl_ports.port[n] : NULL;
}

/* NULL: none.  => Role: any. */
struct sl_port *sl_port_by_name(const char *name);
/* By the index of its netdev or of its TAP; 0 finds none.  => Role: any. */
struct sl_port *sl_port_by_ifindex(uint32_t ifindex);

/* Registers a port without devices, with a number of its own for good.  NULL:
 * -ENOSPC, -EEXIST, -ENAMETOOLONG or -ENOMEM in *err. => Role: control. */
struct sl_port *sl_port_add(
    const char *name, const char *netdev, struct sl_err *err);

/* Publishes a device as the port's wire or host side (NULL: none), and retires
 * the one before: it is closed after a grace period, on the reclaim thread.
 * Who wants to open its netdev or TAP anew calls sl_rcu_drain() first.
 * => Role: control.  => Consumes the device. */
void sl_port_set_wire(struct sl_port *, struct sl_dev *);
void sl_port_set_host(struct sl_port *, struct sl_dev *);

void sl_port_mac(const struct sl_port *, uint8_t mac[6]);
void sl_port_set_mac(struct sl_port *, const uint8_t mac[6]);

/* Closes all devices and forgets all ports; workers have stopped.
 * => Role: main. */
void sl_ports_clear(void);

#endif
