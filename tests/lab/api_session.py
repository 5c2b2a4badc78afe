#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A librouteros session against a running sluiced.

    api_session.py SOCKET

Uses the real client library over the control socket: login, print with
queries and .proplist, add, set, remove and friends, error traps, listen and
interval with tags and /cancel, /quit.  Exits 0 only if every step answered as
RouterOS would; else says which step did not.  Leaves the configuration as it
was.  Needs python3-librouteros; exit 77 without it.
"""

import socket
import sys

try:
    from librouteros.api import Api
    from librouteros.connections import SocketTransport
    from librouteros.exceptions import FatalError, TrapError
    from librouteros.login import plain, token
    from librouteros.protocol import ApiProtocol, parse_word
    from librouteros.query import And, Key, Or
except ImportError as error:
    print(f"api_session: {error}", file=sys.stderr)
    sys.exit(77)

TIMEOUT_S = 15
LIST = "api-session"
COMMENT = "api-session"


class Failure(Exception):
    """A step that did not answer as it should."""


def connect(path, login=plain):
    """librouteros speaks TCP; its Api takes any connected socket."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(TIMEOUT_S)
    sock.connect(path)
    protocol = ApiProtocol(transport=SocketTransport(sock), encoding="latin-1")
    api = Api(protocol=protocol)
    login(api=api, username="admin", password="")
    return api


def equal(what, got, want):
    if got != want:
        raise Failure(f"{what}: got {got!r}, want {want!r}")


def trap(what, call, text, category=None):
    """The call must end in a trap with this text."""
    try:
        tuple(call())
    except TrapError as error:
        if text not in error.message:
            raise Failure(f"{what}: trap {error.message!r}, want {text!r}")
        if category is not None:
            equal(f"{what}: category", error.category, category)
        return
    raise Failure(f"{what}: no trap")


def ret(answer):
    """The =ret= of a !done."""
    return tuple(answer)[0]["ret"]


# Tagged commands: librouteros has no call for them, its protocol layer does.

def send(api, command, *words):
    api.protocol.writeSentence(command, *words)


def receive(api):
    """Reply word, tag, attributes."""
    reply, words = api.protocol.readSentence()
    tag, values = None, {}
    for word in words:
        if word.startswith(".tag="):
            tag = word[5:]
        else:
            key, value = parse_word(word)
            values[key] = value
    return reply, tag, values


def receive_until(api, what, reply, tag):
    """Skips to the reply; returns its attributes."""
    for _ in range(1000):
        got, its_tag, values = receive(api)
        if (got, its_tag) == (reply, tag):
            return values
    raise Failure(f"{what}: no {reply} for tag {tag}")


def cancel(api, tag):
    """Both the cancelled command and the cancel itself must end."""
    send(api, "/cancel", f"=tag={tag}", ".tag=cancel")
    ended = {}
    for _ in range(1000):
        reply, its_tag, values = receive(api)
        if reply == "!trap" and its_tag == tag:
            equal("cancel: category", values.get("category"), 2)
            equal("cancel: message", values.get("message"), "interrupted")
            ended["trap"] = True
        elif reply == "!done":
            ended[its_tag] = True
        if {"trap", tag, "cancel"} <= ended.keys():
            return
    raise Failure(f"cancel of {tag}: ended {sorted(ended)}")


# Steps.

def clean(api):
    for path, key, value in (
        (api.path("ip", "firewall", "address-list"), Key("list"), LIST),
        (api.path("ip", "firewall", "filter"), Key("comment"), COMMENT),
    ):
        ids = [row[".id"] for row in path.select(Key(".id")).where(key == value)]
        if ids:
            path.remove(*ids)


def identity(api):
    path = api.path("system", "identity")
    before = tuple(path)
    equal("identity: rows", len(before), 1)
    name = before[0]["name"]
    path.update(name="api-session")
    equal("identity: set", tuple(path)[0]["name"], "api-session")
    path.update(name=str(name))
    equal("identity: restored", tuple(path)[0]["name"], name)


def add_and_query(api):
    path = api.path("ip", "firewall", "address-list")
    address, lst, comment = Key("address"), Key("list"), Key("comment")
    ids = [path.add(list=LIST, address=f"192.0.2.{n}") for n in (1, 2, 3)]
    equal("add: ids", [i[0] for i in ids], ["*", "*", "*"])

    rows = tuple(path.select(Key(".id"), address).where(lst == LIST))
    equal("proplist: keys", [sorted(r) for r in rows], [[".id", "address"]] * 3)
    equal("query: ids", [r[".id"] for r in rows], ids)

    def addresses(*query):
        where = And(lst == LIST, *query) if query else lst == LIST
        return [r["address"] for r in path.select(address).where(where)]

    equal("query and", addresses(address == "192.0.2.2"), ["192.0.2.2"])
    equal("query or",
          addresses(Or(address == "192.0.2.1", address == "192.0.2.3")),
          ["192.0.2.1", "192.0.2.3"])
    equal("query not", addresses(address != "192.0.2.1"),
          ["192.0.2.2", "192.0.2.3"])
    equal("query in", addresses(address.In("192.0.2.9", "192.0.2.3")),
          ["192.0.2.3"])
    equal("query greater", addresses(address > "192.0.2.1"),
          ["192.0.2.2", "192.0.2.3"])
    equal("query less", addresses(address < "192.0.2.2"), ["192.0.2.1"])
    equal("query of nothing",
          addresses(address == "203.0.113.1"), [])
    equal("count-only",
          ret(api.rawCmd("/ip/firewall/address-list/print", "=count-only=",
                         f"?list={LIST}")), 3)
    equal("getall",
          len(tuple(api.rawCmd("/ip/firewall/address-list/getall",
                               f"?list={LIST}"))), 3)
    path.update(**{".id": ids[0], "comment": "one"})
    equal("query has", addresses(iter(("?comment",))), ["192.0.2.1"])
    equal("query lacks", addresses(iter(("?-comment",))),
          ["192.0.2.2", "192.0.2.3"])
    equal("query comment", addresses(comment == "one"), ["192.0.2.1"])
    return ids


def change(api, ids):
    path = api.path("ip", "firewall", "address-list")
    number = Key(".id")

    def item(i):
        rows = tuple(r for r in path if r[".id"] == ids[i])
        equal(f"item {ids[i]}", len(rows), 1)
        return rows[0]

    path.update(**{".id": ids[1], "comment": "two words", "disabled": True})
    equal("set: comment", item(1)["comment"], "two words")
    equal("set: disabled", item(1)["disabled"], True)
    tuple(path("enable", **{".id": ids[1]}))
    equal("enable", item(1)["disabled"], False)
    tuple(path("disable", numbers=f"{ids[0]},{ids[2]}"))
    equal("disable", [item(i)["disabled"] for i in (0, 1, 2)],
          [True, False, True])
    tuple(path("comment", numbers=ids[2], comment="three"))
    equal("comment", item(2)["comment"], "three")
    tuple(path("unset", **{"numbers": ids[2], "value-name": "comment"}))
    equal("unset", item(2).get("comment", ""), "")
    equal("get", ret(path("get", **{".id": ids[1], "value-name": "address"})),
          "192.0.2.2")
    path.remove(ids[0], ids[2])
    left = [r[".id"] for r in path.select(number).where(Key("list") == LIST)]
    equal("remove", left, [ids[1]])
    path.remove(ids[1])


def rules(api):
    path = api.path("ip", "firewall", "filter")
    ids = [path.add(chain="forward", action="accept", protocol="tcp",
                    comment=COMMENT, **{"dst-port": port, "disabled": True})
           for port in (80, 443)]
    ids.append(path.add(chain="forward", action="drop", comment=COMMENT,
                        disabled=True, **{"place-before": ids[0]}))

    def order():
        return [r[".id"] for r in
                path.select(Key(".id")).where(Key("comment") == COMMENT)]

    equal("place-before", order(), [ids[2], ids[0], ids[1]])
    tuple(path("move", numbers=ids[1], destination=ids[2]))
    equal("move", order(), [ids[1], ids[2], ids[0]])
    tuple(path("reset-counters", numbers=ids[0]))
    stats = tuple(api.rawCmd("/ip/firewall/filter/print", "=stats=",
                             "=.proplist=.id,bytes,packets",
                             f"?.id={ids[0]}"))
    equal("stats", stats, ({".id": ids[0], "bytes": 0, "packets": 0},))
    trap("ports without protocol",
         lambda: path("add", chain="forward", **{"dst-port": 80}), "failure:")
    trap("bad action",
         lambda: path("add", chain="forward", action="nonsense"),
         "input does not match any value of action", 1)
    path.remove(*ids)
    equal("rules removed", order(), [])


def errors(api):
    path = api.path("ip", "firewall", "address-list")
    trap("no such item", lambda: path("remove", **{".id": "*FFFFFF"}),
         "no such item", 0)
    trap("set of no item",
         lambda: path("set", **{".id": "*FFFFFF", "comment": "x"}),
         "no such item", 0)
    trap("unknown parameter",
         lambda: path("add", list=LIST, address="192.0.2.7", nonsense="x"),
         "unknown parameter", 1)
    trap("no such command", lambda: path("nonsense"), "no such command", 0)
    trap("no such menu", lambda: api("/no/such/menu/print"),
         "no such command prefix", 0)
    trap("abbreviation", lambda: api("/ip/firewall/address-list/pri"),
         "no such command", 0)
    trap("bad query",
         lambda: api.rawCmd("/ip/firewall/address-list/print", "?#x"), "query")
    equal("nothing was added",
          len(tuple(path.select(Key(".id")).where(Key("list") == LIST))), 0)


def streams(api, other):
    """listen on one connection, changes on the other."""
    path = other.path("ip", "firewall", "address-list")
    send(api, "/ip/firewall/address-list/listen", ".tag=watch")
    # A command that ends in between proves that the listen has begun to run
    # beside it, not before it.
    send(api, "/system/identity/print", ".tag=name")
    receive_until(api, "print beside listen", "!done", "name")
    number, row = None, {}
    for attempt in range(5):
        # The listen may take its first look after the first change.
        if number:
            path.remove(number)
        number = path.add(list=LIST, address=f"198.51.100.{attempt + 1}")
        path.update(**{".id": number, "comment": f"change {attempt}"})
        api.protocol.transport.sock.settimeout(3)
        try:
            while row.get(".id") != number or ".dead" in row:
                row = receive_until(api, "listen", "!re", "watch")
            break
        except socket.timeout:
            continue
        finally:
            api.protocol.transport.sock.settimeout(TIMEOUT_S)
    equal("listen: row", row.get(".id"), number)
    path.remove(number)
    while not (row.get(".id") == number and ".dead" in row):
        row = receive_until(api, "listen: removal", "!re", "watch")
    equal("listen: .dead", row[".dead"], True)
    cancel(api, "watch")

    send(api, "/system/identity/print", "=interval=1", ".tag=clock")
    for _ in range(2):
        equal("interval", "name" in receive_until(api, "interval", "!re",
                                                  "clock"), True)
    cancel(api, "clock")


def quit_session(api):
    try:
        tuple(api("/quit"))
    except FatalError as error:
        equal("quit", str(error), "session terminated on request")
        return
    raise Failure("quit: no !fatal")


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    step = "connect"
    try:
        api = connect(sys.argv[1])
        step = "login with challenge"
        other = connect(sys.argv[1], login=token)
        step = "cleaning up"
        clean(api)
        step = "identity"
        identity(api)
        step = "add and query"
        ids = add_and_query(api)
        step = "changes"
        change(api, ids)
        step = "rules"
        rules(api)
        step = "errors"
        errors(api)
        step = "streams"
        streams(api, other)
        step = "quit"
        quit_session(api)
        other.close()
    except Exception as error:  # any failure is the verdict of this program
        kind = "" if isinstance(error, Failure) else f"{type(error).__name__}: "
        print(f"api_session: {step}: {kind}{error}", file=sys.stderr)
        return 1
    print("api_session: ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
