/* SPDX-License-Identifier: Apache-2.0 */
/* The menus that show or set the engine; model->engine is a struct sl_engine.
 * Each is the subject of the file of its name. */
#ifndef SL_MENU_ENGINE_MENUS_H
#define SL_MENU_ENGINE_MENUS_H

#include <menu/model.h>
#include <path/engine.h>

extern const struct sl_menu_def sl_menu_interface;	    /* interface.c */
extern const struct sl_menu_def sl_menu_interface_ethernet; /* ethernet.c */
extern const struct sl_menu_def sl_menu_interface_bridge;   /* ethernet.c */
extern const struct sl_menu_def sl_menu_interface_vlan;	    /* ethernet.c */
extern const struct sl_menu_def sl_menu_address4;	    /* address.c */
extern const struct sl_menu_def sl_menu_address6;
extern const struct sl_menu_def sl_menu_route4; /* route.c */
extern const struct sl_menu_def sl_menu_route6;
extern const struct sl_menu_def sl_menu_arp; /* neighbor.c */
extern const struct sl_menu_def sl_menu_neighbor6;
extern const struct sl_menu_def sl_menu_settings4; /* settings.c */
extern const struct sl_menu_def sl_menu_settings6;
extern const struct sl_menu_def sl_menu_connection4; /* connection.c */
extern const struct sl_menu_def sl_menu_connection6;
extern const struct sl_menu_def sl_menu_tracking;	 /* tracking.c */
extern const struct sl_menu_def sl_menu_sluice_counters; /* counters.c */
extern const struct sl_menu_def sl_menu_sluice_nat_pool; /* nat_pool.c */
extern const struct sl_menu_def sl_menu_trace;		 /* trace.c */

extern const struct sl_verb sl_interface_verbs[]; /* interface_verbs.c */

/* May one more port be wanted?  For the menus that make an interface a port.
 * => Role: control. */
int sl_interface_check_room(
    struct sl_model *, const char *name, struct sl_err *);

/* After the kernel changed (a port came, an address went): the address and route
 * menus put back what the config wants, and flags follow.  => Role: control. */
void sl_menu_kernel_changed(struct sl_model *);

/* Their parts, one a menu. */
void sl_address_follow_kernel(struct sl_menu *);
void sl_route_follow_kernel(struct sl_menu *);

#endif
