# a \
#b
;;# c# d
