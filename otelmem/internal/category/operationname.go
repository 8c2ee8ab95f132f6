package category

// Bounds of names, in bytes.
const (
	maxName   = 128 // of an operation
	maxLength = 64  // of a category
	// maxScan bounds what is looked at of a name that may be a megabyte long.
	maxScan = 1024
)

// appendOperation appends at most maxName bytes.
func (p *plan) appendOperation(b []byte) []byte {
	start := len(b)
	switch p.family {
	case isServer:
		b = p.appendAPI(b)
	case isClient:
		b = appendWord(b, start, p.method)
		if p.host != "" {
			b = appendWord(b, start, p.host)
		}
		b = appendLabel(b, start, pathOf(p.template))
	case isDB:
		b = p.appendDB(b)
	case isRPC:
		b = p.appendRPC(b)
	case isMessaging:
		b = appendWord(b, start, p.messagingOperation)
		b = p.appendDestination(b, start)
		if len(b) == start {
			b = appendTemplate(b, start, p.name)
		}
	case isGraphQL:
		b = append(b, "GraphQL "...)
		b = append(b, graphqlType(p.graphql)...)
	case isTracked:
		b = appendLabel(b, start, p.name)
	default:
		b = appendTemplate(b, start, p.name)
	}
	if len(b) == start {
		b = append(b, unnamed...)
	}
	return b
}

func (p *plan) appendAPI(b []byte) []byte {
	start := len(b)
	b = appendWord(b, start, p.method)
	if p.route == "" {
		return appendWord(b, start, "(no route)")
	}
	return appendRoute(space(b, start), start, p.route)
}

func (p *plan) appendDB(b []byte) []byte {
	start := len(b)
	switch {
	case p.dbSummary != "":
		return appendTemplate(b, start, p.dbSummary)
	case p.dbOperation != "":
		b = appendTemplate(b, start, clip(p.dbOperation, maxName/2))
		if p.dbCollection != "" {
			b = space(b, start)
			b = appendTemplate(b, start, clip(p.dbCollection, maxName/2-1))
		}
		return b
	}
	return appendTemplate(b, start, statementHead(p.name))
}

func (p *plan) appendRPC(b []byte) []byte {
	start := len(b)
	switch {
	case p.unmatched:
		b = appendLabel(b, start, "unmatched RPC")
	case p.rpcService != "" && p.rpcMethod != "":
		b = appendLabel(b, start, clip(p.rpcService, maxName/2))
		b = append(b, '/')
		b = appendLabel(b, start, p.rpcMethod)
	case p.rpcMethod != "":
		b = appendLabel(b, start, p.rpcMethod)
	default:
		b = appendTemplate(b, start, p.name)
	}
	return b
}

func (p *plan) appendDestination(b []byte, start int) []byte {
	switch {
	case p.temporary:
		return appendWord(b, start, "(temporary)")
	case p.destinationTemplate != "":
		return appendWord(b, start, p.destinationTemplate)
	case p.destination != "":
		b = space(b, start)
		return appendTemplate(b, start, clip(lastPart(p.destination), maxName/2))
	}
	return b
}
