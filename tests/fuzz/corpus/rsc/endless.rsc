:while (true) do={}
