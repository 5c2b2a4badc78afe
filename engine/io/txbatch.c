/* SPDX-License-Identifier: Apache-2.0 */
#include <io/txbatch.h>

#include <errno.h>
#include <string.h>

void
sl_txbatch_init(struct sl_txbatch *b, int fd)
{
	memset(b, 0, sizeof(*b));
	b->fd = fd;
	for (uint32_t i = 0; i < SL_BATCH_MAX; i++) {
		b->iov[i][0] = (struct iovec){&b->vnet[i], SL_VNET_LEN};
		b->msgs[i].msg_hdr.msg_iov = b->iov[i];
		b->msgs[i].msg_hdr.msg_iovlen = 2;
	}
}

void
sl_txbatch_add(
    struct sl_txbatch *b, const struct sl_pkt *pkt, struct sl_dev_stats *stats)
{
	if (b->n == SL_BATCH_MAX)
		sl_txbatch_send(b, stats);
	sl_vnet_write(&pkt->offload, &b->vnet[b->n]);
	b->iov[b->n][1] = (struct iovec){pkt->data, pkt->len};
	b->n++;
}

static void
count_sent(
    struct sl_txbatch *b, uint32_t from, uint32_t n, struct sl_dev_stats *stats)
{
	uint64_t bytes = 0;

	for (uint32_t i = from; i < from + n; i++)
		bytes += b->iov[i][1].iov_len;
	sl_bump_relaxed(&stats->tx_packets, n);
	sl_bump_relaxed(&stats->tx_bytes, bytes);
}

static bool
is_gone(int error)
{
	return error == ENETDOWN || error == ENXIO || error == ENODEV;
}

static void
count_refused(uint32_t n, int error, struct sl_dev_stats *stats)
{
	sl_bump_relaxed(&stats->tx_dropped, n);
	sl_count(SL_COUNTER_DROPS +
		     (is_gone(error) ? SL_DROP_PORT_DOWN : SL_DROP_TX_FULL),
	    n);
}

bool
sl_txbatch_send(struct sl_txbatch *b, struct sl_dev_stats *stats)
{
	uint32_t done = 0, refused;
	bool again = false, gone = false;

	while (done < b->n) {
		int rc =
		    sendmmsg(b->fd, b->msgs + done, b->n - done, MSG_DONTWAIT);

		if (rc > 0) {
			count_sent(b, done, (uint32_t)rc, stats);
			done += (uint32_t)rc;
			again = false;
			continue;
		}
		if (!again) { /* a full queue may drain, a stale error clears */
			again = true;
			continue;
		}
		/* What stops this frame stops the others too, unless it is the
		 * frame itself or a device queue that drains by itself. */
		gone = is_gone(errno);
		refused = gone || errno == EAGAIN ? b->n - done : 1;
		count_refused(refused, errno, stats);
		done += refused;
		again = false;
	}
	b->n = 0;
	return !gone;
}
