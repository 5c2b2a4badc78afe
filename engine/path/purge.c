/* SPDX-License-Identifier: Apache-2.0 */
#include <path/purge.h>

#include <path/jobs.h>
#include <path/worker.h>

#include <mirror/state.h>
#include <nat/nat.h>

struct purge_job {
	struct sl_job job;
	struct sl_walk walk;
	uint16_t port;
	bool is_up;
};

static bool
run(struct sl_job *job, struct sl_worker *w)
{
	struct purge_job *p = sl_container_of(job, struct purge_job, job);

	return sl_nat_purge_step(
	    w->engine->table, w->id, p->port, p->is_up, &p->walk);
}

static bool
is_up(struct sl_port *port)
{
	return (sl_load_relaxed(&port->flags) & SL_PORT_UP) != 0;
}

static void
purge(struct sl_engine *engine, struct sl_port *port)
{
	for (uint16_t i = 0; i < engine->workers; i++) {
		struct purge_job p = {
		    .job.run = run, .port = port->number, .is_up = is_up(port)};

		sl_job_call(engine, i, &p.job);
	}
}

/* Order does not matter, what is there does; never 0 with an address. */
static uint64_t
digest(struct sl_port *port)
{
	uint64_t sum = 0;

	if (!is_up(port))
		return 0;
	for (uint32_t i = 0; i < sl_mirror_state.n_addrs; i++) {
		const struct sl_ifaddr *a = &sl_mirror_state.addrs[i];

		if (sl_port_by_ifindex(a->ifindex) == port)
			sum += sl_hash_words(a->addr.u.q, 2) | 1;
	}
	return sum;
}

void
sl_purge_look(struct sl_purge *p, struct sl_engine *engine)
{
	for (uint16_t i = 0; i < sl_port_count(); i++) {
		struct sl_port *port = sl_port_by_number(i);
		uint64_t now = digest(port);

		if (p->seen[i] && p->seen[i] != now)
			purge(engine, port);
		p->seen[i] = now;
	}
}
