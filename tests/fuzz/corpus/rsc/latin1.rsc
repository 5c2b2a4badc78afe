/ip firewall filter add chain=été comment="ÿþ"
