/* SPDX-License-Identifier: Apache-2.0 */
/* The list behind plugin/loader.h, for the files of this layer.
 * => Role of all: main or control. */
#ifndef SL_PLUGIN_LOADED_H
#define SL_PLUGIN_LOADED_H

#include <plugin/loader.h>
#include <plugin/object.h>

struct sl_loaded {
	char *file;
	char name[16];		  /* its own, or of the file if refused */
	struct sl_object *object; /* NULL: refused, or unloaded */
	struct sl_err err;	  /* why */
};

/* By name; NULL. */
struct sl_loaded *sl_loaded_find(const char *name);
/* A new entry for a file, nothing loaded yet; NULL and 'err'. */
struct sl_loaded *sl_loaded_add(const char *file, struct sl_err *err);
/* 'o' is what the entry has from now on. */
void sl_loaded_take(struct sl_loaded *, struct sl_object *o);

/* Objects that were replaced or unloaded and are still used (plugin/reload.c). */
struct sl_object *sl_outgoing(void);
/* Closes all of them; no worker runs. */
void sl_outgoing_clear(void);
/* Frees what the registries have of 'o', and the object. */
void sl_object_let_go(struct sl_object *o);

#endif
