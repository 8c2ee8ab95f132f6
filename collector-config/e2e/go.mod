module github.com/otelmem/otelmem-go/collector-config/e2e

go 1.26.0

replace github.com/otelmem/otelmem-go => ../..
