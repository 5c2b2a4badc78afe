/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of abi.c and abi_helper.c share. */
#ifndef SL_PLUGIN_ABI_INTERNAL_H
#define SL_PLUGIN_ABI_INTERNAL_H

#include <plugin/abi.h>

#include <errno.h>

#define SL_ABI_STRUCT_MAX 4096 /* no version will ever be larger */
#define SL_ABI_NAME	  "[a-z][a-z0-9-]{0,14}"
#define SL_ABI_NAME_LEN	  15

#define SL_ABI_REFUSE(...) sl_err_set(err, -EINVAL, __VA_ARGS__)

/* [a-z][a-z0-9-]*, at most 'max' bytes. */
bool sl_abi_is_name(const char *name, size_t max);

/* Copies a sized struct as far as both sides know it; false if the plugin's has
 * a tail that is not zero. */
bool sl_abi_copy(void *out, size_t ours, const void *raw, size_t theirs);

#endif
