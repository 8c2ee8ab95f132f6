package category

import (
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unnamed is the name of what has none.
const unnamed = "unnamed"

// Clean makes a category of any name: lower case, [a-z0-9_.-], 1 to 64 bytes,
// everything else folded into single underscores. A name with letters of which
// none is ASCII becomes "u_" and a hash, so that such names stay apart. A clean
// name is returned as it is, without an allocation.
func Clean(name string) string {
	if isClean(name) {
		return name
	}
	var buf [maxLength]byte
	return string(appendClean(buf[:0], 0, name, unnamed))
}

// Label makes an operation's name of any text: printable UTF-8, 1 to 128 bytes.
// A name that is one already is returned as it is, without an allocation.
func Label(name string) string {
	if isLabel(name) {
		return name
	}
	var buf [maxName]byte
	b := appendLabel(buf[:0], 0, name)
	if len(b) == 0 {
		return unnamed
	}
	return string(b)
}

func isClean(s string) bool {
	if s == "" || len(s) > maxLength || s[0] == '_' || s[len(s)-1] == '_' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !cleanByte(c) || c == '_' && s[i-1] == '_' {
			return false
		}
	}
	return true
}

func cleanByte(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '.' || c == '-'
}

// appendClean appends s, clean, so that b is at most maxLength bytes from
// start on; fallback when nothing is left of s.
func appendClean[T string | []byte](b []byte, start int, s T, fallback string) []byte {
	from, limit := len(b), start+maxLength
	gap, foreign := false, false
	for i := 0; i < len(s) && i < maxScan && len(b) < limit; i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c == '_' || !cleanByte(c) {
			gap = len(b) > from
			foreign = foreign || c >= utf8.RuneSelf
			continue
		}
		if gap && len(b)+1 < limit {
			b = append(b, '_')
		}
		gap = false
		b = append(b, c)
	}
	if len(b) > from {
		return b
	}
	if foreign {
		b = appendHash(b, s)
		return b[:min(len(b), limit)]
	}
	return append(b, clip(fallback, max(0, limit-len(b)))...)
}

// appendHash appends "u_" and 32 bits of s in hex.
func appendHash[T string | []byte](b []byte, s T) []byte {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s[:min(len(s), maxScan)])) // never fails
	b = append(b, "u_"...)
	const digits = "0123456789abcdef"
	for sum, shift := h.Sum32(), 28; shift >= 0; shift -= 4 {
		b = append(b, digits[sum>>shift&15])
	}
	return b
}

func isLabel(s string) bool {
	if s == "" || len(s) > maxName || s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// appendLabel appends s with what is not printable replaced by "_", so that b
// is at most maxName bytes from start on, without half a rune at its end.
func appendLabel(b []byte, start int, s string) []byte {
	limit := start + maxName
	for _, r := range clip(s, maxScan) {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			r = '_'
		}
		if len(b)+utf8.RuneLen(r) > limit {
			break
		}
		b = utf8.AppendRune(b, r)
	}
	return trimSpace(b, start)
}

func trimSpace(b []byte, start int) []byte {
	for len(b) > start && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// space appends a space unless b has nothing from start on.
func space(b []byte, start int) []byte {
	if len(b) > start && len(b) < start+maxName {
		return append(b, ' ')
	}
	return b
}

// appendWord appends s after a space.
func appendWord(b []byte, start int, s string) []byte {
	if s = strings.TrimLeft(s, " "); s == "" {
		return b
	}
	return appendLabel(space(b, start), start, s)
}

// clip cuts s to n bytes; half a rune may be left at its end.
func clip(s string, n int) string {
	return s[:min(len(s), n)]
}
