/ip firewall filter
add chain=a comment=x
add chain=b place-before=0
set [ find comment=x ] chain=c !comment
set *1 disabled=yes
set ([find where disabled]->0) chain=d
move 1 destination=0
remove numbers=[find]
remove 0,1,*5
set 99999999999999999999 chain=x
