#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Stands in for pppd at both ends of a PPTP tunnel: PPP in asynchronous HDLC framing
(RFC 1662) and nothing above it, so that the kernel needs no PPP.

    ppp.py answer [LOG]     what pptpd runs as its pppd: says that it is up until
                            somebody speaks, then sends every frame back; says to
                            LOG what it got
    ppp.py call SERVER [pptp's options]
                            pptp's terminal: makes the call, sends frames of all
                            sizes and bytes and wants each back, "exchanged N"; then
                            one every 100 ms until SIGTERM, hangs up, "hung up
                            after N"
"""

import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import tty

FLAG, ESCAPE, FLIP = 0x7E, 0x7D, 0x20
GOOD_FCS = 0xF0B8
HEAD = b"\xff\x03"
LCP, DATA = b"\xc0\x21", b"\x00\x21"
UP = HEAD + LCP + b"up"
SIZES = (1, 2, 64, 500, 1000, 1400)
PATIENCE_S = 10


def fcs(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value


def framed(packet):
    packet += struct.pack("<H", fcs(packet) ^ 0xFFFF)
    out = bytearray((FLAG,))
    for byte in packet:
        if byte in (FLAG, ESCAPE) or byte < 0x20:
            out += bytes((ESCAPE, byte ^ FLIP))
        else:
            out.append(byte)
    return bytes(out) + bytes((FLAG,))


class Line:
    """Frames over a pair of file descriptors."""

    def __init__(self, source, sink):
        self.source, self.sink, self.rest = source, sink, b""
        self.frames = []

    def send(self, packet):
        os.write(self.sink, framed(packet))

    def unframe(self, text):
        packet, flip = bytearray(), 0
        for byte in text:
            if byte == ESCAPE:
                flip = FLIP
                continue
            packet.append(byte ^ flip)
            flip = 0
        if fcs(packet) != GOOD_FCS:
            sys.exit("bad frame check sequence: " + text.hex())
        return bytes(packet[:-2])

    def receive(self, timeout):
        """A frame; None: none came in time; raises EOFError at the end."""
        until = time.monotonic() + timeout
        while not self.frames:
            left = max(0, until - time.monotonic())
            if not select.select([self.source], [], [], left)[0]:
                return None
            try:
                data = os.read(self.source, 65536)
            except OSError: # the other end of a terminal is closed
                data = b""
            if not data:
                raise EOFError
            *whole, self.rest = (self.rest + data).split(bytes((FLAG,)))
            self.frames += [self.unframe(text) for text in whole if text]
        return self.frames.pop(0)


def answer(log):
    tty.setraw(0)
    line, spoken = Line(0, 1), False
    with open(log, "a", encoding="ascii") as out:
        while True:
            if not spoken:
                line.send(UP)
            try:
                packet = line.receive(0.2 if not spoken else 3600)
            except EOFError:
                print("end", file=out, flush=True)
                return
            if packet and packet[2:4] == DATA:
                spoken = True
                print(packet[4:12].hex(), file=out, flush=True)
                line.send(packet)


def expect(line, want):
    while True:
        packet = line.receive(PATIENCE_S)
        if packet is None:
            sys.exit("nothing came back")
        if packet == want:
            return
        if packet != UP:
            sys.exit(f"came back as {packet.hex()}, not {want.hex()}")


def exchange(line, size):
    # Its process and a number in front, so that nobody takes another's.
    packet = os.urandom(8) + bytes(i & 0xFF for i in range(size))
    packet = HEAD + DATA + packet
    line.send(packet)
    expect(line, packet)


def call(server, options):
    end = []
    signal.signal(signal.SIGTERM, lambda *_: end.append(1))
    ours, theirs = socket.socketpair()
    pptp = subprocess.Popen(["pptp", server, "--nolaunchpppd", "--nohostroute",
                             *options], stdin=theirs)
    theirs.close()
    line, n = Line(ours.fileno(), ours.fileno()), 0
    expect(line, UP)
    for size in SIZES:
        exchange(line, size)
        n += 1
    print("exchanged", n, flush=True)
    while not end:
        exchange(line, 64)
        n += 1
        time.sleep(0.1)
    ours.close() # as pppd does when it is over
    pptp.wait(PATIENCE_S)
    print("hung up after", n, flush=True)


if sys.argv[1:2] == ["call"]:
    call(sys.argv[2], sys.argv[3:])
else:
    answer(os.environ.get("PPP_LOG", "/dev/null"))
