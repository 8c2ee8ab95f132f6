package debugpage

type bench struct{}
