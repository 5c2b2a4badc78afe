#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""surface.py SOURCE_TREE C_COMPILER

Every property and action that a firewall rule can have, of each family, stands in
a row of tests/lab/rules and, by name, in a table of engine/rule/README.md.
"""
import glob
import os
import re
import subprocess
import sys

TABLES = {"filter": 1, "nat": 2, "mangle": 4, "raw": 8}
# Not a matter of packets: menu tests see to these.
PLAIN = {"comment", "disabled", "dynamic", "invalid", "bytes", "packets"}
IN_BRACES = {4: {"ttl": "ttl", "to": "to-addresses"},
             6: {"ttl": "hop-limit", "to": "to-address"}}


def properties(tree, cc, table, family):
    """{name: is it built} of the table, as the compiler sees them."""
    text = "".join(f"#define FW_{t[0].upper()} {n}\n"
                   for t, n in TABLES.items())
    text += (f"#define FW_TABLE {TABLES[table]}\n#define FW_FAMILY {family}\n"
             "#define ROW(id, ...) @ROW __VA_ARGS__\n"
             "#include <menu/firewall_rows.h>\n")
    out = subprocess.run([cc, "-E", "-P", "-x", "c", "-I",
                          os.path.join(tree, "engine"), "-"], input=text,
                         capture_output=True, text=True, check=True).stdout
    return {m.group(1): "SL_PROP_WANTED" not in row
            for row in out.split("@ROW")
            if (m := re.search(r'\.name = "([a-z0-9-]+)"', row))}


def actions(tree):
    """{family: names}: of the first table of firewall_props.c."""
    path = os.path.join(tree, "engine/menu/firewall_props.c")
    text = open(path).read()
    common = re.search(r"#define COMMON(.*?[^\\])\n", text, re.S).group(1)
    table = text[text.index("sl_firewall_actions["):]
    names = {4: set(), 6: set()}
    for i, row in enumerate(re.findall(r"\{(COMMON[^}]*)\}",
                                       table[:table.index("};")])):
        names[6 if i % 2 else 4] |= set(re.findall(r'"([a-z0-9-]+)"',
                                                   common + row))
    return names


def said(tree):
    """{family: (properties, actions)} that the lab's rows set."""
    found = {4: (set(), set()), 6: (set(), set())}
    for path in glob.glob(os.path.join(tree, "tests/lab/rules/*.rows")):
        families = [4, 6]
        for line in open(path).read().replace("\\\n", " ").split("\n"):
            if line.startswith("== "):
                families = [int(w[1]) for w in line.split()
                            if w in ("v4", "v6")] or [4, 6]
            if not re.match(r"(rule|load|refused) ", line):
                continue
            for family in families:
                filled = line
                for name, value in IN_BRACES[family].items():
                    filled = filled.replace("{%s}" % name, value)
                found[family][0].update(re.findall(r"([a-z0-9-]+)=", filled))
                found[family][1].update(re.findall(
                    r"\baction=([a-z0-9-]+)", filled))
    return found


def main():
    tree, cc = sys.argv[1:3]
    readme = open(os.path.join(tree, "engine/rule/README.md")).read()
    listed = set(re.findall(r"[a-z0-9-]+", " ".join(
        line.split("|")[1] for line in readme.split("\n")
        if line.startswith("|"))))
    rows, problems = said(tree), set()
    for family, names in actions(tree).items():
        for name in sorted(names):
            if name not in rows[family][1]:
                problems.add(f"action {name}: no row for IPv{family}")
            if name not in listed:
                problems.add(f"action {name}: not in engine/rule/README.md")
        for table in TABLES:
            for name, built in properties(tree, cc, table, family).items():
                if name in PLAIN:
                    continue
                if built and name not in rows[family][0]:
                    problems.add(f"{name}: no row for IPv{family}")
                if name not in listed:
                    problems.add(f"{name}: not in engine/rule/README.md")
    for text in sorted(problems):
        print(text)
    if problems:
        sys.exit(f"surface: {len(problems)} problems")


if __name__ == "__main__":
    main()
