/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A protocol helper: what the engine must know of one application protocol that
 * names addresses and ports in its payload, so that the connections it announces
 * pass the filter as "related" and follow the translation of the one that
 * announced them.
 *
 * A helper reads payload and asks for two things: expect() a connection, and
 * replace() bytes.  Everything dangerous (order of a TCP stream, bounds, limits,
 * policy, ports, checksums, sequence numbers) is the engine's.
 *
 * Threads: data() is called by the worker that owns the connection.  It may not
 * block, allocate, or keep a pointer past its return.  What it must remember of
 * the connection is 'priv' and nothing else.
 *
 * Words.  The *master* is the connection that data() is called for.  The *opener*
 * of an expected connection is the side of the master that sends its first
 * packet: SL_ORIG, who opened the master, or SL_REPLY, who answers there.
 */
#ifndef SLUICE_HELPER_H
#define SLUICE_HELPER_H

#include <sluice/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SL_HELP_PRIV_MAX     256   /* bytes of priv */
#define SL_HELP_HOLD_MAX     16384 /* ops->hold_max at most */
#define SL_HELP_PORTS_MAX    8	   /* rows of ops->ports */
#define SL_HELP_CLASSES_MAX  8	   /* rows of ops->classes */
#define SL_HELP_COUNTERS_MAX 32	   /* rows of ops->counters */
#define SL_HELP_EDITS_MAX    64	   /* replacements in one call */
#define SL_HELP_REPLACE_MAX  512   /* bytes of one replacement */

struct sl_call;
struct sl_call_state; /* the engine's */

/* What data() decided about the bytes it was shown. */
enum sl_help {
	SL_HELP_PASS,  /* they may go, as replaced */
	SL_HELP_DROP,  /* the packet is dropped, and what this call asked for is
			* undone; a TCP sender will try again */
	SL_HELP_DETACH /* they may go, as replaced, and data() is not called for
			* this connection again */
};

enum sl_helper_flags {
	/* TCP: payload comes as a stream, each byte once and in order. */
	SL_HELP_STREAM = 1 << 0,
	/* Off until the configuration says disabled=no. */
	SL_HELP_DEFAULT_OFF = 1 << 1
};

/* Connections the helper is attached to, unless configured otherwise. */
struct sl_port_match {
	uint8_t l4proto; /* IPPROTO_TCP or IPPROTO_UDP; 0 ends the table */
	uint8_t reserved;
	uint16_t port; /* of the server, host order */
};

/* A kind of expected connection. */
struct sl_expect_class {
	const char *name;    /* "data"; NULL ends the table */
	uint32_t max;	     /* per master; the engine refuses more */
	uint32_t timeout_ms; /* until it is opened */
};

struct sl_helper_ops {
	uint32_t size;	/* sizeof(struct sl_helper_ops) as built */
	uint32_t flags; /* enum sl_helper_flags */
	const char *name;
	const struct sl_port_match *ports; /* may be NULL: only attached to
						* what another one expects */
	const struct sl_expect_class
	    *classes;		     /* may be NULL: expects nothing */
	const char *const *counters; /* NULL-ended names; NULL */
	uint16_t priv_size; /* <= SL_HELP_PRIV_MAX; zeroed at the start */
	/* Raise it when priv gets another meaning: after a reload, connections
	 * go on with the new plugin only if size and version are the same. */
	uint16_t priv_version;
	uint16_t hold_max; /* stream: bytes of an incomplete message */
	uint8_t families;  /* bit 0: IPv4, bit 1: IPv6 */
	uint8_t reserved;

	enum sl_help (*data)(const struct sl_call *call);
};

enum sl_call_flags {
	/* Stream: bytes before these went by unseen (a message longer than
	 * hold_max, or a connection picked up in its middle).  Find the start
	 * of a message before believing anything. */
	SL_CALL_CUT = 1 << 0,
	/* Stream: nothing follows.  What is not used passes as it is. */
	SL_CALL_LAST = 1 << 1
};

/* One call of data(); dies when it returns. */
struct sl_call {
	uint32_t size; /* sizeof(struct sl_call) as the engine has it */
	uint8_t dir;   /* enum sl_dir of the payload */
	uint8_t flags; /* enum sl_call_flags */
	uint8_t l4proto, family;
	/* A datagram, or the stream from the first byte not used so far.  The
	 * bytes as their sender wrote them. */
	struct sl_span payload;
	/* Stream: bytes the helper is done with; payload.len when the call
	 * begins.  Set it lower and the engine holds the rest back: the next
	 * call shows them again, at once if anything was used, else with what
	 * follows.  (The sender sees them
	 * acknowledged; the receiver gets them with the rest of the message.)
	 * So no part of an address leaves before all of it was seen. */
	uint32_t *used;
	uint64_t stream_off; /* bytes of this direction used before these */
	/* Tuples of the master by direction, each as packets of that direction
	 * arrive at the router.  In payload of direction d the sender's own
	 * address is tuples[d].src; the receiver knows it as tuples[!d].dst. */
	const struct sl_tuple *tuples;
	const void *options; /* the plugin's option struct, or NULL */
	void *priv;	     /* ops->priv_size bytes, 8-byte aligned */
	uint64_t now_ns;
	const struct sl_host *host;
	struct sl_call_state *engine;
};

/* An address and an id of a transport protocol, both in network order. */
struct sl_endpoint {
	struct sl_addr addr;
	sl_be16 id; /* port, or GRE call id */
	uint16_t reserved[3];
};

enum sl_expect_flags {
	/* Who may open it is in 'from'; else only the opener's address in the
	 * master. */
	SL_EXPECT_FROM = 1 << 0,
	/* It stays until its time is over, however many it has let in. */
	SL_EXPECT_KEEP = 1 << 1,
	/* What it lets in ends with the master, or with withdraw(). */
	SL_EXPECT_TIED = 1 << 2,
	/* 'at' may be another host than the one who says so.  Only by
	 * configuration ("loose"). */
	SL_EXPECT_THIRD_PARTY = 1 << 3,
	/* 'at' may be an id below 1024; never 0, which no port is, but a GRE
	 * call may be (SL_L4_RECEIVER_ID). */
	SL_EXPECT_PRIVILEGED = 1 << 4,
	/* If the id must change, then to an even one. */
	SL_EXPECT_EVEN = 1 << 5
};

struct sl_expect {
	uint32_t size; /* sizeof(struct sl_expect) as built */
	uint8_t class_no;
	uint8_t l4proto;
	uint8_t flags;	/* enum sl_expect_flags */
	uint8_t opener; /* enum sl_dir: the side of the master that opens it */
	uint8_t ids;	/* that many in a row from at.id (RTP and RTCP: 2); 0
			 * means 1 */
	uint8_t from_prefix; /* SL_EXPECT_FROM: bits of 'from' that count */
	/* Not 0: what withdraw() names it by.  With GRE, whose packets carry the
	 * receiver's call id only, it is wanted: two of equal 'pair' and
	 * different opener are the directions of one connection, whoever
	 * begins.  With ports that shows by itself: the packet that opens one
	 * comes from where the other leads. */
	uint16_t pair;
	uint32_t timeout_ms;   /* 0: that of its class */
	struct sl_endpoint at; /* where it goes, as the payload says */
	struct sl_addr from;   /* SL_EXPECT_FROM */
	const char *helper;    /* to attach to what it lets in; NULL */
};

/* Services of the engine.  Errors are negative errno. */
struct sl_host {
	uint32_t size;

	/*
	 * Expects a connection to e->at.  It will follow the translation of
	 * the master, and *seen is where the opener must be told to go: equal
	 * to e->at where nothing is translated.  Of 'ids' in a row, all move
	 * together.  Asked again for the same, it renews.
	 *
	 * An 'at' that is the sender's own address *and* id in the master
	 * (tuples[!opener].src, .src_id) is reached where the other side
	 * knows the master by (tuples[opener].dst, .dst_id): a protocol whose
	 * answer comes from another port, as TFTP.
	 *
	 * -EACCES: policy (another host's address, an address nobody may be
	 *   sent to, a privileged port);  -ENOBUFS: too many of this class or
	 *   in all;  -EADDRINUSE: no id left;  -EINVAL: nonsense.
	 * Nothing is expected then, and *seen is untouched.
	 */
	int (*expect)(const struct sl_call *call, const struct sl_expect *e,
	    struct sl_endpoint *seen);

	/*
	 * Puts 'n' bytes in the place of call->payload[off .. off+len).
	 * Offsets are always those of call->payload, whatever was replaced
	 * before; ranges may not overlap.  They take effect when data() passes.
	 *
	 * -ERANGE: outside the payload or the part used, or overlapping;
	 * -ENOBUFS: more than the engine can undo;  -EMSGSIZE: the packet
	 *   would be too large.  Return SL_HELP_DROP after an error.
	 */
	int (*replace)(const struct sl_call *call, uint32_t off, uint32_t len,
	    const void *bytes, uint32_t n);

	/* Ends what was expected with that 'pair' and has not come yet, and the
	 * connections it let in if it was SL_EXPECT_TIED. */
	void (*withdraw)(const struct sl_call *call, uint16_t pair);

	/* Keeps the master for at least 'ms' from now, packets or not. */
	void (*keep)(const struct sl_call *call, uint32_t ms);

	/* Adds one to a row of ops->counters. */
	void (*count)(const struct sl_call *call, uint32_t counter);

	/*
	 * If the master goes to the broadcast address of a network of this
	 * router: that network, for sl_expect.from.  -ENOENT: it goes to
	 * somebody.
	 */
	int (*subnet)(
	    const struct sl_call *call, struct sl_addr *net, uint8_t *prefix);
};

static inline int
sl_expect(const struct sl_call *call, const struct sl_expect *e,
    struct sl_endpoint *seen)
{
	return call->host->expect(call, e, seen);
}

static inline int
sl_replace(const struct sl_call *call, uint32_t off, uint32_t len,
    const void *bytes, uint32_t n)
{
	return call->host->replace(call, off, len, bytes, n);
}

static inline void
sl_helper_count(const struct sl_call *call, uint32_t counter)
{
	call->host->count(call, counter);
}

#ifdef __cplusplus
}
#endif
#endif
