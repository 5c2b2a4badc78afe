:log info "a %s %n"
/log warning x
/log/error y
:log loud z
:log info
/log print
