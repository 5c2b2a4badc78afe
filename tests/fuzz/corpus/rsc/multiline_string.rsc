:global s "one
two
"; :put $s
