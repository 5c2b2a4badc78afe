/* SPDX-License-Identifier: Apache-2.0 */
/* rtnetlink messages to the structs of state.h.  Each returns false for a
 * message that is not of interest (another family, a clone, a cut attribute). */
#ifndef SL_MIRROR_NLPARSE_H
#define SL_MIRROR_NLPARSE_H

#include <mirror/neigh.h>
#include <mirror/state.h>

struct nlmsghdr;

bool sl_nlparse_link(const struct nlmsghdr *, struct sl_link *);
bool sl_nlparse_addr(const struct nlmsghdr *, struct sl_ifaddr *);
bool sl_nlparse_route(const struct nlmsghdr *, struct sl_kroute *);
bool sl_nlparse_neigh(
    const struct nlmsghdr *, uint32_t *ifindex, struct sl_neigh_entry *);

#endif
