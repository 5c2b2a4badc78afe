#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes corpus/tracker/NAME: packets of each protocol, see tracker_fuzz.c."""
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
SIX, LOOSE, LIBERAL = 1, 2, 4
ORIG, REPLY, QUOTED, UNSEEN, EDITED = 0, 1, 2, 4, 8


def talk(setup, *packets):
    return bytes([setup]) + b"".join(
        struct.pack("!BH", bits, len(l4)) + l4 for bits, l4 in packets)


def tcp():
    def seg(src, seq, ack, flags, data=b"", opts=b""):
        return struct.pack("!HHIIBBHHH", src, 1104 - src, seq, ack,
                           (5 + len(opts) // 4) << 4, flags, 8192, 0,
                           0) + opts + data

    opts = b"\2\4\5\xb4\1\3\3\7\4\2\1\1"
    sack = b"\1\1\5\x0a" + struct.pack("!II", 520, 530)
    up = ((ORIG, seg(1024, 99, 0, 2, opts=opts)),
          (REPLY, seg(80, 499, 100, 18, opts=opts)),
          (ORIG, seg(1024, 100, 500, 16)))
    yield "life", talk(0, *up, (ORIG, seg(1024, 100, 500, 24, b"x" * 20)),
                       (REPLY, seg(80, 500, 120, 16, b"y" * 9)),
                       (ORIG, seg(1024, 120, 509, 17)),
                       (REPLY, seg(80, 509, 121, 17)),
                       (ORIG, seg(1024, 121, 510, 16)))
    yield "reset", talk(SIX, *up, (REPLY, seg(80, 500, 100, 20)),
                        (ORIG, seg(1024, 7000, 0, 2)))
    yield "sack", talk(0, *up, (EDITED, seg(1024, 100, 500, 24, b"x")),
                       (REPLY | EDITED, seg(80, 500, 101, 16, opts=sack)),
                       (ORIG | QUOTED, seg(1024, 100, 0, 0)[:8]))
    yield "loose", talk(LOOSE, (ORIG, seg(1024, 5, 6, 16)),
                        (REPLY | UNSEEN, seg(80, 900000, 5, 16)))
    yield "liberal", talk(LIBERAL, *up, (ORIG, seg(1024, 9 << 28, 0, 16)),
                          (ORIG, seg(1024, 9 << 28, 0, 4)))
    yield "flags", talk(0, *[(ORIG, seg(1024, 1, 1, f)) for f in range(64)])


def udp():
    packet = struct.pack("!HHHH", 1, 53, 12, 0) + b"ping"
    yield "pair", talk(0, (ORIG, packet), (REPLY, packet), (ORIG, packet))
    yield "lengths", talk(SIX, *[(ORIG, struct.pack("!HHHH", 1, 53, n, 0))
                                 for n in (0, 7, 8, 9, 0xffff)])


def udplite():
    for name, coverage in ("whole", 0), ("head", 8), ("seven", 7), ("far", 99):
        yield name, talk(0, (ORIG, struct.pack("!HHHH", 1, 53, coverage, 5)
                             + b"ping"))


def icmp():
    yield "echo", talk(0, (ORIG, b"\x08\0\0\0\0\1\0\1"),
                       (REPLY, b"\0\0\0\0\0\1\0\1"))
    yield "kinds", talk(0, *[(ORIG, bytes([t, 0]) + bytes(18))
                             for t in range(44)])


def icmpv6():
    yield "echo", talk(SIX, (ORIG, b"\x80\0\0\0\0\1\0\1"),
                       (REPLY, b"\x81\0\0\0\0\1\0\1"))
    yield "kinds", talk(SIX, *[(ORIG, bytes([t, 0]) + bytes(22))
                               for t in range(1, 256, 3)])


def sctp():
    def chunk(kind, value, flags=0):
        size = len(value) + 4
        return struct.pack("!BBH", kind, flags, size) + value + bytes(-size % 4)

    def packet(src, tag, *chunks):
        return struct.pack("!HHII", src, 10 - src, tag, 0) + b"".join(chunks)

    init = struct.pack("!IIHHI", 7, 9000, 1, 1, 1)
    back = struct.pack("!IIHHI", 8, 9000, 1, 1, 1)
    yield "life", talk(
        0, (ORIG, packet(1, 0, chunk(1, init))),
        (REPLY, packet(9, 7, chunk(2, back + chunk(7, b"cookie")))),
        (ORIG, packet(1, 8, chunk(10, b"cookie"))),
        (REPLY, packet(9, 7, chunk(11, b""))),
        (ORIG, packet(1, 8, chunk(0, bytes(12) + b"x", 3))),
        (ORIG, packet(1, 8, chunk(4, bytes(8)))),
        (REPLY, packet(9, 7, chunk(5, bytes(8)))),
        (ORIG, packet(1, 8, chunk(7, bytes(4)))),
        (REPLY, packet(9, 7, chunk(8, b""))),
        (ORIG, packet(1, 8, chunk(14, b""))))
    yield "abort", talk(SIX, (ORIG, packet(1, 0, chunk(1, init))),
                        (REPLY, packet(9, 7, chunk(6, b""))))
    yield "lengths", talk(0, *[(ORIG, packet(1, 0, struct.pack(
        "!BBH", 1, 0, n) + init)) for n in (0, 3, 4, 21, 999)])


def dccp():
    def packet(src, kind, seq, more=b"", ack=None):
        head = struct.pack("!HHBBHBBHI", src, 10 - src, 0, 0, 0, kind << 1 | 1,
                           0, 0, seq)
        if ack is not None:
            head += struct.pack("!HHI", 0, 0, ack)
        head += more + bytes(-len(more) % 4)
        return head[:4] + bytes([len(head) // 4]) + head[5:]

    yield "life", talk(0, (ORIG, packet(1, 0, 5, b"\0\0\0\1")),
                       (REPLY, packet(9, 1, 50, b"\0\0\0\1", 5)),
                       (ORIG, packet(1, 3, 6, ack=50)),
                       (REPLY, packet(9, 4, 51, ack=6)),
                       (ORIG, packet(1, 6, 7, ack=51)),
                       (REPLY, packet(9, 7, 52, b"\0\0\0\0", 7)))
    yield "kinds", talk(SIX | LOOSE, *[(k & 1, packet(1 if k & 1 else 9, k, k,
                                                      bytes(4), 1))
                                       for k in range(16)])


def gre():
    yield "plain", talk(0, (ORIG, b"\0\0\x08\0inside"),
                        (REPLY, b"\0\0\x08\0inside"))
    yield "key", talk(SIX, (ORIG, b"\x20\0\x08\0\0\0\0\7inside"),
                      (ORIG, b"\xb0\0\x08\0\0\0\0\0\0\0\0\7\0\0\0\1x"))
    yield "pptp", talk(0, (ORIG, b"\x30\x81\x88\x0b\0\2\0\5\0\0\0\1\0\0\0\0hi"),
                       (ORIG, b"\x20\x81\x88\x0b\0\0\0\5\0\0\0\1"),
                       (ORIG | QUOTED, b"\x30\x81\x88\x0b\0\2\0\5"))
    yield "versions", talk(0, *[(ORIG, bytes([f, v]) + b"\x88\x0b" + bytes(12))
                                for f in (0, 0x40, 0xff) for v in range(8)])


def generic():
    yield "any", talk(0, (ORIG, b"x"), (REPLY, b""), (ORIG | QUOTED, b"xyz"))


for tracker in tcp, udp, udplite, icmp, icmpv6, sctp, dccp, gre, generic:
    folder = os.path.join(HERE, "corpus", "tracker", tracker.__name__)
    os.makedirs(folder, exist_ok=True)
    for title, data in tracker():
        with open(os.path.join(folder, title), "wb") as out:
            out.write(data)
