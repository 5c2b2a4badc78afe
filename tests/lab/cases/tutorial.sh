#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Does what include/README.md tells the author of a helper: takes the files out of
# it, builds them in a folder of their own against an installed sluice, loads the
# plugin into a running router, and the mail comes through.
. "$(dirname "$0")/../lib.sh"

PREFIX=$TMP/usr
chmod 755 "$TMP"
cmake --install "$BUILD" --prefix "$PREFIX" >"$TMP/install.log"
SLUICED=$PREFIX/bin/sluiced SLUICE=$PREFIX/bin/sluice

# The blocks with a file's name, each into its file.
mkdir "$TMP/mailbag"
awk -v dir="$TMP/mailbag" '
	/^```[a-z]+ file=/ { split($2, word, "="); file = dir "/" word[2]; next }
	/^```$/ { file = "" }
	file { print >file }' "$LAB_ROOT/include/README.md"
# The commands of it that are needed here, as they stand there.
told() { grep -qF -- "    $1" "$LAB_ROOT/include/README.md" || die "the guide does not say: $1"; }

say "out of the tree, against what is installed"
cd "$TMP/mailbag"
# shellcheck disable=SC2016 # as the page has them
told 'cmake -B build -DCMAKE_PREFIX_PATH=$PREFIX && cmake --build build'
cmake -B build -DCMAKE_PREFIX_PATH="$PREFIX" >"$TMP/build.log" && cmake --build build >>"$TMP/build.log" ||
	die "$(cat "$TMP/build.log")"
told 'ctest --test-dir build'
ctest --test-dir build --output-on-failure >"$TMP/check.log" || die "$(cat "$TMP/check.log")"
expect "checked" "$(grep -c 'mailbag.check.*Passed' "$TMP/check.log")" 2
cd "$LAB_ROOT"

lab_network
home_config >"$TMP/home.rsc"
start_sluiced "$TMP/home.rsc"
for address in $WAN4 $WAN6; do
	background "server-$address" ip netns exec "$WAN" \
		"$LAB_ROOT/tests/lab/mailbag.py" server $address
	wait_for 10 grep -q ready "$TMP/server-$address.log"
done
client() { lan "$LAB_ROOT/tests/lab/mailbag.py" client "$@" 2>&1 || :; }

say "without the helper no mail comes"
expect "client" "$(client $WAN4 5000)" "timed out"
expect "server" "$(grep BRING "$TMP/server-$WAN4.log")" "MAILBAG 1 BRING TO $LAN4 5000"

say "loaded into the running router"
# shellcheck disable=SC2016
told 'sluice "/system sluice plugin load file=$PREFIX/lib/sluice/helpers/mailbag.so"'
cmake --install "$TMP/mailbag/build" --prefix "$PREFIX" >>"$TMP/install.log"
sluice "/system sluice plugin load file=$PREFIX/lib/sluice/helpers/mailbag.so"
told "sluice '/ip firewall service-port print' '/system sluice plugin print'"
sluice '/ip firewall service-port print' '/system sluice plugin print' | grep -q mailbag

expect "behind masquerade" "$(client $WAN4 5001)" "got mail from $WAN4"
expect "the server was told" "$(tail -n 1 "$TMP/server-$WAN4.log")" "MAILBAG 1 BRING TO $WANGW4 5001"
expect "cut to bytes" "$(client $WAN4 5002 chop)" "got mail from $WAN4"
expect "IPv6" "$(client $WAN6 5003 chop)" "got mail from $WAN6"
expect "privileged" "$(client $WAN4 22)" "timed out"
expect "let in" "$(sluice '/ip firewall connection print count-only where expected connection-type=mailbag')" 2
expect "refused" "$(sluice ':put [/system sluice plugin get [find name=mailbag] counters]')" "*refused=1*"

say "swapped while it runs, and found by a router that starts"
sluice '/system sluice plugin reload name=mailbag'
expect "after reload" "$(client $WAN4 5004)" "got mail from $WAN4"
stop_sluiced
start_sluiced "$TMP/home.rsc"
expect "after a start" "$(client $WAN4 5005)" "got mail from $WAN4"
stop_sluiced
