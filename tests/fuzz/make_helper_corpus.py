#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes corpus/helper/NAME: talk that helpers understand.

The client is 192.168.88.10:40000 or 2001:db8::c0a8:580a, the server .20 or ::5814;
.11 and .21 are what each is known by where it is translated (helper_fuzz.c).
"""
import os
import re
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
PLAIN, SIX, SRCNAT, DSTNAT, OTHER, FULL = 0, 1, 2, 4, 8, 16
C, S, LAST = 0, 1, 4
CLIENT6, SERVER6 = "2001:db8::c0a8:580a", "2001:db8::c0a8:5814"


def talk(setup, *turns):
    out = bytes([setup])
    for who, data in turns:
        data = data.encode("latin-1") if isinstance(data, str) else data
        out += struct.pack("!BH", who, len(data)) + data
    return out


def ftp():
    hello = (S, "220 ftp\r\n"), (C, "USER a\r\n"), (S, "331 ?\r\n")
    yield "port", talk(SRCNAT, *hello, (C, "PORT 192,168,88,10,19,136\r\n"))
    yield "pasv", talk(DSTNAT, *hello, (C, "PASV\r\n"), (
        S, "227 Entering Passive Mode (192,168,88,20,19,136).\r\n"))
    yield "epsv", talk(DSTNAT | SIX, *hello, (C, "EPSV 2\r\n"),
                       (S, "229 ok (|||5000|)\r\n"))
    yield "eprt", talk(SRCNAT | SIX, *hello,
                       (C, "EPRT |2|%s|5000|\r\n" % CLIENT6))
    yield "lines", talk(PLAIN, (S, "220-a\r\n227 (1,2,3,4,5,6)\r\n220 b\r\n"),
                        (C, "FEAT\r\nPASV\r\nEPSV ALL\r\nAUTH TLS\r\n"),
                        (S, "211-x\r\n y\r\n211 end\r\n227 =192,168,88,20,4,0"),
                        (S, "\r\n234 go\r\n"), (C, b"\x16\3\1"))
    yield "ahead", talk(FULL, (S, "120 wait\r\n220 ftp\r\n"), (
        C, "USER a\r\nPASV\r\nRETR x\r\nEPSV\r\nPORT 192,168,88,10,7,208\r\n"
        "RETR y\r\nPORT 192,168,88,10,7,209\r\n"), (
        S, "230 in\r\n227 192,168,88,20,8,0\r\n150 a\r\n226 b\r\n"
        "229 ok (!!!5000!)\r\n"))
    yield "telnet", talk(SRCNAT, *hello, (
        C, b"\xff\xf4\xff\xf2ABOR\r\n\xff\xfb\6EPRT !1!192.168.88.10!5000!\n"))
    yield "long", talk(SRCNAT, *hello, (C, "PORT 192," + "0" * 600),
                       (C, "168\r\nPORT 192,168,88,10,19,136\r\n"))
    yield "http", talk(SRCNAT, (S, "220 x\r\n"), (
        C, "USER / HTTP/1.1\r\nHost: a\r\n\r\nPORT 192,168,88,10,19,136\r\n"))


def irc():
    nick = C, "NICK b\r\nUSER b 0 * :b\r\n"
    send = "PRIVMSG a :\1DCC SEND \"x y\" 3232258058 5000 12\1\r\n"
    yield "send", talk(SRCNAT, nick, (C, send[:30]), (C, send[30:]),
                       (S, ":a PRIVMSG b :\1DCC RESUME x 6000 5\1\r\n"),
                       (C, "PRIVMSG a :\1DCC ACCEPT x 5000 5\1\r\n"))
    yield "six", talk(SIX | SRCNAT, nick,
                      (C, "NOTICE a \1DCC CHAT chat %s 5000\1\n" % CLIENT6))
    yield "tls", talk(PLAIN, (C, "STARTTLS\r\n"), (S, ":i 670 b :go\r\n"))
    yield "tags", talk(FULL, nick, (C, "@a=b :c PRIVMSG a :\1DCC CHAT chat "
                                       "3232258058 5000\1\r\n"))
    yield "long", talk(PLAIN, nick, (C, "PRIVMSG " + "a" * 5000),
                       (C, "b\r\n" + send))


def sip():
    def message(first, body="", **more):
        lines = [first, "Via: SIP/2.0/UDP 192.168.88.10:40000;rport;branch=z",
                 "From: <sip:a@192.168.88.10>;tag=1", "To: <sip:b@h>",
                 "Call-ID: 7", "CSeq: 1 " + more.get("method", "INVITE"),
                 "Contact: <sip:a@192.168.88.10:5062;transport=udp>;expires=60"]
        if body:
            lines.append("Content-Type: application/sdp")
        lines += ["l: %d" % len(body), "", body]
        return "\r\n".join(lines)

    sdp = ("v=0\r\no=- 1 1 IN IP4 192.168.88.10\r\ns=-\r\n"
           "c=IN IP4 192.168.88.10\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n"
           "a=rtcp:5001\r\nm=video 0 RTP/AVP 31\r\n"
           "m=video 5004/2 RTP/AVP 31\r\nc=IN IP4 192.168.88.10\r\n")
    ok = message("SIP/2.0 200 OK", sdp.replace("88.10", "88.20"))
    invite = message("INVITE sip:b@192.168.88.21:5060 SIP/2.0", sdp)
    bye = message("BYE sip:b@192.168.88.21 SIP/2.0", method="BYE")
    yield "register", talk(SRCNAT, (C, message(
        "REGISTER sip:192.168.88.20 SIP/2.0", method="REGISTER")), (S, message(
            "SIP/2.0 200 OK", method="REGISTER")))
    for name, setup in ("udp", 0), ("tcp", OTHER):
        yield name, talk(setup | SRCNAT | DSTNAT, (C, invite), (S, ok),
                         (C, bye))
        yield name + "-six", talk(setup | SIX | SRCNAT, (C, re.sub(
            r"192\.168\.88\.10", CLIENT6, invite.replace("IP4", "IP6"))))
    yield "hold", talk(FULL, (C, invite.replace(
        "c=IN IP4 192.168.88.10", "c=IN IP4 0.0.0.0\r\na=sendonly")))
    yield "parts", talk(OTHER, (C, "\r\n\r\n" + invite[:99]), (C, invite[99:]))


def rtsp():
    def setup(cseq, transport, uri="rtsp://192.168.88.20/f/1"):
        return (C, "SETUP %s RTSP/1.0\r\nCSeq: %d\r\nTransport: %s\r\n\r\n" % (
            uri, cseq, transport))

    def answer(cseq, transport, status=200):
        return (S, "RTSP/1.0 %d OK\r\nCSeq: %d\r\nSession: 7;timeout=60\r\n"
                   "Transport: %s\r\n\r\n" % (status, cseq, transport))

    own = "RTP/AVP;unicast;destination=192.168.88.10;client_port=%s"
    end = C, "TEARDOWN rtsp://192.168.88.20/f RTSP/1.0\r\nSession: 7\r\n\r\n"
    yield "play", talk(SRCNAT, setup(2, own % "5000-5001"), answer(
        2, "RTP/AVP;unicast;client_port=6000-6001;source=192.168.88.20;"
        "server_port=7000-7001"), end)
    yield "server", talk(DSTNAT, setup(2, own % "5000"), answer(
        2, "RTP/AVP;client_port=5000;server_port=7000"), end)
    yield "six", talk(SIX | SRCNAT, setup(2, "RTP/AVP;unicast;destination=[%s];"
                                             "client_port=5000-5001" % CLIENT6))
    yield "offers", talk(SRCNAT, setup(
        2, own % "5000-5001" + ',RTP/AVP/TCP;interleaved=0-1;mode="A,B", '
        + own % "5002-5003"), answer(2, "RTP/AVP;client_port=6002-6003"),
        setup(3, own % "5004"), answer(3, "", 461), setup(3, own % "5004"))
    yield "frames", talk(FULL, setup(1, "RTP/AVP/TCP;interleaved=0-1"), answer(
        1, "RTP/AVP/TCP;interleaved=0-1"), (S, b"$\0\0\4abcd$\1"), (S, b"\0\2x"),
        (S, b"yRTSP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n$"), end)
    yield "parts", talk(SRCNAT, *[(C, part) for part in re.findall(
        "(?s).{1,9}", setup(2, own % "5000-5001")[1])])
    yield "http", talk(SRCNAT, (C, "POST / HTTP/1.1\r\n\r\n"), setup(
        2, own % "5000-5001"))


def pptp():
    def message(kind, body, length):
        head = struct.pack("!HHIHH", length, 1, 0x1A2B3C4D, kind, 0)
        return (head + body).ljust(length, b"\0")

    up = ((C, message(1, struct.pack("!HH", 0x100, 0), 156)),
          (S, message(2, struct.pack("!HBB", 0x100, 1, 0), 156)))
    request = message(7, struct.pack("!HH", 5, 1), 168)
    reply = message(8, struct.pack("!HHBB", 9, 5, 1, 0), 32)
    call = up + ((C, request), (S, reply))
    yield "call", talk(SRCNAT, *call, (C, message(12, b"\0\5", 16)),
                       (S, message(13, b"\0\x09", 148)))
    yield "link", talk(SRCNAT | DSTNAT, *call, (C, message(15, b"\0\x09", 24)),
                       (C, message(5, b"\0\0\0\1", 16)), (C, message(3, b"\1", 16)))
    yield "incoming", talk(DSTNAT, *up, (S, message(9, b"\0\5", 220)), (
        C, message(10, struct.pack("!HHB", 9, 5, 1), 24)),
        (S, message(11, b"\0\x09", 28)))
    yield "parts", talk(FULL, *[(w, d[i:i + 7]) for w, d in call
                                for i in range(0, len(d), 7)])


def h323():
    with open(os.path.join(HERE, "..", "plugin", "h323_messages.h")) as file:
        text = file.read().replace("\\\n", "")
    found = {}
    for name, value in re.findall(r"#define (\w+)((?:\s+\"[^\"]*\")+)", text):
        found[name] = bytes(int(b, 16) for b in
                            re.findall(r"\\x([0-9a-f]{2})", value))
    server = {"CONNECT", "ADMITTED"}
    for name, data in found.items():
        udp = name.startswith(("REGISTER", "ADMITTED"))
        data = data.replace(b"\xc6\x33\x64\x02", b"\xc0\xa8\x58\x14").replace(
            b"\x0a\0\0\5", b"\xc0\xa8\x58\x14")
        yield name.lower(), talk((OTHER if udp else 0) | SRCNAT | DSTNAT,
                                 (S if name in server else C, data))
    yield "talk", talk(PLAIN, (C, found["SETUP"]), (S, found["CONNECT"]),
                       (C, found["OPEN"]), (C, found["ACK"][:5]),
                       (C, found["ACK"][5:]))


def tftp():
    yield "read", talk(SRCNAT, (C, b"\0\1f\0octet\0blksize\x001432\0"))
    yield "write", talk(SIX, (C, b"\0\2f\0netascii\0"))
    yield "half", talk(FULL, (C, b"\0\1f\0octet"))


def amanda():
    answer = ("Amanda 2.6 REP HANDLE 0 SEQ 1\nCONNECT DATA 5000 MESG 5001 "
              "INDEX 0 STATE 5003\nOPTIONS a;\n")
    yield "answer", talk(DSTNAT, (S, answer))
    yield "six", talk(SIX | FULL, (S, answer))


def netbios_ns():
    yield "ask", talk(PLAIN, (C, b"\x12\x34\1\x10\0\1\0\0\0\0\0\0 CKAA"))


def snmp():
    yield "get", talk(PLAIN, (C, b"\x30\x26\2\1\0\4\6public"))


for helper in (ftp, irc, sip, rtsp, pptp, h323, tftp, amanda, netbios_ns,
               snmp):
    folder = os.path.join(HERE, "corpus", "helper",
                          helper.__name__.replace("_", "-"))
    os.makedirs(folder, exist_ok=True)
    for title, data in helper():
        with open(os.path.join(folder, title), "wb") as out:
            out.write(data)
