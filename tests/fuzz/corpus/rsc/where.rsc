/ip firewall filter
add chain=a bytes=5 timeout=30s src-address=10.0.0.0/8 comment=abc
:put [find where (chain=a or chain="b") and !disabled bytes>3 && timeout<1m]
:put [find src-address in 10.0.0.0/7 comment~"^a.c\$"]
print count-only where not (chain=a) || .id=*1
:put [find (bytes*2)>9]
:put [find comment~"("]
:put [find nothing=1]
:put [find chain=]
