#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Types at the interactive console, on a terminal of its own.

    console.py SLUICE SOCKET

Each step types some keys and waits for a text; exits 0 only if all came.
"""

import atexit
import os
import pty
import re
import select
import shutil
import sys
import tempfile
import time

TIMEOUT_S = 10
TAB, UP, CTRL_C, CTRL_D = "\t", "\x1b[A", "\x03", "\x04"
PASTE, PASTED = "\x1b[200~", "\x1b[201~"
LIST = "/ip firewall address-list"
PROMPT = r"\[admin@[^]]*\] > $"

# What is typed, and what must then be seen (a pattern).
STEPS = [
    # words are completed, '?' explains
    ("/ip fire" + TAB + "add" + TAB + "\r", r"address-list> $"),
    ("add li" + TAB + "c1 addr" + TAB + "10.1.1.1 dis" + TAB + "y" + TAB + "\r",
     r"disabled=yes\s.*> $"),
    ("print ?", r"count-only\s+-- how many there are"),
    (CTRL_C, r"\^C\s.*> $"),
    ("remove [find list=" + "c1]\r", r"> $"),
    ("/interface list member print where list=" + TAB, r"static"),
    (CTRL_C, r"\^C\s.*> $"),
    ("/\r", PROMPT),
    # lines that are not complete go on
    ("{\r", r"\{\.\.\. $"),
    (":local x 5\r", r"\{\.\.\. $"),
    (":put (\"<\" . \\\r", r"\\\.\.\. $"),
    ("$x . \">\")\r}\r", r"<5>\s.*> $"),
    (":put \"one\r", r"\"\.\.\. $"),
    ("two\"\r", r"one\s+two\s.*> $"),
    ("{\r", r"\{\.\.\. $"),
    (CTRL_C, PROMPT),
    # history, errors
    (":put again\r", r"again\s+\S*\[admin.*> $"),
    (UP + "\r", r"again\s+\S*\[admin.*> $"),
    ("/no such\r", r"bad command name no \(line 1 column 2\)"),
    # a paste, with bytes that are keys elsewhere
    (PASTE + LIST + "\nadd list=p address=10.1.1.2 \\\n    comment=\"why?\there\"\n"
     + PASTED + "\r", r"address-list> $"),
    ("print\r", r"why\?\\09here"),
    ("remove [find list=p]; /\r", PROMPT),
    # what does not end is ended
    ("/ip firewall connection print follow-only\r", r"follow-only"),
    (CTRL_C, PROMPT),
    (":while (true) do={ :put x }\r", r"x\r\nx"),
    (CTRL_C, PROMPT),
]


def read_until(fd, pattern):
    """True once what came matches; to its end, once no more comes."""
    seen, until = "", time.monotonic() + TIMEOUT_S
    while time.monotonic() < until:
        more = select.select([fd], [], [], 0.1)[0]
        if not (more and pattern.endswith("$")) and re.search(
            pattern, seen, re.DOTALL
        ):
            return True
        if not more:
            continue
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        seen += data.decode("utf-8", "replace")
        # how the line editor moves about is of no interest
        seen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r(?=[^\n])", "", seen)[-65536:]
    print(f"saw {seen[-500:]!r}", file=sys.stderr)
    return False


def forgive_libedit(home):
    """libedit never frees the names of keys' functions (EL_ADDFN)."""
    path = os.path.join(home, "lsan")
    with open(path, "w") as f:
        f.write("leak:libedit.so\n")
    # without frame pointers only the slow unwinder sees who called
    os.environ["ASAN_OPTIONS"] = "fast_unwind_on_malloc=0"
    os.environ["LSAN_OPTIONS"] = f"suppressions={path}:print_suppressions=0"


def read_to_end(fd):
    seen = b""
    try:
        while data := os.read(fd, 65536):
            seen += data
    except OSError:  # the terminal has no other end any more
        pass
    return seen.decode("utf-8", "replace")


def main():
    sluice, sock = sys.argv[1:3]
    home = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, home, True)
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(HOME=home, TERM="xterm", COLUMNS="100", LINES="40")
        forgive_libedit(home)
        os.execv(sluice, [sluice, "--socket", sock])
    if not read_until(fd, PROMPT):
        sys.exit("console: no prompt")
    for keys, want in STEPS:
        os.write(fd, keys.encode())
        if not read_until(fd, want):
            sys.exit(f"console: after {keys!r}: no {want!r}")
    os.write(fd, CTRL_D.encode())
    said = read_to_end(fd)
    _, status = os.waitpid(pid, 0)
    history = os.path.join(home, ".sluice_history")
    if status or os.stat(history).st_mode & 0o077:
        sys.exit(f"console: status {status}, or its history is not private;"
                 f" it said: {said}")
    print("console: ok")


if __name__ == "__main__":
    main()
