#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes corpus/door: conversations with the shell door and with the API."""

import pathlib
import struct

OUT = pathlib.Path(__file__).parent / "corpus" / "door"
MAGIC = b"\xf8SL1"
LIST = "/ip/firewall/address-list"
FILTER = "/ip/firewall/filter"


def frame(kind, payload=b""):
    return kind + struct.pack(">I", len(payload)) + payload


def run(text, flags=0, width=80):
    return frame(b"R", struct.pack(">BH", flags, width) + text.encode())


def complete(text, cursor=None):
    at = len(text) if cursor is None else cursor
    return frame(b"C", struct.pack(">I", at) + text.encode())


def word(text):
    data = text.encode()
    n = len(data)
    if n < 0x80:
        return bytes([n]) + data
    if n < 0x4000:
        return struct.pack(">H", n | 0x8000) + data
    return struct.pack(">I", n | 0xE0000000) + data


def sentence(*words):
    return b"".join(word(w) for w in words) + b"\0"


SHELL = {
    "empty": b"",
    "magic-cut": MAGIC[:3],
    "print": run("/ip firewall filter print")
    + run("/toy row print count-only")
    + run("/system identity print", 1),
    "items": run(
        "/ip firewall address-list\n"
        "add list=a address=10.0.0.1; add list=b address=10.0.0.0/8 disabled=yes\n"
        "set [find list=a] comment=x; move 0; remove [find where disabled]\n"
        "print detail; print as-value; print terse where list=a; export"
    ),
    "interactive": run("{", 2) + run('{\n:put "a', 2) + run('{\n:put "a"\n}', 2),
    "errors": run("/no such") + run("add") + run('"') + run(":put (") + run("}"),
    "loops": run(":for i from=1 to=300 do={ :put $i }")
    + run(":while (true) do={ }"),
    "cancel": run(":while (true) do={ :put 1 }") + frame(b"X") + run(":put 2"),
    "follow": run("/ip firewall filter print follow-only"),
    "interval": run("/toy row print interval=20ms where value<3") + frame(b"X"),
    "complete": complete("/ip fire")
    + complete("/ip firewall filter add action=d")
    + complete("{ :put [/ip firewall filter find chain=i", 9)
    + complete("", 0),
    "cursor-beyond": complete("/ip", 400),
    "run-short": frame(b"R", b"\0"),
    "unknown-frame": frame(b"Z", b"1234"),
    "frame-too-long": b"R\xff\xff\xff\xff",
    "frame-cut": run(":put 1")[:-2],
    "quit": run(" /quit ; ") + run(":put 1"),
    "stray-cancel": frame(b"X", b"payload") + run(":put 1"),
    "nul": run(":put 1\0\n:put 2"),
    "wide-rows": run("/toy row print", 0, 1),
}

API = {
    "login": sentence("/login", "=name=admin", "=password=") + sentence("/quit"),
    "login-old": sentence("/login")
    + sentence("/login", "=name=admin", "=response=00" + "ab" * 16),
    "items": sentence(LIST + "/add", "=list=a", "=address=10.0.0.1")
    + sentence(LIST + "/set", "=.id=*1", "=comment=x", ".tag=1")
    + sentence(LIST + "/unset", "=.id=*1", "=value-name=comment")
    + sentence(LIST + "/get", "=.id=*1", "=value-name=list")
    + sentence(LIST + "/print", "=.proplist=.id,list", "?list=a")
    + sentence(LIST + "/remove", "=.id=*1"),
    "queries": sentence(
        "/toy/row/print", "?>value=10", "?<value=20", "?#&", "?even=true", "?#|!", "?#0.1!"
    )
    + sentence(FILTER + "/print", "?-comment", "?chain", "?=action=drop", "?#||&"),
    "traps": sentence("/no/such/print")
    + sentence(FILTER + "/nonsense")
    + sentence(FILTER + "/add", "=bogus=1")
    + sentence(FILTER + "/add", "=chain=x", "=action=no")
    + sentence(FILTER + "/add", "==", "=!", "=!x")
    + sentence("/", "word"),
    "listen": sentence(LIST + "/listen", ".tag=l")
    + sentence(LIST + "/add", "=list=a", "=address=10.0.0.1", ".tag=a")
    + sentence("/cancel", "=tag=l", ".tag=c"),
    "follow": sentence("/toy/row/print", "=follow=", "=interval=20ms", ".tag=f")
    + sentence("/cancel"),
    "many": b"".join(
        sentence(FILTER + "/print", "=interval=1s", f".tag={i}") for i in range(20)
    ),
    "count": sentence("/toy/row/print", "=count-only="),
    "long-word": sentence(LIST + "/add", "=list=" + "x" * 20000, "=address=10.0.0.1"),
    "many-words": sentence(FILTER + "/print", *["?a"] * 600),
    "reserved-byte": b"\xf1\x00",
    "length-huge": b"\xf0\xff\xff\xff\xff",
    "length-cut": b"\xe0\x01",
    "empty-sentences": b"\0\0\0" + sentence("/quit"),
    "nul-word": b"\x03a\0b\0",
    "not-a-path": sentence("print") + sentence("?x") + sentence(".tag=1"),
}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, frames in SHELL.items():
        start = b"" if name == "magic-cut" else MAGIC
        (OUT / f"shell-{name}").write_bytes(start + frames)
    for name, sentences in API.items():
        (OUT / f"api-{name}").write_bytes(sentences)


main()
