/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a shared object says of itself, read from its bytes before any of its code
 * runs: a plugin is constant data and pure functions, so it has no constructor, no
 * writable data, one export and few imports.
 *
 * The bytes may be anybody's: nothing in them is trusted.  What passes is free of
 * mistakes, not of malice: the code of a plugin is the router's own once it is
 * mapped, which is why plugin/access.h asks who may write it.
 */
#ifndef SL_PLUGIN_ELF_H
#define SL_PLUGIN_ELF_H

#include <base/error.h>
#include <sluice/types.h>

/*
 * 0, or -EINVAL and 'err', which begins with 'file'.  Under sanitizers, which bring
 * constructors, data and imports of their own, only what the file is at all and that
 * it exports the query are asked.  => Role: any.
 */
int sl_elf_check(const char *file, struct sl_span bytes, struct sl_err *err);

/* From now on as under sanitizers: for who checks a plugin built with them.
 * => Role: main. */
void sl_elf_allow_sanitizers(void);

/* May a plugin import this symbol? */
bool sl_elf_may_import(const char *symbol);

#endif
