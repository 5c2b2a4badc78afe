#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the rules of the house.  check.py RULE SOURCE_TREE [ARGUMENT ...]

layers    an engine file includes its own folder, lower layers and <sluice/...>;
          plugins and helpers see <sluice/...> and libc
headers   include/sluice compiles header by header, as C11 and as C++17
plugins   built plugins pass what the loader asks of any
house     licence lines, READMEs, and nothing left undone
sizes     prints the longest functions and files; fails above the limits
"""
import os
import re
import subprocess
import sys

LAYERS = ("base packet conn io mirror track nat rule related fast steer plugin "
          "path menu script door daemon check").split()
# What a layer sees when that is less than everything below it.
SEES = {"plugin": LAYERS[:LAYERS.index("track") + 1] + ["related", "plugin"]}
CLI_SEES = {"door/wire.h"}
LIBC = re.compile(r"(assert|ctype|errno|inttypes|limits|stdarg|stdbool|stddef|"
                  r"stdint|stdio|stdlib|string|strings|time|endian|"
                  r"arpa/inet|netinet/\w+)\.h$")
FUNCTION_MAX = 60
FILE_MAX = 600
problems = []


def problem(where, what):
    problems.append("%s: %s" % (where, what))


def files(tree, folders, pattern):
    """Paths below the folders, relative to the tree, sorted."""
    found = []
    for folder in folders:
        for base, dirs, names in os.walk(os.path.join(tree, folder)):
            dirs[:] = [d for d in dirs if d not in ("corpus", "__pycache__")]
            found += [os.path.relpath(os.path.join(base, n), tree)
                      for n in names if re.search(pattern, n)]
    return sorted(found)


def lines_of(tree, path):
    with open(os.path.join(tree, path), encoding="utf-8",
              errors="replace") as f:
        return f.read().split("\n")


def includes(tree, path):
    """(line number, opening quote or bracket, name) of every #include."""
    for number, line in enumerate(lines_of(tree, path), 1):
        m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if m:
            yield number, m.group(1), m.group(2)


def check_engine_include(path, number, quote, name):
    layer = path.split("/")[1]
    folder = name.split("/")[0] if "/" in name else None
    where = "%s:%d" % (path, number)
    if quote == '"':
        problem(where, 'write <%s/...>, not "%s"' % (layer, name))
    elif folder == "cli":
        if layer != "cli":
            problem(where, "nobody includes the cli: <%s>" % name)
    elif folder in LAYERS:
        if layer == "cli":
            ok = name in CLI_SEES
        else:
            below = LAYERS[:LAYERS.index(layer) + 1]
            ok = folder in SEES.get(layer, below)
        if not ok:
            problem(where, "%s may not include <%s>" % (layer, name))


def check_layers(tree):
    for path in files(tree, ["engine"], r"\.[ch]$"):
        layer = path.split("/")[1]
        if layer not in LAYERS + ["cli"]:
            problem(path, "engine/%s is no layer" % layer)
            continue
        for number, quote, name in includes(tree, path):
            check_engine_include(path, number, quote, name)
    for path in files(tree, ["plugins", "helpers"], r"\.[ch]$"):
        for number, quote, name in includes(tree, path):
            own = os.path.join(os.path.dirname(path), name)
            if quote == '"' and os.path.exists(os.path.join(tree, own)):
                continue
            if quote == "<" and (name.startswith("sluice/") or
                                 LIBC.match(name)):
                continue
            problem("%s:%d" % (path, number),
                    "a plugin may not include %s" % name)
    for path in files(tree, ["include"], r"\.h$"):
        for number, _, name in includes(tree, path):
            if not name.startswith("sluice/") and not LIBC.match(name):
                problem("%s:%d" % (path, number),
                        "a public header may not include %s" % name)


def check_headers(tree, cc, cxx):
    ways = [(cc, "c", "c11"), (cxx, "c++", "c++17")]
    for path in files(tree, ["include/sluice"], r"\.h$"):
        name = os.path.relpath(path, "include")
        text = ("#include <%s>\n" % name) * 2  # alone, and guarded
        for compiler, language, standard in ways:
            done = subprocess.run(
                [compiler, "-x", language, "-std=" + standard, "-Wall",
                 "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I",
                 os.path.join(tree, "include"), "-"],
                input=text, text=True, capture_output=True, check=False)
            if done.returncode:
                problem(path, "not %s:\n%s" % (standard, done.stderr))
        for number, line in enumerate(lines_of(tree, path), 1):
            if re.search(r"_Atomic|\burcu|\bck_", line):
                problem("%s:%d" % (path, number), "engine matter")


def check_plugins(tree, libraries, program):
    built = files(libraries, ["trackers", "helpers"], r"\.so$")
    sources = {os.path.dirname(p) for p in
               files(tree, ["plugins", "helpers"], r"\.c$")}
    if len(built) < len([s for s in sources if not s.endswith("/skeleton")]):
        problem(libraries, "%d plugins built of %d: build first" %
                (len(built), len(sources)))
    done = subprocess.run([program] +
                          [os.path.join(libraries, so) for so in built],
                          text=True, capture_output=True, check=False)
    for line in done.stderr.split("\n"):
        if line:
            problems.append(line)
    if done.returncode and not problems:
        problem(program, "exit %d" % done.returncode)
    print("%d plugins" % len(built))


def check_house(tree):
    everything = ["engine", "plugins", "helpers", "include", "bench", "tests"]
    source = r"(\.(c|h|cc|py|sh)|^CMakeLists\.txt|^[^.]+)$"
    undone = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|#\s*if\s+0\b")
    for path in files(tree, everything, source):
        lines = lines_of(tree, path)
        if not any("SPDX-License-Identifier: Apache-2.0" in line
                   for line in lines[:3]):
            problem(path, "no SPDX line")
        for number, line in enumerate(lines, 1):
            if undone.search(line):
                problem("%s:%d" % (path, number), "left undone: " +
                        line.strip())
        stem = os.path.splitext(os.path.basename(path))[0]
        if re.fullmatch(r"utils?|common|misc|manager", stem):
            problem(path, "a file that could not be named is two files")
    folders = {os.path.dirname(p) for p in files(tree, everything, source)}
    folders |= set(everything)
    for folder in sorted(folders):
        exempt = folder.startswith("tests/unit/") or \
            folder.startswith("tests/lab/") or folder == "include/sluice"
        if not exempt and not os.path.exists(
                os.path.join(tree, folder, "README.md")):
            problem(folder, "no README.md")


def functions(lines):
    """(name, line, length, may be long) of functions in the house style."""
    start = None
    for i, line in enumerate(lines):
        if line == "{" and i > 0:
            start = i
        elif line == "}" and start is not None:
            head = start
            while head > 0 and lines[head - 1].strip() and \
                    not lines[head - 1].startswith(("#", "}", " *", "/*")):
                head -= 1
            above = head
            while above > 0 and lines[above - 1].strip():
                above -= 1
            m = re.search(r"(\w+)\(", " ".join(lines[head:start]))
            yield (m.group(1) if m else "?", head + 1, i - head + 1,
                   any("straight-line:" in text
                       for text in lines[above:head]))
            start = None


def check_sizes(tree):
    all_functions, all_files = [], []
    for path in files(tree, ["engine", "plugins", "helpers", "include"],
                      r"\.[ch]$"):
        lines = lines_of(tree, path)
        all_files.append((len(lines) - 1, path))
        for name, line, length, may in functions(lines):
            all_functions.append((length, "%s:%d" % (path, line), name))
            if length > FUNCTION_MAX and not may:
                problem("%s:%d" % (path, line), "%s has %d lines (> %d)" %
                        (name, length, FUNCTION_MAX))
        if len(lines) - 1 > FILE_MAX:
            problem(path, "%d lines (> %d)" % (len(lines) - 1, FILE_MAX))
    lengths = sorted(length for length, _, _ in all_functions) or [0]
    print("%d functions in %d files, median %d lines" % (
        len(lengths), len(all_files), lengths[len(lengths) // 2]))
    print("longest functions:")
    for length, where, name in sorted(all_functions, reverse=True)[:15]:
        print("  %4d  %s  %s" % (length, name, where))
    print("longest files:")
    for length, path in sorted(all_files, reverse=True)[:10]:
        print("  %4d  %s" % (length, path))


def main():
    rules = {"layers": check_layers, "headers": check_headers,
             "plugins": check_plugins, "house": check_house,
             "sizes": check_sizes}
    if len(sys.argv) < 3 or sys.argv[1] not in rules:
        sys.exit(__doc__)
    rules[sys.argv[1]](*sys.argv[2:])
    for text in problems:
        print(text)
    if problems:
        sys.exit("%s: %d problems" % (sys.argv[1], len(problems)))


if __name__ == "__main__":
    main()
