/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which interface names exist: a rule that names another is refused.
 *
 * What it is.  A set of names, each with the sources that vouch for it.
 * Life cycle.  With the model.
 * Who writes.  The interface menu (netdevs, renamed ports), skipped menus.
 * Who reads.   Property types of rules, interface lists.
 * Ordering.    Control only.
 * Bounds.      Number of names.
 */
#ifndef SL_MENU_INTERFACE_NAMES_H
#define SL_MENU_INTERFACE_NAMES_H

#include <menu/type.h>

/* Sources, a set of bits. */
#define SL_INTERFACE_NETDEV 1u /* a Linux netdev (or port given by option) */
#define SL_INTERFACE_CONFIG 2u /* named by the configuration */
#define SL_INTERFACE_SHAPED                                                    \
	4u /* looks like RouterOS hardware (ether1) but is
				* not present here */

struct sl_interface_names;

struct sl_interface_names *sl_interface_names_new(void);
void sl_interface_names_free(struct sl_interface_names *);

/* Adds sources to a name, which appears if it is new. 0 or -ENOMEM. */
int sl_interface_names_add(
    struct sl_interface_names *, const char *name, unsigned sources);
/* Takes sources away; a name without any is gone. */
void sl_interface_names_remove(
    struct sl_interface_names *, const char *name, unsigned sources);

/* The sources of a name, 0 if unknown.  A name of hardware shape (ether1,
 * sfp-sfpplus1, wlan1, ...) is known as SHAPED even if nobody added it. */
unsigned sl_interface_names_sources(
    const struct sl_interface_names *, const char *name);

/* Visits names in order; not the merely shaped ones. */
void sl_interface_names_each(
    const struct sl_interface_names *, sl_word_fn, void *arg);

/* Called after the set changed (a name came or went): rules that name
 * interfaces or lists must be applied again.  One listener. */
void sl_interface_names_listen(
    struct sl_interface_names *, void (*changed)(void *arg), void *arg);

/* For properties that name an interface. */
extern const struct sl_ref sl_ref_interface;

#endif
