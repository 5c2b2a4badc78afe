#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The console as a person has it: completion, lines that go on, pastes, Ctrl-C;
# and the same commands without a terminal.
. "$(dirname "$0")/../lib.sh"

lab_network
home_config >"$TMP/console.rsc"
start_sluiced "$TMP/console.rsc"

say "typing"
/usr/bin/python3 "$LAB_ROOT/tests/lab/console.py" "$SLUICE" "$SLUICE_SOCKET" ||
	die "the console does not answer as it should"

say "without a terminal"
expect "two commands" "$(sluice ':put 1' ':put 2' | tr '\n' ' ')" "1 2 "
expect "a script" "$(printf '{\n:local x 3\n:put $x\n}\n' | sluice)" 3
status=0
printf '\n\n/ip firewall filter remove *99\n' | sluice 2>"$TMP/error" || status=$?
expect "its status" "$status" 1
expect "its error" "$(cat "$TMP/error")" "no such item (line 3 column *)"
status=0
sluice ':put 1' /quit ':put 2' >"$TMP/out" || status=$?
expect "quit" "$status $(cat "$TMP/out")" "0 1"
printf '/ip firewall filter\nadd foo=1\n' >"$TMP/wrong.rsc"
sluice "/import file=$TMP/wrong.rsc" 2>"$TMP/error" && die "it was imported"
expect "an import's error" "$(cat "$TMP/error")" \
	"$TMP/wrong.rsc:2:5: expected end of command"
sluice --json '/ip firewall filter print' | /usr/bin/python3 -m json.tool >/dev/null
