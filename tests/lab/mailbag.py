#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Both ends of Mailbag, the invented protocol of include/README.md.

  mailbag.py server ADDRESS               brings mail to whoever asks; "ready"
  mailbag.py client SERVER PORT [CHOP]    "got MAIL from ADDRESS"; CHOP: byte by byte
"""

import socket
import sys

PATIENCE = 5  # seconds
PORT = 4747


def serve(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, PORT), family=family) as listener:
        print("ready", flush=True)
        while True:
            client, _ = listener.accept()
            lines = client.makefile("r", newline="\n")
            greeting, order = lines.readline(), lines.readline().split()
            print(greeting.strip(), *order, flush=True)
            try:
                with socket.create_connection((order[2], int(order[3])),
                                              PATIENCE) as mail:
                    mail.sendall(b"mail\n")
            except OSError as error:
                print(error, flush=True)
            client.close()


def fetch(server, port, chop):
    with socket.create_connection((server, PORT), PATIENCE) as order:
        own = order.getsockname()[0]
        order.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with socket.create_server((own, port), family=order.family) as waits:
            waits.settimeout(PATIENCE)
            text = ("MAILBAG 1\r\nBRING TO %s %d\r\n" % (own, port)).encode()
            for i in range(0, len(text), 1 if chop else len(text)):
                order.sendall(text[i:i + (1 if chop else len(text))])
            mail, source = waits.accept()
            print("got", mail.recv(100).decode().strip(), "from", source[0])


if sys.argv[1] == "server":
    serve(sys.argv[2])
try:
    fetch(sys.argv[2], int(sys.argv[3]), len(sys.argv) > 4)
except OSError as error:
    sys.exit(str(error))
