/* SPDX-License-Identifier: Apache-2.0 */
#include <io/pcap.h>

#include <base/log.h>
#include <io/framebuf.h>
#include <packet/edit.h>

#include <errno.h>
#include <pcap/pcap.h>
#include <string.h>

#define SECONDS_MAX (1ull << 33) /* times beyond are nonsense, and overflow */

struct sl_pcap {
	struct sl_dev dev;
	struct sl_framebuf bufs; /* frames handed out */

	/* replay; the next frame is read ahead */
	pcap_t *replay;
	const uint8_t *next; /* NULL: no more */
	uint32_t next_len;
	uint64_t next_ns;   /* as in the file, never less than before */
	uint64_t origin_ns; /* file time of SL_PCAP_START_NS */
	bool has_warned;    /* of times out of order */

	/* record */
	pcap_t *form;
	pcap_dumper_t *record;
	uint8_t *scratch; /* SL_FRAMEBUF_SIZE, to complete checksums in */
};

static struct sl_pcap *
pcap_of(const struct sl_dev *dev)
{
	return sl_container_of(dev, struct sl_pcap, dev);
}

static uint64_t
time_of(const struct pcap_pkthdr *h)
{
	uint64_t s = h->ts.tv_sec < 0 ? 0 : (uint64_t)h->ts.tv_sec;
	uint64_t ns = h->ts.tv_usec < 0 ? 0 : (uint64_t)h->ts.tv_usec;

	return SL_MIN(s, SECONDS_MAX) * SL_NS_PER_SEC +
	       SL_MIN(ns, SL_NS_PER_SEC - 1); /* the file was opened for ns */
}

static void
keep_order(struct sl_pcap *p, uint64_t ns)
{
	if (ns >= p->next_ns) {
		p->next_ns = ns;
		return;
	}
	if (!p->has_warned)
		sl_log(SL_LOG_WARNING, "replay",
		    "capture goes back in time; such frames come late");
	p->has_warned = true;
}

/* Reads ahead to the next whole frame. */
static void
advance(struct sl_pcap *p)
{
	struct pcap_pkthdr *h;
	int rc;

	p->next = NULL;
	while ((rc = pcap_next_ex(p->replay, &h, &p->next)) == 1) {
		keep_order(p, time_of(h));
		if (h->caplen == h->len && h->caplen <= SL_FRAME_MAX) {
			p->next_len = h->caplen;
			return;
		}
		sl_bump_relaxed(&p->dev.stats->rx_dropped, 1);
	}
	p->next = NULL;
	if (rc == PCAP_ERROR)
		sl_log(SL_LOG_WARNING, "replay", "capture ends early: %s",
		    pcap_geterr(p->replay));
}

bool
sl_pcap_next_ns(const struct sl_dev *dev, uint64_t *ns)
{
	const struct sl_pcap *p = pcap_of(dev);

	if (!p->next)
		return false;
	*ns = SL_PCAP_START_NS + (p->next_ns - p->origin_ns);
	return true;
}

void
sl_pcap_align(struct sl_dev *const devs[], uint32_t n)
{
	uint64_t first = UINT64_MAX;

	for (uint32_t i = 0; i < n; i++) {
		const struct sl_pcap *p = pcap_of(devs[i]);

		if (p->next)
			first = SL_MIN(first, p->next_ns);
	}
	for (uint32_t i = 0; i < n; i++)
		pcap_of(devs[i])->origin_ns = first;
}

static uint32_t
rx(struct sl_dev *dev, uint16_t q, struct sl_pkt *pkts, uint32_t max)
{
	struct sl_pcap *p = pcap_of(dev);
	uint64_t bytes = 0, due;
	uint32_t n = 0;

	if (q != 0)
		return 0;
	max = SL_MIN(max, SL_BATCH_MAX);
	while (n < max && sl_pcap_next_ns(dev, &due) && due <= sl_now_ns()) {
		uint8_t *buf = sl_framebuf_at(&p->bufs, n);

		memcpy(buf, p->next, p->next_len);
		memset(&pkts[n].offload, 0, sizeof(pkts[n].offload));
		pkts[n].data = buf;
		pkts[n].len = p->next_len;
		pkts[n].room = SL_FRAMEBUF_SIZE;
		pkts[n].origin = dev;
		bytes += p->next_len;
		n++;
		advance(p);
	}
	if (n)
		sl_dev_count_rx(dev, q, n, bytes);
	return n;
}

static void
rx_done(struct sl_dev *dev, uint16_t q)
{
	(void)dev; /* buffers are the device's own */
	(void)q;
}

static void
write_frame(struct sl_pcap *p, const struct sl_pkt *pkt)
{
	uint64_t now = sl_now_ns();
	struct pcap_pkthdr h = {.caplen = pkt->len, .len = pkt->len};

	h.ts.tv_sec = (time_t)(now / SL_NS_PER_SEC);
	h.ts.tv_usec = (suseconds_t)(now % SL_NS_PER_SEC);
	pcap_dump((u_char *)p->record, &h, pkt->data);
}

static bool
tx(struct sl_dev *dev, uint16_t q, const struct sl_pkt *pkt)
{
	struct sl_pcap *p = pcap_of(dev);
	struct sl_pkt whole = *pkt;

	/* A file has no one to cut a segmentation frame for it. */
	if (pkt->offload.gso_type || pkt->len > SL_FRAME_MAX) {
		sl_bump_relaxed(&dev->stats[0].tx_dropped, 1);
		return false;
	}
	sl_dev_count_tx(dev, 0, 1, pkt->len);
	(void)q;
	if (!p->record)
		return true;
	if (pkt->offload.flags & SL_OFFLOAD_PARTIAL) {
		memcpy(p->scratch, pkt->data, pkt->len);
		whole.data = p->scratch;
		whole.room = SL_FRAMEBUF_SIZE;
		sl_edit_csum_complete(&whole);
	}
	write_frame(p, &whole);
	return true;
}

static void
flush(struct sl_dev *dev, uint16_t q)
{
	(void)dev; /* libpcap buffers; close or sl_pcap_flush_record() writes */
	(void)q;
}

static int
fd(struct sl_dev *dev, uint16_t q)
{
	(void)dev;
	(void)q;
	return -1;
}

bool
sl_pcap_flush_record(struct sl_dev *dev, struct sl_err *err)
{
	struct sl_pcap *p = pcap_of(dev);

	if (!p->record)
		return true;
	if (pcap_dump_flush(p->record) || ferror(pcap_dump_file(p->record))) {
		sl_err_sys(err, errno ? -errno : -EIO, "record file");
		return false;
	}
	return true;
}

static void
close_dev(struct sl_dev *dev)
{
	struct sl_pcap *p = pcap_of(dev);
	struct sl_err err = {0};

	if (!sl_pcap_flush_record(dev, &err))
		sl_log(SL_LOG_ERROR, "replay", "%s", err.text);
	if (p->record)
		pcap_dump_close(p->record);
	if (p->form)
		pcap_close(p->form);
	if (p->replay)
		pcap_close(p->replay);
	free(p->scratch);
	sl_framebuf_fini(&p->bufs);
	sl_dev_fini(dev);
	free(p);
}

static const struct sl_dev_ops ops = {
    .kind = "pcap",
    .rx = rx,
    .rx_done = rx_done,
    .tx = tx,
    .flush = flush,
    .fd = fd,
    .close = close_dev,
};

static int
open_replay(struct sl_pcap *p, const char *path, struct sl_err *err)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	const char *link;

	p->replay = pcap_open_offline_with_tstamp_precision(
	    path, PCAP_TSTAMP_PRECISION_NANO, why);
	if (!p->replay)
		return sl_err_set(
		    err, -EINVAL, "replay file %s: %s", path, why);
	if (pcap_datalink(p->replay) != DLT_EN10MB) {
		link = pcap_datalink_val_to_name(pcap_datalink(p->replay));
		return sl_err_set(err, -EINVAL,
		    "replay file %s: link type %s, not Ethernet", path,
		    link ? link : "unknown");
	}
	advance(p);
	p->origin_ns = p->next_ns;
	return 0;
}

static int
open_record(struct sl_pcap *p, const char *path, struct sl_err *err)
{
	p->scratch = malloc(SL_FRAMEBUF_SIZE);
	p->form = pcap_open_dead_with_tstamp_precision(
	    DLT_EN10MB, 262144, PCAP_TSTAMP_PRECISION_NANO);
	if (!p->scratch || !p->form)
		return sl_err_set(
		    err, -ENOMEM, "record file %s: out of memory", path);
	p->record = pcap_dump_open(p->form, path);
	if (!p->record)
		return sl_err_set(err, -EIO, "record file %s: %s", path,
		    pcap_geterr(p->form));
	return 0;
}

struct sl_dev *
sl_pcap_open(const char *replay, const char *record, struct sl_err *err)
{
	struct sl_pcap *p = calloc(1, sizeof(*p));

	if (!p || sl_dev_init(&p->dev, &ops, 1, err)) {
		sl_err_set(err, -ENOMEM, "pcap port: out of memory");
		free(p);
		return NULL;
	}
	if (sl_framebuf_init(&p->bufs, err) ||
	    (replay && open_replay(p, replay, err)) ||
	    (record && open_record(p, record, err))) {
		close_dev(&p->dev);
		return NULL;
	}
	return &p->dev;
}
