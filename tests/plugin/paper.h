/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What conversation.c plays on: one helper, loaded; one master; and the services
 * of a router that keeps its promises on paper.
 */
#ifndef TESTS_PLUGIN_PAPER_H
#define TESTS_PLUGIN_PAPER_H

#include "conversation.h"

#define PAPER_TEXT 65536 /* bytes of a direction, and of what was asked */

struct paper_edit {
	uint32_t off, len, n;
	uint8_t bytes[SL_HELP_REPLACE_MAX];
};

struct paper_text {
	char text[PAPER_TEXT];
	uint32_t len;
};

struct paper {
	const struct conversation *c;
	void *handle;
	const struct sl_plugin *plugin;
	const struct sl_helper_ops *ops;
	void *options;
	uint8_t family, l4proto;
	struct sl_tuple tuples[SL_DIRS];
	uint64_t priv[SL_HELP_PRIV_MAX / 8];
	uint32_t classes_used[SL_HELP_CLASSES_MAX];
	uint64_t stream_off[SL_DIRS];
	bool is_cut[SL_DIRS];
	bool detached;
	struct paper_text held[SL_DIRS];
	struct paper_text asked; /* everything */
	/* The call that runs. */
	const struct sl_call *call;
	struct paper_edit edits[SL_HELP_EDITS_MAX];
	unsigned n_edits;
};

/* Loads the helper and puts the two ends where the conversation has them. */
void paper_open(struct paper *p, const struct conversation *c);
void paper_close(struct paper *p);

/* The services; host->... of every call. */
extern const struct sl_host paper_host;

/* Adds to a text; fails the test when it is full. */
void paper_add(struct paper_text *t, const void *bytes, size_t len);

#endif
