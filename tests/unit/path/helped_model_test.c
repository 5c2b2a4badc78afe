/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A helper edits two streams while the network between their ends and the router
 * loses, repeats, reorders and cuts what it carries.  The model is as plain as can
 * be: what is to arrive is computed from the whole streams before anything is sent.
 */
#include "talk.h"

#include <inttypes.h>

#define RUNS	   60
#define STEPS_MAX  60000
#define ON_WAY_MAX 64
#define LINE_MAX_  120

static uint64_t seed;

static uint32_t
draw(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % n;
}

/* What becomes of a line. */
struct op {
	uint32_t off, len;
	const char *by;
};

static unsigned
edits_of(const uint8_t *line, uint32_t n, struct op op[2])
{
	switch (line[0] % 9) {
	case 0:
		op[0] = (struct op){1, 3, "<GROWN:9>"};
		return 1;
	case 1:
		op[0] = (struct op){0, 2, ""};
		return 1;
	case 2:
		op[0] = (struct op){0, 0, "INS"};
		return 1;
	case 3:
		op[0] = (struct op){n - 1, 0, " tail"};
		return 1;
	case 4: /* an insertion that touches a replacement */
		op[0] = (struct op){2, 5, "ab"};
		op[1] = (struct op){7, 0, "+"};
		return 2;
	case 5:
		op[0] =
		    (struct op){0, n, "another line altogether, and longer\n"};
		return 1;
	case 6:
		op[0] = (struct op){0, n, ""};
		return 1;
	default:
		return 0;
	}
}

static uint32_t
edit_line(const uint8_t *line, uint32_t n, uint8_t *out)
{
	struct op op[2];
	unsigned k = edits_of(line, n, op);
	uint32_t at = 0, len = 0;

	for (unsigned i = 0; i < k; i++) {
		memcpy(out + len, line + at, op[i].off - at);
		len += op[i].off - at;
		memcpy(out + len, op[i].by, strlen(op[i].by));
		len += (uint32_t)strlen(op[i].by);
		at = op[i].off + op[i].len;
	}
	memcpy(out + len, line + at, n - at);
	return len + n - at;
}

/* The conversation: one end a direction. */
static struct end ends[SL_DIRS];
static uint8_t plain[SL_DIRS][TALK_MAX], edited[SL_DIRS][TALK_MAX];
static uint64_t shown[SL_DIRS]; /* how much the helper has used */
static unsigned stubborn;	/* one call in so many is refused; 0: none */

static enum sl_help
edit(const struct sl_call *call, uint32_t off, uint32_t n)
{
	struct op op[2];
	unsigned k = edits_of(call->payload.data + off, n, op);

	/* Not in order. */
	while (k--)
		if (sl_replace(call, off + op[k].off, op[k].len, op[k].by,
			(uint32_t)strlen(op[k].by)))
			return SL_HELP_DROP;
	return SL_HELP_PASS;
}

/* Each byte is shown once and in order; whole lines are used. */
static enum sl_help
see_lines(const struct sl_call *call)
{
	const uint8_t *p = call->payload.data, *nl;
	uint32_t n = call->payload.len, off = 0;
	uint64_t *counted = call->priv;

	assert_int_equal(call->stream_off, shown[call->dir]);
	assert_true(call->stream_off + n <= ends[call->dir].len);
	assert_memory_equal(p, plain[call->dir] + call->stream_off, n);
	assert_false(call->flags & SL_CALL_CUT);
	/* What a refused call remembered is forgotten. */
	assert_int_equal(counted[call->dir], shown[call->dir]);
	counted[call->dir] = 12345;
	while (off < n && (nl = memchr(p + off, '\n', n - off))) {
		uint32_t len = (uint32_t)(nl + 1 - (p + off));

		if (edit(call, off, len) != SL_HELP_PASS)
			return SL_HELP_DROP;
		off += len;
	}
	if (stubborn && draw(stubborn) == 0)
		return SL_HELP_DROP;
	*call->used = off;
	if (call->flags & SL_CALL_LAST)
		assert_int_equal(call->stream_off + n, ends[call->dir].len);
	shown[call->dir] += off;
	counted[call->dir] = shown[call->dir];
	return SL_HELP_PASS;
}

static const struct sl_port_match ports[] = {{IPPROTO_TCP, 0, TALK_PORT}, {0}};
static const struct sl_helper_ops lines = {.size = sizeof(lines),
    .flags = SL_HELP_STREAM,
    .name = "lines",
    .ports = ports,
    .priv_size = 16,
    .hold_max = 4096,
    .families = 3,
    .data = see_lines};

static void
write_stream(struct end *from, struct end *to, unsigned dir)
{
	uint32_t n = 0, len = 0, total = 3000 + draw(9000);

	while (n < total) {
		uint32_t line = 12 + draw(LINE_MAX_ - 12);

		for (uint32_t i = 0; i + 1 < line; i++)
			plain[dir][n + i] = (uint8_t)('a' + draw(26));
		plain[dir][n + line - 1] = '\n';
		len += edit_line(plain[dir] + n, line, edited[dir] + len);
		n += line;
	}
	/* The last line may be without an end. */
	if (draw(2)) {
		uint32_t rest = 1 + draw(30);

		memset(plain[dir] + n, 'z', rest);
		memset(edited[dir] + len, 'z', rest);
		n += rest;
		len += rest;
	}
	from->plain = plain[dir];
	from->len = n;
	to->want = edited[dir];
	to->want_len = len;
}

/* Frames between an end and the router. */
struct way {
	struct wire_frame *frames[ON_WAY_MAX];
	unsigned n;
};

static struct way up[SL_DIRS], down[SL_DIRS];

static void
put(struct way *way, const struct wire_frame *f)
{
	struct wire_frame *copy;

	if (way->n == ON_WAY_MAX)
		return; // lost
	copy = malloc(sizeof(*copy));
	memcpy(copy, f, sizeof(*copy));
	way->frames[way->n++] = copy;
}

/* One of the first few; it may be lost, or come again later. */
static struct wire_frame *
take(struct way *way)
{
	unsigned i;
	struct wire_frame *f;

	if (!way->n)
		return NULL;
	i = draw(SL_MIN(way->n, 4u));
	f = way->frames[i];
	memmove(
	    &way->frames[i], &way->frames[i + 1], (--way->n - i) * sizeof(f));
	if (draw(10) == 0)
		put(way, f);
	if (draw(10) != 0)
		return f;
	free(f);
	return NULL;
}

static void
send_range(unsigned i, uint32_t at, uint32_t len, uint8_t flags)
{
	struct end *e = &ends[i];
	struct say s = {.at = at,
	    .len = len,
	    .flags = ACK | flags,
	    .partial = draw(3) == 0};
	struct wire_frame f;

	if (len > 700)
		s.gso = 500;
	if (at + len == e->len && (e->nxt > e->len || draw(2)))
		s.flags |= FIN;
	if (at + len + !!(s.flags & FIN) > e->nxt)
		e->nxt = at + len + !!(s.flags & FIN);
	make_segment(e, &s, &f);
	put(&up[i], &f);
}

static uint32_t
draw_len(void)
{
	switch (draw(6)) {
	case 0:
		return 1;
	case 1:
		return 1 + draw(1600);
	default:
		return 1 + draw(150);
	}
}

static void
send_more(unsigned i)
{
	struct end *e = &ends[i];
	uint32_t n = draw_len();

	if (e->nxt - e->una > 8000 || e->nxt > e->len)
		return;
	send_range(i, e->nxt, SL_MIN(n, e->len - e->nxt), PSH);
}

/* From 'at' on what is missing, in pieces that need not be those of the first
 * time.  Where it ended. */
static uint32_t
send_piece_again(unsigned i, uint32_t at)
{
	struct end *e = &ends[i];
	uint32_t n = 0, max = draw_len();

	while (at < e->len && at < e->nxt && e->sacked[at])
		at++;
	if (at >= e->nxt)
		return at;
	while (n < max && at + n < SL_MIN(e->nxt, e->len) && !e->sacked[at + n])
		n++;
	send_range(i, at, n, 0);
	return at + n;
}

static void
send_again(unsigned i)
{
	uint32_t at = ends[i].una;

	for (uint32_t n = 1 + draw(8); n; n--)
		at = send_piece_again(i, at);
}

static void
to_router(unsigned i)
{
	struct wire_frame *f = take(&up[i]), out;

	if (!f)
		return;
	inject(ends[i].port, f);
	free(f);
	for (unsigned k = 0; k < 2; k++)
		while (collect(ends[k].port, &out))
			put(&down[k], &out);
}

static void
to_end(unsigned i)
{
	struct wire_frame *f = take(&down[i]);

	if (!f)
		return;
	hear(&ends[i], f);
	free(f);
	if (draw(2)) // an acknowledgement of its own
		send_range(i,
		    ends[i].nxt > ends[i].len ? ends[i].len + 1 : ends[i].nxt,
		    0, 0);
}

static bool
is_done(void)
{
	for (unsigned i = 0; i < 2; i++)
		if (ends[i].una != ends[i].len + 1 ||
		    ends[i].rcv != ends[i].want_len + 1)
			return false;
	return true;
}

static void
step(void)
{
	unsigned i = draw(2);

	switch (draw(10)) {
	case 0:
		for (uint32_t n = 1 + draw(8); n; n--)
			send_more(i);
		break;
	case 1:
	case 2:
		send_again(i);
		break;
	case 3:
	case 4:
	case 5:
		for (uint32_t n = 1 + draw(4); n; n--)
			to_router(i);
		break;
	default:
		to_end(i);
	}
}

static void
forget_ways(void)
{
	for (unsigned i = 0; i < 2; i++) {
		while (up[i].n)
			free(up[i].frames[--up[i].n]);
		while (down[i].n)
			free(down[i].frames[--down[i].n]);
	}
}

static void
open_talk(unsigned run)
{
	seed = 0x9e3779b97f4a7c15ull * (run + 1);
	memset(ends, 0, sizeof(ends));
	memset(shown, 0, sizeof(shown));
	meet(&ends[0], &ends[1], run & 1);
	ends[0].own_id = (uint16_t)(30000 + run);
	for (unsigned i = 0; i < 2; i++) {
		/* Streams that cross the end of the numbers. */
		ends[i].isn = run % 3 ? draw(UINT32_MAX) : 0u - draw(6000);
		ends[i].stamps = run & 2;
		ends[i].sack = run & 4;
		write_stream(&ends[i], &ends[!i], i);
	}
	stubborn = run % 5 == 4 ? 20 : 0;
	shake_hands(&ends[0], &ends[1]);
	if (ends[1].family == SL_IPV4)
		assert_int_not_equal(ends[1].peer.u.b[0], 192);
}

static void
streams_arrive_as_edited(void **state)
{
	uint64_t invalid = count_invalid();

	(void)state;
	for (unsigned run = 0; run < RUNS; run++) {
		uint32_t steps = 0;

		open_talk(run);
		while (!is_done() && steps++ < STEPS_MAX)
			step();
		forget_ways();
		if (!is_done())
			fail_msg("run %u: %u/%u and %u/%u of the streams", run,
			    ends[0].rcv, ends[0].want_len, ends[1].rcv,
			    ends[1].want_len);
		if (count_invalid() != invalid)
			fail_msg("run %u: %" PRIu64 " packets invalid", run,
			    count_invalid() - invalid);
	}
	/* All that it is about did happen. */
	assert_true(sl_counter_sum(SL_COUNTER_HELPER_ACKS) > 0);
	assert_true(drops(SL_DROP_HELPER) > 0);
	assert_true(drops(SL_DROP_HELPER_ORDER) > 0);
	assert_true(drops(SL_DROP_HELPER_HELD) > 0);
	assert_int_equal(sl_counter_sum(SL_COUNTER_HELPER_FULL), 0);
	assert_int_equal(sl_counter_sum(SL_COUNTER_HELPER_NONSENSE), 0);
}

/* IPv4 goes out masqueraded. */
static void
add_masquerade(void)
{
	static const uint64_t wan[SL_PORTS_MAX / 64] = {1ull << WAN};
	struct sl_specs specs;
	struct sl_rule_spec *s;

	sl_specs_init(&specs);
	s = add_rule(
	    &specs, SL_TABLE_NAT, SL_IPV4, "srcnat", SL_ACTION_TRANSLATE);
	s->nat =
	    (struct sl_nat_request){.side = SL_NAT_SRC, .masquerade = true};
	s->nat_port_address = true;
	memcpy(sl_spec_match(s, SL_MATCH_OUT_PORT)->ports, wan, sizeof(wan));
	publish(&specs);
	sl_specs_fini(&specs);
}

static int
open_router_with_lines(void **state)
{
	router1(state);
	load_helper(&lines);
	add_masquerade();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		streams_arrive_as_edited, open_router_with_lines, close_talk),
	};

	return run_group(tests, SL_COUNT_OF(tests));
}
