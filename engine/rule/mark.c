/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/mark.h>

#include <base/atomic.h>

#include <errno.h>
#include <string.h>

static const char *names[SL_MARKS_MAX]; /* names[0] is unused: no-mark */
static SL_ATOMIC(uint32_t) n_names = 1;

int
sl_mark_number(const char *name)
{
	uint32_t n = sl_load_relaxed(&n_names);
	char *copy;

	if (strcmp(name, SL_NO_MARK) == 0)
		return 0;
	for (uint32_t i = 1; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	if (n == SL_MARKS_MAX)
		return -ENOSPC;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	names[n] = copy;
	sl_store_release(&n_names, n + 1); /* pairs with sl_mark_name() */
	return (int)n;
}

const char *
sl_mark_name(uint32_t number)
{
	if (number == 0 || number >= sl_load_acquire(&n_names))
		return SL_NO_MARK; /* pairs with sl_mark_number() */
	return names[number];
}
