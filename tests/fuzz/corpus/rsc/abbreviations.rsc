/ip fire filt
a ch=input act=dr con=est
pr co
set 0 dis=y
rem 0
