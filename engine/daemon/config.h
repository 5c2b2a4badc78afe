/* SPDX-License-Identifier: Apache-2.0 */
/* Loading the config file, for a run, a check or a replay. => Role: control. */
#ifndef SL_DAEMON_CONFIG_H
#define SL_DAEMON_CONFIG_H

#include <menu/model.h>

/* Loads 'path' (with 'check': without effect) and prints every mistake to stderr
 * as FILE:LINE:COLUMN: message.  0, or -EINVAL after a mistake. */
int sl_config_load(struct sl_model *, const char *path, bool check);

#endif
