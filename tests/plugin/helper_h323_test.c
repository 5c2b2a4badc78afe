/* SPDX-License-Identifier: Apache-2.0 */
/* H.323: a call, its control channel, a registration; and broken ones. */
#include "conversation.h"
#include "h323_messages.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define CONTROL "count control-channels\n"
#define MEDIA	"count media-channels\n"

#define EXPECT_CONTROL(opener, at, seen)                                       \
	"expect control tcp " opener " " at " seen " seen                      \
	" helper h323\n" CONTROL
#define EXPECT_MEDIA(opener, at, seen)                                         \
	"expect media udp " opener " " at " seen " seen " x2 even\n" MEDIA

#define IN_MEDIA                                                               \
	EXPECT_MEDIA("reply", "192.168.88.10:5000", "192.168.88.10:5000")
#define OUT_MEDIA                                                              \
	EXPECT_MEDIA("reply", "192.168.88.10:5000", "203.0.113.1:7000")

static struct conversation
plain(const struct conversation_turn *turns)
{
	return (struct conversation){
	    .helper = "h323",
	    .l4proto = IPPROTO_TCP,
	    .client = "192.168.88.10:40000",
	    .server = "198.51.100.2:1720",
	    .turns = turns,
	};
}

static struct conversation
behind(const struct conversation_turn *turns)
{
	return (struct conversation){
	    .helper = "h323",
	    .l4proto = IPPROTO_TCP,
	    .client = "192.168.88.10:40000",
	    .client_seen = "203.0.113.1:50000",
	    .server = "10.0.0.5:1720",
	    .server_seen = "203.0.113.5:1720",
	    .id_shift = 2000,
	    .turns = turns,
	};
}

static void
call_untranslated(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES(SETUP),
		.asks = EXPECT_CONTROL("reply", "192.168.88.10:4000",
		    "192.168.88.10:4000") IN_MEDIA IN_MEDIA IN_MEDIA},
	    {0},
	};
	struct conversation c = plain(turns);

	(void)state;
	conversation_play(&c);
}

static void
call_translated(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES(SETUP_DST), BYTES(SETUP_SEEN),
		.asks = EXPECT_CONTROL("reply", "192.168.88.10:4000",
		    "203.0.113.1:6000") OUT_MEDIA OUT_MEDIA OUT_MEDIA},
	    {SL_REPLY, BYTES(CONNECT), BYTES(CONNECT_SEEN),
		.asks = EXPECT_CONTROL(
		    "orig", "10.0.0.5:4000", "203.0.113.5:6000")
		    EXPECT_MEDIA("orig", "10.0.0.5:5000", "203.0.113.5:7000")},
	    {0},
	};
	struct conversation c = behind(turns);

	(void)state;
	conversation_play(&c);
}

static void
control_channel(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_REPLY, BYTES(MASTER_SLAVE)},
	    {SL_ORIG, BYTES(MASTER_SLAVE OPEN), BYTES(MASTER_SLAVE OPEN_SEEN),
		.asks = OUT_MEDIA},
	    {SL_ORIG, BYTES(ACK), BYTES(ACK_SEEN), .asks = OUT_MEDIA OUT_MEDIA},
	    {0},
	};
	struct conversation c = behind(turns);

	(void)state;
	conversation_play(&c);
}

static void
registration(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES(REGISTER), BYTES(REGISTER_SEEN),
		.asks = "expect call tcp reply 192.168.88.10:1720 seen "
			"203.0.113.1:3720 keep helper h323\n"
			"count callable-hosts\nkeep 3600000\n"
			"expect ras udp reply 192.168.88.10:40000 seen "
			"203.0.113.1:50000 keep helper h323\n"
			"count callable-hosts\nkeep 3600000\n"},
	    {SL_REPLY, BYTES(ADMITTED),
		.asks = "expect call tcp orig 198.51.100.2:1720 seen "
			"198.51.100.2:1720 keep helper h323\n"
			"count callable-hosts\nkeep 3600000\n"},
	    {SL_REPLY, BYTES(ADMITTED_OTHER)},
	    {SL_ORIG, BYTES("\x0f"), .asks = "count malformed-messages\n"},
	    {0},
	};

	(void)state;
	conversation_play_whole(&(struct conversation){
	    .helper = "h323",
	    .l4proto = IPPROTO_UDP,
	    .client = "192.168.88.10:40000",
	    .client_seen = "203.0.113.1:50000",
	    .server = "198.51.100.2:1719",
	    .id_shift = 2000,
	    .turns = turns,
	});
}

static void
six(void **state)
{
	static const struct conversation_turn turns[] = {
	    {SL_ORIG, BYTES(ACK_SIX),
		.asks = EXPECT_MEDIA("reply", "[2001:db8::10]:5000",
		    "[2001:db8::10]:5000") EXPECT_MEDIA("reply",
		    "[2001:db8::10]:5000", "[2001:db8::10]:5000")},
	    /* an address of the other family is nobody's here */
	    {SL_ORIG, BYTES(ACK)},
	    {0},
	};

	(void)state;
	conversation_play(&(struct conversation){
	    .helper = "h323",
	    .l4proto = IPPROTO_TCP,
	    .client = "[2001:db8::10]:40000",
	    .server = "[2001:db8:2::2]:1720",
	    .turns = turns,
	});
}

static void
left_alone(void **state)
{
#define REFUSED                                                                \
	"expect media udp reply 192.168.88.10:22 refused EACCES\n"             \
	"count refused-addresses\n"
#define BAD .asks = "count malformed-messages\n"
	static const struct conversation_turn turns[] = {
	    {SL_REPLY, BYTES(MASTER_SLAVE)},
	    {SL_ORIG, BYTES(ACK_OF_OTHER)},
	    {SL_REPLY, BYTES(ACK)}, /* from the other side */
	    {SL_ORIG, BYTES(ACK_PRIVILEGED), .asks = REFUSED REFUSED},
	    {SL_ORIG, BYTES("\3\0\0\4")},
	    {SL_ORIG, BYTES("\3\0\0\5\x03"), BAD},
	    /* a request that ends, an OID longer than all */
	    {SL_ORIG, BYTES("\3\0\0\x0c\x03\x00\x02\x0c\x00\x13\x80\x0a"), BAD},
	    {SL_ORIG, BYTES("\3\0\0\x0a\x03\x00\x02\x00\x05\x7f"), BAD},
	    {0},
	};
#undef BAD
#undef REFUSED
	struct conversation c = plain(turns);

	(void)state;
	conversation_play(&c);
}

static void
broken_elements(void **state)
{
#define BAD .asks = "count malformed-messages\n"
	static const struct conversation_turn turns[] = {
	    /* a call's message without anything for us: STATUS ENQUIRY */
	    {SL_ORIG, BYTES("\3\0\0\x09\x08\x02\x12\x34\x75")},
	    /* elements longer than the message; a reference that is */
	    {SL_ORIG, BYTES("\3\0\0\x0b\x08\x02\x12\x34\x05\x28\x09"), BAD},
	    {SL_ORIG, BYTES("\3\0\0\x0b\x08\x02\x12\x34\x05\x7e\xff"), BAD},
	    {SL_ORIG, BYTES("\3\0\0\x0d\x08\x02\x12\x34\x05\x7e\xff\xff\x05"),
		BAD},
	    {SL_ORIG, BYTES("\3\0\0\x07\x08\x0f\x01"), BAD},
	    {SL_ORIG, BYTES("\3\0\0\x05\x08"), BAD},
	    /* user information that is none of ours, and none at all */
	    {SL_ORIG, BYTES("\3\0\0\x0d\x08\x02\x12\x34\x05\x7e\0\1\x04"), BAD},
	    {SL_ORIG, BYTES("\3\0\0\x0d\x08\x02\x12\x34\x05\x7e\0\1\x05"), BAD},
	    {0},
	};
#undef BAD
	struct conversation c = plain(turns);

	(void)state;
	conversation_play(&c);
}

static void
other_protocols(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t len;
	} first[] = {
	    {BYTES("POST / HTTP/1.1\r\n")},
	    {BYTES("\x16\x03\x01")},
	    {BYTES("\x00\x03\x00\x08")}, /* TURN over TCP */
	    {BYTES("\3\1")},
	    {BYTES("\3\0\0\3")},
	    {BYTES("\3\0\xff\xff")},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		const struct conversation_turn turns[] = {
		    {SL_ORIG, first[i].bytes, first[i].len,
			.asks = "count other-protocol\n",
			.verdict = SL_HELP_DETACH},
		    {SL_ORIG, BYTES(SETUP), .verdict = SL_HELP_DETACH},
		    {0},
		};
		struct conversation c = plain(turns);

		conversation_play(&c);
	}
}

/* Every message with one bit turned: nothing is read past an end. */
static void
flipped(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t len;
	} messages[] = {
	    {BYTES(SETUP)}, {BYTES(CONNECT)}, {BYTES(OPEN)}, {BYTES(ACK)}};

	(void)state;
	for (unsigned m = 0; m < sizeof(messages) / sizeof(messages[0]); m++)
		for (uint32_t bit = 0; bit < messages[m].len * 8; bit++) {
			char bytes[512];
			const struct conversation_turn turns[] = {
			    {SL_ORIG, bytes, messages[m].len}, {0}};
			struct conversation c = plain(turns);

			memcpy(bytes, messages[m].bytes, messages[m].len);
			bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
			conversation_survive(&c);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(call_untranslated),
	    cmocka_unit_test(call_translated),
	    cmocka_unit_test(control_channel),
	    cmocka_unit_test(registration),
	    cmocka_unit_test(six),
	    cmocka_unit_test(left_alone),
	    cmocka_unit_test(broken_elements),
	    cmocka_unit_test(other_protocols),
	    cmocka_unit_test(flipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
