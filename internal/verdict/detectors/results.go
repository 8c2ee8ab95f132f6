package main

import (
	"fmt"
	"io"

	"github.com/otelmem/otelmem-go/internal/verdict"
)

const preface = `# Detectors of leaks, compared

Made by ` + "`go run ./internal/verdict/detectors > internal/verdict/detectors/RESULTS.md`" + ` from the recorded runs in testdata. Five figures in a cell are those 15, 30, 45, 60 and 78 s
after the leak began (after the start, where there is none). Services were recorded for 78 s, servers for nine to eleven minutes.

- **judge before** accuses what grew in two reports in a row (Mann–Kendall, a t-test of 4 to 8 blocks) and names the largest it accuses, else the largest of all.
- **rose most** takes what rose the most by Theil–Sen, by more than 2 MB and one standard error; it accuses after 30 s.
- **old bytes** takes what has the most bytes that are older than a third of the time watched for certain; it accuses after 30 s.
- **judge** is the package verdict: Rising names, Growing accuses.

An innocent row that fills is named first while it does, and rightly so: the last columns of a table say how often it is where nothing leaks. Rows that hold the leak's bytes under
another name count as neither: ` + "`runtime and libraries`, `logrus.(*Entry).writerScanner`" + `.
`

const validation = `
## Cross-validated

The thresholds of the judge, patience and accused growth, are chosen by the recordings of all other programs (most leaks accused within three minutes, three for one innocent; the most
patient of equals), then tried on the program held back.

`

const choice = `
The defaults are more patient than what these recordings alone would choose: few of their rows fill for longer than half a minute, and NATS was recorded only once its stream was half
full. A stream that fills evenly to 27 MB in five minutes would be accused in one of four runs with 32 MiB at any time; it is not with 64 MiB from the fourth minute on
(TestAStreamThatFillsIsNotAccused).
`

// results writes RESULTS.md.
func results(out io.Writer) error {
	recordings, err := load()
	if err != nil {
		return err
	}
	said, err := before()
	if err != nil {
		return err
	}
	fmt.Fprint(out, preface)
	compare(out, recordings, []detector{former(said), roseMost(2e6, 30), oldBytes(2e6, 30), chosen(verdict.Rules{})})
	fmt.Fprint(out, validation)
	crossValidate(out, recordings)
	fmt.Fprint(out, choice)
	return nil
}
