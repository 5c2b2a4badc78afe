/* SPDX-License-Identifier: Apache-2.0 */
#include <rule/ruleset.h>

#include <rule/compile.h>

#include <errno.h>

struct sl_ruleset_now sl_ruleset_now;

static void
reclaim(struct sl_rcu_head *head)
{
	struct sl_ruleset *set = sl_container_of(head, struct sl_ruleset, rcu);
	struct sl_arena memory = set->memory;

	sl_arena_fini(&memory); /* the set itself is in there */
}

static void
replace(struct sl_ruleset *set)
{
	struct sl_ruleset *old = sl_rcu_swap(&sl_ruleset_now.set, set);

	if (!old)
		return;
	/* References are control's to count, so they go now; what they name is
	 * itself retired, and stays readable for those who still read 'old'. */
	sl_compile_put(old);
	sl_retire(&old->rcu, reclaim);
}

int
sl_ruleset_publish(struct sl_specs *specs, struct sl_err *err)
{
	struct sl_ruleset *set = specs->failed ? NULL : sl_compile(specs);

	if (!set)
		return sl_err_sys(err, -ENOMEM, "firewall rules");
	replace(set);
	return 0;
}

void
sl_ruleset_clear(void)
{
	replace(NULL);
}
