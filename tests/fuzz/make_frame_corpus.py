#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/fuzz/corpus/frame: one file a shape of frame, in the record
format of frame_fuzz.c.  Needs python3-scapy; its output is committed."""
import os
import struct

from scapy.all import (AH, ARP, GRE, ICMP, IP, TCP, UDP, BOOTP, DHCP, DNS,
                       DNSQR, Dot1AD, Dot1Q, Ether, ICMPv6DestUnreach,
                       ICMPv6EchoRequest, ICMPv6ND_NS, ICMPv6PacketTooBig,
                       ICMPv6TimeExceeded, ICMPv6MLReport2, IPOption_RR,
                       IPOption_Router_Alert, IPv6, IPv6ExtHdrDestOpt,
                       IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
                       IPv6ExtHdrRouting, RouterAlert, Raw, fragment,
                       fragment6, raw)

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus",
                    "frame")
ETH = dict(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
E = Ether(**ETH)
V4 = dict(src="10.0.0.1", dst="192.0.2.9")
V6 = dict(src="2001:db8::1", dst="2001:db8:2::9")
P4 = IP(**V4, id=7)
P6 = IPv6(**V6)
T = TCP(sport=40000, dport=80, seq=1000, ack=5000, flags="PA")
U = UDP(sport=40000, dport=53)


def data(n):
    return Raw(bytes(i * 7 % 256 for i in range(n)))


def record(frame, offload=(0, 0, 0, 0, 0)):
    frame = raw(frame)
    return struct.pack(">HBBHHH", len(frame), *offload) + frame


def partial(frame, l4, field, gso=(0, 0)):
    """The frame with its L4 checksum left to the NIC."""
    b = bytearray(raw(frame))
    v6 = b[l4 - 40] >> 4 == 6 and l4 >= 54
    addrs = b[l4 - 32:l4] if v6 else b[l4 - 8:l4]
    pseudo = bytes(addrs) + struct.pack(">II", len(b) - l4,
                                        6 if field == 16 else 17)
    s = sum(struct.unpack(">%dH" % (len(pseudo) // 2), pseudo))
    while s >> 16:
        s = (s & 0xffff) + (s >> 16)
    b[l4 + field:l4 + field + 2] = struct.pack(">H", s)
    return record(bytes(b), (1, gso[0], gso[1], l4, field))


def overlapping4():
    whole = raw(P4 / U / data(64))[20:]
    a = IP(**V4, id=9, flags="MF", proto=17) / Raw(whole[:40])
    b = IP(**V4, id=9, frag=4, proto=17) / Raw(whole[32:])
    return record(E / a) + record(E / b) + record(E / b)


def quoted(error, packet, n):
    return E / error / Raw(raw(packet)[:n])


def frames():
    udp4, tcp6 = P4 / U / data(40), P6 / T / data(60)
    err4, err6 = IP(src="192.0.2.1", dst="10.0.0.1"), IPv6(
        src="2001:db8:2::1", dst="2001:db8::1")
    yield "tcp4", record(E / P4 / T / data(10))
    yield "tcp4-syn", record(E / P4 / TCP(flags="S", options=[
        ("MSS", 1460), ("SAckOK", b""), ("WScale", 7)]))
    yield "tcp4-rst", record(E / P4 / TCP(flags="R"))
    yield "udp4-dns", record(E / P4 / U / DNS(qd=DNSQR(qname="example.org")))
    yield "udp4-no-checksum", record(E / P4 / UDP(chksum=0) / data(3))
    yield "udp4-padded", record(E / P4 / U / data(1) / Raw(bytes(17)))
    yield "dhcp", record(Ether(src=ETH["src"], dst="ff:ff:ff:ff:ff:ff") / IP(
        src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67) /
        BOOTP(chaddr=b"\2\0\0\0\0\1") / DHCP(options=[
            ("message-type", "discover"), "end"]))
    yield "arp", record(E / ARP(psrc="10.0.0.1", pdst="10.0.0.2"))
    yield "icmp4-echo", record(E / P4 / ICMP(id=77) / data(56))
    yield "icmp4-unreachable", record(quoted(err4 / ICMP(type=3, code=1),
                                             udp4, 28))
    yield "icmp4-too-big", record(quoted(err4 / ICMP(
        type=3, code=4, nexthopmtu=1280), udp4, 68))
    yield "icmp4-extended", record(quoted(err4 / ICMP(
        type=11, length=32), P4 / U / data(300), 128) / Raw(
        b"\x20\0\xdf\xff\0\x08\x01\x01\0\x01\x01\x01"))
    yield "icmp4-quotes-fragment", record(quoted(
        err4 / ICMP(type=11), IP(**V4, frag=3) / U, 28))
    yield "icmp4-short-quote", record(quoted(err4 / ICMP(type=3), udp4, 25))
    yield "options4", record(E / IP(**V4, options=[
        IPOption_Router_Alert(), IPOption_RR(length=7, routers=["1.2.3.4"])])
        / U / data(9))
    yield "vlan", record(E / Dot1Q(vlan=7) / P4 / T)
    yield "qinq", record(E / Dot1AD(vlan=5) / Dot1Q(vlan=6) / P6 / U)
    yield "gre4", record(E / P4 / GRE(key_present=1, key=5) / P4 / U)
    yield "vxlan-partial", record(
        E / P4 / UDP(dport=4789, chksum=0) / Raw(b"\x08" + bytes(7)) / E /
        P4 / T, (1, 0, 0, 14 + 20 + 8 + 8 + 14 + 20, 16))
    yield "ipip6", record(E / P4 / tcp6)
    yield "tcp6", record(E / tcp6)
    yield "udp6", record(E / P6 / U / data(31))
    yield "udp6-no-checksum", record(E / P6 / UDP(chksum=0) / data(3))
    yield "icmp6-echo", record(E / P6 / ICMPv6EchoRequest(id=7) / data(56))
    yield "icmp6-ns", record(E / IPv6(src="fe80::1", dst="ff02::1:ff00:2",
                                      hlim=255) / ICMPv6ND_NS(tgt="fe80::2"))
    yield "icmp6-mld", record(E / IPv6(src="fe80::1", dst="ff02::16", hlim=1) /
                              IPv6ExtHdrHopByHop(options=[RouterAlert()]) /
                              ICMPv6MLReport2())
    yield "icmp6-unreachable", record(quoted(err6 / ICMPv6DestUnreach(),
                                             tcp6, 100))
    yield "icmp6-too-big", record(quoted(err6 / ICMPv6PacketTooBig(mtu=1280),
                                         tcp6, 120))
    yield "icmp6-time", record(quoted(err6 / ICMPv6TimeExceeded(), tcp6, 48))
    yield "extensions6", record(E / P6 / IPv6ExtHdrHopByHop() /
                                IPv6ExtHdrDestOpt() / IPv6ExtHdrRouting(
                                    addresses=["2001:db8::7"], segleft=0) /
                                IPv6ExtHdrDestOpt() / T / data(5))
    yield "ah6", record(E / P6 / AH(nh=17, payloadlen=4, icv=bytes(12)) / U)
    yield "esp6", record(E / IPv6(**V6, nh=50) / data(40))
    yield "none6", record(E / IPv6(**V6, nh=59) / data(4))
    yield "atomic6", record(E / P6 / IPv6ExtHdrFragment(id=9) / U / data(9))
    yield "fragments4", b"".join(
        record(E / p) for p in fragment(P4 / U / data(120), 48))
    yield "fragments4-reversed", b"".join(
        record(E / p) for p in reversed(fragment(P4 / U / data(120), 48)))
    yield "fragments4-overlap", overlapping4()
    yield "fragments4-lie", record(E / IP(**V4, frag=8191, proto=17) / data(9))
    yield "fragments6", b"".join(record(E / p) for p in fragment6(
        P6 / IPv6ExtHdrFragment(id=3) / U / data(1600), 1280))
    yield "fragments6-twice", 2 * b"".join(record(E / p) for p in fragment6(
        P6 / IPv6ExtHdrHopByHop() / IPv6ExtHdrFragment(id=4) / U / data(1400),
        1280))
    yield "large4", record(E / P4 / U / data(1200))
    yield "partial-tcp4", partial(E / P4 / T / data(40), 34, 16)
    yield "partial-udp6", partial(E / P6 / U / data(40), 54, 6)
    yield "gso-tcp4", partial(E / P4 / T / data(900), 34, 16, (1, 300))
    yield "gso-tcp6-ecn", partial(E / P6 / T / data(900), 54, 16, (0x84, 300))
    yield "gso-udp4", partial(E / P4 / U / data(900), 34, 6, (5, 100))
    yield "gso-lie", record(E / P4 / U / data(20), (1, 1, 9, 34, 16))


def main():
    os.makedirs(HERE, exist_ok=True)
    for name in os.listdir(HERE):
        os.unlink(os.path.join(HERE, name))
    for name, content in frames():
        with open(os.path.join(HERE, name), "wb") as f:
            f.write(content)


if __name__ == "__main__":
    main()
