#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a file of rows (tests/lab/rules/*.rows) through a running sluiced.

    rows.py FILE [PATTERN]     only rows whose name matches PATTERN

cases/rules.sh makes the network and starts sluiced first.  The words of a row
are in tests/lab/README.md.
"""

import json
import os
import re
import select
import subprocess
import sys
import time

PATIENCE_S = 5.0  # for what must happen; a neighbor is given three seconds
SILENCE_S = 0.1  # for what must not
COMMAND_S = 20
TABLES = [f"/{ip} firewall {table}" for ip in ("ip", "ipv6")
          for table in ("filter", "nat", "mangle", "raw")]
LABEL = "the row's"  # comment of the rule that is watched
SEEN = "the lab's"  # comment of the rules that count every packet
HERE = os.path.dirname(os.path.abspath(__file__))
SLUICE = os.environ["SLUICE"]
SPACES = {"lan": os.environ["LAN"], "rtr": os.environ["RTR"],
          "wan": os.environ["WAN"]}


class Failed(Exception):
    pass


def names_of(family):
    """What a row may say in braces, and as a name in an expression."""
    e = os.environ
    own = {"LAN": e[f"LAN{family}"], "WAN": e[f"WAN{family}"],
           "LANGW": e[f"LANGW{family}"], "WANGW": e[f"WANGW{family}"],
           "LANQ": e[f"LANQ{family}"], "WANQ": e[f"WANQ{family}"],
           "LANMAC": e["LANMAC"], "WANMAC": e["WANMAC"],
           "PEER": os.path.join(HERE, "peer.py"), "TMP": e["TMP"]}
    if family == 4:
        return {**own, "fw": "/ip firewall", "ip": "/ip", "icmp": "icmp",
                "ttl": "ttl", "to": "to-addresses", "host": "32", "v": "4",
                "bits": "", "echo": "8", "POOL": "198.51.100.77",
                "FAR": "203.0.113.5", "WANB": own["WAN"]}
    return {**own, "fw": "/ipv6 firewall", "ip": "/ipv6", "icmp": "icmpv6",
            "ttl": "hop-limit", "to": "to-address", "host": "128", "v": "6",
            "bits": "/128", "echo": "128", "POOL": "2001:db8:2::77",
            "FAR": "2001:db8:f::5", "WANB": f"[{own['WAN']}]"}


class Host:
    """host.py in a namespace."""

    def __init__(self, space, mac):
        self.child = subprocess.Popen(
            ["ip", "netns", "exec", SPACES[space], "/usr/bin/python3",
             os.path.join(HERE, "host.py"), "eth0", mac],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def answer(self):
        if not select.select([self.child.stdout], [], [], COMMAND_S)[0]:
            raise Failed("host.py does not answer")
        answer = json.loads(self.child.stdout.readline())
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def ask(self, do, **more):
        self.child.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self.child.stdin.flush()
        return self.answer()

    def end(self):
        self.child.stdin.close()
        self.child.wait(COMMAND_S)


def sluice(*commands):
    run = subprocess.run([SLUICE, *commands], capture_output=True, text=True,
                         timeout=COMMAND_S)
    text = run.stdout + run.stderr
    if run.returncode:
        raise Failed(f"{'; '.join(commands)}: {text.strip()}")
    return text


def sum_of(tables, label):
    """The packets that rules with that comment have counted."""
    script = ":local n 0; " + " ".join(
        f':foreach r in=[{t} find comment="{label}"] do={{ :set n ($n + '
        f"[{t} get $r packets]) }};" for t in tables) + " :put $n"
    return int(sluice(script).split()[-1])


def clean():
    """No rule but the lab's, no list, no connection."""
    script = [f'{t} remove [find dynamic=no comment!="{SEEN}"]'
              for t in TABLES]
    for ip in ("/ip", "/ipv6"):
        script += [f"{ip} firewall address-list remove [find]"]
    # Asked of their owners: gone a moment later.
    script += [":do { /ip firewall connection remove [find] } on-error={}",
               ":do { /ipv6 firewall connection remove [find] } on-error={}"]
    sluice(*script)


class Row:
    """One row for one family: its steps, in order, and how it stands."""

    def __init__(self, name, family, steps, hosts):
        self.name, self.family, self.hosts = name, family, hosts
        self.steps = steps
        self.names = names_of(family)
        self.watched = None  # table of the row's rule
        self.undos = []
        self.output = ""

    def filled(self, text):
        return re.sub(r"\{(\w+)\}", lambda m: self.names.get(
            m.group(1), m.group(0)), text)

    def run(self):
        try:
            for number, word, rest in self.steps:
                try:
                    STEPS[word](self, rest)
                except (Failed, subprocess.TimeoutExpired) as error:
                    raise Failed(f"line {number}: {word} {rest}\n"
                                 f"    {error}") from None
        finally:
            clean()  # rules name what is undone
            for line in self.undos:
                sluice(line)

    # what a row may say

    def load(self, rest):
        sluice(self.filled(rest))

    def undo(self, rest):
        self.undos.insert(0, self.filled(rest))

    def rule(self, rest):
        line = self.filled(rest)
        self.watched = line.split(" add ")[0]
        sluice(f'{line} comment="{LABEL}"')

    def refused(self, rest):
        command, pattern = self.two(rest)
        try:
            text = sluice(command)
        except Failed as error:
            if re.search(pattern, str(error)):
                return
            raise
        raise Failed(f"was not refused: {text}")

    def traffic(self, rest):
        """lan> EXPRESSION, or lan$ COMMAND; how many packets it must be."""
        where, kind, what = rest[:3], rest[3:4], rest[4:].strip()
        if where not in SPACES or kind not in (">", "$"):
            raise Failed("traffic is lan> EXPRESSION or lan$ COMMAND")
        for host in self.hosts.values():
            host.ask("forget")
        if kind == ">":
            return self.hosts[where].ask(
                "send", family=self.family, names=self.names, expr=what)["sent"]
        run = subprocess.run(
            ["ip", "netns", "exec", SPACES[where], "bash", "-c",
             self.filled(what)], capture_output=True, text=True,
            timeout=COMMAND_S)
        self.output = f"{run.stdout}{run.stderr}exit {run.returncode}\n"
        return 1

    def send(self, rest):
        """Traffic that has passed the router when this returns."""
        before = sum_of(TABLES, SEEN)
        sent = self.traffic(rest)
        until = time.monotonic() + PATIENCE_S
        while sum_of(TABLES, SEEN) - before < sent:
            if time.monotonic() > until:
                raise Failed(f"sluiced saw no packet {self.output}")
        bad = [s for h in self.hosts.values() for s in h.ask("sums")["bad"]]
        if bad:
            raise Failed(f"badly summed: {bad}")

    def moved(self, rest, wanted):
        """How far the watched rule counted over that traffic."""
        if not self.watched:
            raise Failed("no rule before it")
        before = sum_of([self.watched], LABEL)
        self.send(rest)
        until = time.monotonic() + PATIENCE_S
        while True:
            moved = sum_of([self.watched], LABEL) - before
            # A packet that the kernel sent of itself may have been the one
            # that send() saw.
            if moved >= wanted or time.monotonic() > until:
                return moved

    def hit(self, rest):
        exact = re.match(r"(\d+) ", rest)
        wanted = int(exact.group(1)) if exact else 1
        moved = self.moved(rest[exact.end():] if exact else rest, wanted)
        if moved < wanted or (exact and moved > wanted):
            raise Failed(f"the rule counted {moved} {self.output}")

    def miss(self, rest):
        moved = self.moved(rest, 0)
        if moved:
            raise Failed(f"the rule counted {moved} {self.output}")

    def arrivals(self, rest, wait):
        where, expr = rest[:3], rest[4:].strip()
        if where not in self.hosts or rest[3:4] != ">":
            raise Failed("arrivals are wan> EXPRESSION or lan> EXPRESSION")
        return self.hosts[where].ask("match", family=self.family,
                                     names=self.names, expr=expr, wait=wait)

    def got(self, rest):
        answer = self.arrivals(rest, PATIENCE_S)
        if "match" not in answer:
            raise Failed(f"came in: {answer['seen']}")

    def none(self, rest):
        answer = self.arrivals(rest, SILENCE_S)
        if "match" in answer:
            raise Failed(f"came in: {answer['match']}")

    def says(self, rest):
        if not re.search(self.filled(rest), self.output):
            raise Failed(f"it said: {self.output}")

    def two(self, rest):
        command, arrow, pattern = self.filled(rest).rpartition(" => ")
        if not arrow:
            raise Failed("COMMAND => PATTERN")
        return command, pattern

    def prints(self, rest):
        command, pattern = self.two(rest)
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                text = sluice(command)
            except Failed as error:
                text = str(error)
            if re.search(pattern, text):
                return
            if time.monotonic() > until:
                raise Failed(f"it printed: {text}")

    def pause(self, rest):
        time.sleep(float(rest))

    def oneway(self, rest):
        """Why there is nothing that just misses."""


STEPS = {w: getattr(Row, w) for w in (
    "load", "undo", "rule", "refused", "send", "hit", "miss", "got", "none",
    "says", "prints", "pause", "oneway")}


def is_both_ways(words):
    return "oneway" in words or "refused" in words or (
        "hit" in words and "miss" in words)


def read_rows(path):
    """(name, families, [(line number, word, rest)]) for each row."""
    rows, joined = [], ""
    for number, line in enumerate(open(path), 1):
        line = joined + line.strip()
        joined = ""
        if line.endswith("\\"):
            joined = line[:-1].rstrip() + " "
            continue
        if not line or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word == "==":
            name = rest.split()
            families = [int(w[1]) for w in name if w in ("v4", "v6")]
            name = " ".join(w for w in name if w not in ("v4", "v6"))
            rows.append((name, families or [4, 6], []))
        elif word not in STEPS or not rows:
            sys.exit(f"{path}:{number}: {word}: no such word of a row")
        else:
            rows[-1][2].append((number, word, rest))
    for name, _, steps in rows:
        if not is_both_ways([w for _, w, _ in steps]):
            sys.exit(f"{path}: {name}: wants a hit and a miss")
    return rows


def lab_rules():
    for table in (t for t in TABLES if t.endswith(" raw")):
        sluice(*(f'{table} add chain={chain} action=passthrough '
                 f'comment="{SEEN}"' for chain in ("prerouting", "output")))


def main():
    path, pattern = sys.argv[1], (sys.argv[2:] or [""])[0]
    rows = read_rows(path)
    hosts = {"lan": Host("lan", os.environ["LANGWMAC"]),
             "wan": Host("wan", os.environ["WANGWMAC"])}
    for host in hosts.values():
        host.answer()
    lab_rules()
    clean()
    failed, done = 0, 0
    for name, families, steps in rows:
        for family in families:
            title = f"{name} v{family}"
            if not re.search(pattern, title):
                continue
            done += 1
            start = time.monotonic()
            try:
                Row(name, family, steps, hosts).run()
                print(f"ok   {title} ({time.monotonic() - start:.1f} s)",
                      flush=True)
            except Failed as error:
                failed += 1
                print(f"FAIL {title}: {path}: {error}", flush=True)
    for host in hosts.values():
        host.end()
    print(f"{done} rows, {failed} failed")
    return 1 if failed or not done else 0


if __name__ == "__main__":
    sys.exit(main())
