/ip firewall filter
add chain=a action=masquarade
add chain=a dst-port=70000
add chain=a dst-port=!1,2-3,
add chain=a src-address=1.2.3.4/33
add chain=a src-address=9.9.9.9-1.1.1.1
add chain=a action=jump
add
add chain=a connection-state=
add chain=a nonsense
add chain=a x=1
add chain=a in-interface-list=WAN
