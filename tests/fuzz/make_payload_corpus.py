#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes corpus/payload: ClientHellos in pieces, and expressions."""
import os

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus",
                    "payload")


def vec(n, data):
    return len(data).to_bytes(n, "big") + data


def message(host):
    name = b"\0\0" + vec(2, vec(2, b"\0" + vec(2, host))) if host else b""
    body = (b"\3\3" + b"R" * 32 + vec(1, b"S" * 4) + vec(2, b"\x13\1")
            + vec(1, b"\0") + vec(2, b"\0\x17\0\0" + name))
    return b"\1" + vec(3, body)


def record(data):
    return b"\x16\3\1" + vec(2, data)


def pieces(*parts):
    return b"h" + b"".join(off.to_bytes(2, "big") + vec(2, data)
                           for off, data in parts)


HELLO = record(message(b"www.example.com"))
SPLIT = record(message(b"a.example")[:20]) + record(message(b"a.example")[20:])
INPUTS = {
    "whole": pieces((0, HELLO)),
    "two": pieces((0, HELLO[:40]), (40, HELLO[40:])),
    "swapped": pieces((40, HELLO[40:]), (0, HELLO[:40])),
    "overlap": pieces((30, HELLO[30:60]), (0, HELLO[:50]), (50, HELLO[50:])),
    "records": pieces((0, SPLIT)),
    "nameless": pieces((0, record(message(b"")))),
    "not": pieces((0, b"GET / HTTP/1.1\r\n")),
    "far": pieces((0x3fff, b"xx"), (0x4000, b"x"), (0xffff, b"x"), (0, HELLO)),
    "regex-site": b"r^.+(facebook.com).*$",
    "regex-bytes": rb"r^(\x13bittorrent|[\x01-\x1f]{2,4}\x00?)",
    "regex-brackets": rb"r[]a-z^[:alpha:][=b=][.c.]\d\]-]+[^]\w]",
    "regex-repeats": rb"r(a{1,3}|b*?|{2}|c{,4}){2,}",
    "regex-wrong": rb"r((a)[b\q",
    "regex-escape-end": rb"r[a\]",
    "regex-escape-hex": rb"r[\x41",
}

os.makedirs(HERE, exist_ok=True)
for name, data in INPUTS.items():
    with open(os.path.join(HERE, name), "wb") as out:
        out.write(data)
