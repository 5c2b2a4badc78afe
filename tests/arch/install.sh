#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the build into a folder and uses it from there.
#
# usage: install.sh CMAKE BUILD
set -eu
cmake=$1 build=$2
root=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d "${TMPDIR:-/tmp}/sluice-install.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
die() { echo "install: $*" >&2; exit 1; }

"$cmake" --install "$build" --prefix "$tmp/usr" >"$tmp/log"
cd "$tmp"
usr/bin/sluice --version
# The trackers are found beside the program, and nowhere else.
usr/bin/sluiced --check "$root/tests/demo.rsc"
mv usr/lib/sluice away
if usr/bin/sluiced --check "$root/tests/demo.rsc" 2>error; then
	die "it does without trackers"
fi
grep -q "$tmp/usr/lib/sluice" error || die "not said what is missing: $(cat error)"
mv away usr/lib/sluice

# The unit starts the program that was installed, and is a unit.
unit=usr/lib/systemd/system/sluiced.service
grep -q '^ExecStart=/.*/sluiced ' $unit || die "no program in $unit"
if command -v systemd-analyze >/dev/null; then
	sed "s,^\(Exec[A-Za-z]*=\).*/sluiced,\1$tmp/usr/bin/sluiced," $unit >sluiced.service
	systemd-analyze verify --recursive-errors=no ./sluiced.service
fi

# A plugin author finds all headers.
printf '#include <sluice/plugin.h>\nint main(void) { return SL_ABI_MAJOR - 1; }\n' >author.c
cc -I usr/include author.c -o author
./author

# So do they who ask pkg-config, or build from the skeletons with CMake.
export PKG_CONFIG_PATH="$tmp/usr/lib/pkgconfig"
for kind in helper tracker; do
	# shellcheck disable=SC2046 # flags are words
	cc $(pkg-config --cflags --libs sluice-plugin) \
		usr/share/sluice/skeleton/$kind/skeleton.c -o $kind.so
	nm -D --defined-only $kind.so | grep -q ' sl_plugin_query$'
	"$cmake" -S usr/share/sluice/skeleton/$kind -B $kind.build \
		-DCMAKE_PREFIX_PATH="$tmp/usr" >>"$tmp/log"
	"$cmake" --build $kind.build >>"$tmp/log"
	[ -f $kind.build/skeleton.so ] || die "no skeleton of a $kind"
	"$(dirname "$cmake")/ctest" --test-dir $kind.build >check ||
		die "$(cat check $kind.build/Testing/Temporary/LastTest.log)"
	grep -q 'skeleton.check-sanitized.*Passed' check ||
		die "not checked with sanitizers: $(cat check)"
done
echo "install: fine"
