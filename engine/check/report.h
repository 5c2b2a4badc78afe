/* SPDX-License-Identifier: Apache-2.0 */
/* What a plugin says of itself, on stdout, as the loader understands it. */
#ifndef SL_CHECK_REPORT_H
#define SL_CHECK_REPORT_H

#include <plugin/object.h>

void sl_report_print(const struct sl_object *);

#endif
