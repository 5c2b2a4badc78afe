/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The router between the two hosts of a conversation.
 *
 * What it is.  The whole engine in this process: two ports in memory, "near" with
 *   the clients and "far" with the servers; virtual time; a filter that lets in
 *   from near what goes to the helper's port, and besides only what belongs or is
 *   related to that.  Which translation a conversation meets, its addresses say.
 * Life cycle.  sl_box_open -> plays -> sl_box_close; one at a time.
 * Who writes.  Who reads.  The main thread, which is control and worker.
 * Ordering.    None.
 * Bounds.      SL_BOX_LEFT frames between two looks at what left.
 */
#ifndef SL_CHECK_BOX_H
#define SL_CHECK_BOX_H

#include <base/error.h>
#include <check/words.h>
#include <packet/pkt.h>

#define SL_BOX_LEFT 256

enum sl_box_way {
	SL_BOX_PLAIN,
	SL_BOX_SRCNAT,
	SL_BOX_DSTNAT,
	SL_BOX_BOTH,
	SL_BOX_WAYS
};

struct sl_box;

/* A router with the default trackers and 'plugin' as a file, or whatever is in
 * the default folders if that is NULL.  => Role: main. */
struct sl_box *sl_box_open(const char *plugin, struct sl_err *err);
void sl_box_close(struct sl_box *);

/* Runs a command of the configuration. */
int sl_box_command(struct sl_box *, const char *command, struct sl_err *err);

/* Lets in connections from near to 'port'. */
int sl_box_allow(
    struct sl_box *, uint8_t l4proto, uint16_t port, struct sl_err *err);

/* The addresses of two hosts whose conversation meets 'way'; 'n' chooses between
 * clients whose address becomes longer and shorter. */
void sl_box_names(enum sl_box_way way, uint8_t family, uint32_t n,
    struct sl_words_names *names);
const char *sl_box_way_name(enum sl_box_way way);

/* The MAC that hosts of a side send to. */
void sl_box_mac(const struct sl_box *, uint8_t side, uint8_t mac[6]);

/* A frame arrives from a host of 'side', in memory that ends where the frame does;
 * the router does all it does upon it.  -EINVAL: it wrote where it may not. */
int sl_box_arrive(struct sl_box *, uint8_t side, const uint8_t *frame,
    uint32_t len, struct sl_err *err);

/* What has left towards a side since the last look; false: no more.  The bytes
 * live until the next frame arrives. */
bool sl_box_left(struct sl_box *, uint8_t *side, struct sl_pkt *frame);

/* Time passes, and the router does what is due. */
void sl_box_wait(struct sl_box *, uint64_t ms);

/* Expectations and sessions of helpers now. */
uint64_t sl_box_expectations(const struct sl_box *);
uint64_t sl_box_sessions(const struct sl_box *);

#endif
