/* SPDX-License-Identifier: Apache-2.0 */
#include <base/control.h>
#include <door/channel.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static int peer;

static void
open_pair(struct sl_channel *ch, int timeout_ms)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(sl_channel_init(ch, fds[0], timeout_ms), 0);
	peer = fds[1];
}

static void
close_pair(struct sl_channel *ch)
{
	sl_channel_fini(ch);
	close(peer);
}

static void
bytes_go_both_ways(void **state)
{
	struct sl_channel ch;
	char got[8] = "";

	(void)state;
	open_pair(&ch, 1000);
	assert_int_equal(sl_channel_fill(&ch, 0, 100), 0);
	assert_int_equal(write(peer, "hello", 5), 5);
	assert_int_equal(sl_channel_fill(&ch, -1, 100), 5);
	assert_memory_equal(ch.in, "hello", 5);
	sl_channel_consume(&ch, 2);
	assert_int_equal(ch.in_len, 3);
	assert_memory_equal(ch.in, "llo", 3);
	assert_int_equal(sl_channel_send(&ch, "bye", 3), 0);
	assert_int_equal(sl_channel_flush(&ch), 0);
	assert_int_equal(read(peer, got, sizeof(got)), 3);
	assert_string_equal(got, "bye");
	close_pair(&ch);
}

static void
input_is_bounded(void **state)
{
	struct sl_channel ch;
	char big[200];
	ssize_t n, sum = 0;

	(void)state;
	memset(big, 'x', sizeof(big));
	open_pair(&ch, 1000);
	assert_int_equal(write(peer, big, sizeof(big)), sizeof(big));
	while ((n = sl_channel_fill(&ch, 0, 150)) > 0)
		sum += n;
	assert_int_equal(sum, 150);
	assert_int_equal(n, -EMSGSIZE);
	assert_int_equal(sl_channel_send(&ch, "x", 1), -EMSGSIZE);
	close_pair(&ch);
}

/* Nobody reads: memory stays bounded, the write times out, and the control
 * lock was free while the sender waited. */
static void *
take_the_lock(void *arg)
{
	sl_control_lock();
	*(bool *)arg = true;
	sl_control_unlock();
	return NULL;
}

static void
a_slow_reader_times_out(void **state)
{
	struct sl_channel ch;
	char block[4096] = {0};
	bool got_lock = false;
	size_t sent = 0;
	pthread_t other;
	int rc;

	(void)state;
	open_pair(&ch, 50);
	sl_control_lock();
	pthread_create(&other, NULL, take_the_lock, &got_lock);
	while (!(rc = sl_channel_send(&ch, block, sizeof(block))))
		sent += sizeof(block);
	assert_int_equal(rc, -ETIMEDOUT);
	assert_true(sl_control_is_mine());
	sl_control_unlock();
	pthread_join(other, NULL);
	assert_true(got_lock);
	assert_true(ch.out_cap <= SL_CHANNEL_OUT);
	assert_true(sent < 4u << 20);
	assert_int_equal(sl_channel_send(&ch, block, 1), -ETIMEDOUT);
	assert_int_equal(sl_channel_flush(&ch), -ETIMEDOUT);
	assert_int_equal(sl_channel_fill(&ch, -1, 100), -ETIMEDOUT);
	close_pair(&ch);
}

static void *
read_all(void *arg)
{
	char buf[1000];
	ssize_t n;

	while ((n = read(peer, buf, sizeof(buf))) > 0)
		*(size_t *)arg += (size_t)n;
	return NULL;
}

static void
a_reader_gets_everything(void **state)
{
	size_t want = 0, got = 0;
	struct sl_channel ch;
	pthread_t reader;
	char *block = calloc(1, 3 * SL_CHANNEL_OUT);

	(void)state;
	open_pair(&ch, 5000);
	pthread_create(&reader, NULL, read_all, &got);
	for (size_t size = 1; size <= 3 * SL_CHANNEL_OUT; size *= 3) {
		assert_int_equal(sl_channel_send(&ch, block, size), 0);
		want += size;
	}
	assert_int_equal(sl_channel_flush(&ch), 0);
	sl_channel_cut(&ch);
	pthread_join(reader, NULL);
	assert_int_equal(got, want);
	close_pair(&ch);
	free(block);
}

static void
a_gone_client_is_no_signal(void **state)
{
	struct sl_channel ch;

	(void)state;
	open_pair(&ch, 1000);
	close(peer);
	peer = -1;
	assert_int_equal(sl_channel_send(&ch, "x", 1), 0);
	assert_int_equal(sl_channel_flush(&ch), -EPIPE);
	assert_int_equal(sl_channel_error(&ch), -EPIPE);
	sl_channel_fini(&ch);
}

/* A client that sent all it has to say still gets its answers. */
static void
half_closed_still_reads(void **state)
{
	struct sl_channel ch;
	char c;

	(void)state;
	open_pair(&ch, 1000);
	shutdown(peer, SHUT_WR);
	assert_int_equal(sl_channel_fill(&ch, -1, 100), -EPIPE);
	assert_int_equal(sl_channel_send(&ch, "x", 1), 0);
	assert_int_equal(sl_channel_flush(&ch), 0);
	assert_int_equal(read(peer, &c, 1), 1);
	close_pair(&ch);
}

static void *
cut_it(void *arg)
{
	sl_channel_cut(arg);
	return NULL;
}

static void
cut_wakes_the_reader(void **state)
{
	struct sl_channel ch;
	pthread_t cutter;

	(void)state;
	open_pair(&ch, 1000);
	pthread_create(&cutter, NULL, cut_it, &ch);
	assert_int_equal(sl_channel_fill(&ch, -1, 100), -EPIPE);
	pthread_join(cutter, NULL);
	close_pair(&ch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bytes_go_both_ways),
	    cmocka_unit_test(input_is_bounded),
	    cmocka_unit_test(a_slow_reader_times_out),
	    cmocka_unit_test(a_reader_gets_everything),
	    cmocka_unit_test(a_gone_client_is_no_signal),
	    cmocka_unit_test(half_closed_still_reads),
	    cmocka_unit_test(cut_wakes_the_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
