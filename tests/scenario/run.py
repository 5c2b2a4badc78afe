#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs scenarios: frames in, frames and console output out, in virtual time.

usage: run.py [--sluiced PATH] [--update] [--show] SCENARIO...

A scenario is a folder; README.md beside this file tells what is in it.  Exit 0
if every scenario gave what its expect file says.
"""
import argparse
import builtins
import difflib
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import frames  # noqa: E402
from decode import decode  # noqa: E402

MARK = "@@@ "  # a line of the output between two commands
COUNTERS = ("/system sluice counters print terse proplist=kind,name,count "
            "where count>0 kind!=counter")  # what the command 'reasons' types
STEP = 0.01  # seconds that '+' stands for
LIMIT = 60  # seconds a scenario may take of real time


class Mistake(Exception):
    """In a scenario, not in sluice."""


class Names(dict):
    """Names an expression may use: frames.py, then scapy's."""

    def __missing__(self, name):
        if hasattr(builtins, name):
            return getattr(builtins, name)
        import scapy.all as scapy  # slow, and most scenarios do without
        if not hasattr(scapy, name):
            raise NameError(name)
        return getattr(scapy, name)


def port_mac(number):
    return bytes((2, 0x53, 0x4C, 0, 0, number))


class Scenario:
    def __init__(self, folder, sluiced):
        self.folder, self.sluiced = folder, sluiced
        self.ports = ["lan", "wan"]
        self.inputs = []  # (time, port, Frame or bytes)
        self.commands = []  # (time, command)
        self.names = Names({n: getattr(frames, n) for n in dir(frames)
                            if not n.startswith("_")})
        self.found = {}  # of 'let': value -> name
        self.roundtrip = None
        self.failures = []  # of 'check'
        self.now = 0.0

    def path(self, name):
        return os.path.join(self.folder, name)

    # Reading.

    def read(self):
        steps = self.path("steps.txt")
        lines = []
        if os.path.exists(steps):
            with open(steps) as f:
                lines = f.read().replace("\\\n", " ").split("\n")
        for number, line in enumerate(lines, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            try:
                self.take(line)
            except Mistake:
                raise
            except Exception as e:
                raise Mistake(f"{steps}:{number}: {e!r}: {line}")
        self.take_captures()

    def take(self, line):
        word = line.split()[0]
        if word == "ports":
            self.ports = line.split()[1:]
        elif word == "roundtrip":
            self.roundtrip = line.split(None, 1)[1]
        elif word == "let":
            _, name, _, regex = line.split(None, 3)
            self.let(name, regex)
        elif word == "def":
            exec(line[4:], self.names)
        elif word == "check":
            if not eval(line[6:], self.names):
                self.failures.append(f"check fails: {line[6:]}")
        else:
            self.take_step(line)

    def take_step(self, line):
        m = re.match(r"(\S+)\s+(!|\S+ <) (.*)", line)
        if not m:
            raise ValueError("neither 'TIME PORT < FRAME' nor 'TIME ! command'")
        when, what, rest = m.groups()
        if when.startswith("+"):
            self.now = round(self.now + float(when[1:] or STEP), 6)
        else:
            self.now = float(when)
        if what == "!":
            self.commands.append((self.now, rest))
            return
        value = eval(rest, self.names)
        for frame in value if isinstance(value, (list, tuple)) else [value]:
            self.inputs.append((self.now, what[:-2], frame))

    def take_captures(self):
        """lan.pcap, wan.host.pcap: real frames beside the steps."""
        taken = []
        for port in list(self.ports):
            for side in ("", ":host"):
                path = self.path(port + side.replace(":", ".") + ".pcap")
                if os.path.exists(path):
                    taken += [(t, port + side, b) for t, b in read_pcap(path)]
        first = min((t for t, _, _ in taken), default=0)
        for t, port, data in taken:
            if not data[0] & 1:
                data = self.mac_of(port) + data[6:]
            self.inputs.append((round(t - first, 6), port, data))

    def mac_of(self, port):
        name = port.split(":")[0]
        if name not in self.ports:
            raise Mistake(f"no such port: {name}")
        return port_mac(self.ports.index(name))

    def let(self, name, regex):
        """What sluice chose so far, for the steps that follow."""
        m = re.search(regex, self.run_and_render())
        if not m:
            raise Mistake(f"let {name}: no match of {regex}")
        self.found[m.group(1)] = name
        self.names[name] = m.group(1)

    # Running.

    def write_inputs(self, work):
        args = []
        sides = [p + s for p in self.ports for s in ("", ":host")]
        if self.inputs and min(t for t, _, _ in self.inputs) != 0:
            raise Mistake("the first frame must be at time 0")
        for _, port, _ in self.inputs:
            self.mac_of(port)
        for side in sides:
            mine = [(t, self.bytes_of(side, f)) for t, p, f in self.inputs
                    if p == side]
            file = os.path.join(work, side.replace(":", "."))
            if mine:
                write_pcap(file + ".in", mine)
                args += ["--replay", f"{side}={file}.in"]
            args += ["--record", f"{side}={file}.out"]
        return args, sides

    def bytes_of(self, port, frame):
        mac = self.mac_of(port)
        if isinstance(frame, bytes):
            return frame
        if isinstance(frame, frames.Frame):
            # What comes from the host goes to a neighbour.
            if port.endswith(":host") and frame.dmac is None:
                far = frame.packet[24:28] if frame.kind == frames.ETH_ARP else \
                    frame.packet[36:40] if frame.kind == frames.ETH_IP6 else \
                    frame.packet[16:20]
                frame.smac, mac = mac, b"\x02\0" + far
            return frame.on(mac)
        from scapy.all import Ether
        if Ether not in frame:
            frame = Ether(src="02:00:00:00:00:99", dst=mac.hex(":")) / frame
        return bytes(frame)

    def execute(self, config, commands, timeout=LIMIT):
        """Output, messages, exit status and {side: frames}."""
        with tempfile.TemporaryDirectory(prefix="sluice-scenario-") as work:
            args, sides = self.write_inputs(work)
            for t, command in commands:
                args += ["--at", f"{t}:{command}"]
            done = subprocess.run([self.sluiced, *args, config],
                                  cwd=self.folder, timeout=timeout,
                                  env=dict(os.environ, TZ="UTC", LC_ALL="C"),
                                  stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
            out = {}
            for side in sides:
                file = os.path.join(work, side.replace(":", ".") + ".out")
                if os.path.exists(file):
                    out[side] = list(read_pcap(file))
            return (done.stdout.decode("utf-8", "replace"),
                    done.stderr.decode("utf-8", "replace"),
                    done.returncode, out)

    def run_and_render(self):
        marked = []
        for i, (t, command) in enumerate(sorted(self.commands,
                                                key=lambda c: c[0])):
            command = COUNTERS if command == "reasons" else command
            marked += [(t, f':put "{MARK}{i}"'), (t, command)]
        output, messages, status, sent = self.execute("config.rsc", marked)
        self.output = output
        lines = self.render_frames(sent) + self.render_commands(output)
        lines.sort(key=lambda l: l[:2])
        text = "".join(l[2] for l in lines)
        if messages:
            text += "\n--- messages ---\n" + messages
        if status:
            text += f"--- exit {status} ---\n"
        for value, name in self.found.items():
            text = re.sub(r"(?<![\d.])%s(?![\d.])" % re.escape(value),
                          f"<{name}>", text)
        return text

    def render_frames(self, sent):
        """(time, order, text): in before out, the router's answers after."""
        lines = []
        for n, (t, port, frame) in enumerate(self.inputs):
            data = self.bytes_of(port, frame)
            mac = self.mac_of(port)
            text = decode(data, mac, out=port.endswith(":host"))
            lines.append((t, (0, n), f"{t:.3f} {port} < {text}\n"))
        for i, (side, records) in enumerate(sent.items()):
            for n, (t, data) in enumerate(records):
                t = round(t - 1, 6)
                text = decode(data, self.mac_of(side), ":host" not in side)
                lines.append((t, (1, i, n), f"{t:.3f} {side} > {text}\n"))
        return lines

    def render_commands(self, output):
        lines = []
        parts = re.split(r"^%s(\d+)\n" % MARK, output, flags=re.M)
        if parts[0]:
            lines.append((0, (2, -1), parts[0]))
        order = sorted(self.commands, key=lambda c: c[0])
        for number, text in zip(parts[1::2], parts[2::2]):
            t, command = order[int(number)]
            if command == "reasons":  # without the row numbers
                text = re.sub(r"^ *\d+ +kind=(.*) name=(.*) count=(.*)$",
                              r"\1: \2 \3", text, flags=re.M)
            body = "".join(("    " + l).rstrip() + "\n"
                           for l in text.splitlines())
            lines.append((t, (2, int(number)), f"{t:.3f} ! {command}\n{body}"))
        return lines

    def check_roundtrip(self):
        """What 'export' prints loads again and prints the same."""
        at = [(0, self.roundtrip)]
        one, messages, status, _ = self.execute("config.rsc", at)
        if status:
            return f"roundtrip: exit {status}\n{messages}"
        with tempfile.NamedTemporaryFile("w", suffix=".rsc") as f:
            f.write(one)
            f.flush()
            two, messages, status, _ = self.execute(f.name, at)
        if status:
            messages = messages.replace(f.name, "EXPORT")
            return f"roundtrip: exit {status}\n{messages}{one}"
        diff = "".join(difflib.unified_diff(one.splitlines(True),
                                            two.splitlines(True),
                                            "export", "export again"))
        return f"--- {self.roundtrip}: loads again to the same ---\n{one}" \
            if not diff else f"roundtrip differs\n{diff}"

    # Judging.

    def result(self):
        self.read()
        if os.path.exists(self.path("expect-error.txt")):
            _, messages, status, sent = self.execute("config.rsc", [])
            if any(sent.values()):
                messages += "it sent frames\n"
            return "expect-error.txt", messages + f"--- exit {status} ---\n"
        text = self.run_and_render()
        if self.roundtrip:
            text += self.check_roundtrip()
        return "expect.txt", text

    def judge(self, update, show):
        name, got = self.result()
        if show:
            print(got)
        for failure in self.failures:
            print(f"{self.folder}: {failure}")
        path, want = self.path(name), ""
        if os.path.exists(path):
            with open(path) as f:
                want = f.read()
        if got == want:
            return not self.failures
        if update:
            with open(path, "w") as f:
                f.write(got)
        sys.stdout.writelines(difflib.unified_diff(
            want.splitlines(True), got.splitlines(True),
            path, "what happened"))
        return update and not self.failures


def write_pcap(path, packets):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        for t, data in sorted(packets, key=lambda p: p[0]):
            ns = round(t * 1e9)
            f.write(struct.pack("<IIII", ns // 10**9, ns % 10**9, len(data),
                                len(data)) + data)


def read_pcap(path):
    with open(path, "rb") as f:
        head = f.read(24)
        if len(head) < 24:
            return
        for order in "<>":
            magic = struct.unpack(order + "I", head[:4])[0]
            if magic in (0xA1B2C3D4, 0xA1B23C4D):
                break
        else:
            raise Mistake(f"{path}: not a pcap file")
        unit = 1e-9 if magic == 0xA1B23C4D else 1e-6
        while len(record := f.read(16)) == 16:
            s, part, n, _ = struct.unpack(order + "IIII", record)
            yield s + part * unit, f.read(n)


def find_sluiced():
    for place in (os.environ.get("SLUICED"), "build/bin/sluiced",
                  "build-release/bin/sluiced", shutil.which("sluiced")):
        if place and os.path.exists(place):
            return os.path.abspath(place)
    sys.exit("run.py: no sluiced; name it with --sluiced")


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--sluiced", help="the program to test")
    args.add_argument("--update", action="store_true",
                      help="rewrite the expect file; then read the diff")
    args.add_argument("--show", action="store_true",
                      help="print what happened")
    args.add_argument("scenario", nargs="+")
    o = args.parse_args()
    sluiced = os.path.abspath(o.sluiced) if o.sluiced else find_sluiced()
    failed = []
    for folder in o.scenario:
        try:
            if not Scenario(folder, sluiced).judge(o.update, o.show):
                failed.append(folder)
        except Mistake as e:
            print(f"{folder}: {e}")
            failed.append(folder)
        except subprocess.TimeoutExpired:
            print(f"{folder}: no end after {LIMIT} s")
            failed.append(folder)
    for folder in failed:
        print(f"FAILED {folder}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
