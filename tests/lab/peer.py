#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Both ends of the lab's connections, where no standard program does the job.

    peer.py echo PORT [HTTP-PORT]      TCP and UDP echo on every address; says
                                       "ready"; UDP "who" is answered with the
                                       address it came from; HTTP says "hello"
    peer.py pace HOST PORT PPS [SECS]  paced UDP echo until SECS or SIGTERM, then
                                       "sent N lost M gap MS at S" (longest silence)
    peer.py flows HOST PORT TCP UDP    so many flows at once, several rounds each
    peer.py talk HOST PORT ROUNDS [MS] one TCP connection: "open", then a line and
                                       its echo ROUNDS times, MS apart; "done"
    peer.py scan HOST PORT...          a word per TCP port: open, refused,
                                       unreachable-ERRNO, silent
    peer.py who HOST PORT              what address the echo server saw
    peer.py udp HOST PORT              one datagram: answer, refused or silent
    peer.py hold HOST PORT SECS        a TCP connection that writes: "held" if neither
                                       an answer nor an end came in SECS
    peer.py stream COMMAND...          runs it and says "first MS total MS lines N"
                                       of its output
"""

import errno
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time

SO_RCVBUFFORCE = 33  # linux/socket.h; Python has no name for it
ROUNDS = 5
PATIENCE_S = 10


def connect(kind, host, port, timeout=PATIENCE_S):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, kind)
    sock.settimeout(timeout)
    sock.connect((host, int(port)))
    return sock


def listener(kind, port):
    sock = socket.socket(socket.AF_INET6, kind)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("::", int(port)))
    if kind == socket.SOCK_STREAM:
        sock.listen(1024)
    return sock


def plain(address):
    """An IPv4 address without its IPv6 clothes."""
    return address[0].removeprefix("::ffff:")


def take_datagrams(sock):
    while True:
        try:
            data, peer = sock.recvfrom(65536)
        except (BlockingIOError, ConnectionError):
            return
        if data == b"who":
            data = plain(peer).encode()
        try:
            sock.sendto(data, peer)
        except OSError:
            pass


def take_bytes(poll, sock):
    try:
        data = sock.recv(65536)
        if data == b"who\n":
            data = (plain(sock.getpeername()) + "\n").encode()
        if data:
            sock.sendall(data)
            return
    except OSError:
        pass
    poll.unregister(sock)
    sock.close()


def take_request(sock):
    """One HTTP request, one answer; enough for curl."""
    sock.settimeout(PATIENCE_S)
    try:
        while b"\r\n\r\n" not in sock.recv(65536):
            pass
        body = f"hello {plain(sock.getpeername())}\n".encode()
        sock.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s"
                     % (len(body), body))
    except OSError:
        pass
    sock.close()


def echo(port, http=None):
    poll = selectors.DefaultSelector()
    udp, tcp = listener(socket.SOCK_DGRAM, port), listener(
        socket.SOCK_STREAM, port)
    udp.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
    web = listener(socket.SOCK_STREAM, http) if http else None
    udp.setblocking(False)
    for sock in filter(None, (udp, tcp, web)):
        poll.register(sock, selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for key, _ in poll.select():
            sock = key.fileobj
            if sock is udp:
                take_datagrams(udp)
            elif sock is tcp:
                poll.register(tcp.accept()[0], selectors.EVENT_READ)
            elif sock is web:
                take_request(web.accept()[0])
            else:
                take_bytes(poll, sock)


class Pacer:
    """Numbered datagrams at a steady rate, and which of them came back."""

    def __init__(self, host, port):
        self.sock = connect(socket.SOCK_DGRAM, host, port)
        self.sock.settimeout(0.2)
        self.stop = False
        self.sent = 0
        self.back = set()
        self.gap, self.when = 0.0, 0.0

    def receive(self):
        last = time.monotonic()
        while True:
            try:
                data = self.sock.recv(2048)
            except socket.timeout:
                if self.stop:
                    return
                continue
            except ConnectionError:
                continue
            now = time.monotonic()
            if now - last > self.gap:
                self.gap, self.when = now - last, last
            last = now
            self.back.add(int(data.split()[0]))

    def run(self, pps, seconds):
        thread = threading.Thread(target=self.receive)
        thread.start()
        start = time.monotonic()
        while not self.stop and time.monotonic() - start < seconds:
            try:
                self.sock.send(b"%d %s" % (self.sent, b"x" * 100))
            except ConnectionError:
                pass
            self.sent += 1
            wait = start + self.sent / pps - time.monotonic()
            if wait > 0:
                time.sleep(wait)
        time.sleep(1)  # the last answers may still be on their way
        self.stop = True
        thread.join()
        print(f"sent {self.sent} lost {self.sent - len(self.back)} "
              f"gap {self.gap * 1000:.0f} at {self.when - start:.1f}",
              flush=True)


def pace(host, port, pps, seconds="86400"):
    pacer = Pacer(host, port)

    def stop(*_):
        pacer.stop = True

    signal.signal(signal.SIGTERM, stop)
    # An assured flow: the router has seen both directions.
    pacer.sock.send(b"0 first")
    pacer.sock.recv(2048)
    print("open", flush=True)
    pacer.run(float(pps), float(seconds))


def flow(kind, host, port, failures):
    try:
        sock = connect(kind, host, port)
        for n in range(ROUNDS):
            want = os.urandom(700)
            got = b""
            for _ in range(3 if kind == socket.SOCK_DGRAM else 1):
                sock.send(want)
                try:
                    while len(got) < len(want):
                        got += sock.recv(2048)
                    break
                except socket.timeout:
                    if kind == socket.SOCK_STREAM:
                        raise
            if got != want:
                raise OSError(f"round {n}: {len(got)} bytes came back")
        sock.close()
    except OSError as error:
        failures.append(f"{kind.name} {error}")


def flows(host, port, tcp, udp):
    failures = []
    threads = [threading.Thread(target=flow, args=(kind, host, port, failures))
               for kind, n in ((socket.SOCK_STREAM, tcp),
                               (socket.SOCK_DGRAM, udp))
               for _ in range(int(n))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(f"{len(threads)} flows, {len(failures)} failed", flush=True)
    for line in failures[:5]:
        print(line, file=sys.stderr)
    return 1 if failures else 0


def talk(host, port, rounds, pause_ms="100"):
    sock = connect(socket.SOCK_STREAM, host, port)
    print("open", flush=True)
    for n in range(int(rounds)):
        sock.sendall(b"%d\n" % n)
        if sock.recv(100) != b"%d\n" % n:
            raise OSError(f"no echo in round {n}")
        time.sleep(float(pause_ms) / 1000)
    print("done", flush=True)


def scan(host, *ports):
    for port in ports:
        try:
            connect(socket.SOCK_STREAM, host, port, 1).close()
            word = "open"
        except socket.timeout:
            word = "silent"
        except ConnectionRefusedError:
            word = "refused"
        except OSError as error:
            word = "unreachable-" + errno.errorcode.get(error.errno, "?")
        print(port, word)


def who(host, port):
    sock = connect(socket.SOCK_DGRAM, host, port)
    sock.send(b"who")
    print(sock.recv(100).decode())


def udp_once(host, port):
    sock = connect(socket.SOCK_DGRAM, host, port, 1)
    sock.send(b"ping")
    try:
        print(sock.recv(100).decode())
    except socket.timeout:
        print("silent")
    except ConnectionRefusedError:
        print("refused")
    except OSError as error:
        print("unreachable-" + errno.errorcode.get(error.errno, "?"))


def hold(host, port, seconds):
    sock = connect(socket.SOCK_STREAM, host, port)
    sock.send(b"are you there?\n")
    sock.settimeout(float(seconds))
    try:
        print("answered" if sock.recv(100) else "ended")
    except socket.timeout:
        print("held")
    except OSError as error:
        print(errno.errorcode.get(error.errno, "?"))


def stream(*command):
    start = time.monotonic()
    first, lines = None, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        for _ in child.stdout:
            first = first or time.monotonic()
            lines += 1
    total = time.monotonic()
    if child.returncode:
        raise OSError(f"{command[0]} ended with {child.returncode}")
    print(f"first {((first or total) - start) * 1000:.0f} "
          f"total {(total - start) * 1000:.0f} lines {lines}")


COMMANDS = {"echo": echo, "pace": pace, "flows": flows, "talk": talk,
            "scan": scan, "who": who, "udp": udp_once, "stream": stream,
            "hold": hold}


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        return COMMANDS[sys.argv[1]](*sys.argv[2:]) or 0
    except OSError as error:
        print(f"peer {sys.argv[1]}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
