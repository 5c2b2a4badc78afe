/ip firewall filter
add chain=a comment="x y" disabled=yes
add chain=b
print
print detail
print terse
print brief
print value-list
print stats
print as-value
:put [print as-value]
print proplist=chain,comment where disabled
print count-only
print from=0
