/* SPDX-License-Identifier: Apache-2.0 */
#include <menu/engine_menus.h>
#include <menu/ethernet.h>

void
sl_menu_kernel_changed(struct sl_model *model)
{
	sl_ethernet_refresh(model);
	sl_address_follow_kernel(sl_model_find(model, "/ip/address"));
	sl_address_follow_kernel(sl_model_find(model, "/ipv6/address"));
	sl_route_follow_kernel(sl_model_find(model, "/ip/route"));
	sl_route_follow_kernel(sl_model_find(model, "/ipv6/route"));
}
