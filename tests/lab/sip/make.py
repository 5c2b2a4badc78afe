#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the scenarios that SIPp plays: make.py FOLDER IP-VERSION.

register.xml, registrar.xml   a phone registers
call.xml, answer.xml          INVITE, media both ways, hold, resume, BYE
"""
import sys

from scapy.all import IP, UDP, Ether, Raw, wrpcap

folder, version = sys.argv[1], sys.argv[2]
AUDIO = folder + "/audio.pcap"
# Some say where media goes once for all, some for each of them.
SDP = """v=0
o=phone 1 %%d IN IP%s [local_ip]
s=-
c=IN IP%s [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=%%s""" % (version, version)


def record():
    """A third of a second of speech, in RTP."""
    frames = []
    for n in range(16):
        header = bytes((0x80, 0)) + n.to_bytes(2, "big")
        header += (160 * n).to_bytes(4, "big") + b"ssrc"
        frame = (Ether() / IP(src="192.0.2.1", dst="192.0.2.2") /
                 UDP(sport=4000, dport=4000) / Raw(header + bytes(160)))
        frame.time = n * 0.02
        frames.append(frame)
    wrpcap(AUDIO, frames)


def message(text, sdp=None):
    text = text.strip("\n")
    if sdp:
        text += "\nContent-Type: application/sdp\nContent-Length: [len]\n\n"
        text += SDP % sdp
    else:
        text += "\nContent-Length: 0\n\n"
    return "<![CDATA[\n%s\n]]>" % text


def request(method, cseq, sdp=None, to="", extra=""):
    uri = "sip:[service]@[remote_ip]:[remote_port]"
    return message("""
%s %s SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[call_number]@[local_ip]:[local_port]>;tag=f[call_number]
To: <%s>%s
Call-ID: [call_id]
CSeq: %d %s
Contact: <sip:[call_number]@[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70%s""" % (method, uri, uri, to, cseq, method, extra), sdp)


def answer(status, sdp=None):
    return message("""
SIP/2.0 %s
[last_Via:]
[last_From:]
[last_To:];tag=t[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:server@[local_ip]:[local_port];transport=[transport]>"""
                   % status, sdp)


def send(text, **more):
    words = "".join(' %s="%s"' % item for item in more.items())
    return "<send%s>\n%s\n</send>" % (words, text)


def receive(what, **more):
    kind = "response" if what[0].isdigit() else "request"
    words = "".join(' %s="%s"' % item for item in more.items())
    return '<recv %s="%s"%s/>' % (kind, what, words)


PLAY = ('<nop><action><exec play_pcap_audio="%s"/></action></nop>' % AUDIO)
PAUSE = '<pause milliseconds="600"/>'


def write(name, steps):
    with open("%s/%s.xml" % (folder, name), "w") as f:
        f.write('<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="%s">'
                '\n%s\n</scenario>\n' % (name, "\n".join(steps)))


def invite(cseq, mode, to=""):
    return [send(request("INVITE", cseq, (cseq, mode), to), retrans="500"),
            receive("100", optional="true"), receive("180", optional="true"),
            receive("200", rtd="true", crlf="true"),
            send(request("ACK", cseq, None, "[peer_tag_param]"))]


PEER = "[peer_tag_param]"
record()
write("register", [
    send(request("REGISTER", 1, extra="\nExpires: 3600"), retrans="500"),
    receive("200")])
write("registrar", [receive("REGISTER"), send(answer("200 OK"))])
write("call",
      invite(1, "sendrecv") + [PLAY, PAUSE] +
      invite(2, "sendonly", PEER) + [PAUSE] +
      invite(3, "sendrecv", PEER) + [PLAY, PAUSE] +
      [send(request("BYE", 4, None, PEER), retrans="500"), receive("200")])
write("answer",
      [receive("INVITE"), send(answer("180 Ringing")),
       send(answer("200 OK", (1, "sendrecv")), retrans="500"),
       receive("ACK"), PLAY] +
      [step for cseq, mode in ((2, "recvonly"), (3, "sendrecv")) for step in
       (receive("INVITE"),
        send(answer("200 OK", (cseq, mode)), retrans="500"),
        receive("ACK"))] +
      [receive("BYE"), send(answer("200 OK"))])
