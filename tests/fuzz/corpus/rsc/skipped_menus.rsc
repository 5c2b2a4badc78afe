/ip dhcp-server
add name=x interface=$nope lease-script={ :foo "}" ; # }
 }
/system script
add name=s source="\r\
    \n:put 1"
/routing bgp template
set default as=65530 output.network=x .default-originate=never
/interface wireless set [ find default-name=wlan1 ] ssid="a b"
/tool fetch url=http://x/y?z=1
