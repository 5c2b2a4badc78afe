/* SPDX-License-Identifier: Apache-2.0 */
/* Private to export: one command line, sorted and wrapped. */
#ifndef SL_MENU_EXPORT_LINE_H
#define SL_MENU_EXPORT_LINE_H

#include <menu/text.h>

/* A parameter; 'value' is as the script must write it.  NULL: "!name". */
struct sl_export_param {
	const char *name;
	char *value; /* owned */
};

struct sl_export_line {
	struct sl_export_param *params;
	size_t n, cap;
};

/* Takes 'value' (freed on failure).  0 or -ENOMEM. */
int sl_export_line_add(struct sl_export_line *, const char *name, char *value);

/* Appends "HEAD name=value ...\n", parameters by name; 'width' 0: one line. */
void sl_export_line_put(struct sl_export_line *, struct sl_text *out,
    const char *head, unsigned width);

void sl_export_line_clear(struct sl_export_line *);
void sl_export_line_fini(struct sl_export_line *);

#endif
