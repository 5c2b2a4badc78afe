#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A host of the lab that rows.py commands: sends frames made by scapy and
watches what comes in.

    host.py DEVICE ROUTER-MAC

One JSON object a line on standard input, one answer a line on standard output:

    {"do": "send", "family": 4, "names": {...}, "expr": "out()/UDP(dport=9)"}
    {"do": "forget"}                    what came in so far
    {"do": "match", ..., "expr": "ttl(p) == 9", "wait": 2}   did such a p come in
    {"do": "sums"}                      frames that are badly summed
"""

import json
import logging
import socket
import sys
import threading
import time

logging.getLogger("scapy").setLevel(logging.ERROR)
import scapy.all as scapy  # noqa: E402

SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23  # linux/if_packet.h


kept = {}  # what expressions of this row keep for later ones


def keep(name, value):
    kept[name] = value
    return value


class Words:
    """What an expression of a row may say, for one family."""

    def __init__(self, family, names):
        self.v4 = family == 4
        self.names = names

    def header(self, src, dst, ttl=64, tos=0, **fields):
        fields = {"src": src, "dst": dst, **fields}
        if self.v4:
            return scapy.IP(ttl=ttl, tos=tos, **fields)
        return scapy.IPv6(hlim=ttl, tc=tos, **fields)

    def between(self, src, dst):
        """A function that makes a header from one to the other."""
        return lambda **k: self.header(k.pop("src", src), k.pop("dst", dst),
                                       **k)

    def echo(self, ident=1, seq=1, data=b""):
        if self.v4:
            return scapy.ICMP(id=ident, seq=seq) / data
        return scapy.ICMPv6EchoRequest(id=ident, seq=seq, data=data)

    def fragments(self, packet, size):
        """The packet cut up; size counts the bytes of one IP packet."""
        if self.v4:
            return scapy.fragment(packet, size - 20)
        head = scapy.IPv6(src=packet.src, dst=packet.dst)
        cut = head / scapy.IPv6ExtHdrFragment(id=packet.plen or 77) / packet[
            scapy.IPv6].payload
        return scapy.fragment6(cut, size)

    def short_udp(self, head, data, behind, wrong=0):
        """A datagram that ends before its packet does; its sum covers it."""
        whole = head / scapy.UDP(sport=4000, dport=9) / data
        udp = bytes(type(head)(bytes(whole)).payload)
        sum_ = int.from_bytes(udp[6:8], "big") + wrong
        return head / scapy.UDP(sport=4000, dport=9, len=len(udp),
                                chksum=sum_) / (data + behind)

    def all(self):
        n, ip = self.names, scapy.IP if self.v4 else scapy.IPv6
        return {**vars(scapy), **n, "IPX": ip, "header": self.header,
                "out": self.between(n["LANQ"], n["WANQ"]),
                "back": self.between(n["WANQ"], n["LANQ"]),
                "local": self.between(n["LANQ"], n["LANGW"]),
                "echo": self.echo, "fragments": self.fragments,
                "short_udp": self.short_udp,
                "ttl": lambda p: p[ip].ttl if self.v4 else p[ip].hlim,
                "tos": lambda p: p[ip].tos if self.v4 else p[ip].tc,
                "src": lambda p: p[ip].src, "dst": lambda p: p[ip].dst,
                "keep": keep, "kept": kept.get,
                "has": lambda p, *layers: all(x in p for x in layers)}


class Watch(threading.Thread):
    """Every IP frame that comes in, in order."""

    def __init__(self, device):
        super().__init__(daemon=True)
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(3))
        self.sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.sock.bind((device, 0))
        self.frames = []

    def run(self):
        while True:
            frame = self.sock.recv(65536)
            if frame[12:14] in (b"\x08\x00", b"\x86\xdd"):
                self.frames.append(frame)


def is_true_of(expr, words, packet):
    try:
        return bool(eval(expr, {**words, "p": packet}))
    except (IndexError, AttributeError, TypeError):
        return False  # it asks for a layer that this packet does not have


class Host:
    def __init__(self, device, mac):
        self.device, self.mac = device, mac
        self.watch = Watch(device)
        self.watch.start()
        self.sock = scapy.conf.L2socket(iface=device)
        self.own = scapy.get_if_hwaddr(device)

    def send(self, ask):
        words = Words(ask["family"], ask["names"]).all()
        packets = eval(ask["expr"], words)
        if not isinstance(packets, (list, tuple)):
            packets = [packets]
        for packet in packets:
            if not isinstance(packet, scapy.Ether):
                packet = scapy.Ether(src=self.own, dst=self.mac) / packet
            self.sock.send(packet)
        return {"sent": len(packets)}

    def forget(self, _):
        self.watch.frames = []
        return {}

    def match(self, ask):
        words = Words(ask["family"], ask["names"]).all()
        until = time.monotonic() + ask["wait"]
        seen, at = [], 0
        while True:
            frames = self.watch.frames
            while at < len(frames):
                packet = scapy.Ether(frames[at])
                at += 1
                if is_true_of(ask["expr"], words, packet):
                    return {"match": packet.summary()}
                seen.append(packet.summary())
            if time.monotonic() >= until:
                return {"seen": seen}
            time.sleep(0.005)

    def sums(self, _):
        return {"bad": [f"{scapy.Ether(f).summary()} {f.hex()}" for f in self.watch.frames
                        if not is_well_summed(f)]}


def is_short_well_summed(ip, udp):
    """Of a datagram that ends before its packet: its own sum."""
    if ip.name != "IP":
        return scapy.in6_chksum(17, ip, bytes(udp)[:udp.len]) == 0
    head = ip.copy()
    head.len = head.ihl * 4 + udp.len  # what scapy takes for the pseudo header
    return scapy.in4_chksum(17, head, bytes(udp)[:udp.len]) == 0


def is_well_summed(frame):
    """Whether scapy, asked to sum it anew, makes the same frame."""
    packet = scapy.Ether(frame)
    ip = packet.payload
    if ip.name == "IP" and (ip.frag or ip.flags.MF):
        return True
    if scapy.IPv6ExtHdrFragment in packet or ip.payload.name == "Raw":
        return True
    if scapy.UDP in packet and packet[scapy.UDP].len < len(
            bytes(packet[scapy.UDP])):
        return is_short_well_summed(ip, packet[scapy.UDP])
    again = packet.copy()
    layer = again.payload
    while layer and layer.name != "Padding":
        # What an ICMP error quotes is cut off: nobody can sum it.
        if layer.name in ("IP in ICMP", "IPv6 in ICMPv6"):
            break
        for field in ("chksum", "cksum"):
            if field in layer.fields:
                del layer.fields[field]
        layer.raw_packet_cache = None
        layer = layer.payload
    made = bytes(again)
    # A UDP sum of zero over IPv4 says that there is none.
    if ip.name == "IP" and scapy.UDP in packet and not packet[scapy.UDP].chksum:
        return True
    return made[:len(frame)] == frame


def main():
    host = Host(sys.argv[1], sys.argv[2])
    todo = {"send": host.send, "forget": host.forget, "match": host.match,
            "sums": host.sums}
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        ask = json.loads(line)
        try:
            answer = todo[ask["do"]](ask)
        except Exception as error:  # a row's expression can raise anything
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
