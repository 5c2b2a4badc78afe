# The rule lines of RouterOS's manual as they stand: the second comment's quote is
# never closed.
ip firewall filter
add chain=input connection-state=invalid action=drop comment="Drop Invalid connections"
add chain=input connection-state=established,related,untracked action=accept comment="Allow Established/Related/Untracked connections
