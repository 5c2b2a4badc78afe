/ip firewall filter
add chain=a comment="x \" \$ y"
export
export terse
/export verbose
