package category

import "strings"

// staticSegments is how many static segments of a route make a category.
const staticSegments = 3

// appendCategory appends at most maxLength bytes.
func (p *plan) appendCategory(b []byte) []byte {
	start := len(b)
	var scratch [maxName]byte
	switch p.family {
	case isServer:
		b = append(b, "api_"...)
		switch {
		case p.unmatched:
			b = append(b, "unmatched"...)
		case p.route != "":
			b = appendStatic(b, start, p.route, staticSegments)
		default:
			b = appendStatic(b, start, p.guess, 1)
		}
	case isClient:
		b = append(b, "http_client"...)
		if p.host != "" {
			b = appendClean(append(b, '_'), start, p.host, "unknown")
		}
	case isDB:
		b = append(b, "db_"...)
		b = appendClean(b, start, p.dbSystem, "unknown")
	case isRPC:
		b = append(b, "rpc_"...)
		switch {
		case p.unmatched:
			b = append(b, "unmatched"...)
		case p.rpcService != "":
			b = appendClean(b, start, p.rpcService[strings.LastIndexByte(p.rpcService, '.')+1:], "unknown")
		default:
			b = appendClean(b, start, p.rpcSystem, "unknown")
		}
	case isMessaging:
		b = append(b, "messaging_"...)
		b = appendClean(b, start, clip(p.messaging, maxLength/3), "unknown")
		if d := p.appendDestination(scratch[:0], 0); len(d) > 0 && !p.temporary {
			b = appendClean(append(b, '_'), start, d, "other")
		}
	case isFaaS:
		b = append(b, "faas_"...)
		name := p.faasName
		if name == "" {
			name = p.name
		}
		b = appendClean(b, start, appendTemplate(scratch[:0], 0, name), "unknown")
	case isGraphQL:
		b = append(b, "graphql_"...)
		b = append(b, graphqlType(p.graphql)...)
	case isTracked:
		b = appendClean(b, start, p.name, unnamed)
	default:
		b = appendClean(b, start, appendTemplate(scratch[:0], 0, p.name), unnamed)
	}
	return b
}

// graphqlType is one of the three there are: anything else is not repeated.
func graphqlType(t string) string {
	switch t {
	case "query", "mutation", "subscription":
		return t
	}
	return "other"
}
