/* SPDX-License-Identifier: Apache-2.0 */
/* The interactive shell: libedit on our side, words and prompt from sluiced. */
#ifndef SL_CLI_SHELL_H
#define SL_CLI_SHELL_H

#include <cli/client.h>

/* Reads and runs lines until /quit or end of input.  Returns the exit status:
 * 0, or 1 when the connection broke. */
int sl_shell_run(struct sl_client *client, bool json);

#endif
