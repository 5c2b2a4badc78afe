#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""FTP sessions of real clients with real servers, by table.

    ftp.py PATH...          every client, server and mode over these paths
    ftp.py --one PATH CLIENT SERVER MODE

cases/ftp.sh makes the network and starts sluiced and the servers first.  Every
session fetches a file, stores it under another name and lists the folder; the
copies must be equal to the file.
"""

import concurrent.futures
import filecmp
import itertools
import os
import subprocess
import sys

SPACES = {"lan": os.environ["LAN"], "wan": os.environ["WAN"]}
ROOT = os.environ["FTP_ROOT"]
TMP = os.environ["TMP"]
SESSION_S = int(os.environ.get("FTP_SESSION_S", "10"))
AT_ONCE = int(os.environ.get("FTP_AT_ONCE", "6"))

SERVERS = {"vsftpd": 21, "proftpd": 2121, "pure-ftpd": 2122}
CHOSEN = os.environ.get("FTP_SERVERS", " ".join(SERVERS)).split()

# Where a session goes: the client's host and address, what it calls the server.
PATHS = {
    "none": ("lan", "203.0.113.20", "198.51.100.2"),
    "srcnat-shrinks": ("lan", "192.168.88.10", "198.51.100.2"),
    "srcnat-grows": ("lan", "10.0.0.9", "198.51.100.2"),
    "dstnat-shrinks": ("wan", "198.51.100.2", "198.51.100.1"),
    "dstnat-grows": ("wan", "198.51.100.2", "198.51.100.200"),
    "both": ("wan", "198.51.100.3", "198.51.100.1"),
    "none-six": ("lan", "2001:db8:1::10", "2001:db8:2::2"),
    "srcnat-six": ("lan", "2001:db8:1::20", "2001:db8:2::2"),
    "dstnat-six": ("wan", "2001:db8:2::2", "2001:db8:2::1"),
}


def is_six(host):
    return ":" in host


def curl(path, port, mode, got, stored):
    _, source, host = PATHS[path]
    url = "ftp://%s:%d" % ("[%s]" % host if is_six(host) else host, port)
    # It would not use the address of a 227 if it had its way.
    how = {"PASV": ["--disable-epsv", "--no-ftp-skip-pasv-ip"],
           "EPSV": [], "PORT": ["--ftp-port", source, "--disable-eprt"],
           "EPRT": ["--ftp-port", source]}[mode]
    common = ["-sS", "--interface", source, "--max-time", str(SESSION_S)] + how
    return ["curl", *common, "-o", got, url + "/f1",
            "--next", *common, "-T", got, url + "/in/" + stored,
            "--next", *common, "-o", "/dev/null", url + "/in/"], None


def lftp(path, port, mode, got, stored):
    _, source, host = PATHS[path]
    script = [
        "set cmd:fail-exit yes", "set net:max-retries 1",
        "set net:timeout %d" % SESSION_S, "set dns:order 'inet inet6'",
        "set ftp:passive-mode " + ("on" if mode in ("PASV", "EPSV")
                                   else "off"),
        "set ftp:prefer-epsv " + ("yes" if mode == "EPSV" else "no"),
        "set ftp:fix-pasv-address no",
        "set net:socket-bind-ipv%d %s" % (6 if is_six(host) else 4, source),
        "open -p %d ftp://%s" % (port, "[%s]" % host if is_six(host)
                                 else host),
        "get f1 -o %s" % got, "put %s -o in/%s" % (got, stored),
        "ls in", "bye"]
    return ["lftp", "--norc", "-c", "; ".join(script)], None


def tnftp(path, port, mode, got, stored):
    _, source, host = PATHS[path]
    script = [] if mode in ("EPSV", "EPRT") else ["epsv4 off"]
    script += ["binary", "get f1 " + got, "put %s in/%s" % (got, stored),
               "ls in", "quit"]
    return ["tnftp", "-a", "-A" if mode in ("PORT", "EPRT") else "-p",
            "-s", source, host, str(port)], "\n".join(script) + "\n"


CLIENTS = {"curl": curl, "lftp": lftp, "tnftp": tnftp}


def modes(path, client):
    if is_six(PATHS[path][2]):
        return ["EPRT", "EPSV"]
    if client == "lftp":  # EPRT for IPv6 only
        return ["PORT", "PASV", "EPSV"]
    return ["PORT", "EPRT", "PASV", "EPSV"]


def session(row):
    """None, or what went wrong."""
    for _ in range(3):
        why, status = one_session(row)
        # curl gives up where a reply comes before the data connection that the
        # server opened; they are two connections, so nothing keeps their order.
        if row[1] != "curl" or status != 8:
            break
    return why


def one_session(row):
    """What went wrong or None, and the client's status."""
    path, client, server, mode = row
    stored = "-".join(row)
    got = os.path.join(TMP, "got", stored)
    kept = os.path.join(ROOT, "in", stored)
    command, script = CLIENTS[client](path, SERVERS[server], mode, got, stored)
    command = ["ip", "netns", "exec", SPACES[PATHS[path][0]]] + command
    try:
        done = subprocess.run(command, input=script, text=True, check=False,
                              stdout=subprocess.PIPE, errors="replace",
                              stderr=subprocess.STDOUT, timeout=2 * SESSION_S)
        said = done.stdout
        status = done.returncode
    except subprocess.TimeoutExpired as expired:
        said = (expired.stdout or b"").decode(errors="replace")
        status = "no end"
    source = os.path.join(ROOT, "f1")
    for copy in (got, kept):
        if not os.path.exists(copy) or \
                not filecmp.cmp(copy, source, shallow=False):
            return "%s: status %s, %s is not the file\n%s" % (
                stored, status, copy, said), status
    return "%s: status %s\n%s" % (stored, status, said) if status else None, \
        status


def main():
    if sys.argv[1] == "--one":
        rows = [tuple(sys.argv[2:6])]
    else:
        rows = [(path, client, server, mode)
                for path, client, server in itertools.product(
                    sys.argv[1:], CLIENTS, CHOSEN)
                for mode in modes(path, client)]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        failed = [why for why in pool.map(session, rows) if why]
    for why in failed[:5]:
        print(why)
    print("%d sessions, %d failed" % (len(rows), len(failed)))
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
