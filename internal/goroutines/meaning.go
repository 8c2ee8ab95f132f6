package goroutines

import (
	"regexp"
	"strings"
)

// meaning says what it means that many goroutines have this stack, and how to mend it;
// "" where that is not known. functions are the stack's, by their readable names, the
// innermost first.
func meaning(functions []string) string {
	blocked := blockedIn(functions)
	for _, k := range known {
		for i, function := range functions {
			if k.matches(function) && (!k.blockedThere || i == blocked) {
				return k.meaning
			}
		}
	}
	return ""
}

// blockedIn is the index of the innermost function that is not the runtime's.
func blockedIn(functions []string) int {
	for i, function := range functions {
		if !strings.HasPrefix(function, "runtime.") {
			return i
		}
	}
	return -1
}

// knownFunction is a function that says what its goroutine waits for.
type knownFunction struct {
	name string // with what is declared in it; without a major version in its path
	// blockedThere says that it must be where the goroutine is blocked, not just on
	// its stack.
	blockedThere bool
	meaning      string
}

var majorVersion = regexp.MustCompile(`/v[0-9]+([./])`)

func (k *knownFunction) matches(function string) bool {
	if strings.Contains(function, "/v") {
		function = majorVersion.ReplaceAllString(function, "$1")
	}
	rest, ok := strings.CutPrefix(function, k.name)
	return ok && (rest == "" || rest[0] == '.')
}

// known are the functions that are looked for, those that say most first: a library's,
// then the runtime's.
var known = []knownFunction{
	// net/http.
	{"net/http.(*persistConn).readLoop", true, "a response body is neither read to its end nor closed: close resp.Body, also after errors"},
	{"net/http.(*persistConn).readLoop", false, "an idle connection of an HTTP client: where they add up there is a Transport for each request; share one http.Client"},
	{"net/http.(*persistConn).writeLoop", false, "a connection of an HTTP client that stays open: close response bodies, and share one http.Client"},
	{"net/http.(*http2ClientConn).readLoop", false, "an HTTP/2 connection of an HTTP client that stays open: where they add up there is a Transport for each request; share one http.Client"},
	{"golang.org/x/net/http2.(*ClientConn).readLoop", false, "an HTTP/2 connection of a client that stays open: where they add up there is a Transport for each request; share one"},
	{"net/http.(*Server).Serve", false, "an HTTP server that still serves: call Shutdown or Close"},
	// Other packages of the standard library.
	{"iter.Pull[...]", false, "iter.Pull without stop: defer stop() where next, stop are made"},
	{"iter.Pull2[...]", false, "iter.Pull2 without stop: defer stop() where next, stop are made"},
	{"database/sql.(*Tx).awaitDone", false, "a transaction that was neither committed nor rolled back: defer tx.Rollback()"},
	{"database/sql.(*Rows).awaitDone", false, "sql.Rows that were not closed: defer rows.Close()"},
	{"database/sql.(*DB).connectionOpener", false, "a sql.DB that was not closed: open one for each database and share it"},
	{"database/sql.(*DB).conn", false, "it waits for a connection of the pool: rows or transactions are not closed, or SetMaxOpenConns is too low"},
	{"context.(*cancelCtx).propagateCancel", false, "a context below one of a type of its own that was never cancelled: defer cancel()"},
	{"os/signal.NotifyContext", false, "signal.NotifyContext without stop: defer stop()"},
	{"os/exec.(*Cmd)", false, "a command that was started and has not ended: call Wait, or give it a context that ends"},
	{"os.(*Process).Wait", false, "it waits for a process that has not ended: start it with a context that ends"},
	// Well-known modules.
	{"github.com/sirupsen/logrus.(*Entry).writerScanner", false, "a writer of logrus that was not closed: close what Writer or WriterLevel returned"},
	{"gopkg.in/natefinch/lumberjack.v2.(*Logger).millRun", false, "a lumberjack.Logger whose goroutine never ends, also after Close: make one and share it"},
	{"google.golang.org/grpc.newClientStreamWithParams", false, "a gRPC stream that was not finished: receive until an error, or cancel its context"},
	{"google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run", false, "a grpc.ClientConn that was not closed: make one for each server and share it"},
	{"google.golang.org/grpc/internal/transport.(*http2Client).reader", false, "a connection of a gRPC client that stays open: close the grpc.ClientConn, or share one"},
	{"google.golang.org/grpc/internal/transport.(*loopyWriter).run", false, "a gRPC connection that stays open: close the grpc.ClientConn, or share one"},
	{"github.com/jackc/pgx/pgxpool.(*Pool).backgroundHealthCheck", false, "a pgxpool.Pool that was not closed: make one for each database and share it"},
	{"go.mongodb.org/mongo-driver/x/mongo/driver/topology", false, "a mongo.Client that was not disconnected: make one for each server and share it"},
	{"github.com/fsnotify/fsnotify", false, "an fsnotify.Watcher that was not closed: defer watcher.Close()"},
	{"github.com/patrickmn/go-cache.(*janitor).Run", false, "a cache that is still in use: make one and share it"},
	{"go.uber.org/zap/zapcore.(*BufferedWriteSyncer).flushLoop", false, "a zapcore.BufferedWriteSyncer that was not stopped: defer Stop()"},
	{"golang.org/x/sync/errgroup.(*Group).Wait", false, "a goroutine of the errgroup does not end: give its work the group's context"},
	{"golang.org/x/sync/semaphore.(*Weighted).Acquire", false, "it waits for a semaphore: a Release is missing, or its context does not end"},
	// What the standard library offers to wait for.
	{"io.(*pipe).read", false, "nobody writes to the io.Pipe or closes it: close its PipeWriter, also after errors"},
	{"io.(*pipe).write", false, "nobody reads from the io.Pipe to its end: close its PipeReader, also after errors"},
	{"sync.(*WaitGroup).Wait", false, "a Done of the WaitGroup is missing, or what it waits for does not end"},
	{"sync.(*Mutex).Lock", false, "whoever holds the mutex does not unlock it: defer Unlock, and do not wait while it is held"},
	{"sync.(*RWMutex).Lock", false, "whoever holds the RWMutex does not unlock it: defer Unlock or RUnlock, and do not wait while it is held"},
	{"sync.(*RWMutex).RLock", false, "whoever holds the RWMutex does not unlock it: defer Unlock, and do not wait while it is held"},
	{"sync.(*Cond).Wait", false, "nobody signals the sync.Cond: call Broadcast when what it waits for ends, too"},
	{"sync.(*Once).doSlow", false, "the function of a sync.Once does not end"},
	{"time.Sleep", false, "a loop that sleeps has no end: use a ticker in a select with ctx.Done()"},
	{"internal/poll.(*FD).Accept", false, "a listener that was not closed: close it"},
	{"internal/poll.(*FD).Read", false, "it reads from a connection on which nothing arrives: set a deadline, and close the connection"},
	{"internal/poll.(*FD).Write", false, "it writes to a connection whose other end does not read: set a deadline"},
	// What the runtime waits for.
	{"runtime.chansend", false, "it sends on a channel from which nobody receives: give the channel room, or select with ctx.Done()"},
	{"runtime.chanrecv", false, "it receives from a channel on which nobody sends and which nobody closes: close it, or select with ctx.Done()"},
	{"runtime.block", false, "select {} without a case never ends"},
	{"runtime.selectgo", false, "none of the cases of its select comes: add ctx.Done(), and see that the context is cancelled"},
}
