/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Option tables of plugins: text of the configuration to typed blocks.
 * The table was checked by plugin/abi.  => Role of all: main or control.
 */
#ifndef SL_PLUGIN_OPTIONS_H
#define SL_PLUGIN_OPTIONS_H

#include <base/error.h>
#include <sluice/option.h>

/* A block of 'size' bytes with every option at its default; NULL and 'err' if
 * a default does not parse or memory is refused. */
void *sl_options_new(
    const struct sl_option *table, uint32_t size, struct sl_err *err);

/* A copy of a block of 'size' bytes; NULL without memory. */
void *sl_options_copy(const void *block, uint32_t size);
/* NULL is fine. */
void sl_options_free(void *block);
/* After a grace period. */
void sl_options_retire(void *block);

/* Sets one option of a block.  -ENOENT: no such option; -EINVAL, -ERANGE: the
 * value; the block is unchanged then. */
int sl_options_set(const struct sl_option *table, void *block, const char *name,
    const char *value, struct sl_err *err);

/* What sl_options_set() does, of one value at 'at'. */
int sl_options_read(
    const struct sl_option *, void *at, const char *value, struct sl_err *err);

/* "1d2h", "500ms", "0s": as the configuration writes a time. */
void sl_options_print_time(uint64_t ms, char *buf, size_t size);

#endif
