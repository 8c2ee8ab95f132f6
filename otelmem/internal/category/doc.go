// Package category names what a span did, on two levels: the operation
// ("GET /api/records/{id}", one route of one method) and its category
// ("api_records", what metrics are split by).
//
// Both come from what the code wrote, never from what a client sent: routes,
// not paths; templates, not names with ids in them. Where nothing but a path is
// known, the name is a guess from its first static segment, and guesses can
// take no more than half of a [Bounded] set, so that a client who walks through
// made-up paths cannot push out the names that matter.
//
// The attributes read are those of the semantic conventions v1.43.0 and the
// older names that instrumentations still write (http.target, db.system,
// net.peer.name and so on).
package category
