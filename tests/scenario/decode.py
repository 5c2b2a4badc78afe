# SPDX-License-Identifier: Apache-2.0
"""One line of text for a frame, every checksum judged by computing it anew."""
import socket
import struct
import zlib

from frames import (DCCP, ETH_ARP, ETH_IP, ETH_IP6, FLAG_BITS, GRE, ICMP,
                    ICMP6, SCTP, TCP, UDP, UDPLITE, checksum, crc32c, mac,
                    pseudo)

ICMP_NAMES = {
    ICMP: {0: "echo-reply", 3: "unreachable", 4: "source-quench",
           5: "redirect", 8: "echo", 11: "time-exceeded",
           12: "parameter-problem", 13: "timestamp", 14: "timestamp-reply"},
    ICMP6: {1: "unreachable", 2: "too-big", 3: "time-exceeded",
            4: "parameter-problem", 128: "echo", 129: "echo-reply",
            133: "router-solicitation", 134: "router-advertisement",
            135: "neighbor-solicitation", 136: "neighbor-advertisement"},
}
EXTENSIONS = (0, 43, 60, 135)


def address(packed):
    family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
    return socket.inet_ntop(family, packed)


def with_port(packed, port):
    text = address(packed)
    return f"[{text}]:{port}" if ":" in text else f"{text}:{port}"


def show_data(data):
    if not data:
        return ""
    if len(data) <= 24 and all(32 <= c < 127 for c in data):
        return ' data="%s"' % data.decode()
    return " data=%d:%08x" % (len(data), zlib.crc32(data))


def show_pptp(data):
    """One control message: its kind and the first two fields, call ids mostly."""
    if data[2:8] != bytes.fromhex("00011a2b3c4d") or len(data) < 16:
        return ""
    if len(data) != struct.unpack("!H", data[:2])[0]:
        return ""
    return " pptp=%d:%d,%d" % struct.unpack("!HxxHH", data[8:16])


class Packet:
    """An IP packet; 'quoted': the part of one that an ICMP error carries."""

    def __init__(self, data, quoted=False):
        self.quoted, self.notes, self.sums = quoted, [], []
        self.text = "?"
        self.v6 = len(data) > 0 and data[0] >> 4 == 6
        if len(data) < (40 if self.v6 else 20) or data[0] >> 4 not in (4, 6):
            self.text = "cut %s" % data.hex()
            self.rest = b""
            return
        self.off, self.more, self.ext = 0, False, []
        (self.read6 if self.v6 else self.read4)(data)
        self.l4 = data[self.head:self.total]
        self.whole = len(data) >= self.total
        self.rest = data[self.total:]
        if not self.whole and not quoted:
            self.notes.append("short-by=%d" % (self.total - len(data)))
        self.read_l4()

    def read4(self, d):
        self.head = (d[0] & 15) * 4
        self.tos = d[1]
        self.total, self.id, frag = struct.unpack("!HHH", d[2:8])
        self.ttl, self.proto = d[8], d[9]
        self.src, self.dst = d[12:16], d[16:20]
        self.off, self.more = (frag & 0x1FFF) * 8, bool(frag & 0x2000)
        if frag & 0x4000:
            self.notes.append("df")
        if self.head > 20:
            self.notes.append("opt=" + d[20:self.head].hex())
        self.sums.append(("ip", checksum(d[: self.head]) == 0))

    def read6(self, d):
        self.head, self.proto, self.ttl, self.id = 40, d[6], d[7], None
        self.tos = struct.unpack("!H", d[:2])[0] >> 4 & 0xFF
        self.total = 40 + struct.unpack("!H", d[4:6])[0]
        self.src, self.dst = d[8:24], d[24:40]
        while len(d) >= self.head + 8:
            h = d[self.head:]
            if self.proto in EXTENSIONS:
                self.ext.append(str(self.proto))
                self.proto, size = h[0], (h[1] + 1) * 8
            elif self.proto == 44:
                word, self.id = struct.unpack("!HI", h[2:8])
                self.off, self.more = word & 0xFFF8, bool(word & 1)
                self.ext.append("frag")
                self.proto, size = h[0], 8
            else:
                return
            self.head += size
            if self.off:
                return

    def judge(self, csum_of):
        if self.whole:
            self.sums.append(("l4", csum_of == 0))

    def sum_l4(self):
        return checksum(pseudo(self.src, self.dst, self.proto, len(self.l4))
                        + self.l4)

    def read_l4(self):
        reader = {TCP: self.read_tcp, UDP: self.read_udp, ICMP: self.read_icmp,
                  ICMP6: self.read_icmp, UDPLITE: self.read_udplite,
                  DCCP: self.read_dccp, SCTP: self.read_sctp,
                  GRE: self.read_gre}.get(self.proto)
        pair = f"{address(self.src)} > {address(self.dst)}"
        if self.off or self.more:
            self.text = (f"frag {pair} proto={self.proto} off={self.off}"
                         f"{'+' if self.more else ''}" + show_data(self.l4))
        elif reader is None or len(self.l4) < 8:
            self.text = f"proto-{self.proto} {pair}" + show_data(self.l4)
        else:
            reader(pair)

    def ends(self):
        sport, dport = struct.unpack("!HH", self.l4[:4])
        return f"{with_port(self.src, sport)} > {with_port(self.dst, dport)}"

    def read_tcp(self, _pair):
        if len(self.l4) < 20:
            seq = struct.unpack("!I", self.l4[4:8])[0]
            self.text = f"tcp {self.ends()} seq={seq}"
            return
        seq, ack, off, bits, win = struct.unpack("!IIBBH", self.l4[4:16])
        flags = "".join(c for c in "SAFRPUEC" if bits & FLAG_BITS[c])
        head = (off >> 4) * 4
        self.text = f"tcp {self.ends()} {flags or '-'} seq={seq}"
        if bits & FLAG_BITS["A"] or ack:
            self.text += f" ack={ack}"
        self.text += f" win={win}"
        if head > 20:
            self.text += " opts=" + self.l4[20:head].hex()
        self.text += show_pptp(self.l4[head:]) or show_data(self.l4[head:])
        self.judge(self.sum_l4())

    def read_udp(self, _pair):
        length, csum = struct.unpack("!HH", self.l4[4:8])
        self.text = f"udp {self.ends()}" + show_data(self.l4[8:])
        if length != len(self.l4) and self.whole:
            self.text += f" udp-length={length}"
        if csum == 0 and not self.v6:
            self.notes.append("no-csum")
        else:
            self.judge(self.sum_l4())

    def read_udplite(self, _pair):
        coverage = struct.unpack("!H", self.l4[4:6])[0]
        self.text = f"udplite {self.ends()}" + show_data(self.l4[8:])
        if coverage:
            self.text += f" covers={coverage}"
        self.judge(checksum(pseudo(self.src, self.dst, self.proto,
                                   len(self.l4))
                            + self.l4[:coverage or len(self.l4)]))

    def read_dccp(self, _pair):
        self.text = f"dccp {self.ends()}"
        if self.whole and len(self.l4) >= 12:
            self.text += f" type={self.l4[8] >> 1 & 15}"
            self.judge(self.sum_l4())

    def read_sctp(self, _pair):
        tag = struct.unpack("!I", self.l4[4:8])[0]
        self.text = f"sctp {self.ends()} tag={tag}" + show_data(self.l4[12:])
        if self.whole and len(self.l4) >= 12:
            right = crc32c(self.l4[:8] + bytes(4) + self.l4[12:])
            self.sums.append(("l4", right == self.l4[8:12]))

    def read_gre(self, pair):
        """Version 0 with a key, and 1; the rest is nothing but bytes."""
        flags, bits, _, length, call = struct.unpack("!BBHHH", self.l4[:8])
        at = 8 if flags & 0x80 else 4
        if bits & 7 == 1:
            at = 8
            self.text = f"gre-1 {pair} call={call}"
            for name, there in (("seq", flags & 0x10), ("ack", bits & 0x80)):
                if there and len(self.l4) >= at + 4:
                    number = struct.unpack("!I", self.l4[at:at + 4])[0]
                    self.text += f" {name}={number}"
                    at += 4
            self.text += show_data(self.l4[at:at + length])
        elif bits & 7 == 0 and flags & 0x20 and len(self.l4) >= at + 4:
            key = struct.unpack("!I", self.l4[at:at + 4])[0]
            self.text = f"gre {pair} key={key}" + show_data(self.l4[at + 4:])
        else:
            self.text = f"proto-{GRE} {pair}" + show_data(self.l4)

    def read_icmp(self, pair):
        kind, code, _, word = struct.unpack("!BBHI", self.l4[:8])
        name = ICMP_NAMES[self.proto].get(kind, "type-%d" % kind)
        v6 = self.proto == ICMP6
        is_error = kind < 128 if v6 else kind in (3, 4, 5, 11, 12)
        self.text = f"icmp{'6' if v6 else ''} {pair} {name}"
        if is_error:
            self.id = None  # the router that made it may choose any
            self.text += f":{code}" + (f" word={word}" if word else "")
            quote = Packet(self.l4[8:], quoted=True)
            self.text += " {%s}" % quote
        else:
            self.text += (f":{code}" if code else "")
            self.text += f" id={word >> 16} seq={word & 0xFFFF}"
            self.text += show_data(self.l4[8:])
        self.judge(self.sum_l4() if v6 else checksum(self.l4))

    def __str__(self):
        if not hasattr(self, "total"):
            return self.text
        bad = [name for name, ok in self.sums if not ok]
        out = [self.text]
        if self.ext:
            out.append("ext=" + ",".join(self.ext))
        if self.tos:
            out.append("tos=0x%02x" % self.tos)
        out += self.notes
        out.append(f"ttl={self.ttl}")
        if self.id is not None:
            out.append(f"ip-id={self.id}")
        out.append(f"len={self.total}")
        if self.sums:
            out.append("csum=" + ("BAD:" + ",".join(bad) if bad else "ok"))
        return " ".join(out)


def decode_arp(d):
    op = struct.unpack("!H", d[6:8])[0]
    sha, tha = d[8:14].hex(":"), d[18:24].hex(":")
    if op == 1:
        return f"arp who-has {address(d[24:28])} tell {address(d[14:18])}"
    return (f"arp {address(d[14:18])} is-at {sha} for {address(d[24:28])}"
            f" {tha}")


def layer2(frame, port_mac, out):
    """What is not as expected of the Ethernet header: '' mostly."""
    dst, src = frame[:6], frame[6:12]
    notes = []
    if dst == b"\xff" * 6:
        notes.append("broadcast")
    elif dst[0] & 1:
        notes.append("multicast")
    elif out:
        packed = frame[30:34] if frame[12:14] == b"\x08\0" else frame[50:54]
        if dst[:2] != b"\x02\0":
            notes.append("to-mac=" + dst.hex(":"))
        elif dst[2:] != packed:
            notes.append("via=" + (address(dst[2:]) if len(packed) == 4 and
                                   frame[12:14] == b"\x08\0"
                                   else "..." + dst[2:].hex(":", 2)))
    elif dst != port_mac:
        notes.append("to-mac=" + dst.hex(":"))
    if out and src != port_mac:
        notes.append("from-mac=" + src.hex(":"))
    return "".join(" " + n for n in notes)


def decode(frame, port_mac, out=True):
    """'out': it left by the port's wire; else it came in, or went to the host."""
    if len(frame) < 14:
        return "cut %s" % frame.hex()
    notes = layer2(frame, port_mac, out)
    at, kind = 14, struct.unpack("!H", frame[12:14])[0]
    while kind in (0x8100, 0x88A8) and len(frame) >= at + 4:
        vlan, kind = struct.unpack("!HH", frame[at:at + 4])
        notes += " vlan=%d" % (vlan & 0xFFF)
        at += 4
    body = frame[at:]
    if kind in (ETH_IP, ETH_IP6):
        packet = Packet(body)
        if packet.rest:
            notes += " pad=%d" % len(packet.rest)
        return str(packet) + notes
    if kind == ETH_ARP and len(body) >= 28:
        return decode_arp(body)
    return "ethertype-%04x %s" % (kind, body.hex()) + notes


__all__ = ["decode", "mac"]
