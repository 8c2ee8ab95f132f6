package category

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// appendTemplate appends a name with its ids replaced by "*": numbers, UUIDs,
// hex, random tokens, e-mail addresses, query strings. At most maxName
// bytes from start on, printable.
func appendTemplate(b []byte, start int, s string) []byte {
	limit := start + maxName
	s = strings.Trim(clip(s, maxScan), " ")
	for i := 0; i < len(s) && len(b) < limit; {
		wordStart := i == 0 || s[i-1] == ' '
		if wordStart {
			if end := wordEnd(s, i); strings.IndexByte(s[i:end], '@') > 0 {
				b, i = appendStar(b, start), end
				continue
			}
		}
		if alnum(s[i]) {
			if uuidAt(s, i) {
				b, i = appendStar(b, start), i+36
				continue
			}
			end := i + 1
			for end < len(s) && alnum(s[end]) {
				end++
			}
			b, i = appendToken(b, start, s[i:end]), end
			continue
		}
		if s[i] == '?' && i+1 < len(s) && s[i+1] != ' ' {
			i = wordEnd(s, i) // a query string can hold anything
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			r = '_'
		}
		if len(b)+utf8.RuneLen(r) > limit {
			break
		}
		b, i = utf8.AppendRune(b, r), i+n
	}
	return trimSpace(b, start)
}

// appendToken appends one run of letters and digits.
func appendToken(b []byte, start int, token string) []byte {
	kept, id := stable(token)
	kept = clip(kept, start+maxName-len(b))
	b = append(b, kept...)
	if id {
		b = appendStar(b, start)
	}
	return b
}

// appendStar appends "*", and makes one of several: a date is "*", not "*-*-*".
func appendStar(b []byte, start int) []byte {
	n := len(b)
	if n > start && b[n-1] == '*' {
		return b
	}
	if n-start >= 2 && b[n-2] == '*' && strings.IndexByte("-_.:,+", b[n-1]) >= 0 {
		return b[:n-1]
	}
	if n-start >= maxName {
		return b
	}
	return append(b, '*')
}

// stable splits a token of letters and digits into what stays and whether an id
// follows: "s3" stays whole, "worker12" is "worker" and an id, "5f3a9c01" all id.
func stable(token string) (kept string, id bool) {
	runs, digits, hex := 0, 0, true
	for i := range len(token) {
		c := token[i]
		if digit(c) {
			digits++
			if i == 0 || !digit(token[i-1]) {
				runs++
			}
		} else if c|0x20 < 'a' || c|0x20 > 'f' {
			hex = false
		}
	}
	switch {
	case len(token) > 48:
		return "", true // no word is so long
	case digits == 0 || wordWithDigits(token):
		return token, false
	case digits == len(token), runs > 1, hex && len(token) >= 8, digit(token[0]):
		return "", true
	case digit(token[len(token)-1]):
		return token[:len(token)-digits], true
	case digits > 3:
		return "", true
	}
	return token, false // getV2Items
}

// wordWithDigits knows the words whose digits are no number.
func wordWithDigits(token string) bool {
	if len(token) > 7 {
		return false
	}
	var lower [7]byte
	for i := range len(token) {
		lower[i] = token[i] | 0x20
	}
	switch string(lower[:len(token)]) {
	case "s3", "ec2", "db2", "h2", "h2c", "http1", "http2", "http3", "k8s", "k3s", "i18n", "l10n", "a11y", "utf8", "utf16",
		"base32", "base64", "md5", "sha1", "sha256", "sha512", "crc32", "oauth1", "oauth2", "x509", "p2p", "b2b", "b2c", "ipv4", "ipv6",
		"lz4", "bzip2", "mp3", "mp4", "h264", "h265", "d3", "web3", "log4j", "neo4j", "v1", "v2", "v3", "v4", "v5", "2fa", "3d", "o365", "amd64", "arm64":
		return true
	}
	return false
}

// uuidAt says whether a UUID begins at i.
func uuidAt(s string, i int) bool {
	const form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if len(s)-i < len(form) || i > 0 && alnum(s[i-1]) || len(s)-i > len(form) && alnum(s[i+len(form)]) {
		return false
	}
	for j := range len(form) {
		c := s[i+j]
		if form[j] == '-' {
			if c != '-' {
				return false
			}
		} else if !digit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

func wordEnd(s string, i int) int {
	if n := strings.IndexByte(s[i:], ' '); n >= 0 {
		return i + n
	}
	return len(s)
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func alnum(c byte) bool { return digit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }

// statementHead is the part of a database span's name before any value: old
// instrumentations name the span by its statement.
func statementHead(name string) string {
	if i := strings.IndexAny(clip(name, maxScan), "'\"=(;<>\n"); i > 0 {
		return name[:i]
	}
	return name
}
