package service

// Reading is what the diagnostics say at one time. Bytes unless said.
type Reading struct {
	// Seconds since the service began.
	Seconds  float64 `json:"seconds"`
	Headline string  `json:"headline"`
	// Accuses says that the headline accuses its subject.
	Accuses bool `json:"accuses"`
	// Countdown says that a time is given until a limit is reached.
	Countdown bool `json:"countdown"`

	GCCycles   int64 `json:"gcCycles"`
	RSS        int64 `json:"rss"`
	Live       int64 `json:"live"`
	Outside    int64 `json:"outside"`
	Goroutines int64 `json:"goroutines"`

	Rows []Row `json:"rows"`
}

// Row is one operation's figures.
type Row struct {
	Name string `json:"name"`
	// By is how bytes came to it: tag, learned, code.
	By string `json:"by"`
	// Lines are where it allocates, the most first.
	Lines     []string `json:"lines"`
	Live      int64    `json:"live"`
	LiveError int64    `json:"liveError"`
	Allocated int64    `json:"allocated"`
	// Outside is what memory outside Go grew by while it ran.
	Outside    int64 `json:"outside"`
	Calls      int64 `json:"calls"`
	Goroutines int   `json:"goroutines"`
	// Accused says that it is said to leak; Growing that its figures rise.
	Accused  bool   `json:"accused"`
	Growing  bool   `json:"growing"`
	Evidence string `json:"evidence"`
}
