/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/patterns.h>

#include <base/role.h>
#include <rule/live.h>

#include <errno.h>
#include <hs.h>
#include <stdlib.h>

struct sl_patterns {
	hs_database_t *db;
	uint16_t workers;
	hs_scratch_t *scratch[]; /* of each worker */
};

static int
compile(struct sl_patterns *s, const char *const *patterns, unsigned n,
    enum sl_patterns_case how, hs_compile_error_t **error)
{
	unsigned *flags = calloc(2 * (size_t)n, sizeof(*flags));
	unsigned *ids = flags + n;
	int rc;

	if (!flags)
		return HS_NOMEM;
	for (unsigned i = 0; i < n; i++) {
		flags[i] =
		    HS_FLAG_DOTALL | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY;
		if (how == SL_PATTERNS_CASELESS)
			flags[i] |= HS_FLAG_CASELESS;
		ids[i] = i;
	}
	rc = hs_compile_multi(
	    patterns, flags, ids, n, HS_MODE_BLOCK, NULL, &s->db, error);
	free(flags);
	return rc;
}

static int
alloc_scratch(struct sl_patterns *s)
{
	int rc = hs_alloc_scratch(s->db, &s->scratch[0]);

	for (uint16_t i = 1; i < s->workers && rc == HS_SUCCESS; i++)
		rc = hs_clone_scratch(s->scratch[0], &s->scratch[i]);
	return rc;
}

struct sl_patterns *
sl_patterns_new(const char *const *patterns, unsigned n,
    enum sl_patterns_case how, unsigned *bad, struct sl_err *err)
{
	uint16_t workers = sl_live_workers();
	struct sl_patterns *s =
	    calloc(1, sizeof(*s) + workers * sizeof(s->scratch[0]));
	hs_compile_error_t *error = NULL;
	int rc = HS_NOMEM;

	*bad = n;
	if (s) {
		s->workers = workers;
		rc = compile(s, patterns, n, how, &error);
		if (rc == HS_SUCCESS)
			rc = alloc_scratch(s);
	}
	if (rc == HS_SUCCESS)
		return s;
	if (error && error->expression >= 0)
		*bad = (unsigned)error->expression;
	if (error)
		sl_err_set(err, -EINVAL, "%s", error->message);
	else if (rc == HS_NOMEM)
		sl_err_set(err, -ENOMEM, "out of memory");
	else
		sl_err_set(err, -ENOTSUP,
		    "Vectorscan does not run on this processor (%d)", rc);
	if (error)
		hs_free_compile_error(error);
	sl_patterns_free(s);
	return NULL;
}

void
sl_patterns_free(struct sl_patterns *s)
{
	if (!s)
		return;
	for (uint16_t i = 0; i < s->workers; i++)
		hs_free_scratch(s->scratch[i]);
	hs_free_database(s->db);
	free(s);
}

struct hits {
	sl_patterns_hit_fn hit;
	void *arg;
};

static int
on_match(unsigned id, unsigned long long from, unsigned long long to,
    unsigned flags, void *arg)
{
	const struct hits *h = arg;

	(void)from;
	(void)to;
	(void)flags;
	h->hit(id, h->arg);
	return 0;
}

bool
sl_patterns_find(const struct sl_patterns *s, const uint8_t *bytes,
    uint32_t len, sl_patterns_hit_fn hit, void *arg)
{
	struct hits hits = {hit, arg};

	SL_ASSERT(sl_role_worker < s->workers);
	return hs_scan(s->db, (const char *)bytes, len, 0,
		   s->scratch[sl_role_worker], on_match, &hits) == HS_SUCCESS;
}
