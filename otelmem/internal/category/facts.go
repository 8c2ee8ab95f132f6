package category

import "go.opentelemetry.io/otel/attribute"

// facts are the attributes that name a span, taken in one pass. A current name
// wins over an older one, whatever their order.
type facts struct {
	method, route, template, path, host, peer string
	status                                    int64

	dbSystem, dbOperation, dbCollection, dbSummary, dbText string

	rpcSystem, rpcService, rpcMethod, rpcStatus string
	rpcCode                                     int64
	rpcCoded                                    bool

	messaging, messagingOperation, destination, destinationTemplate string
	temporary                                                       bool

	faas, faasName, graphql string
}

// older sets what a current attribute has not set.
func older(field *string, v attribute.Value) {
	if *field == "" {
		*field = v.AsString()
	}
}

func (f *facts) read(kvs []attribute.KeyValue) {
	for i := range kvs {
		f.one(string(kvs[i].Key), kvs[i].Value)
	}
}

func (f *facts) one(key string, v attribute.Value) {
	switch key {
	case "http.request.method":
		f.method = v.AsString()
	case "http.method":
		older(&f.method, v)
	case "http.route":
		f.route = v.AsString()
	case "url.template":
		f.template = v.AsString()
	case "url.path":
		f.path = v.AsString()
	case "http.path", "http.target", "url.full", "http.url":
		if key == "url.full" || key == "http.url" {
			older(&f.host, attribute.StringValue(hostOf(v.AsString())))
		}
		if f.path == "" {
			f.path = urlPath(v.AsString())
		}
	case "http.response.status_code", "http.status_code":
		f.status = v.AsInt64()
	case "server.address":
		f.host = v.AsString()
	case "net.peer.name", "http.host":
		older(&f.host, v)
	case "service.peer.name":
		f.peer = v.AsString()
	case "peer.service":
		older(&f.peer, v)
	default:
		f.other(key, v)
	}
}

// other is all that is not HTTP.
func (f *facts) other(key string, v attribute.Value) {
	switch key {
	case "db.system.name":
		f.dbSystem = v.AsString()
	case "db.system":
		older(&f.dbSystem, v)
	case "db.operation.name":
		f.dbOperation = v.AsString()
	case "db.operation":
		older(&f.dbOperation, v)
	case "db.collection.name":
		f.dbCollection = v.AsString()
	case "db.sql.table", "db.mongodb.collection", "db.cassandra.table", "db.elasticsearch.path_parts.index":
		older(&f.dbCollection, v)
	case "db.query.summary":
		f.dbSummary = v.AsString()
	case "db.query.text":
		f.dbText = v.AsString()
	case "db.statement":
		older(&f.dbText, v)

	case "rpc.system.name":
		f.rpcSystem = v.AsString()
	case "rpc.system":
		older(&f.rpcSystem, v)
	case "rpc.service":
		f.rpcService = v.AsString()
	case "rpc.method":
		f.rpcMethod = v.AsString()
	case "rpc.response.status_code":
		f.rpcStatus = v.AsString()
	case "rpc.grpc.status_code":
		f.rpcCode, f.rpcCoded = v.AsInt64(), true

	case "messaging.system":
		f.messaging = v.AsString()
	case "messaging.operation.name":
		f.messagingOperation = v.AsString()
	case "messaging.operation", "messaging.operation.type":
		older(&f.messagingOperation, v)
	case "messaging.destination.name":
		f.destination = v.AsString()
	case "messaging.destination":
		older(&f.destination, v)
	case "messaging.destination.template":
		f.destinationTemplate = v.AsString()
	case "messaging.destination.temporary", "messaging.destination.anonymous", "messaging.temp_destination":
		f.temporary = f.temporary || v.AsBool()

	case "faas.trigger":
		f.faas = v.AsString()
	case "faas.name", "faas.invoked_name":
		older(&f.faasName, v)
	case "graphql.operation.type":
		f.graphql = v.AsString()
	}
}

// unimplemented says that an RPC server does not know the method: then its name
// is the client's invention. known is false while the call has no status.
func (f *facts) unimplemented() (unimplemented, known bool) {
	const grpcUnimplemented = 12
	if f.rpcMethod == "_OTHER" {
		return true, true
	}
	if f.rpcStatus != "" {
		return f.rpcStatus == "UNIMPLEMENTED" || f.rpcStatus == "12", true
	}
	return f.rpcCoded && f.rpcCode == grpcUnimplemented, f.rpcCoded
}
