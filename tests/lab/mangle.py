#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A bad cable: carries frames between two netdevs, and drops, doubles, reorders and
cuts those of TCP, the same way every time.

    mangle.py DEV1 DEV2 SEED [drop=PERCENT] [double=PERCENT] [swap=PERCENT]
              [cut=BYTES] [below=BYTES]

cut=1 makes segments of one byte of each that has at most 'below' bytes (all a
control connection says, not what a data connection carries).  A swapped frame
goes after the next one, or when nothing comes for a while.  What is not TCP, and
what opens or resets a connection, passes as it is.  Prints "ready".

The cables must carry real frames with real checksums (ethtool -K ... off).
"""

import random
import select
import socket
import struct
import sys

ETH_P_ALL = 3
OUTGOING = 4  # PACKET_OUTGOING: what this program sent itself
ETH = 14
FIN, SYN, RST, PSH = 1, 2, 4, 8
SWAP_S = 0.01


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Segment:
    """A frame with TCP in it; 'ok' if it is one."""

    def __init__(self, frame):
        self.ok = False
        self.frame = frame
        kind = frame[12:14]
        if kind == b"\x08\x00" and len(frame) >= ETH + 20:
            self.family = 4
            self.l4 = ETH + (frame[ETH] & 15) * 4
            end = ETH + struct.unpack_from("!H", frame, ETH + 2)[0]
            whole = struct.unpack_from("!H", frame, ETH + 6)[0] & 0x3fff == 0
            is_tcp = frame[ETH + 9] == 6 and whole
        elif kind == b"\x86\xdd" and len(frame) >= ETH + 40:
            self.family = 6
            self.l4 = ETH + 40
            end = self.l4 + struct.unpack_from("!H", frame, ETH + 4)[0]
            is_tcp = frame[ETH + 6] == 6
        else:
            return
        if not is_tcp or end > len(frame) or end < self.l4 + 20:
            return
        self.payload_at = self.l4 + (frame[self.l4 + 12] >> 4) * 4
        self.payload = frame[self.payload_at:end]
        self.flags = frame[self.l4 + 13]
        self.ok = True

    def piece(self, start, end):
        """The frame with payload[start:end] only."""
        head = bytearray(self.frame[:self.payload_at])
        payload = self.payload[start:end]
        seq = struct.unpack_from("!I", head, self.l4 + 4)[0]
        struct.pack_into("!I", head, self.l4 + 4, (seq + start) & 0xffffffff)
        if end < len(self.payload):
            head[self.l4 + 13] &= ~(FIN | PSH)
        length = self.payload_at - self.l4 + len(payload)
        if self.family == 4:
            struct.pack_into("!H", head, ETH + 2, self.l4 - ETH + length)
            struct.pack_into("!H", head, ETH + 10, 0)
            struct.pack_into("!H", head, ETH + 10,
                             checksum(bytes(head[ETH:self.l4])))
            ends = head[ETH + 12:ETH + 20]
        else:
            struct.pack_into("!H", head, ETH + 4, length)
            ends = head[ETH + 8:ETH + 40]
        struct.pack_into("!H", head, self.l4 + 16, 0)
        pseudo = bytes(ends) + struct.pack("!II", length, 6)
        struct.pack_into("!H", head, self.l4 + 16, checksum(
            pseudo + bytes(head[self.l4:]) + payload))
        return bytes(head) + payload


class Way:
    """One direction."""

    def __init__(self, out, seed, how):
        self.out = out
        self.how = how
        self.random = random.Random(seed)
        self.waiting = None

    def chance(self, what):
        return self.random.uniform(0, 100) < self.how[what]

    def send(self, frame):
        try:
            self.out.send(frame)
        except OSError:
            pass  # as a full cable would

    def flush(self):
        if self.waiting:
            self.send(self.waiting)
            self.waiting = None

    def pieces(self, segment):
        n, step = len(segment.payload), self.how["cut"]
        if not step or not 1 < n <= self.how["below"]:
            return [segment.frame]
        return [segment.piece(at, min(at + step, n))
                for at in range(0, n, step)]

    def carry(self, frame):
        segment = Segment(frame)
        if not segment.ok or segment.flags & (SYN | RST):
            self.send(frame)
            return
        for piece in self.pieces(segment):
            if self.chance("drop"):
                continue
            if not self.waiting and self.chance("swap"):
                self.waiting = piece
                continue
            self.send(piece)
            if self.chance("double"):
                self.send(piece)
            self.flush()


def open_dev(name):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                      socket.htons(ETH_P_ALL))
    s.bind((name, 0))
    s.setblocking(False)
    return s


def main():
    devs = [open_dev(name) for name in sys.argv[1:3]]
    how = {"drop": 0.0, "double": 0.0, "swap": 0.0, "cut": 0, "below": 1500}
    for word in sys.argv[4:]:
        name, value = word.split("=")
        how[name] = type(how[name])(value)
    ways = {devs[0]: Way(devs[1], sys.argv[3] + "there", how),
            devs[1]: Way(devs[0], sys.argv[3] + "back", how)}
    print("ready", flush=True)
    while True:
        ready = select.select(devs, [], [], SWAP_S)[0]
        if not ready:
            for way in ways.values():
                way.flush()
        for dev in ready:
            frame, where = dev.recvfrom(65536)
            if where[2] != OUTGOING:
                ways[dev].carry(frame)


if __name__ == "__main__":
    main()
