#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""inetd.py ADDRESS PORT PROGRAM ARGUMENTS...

Runs a program as inetd runs a datagram server that waits: with a socket bound
there as its standard input.
"""

import os
import socket
import sys

address, port = sys.argv[1], int(sys.argv[2])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
sock.bind((address, port))
os.dup2(sock.fileno(), 0, inheritable=True)
os.execv(sys.argv[3], sys.argv[3:])
