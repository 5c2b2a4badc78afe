/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker does for its helped connections (related/). */
#ifndef SL_PATH_HELPED_H
#define SL_PATH_HELPED_H

#include <path/worker.h>

/* 0 or -ENOMEM.  => Role: main. */
int sl_helped_init(struct sl_worker *, struct sl_err *err);

#endif
