/ip firewall filter
add chain=forward action=drop comment=[find
add chain=forward action=drop comment="\z"
add chain=forward $nothing
:if (true do={ :put 1 }
