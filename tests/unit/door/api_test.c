/* SPDX-License-Identifier: Apache-2.0 */
#include "router.h"

#include <door/api.h>

/* A sentence to send and those to expect, words separated by newlines.  "@" in
 * an expected one stands for anything up to the end of that word. */
struct step {
	const char *send;
	const char *want[6];
};

static bool
is_like(const char *got, const char *want)
{
	for (; *want; want++) {
		if (*want == '@') {
			got += strcspn(got, "\n");
			continue;
		}
		if (*got++ != *want)
			return false;
	}
	return !*got;
}

static void
converse(int fd, const struct step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		api_send(fd, steps[i].send);
		for (size_t j = 0; j < 6 && steps[i].want[j]; j++) {
			const char *got = api_receive(fd);

			if (!is_like(got, steps[i].want[j]))
				fail_msg("step %zu, %s:\n got: %s\nwant: %s", i,
				    steps[i].send, got, steps[i].want[j]);
		}
	}
}

#define FILTER	      "/ip/firewall/filter"
#define LIST	      "/ip/firewall/address-list"
#define MISSING(text) "!trap\n=category=0\n=message=" text
#define WRONG(text)   "!trap\n=category=1\n=message=" text
#define GENERAL(text) "!trap\n=category=4\n=message=" text

static const struct step login[] = {
    {"/login\n=name=admin\n=password=x", {"!done"}},
    {"/login", {"!done\n=ret=@"}},
    {"/login\n=name=admin\n=response=00abc\n.tag=7", {"!done\n.tag=7"}},
};

static const struct step items[] = {
    {LIST "/add\n=list=a\n=address=192.0.2.1", {"!done\n=ret=*1"}},
    {LIST "/add\n=list=b\n=address=192.0.2.2\n=disabled=yes\n.tag=x",
	{"!done\n=ret=*2\n.tag=x"}},
    {LIST "/print\n=.proplist=.id,list",
	{"!re\n=.id=*1\n=list=a", "!re\n=.id=*2\n=list=b", "!done"}},
    {LIST "/print\n=.proplist=address\n?list=b\n.tag=p",
	{"!re\n=address=192.0.2.2\n.tag=p", "!done\n.tag=p"}},
    {LIST "/getall\n=.proplist=.id\n?disabled=true", {"!re\n=.id=*2", "!done"}},
    {LIST "/getall\n=.proplist=.id\n?disabled=yes", {"!re\n=.id=*2", "!done"}},
    {LIST "/print\n=.proplist=.id\n?list=a\n?list=b\n?#|!", {"!done"}},
    {LIST "/print\n=.proplist=.id\n?>address=192.0.2.1",
	{"!re\n=.id=*2", "!done"}},
    {LIST "/print\n=.proplist=.id\n?.id=*1", {"!re\n=.id=*1", "!done"}},
    {LIST "/print\n=count-only=", {"!done\n=ret=2"}},
    {LIST "/print\n=count-only=\n?list=a", {"!done\n=ret=1"}},
    {LIST "/set\n=.id=*1\n=comment=hello world", {"!done"}},
    {LIST "/print\n=.proplist=comment\n?comment",
	{"!re\n=comment=hello world", "!done"}},
    {LIST "/get\n=.id=*1\n=value-name=comment", {"!done\n=ret=hello world"}},
    {LIST "/unset\n=.id=*1\n=value-name=comment", {"!done"}},
    {LIST "/print\n=count-only=\n?comment", {"!done\n=ret=0"}},
    {LIST "/comment\n=numbers=*2\n=comment=two", {"!done"}},
    {LIST "/print\n=.proplist=.id\n?comment=two", {"!re\n=.id=*2", "!done"}},
    {LIST "/enable\n=numbers=*2", {"!done"}},
    {LIST "/disable\n=.id=*1", {"!done"}},
    {LIST "/print\n=.proplist=disabled",
	{"!re\n=disabled=true", "!re\n=disabled=false", "!done"}},
    {LIST "/find\n?list=a", {"!done\n=ret=*1"}},
    {LIST "/remove\n=.id=*1,*2", {"!done"}},
    {LIST "/print", {"!done"}},
};

static const struct step order[] = {
    {FILTER "/add\n=chain=a", {"!done\n=ret=*1"}},
    {FILTER "/add\n=chain=b", {"!done\n=ret=*2"}},
    {FILTER "/add\n=chain=c\n=place-before=*1", {"!done\n=ret=*3"}},
    {FILTER "/move\n=numbers=*2\n=destination=*3", {"!done"}},
    {FILTER "/print\n=.proplist=chain",
	{"!re\n=chain=b", "!re\n=chain=c", "!re\n=chain=a", "!done"}},
    {FILTER "/reset-counters\n=numbers=*1", {"!done"}},
    {FILTER "/print\n=stats=\n=.proplist=bytes,packets\n?.id=*1",
	{"!re\n=bytes=0\n=packets=0", "!done"}},
    {FILTER "/remove\n=.id=*1,*2,*3", {"!done"}},
};

static const struct step settings[] = {
    {"/system/identity/print", {"!re\n=name=toy", "!done"}},
    {"/system/identity/set\n=name=other", {"!done"}},
    {"/system/identity/print\n=.proplist=name", {"!re\n=name=other", "!done"}},
    {"/system/identity/set\n=name=toy", {"!done"}},
};

static const struct step traps[] = {
    {LIST "/remove\n=.id=*99", {MISSING("no such item@"), "!done"}},
    {LIST "/set\n=.id=*99\n=list=x\n.tag=t",
	{MISSING("no such item@\n.tag=t"), "!done\n.tag=t"}},
    {LIST "/add\n=list=a\n=address=192.0.2.1\n=bogus=1",
	{WRONG("unknown parameter"), "!done"}},
    {LIST "/add\n=list=a\n=address=nonsense",
	{"!trap\n=category=1\n@", "!done"}},
    {LIST "/bogus", {MISSING("no such command"), "!done"}},
    {LIST "/pri", {MISSING("no such command"), "!done"}},
    {LIST "/export", {MISSING("no such command"), "!done"}},
    {"/no/such/print", {MISSING("no such command prefix"), "!done"}},
    {"/ip/dhcp-server/print", {MISSING("no such command prefix"), "!done"}},
    {"/print", {MISSING("no such command"), "!done"}},
    {"print", {MISSING("no such command"), "!done"}},
    {"/", {MISSING("no such command"), "!done"}},
    {FILTER "/add\n=chain=x\n=action=bogus",
	{WRONG("input does not match any value of action"), "!done"}},
    {FILTER "/add\n=chain=x\n=dst-port=80",
	{GENERAL("failure: ports can be specified if proto is "
		 "tcp,udp,udp-lite,dccp,sctp"),
	    "!done"}},
    {LIST "/print\n?#x", {"!trap\n=category=@\n=message=@", "!done"}},
    {LIST "/print\nnonsense", {WRONG("unknown word"), "!done"}},
    {LIST "/print\n==x", {WRONG("empty parameter name"), "!done"}},
    {LIST "/print\n=count-only=", {"!done\n=ret=0"}}, /* still alive */
};

static const struct {
	const char *name;
	const struct step *steps;
	size_t n;
} talks[] = {
    {"login", login, SL_COUNT_OF(login)},
    {"items", items, SL_COUNT_OF(items)},
    {"order", order, SL_COUNT_OF(order)},
    {"settings", settings, SL_COUNT_OF(settings)},
    {"traps", traps, SL_COUNT_OF(traps)},
};

static void
conversations(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_COUNT_OF(talks); i++) {
		int fd;

		print_message("  %s\n", talks[i].name);
		router_up((struct sl_server_config){0});
		fd = router_connect();
		converse(fd, talks[i].steps, talks[i].n);
		close(fd);
		router_down();
	}
}

/* Receives until '!re' of the tag, or its end, has come. */
static void
await(int fd, const char *want)
{
	const char *got;

	do {
		got = api_receive(fd);
		if (!strcmp(got, "(end)"))
			fail_msg("connection ended before %s", want);
	} while (!is_like(got, want));
}

static void
interval_runs_until_cancelled(void **state)
{
	int fd;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = router_connect();
	api_send(fd, "/system/identity/print\n=interval=50ms\n.tag=i");
	await(fd, "!re\n=name=toy\n.tag=i");
	await(fd, "!re\n=name=toy\n.tag=i");
	/* another command beside it */
	api_send(fd, LIST "/add\n=list=a\n=address=1.2.3.4\n.tag=a");
	await(fd, "!done\n=ret=*1\n.tag=a");
	api_send(fd, "/cancel\n=tag=i");
	await(fd, "!trap\n=category=2\n=message=interrupted\n.tag=i");
	await(fd, "!done\n.tag=i");
	close(fd);
	router_down();
}

static void
listen_sees_changes(void **state)
{
	int watcher, other;

	(void)state;
	router_up((struct sl_server_config){0});
	watcher = router_connect();
	other = router_connect();
	api_send(watcher, FILTER "/print\n=follow=\n=.proplist=.id,chain\n"
				 ".tag=f");
	api_send(other, FILTER "/add\n=chain=x");
	await(other, "!done\n=ret=*1");
	await(watcher, "!re\n=.id=*1\n=chain=x\n.tag=f");
	api_send(other, FILTER "/remove\n=.id=*1");
	await(other, "!done");
	await(watcher, "!re\n=.id=*1\n=.dead=@\n.tag=f");
	/* without a tag everything is cancelled */
	api_send(watcher, "/cancel");
	await(watcher, "!trap\n=category=2\n=message=interrupted\n.tag=f");
	close(watcher);
	close(other);
	router_down();
}

/* Sixteen streams and no more; plain commands are refused then, until one of
 * them is cancelled. */
static void
commands_are_bounded(void **state)
{
	char line[128];
	int fd;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = router_connect();
	for (int i = 0; i < SL_API_CALLS; i++) {
		snprintf(line, sizeof(line), LIST "/listen\n.tag=s%d", i);
		api_send(fd, line);
	}
	api_send(fd, LIST "/print\n.tag=p");
	await(fd, "!trap\n=category=5\n=message=too many commands\n.tag=p");
	await(fd, "!done\n.tag=p");
	api_send(fd, "/cancel\n=tag=s3\n.tag=c");
	await(fd, "!done\n.tag=s3");
	api_send(fd, LIST "/print\n.tag=q");
	await(fd, "!done\n.tag=q");
	close(fd);
	router_down();
}

/* A pipeline is answered in its order, however long. */
static void
pipelines_keep_their_order(void **state)
{
	char line[128];
	int fd;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = router_connect();
	for (int i = 1; i <= 200; i++) {
		snprintf(line, sizeof(line),
		    LIST "/add\n=list=a\n=address=10.0.0.%d\n.tag=%d", i, i);
		api_send(fd, line);
	}
	for (int i = 1; i <= 200; i++) {
		snprintf(line, sizeof(line), "!done\n=ret=*%X\n.tag=%d", i, i);
		assert_string_equal(api_receive(fd), line);
	}
	close(fd);
	router_down();
}

static void
quit_and_malformed_are_fatal(void **state)
{
	int fd;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = router_connect();
	api_send(fd, "/quit");
	assert_string_equal(
	    api_receive(fd), "!fatal\nsession terminated on request");
	assert_string_equal(api_receive(fd), "(end)");
	close(fd);

	fd = router_connect();
	api_send(fd, LIST "/listen\n.tag=1");
	client_write(fd, "\xf5", 1);
	await(fd, "!fatal\nmalformed word");
	await(fd, "!done\n.tag=1");
	assert_string_equal(api_receive(fd), "(end)");
	assert_int_equal(
	    sl_load_relaxed(&sl_server_counts(server)->malformed), 1);
	close(fd);
	router_down();
}

/* Everything that was sent is answered although the client shut its side. */
static void
half_closed_gets_its_answers(void **state)
{
	int fd;

	(void)state;
	router_up((struct sl_server_config){0});
	fd = router_connect();
	api_send(fd, "/system/identity/print\n.tag=1");
	api_send(fd, "/system/identity/print\n.tag=2");
	shutdown(fd, SHUT_WR);
	await(fd, "!done\n.tag=1");
	await(fd, "!done\n.tag=2");
	assert_string_equal(api_receive(fd), "(end)");
	close(fd);
	router_down();
}

/* The connection may break anywhere: nothing hangs, nothing leaks. */
static void
cut_at_every_byte(void **state)
{
	struct sl_sentence_out out = {0};

	(void)state;
	sl_sentence_word(&out, "/login");
	sl_sentence_pair(&out, "name", "admin");
	sl_sentence_end(&out);
	sl_sentence_word(&out, LIST "/print");
	sl_sentence_pair(&out, ".proplist", "address");
	sl_sentence_word(&out, "?list=a");
	sl_sentence_word(&out, ".tag=9");
	sl_sentence_end(&out);
	router_up((struct sl_server_config){0});
	for (size_t cut = 0; cut <= out.len; cut++) {
		int fd = router_connect();

		client_write(fd, out.bytes, cut);
		shutdown(fd, SHUT_WR);
		while (strcmp(api_receive(fd), "(end)"))
			;
		close(fd);
	}
	router_down();
	sl_sentence_out_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(conversations),
	    cmocka_unit_test(interval_runs_until_cancelled),
	    cmocka_unit_test(listen_sees_changes),
	    cmocka_unit_test(commands_are_bounded),
	    cmocka_unit_test(pipelines_keep_their_order),
	    cmocka_unit_test(quit_and_malformed_are_fatal),
	    cmocka_unit_test(half_closed_gets_its_answers),
	    cmocka_unit_test(cut_at_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
