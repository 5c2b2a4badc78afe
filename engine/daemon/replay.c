/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running on captures: one thread, virtual time, no privilege.  Frames arrive when
 * their captures say, commands run when the command line says, and the clock jumps
 * from one to the next; a second run gives the same bytes.
 */
#include <daemon/router.h>

#include <daemon/config.h>

#include <base/control.h>
#include <base/log.h>
#include <io/pcap.h>
#include <menu/engine_menus.h>
#include <menu/address_list.h>
#include <mirror/static.h>
#include <path/worker.h>
#include <plugin/reload.h>
#include <script/session.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct replay {
	struct sl_router *router;
	struct sl_dev *devs[SL_OPTION_FILES_MAX];
	struct sl_session *session;
	struct sl_out out;
	unsigned next_at; /* of options->at */
	int status;
};

static int
open_devices(struct replay *p, struct sl_err *err)
{
	const struct sl_options *o = p->router->options;

	for (unsigned i = 0; i < o->n_files; i++) {
		const struct sl_option_file *f = &o->files[i];
		struct sl_port *port = sl_port_by_name(f->port);

		p->devs[i] = sl_pcap_open(f->replay, f->record, err);
		if (!p->devs[i])
			return err->code;
		if (f->host)
			sl_port_set_host(port, p->devs[i]);
		else
			sl_port_set_wire(port, p->devs[i]);
	}
	/* What is for the host goes nowhere unless a capture was asked for. */
	for (uint16_t i = 0; i < sl_port_count(); i++) {
		struct sl_port *port = sl_port_by_number(i);
		struct sl_dev *sink;

		if (sl_rcu_own(&port->host))
			continue;
		sink = sl_pcap_open(NULL, NULL, err);
		if (!sink)
			return err->code;
		sl_port_set_host(port, sink);
	}
	sl_pcap_align(p->devs, o->n_files);
	return 0;
}

/* Virtual time of the next frame; false: there are no more. */
static bool
next_frame(struct replay *p, uint64_t *ns)
{
	bool any = false;
	uint64_t t;

	*ns = 0;
	for (unsigned i = 0; i < p->router->options->n_files; i++) {
		if (sl_pcap_next_ns(p->devs[i], &t) && (!any || t < *ns)) {
			*ns = t;
			any = true;
		}
	}
	return any;
}

/* Virtual time of the next frame or command; false when all is done. */
static bool
next_event(struct replay *p, uint64_t *ns)
{
	const struct sl_options *o = p->router->options;
	bool any = next_frame(p, ns);
	uint64_t t;

	if (p->next_at < o->n_at) {
		t = SL_PCAP_START_NS + o->at[p->next_at].at_ns;
		if (!any || t < *ns)
			*ns = t;
		any = true;
	}
	return any;
}

static void
run_packets(struct replay *p)
{
	struct sl_worker *w = p->router->engine->worker[0];

	sl_clock_sync_zone();
	sl_rcu_online();
	while (sl_worker_step(w))
		sl_rcu_quiescent();
	sl_rcu_offline();
	sl_address_list_tick(p->router->model, NULL);
	sl_plugins_tick(p->router->engine->table, sl_now_ns());
	sl_log_drain();
}

/* A command waits: virtual time goes on, and frames with it.  Without frames
 * nothing would ever end the wait. */
static int
wait_virtual(struct sl_out *out, uint64_t ns)
{
	struct replay *p = sl_container_of(out, struct replay, out);
	uint64_t until = sl_now_ns() + ns, t;
	bool more = next_frame(p, &t);

	while (next_frame(p, &t) && t <= until) {
		sl_clock_set(SL_MAX(t, sl_now_ns()));
		run_packets(p);
	}
	sl_clock_set(until);
	return more ? 0 : -ECANCELED;
}

static void
run_commands(struct replay *p)
{
	const struct sl_options *o = p->router->options;

	while (p->next_at < o->n_at &&
	       SL_PCAP_START_NS + o->at[p->next_at].at_ns <= sl_now_ns()) {
		const char *command = o->at[p->next_at++].command;
		struct sl_err err = {0};

		if (!sl_session_run(
			p->session, command, strlen(command), NULL, &err))
			continue;
		printf("%s\n", err.text);
		p->status = 1;
	}
}

static int
flush_records(struct replay *p, struct sl_err *err)
{
	for (unsigned i = 0; i < p->router->options->n_files; i++)
		if (!sl_pcap_flush_record(p->devs[i], err))
			return err->code;
	return 0;
}

static int
write_stdout(struct sl_out *out, const char *bytes, size_t n)
{
	(void)out;
	return fwrite(bytes, 1, n, stdout) == n ? 0 : -EIO;
}

static int
run(struct replay *p, struct sl_err *err)
{
	uint64_t ns;
	int rc;

	if ((rc = open_devices(p, err)))
		return rc;
	p->session = sl_session_new(p->router->model, &p->out, err);
	if (!p->session)
		return err->code;
	while (next_event(p, &ns)) {
		sl_clock_set(SL_MAX(ns, sl_now_ns()));
		run_packets(p);
		run_commands(p);
	}
	return flush_records(p, err);
}

int
sl_router_run_replay(struct sl_router *r)
{
	struct replay p = {
	    .router = r, .out.write = write_stdout, .out.wait = wait_virtual};
	struct sl_err err = {0};

	sl_mirror_backend = &sl_static_backend;
	sl_static_neighbors(true);
	if (sl_config_load(r->model, r->options->config, false))
		return 1;
	sl_menu_kernel_changed(r->model);
	if (run(&p, &err)) {
		fprintf(stderr, "sluiced: %s\n", err.text);
		p.status = 1;
	}
	sl_session_free(p.session);
	sl_out_fini(&p.out);
	return p.status;
}
