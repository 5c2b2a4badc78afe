/* SPDX-License-Identifier: Apache-2.0 */
#include <conn/pages.h>

#include <sys/mman.h>
#include <unistd.h>

SL_ATOMIC(bool) sl_pages_refuse;

static size_t
round_up(size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (len + page - 1) / page * page;
}

static uint8_t *
map(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Maps one huge page more than asked and gives back what is not aligned. */
static uint8_t *
map_huge(size_t len)
{
	uint8_t *raw = map(len + SL_PAGES_HUGE), *pages;
	size_t head, tail;

	if (!raw)
		return NULL;
	head = (size_t)(-(uintptr_t)raw & (SL_PAGES_HUGE - 1));
	tail = SL_PAGES_HUGE - head;
	pages = raw + head;
	if (head)
		munmap(raw, head);
	if (tail)
		munmap(pages + len, tail);
	/* A kernel without huge pages says no; small ones serve as well. */
	(void)madvise(pages, len, MADV_HUGEPAGE);
	return pages;
}

void *
sl_pages_new(size_t len, enum sl_pages_kind kind)
{
	if (sl_load_relaxed(&sl_pages_refuse))
		return NULL;
	len = round_up(len);
	return kind == SL_PAGES_LARGE ? map_huge(len) : map(len);
}

void
sl_pages_free(void *pages, size_t len)
{
	if (pages)
		munmap(pages, round_up(len));
}
