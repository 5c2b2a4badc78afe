/system identity
set name=gate
/ip address
add address=192.168.88.1/24 interface=lan
/system logging action
set 3 remote=10.10.10.50
add name=siem remote=10.10.10.51 remote-log-format=cef target=remote
add memory-lines=500 name=more
/system logging
set 0 topics=info,!firewall
set 2 disabled=yes
add action=siem topics=firewall
add action=nowhere topics=info
add action=disk topics=info
add action=more prefix=web topics=script,info
