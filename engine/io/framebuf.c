/* SPDX-License-Identifier: Apache-2.0 */
#include <io/framebuf.h>

#include <errno.h>
#include <sys/mman.h>

#define MAPPING_SIZE ((size_t)SL_BATCH_MAX * SL_FRAMEBUF_SIZE)

int
sl_framebuf_init(struct sl_framebuf *f, struct sl_err *err)
{
	void *p = mmap(NULL, MAPPING_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return sl_err_sys(err, -errno, "frame buffers");
	f->base = p;
	return 0;
}

void
sl_framebuf_fini(struct sl_framebuf *f)
{
	if (f->base)
		munmap(f->base, MAPPING_SIZE);
	f->base = NULL;
}
