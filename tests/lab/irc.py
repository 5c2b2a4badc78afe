#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two IRC clients that give each other files by DCC, as mIRC does.

  irc.py take SERVER NICK FILE [--resume BYTES]      waits for an offer
  irc.py give SERVER NICK PEER FILE [--source ADDRESS] [--port N] [--chop]
          [--resumes]

'take' prints "ready", then the address and port that it was offered, and ends
when it has the file; with --resume it has that many bytes already, and asks for
the rest, as --resumes wants it.  --chop writes the offer one byte a segment.  An
error is exit status 1.
"""

import argparse
import ipaddress
import os
import socket
import struct
import sys

PATIENCE = 10  # seconds


class Client:
    def __init__(self, server, nick, source=None):
        self.sock = socket.create_connection(
            (server, 6667), PATIENCE, (source, 0) if source else None)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines = self.sock.makefile("r", encoding="latin-1", newline="\n")
        self.say("NICK " + nick)
        self.say("USER %s 0 * :%s" % (nick, nick))
        while self.hear()[1] != "001":
            pass

    def say(self, line, chop=False):
        data = (line + "\r\n").encode("latin-1")
        for part in (bytes([b]) for b in data) if chop else (data,):
            self.sock.sendall(part)

    def hear(self):
        """One message: [source, command, parameters...]."""
        line = self.lines.readline()
        if not line:
            sys.exit("the server hung up")
        line = line.rstrip("\r\n")
        source = ""
        if line.startswith(":"):
            source, _, line = line[1:].partition(" ")
        head, _, tail = line.partition(" :")
        words = head.split() + [tail]
        if words[0] == "PING":
            self.say("PONG :" + tail)
        return [source.partition("!")[0]] + words

    def tell(self, nick, text, chop=False):
        self.say("PRIVMSG %s :\1DCC %s\1" % (nick, text), chop)

    def told(self, what):
        """The next DCC message of that kind: nick, parameters."""
        while True:
            source, command, *rest = self.hear()
            if command != "PRIVMSG" or not rest[-1].startswith("\1DCC "):
                continue
            words = rest[-1].strip("\1").split()
            if words[1] != what:
                sys.exit("told %s, not %s" % (words[1], what))
            return source, words[2:]


def receive(sock, count):
    data = b""
    while len(data) < count:
        part = sock.recv(min(65536, count - len(data)))
        if not part:
            sys.exit("closed after %d of %d bytes" % (len(data), count))
        data += part
    return data


def take(args):
    irc = Client(args.server, args.nick)
    print("ready", flush=True)
    giver, (name, number, port, size) = irc.told("SEND")
    address = ipaddress.ip_address(int(number) if number.isdigit() else number)
    print("offered", address, port, flush=True)
    if args.resume:
        irc.tell(giver, "RESUME %s %s %d" % (name, port, args.resume))
        _, (_, again, position) = irc.told("ACCEPT")
        if (again, position) != (port, str(args.resume)):
            sys.exit("accepts port %s from %s" % (again, position))
    size = int(size)
    with socket.create_connection((str(address), int(port)), PATIENCE) as dcc:
        data = receive(dcc, size - args.resume)
        dcc.sendall(struct.pack("!I", size))
    with open(args.file, "ab" if args.resume else "wb") as out:
        out.write(data)


def give(args):
    irc = Client(args.server, args.nick, args.source)
    own = irc.sock.getsockname()[0]
    address = ipaddress.ip_address(own)
    with open(args.file, "rb") as file:
        data = file.read()
    listener = socket.create_server((own, args.port), family=irc.sock.family)
    listener.settimeout(PATIENCE)
    number = str(int(address)) if address.version == 4 else own
    irc.tell(args.peer, "SEND %s %s %d %d" % (
        os.path.basename(args.file), number, args.port, len(data)), args.chop)
    if args.resumes:
        _, (name, port, position) = irc.told("RESUME")
        if int(port) != args.port:
            sys.exit("asked to resume on port " + port)
        irc.tell(args.peer, "ACCEPT %s %s %s" % (name, port, position))
        data = data[int(position):]
    dcc, _ = listener.accept()
    dcc.settimeout(PATIENCE)
    dcc.sendall(data)
    receive(dcc, 4)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(required=True)
    taker = verbs.add_parser("take")
    giver = verbs.add_parser("give")
    for verb, does in ((taker, take), (giver, give)):
        verb.set_defaults(does=does)
        verb.add_argument("server")
        verb.add_argument("nick")
    giver.add_argument("peer")
    for verb in (taker, giver):
        verb.add_argument("file")
    taker.add_argument("--resume", type=int, default=0)
    giver.add_argument("--source")
    giver.add_argument("--port", type=int, default=5000)
    giver.add_argument("--chop", action="store_true")
    giver.add_argument("--resumes", action="store_true")
    args = parser.parse_args()
    try:
        args.does(args)
    except OSError as error:
        sys.exit(str(error))


main()
