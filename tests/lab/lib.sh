# SPDX-License-Identifier: Apache-2.0
# Sourced by every lab case: a small network of namespaces around one sluiced.
#
#   LAN host                 router                      WAN host
#   192.168.88.10/24  eth0 -- ether2 (lan)   ether1 (wan) -- eth0  198.51.100.2/24
#   2001:db8:1::10/64         .1 / ::1       .1 / ::1              2001:db8:2::2/64
#
# Namespaces carry the shell's pid in their names, and everything made here is
# gone when the case ends, however it ends.  Every command is printed to the log.
set -eu

LAB_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=${SLUICE_BUILD:-$LAB_ROOT/build}
SLUICED=$BUILD/bin/sluiced
SLUICE=$BUILD/bin/sluice
TMP=$(mktemp -d "${TMPDIR:-/tmp}/sluice-lab.XXXXXX")
export SLUICE_SOCKET=$TMP/sock
LAN=sl-lan-$$ RTR=sl-rtr-$$ WAN=sl-wan-$$
LAN4=192.168.88.10 LANGW4=192.168.88.1 WAN4=198.51.100.2 WANGW4=198.51.100.1
LAN6=2001:db8:1::10 LANGW6=2001:db8:1::1 WAN6=2001:db8:2::2 WANGW6=2001:db8:2::1
: "${OFFLOADS:=on}" "${WORKERS:=1}"
lab_pids=
lab_spaces=
lab_exec= # "exec" where a function is a process of its own, to be killed as one

# sized FULL REDUCED: the second under a sanitizer (SLUICE_SLOW)
sized() { if [ -n "${SLUICE_SLOW:-}" ]; then echo "$2"; else echo "$1"; fi; }
say() { printf '\n-- %s\n' "$*" >&2; }
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
skip() { printf 'SKIP: %s\n' "$*" >&2; exit 77; }

# A number may have gone to somebody else's process by now.
is_ours() { [ "$(ps -o ppid= -p "$1" | tr -d ' ')" = $$ ]; }

lab_cleanup() {
	local status=$?
	trap - EXIT INT TERM
	set +e
	if [ $status -ne 0 ] && [ $status -ne 77 ] && [ -s "$TMP/sluiced.log" ]; then
		echo "--- last lines of sluiced" >&2
		tail -n 40 "$TMP/sluiced.log" >&2
		timeout 5 "$SLUICE" '/system sluice counters print where count>0' >&2
	fi
	local pid
	for pid in $lab_pids; do is_ours "$pid" && kill "$pid"; done
	for pid in $lab_pids; do
		is_ours "$pid" || continue
		timeout 10 tail --pid="$pid" -f /dev/null
		is_ours "$pid" && kill -9 "$pid"
	done
	wait 2>/dev/null
	local ns
	for ns in $lab_spaces; do ip netns del "$ns" 2>/dev/null; done
	rm -rf "$TMP"
	exit $status
}
trap lab_cleanup EXIT
trap 'exit 130' INT TERM

[ "$(id -u)" = 0 ] || skip "needs root"

in_ns() { local ns=$1; shift; $lab_exec ip netns exec "$ns" "$@"; }
lan() { in_ns "$LAN" "$@"; }
rtr() { in_ns "$RTR" "$@"; }
wan() { in_ns "$WAN" "$@"; }
sluice() { "$SLUICE" "$@"; }
peer() { local ns=$1; shift; in_ns "$ns" "$LAB_ROOT/tests/lab/peer.py" "$@"; }

# background NAME COMMAND...: runs it, its output in $TMP/NAME.log
background() {
	local name=$1; shift
	: >"$TMP/$name.log"
	(
		lab_exec='exec'
		[ "$(type -t "$1")" = function ] || exec "$@"
		"$@"
	) >"$TMP/$name.log" 2>&1 &
	lab_last=$!
	lab_pids="$lab_pids $lab_last"
}

# start_echo NS [HTTP-PORT]: an echo server on port 7 there
start_echo() {
	background "echo-$1" peer "$1" echo 7 ${2:+"$2"}
	wait_for 10 grep -q ready "$TMP/echo-$1.log"
}

# expect WHAT GOT WANTED: GOT must match the pattern WANTED
expect() {
	# shellcheck disable=SC2254
	case $2 in
	$3) echo "$1: $2" ;;
	*) die "$1: got '$2', want '$3'" ;;
	esac
}

# end_of NAME PID...: a background program must end well by itself
end_of() {
	local name=$1 pid=$2
	wait "$pid" || die "$name ended with status $?: $(tail -n 3 "$TMP/$name.log")"
}

# counter NAME: one line of /system sluice counters
counter() {
	sluice ":put [/system sluice counters get [find name=$1] count]"
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	local until=$((SECONDS + $1)); shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $until ] || die "waited in vain for: $*"
		sleep 0.05
	done
}

new_ns() {
	ip netns add "$1"
	lab_spaces="$lab_spaces $1"
	in_ns "$1" ip link set lo up
	# Router advertisements and DAD of the hosts would only slow the lab.
	in_ns "$1" sysctl -qw net.ipv6.conf.default.accept_ra=0 \
		net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
}

# cable NS1 DEV1 NS2 DEV2: a veth pair
cable() {
	ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
	in_ns "$1" ip link set "$2" up
	in_ns "$3" ip link set "$4" up
	[ "$OFFLOADS" = on ] && return
	in_ns "$1" ethtool -K "$2" tx off rx off tso off gso off gro off >/dev/null 2>&1 || :
	in_ns "$3" ethtool -K "$4" tx off rx off tso off gso off gro off >/dev/null 2>&1 || :
}

# bad_cable NS1 DEV1 NS2 DEV2: one that loses what BAD_CABLE tells mangle.py
bad_cable() {
	local middle=sl-mid-$4-$$
	new_ns "$middle"
	cable "$1" "$2" "$middle" near
	cable "$middle" far "$3" "$4"
	# shellcheck disable=SC2086
	background "mangle-$4" ip netns exec "$middle" "$LAB_ROOT/tests/lab/mangle.py" \
		near far "$4" $BAD_CABLE
	wait_for 10 grep -q ready "$TMP/mangle-$4.log"
}

# LAN_CABLE, WAN_CABLE: bad_cable, for a case about such
lab_network() {
	new_ns "$LAN"; new_ns "$RTR"; new_ns "$WAN"
	"${LAN_CABLE:-cable}" "$LAN" eth0 "$RTR" ether2
	"${WAN_CABLE:-cable}" "$WAN" eth0 "$RTR" ether1
	lan ip addr add $LAN4/24 dev eth0
	lan ip addr add $LAN6/64 dev eth0
	lan ip route add default via $LANGW4
	lan ip route add default via $LANGW6
	wan ip addr add $WAN4/24 dev eth0
	wan ip addr add $WAN6/64 dev eth0
	wan ip route add 2001:db8:1::/64 via $WANGW6
}

# start_sluiced CONFIG [options...]: returns when it says it is ready
start_sluiced() {
	local config=$1; shift
	background sluiced ip netns exec "$RTR" "$SLUICED" --workers "$WORKERS" "$@" "$config"
	SLUICED_PID=$lab_last
	local until=$((SECONDS + 20))
	until grep -q '^sluiced: ready' "$TMP/sluiced.log"; do
		kill -0 "$SLUICED_PID" 2>/dev/null || die "sluiced did not start"
		[ $SECONDS -lt $until ] || die "sluiced is not ready"
		sleep 0.05
	done
}

stop_sluiced() {
	kill "$SLUICED_PID"
	timeout 10 tail --pid="$SLUICED_PID" -f /dev/null || die "sluiced does not stop"
	wait "$SLUICED_PID" || die "sluiced ended with status $?"
}

# The config most cases use: masquerade and a stateful filter; FASTTRACK=1: what is
# established passes by its rules.
home_config() {
	home_rules | if [ -n "${FASTTRACK:-}" ]; then
		sed 's/^add action=accept chain=forward connection-state=established,.*/add action=fasttrack-connection chain=forward connection-state=established,related\n&/'
	else
		cat
	fi
}

home_rules() {
	cat <<'RSC'
/interface ethernet
set [ find default-name=ether1 ] name=wan
set [ find default-name=ether2 ] name=lan
/interface list
add name=WAN
add name=LAN
/interface list member
add interface=wan list=WAN
add interface=lan list=LAN
/ip address
add address=192.168.88.1/24 interface=lan
add address=198.51.100.1/24 interface=wan
/ipv6 address
add address=2001:db8:1::1/64 advertise=no interface=lan no-dad=yes
add address=2001:db8:2::1/64 advertise=no interface=wan no-dad=yes
/ip firewall filter
add action=accept chain=input connection-state=established,related,untracked
add action=drop chain=input connection-state=invalid
add action=accept chain=input protocol=icmp
add action=drop chain=input in-interface-list=!LAN
add action=accept chain=forward connection-state=established,related,untracked
add action=drop chain=forward connection-state=invalid
add action=drop chain=forward connection-nat-state=!dstnat connection-state=new in-interface-list=WAN
/ip firewall nat
add action=masquerade chain=srcnat out-interface-list=WAN
/ipv6 firewall filter
add action=accept chain=input connection-state=established,related,untracked
add action=drop chain=input connection-state=invalid
add action=accept chain=input protocol=icmpv6
add action=drop chain=input in-interface-list=!LAN
add action=accept chain=forward connection-state=established,related,untracked
add action=drop chain=forward connection-state=invalid
add action=accept chain=forward protocol=icmpv6
add action=drop chain=forward in-interface-list=!LAN
RSC
}

# requests_only PROTOCOL:PORTS...: the home network with a filter that lets in those
# connections, from anywhere, and what is established or related; nothing else
requests_only() {
	local family icmp request
	home_rules | sed '/^\/ip firewall filter/,$d'
	for family in ip ipv6; do
		[ $family = ip ] && icmp=icmp || icmp=icmpv6
		echo "/$family firewall filter"
		echo "add action=accept chain=forward connection-state=established,related"
		for request; do
			echo "add action=accept chain=forward connection-state=new dst-port=${request#*:} protocol=${request%%:*}"
		done
		cat <<-RSC
			add action=drop chain=forward
			add action=accept chain=input connection-state=established,related
			add action=accept chain=input protocol=$icmp
			add action=drop chain=input
		RSC
	done
}

# capture NAME NS DEV [FILTER...]: a pcap of it in $TMP/NAME.pcap, from now on
capture() {
	local name=$1 ns=$2 dev=$3; shift 3
	rm -f "$TMP/$name.pcap"
	background "cap-$name" ip netns exec "$ns" tcpdump -q -n -U -s 0 -B 65536 \
		-i "$dev" -w "$TMP/$name.pcap" "$@"
	eval "cap_${name}_pid=$lab_last"
	wait_for 10 test -s "$TMP/$name.pcap"
}

# end_capture NAME: once nothing more comes in
end_capture() {
	local before now pid
	now=$(stat -c %s "$TMP/$1.pcap")
	until [ "$now" = "${before:-}" ]; do
		before=$now
		sleep 0.3
		now=$(stat -c %s "$TMP/$1.pcap")
	done
	eval "pid=\$cap_$1_pid"
	kill "$pid"
	wait "$pid" || die "tcpdump: $(tail -n 3 "$TMP/cap-$1.log")"
}

# decoded PCAP FILTER [options...]: what tshark shows of it
decoded() {
	local pcap=$1 filter=$2; shift 2
	tshark -n -r "$pcap" -Y "$filter" "$@" 2>/dev/null
}

# expect_good_checksums NS: what its kernel received was all well summed
expect_good_checksums() {
	local bad
	bad=$(in_ns "$1" nstat -asz 2>/dev/null | awk '/InCsumErrors/ && $2 != 0')
	[ -z "$bad" ] || die "bad checksums in $1: $bad"
}

# expect_clean_wan PCAP: no bad checksum, no private address
expect_clean_wan() {
	local bad
	bad=$(decoded "$1" 'ip.addr == 192.168.0.0/16 || ip.addr == 10.0.0.0/8 ||
		arp.src.proto_ipv4 == 192.168.0.0/16' | head -5)
	[ -z "$bad" ] || die "private address on the WAN: $bad"
	[ "$OFFLOADS" = off ] || return 0 # partial checksums are the NIC's to fill
	# What an ICMP error quotes is cut off: only its IP header can be summed.
	# A host's kernel that sums in software writes a TCP sum of 0 as 0xffff,
	# which is the same number, but not to tshark.
	bad=$(decoded "$1" 'ip.checksum.status == 0 || icmp.checksum.status == 0 ||
		icmpv6.checksum.status == 0 || (!icmp && !icmpv6 &&
		((tcp.checksum.status == 0 && tcp.checksum != 0xffff) ||
		udp.checksum.status == 0))' \
		-o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
		-o udp.check_checksum:TRUE | head -5)
	[ -z "$bad" ] || die "bad checksum: $bad"
}
