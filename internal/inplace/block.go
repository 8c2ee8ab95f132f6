// Package inplace draws some lines on a terminal again and again, in the place where
// they were drawn before.
package inplace

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/otelmem/otelmem-go/internal/textfmt"
)

// IsTerminal says whether out is a terminal that lines can be drawn on in place.
func IsTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok || runtime.GOOS == "windows" || os.Getenv("TERM") == "dumb" || os.Getenv("TERM") == "" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Control sequences of terminals (ECMA-48; wrapping is DEC's).
const (
	up       = "\x1b[%dA"
	clear    = "\x1b[J" // from here to the end of the screen
	noWrap   = "\x1b[?7l"
	autoWrap = "\x1b[?7h"
)

// Block is the lines that are drawn. It is not safe for concurrent use.
type Block struct {
	out   io.Writer
	drawn int // lines above the cursor that are the block's
}

// NewBlock returns a block that begins where the cursor is.
func NewBlock(out io.Writer) *Block { return &Block{out: out} }

// Draw draws lines in the place of those that were drawn before. What does not fit into
// the width of the terminal is left out.
func (b *Block) Draw(lines ...string) {
	var text strings.Builder
	b.erase(&text)
	text.WriteString(noWrap)
	for _, line := range lines {
		text.WriteString(textfmt.Printable(line) + "\n")
	}
	text.WriteString(autoWrap)
	b.drawn = len(lines)
	_, _ = io.WriteString(b.out, text.String())
}

// Erase takes the lines away; what is written next stands in their place.
func (b *Block) Erase() {
	var text strings.Builder
	b.erase(&text)
	b.drawn = 0
	_, _ = io.WriteString(b.out, text.String())
}

func (b *Block) erase(text *strings.Builder) {
	if b.drawn > 0 {
		fmt.Fprintf(text, "\r"+up+clear, b.drawn)
	}
}
