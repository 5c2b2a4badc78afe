:put "\"\\\n\r\t\$\_\a\b\f\v\?\41\C3\A9"
:put "\q"
:put "\4"
:put "\00"
