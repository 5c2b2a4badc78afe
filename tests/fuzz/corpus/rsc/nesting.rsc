:put ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put [:put 
:if (1) do={{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{
:local a {{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{
