// Package openapi holds requests against a forge's own description of its API: GitHub publishes one
// of its REST API as OpenAPI. A test puts [Spec.Check] before a stand-in, and every request that the
// stand-in is sent is checked by the forge's word, path, query and body, not by ours. So is every good
// answer of the stand-in.
//
// It refuses to know what the requests are for. It is a package of its own so that what reads
// OpenAPI is linked into tests and not into the program.
//
// In the Nexus Guide's terms it is inspection of our own work against what others rely on.
//
//	PATCH /repos/acme/cart-api/check-runs/7: request body has an error: doesn't match schema:
//	Error at "/conclusion": value is not one of the allowed values
package openapi
