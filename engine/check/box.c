/* SPDX-License-Identifier: Apache-2.0 */
#include <check/box.h>

#include <base/control.h>
#include <base/log.h>
#include <io/mem.h>
#include <menu/engine_menus.h>
#include <menu/registry.h>
#include <mirror/neigh.h>
#include <mirror/static.h>
#include <path/worker.h>
#include <plugin/loader.h>
#include <related/helpers.h>
#include <rule/live.h>
#include <rule/ruleset.h>
#include <script/session.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MTU	    1500
#define STEP_MS	    1000  /* time passes in steps of */
#define CONNECTIONS 65536 /* of all plays that are not yet timed out */

/* What stands behind a frame in memory, to see who writes there. */
#define FENCE	   64
#define FENCE_BYTE 0xa5

static const char config[] =
    "/ip address\n"
    "add address=192.168.88.1/24 interface=near\n"
    "add address=10.1.2.1/24 interface=near\n"
    "add address=172.16.0.1/24 interface=near\n"
    "add address=10.0.0.1/24 interface=far\n"
    "add address=198.51.100.1/24 interface=far\n"
    "add address=203.0.113.1/24 interface=far\n"
    "/ipv6 address\n"
    "add address=fd00:1::1/64 interface=near\n"
    "add address=2001:db8:1::1/64 interface=near\n"
    "add address=fd00:2::1/64 interface=far\n"
    "add address=2001:db8:2::1/64 interface=far\n"
    "/ip firewall nat\n"
    "add chain=srcnat src-address=192.168.88.0/24 action=src-nat "
    "to-addresses=203.0.113.7\n"
    "add chain=srcnat src-address=10.1.2.0/24 action=src-nat "
    "to-addresses=203.0.113.177\n"
    "add chain=dstnat dst-address=203.0.113.200 action=dst-nat "
    "to-addresses=10.0.0.5\n"
    "/ipv6 firewall nat\n"
    "add chain=srcnat src-address=fd00:1::/64 action=src-nat "
    "to-address=2001:db8:2::7:7/128\n"
    "add chain=dstnat dst-address=2001:db8:2::200/128 action=dst-nat "
    "to-address=fd00:2::5/128\n";

static const char filter[] =
    "add chain=forward connection-state=established,related action=accept\n"
    "add chain=forward connection-state=invalid action=drop\n"
    "add chain=forward in-interface=near protocol=%s dst-port=%u "
    "action=accept\n"
    "add chain=forward action=drop\n";

struct frame {
	uint8_t side;
	uint32_t len;
	struct sl_offload offload;
	uint8_t *bytes;
};

struct sl_box {
	struct sl_port *port[SL_DIRS]; /* by the side of who sends there */
	struct sl_dev *dev[SL_DIRS];
	struct sl_engine *engine;
	struct sl_model *model;
	struct sl_session *session;
	uint8_t *arrived;
	struct frame left[SL_BOX_LEFT];
	uint32_t n_left, taken;
};

static void
forget_left(struct sl_box *b)
{
	for (uint32_t i = 0; i < b->n_left; i++)
		free(b->left[i].bytes);
	b->n_left = 0;
	b->taken = 0;
}

static bool
keep(struct sl_box *b, uint8_t side, const struct sl_pkt *pkt)
{
	struct frame *f = &b->left[b->n_left];

	if (b->n_left == SL_BOX_LEFT)
		return false;
	*f = (struct frame){.side = side,
	    .len = pkt->len,
	    .offload = pkt->offload,
	    .bytes = malloc(pkt->len)};
	if (!f->bytes)
		return false;
	memcpy(f->bytes, pkt->data, pkt->len);
	b->n_left++;
	return true;
}

static bool
leaves_near(void *arg, uint16_t q, const struct sl_pkt *pkt)
{
	(void)q;
	return keep(arg, SL_ORIG, pkt);
}

static bool
leaves_far(void *arg, uint16_t q, const struct sl_pkt *pkt)
{
	(void)q;
	return keep(arg, SL_REPLY, pkt);
}

static int
add_port(struct sl_box *b, uint8_t side, struct sl_err *err)
{
	const char *name = side == SL_ORIG ? "near" : "far";
	struct sl_dev *host = sl_mem_open(1, err);

	b->port[side] = sl_port_add(name, name, err);
	b->dev[side] = sl_mem_open(1, err);
	if (!b->port[side] || !b->dev[side] || !host)
		return err->code;
	if (sl_static_add_port(b->port[side], MTU))
		return sl_err_sys(err, -ENOMEM, "port");
	sl_mem_set_sink(
	    b->dev[side], side == SL_ORIG ? leaves_near : leaves_far, b);
	sl_port_set_wire(b->port[side], b->dev[side]);
	sl_port_set_host(b->port[side], host);
	return 0;
}

int
sl_box_command(struct sl_box *b, const char *command, struct sl_err *err)
{
	return sl_session_run(b->session, command, strlen(command), NULL, err);
}

static int
load_config(struct sl_box *b, struct sl_err *err)
{
	struct sl_errors errors = {0};
	int rc;

	b->session = sl_session_new(b->model, NULL, err);
	if (!b->session)
		return err->code;
	rc = sl_session_load_text(
	    b->session, config, sizeof(config) - 1, "check", &errors);
	if (errors.n)
		*err = errors.list[0];
	sl_errors_fini(&errors);
	if (!rc)
		sl_menu_kernel_changed(b->model);
	return rc;
}

static int
make_router(struct sl_box *b, const char *plugin, struct sl_err *err)
{
	int rc;

	if ((rc = sl_neigh_init(err)) || (rc = sl_mirror_init(err)) ||
	    (rc = sl_mirror_add_worker(0, err)) ||
	    (rc = plugin ? sl_plugins_load_one(plugin, err)
			 : sl_plugins_load(NULL, err)) ||
	    (rc = add_port(b, SL_ORIG, err)) ||
	    (rc = add_port(b, SL_REPLY, err)))
		return rc;
	sl_static_neighbors(true);
	sl_live_set_workers(1);
	b->engine = sl_engine_new(1, CONNECTIONS, err);
	if (!b->engine)
		return err->code;
	b->model = sl_model_new(sl_menu_registry, b->engine, err);
	return b->model ? load_config(b, err) : err->code;
}

struct sl_box *
sl_box_open(const char *plugin, struct sl_err *err)
{
	struct sl_box *b = calloc(1, sizeof(*b));

	if (!b) {
		sl_err_sys(err, -ENOMEM, "router");
		return NULL;
	}
	sl_log_set_stderr_level(SL_LOG_NONE); // we say ourselves what is wrong
	sl_clock_use_virtual();
	sl_role_enter(SL_ROLE_MAIN | SL_ROLE_WORKER, 0, "check");
	sl_rcu_register();
	sl_clock_tick();
	sl_clock_sync_zone();
	sl_control_lock();
	sl_mirror_backend = &sl_static_backend;
	if (!make_router(b, plugin, err))
		return b;
	sl_box_close(b);
	return NULL;
}

void
sl_box_close(struct sl_box *b)
{
	sl_session_free(b->session);
	sl_model_free(b->model);
	sl_ruleset_clear();
	sl_ports_clear();
	sl_rcu_drain();
	sl_engine_free(b->engine);
	sl_rcu_drain();
	sl_plugins_unload();
	sl_mirror_fini();
	sl_neigh_fini();
	sl_control_unlock();
	sl_rcu_unregister();
	forget_left(b);
	free(b->arrived);
	free(b);
}

int
sl_box_allow(
    struct sl_box *b, uint8_t l4proto, uint16_t port, struct sl_err *err)
{
	static const char *const menus[] = {
	    "/ip firewall filter\n", "/ipv6 firewall filter\n"};
	char text[1024];
	int rc = 0;

	for (unsigned i = 0; i < SL_COUNT_OF(menus) && !rc; i++) {
		size_t n = (size_t)snprintf(
		    text, sizeof(text), "%sremove [find]\n", menus[i]);

		snprintf(text + n, sizeof(text) - n, filter,
		    l4proto == IPPROTO_TCP ? "tcp" : "udp", port);
		rc = sl_box_command(b, text, err);
	}
	return rc;
}

struct name {
	const char *own, *known;
};

static void
set_name(struct sl_words_names *names, uint8_t side, struct name name)
{
	int af = names->family == SL_IPV6 ? AF_INET6 : AF_INET;

	inet_pton(af, name.own, &names->own[side]);
	inet_pton(af, name.known, &names->known[side]);
}

void
sl_box_names(enum sl_box_way way, uint8_t family, uint32_t n,
    struct sl_words_names *names)
{
	static const struct name plain[2][2] = {
	    {{"172.16.0.9", "172.16.0.9"}, {"198.51.100.5", "198.51.100.5"}},
	    {{"2001:db8:1::9", "2001:db8:1::9"},
		{"2001:db8:2::5", "2001:db8:2::5"}},
	};
	/* The first becomes shorter, the second longer. */
	static const struct name hidden[2][2] = {
	    {{"192.168.88.10", "203.0.113.7"}, {"10.1.2.3", "203.0.113.177"}},
	    {{"fd00:1::1111:2222:3333:4444", "2001:db8:2::7:7"},
		{"fd00:1::3", "2001:db8:2::7:7"}},
	};
	static const struct name inside[2] = {
	    {"10.0.0.5", "203.0.113.200"},
	    {"fd00:2::5", "2001:db8:2::200"},
	};
	int six = family == SL_IPV6;
	bool src = way == SL_BOX_SRCNAT || way == SL_BOX_BOTH;
	bool dst = way == SL_BOX_DSTNAT || way == SL_BOX_BOTH;

	memset(names, 0, sizeof(*names));
	names->family = family;
	set_name(names, SL_ORIG, src ? hidden[six][n % 2] : plain[six][0]);
	set_name(names, SL_REPLY, dst ? inside[six] : plain[six][1]);
}

const char *
sl_box_way_name(enum sl_box_way way)
{
	static const char *const names[SL_BOX_WAYS] = {
	    [SL_BOX_PLAIN] = "without NAT",
	    [SL_BOX_SRCNAT] = "behind srcnat",
	    [SL_BOX_DSTNAT] = "behind dstnat",
	    [SL_BOX_BOTH] = "behind srcnat and dstnat",
	};

	return names[way];
}

void
sl_box_mac(const struct sl_box *b, uint8_t side, uint8_t mac[6])
{
	sl_port_mac(b->port[side], mac);
}

static void
run(struct sl_box *b)
{
	struct sl_worker *w = b->engine->worker[0];

	sl_rcu_online();
	while (sl_worker_step(w))
		sl_rcu_quiescent();
	sl_rcu_offline();
}

int
sl_box_arrive(struct sl_box *b, uint8_t side, const uint8_t *frame,
    uint32_t len, struct sl_err *err)
{
	struct sl_mem_frame mem = {.len = len, .room = len};

	forget_left(b);
	free(b->arrived);
	b->arrived = malloc(len + FENCE);
	if (!b->arrived)
		return sl_err_sys(err, -ENOMEM, "frame");
	mem.data = b->arrived;
	memcpy(b->arrived, frame, len);
	memset(b->arrived + len, FENCE_BYTE, FENCE);
	if (!sl_mem_offer(b->dev[side], 0, &mem))
		return sl_err_set(err, -ENOBUFS, "the port took no frame");
	run(b);
	for (uint32_t i = 0; i < FENCE; i++)
		if (b->arrived[len + i] != FENCE_BYTE)
			return sl_err_set(err, -EINVAL,
			    "byte %u behind a packet of %u bytes was written",
			    i, len);
	return 0;
}

bool
sl_box_left(struct sl_box *b, uint8_t *side, struct sl_pkt *frame)
{
	const struct frame *f = &b->left[b->taken];

	if (b->taken == b->n_left)
		return false;
	b->taken++;
	*side = f->side;
	*frame = (struct sl_pkt){.data = f->bytes,
	    .len = f->len,
	    .room = f->len,
	    .offload = f->offload};
	return true;
}

void
sl_box_wait(struct sl_box *b, uint64_t ms)
{
	while (ms) {
		uint64_t step = SL_MIN(ms, (uint64_t)STEP_MS);

		sl_clock_set(sl_now_ns() + step * SL_NS_PER_MS);
		run(b);
		ms -= step;
	}
}

static void
total(struct sl_helper_total *sum)
{
	*sum = (struct sl_helper_total){0};
	for (unsigned i = 1; i <= SL_HELPERS_MAX; i++) {
		struct sl_helper *h = sl_helpers_own((uint8_t)i);
		struct sl_helper_total t = {0};

		if (!h)
			continue;
		sl_helpers_total(h, &t);
		sum->expectations += t.expectations;
		sum->sessions += t.sessions;
	}
}

uint64_t
sl_box_expectations(const struct sl_box *b)
{
	struct sl_helper_total t;

	(void)b;
	total(&t);
	return t.expectations;
}

uint64_t
sl_box_sessions(const struct sl_box *b)
{
	struct sl_helper_total t;

	(void)b;
	total(&t);
	return t.sessions;
}
