# SPDX-License-Identifier: Apache-2.0
"""Frames to inject, as short as a test can say them.

Every function returns a Frame addressed (when it is sent) to the MAC of the port
it arrives on.  Endpoints are "192.0.2.1:80", "192.0.2.1", "[2001:db8::1]:80" or
"2001:db8::1".  Keywords of all of them: ttl, id, df, tos, opt (IPv4 options),
smac, dmac, and for lies: ihl, length, ip_csum, csum, version.
"""
import socket
import struct

ETH_IP, ETH_IP6, ETH_ARP = 0x0800, 0x86DD, 0x0806
ICMP, TCP, UDP, GRE, ESP, ICMP6 = 1, 6, 17, 47, 50, 58
DCCP, SCTP, UDPLITE = 33, 132, 136
FLAG_BITS = {c: 1 << i for i, c in enumerate("FSRPAUEC")}


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo(src, dst, proto, length):
    if len(src) == 4:
        return src + dst + struct.pack("!BBH", 0, proto, length)
    return src + dst + struct.pack("!IxxxB", length, proto)


def endpoint(text):
    """Packed address and port (None where none is written)."""
    port = None
    if text.startswith("["):
        text, port = text[1:].split("]:")
    elif text.count(":") == 1:
        text, port = text.split(":")
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    return socket.inet_pton(family, text), None if port is None else int(port)


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


class Frame:
    def __init__(self, kind, packet, src=b"\0" * 4, smac=None, dmac=None):
        self.kind, self.packet, self.dmac = kind, packet, dmac
        self.smac = smac or b"\x02\0" + src[-4:]
        self.tags = b""
        self.cut = None

    def on(self, port_mac):
        """The bytes, as they arrive at a port."""
        frame = (self.dmac or port_mac) + self.smac + self.tags
        frame += struct.pack("!H", self.kind) + self.packet
        return frame if self.cut is None else frame[: self.cut]


def ip(src, dst, proto, payload, ttl=64, id=1, df=False, tos=0, opt=b"",
       off=0, more=False, ihl=None, length=None, ip_csum=None, version=None,
       smac=None, dmac=None):
    src, dst = endpoint(src)[0], endpoint(dst)[0]
    smac, dmac = smac and mac(smac), dmac and mac(dmac)
    if len(src) == 16:
        head = struct.pack("!IHBB", (version or 6) << 28 | tos << 20,
                           len(payload) if length is None else length,
                           proto, ttl)
        return Frame(ETH_IP6, head + src + dst + payload, src, smac, dmac)
    opt += b"\0" * (-len(opt) % 4)
    words = 5 + len(opt) // 4
    total = words * 4 + len(payload)
    head = struct.pack("!BBHHHBBH", (version or 4) << 4 | (ihl or words), tos,
                       total if length is None else length, id,
                       df << 14 | more << 13 | off // 8, ttl, proto, 0)
    head += src + dst + opt
    value = checksum(head) if ip_csum is None else ip_csum
    head = head[:10] + struct.pack("!H", value) + head[12:]
    return Frame(ETH_IP, head + payload, src, smac, dmac)


def proto(src, dst, number, data=b"data", **kw):
    """A packet of another protocol."""
    return ip(src, dst, number, data, **kw)


def with_csum(l4, at, src, dst, number, csum, zero=0):
    """'l4' with its checksum at offset 'at'."""
    if csum is None:
        a, b = endpoint(src)[0], endpoint(dst)[0]
        head = b"" if number == ICMP else pseudo(a, b, number, len(l4))
        csum = checksum(head + l4) or zero
    return l4[:at] + struct.pack("!H", csum) + l4[at + 2:]


def tcp(src, dst, flags="A", seq=0, ack=0, data=b"", win=8192, opts=b"",
        csum=None, offset=None, **kw):
    bits = sum(FLAG_BITS[c] for c in flags)
    opts += b"\0" * (-len(opts) % 4)
    words = 5 + len(opts) // 4 if offset is None else offset
    l4 = struct.pack("!HHIIBBHHH", endpoint(src)[1], endpoint(dst)[1],
                     seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, words << 4, bits,
                     win, 0, 0) + opts + data
    return ip(src, dst, TCP, with_csum(l4, 16, src, dst, TCP, csum), **kw)


def mss(n):
    return struct.pack("!BBH", 2, 4, n)


def wscale(n):
    return bytes((1, 3, 3, n))


SACK_OK = bytes((4, 2, 1, 1))


def udp(src, dst, data=b"hello", csum=None, ulen=None, **kw):
    l4 = struct.pack("!HHHH", endpoint(src)[1], endpoint(dst)[1],
                     8 + len(data) if ulen is None else ulen, 0) + data
    return ip(src, dst, UDP, with_csum(l4, 6, src, dst, UDP, csum, 0xFFFF),
              **kw)


def udplite(src, dst, data=b"hello", coverage=0, **kw):
    l4 = struct.pack("!HHHH", endpoint(src)[1], endpoint(dst)[1], coverage, 0)
    l4 += data
    part = l4[:coverage or len(l4)]
    a, b = endpoint(src)[0], endpoint(dst)[0]
    csum = checksum(pseudo(a, b, UDPLITE, len(l4)) + part) or 0xFFFF
    return ip(src, dst, UDPLITE, l4[:6] + struct.pack("!H", csum) + l4[8:],
              **kw)


def dccp(src, dst, kind, seq, **kw):
    """A packet without data, with a long sequence number."""
    l4 = struct.pack("!HHBBHBBHI", endpoint(src)[1], endpoint(dst)[1], 4, 0, 0,
                     kind << 1 | 1, 0, seq >> 32, seq & 0xFFFFFFFF)
    return ip(src, dst, DCCP, with_csum(l4, 6, src, dst, DCCP, None), **kw)


def crc32c(data):
    """Bit by bit; as SCTP stores it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return struct.pack("<I", crc ^ 0xFFFFFFFF)


def chunk(kind, value=b"", flags=0):
    return struct.pack("!BBH", kind, flags, 4 + len(value)) + value \
        + bytes(-len(value) % 4)


def sctp(src, dst, tag, *chunks, crc=None, **kw):
    head = struct.pack("!HHI", endpoint(src)[1], endpoint(dst)[1], tag)
    body = b"".join(chunks)
    return ip(src, dst, SCTP, head + (crc or crc32c(head + bytes(4) + body))
              + body, **kw)


def gre(src, dst, data=b"inside", key=None, csum=False, **kw):
    """Version 0, around something that says it is IP."""
    l4 = struct.pack("!BBH", csum << 7 | (key is not None) << 5, 0, ETH_IP)
    tail = (b"" if key is None else struct.pack("!I", key)) + data
    if csum:
        l4 += struct.pack("!HH", checksum(l4 + bytes(4) + tail), 0)
    return ip(src, dst, GRE, l4 + tail, **kw)


def pptp(src, dst, call, seq=None, ack=None, data=b"", **kw):
    """Version 1: a packet to the receiver's 'call'."""
    l4 = struct.pack("!BBHHH", 0x20 | (seq is not None) << 4,
                     (ack is not None) << 7 | 1, 0x880B, len(data), call)
    for number in (seq, ack):
        l4 += b"" if number is None else struct.pack("!I", number)
    return ip(src, dst, GRE, l4 + data, **kw)


def pptp_control(kind, length, *words):
    """A message of the control connection: its first 16-bit fields, the rest 0."""
    head = struct.pack("!HHIHH", length, 1, 0x1A2B3C4D, kind, 0)
    return (head + struct.pack("!%dH" % len(words), *words)).ljust(length, b"\0")


def icmp(src, dst, kind, code=0, word=0, data=b"", csum=None, **kw):
    number = ICMP6 if ":" in src else ICMP
    l4 = struct.pack("!BBHI", kind, code, 0, word) + data
    return ip(src, dst, number, with_csum(l4, 2, src, dst, number, csum), **kw)


def echo(src, dst, ident=1, seq=1, data=b"ping", **kw):
    kind = 128 if ":" in src else 8
    return icmp(src, dst, kind, 0, ident << 16 | seq, data, **kw)


def answer(src, dst, ident=1, seq=1, data=b"ping", **kw):
    """An echo reply."""
    kind = 129 if ":" in src else 0
    return icmp(src, dst, kind, 0, ident << 16 | seq, data, **kw)


def error(src, dst, kind, code, about, word=0, take=8, **kw):
    """An ICMP error that quotes the headers of 'about' and 'take' bytes of L4."""
    head = 40 if about.kind == ETH_IP6 else (about.packet[0] & 15) * 4
    return icmp(src, dst, kind, code, word, about.packet[: head + take], **kw)


def fragments(frame, *sizes):
    """The frame cut into fragments of those many payload bytes, and the rest."""
    p, out, off = frame.packet, [], 0
    v6 = frame.kind == ETH_IP6
    head = 40 if v6 else (p[0] & 15) * 4
    body = p[head:]
    ident = 1 if v6 else struct.unpack("!H", p[4:6])[0]
    for size in sizes + (len(body),):
        part = body[off: off + size]
        if part:
            out.append(fragment_of(frame, off, off + size < len(body), part,
                                   ident))
        off += size
    return out


def fragment_of(frame, off, more, part, ident=1):
    """One fragment with the header of 'frame'; it may lie."""
    p = frame.packet
    if frame.kind == ETH_IP6:
        ext = struct.pack("!BBHI", p[6], 0, off | more, ident)
        packet = (p[:4] + struct.pack("!HB", 8 + len(part), 44) + p[7:40]
                  + ext + part)
    else:
        n = (p[0] & 15) * 4
        h = (p[:2] + struct.pack("!HHH", n + len(part), ident,
                                 more << 13 | off // 8) + p[8:10] + b"\0\0"
             + p[12:n])
        packet = h[:10] + struct.pack("!H", checksum(h)) + h[12:] + part
    return Frame(frame.kind, packet, smac=frame.smac, dmac=frame.dmac)


def arp(op, sha, spa, tha, tpa, dmac=None):
    packet = struct.pack("!HHBBH", 1, ETH_IP, 6, 4, op) + mac(sha)
    packet += endpoint(spa)[0] + mac(tha) + endpoint(tpa)[0]
    return Frame(ETH_ARP, packet, smac=mac(sha), dmac=dmac and mac(dmac))


def pad(frame, to=60):
    """Ethernet padding, not zero, so that whoever counts it is found out."""
    frame.packet += b"\xa5" * max(0, to - 14 - len(frame.packet))
    return frame


def cut(frame, length):
    """Only the first 'length' bytes of the frame."""
    frame.cut = length
    return frame


def tag(frame, vlan):
    frame.tags += struct.pack("!HH", 0x8100, vlan)
    return frame


def patch(frame, at, text):
    """Other bytes (hex) at an offset of the IP packet."""
    new = bytes.fromhex(text)
    frame.packet = frame.packet[:at] + new + frame.packet[at + len(new):]
    return frame


def raw(kind, text, **kw):
    """Any EtherType, any bytes (hex)."""
    return Frame(kind, bytes.fromhex(text), **kw)
