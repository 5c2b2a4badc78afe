/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interface lists: /interface list and /interface list member.
 *
 * A list has the members of the lists it includes, minus those of the lists it
 * excludes, plus its own.  Built in: all, none, static (every interface that
 * the configuration or the system has), dynamic (none: nothing here makes
 * interfaces by itself).  Menus whose rules name lists put both paths into
 * .depends and are applied again when a list changes.
 */
#ifndef SL_MENU_INTERFACE_LIST_H
#define SL_MENU_INTERFACE_LIST_H

#include <menu/model.h>

#define SL_INTERFACE_LIST_PATH	      "/interface/list"
#define SL_INTERFACE_LIST_MEMBER_PATH "/interface/list/member"

extern const struct sl_menu_def sl_menu_interface_list;
extern const struct sl_menu_def sl_menu_interface_list_member;

/* Is the interface in the list?  False if either is unknown. */
bool sl_interface_list_has(
    struct sl_model *, const char *list, const char *interface);

/* Visits every known interface that is in the list. */
void sl_interface_list_each(
    struct sl_model *, const char *list, sl_word_fn, void *arg);

/* For properties that name a list. */
extern const struct sl_ref sl_ref_interface_list;

#endif
