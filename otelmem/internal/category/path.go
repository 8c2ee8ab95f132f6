package category

import "strings"

// maxSegments bounds how many segments of a path are looked at.
const maxSegments = 16

// segments calls yield for each segment of a route or path until it returns
// false. A "/" within braces belongs to the segment: {path:[a-z/]+}.
func segments(path string, yield func(segment string) bool) {
	path = clip(path, maxScan)
	depth, from, n := 0, 0, 0
	for i := 0; i <= len(path); i++ {
		if i < len(path) {
			switch path[i] {
			case '{':
				depth++
			case '}':
				depth = max(0, depth-1)
			}
			if path[i] != '/' || depth > 0 {
				continue
			}
		}
		if i > from {
			if n++; n > maxSegments || !yield(path[from:i]) {
				return
			}
		}
		from = i + 1
	}
}

// placeholder says whether a segment of a route stands for any value.
func placeholder(segment string) bool {
	return segment[0] == ':' || segment[0] == '*' || segment[0] == '$' && len(segment) > 1 || strings.ContainsAny(segment, "{}<>[]*")
}

// version says whether a segment is a version: v1, v1.2, v1beta1, 2.
func version(segment string) bool {
	if len(segment) > 8 {
		return false
	}
	s := strings.TrimLeft(segment, "vV")
	if s == "" || !digit(s[0]) || len(segment)-len(s) > 1 {
		return false
	}
	for i := range len(s) {
		if !digit(s[i]) && s[i] != '.' {
			rest := strings.TrimRight(s[i:], "0123456789")
			return rest == "alpha" || rest == "beta"
		}
	}
	return len(s) <= 4
}

// static says whether a segment of a client's path can be a name in the code.
func static(segment string) bool {
	if len(segment) > 40 {
		return false
	}
	letters := false
	for i := 0; i < len(segment); {
		c := segment[i]
		if !alnum(c) {
			if c != '-' && c != '_' && c != '.' && c != '~' {
				return false
			}
			i++
			continue
		}
		end := i + 1
		for end < len(segment) && alnum(segment[end]) {
			end++
		}
		kept, id := stable(segment[i:end])
		if id {
			return false
		}
		letters = letters || kept != ""
		i = end
	}
	return letters
}

// id says whether a segment of what should be a route is surely a value: some
// instrumentations put the raw path into http.route.
func id(segment string) bool {
	if len(segment) >= 36 && uuidAt(segment, 0) || strings.IndexByte(segment, '@') > 0 || strings.IndexByte(segment, '%') >= 0 {
		return true
	}
	kept, isID := stable(segment)
	return isID && kept == "" && !version(segment)
}

// appendStatic appends up to n static segments joined by "_", clean, so that b is
// at most maxLength bytes from start on; "root" when there is none.
func appendStatic(b []byte, start int, path string, n int) []byte {
	from := len(b)
	guess := n == 1
	segments(path, func(s string) bool {
		if strings.EqualFold(s, "api") || version(s) || placeholder(s) {
			return true
		}
		if guess && !static(s) || !guess && id(s) {
			return true
		}
		if len(b)-start >= maxLength-1 {
			return false
		}
		before := len(b)
		if before > from {
			b = append(b, '_')
		}
		mark := len(b)
		if b = appendClean(b, start, s, ""); len(b) == mark {
			b = b[:before]
			return true
		}
		n--
		return n > 0
	})
	if len(b) == from {
		b = append(b, "root"...)
	}
	return b
}

// appendRoute appends a route as the code wrote it, without surely raw values.
func appendRoute(b []byte, start int, route string) []byte {
	raw := false
	segments(route, func(s string) bool {
		raw = !placeholder(s) && id(s)
		return !raw
	})
	if !raw {
		return appendLabel(b, start, route)
	}
	segments(route, func(s string) bool {
		if !placeholder(s) && id(s) {
			s = "*"
		}
		b = appendLabel(b, start, "/")
		b = appendLabel(b, start, s)
		return true
	})
	return b
}

// matches says whether a path can be what a router matched with the pattern,
// which must not be the path itself.
func matches(pattern, path string) bool {
	wild := false
	rest := path
	ok := true
	segments(pattern, func(s string) bool {
		var head string
		rest = strings.TrimLeft(rest, "/")
		head, rest, _ = strings.Cut(rest, "/")
		switch {
		case placeholder(s):
			wild = true
			if s[0] == '*' || strings.Contains(s, "...") {
				rest = ""
				return false
			}
			ok = head != ""
		default:
			ok = s == head
		}
		return ok
	})
	subtree := strings.HasSuffix(pattern, "/")
	return ok && (wild || subtree) && (subtree || strings.Trim(rest, "/") == "")
}

// endMatches says whether the end of a path can be what a router matched with the
// pattern: a router that is mounted below a prefix knows nothing of it. What stands
// for a placeholder must not be the placeholder: then the client wrote both.
func endMatches(pattern, path string) bool {
	if strings.HasSuffix(path, pattern) {
		return false
	}
	for strings.IndexByte(path, '/') >= 0 {
		_, path, _ = strings.Cut(strings.TrimLeft(path, "/"), "/")
		if matches(pattern, path) {
			return true
		}
	}
	return false
}

// pathOf is the path of a route pattern, which may have a method and a host
// before it.
func pathOf(pattern string) string {
	if i := strings.IndexByte(pattern, '/'); i >= 0 {
		return pattern[i:]
	}
	if pattern == "" {
		return ""
	}
	return pattern
}

// urlPath is the path of a URL or request target, without query and fragment.
func urlPath(target string) string {
	target = clip(target, maxScan)
	if i := strings.IndexAny(target, "?#"); i >= 0 {
		target = target[:i]
	}
	if i := strings.Index(target, "://"); i >= 0 {
		target = target[i+3:]
		i = strings.IndexByte(target, '/')
		if i < 0 {
			return "/"
		}
		return target[i:]
	}
	return target
}

// hostOf is the host and port of a URL, without user and password.
func hostOf(url string) string {
	url = clip(url, maxScan)
	i := strings.Index(url, "://")
	if i < 0 {
		return ""
	}
	url = url[i+3:]
	if i = strings.IndexAny(url, "/?#"); i >= 0 {
		url = url[:i]
	}
	return url[strings.LastIndexByte(url, '@')+1:]
}

// trimPort removes the port, and the brackets of an IPv6 address.
func trimPort(host string) string {
	host = clip(host, maxScan)
	if strings.HasPrefix(host, "[") {
		if i := strings.IndexByte(host, ']'); i >= 0 {
			return host[1:i]
		}
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host, ':') == i {
		return host[:i]
	}
	return host
}

// lastPart is what follows the last "/": queues of some systems are URLs.
func lastPart(destination string) string {
	if strings.Contains(clip(destination, maxScan), "://") {
		return destination[strings.LastIndexByte(destination, '/')+1:]
	}
	return destination
}
