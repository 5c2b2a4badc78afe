#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many FTP control connections at once, and transfers over some of them.

ftp_many.py server PORT          answers USER PASS NOOP PASV PORT RETR QUIT
ftp_many.py client HOST PORT N   opens N control connections, says "ready", then
    for each line it reads: "round" has every connection say NOOP and some of
    them fetch, passively or actively; anything else ends.  Says "ok" or what
    went wrong.
"""
import asyncio
import sys

CONTENT = b"0123456789abcdef" * 4096
TRANSFERS = 40  # a round, half of them active


def address_of(text):
    """("1.2.3.4", 1234) of "h,h,h,h,p,p"."""
    n = text.split(",")
    return ".".join(n[:4]), int(n[4]) * 256 + int(n[5])


def commas(host, port):
    return "%s,%d,%d" % (host.replace(".", ","), port >> 8, port & 255)


class Server:
    """One control connection, from the server's side."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.data = None  # a future of (reader, writer)

    def say(self, text):
        self.writer.write((text + "\r\n").encode())

    async def passive(self):
        self.data = asyncio.get_running_loop().create_future()
        listener = await asyncio.start_server(
            lambda r, w: self.data.set_result((r, w)),
            self.writer.get_extra_info("sockname")[0], 0)
        host, port = listener.sockets[0].getsockname()[:2]
        self.say("227 Entering Passive Mode (%s)." % commas(host, port))

    async def active(self, where):
        host, port = address_of(where)
        self.data = asyncio.get_running_loop().create_future()
        self.say("200 PORT done")
        try:
            self.data.set_result(await asyncio.open_connection(host, port))
        except OSError as error:
            self.data.set_exception(error)

    async def send(self):
        try:
            _, writer = await asyncio.wait_for(self.data, 10)
        except (OSError, asyncio.TimeoutError) as error:
            self.say("425 no data connection: %r" % error)
            return
        self.say("150 here it comes")
        writer.write(CONTENT)
        await writer.drain()
        writer.close()
        self.say("226 that was it")

    async def run(self):
        self.say("220 many")
        while line := (await self.reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            if verb == "PASV":
                await self.passive()
            elif verb == "PORT":
                await self.active(rest)
            elif verb == "RETR":
                await self.send()
            else:
                self.say({"USER": "331 and?", "PASS": "230 in"}.get(
                    verb, "200 yes"))
            await self.writer.drain()
        self.writer.close()


class Client:
    """The same from the client's."""

    def __init__(self, host, port):
        self.where = host, port

    async def expect(self, code):
        line = await asyncio.wait_for(self.reader.readline(), 20)
        if not line.startswith(code):
            raise RuntimeError("want %s, got %s" % (code, line))
        return line.decode()

    async def ask(self, text, code):
        self.writer.write((text + "\r\n").encode())
        return await self.expect(code)

    async def begin(self):
        self.reader, self.writer = await asyncio.open_connection(*self.where)
        await self.expect(b"220")
        await self.ask("USER any", b"331")
        await self.ask("PASS any", b"230")

    async def fetch(self, active):
        done = asyncio.get_running_loop().create_future()

        async def take(reader, writer):
            done.set_result(await reader.read(-1))
            writer.close()

        if active:
            mine = self.writer.get_extra_info("sockname")[0]
            listener = await asyncio.start_server(take, mine, 0)
            await self.ask("PORT " + commas(
                *listener.sockets[0].getsockname()[:2]), b"200")
        else:
            reply = await self.ask("PASV", b"227")
            host, port = address_of(reply[reply.index("(") + 1:
                                          reply.index(")")])
            self.task = asyncio.ensure_future(take(
                *await asyncio.open_connection(host, port)))
        await self.ask("RETR x", b"150")
        got = await asyncio.wait_for(done, 20)
        if active:
            listener.close()
        await self.expect(b"226")
        if got != CONTENT:
            raise RuntimeError("%d bytes came" % len(got))


async def serve(port):
    server = await asyncio.start_server(
        lambda r, w: Server(r, w).run(), "0.0.0.0", int(port), backlog=2048)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


async def one_round(clients):
    await asyncio.gather(*(c.ask("NOOP", b"200") for c in clients))
    step = max(1, len(clients) // TRANSFERS)
    await asyncio.gather(*(c.fetch(i % 2) for i, c in
                           enumerate(clients[::step])))


async def run_client(host, port, n):
    clients = [Client(host, int(port)) for _ in range(int(n))]
    for i in range(0, len(clients), 100):
        await asyncio.gather(*(c.begin() for c in clients[i:i + 100]))
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while (await loop.run_in_executor(None, sys.stdin.readline)).strip() == \
            "round":
        await one_round(clients)
        print("ok", flush=True)


if __name__ == "__main__":
    what = {"server": serve, "client": run_client}[sys.argv[1]]
    asyncio.run(what(*sys.argv[2:]))
