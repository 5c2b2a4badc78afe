/ip firewall mangle
add action=mark-routing chain=prerouting new-routing-mark=nowhere
add action=mark-routing chain=forward new-routing-mark=main
add action=passthrough chain=prerouting routing-mark=nowhere
/ip route
add gateway=192.0.2.1 routing-table=nowhere
/routing table
add fib
add fib name=main
add fib name=a
add fib name=a
