/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin that is wrong on purpose: CMakeLists.txt builds it once for every
 * mistake, each chosen by one macro.  Without any it is a good one, with options
 * of every type, for protocol 253 (RFC 3692).
 */
#include <sluice/plugin.h>

#ifndef WRONG_PROTOCOL
#define WRONG_PROTOCOL 253
#endif
#ifndef WRONG_NAME
#define WRONG_NAME "wrong"
#endif
#ifndef WRONG_TRACKER_NAME
#define WRONG_TRACKER_NAME "wrong"
#endif
#ifndef WRONG_PRIV
#define WRONG_PRIV 8
#endif
#ifndef WRONG_FAMILIES
#define WRONG_FAMILIES 3
#endif
#ifndef WRONG_OPTION_DEFAULT
#define WRONG_OPTION_DEFAULT "7"
#endif
#ifndef WRONG_OPTION_OFF
#define WRONG_OPTION_OFF offsetof(struct options, depth)
#endif
#ifndef WRONG_CSUM_OFF
#define WRONG_CSUM_OFF SL_NONE
#endif
#ifndef WRONG_LAYOUT
#define WRONG_LAYOUT .src_off = SL_NONE, .dst_off = SL_NONE
#endif
#ifndef WRONG_DEFAULT_MS
#define WRONG_DEFAULT_MS 1000
#endif
#ifndef WRONG_OPEN
#define WRONG_OPEN wrong_open
#endif
#ifndef WRONG_TRACKERS
#define WRONG_TRACKERS                                                         \
	{                                                                      \
		&ops, NULL                                                     \
	}
#endif

struct options {
	uint64_t wait_ms;
	uint32_t depth, mode;
	bool careful;
};

static const char *const modes[] = {"slow", "fast", NULL};

static const struct sl_option options[] = {
    {"wait", SL_OPT_TIME_MS, offsetof(struct options, wait_ms), "1m30s", "", 1,
	3600000, NULL},
    {"depth", SL_OPT_U32, WRONG_OPTION_OFF, WRONG_OPTION_DEFAULT, "", 1, 9,
	NULL},
    {"mode", SL_OPT_ENUM, offsetof(struct options, mode), "fast", "", 0, 0,
	modes},
    {"careful", SL_OPT_BOOL, offsetof(struct options, careful), "yes", "", 0, 0,
	NULL},
    {NULL},
};

static const struct sl_timeout timeouts[] = {
    {"wrong-timeout", WRONG_DEFAULT_MS, "test"},
    {NULL},
};

static enum sl_key
wrong_key(
    const struct sl_pkt_view *pkt, struct sl_tuple *tuple, uint8_t *reason)
{
	(void)pkt;
	(void)tuple;
	(void)reason;
	return SL_KEY_TUPLE;
}

#ifndef WRONG_NO_OPEN
/* Says what its options were when it was loaded. */
static enum sl_track_result
wrong_open(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    void *priv, struct sl_track_out *out)
{
	const struct options *o = ctx->options;

	(void)pkt;
	(void)priv;
	(void)out;
	return o && o->wait_ms == 90000 && o->depth == 7 && o->mode == 1 &&
		       o->careful
		   ? SL_TRACK_VALID
		   : SL_TRACK_INVALID;
}
#endif

static enum sl_track_result
wrong_update(const struct sl_track_ctx *ctx, const struct sl_pkt_view *pkt,
    enum sl_dir dir, void *priv, struct sl_track_out *out)
{
	(void)ctx;
	(void)pkt;
	(void)dir;
	(void)priv;
	out->timeout = 99; /* no such row: the engine must notice */
	return SL_TRACK_VALID;
}

static const struct sl_tracker_ops ops = {
#ifdef WRONG_TRACKER_SIZE
    .size = WRONG_TRACKER_SIZE,
#else
    .size = sizeof(struct sl_tracker_ops),
#endif
    .l4proto = WRONG_PROTOCOL,
    .families = WRONG_FAMILIES,
    .priv_size = WRONG_PRIV,
    .name = WRONG_TRACKER_NAME,
    .layout = {.csum_off = WRONG_CSUM_OFF, WRONG_LAYOUT},
    .timeouts = timeouts,
    .key = wrong_key,
    .open = WRONG_OPEN,
    .update = wrong_update,
#ifdef WRONG_PRIV_VERSION
    .priv_version = WRONG_PRIV_VERSION,
#endif
};

static const struct sl_tracker_ops *const trackers[] = WRONG_TRACKERS;

#ifdef WRONG_CHECK
static int
check_options(const void *block, char *why, uint32_t why_size)
{
	static const char text[] = "two options contradict each other";

	(void)block;
	for (uint32_t i = 0; i < sizeof(text) && i < why_size; i++)
		why[i] = text[i];
	return -22;
}
#endif

static const struct sl_plugin plugin = {SL_PLUGIN_FACTS, .name = WRONG_NAME,
    .version = "1.0", .summary = "wrong on purpose", .options = options,
    .option_size = sizeof(struct options), .trackers = trackers,
#ifdef WRONG_CHECK
    .check_options = check_options,
#endif
#ifdef WRONG_FACT
    WRONG_FACT
#endif
};

#ifndef WRONG_SYMBOL
SL_PLUGIN(plugin)
#else
SL_EXPORT const struct sl_plugin *WRONG_SYMBOL(void);
const struct sl_plugin *
WRONG_SYMBOL(void)
{
	return &plugin;
}
#endif

/* What the file itself may not have. */
#if defined(WRONG_CONSTRUCTOR)
__attribute__((constructor)) static void
begin(void)
{
	__asm__ volatile(""); /* an empty one is left out */
}
#elif defined(WRONG_DESTRUCTOR)
__attribute__((destructor)) static void
end(void)
{
	__asm__ volatile("");
}
#elif defined(WRONG_DATA)
__attribute__((used)) static int state[2] = {1, 2};
#elif defined(WRONG_BSS)
__attribute__((used)) static int state[2];
#elif defined(WRONG_THREAD)
__attribute__((used)) static __thread int state = 1;
#elif defined(WRONG_EXPORT)
SL_EXPORT int wrong_export(void);
int
wrong_export(void)
{
	return 1;
}
#elif defined(WRONG_IMPORT)
extern void *malloc(size_t size);
__attribute__((used)) static void *
take(void)
{
	return malloc(1);
}
#endif
