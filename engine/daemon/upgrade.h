/* SPDX-License-Identifier: Apache-2.0 */
/* What an export of RouterOS 6 says in other words. */
#ifndef SL_DAEMON_UPGRADE_H
#define SL_DAEMON_UPGRADE_H

#include <menu/model.h>

/* RouterOS 6 has no /routing table: to name a mark makes its table.  If the file
 * says that it is of RouterOS 6, the tables that it names are added, as
 * RouterOS's own upgrade does.  => Role: control, before the load. */
void sl_upgrade_add_tables(struct sl_model *, const char *path);

#endif
