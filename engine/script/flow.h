/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keywords that decide what runs next.  keyword_run.c has checked the number
 * of positional items and the names of the others.
 */
#ifndef SL_SCRIPT_FLOW_H
#define SL_SCRIPT_FLOW_H

#include <script/eval.h>

int sl_flow_delay(
    struct sl_eval *, const struct sl_statement *, struct sl_value *out);
int sl_flow_do(
    struct sl_eval *, const struct sl_statement *, struct sl_value *out);
int sl_flow_error(
    struct sl_eval *, const struct sl_statement *, struct sl_value *out);
int sl_flow_for(
    struct sl_eval *, const struct sl_statement *, struct sl_value *out);
int sl_flow_foreach(
    struct sl_eval *, const struct sl_statement *, struct sl_value *out);
int sl_flow_if(
    struct sl_eval *, const struct sl_statement *, struct sl_value *out);
int sl_flow_return(
    struct sl_eval *, const struct sl_statement *, struct sl_value *out);
int sl_flow_while(
    struct sl_eval *, const struct sl_statement *, struct sl_value *out);

#endif
