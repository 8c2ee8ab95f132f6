module example.com/csvdriver

go 1.26.0
