package goroutines

import (
	"strings"
	"testing"
	"time"
)

// Each leak is real, and must be found as it is in a service: by what its goroutines
// are blocked in.
func TestTheMeaningOfRealLeaksIsKnown(t *testing.T) {
	for name, test := range map[string]struct {
		leak      leak
		meaning   string
		ofLibrary bool // its goroutines run no code of the application
	}{
		"send":                      {leakSend, "nobody receives", false},
		"receive":                   {leakReceive, "nobody closes", false},
		"select":                    {leakSelect, "none of the cases", false},
		"wait group":                {leakWaitGroup, "Done of the WaitGroup is missing", false},
		"mutex":                     {leakMutex, "does not unlock", false},
		"read lock":                 {leakReadLock, "does not unlock", false},
		"condition":                 {leakCond, "nobody signals", false},
		"iterator":                  {leakIterator, "iter.Pull without stop", false},
		"pipe":                      {leakPipe, "io.Pipe", false},
		"context of an own type":    {leakContext, "never cancelled", true},
		"connection without data":   {leakConnectionRead, "nothing arrives", false},
		"body not closed":           {leakBody, "response body", true},
		"transport for one request": {leakTransport, "Transport for each request", true},
		"open transaction":          {leakTransaction, "neither committed nor rolled back", true},
		"database not closed":       {leakDatabase, "sql.DB that was not closed", true},
	} {
		t.Run(name, func(t *testing.T) {
			before := count(t)
			end := test.leak(t)
			g := waitFor(t, test.meaning, test.ofLibrary)
			if test.ofLibrary && g.Starter != "" || !test.ofLibrary && !strings.Contains(g.Starter, ".leak") {
				t.Errorf("it was started by %q", g.Starter)
			}
			if g.Count != 1 || g.Function == "" || !strings.Contains(g.Place, ".go:") {
				t.Errorf("got %+v", g)
			}
			end()
			for count(t) > before {
				time.Sleep(time.Millisecond)
			}
		})
	}
}

// waitFor returns the group with a meaning, once a goroutine has got there: of a
// library, or started by a leak.
func waitFor(t *testing.T, meaning string, ofLibrary bool) Group {
	t.Helper()
	for t.Context().Err() == nil {
		for _, g := range readAll(t).Groups {
			if strings.Contains(g.Meaning, meaning) && (ofLibrary || g.Starter != "") {
				return g
			}
		}
		time.Sleep(time.Millisecond)
	}
	return Group{}
}

func TestLibrariesAreKnownByTheFunctionTheyWaitIn(t *testing.T) {
	for function, want := range map[string]string{
		"github.com/sirupsen/logrus.(*Entry).writerScanner":                    "writer of logrus",
		"gopkg.in/natefinch/lumberjack.v2.(*Logger).millRun":                   "lumberjack",
		"google.golang.org/grpc.newClientStreamWithParams.func4":               "gRPC stream",
		"google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run":   "grpc.ClientConn",
		"github.com/jackc/pgx/v5/pgxpool.(*Pool).backgroundHealthCheck":        "pgxpool",
		"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology.(*Server).run": "mongo.Client",
		"github.com/acme/x.(*persistConn).readLoop":                            "none of the cases",
	} {
		if got := meaning([]string{"runtime.gopark", "runtime.selectgo", function}); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", function, got, want)
		}
	}
	if got := meaning([]string{"runtime.gopark", "main.f"}); got != "" {
		t.Errorf("what is not known is taken for %q", got)
	}
}
