/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A port made of files: frames come from a capture at the virtual time they
 * were taken, and what is sent goes into another one.  Needs no privilege.
 *
 * Virtual time 1 s (SL_PCAP_START_NS) is the first frame of all captures of a
 * replay.  The replay loop:
 *
 *     sl_pcap_align(devs, n);
 *     while (the least of all sl_pcap_next_ns(dev, &ns) exists) {
 *             sl_clock_set(ns);
 *             ... rx() gives the frames that are due ...
 *     }
 *
 * => Role of all: the one thread of a replay.
 */
#ifndef SL_IO_PCAP_H
#define SL_IO_PCAP_H

#include <base/clock.h>
#include <io/port.h>

#define SL_PCAP_START_NS SL_NS_PER_SEC

/* 'replay': a pcap or pcapng file of Ethernet frames, or NULL; 'record': the
 * file to write (pcap with nanoseconds, virtual times), or NULL.  Frames that
 * were cut when captured are left out and counted in rx_dropped.  A frame with
 * a time before its predecessor's comes with that one.  NULL: see *err.
 *
 * tx() completes partial checksums in a copy (the packet must have been parsed)
 * and refuses GSO frames. */
struct sl_dev *sl_pcap_open(
    const char *replay, const char *record, struct sl_err *err);

/* Gives all captures of a replay the same start: the first frame of them all.
 * Without this call each starts with its own first frame. */
void sl_pcap_align(struct sl_dev *const devs[], uint32_t n);

/* The virtual time at which the next frame is due; false if none is left. */
bool sl_pcap_next_ns(const struct sl_dev *, uint64_t *ns);

/* True if everything sent so far is in the record file (flushes it). */
bool sl_pcap_flush_record(struct sl_dev *, struct sl_err *err);

#endif
