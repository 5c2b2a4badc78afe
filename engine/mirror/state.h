/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control side's copy of the kernel's links, addresses and routes.
 *
 * What it is.  Three plain arrays, and the snapshot for workers built from them.
 * Life cycle.  Filled by a dump (netlink.c) or by the config (static.c), shown
 *   by the menus, turned into a snapshot by sl_mirror_publish().
 * Who writes.  Control.  Who reads.  Control; workers read the snapshot.
 * Ordering.    The snapshot is published with a release.
 * Bounds.      As many as the kernel has.
 */
#ifndef SL_MIRROR_STATE_H
#define SL_MIRROR_STATE_H

#include <base/wake.h>
#include <mirror/fib.h>

struct sl_link {
	uint32_t ifindex;
	uint32_t mtu;
	uint32_t flags; /* IFF_* */
	char name[SL_PORT_NAME];
	char kind[16]; /* "bridge", "vlan", "veth", "" */
	uint8_t mac[6];
	bool ethernet; /* ARPHRD_ETHER */
};

struct sl_ifaddr {
	uint32_t ifindex;
	uint8_t family, prefix_len;
	uint8_t scope;	/* RT_SCOPE_* */
	uint32_t flags; /* IFA_F_* */
	struct sl_addr addr;
};

struct sl_kroute {
	uint8_t family;
	uint8_t protocol;	   /* RTPROT_* */
	uint32_t table;		   /* kernel table number */
	uint32_t oif;		   /* of the first hop; 0: none */
	bool dead;		   /* its link is down: not for packets */
	struct sl_fib_route route; /* out_port set when published */
	uint32_t hop_oif[SL_FIB_HOPS_MAX];
};

struct sl_mirror_state {
	struct sl_link *links;
	struct sl_ifaddr *addrs;
	struct sl_kroute *routes;
	uint32_t n_links, n_addrs, n_routes;
	uint32_t cap_links, cap_addrs, cap_routes;
};

/* => Role: control. */
extern struct sl_mirror_state sl_mirror_state;

/* Append one (copied); -ENOMEM.  => Role: control. */
int sl_mirror_add_link(const struct sl_link *);
int sl_mirror_add_addr(const struct sl_ifaddr *);
int sl_mirror_add_route(const struct sl_kroute *);

/*
 * Where configured addresses and routes are put: the kernel (netlink.c) or the
 * mirror itself (static.c).  NULL before one is chosen: nothing is put anywhere.
 */
struct sl_mirror_backend {
	/* 0, or -errno with a text. */
	int (*addr)(bool add, const struct sl_ifaddr *, struct sl_err *);
	int (*route)(bool add, const struct sl_kroute *, struct sl_err *);
};
extern const struct sl_mirror_backend *sl_mirror_backend;

const struct sl_link *sl_mirror_link_by_name(const char *name);
const struct sl_link *sl_mirror_link_by_index(uint32_t ifindex);

/* Builds a snapshot from sl_mirror_state and publishes it.  -ENOMEM leaves the
 * old one in force.  => Role: control. */
int sl_mirror_publish(void);

/* Start and end of the mirror: empty state, empty snapshot.  => Role: main. */
int sl_mirror_init(struct sl_err *err);
/* Room for the questions of one worker; before it starts. => Role: main. */
int sl_mirror_add_worker(uint16_t worker, struct sl_err *err);
void sl_mirror_fini(void);

/* Whom sl_mirror_ask() wakes; NULL: nobody (replay). => Role: main. */
void sl_mirror_set_wake(struct sl_wake *wake);

/* Questions of workers waiting for the control side (see sl_mirror_ask):
 * calls ask() for each.  => Role: control. */
void sl_mirror_take_asked(
    void (*ask)(uint16_t port, uint8_t family, const struct sl_addr *addr));

#endif
