/* SPDX-License-Identifier: Apache-2.0 */
#include <io/shield.h>

#include <errno.h>
#include <net/if.h>
#include <nftables/libnftables.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Before every other ingress chain: the lowest priority there is. */
#define PRIORITY "-2147483648"

#define COMMANDS_MAX 1024
#define SHIELDS_MAX  1024 /* more netdevs than there can be ports */

struct sl_shield {
	struct nft_ctx *nft;
	char table[32];
	/* Chain "pN" is of netdev[N]; names stay, so that a netdev that comes
	 * back finds its chain. */
	uint32_t n;
	char netdev[SHIELDS_MAX][IFNAMSIZ];
};

/* libnftables says what is wrong over several lines: keep the first. */
static int
explain(struct sl_shield *s, struct sl_err *err)
{
	const char *text = nft_ctx_get_error_buffer(s->nft);
	size_t len = text ? strcspn(text, "\n") : 0;

	return sl_err_set(err, -EIO, "shield: nftables: %.*s%s", (int)len,
	    len ? text : "", geteuid() ? " (needs CAP_NET_ADMIN)" : "");
}

static int SL_PRINTF(3, 4)
    run(struct sl_shield *s, struct sl_err *err, const char *fmt, ...)
{
	char commands[COMMANDS_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(commands, sizeof(commands), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(commands))
		return sl_err_set(err, -EMSGSIZE, "shield: command too long");
	if (nft_run_cmd_from_buffer(s->nft, commands))
		return explain(s, err);
	return 0;
}

struct sl_shield *
sl_shield_open(struct sl_err *err)
{
	struct sl_shield *s = calloc(1, sizeof(*s));

	if (!s) {
		sl_err_set(err, -ENOMEM, "shield: out of memory");
		return NULL;
	}
	s->nft = nft_ctx_new(NFT_CTX_DEFAULT);
	if (!s->nft) {
		sl_err_set(err, -ENOMEM, "shield: libnftables");
		free(s);
		return NULL;
	}
	nft_ctx_buffer_output(s->nft);
	nft_ctx_buffer_error(s->nft);
	snprintf(s->table, sizeof(s->table), "sluice-%d", (int)getpid());
	if (run(s, err, "create table netdev %s { flags owner; }", s->table)) {
		nft_ctx_free(s->nft);
		free(s);
		return NULL;
	}
	return s;
}

void
sl_shield_close(struct sl_shield *s)
{
	if (!s)
		return;
	/* The socket's end would do; asking means that it is done on return. */
	run(s, NULL, "delete table netdev %s", s->table);
	nft_ctx_free(s->nft);
	free(s);
}

/* The number of the netdev's chain, or -1; with 'add', a new one if need be. */
static int
chain_of(struct sl_shield *s, const char *netdev, bool add)
{
	for (uint32_t i = 0; i < s->n; i++) {
		if (!strcmp(s->netdev[i], netdev))
			return (int)i;
	}
	if (!add || s->n == SHIELDS_MAX)
		return -1;
	snprintf(s->netdev[s->n], IFNAMSIZ, "%s", netdev);
	return (int)s->n++;
}

int
sl_shield_add(struct sl_shield *s, const char *netdev, bool pass_vlans,
    struct sl_err *err)
{
	const char *t = s->table;
	int c, rc;

	if (strlen(netdev) >= IFNAMSIZ || strpbrk(netdev, "\"\\"))
		return sl_err_set(err, -EINVAL,
		    "shield: %s: not a usable interface name", netdev);
	if (!if_nametoindex(netdev))
		return sl_err_sys(err, -ENODEV, "shield: %s", netdev);
	c = chain_of(s, netdev, true);
	if (c < 0)
		return sl_err_set(err, -ENOSPC, "shield: too many interfaces");
	rc = run(s, err,
	    "add chain netdev %s p%d { type filter hook ingress device \"%s\" "
	    "priority " PRIORITY "; policy drop; }\n"
	    "flush chain netdev %s p%d\n",
	    t, c, netdev, t, c);
	if (rc || !pass_vlans)
		return rc;
	/* An id of 0 is a priority tag only: the kernel takes such a frame for
	 * an untagged one. */
	return run(s, err,
	    "add rule netdev %s p%d ether type 8021q vlan id != 0 accept\n"
	    "add rule netdev %s p%d ether type 8021ad vlan id != 0 accept\n",
	    t, c, t, c);
}

int
sl_shield_remove(struct sl_shield *s, const char *netdev, struct sl_err *err)
{
	int c = chain_of(s, netdev, false);

	if (c < 0)
		return 0;
	/* Adding first makes deleting right also when the chain is gone: some
	 * kernels delete it with its netdev. */
	return run(s, err,
	    "add chain netdev %s p%d\ndelete chain netdev %s p%d\n", s->table,
	    c, s->table, c);
}
