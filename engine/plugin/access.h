/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may write a plugin owns the router: what the loader asks of files and
 * folders, as sshd asks it of keys.  => Role of all: main or control.
 */
#ifndef SL_PLUGIN_ACCESS_H
#define SL_PLUGIN_ACCESS_H

#include <base/error.h>

/*
 * A folder of plugins, by its real path: owned by root, by who runs us or by who
 * owns our own program; writable by its owner, or by a group that may write our
 * program too.  Folders above it: none that everybody may write, unless sticky.
 * 0, -EACCES, -EINVAL (no folder), or why it cannot be looked at.
 */
int sl_access_check_folder(const char *folder, struct sl_err *err);

/* The same of an open file, which must be a regular one; 'file' is its name. */
int sl_access_check_file(int fd, const char *file, struct sl_err *err);

#endif
