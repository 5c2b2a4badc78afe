/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over files and folders of files, where libFuzzer is not
 * at hand: TARGET [--mutate N] FILE|FOLDER...
 *
 * With --mutate, N variations of each input follow it: bytes changed, pieces
 * copied, cut or repeated.  They depend on nothing but the input, so that a
 * failure repeats.  A crashing variation is left in the file CRASH_FILE.
 */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_BYTES (1 << 20) /* more of a file is not read */
#define CRASH_FILE "fuzz-crash.bin"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long replayed, mutations;
static const uint8_t *current;
static size_t current_size;

/* => Signal context. */
static void
keep_input(int sig)
{
	FILE *f = fopen(CRASH_FILE, "wb");

	if (f) {
		fwrite(current, 1, current_size, f);
		fclose(f);
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static uint32_t
draw(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static int
run(const uint8_t *data, size_t size)
{
	/* Not a byte more than the input: reads behind it are noticed. */
	uint8_t *exact = malloc(size ? size : 1);

	if (!exact)
		return 1;
	memcpy(exact, data, size);
	current = exact;
	current_size = size;
	LLVMFuzzerTestOneInput(exact, size);
	replayed++;
	free(exact);
	return 0;
}

/* Changes data[0..size), which has room for FILE_BYTES; the new size. */
static size_t
mutate(uint8_t *data, size_t size, uint32_t *state)
{
	size_t at = draw(state) % size, n = draw(state) % (size - at) + 1;
	size_t to = draw(state) % size;

	switch (draw(state) % 5) {
	case 0:
		data[at] = (uint8_t)draw(state);
		return size;
	case 1:
		data[at] ^= (uint8_t)(1u << draw(state) % 8);
		return size;
	case 2: /* a piece goes elsewhere */
		memmove(data + to, data + at, n < size - to ? n : size - to);
		return size;
	case 3: /* a piece is lost */
		memmove(data + at, data + at + n, size - at - n);
		return size - n;
	default: /* a piece stands twice */
		if (size + n > FILE_BYTES)
			return size;
		memmove(data + at + n, data + at, size - at);
		return size + n;
	}
}

static int
replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(FILE_BYTES), *copy = malloc(FILE_BYTES);
	uint32_t state = 2463534242u;
	size_t size, changed;
	int rc = 1;

	if (!f || !data || !copy) {
		perror(path);
		goto out;
	}
	size = fread(data, 1, FILE_BYTES, f);
	rc = run(data, size);
	for (unsigned long i = 0; i < mutations && size; i++) {
		memcpy(copy, data, size);
		changed = size;
		for (unsigned n = draw(&state) % 4 + 1; n && changed; n--)
			changed = mutate(copy, changed, &state);
		rc |= run(copy, changed);
	}
out:
	if (f)
		fclose(f);
	free(data);
	free(copy);
	return rc;
}

static int
replay_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	char name[4096];
	int rc = 0;

	if (!dir)
		return replay_file(path);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		rc |= replay_folder(name);
	}
	closedir(dir);
	return rc;
}

int
main(int argc, char **argv)
{
	int rc = 0, i = 1;

	signal(SIGABRT, keep_input);
	if (argc > 2 && !strcmp(argv[1], "--mutate")) {
		mutations = strtoul(argv[2], NULL, 10);
		i = 3;
	}
	for (; i < argc; i++)
		rc |= replay_folder(argv[i]);
	printf("%lu inputs\n", replayed);
	return rc || !replayed;
}
