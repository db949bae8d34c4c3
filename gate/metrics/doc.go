// Package metrics shows the gate to Prometheus: how each Nexus stands, what is queued, and what
// came, was decided and was sent. It is the only package that knows Prometheus.
//
// How things stand is read when it is scraped, from the same standing that the dashboard shows, so
// the two cannot disagree. What happens is counted when it happens. It is what the Nexus Guide
// calls transparency, for those who are not looking.
//
// It refuses to know branches, commits, people and changes: none of them is ever a label, and every
// label whose values come from outside takes a bounded number of them; what is beyond is "other".
//
// A sample of a scrape:
//
//	nexusgate_increment_done{nexus="storefront"} 0
//	nexusgate_increment_number{nexus="storefront"} 12
//	nexusgate_component_done{component="cart-api",nexus="storefront",team="cart"} 0
//	nexusgate_findings{component="cart-api",criterion="coverage",nexus="storefront",state="unmet",team="cart"} 1
//	nexusgate_exceptions_active{criterion="mutation",nexus="storefront",team="web"} 1
//	nexusgate_verdict_seconds_count{nexus="storefront"} 241
package metrics
