package watch

import (
	"math"
	"slices"
	"strconv"

	"github.com/shirou/gopsutil/v4/net"
	"github.com/shirou/gopsutil/v4/process"

	"github.com/otelmem/otelmem-go/internal/memstat"
)

// local is a target's process where it is on this machine. The zero value is none.
type local struct {
	pid    int
	memory *memstat.Another
	limit  memstat.Limit
	noVars bool // that it has no expvar
}

func (l *local) open(pid int) error {
	memory, err := memstat.OpenAnother(pid)
	if err != nil {
		return err
	}
	*l = local{pid: pid, memory: memory, limit: memstat.LimitOf(pid)}
	return nil
}

func (l *local) read() (rss, shared int64, err error) { return l.memory.Read() }

func (l *local) close() {
	if l.memory != nil {
		_ = l.memory.Close()
	}
	*l = local{}
}

// listener is the process of this machine that listens at an address and has the command
// line that was answered there; 0 where there is none that can be seen. Who listens may
// be a proxy, whose memory is another's.
func listener(a Address, command []string) int {
	if len(command) == 0 {
		return 0
	}
	pid := 0
	if a.socket != "" {
		pid = socketOwner(a.socket)
	} else {
		_, port := a.hostPort()
		pid = portOwner(port)
	}
	if pid <= 0 || pid > math.MaxInt32 {
		return 0
	}
	p, err := process.NewProcess(int32(pid))
	if err != nil {
		return 0
	}
	if has, err := p.CmdlineSlice(); err != nil || !slices.Equal(has, command) {
		return 0
	}
	return pid
}

func portOwner(port string) int {
	open, err := net.Connections("tcp")
	if err != nil {
		return 0
	}
	for i := range open {
		if c := &open[i]; c.Status == "LISTEN" && strconv.FormatUint(uint64(c.Laddr.Port), 10) == port && c.Pid > 0 {
			return int(c.Pid)
		}
	}
	return 0
}
