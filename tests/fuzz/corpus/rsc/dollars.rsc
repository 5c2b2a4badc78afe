:put $
:put "$"
:put $"
:put "$(("
:put "$[[" 
:put a$(1)b
:put "$($"
:set $x 1
