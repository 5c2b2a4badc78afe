/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plugins replaced under workers that use them.
 *
 * What it is.  Workers have thousands of sessions of a helper, which they begin,
 *   call, move to the next version and end as related/call.c does, and call a
 *   tracker in between; control writes other files over the plugins' and loads them
 *   again, unloads and loads, and unmaps what is unused.
 * What would show a mistake.
 *   - code that was unmapped is called: a crash;
 *   - a session goes on with another private layout than it was begun with;
 *   - in the end something is still mapped that nobody uses.
 * Who writes.  Worker i: its sessions and row i of 'use'.  Control: the rest.
 * Who reads.   Workers.
 * Ordering.    RCU.
 * Bounds.      ROUNDS reloads.
 */
#include <base/clock.h>
#include <base/hash.h>
#include <base/log.h>
#include <conn/table.h>
#include <plugin/loader.h>
#include <plugin/reload.h>
#include <related/helpers.h>
#include <track/trackers.h>

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WORKERS = 3,
	SESSIONS = 3000, /* a worker's */
	ROUNDS = 150,
	BATCH = 64,
	PORT = 2121,
	PROTOCOL = 253,
	MOVES = 8, /* rounds that give the tracker a new slot */
};

#define CHECK(cond)                                                            \
	do {                                                                   \
		if (!(cond)) {                                                 \
			fprintf(                                               \
			    stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			abort();                                               \
		}                                                              \
	} while (0)

struct session {
	struct sl_helper *helper;
	uint16_t layout;
};

struct worker {
	uint16_t id;
	uint32_t x;
	struct session sessions[SESSIONS];
	uint64_t calls;
};

static struct worker workers[WORKERS];
static SL_ATOMIC(bool) stopped;
static char base[64], helper_file[128], tracker_file[128];

static uint32_t
next_random(struct worker *w)
{
	w->x ^= w->x << 13;
	w->x ^= w->x >> 17;
	w->x ^= w->x << 5;
	return w->x;
}

static void
count(struct worker *w, struct sl_helper *h, uint64_t n)
{
	sl_bump_relaxed(&h->use[w->id].sessions, n);
}

static void
begin(struct worker *w, struct session *s)
{
	s->helper = sl_helpers_at_rcu(SL_IPV4, IPPROTO_TCP, PORT);
	if (!s->helper) /* unloaded just now */
		return;
	count(w, s->helper, 1);
	s->layout = s->helper->ops.priv_version;
}

static void
end(struct worker *w, struct session *s)
{
	if (s->helper)
		count(w, s->helper, (uint64_t)-1);
	s->helper = NULL;
}

static void
call(struct worker *w, struct session *s)
{
	struct sl_helper *next = sl_rcu_read(&s->helper->successor);

	if (next) {
		count(w, next, 1);
		count(w, s->helper, (uint64_t)-1);
		s->helper = next;
	}
	CHECK(s->helper->ops.priv_version == s->layout);
	CHECK(s->helper->ops.data(NULL) == SL_HELP_PASS);
	w->calls++;
}

static void
step(struct worker *w)
{
	struct session *s = &w->sessions[next_random(w) % SESSIONS];
	const struct sl_tracker *t =
	    sl_trackers_slot(sl_trackers_find(SL_IPV4, PROTOCOL));

	CHECK(t->ops.key(NULL, NULL, NULL) == SL_KEY_TUPLE);
	if (!s->helper)
		begin(w, s);
	else if (next_random(w) % 16 == 0)
		end(w, s);
	else
		call(w, s);
}

static void *
work(void *arg)
{
	struct worker *w = arg;

	sl_role_enter(SL_ROLE_WORKER, w->id, "worker");
	sl_rcu_register();
	sl_rcu_online();
	while (!sl_load_acquire(&stopped)) { /* pairs with main() */
		for (unsigned i = 0; i < BATCH; i++)
			step(w);
		sl_rcu_quiescent();
	}
	for (unsigned i = 0; i < SESSIONS; i++)
		end(w, &w->sessions[i]);
	sl_rcu_unregister();
	return NULL;
}

static void
copy(const char *from, const char *to)
{
	char path[512], bytes[4096];
	FILE *in, *out;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", WRONG_DIR, from);
	in = fopen(path, "rb");
	out = fopen(to, "wb");
	CHECK(in && out);
	while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0)
		CHECK(fwrite(bytes, 1, n, out) == n);
	fclose(in);
	fclose(out);
}

static void
make_folders(void)
{
	char folder[80];

	snprintf(base, sizeof(base), "/tmp/sluice-reload-XXXXXX");
	CHECK(mkdtemp(base));
	snprintf(folder, sizeof(folder), "%s/helpers", base);
	CHECK(!mkdir(folder, 0755));
	snprintf(helper_file, sizeof(helper_file), "%s/wrong.so", folder);
	snprintf(folder, sizeof(folder), "%s/trackers", base);
	CHECK(!mkdir(folder, 0755));
	snprintf(tracker_file, sizeof(tracker_file), "%s/other.so", folder);
	copy("both/helpers/helper.so", helper_file);
	copy("both/trackers/tracker.so", tracker_file);
}

static void
remove_folders(void)
{
	char folder[80];

	unlink(helper_file);
	unlink(tracker_file);
	snprintf(folder, sizeof(folder), "%s/helpers", base);
	rmdir(folder);
	snprintf(folder, sizeof(folder), "%s/trackers", base);
	rmdir(folder);
	rmdir(base);
}

/* Mostly the same layout, at times another; at times gone for a while. */
static void
reload_helper(unsigned round)
{
	struct sl_err err = {0};

	copy(round % 7 < 5 ? "both/helpers/helper.so"
			   : "version2/trackers/wrong.so",
	    helper_file);
	if (round % 11 == 0) {
		CHECK(sl_plugins_remove("wrong", &err) == 0);
		CHECK(sl_plugins_add(helper_file, NULL, &err) == 0);
	} else {
		CHECK(sl_plugins_reload("wrong", &err) == 0);
	}
}

static void
reload_tracker(unsigned round)
{
	struct sl_err err = {0};

	if (round % (ROUNDS / MOVES) == 0)
		copy(round / (ROUNDS / MOVES) % 2 ? "other2/trackers/tracker.so"
						  : "both/trackers/tracker.so",
		    tracker_file);
	CHECK(sl_plugins_reload("other", &err) == 0);
}

static unsigned
count_outgoing(void)
{
	struct sl_plugin_info info;
	unsigned n = 0;

	for (unsigned i = 0; sl_plugins_at(i, &info); i++)
		n += info.is_outgoing;
	return n;
}

int
main(void)
{
	struct sl_table *table;
	pthread_t threads[WORKERS];
	unsigned most = 0;

	sl_role_enter(SL_ROLE_MAIN | SL_ROLE_CONTROL, 0, "main");
	sl_log_set_stderr_level(SL_LOG_ERROR);
	sl_hash_init();
	sl_clock_use_virtual();
	sl_rcu_register();
	make_folders();
	table = sl_table_new(WORKERS, 1000, NULL);
	CHECK(table && sl_plugins_load(base, NULL) == 0);
	for (uint16_t i = 0; i < WORKERS; i++) {
		workers[i].id = i;
		workers[i].x = 2463534242u + i;
		CHECK(!pthread_create(&threads[i], NULL, work, &workers[i]));
	}
	for (unsigned round = 1; round <= ROUNDS; round++) {
		reload_helper(round);
		reload_tracker(round);
		sl_clock_set(sl_now_ns() + 20 * SL_NS_PER_SEC);
		sl_plugins_tick(table, sl_now_ns());
		most = SL_MAX(most, count_outgoing());
	}
	sl_store_release(&stopped, true);
	for (unsigned i = 0; i < WORKERS; i++) {
		pthread_join(threads[i], NULL);
		CHECK(workers[i].calls > 0);
	}
	sl_clock_set(sl_now_ns() + 20 * SL_NS_PER_SEC);
	for (unsigned i = 0; i < 8; i++)
		sl_plugins_tick(table, sl_now_ns());
	CHECK(count_outgoing() == 0);
	sl_rcu_drain();
	sl_table_free(table);
	sl_plugins_unload();
	remove_folders();
	sl_rcu_unregister();
	printf("%u reloads, at most %u outgoing\n", 2 * ROUNDS, most);
	return 0;
}
