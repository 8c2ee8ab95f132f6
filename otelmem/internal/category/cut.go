package category

import "strings"

// A limit of the SDK on the length of values (OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT) cuts
// attributes, so that spans would have another name than their tags. It does not cut
// the names of spans: where such a name goes on as an attribute begins, it is taken.

// wholeRoute is the server's route, whole.
func (p *plan) wholeRoute(pattern string) {
	// A path longer than the route shows that the route was not cut.
	if !strings.HasPrefix(pattern, p.route) || len(pattern) == len(p.route) || len(p.path) > len(p.route) {
		return
	}
	if !strings.ContainsAny(pattern, "{<[") && !strings.Contains(pattern, "/:") && !strings.Contains(pattern, "/*") {
		if !isStatic(pattern) {
			return // a raw path
		}
		p.guessed = true
	}
	p.route = pattern
}

// wholeRPC is the service and the method, whole.
func (p *plan) wholeRPC(name string) {
	full := strings.TrimPrefix(clip(name, maxScan), "/")
	i := strings.LastIndexByte(full, '/')
	if i <= 0 || strings.Contains(full, " ") {
		return
	}
	service, method := full[:i], full[i+1:]
	if p.rpcService != "" && strings.HasPrefix(service, p.rpcService) && strings.HasPrefix(method, p.rpcMethod) ||
		p.rpcService == "" && p.rpcMethod != "" && strings.HasPrefix(full, strings.TrimPrefix(p.rpcMethod, "/")) {
		p.rpcService, p.rpcMethod = service, method
	}
}
